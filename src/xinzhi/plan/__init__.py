"""What to do: the order of building and retiring."""

from xinzhi.plan.case_builder import case_document, case_from_table
from xinzhi.plan.finance import FinanceResult, finance
from xinzhi.plan.frontier import FrontierResult, frontier
from xinzhi.plan.innovation import InnovationResult, innovation
from xinzhi.plan.plan_ensemble import PlanEnsembleResult, plan_ensemble
from xinzhi.plan.plan_scenarios import PlanScenario, draw_scenarios
from xinzhi.plan.transition import compare_plans, cost_of_build_before_retire, transition
from xinzhi.plan.transition_result import TransitionResult

__all__ = [
    "FinanceResult",
    "FrontierResult",
    "InnovationResult",
    "PlanEnsembleResult",
    "PlanScenario",
    "TransitionResult",
    "case_document",
    "case_from_table",
    "compare_plans",
    "cost_of_build_before_retire",
    "draw_scenarios",
    "finance",
    "frontier",
    "innovation",
    "plan_ensemble",
    "transition",
]
