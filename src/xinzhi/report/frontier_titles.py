"""Titles of the columns of frontier and its ensemble that no other capability has."""

from __future__ import annotations

from collections.abc import Mapping

from xinzhi.core import Text

FRONTIER_COLUMNS: Mapping[str, Text] = {
    "action": Text("做什么", "Action"),
    "at": Text("位于", "At"),
    "best_objective": Text("该情景最好的目标值", "Best objective of the scenario"),
    "distance": Text("离连线的距离", "Distance from the chord"),
    "end": Text("端点", "End"),
    "emissions": Text("排放", "Emissions"),
    "every": Text("全部计划都有", "In every plan"),
    "first_year_high": Text("最晚的首年", "First year, latest"),
    "first_year_low": Text("最早的首年", "First year, earliest"),
    "gain": Text("得到的", "Gain"),
    "gained": Text("改善的目标", "Aim gained"),
    "given_up": Text("付出的目标", "Aim given up"),
    "infeasible": Text("不可行的情景数", "Scenarios infeasible"),
    "knee": Text("拐点", "Knee"),
    "largest_regret": Text("最大后悔", "Largest regret"),
    "limits": Text("用尽的限制数", "Limits that bind"),
    "mean_regret": Text("平均后悔", "Mean regret"),
    "relative_to_case": Text("相对案例", "Relative to the case"),
    "minimax": Text("最大后悔最小", "Minimax"),
    "plan": Text("计划", "Plan"),
    "point": Text("点", "Point"),
    "regret": Text("后悔", "Regret"),
    "scenario": Text("情景", "Scenario"),
    "security": Text("安全（暴露）", "Security (exposure)"),
    "substitution_rate": Text("边际替代率", "Rate of substitution"),
    "to_point": Text("到点", "To point"),
    "what": Text("变化的量", "What changes"),
    "worst_scenario": Text("最坏情景", "Worst scenario"),
}
