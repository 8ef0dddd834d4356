"""``talent``: people by field, grade and age, and the plan that keeps the pyramid sound."""

from xinzhi.plan.talent.calibration import Calibration, calibrate
from xinzhi.plan.talent.demand import labour_demand
from xinzhi.plan.talent.result import TalentResult
from xinzhi.plan.talent.structure import (
    Attainability,
    Maintainability,
    attainable,
    attainable_vertices,
    maintainable,
    maintainable_vertices,
    steady_state,
)
from xinzhi.plan.talent.synthetic import SYNTHETIC, synthetic_talent_tables
from xinzhi.plan.talent.system import TalentSystem, talent_system
from xinzhi.plan.talent.talent import TalentOptions, talent

__all__ = [
    "SYNTHETIC",
    "Attainability",
    "Calibration",
    "Maintainability",
    "TalentOptions",
    "TalentResult",
    "TalentSystem",
    "attainable",
    "attainable_vertices",
    "calibrate",
    "labour_demand",
    "maintainable",
    "maintainable_vertices",
    "steady_state",
    "synthetic_talent_tables",
    "talent",
    "talent_system",
]
