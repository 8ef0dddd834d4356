"""``innovation``: which R&D to fund, by which mechanism, with whom carrying the risk."""

from xinzhi.plan.innovation.innovation import InnovationOptions, innovation
from xinzhi.plan.innovation.knowledge_counts import poisson_fixed_effects
from xinzhi.plan.innovation.knowledge_effects import panel_elasticity
from xinzhi.plan.innovation.knowledge_gmm import difference_gmm, system_gmm
from xinzhi.plan.innovation.knowledge_lags import lag_selection
from xinzhi.plan.innovation.knowledge_spillovers import (
    spillover_pool,
    technology_proximity,
    weight_matrix,
)
from xinzhi.plan.innovation.knowledge_stock import knowledge_stock
from xinzhi.plan.innovation.knowledge_tables import KnowledgeOptions, knowledge_tables
from xinzhi.plan.innovation.mechanisms_input import MechanismOptions
from xinzhi.plan.innovation.mechanisms_luck import parallel_success
from xinzhi.plan.innovation.mechanisms_search import reservation_value, search_order
from xinzhi.plan.innovation.mechanisms_tables import mechanism_tables
from xinzhi.plan.innovation.pipeline import Pipeline, PipelineMoments, moments, pipelines_of
from xinzhi.plan.innovation.pipeline_arrival import (
    arrival_probability,
    available_from,
    case_with_arrivals,
)
from xinzhi.plan.innovation.pipeline_bottleneck import wilson_interval
from xinzhi.plan.innovation.pipeline_calibration import (
    calibrated_stages,
    conversion_tables,
    indicator_table,
)
from xinzhi.plan.innovation.pipeline_conversions import Conversion, find_conversion
from xinzhi.plan.innovation.pipeline_simulation import PipelinePaths, simulate_pipeline
from xinzhi.plan.innovation.pipeline_tables import PipelineOptions, pipeline_tables
from xinzhi.plan.innovation.portfolio_input import PortfolioOptions
from xinzhi.plan.innovation.portfolio_tables import portfolio_tables
from xinzhi.plan.innovation.result import InnovationResult
from xinzhi.plan.innovation.synthetic import SYNTHETIC, synthetic_innovation_tables

__all__ = [
    "SYNTHETIC",
    "Conversion",
    "InnovationOptions",
    "InnovationResult",
    "KnowledgeOptions",
    "MechanismOptions",
    "Pipeline",
    "PipelineMoments",
    "PipelineOptions",
    "PipelinePaths",
    "PortfolioOptions",
    "arrival_probability",
    "available_from",
    "calibrated_stages",
    "case_with_arrivals",
    "conversion_tables",
    "difference_gmm",
    "find_conversion",
    "indicator_table",
    "innovation",
    "knowledge_stock",
    "knowledge_tables",
    "lag_selection",
    "mechanism_tables",
    "moments",
    "panel_elasticity",
    "parallel_success",
    "pipeline_tables",
    "pipelines_of",
    "poisson_fixed_effects",
    "portfolio_tables",
    "reservation_value",
    "search_order",
    "simulate_pipeline",
    "spillover_pool",
    "synthetic_innovation_tables",
    "system_gmm",
    "technology_proximity",
    "weight_matrix",
    "wilson_interval",
]
