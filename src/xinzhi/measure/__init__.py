"""Measuring: composite indices and coupling coordination."""

from xinzhi.measure.coupling import CouplingResult, coupling
from xinzhi.measure.coupling_formulas import (
    coordination_degree,
    coupling_degree,
    obstacle_degrees,
    overall_level,
)
from xinzhi.measure.index import index
from xinzhi.measure.index_result import IndexResult
from xinzhi.measure.method import Method
from xinzhi.measure.uncertainty import Uncertainty, affordable_draws

__all__ = [
    "CouplingResult",
    "IndexResult",
    "Method",
    "Uncertainty",
    "affordable_draws",
    "coordination_degree",
    "coupling",
    "coupling_degree",
    "index",
    "obstacle_degrees",
    "overall_level",
]
