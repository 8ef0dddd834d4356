"""How much growth is total factor productivity, and who stands on the frontier."""

from xinzhi.measure.productivity.bootstrap import bootstrap_efficiency
from xinzhi.measure.productivity.capital import CapitalResult, capital_stock
from xinzhi.measure.productivity.dea import dea, super_efficiency
from xinzhi.measure.productivity.dea_result import EfficiencyResult
from xinzhi.measure.productivity.directional import directional_distance
from xinzhi.measure.productivity.firm_decompositions import (
    FirmReallocationResult,
    firm_reallocation,
    olley_pakes_covariance,
)
from xinzhi.measure.productivity.firm_level import (
    FIRM_METHODS,
    FirmProductivityResult,
    firm_productivity,
)
from xinzhi.measure.productivity.growth_accounting import GrowthAccountingResult, growth_accounting
from xinzhi.measure.productivity.index_tables import IndicesResult
from xinzhi.measure.productivity.indices import malmquist, malmquist_luenberger
from xinzhi.measure.productivity.innovation import (
    InnovationTable,
    innovation_table,
    missing_for_tfp,
)
from xinzhi.measure.productivity.innovation_chain import (
    InnovationChain,
    innovation_chain,
    innovation_over_time,
    yearly_change,
)
from xinzhi.measure.productivity.luenberger import luenberger
from xinzhi.measure.productivity.methods import METHODS
from xinzhi.measure.productivity.network import network_efficiency
from xinzhi.measure.productivity.network_structure import Stage
from xinzhi.measure.productivity.productivity import ProductivityResult, productivity
from xinzhi.measure.productivity.reallocation import ReallocationResult, labour_productivity
from xinzhi.measure.productivity.sbm import sbm
from xinzhi.measure.productivity.stochastic_frontier import (
    StochasticFrontierResult,
    stochastic_frontier,
)

__all__ = [
    "FIRM_METHODS",
    "METHODS",
    "CapitalResult",
    "EfficiencyResult",
    "FirmProductivityResult",
    "FirmReallocationResult",
    "GrowthAccountingResult",
    "IndicesResult",
    "InnovationChain",
    "InnovationTable",
    "ProductivityResult",
    "ReallocationResult",
    "Stage",
    "StochasticFrontierResult",
    "bootstrap_efficiency",
    "capital_stock",
    "dea",
    "directional_distance",
    "firm_productivity",
    "firm_reallocation",
    "growth_accounting",
    "innovation_chain",
    "innovation_over_time",
    "innovation_table",
    "labour_productivity",
    "luenberger",
    "malmquist",
    "malmquist_luenberger",
    "missing_for_tfp",
    "network_efficiency",
    "olley_pakes_covariance",
    "productivity",
    "sbm",
    "stochastic_frontier",
    "super_efficiency",
    "yearly_change",
]
