"""Xinzhi (新质): regional industrial strategy from official statistics.

Names are imported when they are first used, so that ``import xinzhi`` is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xinzhi.core import ComputationError, InputError, Result, Text, XinzhiError
    from xinzhi.data import (
        IndicatorSystem,
        IOTable,
        Panel,
        RegionSet,
        TransitionCase,
        embedded_io_table,
        embedded_panel,
        load_case,
        load_event,
        load_region_set,
        load_system,
        read_io_table,
        read_levels,
        read_panel,
        write_io_table,
    )
    from xinzhi.measure import (
        CouplingResult,
        DisparityResult,
        IndexResult,
        Method,
        ProductivityResult,
        Uncertainty,
        coupling,
        disparity,
        index,
        productivity,
    )
    from xinzhi.plan import (
        FinanceResult,
        FrontierResult,
        InnovationResult,
        PlanEnsembleResult,
        TransitionResult,
        case_from_table,
        compare_plans,
        cost_of_build_before_retire,
        finance,
        frontier,
        innovation,
        plan_ensemble,
        transition,
    )
    from xinzhi.report.assess import AssessResult, assess, write_report
    from xinzhi.stress import (
        ResiliencePlanResult,
        ShockEnsembleResult,
        ShockResult,
        WatchResult,
        resilience_plan,
        shock,
        shock_ensemble,
        watch,
    )
    from xinzhi.structure import (
        ChokepointsResult,
        InputOutputResult,
        StrengthsResult,
        activity_matrix,
        chokepoints,
        inputoutput,
        strengths,
    )

__version__ = "0.1.0"

_HOMES = {
    "xinzhi.core": ("ComputationError", "InputError", "Result", "Text", "XinzhiError"),
    "xinzhi.data": (
        *("IOTable", "IndicatorSystem", "Panel", "RegionSet", "TransitionCase"),
        *("embedded_io_table", "load_case"),
        *("embedded_panel", "load_event", "load_region_set", "load_system", "read_io_table"),
        *("read_levels", "read_panel", "write_io_table"),
    ),
    "xinzhi.measure": (
        *("CouplingResult", "DisparityResult", "IndexResult", "Method", "ProductivityResult"),
        *("Uncertainty", "coupling", "disparity", "index", "productivity"),
    ),
    "xinzhi.structure": (
        *("ChokepointsResult", "InputOutputResult", "StrengthsResult", "activity_matrix"),
        *("chokepoints", "inputoutput", "strengths"),
    ),
    "xinzhi.stress": (
        *("ResiliencePlanResult", "ShockEnsembleResult", "ShockResult", "WatchResult"),
        *("resilience_plan", "shock", "shock_ensemble", "watch"),
    ),
    "xinzhi.plan": (
        *("FinanceResult", "finance"),
        *("FrontierResult", "InnovationResult", "PlanEnsembleResult", "TransitionResult"),
        *("case_from_table", "innovation"),
        *("compare_plans", "cost_of_build_before_retire", "frontier", "plan_ensemble"),
        "transition",
    ),
    "xinzhi.report": ("AssessResult", "assess", "write_report"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AssessResult",
    "ChokepointsResult",
    "ComputationError",
    "CouplingResult",
    "DisparityResult",
    "FinanceResult",
    "FrontierResult",
    "IOTable",
    "IndexResult",
    "IndicatorSystem",
    "InnovationResult",
    "InputError",
    "InputOutputResult",
    "Method",
    "Panel",
    "PlanEnsembleResult",
    "ProductivityResult",
    "RegionSet",
    "ResiliencePlanResult",
    "Result",
    "ShockEnsembleResult",
    "ShockResult",
    "StrengthsResult",
    "Text",
    "TransitionCase",
    "TransitionResult",
    "Uncertainty",
    "WatchResult",
    "XinzhiError",
    "__version__",
    "activity_matrix",
    "assess",
    "case_from_table",
    "chokepoints",
    "compare_plans",
    "cost_of_build_before_retire",
    "coupling",
    "disparity",
    "embedded_io_table",
    "embedded_panel",
    "finance",
    "frontier",
    "index",
    "innovation",
    "inputoutput",
    "load_case",
    "load_event",
    "load_region_set",
    "load_system",
    "plan_ensemble",
    "productivity",
    "read_io_table",
    "read_levels",
    "read_panel",
    "resilience_plan",
    "shock",
    "shock_ensemble",
    "strengths",
    "transition",
    "watch",
    "write_io_table",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'xinzhi' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return __all__
