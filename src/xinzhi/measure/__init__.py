"""Measuring: composite indices, coupling coordination, and what stands beside them."""

from xinzhi.measure.ahp import AHPResult, ahp_weights, pairwise_comparisons
from xinzhi.measure.ahp_groups import ahp_system, comparison_groups
from xinzhi.measure.benefit_of_doubt import BenefitOfDoubtResult, benefit_of_doubt
from xinzhi.measure.benefit_of_doubt_index import benefit_of_doubt_index
from xinzhi.measure.compare import ComparisonResult, compare
from xinzhi.measure.coupling import CouplingResult, coupling
from xinzhi.measure.coupling_formulas import (
    coordination_degree,
    coupling_degree,
    obstacle_degrees,
    overall_level,
)
from xinzhi.measure.disparity import DisparityResult, disparity
from xinzhi.measure.index import index
from xinzhi.measure.index_result import IndexResult
from xinzhi.measure.influence import imputation_rank_influence, imputed_rank_change
from xinzhi.measure.method import Method
from xinzhi.measure.productivity import ProductivityResult, productivity
from xinzhi.measure.sensitivity import SensitivityResult, index_sensitivity, sobol
from xinzhi.measure.synergy import SynergyResult, synergy
from xinzhi.measure.trend import TrendResult, trend
from xinzhi.measure.uncertainty import Uncertainty, affordable_draws

__all__ = [
    "AHPResult",
    "BenefitOfDoubtResult",
    "ComparisonResult",
    "CouplingResult",
    "DisparityResult",
    "IndexResult",
    "Method",
    "ProductivityResult",
    "SensitivityResult",
    "SynergyResult",
    "TrendResult",
    "Uncertainty",
    "affordable_draws",
    "ahp_system",
    "ahp_weights",
    "benefit_of_doubt",
    "benefit_of_doubt_index",
    "compare",
    "comparison_groups",
    "coordination_degree",
    "coupling",
    "coupling_degree",
    "disparity",
    "imputation_rank_influence",
    "imputed_rank_change",
    "index",
    "index_sensitivity",
    "obstacle_degrees",
    "overall_level",
    "pairwise_comparisons",
    "productivity",
    "sobol",
    "synergy",
    "trend",
]
