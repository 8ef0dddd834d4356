"""Charts of an ensemble of plans, drawn from the tables of its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xinzhi.core import InputError, Language, Text, chart
from xinzhi.data.units import find_unit

if TYPE_CHECKING:
    from xinzhi.plan.plan_ensemble import PlanEnsembleResult

KINDS = ("common", "regret")
_ACTIONS = {
    "build": Text("建设", "built"),
    "retrofit": Text("改造", "retrofitted"),
    "retire": Text("退出", "retired"),
}


def draw(result: PlanEnsembleResult, kind: str, lang: Language) -> Any:
    """Return the chart of a kind, ready to stand alone.

    Raises : InputError listing the kinds there are
    """
    subtitle = f"{result.parameters['case']} · {result.parameters['structure']}"
    if kind == "common":
        title = Text(
            "多数情景都要做的事：范围与中位数", "What nearly every plan does: range and median"
        )
        return chart.finished(common(result, lang), title.get(lang), subtitle)
    if kind == "regret":
        through = result.parameters["commit_through"]
        title = Text(
            f"{through} 年前的决策在最坏情景中的后悔值",
            f"Largest regret of each plan's first steps, to {through}",
        )
        return chart.finished(regret(result, lang), title.get(lang), subtitle)
    raise InputError(
        Text(f"没有图 {kind}", f"there is no chart {kind}"),
        remedy=Text(f"可用：{'、'.join(KINDS)}。", f"There are: {', '.join(KINDS)}."),
    )


def common(result: PlanEnsembleResult, lang: Language) -> Any:
    """Draw for each action that is common its range over the plans and its median."""
    import altair as alt

    frame = result.tables["common"]
    names = result.tables["names"].set_index("id")[f"title_{lang}"]
    twice = names.duplicated(keep=False)
    frame = frame.assign(
        label=[
            f"{key if twice[key] else names[key]}, {_ACTIONS[action].get(lang)}"
            for key, action in zip(frame["technology"], frame["action"], strict=True)
        ]
    )
    unit = find_unit(result.units["median"]).title.get(lang)
    y = alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=220))
    base = alt.Chart(frame)
    range_ = base.mark_rule(strokeWidth=4, color=chart.PEERS).encode(
        y=y, x=alt.X("low:Q", title=unit), x2="high:Q"
    )
    middle = base.mark_point(filled=True, size=60, opacity=1, color=chart.REGION).encode(
        y=y,
        x="median:Q",
        tooltip=[
            alt.Tooltip("label:N", title=" "),
            *(alt.Tooltip(f"{name}:Q", format=".4~g") for name in ("low", "median", "high")),
        ],
    )
    return alt.layer(range_, middle).properties(width="container", height=22 * max(1, len(frame)))


def regret(result: PlanEnsembleResult, lang: Language) -> Any:
    """Draw the largest regret of each plan's first steps; the minimax choice in strong colour."""
    import altair as alt

    frame = result.tables["choices"]
    frame = frame.assign(colour=frame["minimax"].map({True: chart.REGION, False: chart.PEERS}))
    unit = result.units["regret"]
    title = unit if unit == "weighted" else find_unit(unit).title.get(lang)
    return (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X("largest_regret:Q", title=title),
            y=alt.Y("plan:N", sort=None, title=None),
            color=alt.Color("colour:N", scale=None),
            tooltip=["plan:N", "worst_scenario:N", alt.Tooltip("largest_regret:Q", format=".4~g")],
        )
        .properties(width="container", height=22 * max(1, len(frame)))
    )
