"""How much growth is total factor productivity, and who stands on the frontier."""

from xinzhi.measure.productivity.dea import dea, super_efficiency
from xinzhi.measure.productivity.dea_result import EfficiencyResult
from xinzhi.measure.productivity.directional import directional_distance
from xinzhi.measure.productivity.sbm import sbm

__all__ = ["EfficiencyResult", "dea", "directional_distance", "sbm", "super_efficiency"]
