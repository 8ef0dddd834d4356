"""What a region is good at, what is within reach, and where it can leapfrog."""

from xinzhi.structure.strengths.activity import (
    ActivityMatrix,
    activity_matrix,
    activity_matrix_of_array,
)
from xinzhi.structure.strengths.complexity import (
    Complexity,
    YearComplexity,
    complexity,
    complexity_by_year,
)
from xinzhi.structure.strengths.complexity_options import ComplexityOptions
from xinzhi.structure.strengths.concentration import (
    ellison_glaeser,
    entropy_of_activities,
    herfindahl_of_activities,
    maurel_sedillot,
)
from xinzhi.structure.strengths.dependence_map import dependence_of_activities
from xinzhi.structure.strengths.eigen import ComplexityIndices, eci_pci
from xinzhi.structure.strengths.entries import EntryTables, Presence, entry_tables
from xinzhi.structure.strengths.fitness import Fitness, fitness
from xinzhi.structure.strengths.leapfrogging import leapfrogging
from xinzhi.structure.strengths.life_cycle import life_cycles
from xinzhi.structure.strengths.outlook import (
    opportunity_gain,
    opportunity_outlook,
    relatedness_density,
)
from xinzhi.structure.strengths.panel_activities import Activities, activities_of_panel
from xinzhi.structure.strengths.recommendation import Evidence, recommendations
from xinzhi.structure.strengths.reflections import method_of_reflections
from xinzhi.structure.strengths.relatedness import ProductSpace, proximity
from xinzhi.structure.strengths.shift_share import shift_share, shift_share_components
from xinzhi.structure.strengths.similarity import similarity
from xinzhi.structure.strengths.space import activity_space
from xinzhi.structure.strengths.specialisation import (
    entropy_of_regions,
    herfindahl_of_regions,
    krugman_index,
    location_quotient,
    log_location_quotient,
    symmetric_location_quotient,
)
from xinzhi.structure.strengths.standing import region_totals, standing
from xinzhi.structure.strengths.strengths import strengths
from xinzhi.structure.strengths.strengths_options import StrengthsOptions
from xinzhi.structure.strengths.strengths_result import StrengthsResult

__all__ = [
    "Activities",
    "ActivityMatrix",
    "Complexity",
    "ComplexityIndices",
    "ComplexityOptions",
    "EntryTables",
    "Evidence",
    "Fitness",
    "Presence",
    "ProductSpace",
    "StrengthsOptions",
    "StrengthsResult",
    "YearComplexity",
    "activities_of_panel",
    "activity_matrix",
    "activity_matrix_of_array",
    "activity_space",
    "complexity",
    "complexity_by_year",
    "dependence_of_activities",
    "eci_pci",
    "ellison_glaeser",
    "entropy_of_activities",
    "entropy_of_regions",
    "entry_tables",
    "fitness",
    "herfindahl_of_activities",
    "herfindahl_of_regions",
    "krugman_index",
    "leapfrogging",
    "life_cycles",
    "location_quotient",
    "log_location_quotient",
    "maurel_sedillot",
    "method_of_reflections",
    "opportunity_gain",
    "opportunity_outlook",
    "proximity",
    "recommendations",
    "region_totals",
    "relatedness_density",
    "shift_share",
    "shift_share_components",
    "similarity",
    "standing",
    "strengths",
    "symmetric_location_quotient",
]
