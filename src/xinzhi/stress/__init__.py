"""Stress: what an event costs the economy of a table, and which warning signs are rising."""

from xinzhi.stress.ario_parameters import ArioParameters
from xinzhi.stress.cascade import supply_cascade
from xinzhi.stress.disturbance import Disturbance
from xinzhi.stress.ensemble import ShockEnsembleResult, shock_ensemble
from xinzhi.stress.ensemble_ranges import EnsembleRanges
from xinzhi.stress.event_effects import disturbances, scale_event
from xinzhi.stress.inoperability import dynamic_inoperability, inoperability
from xinzhi.stress.resilience import ResiliencePlanResult, resilience_plan
from xinzhi.stress.resilience_costs import ResilienceCosts
from xinzhi.stress.shock import shock
from xinzhi.stress.shock_result import ShockResult
from xinzhi.stress.static import partial_extraction, quick_measures
from xinzhi.stress.watch import watch
from xinzhi.stress.watch_result import WatchResult

__all__ = [
    "ArioParameters",
    "Disturbance",
    "EnsembleRanges",
    "ResilienceCosts",
    "ResiliencePlanResult",
    "ShockEnsembleResult",
    "ShockResult",
    "WatchResult",
    "disturbances",
    "dynamic_inoperability",
    "inoperability",
    "partial_extraction",
    "quick_measures",
    "resilience_plan",
    "scale_event",
    "shock",
    "shock_ensemble",
    "supply_cascade",
    "watch",
]
