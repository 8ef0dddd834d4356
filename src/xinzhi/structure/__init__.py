"""What a region is good at and how its industries hang together."""

from xinzhi.structure.aggregation import aggregate
from xinzhi.structure.balancing import BalancedMatrix, gras, ras
from xinzhi.structure.chains import (
    average_propagation_lengths,
    downstreamness,
    upstreamness,
)
from xinzhi.structure.chokepoints import chokepoints
from xinzhi.structure.chokepoints_result import ChokepointsResult
from xinzhi.structure.decomposition import DecompositionResult, structural_decomposition
from xinzhi.structure.dependence_change import change_of_dependence
from xinzhi.structure.extraction import extraction, group_extraction
from xinzhi.structure.footprints import FootprintsResult, footprints
from xinzhi.structure.inputoutput import inputoutput
from xinzhi.structure.inputoutput_result import InputOutputResult
from xinzhi.structure.integration import integration
from xinzhi.structure.leontief import LeontiefSystem, leontief_system
from xinzhi.structure.outage import Outage, output_at_risk
from xinzhi.structure.paths import structural_paths
from xinzhi.structure.proportionality import split_imports_proportionally
from xinzhi.structure.regionalisation import regionalise
from xinzhi.structure.strengths import (
    ActivityMatrix,
    StrengthsOptions,
    StrengthsResult,
    activity_matrix,
    strengths,
)
from xinzhi.structure.trade import ValueAddedInExportsResult, value_added_in_exports
from xinzhi.structure.trade_decomposition import ExportDecompositionResult, decompose_exports

__all__ = [
    "ActivityMatrix",
    "BalancedMatrix",
    "ChokepointsResult",
    "DecompositionResult",
    "ExportDecompositionResult",
    "FootprintsResult",
    "InputOutputResult",
    "LeontiefSystem",
    "Outage",
    "StrengthsOptions",
    "StrengthsResult",
    "ValueAddedInExportsResult",
    "activity_matrix",
    "aggregate",
    "average_propagation_lengths",
    "change_of_dependence",
    "chokepoints",
    "decompose_exports",
    "downstreamness",
    "extraction",
    "footprints",
    "gras",
    "group_extraction",
    "inputoutput",
    "integration",
    "leontief_system",
    "output_at_risk",
    "ras",
    "regionalise",
    "split_imports_proportionally",
    "strengths",
    "structural_decomposition",
    "structural_paths",
    "upstreamness",
    "value_added_in_exports",
]
