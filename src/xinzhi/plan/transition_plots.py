"""Charts of a plan: what is built and retired when, paths, budgets, employment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from xinzhi.core import InputError, Language, Text, chart

if TYPE_CHECKING:
    from xinzhi.plan.transition_result import TransitionResult

KINDS = ("schedule", "capacity", "output", "budget", "employment")
_TITLES = {
    "schedule": Text("谁在何时建设、改造、退出", "What is built, retrofitted and retired when"),
    "capacity": Text("各部门产能，按技术", "Capacity by technology"),
    "output": Text("各部门产出，按技术", "Output by technology"),
    "budget": Text("各来源资金的使用与限额", "Use of each budget and its limit"),
    "employment": Text("各等级人员：需要与现有", "Workers needed and available by grade"),
}
_ACTIONS = {
    "build": Text("开工建设", "building starts"),
    "retrofit": Text("开始改造", "retrofit starts"),
    "retire": Text("退出", "leaves"),
}
_SMALL = 1e-9


def draw(result: TransitionResult, kind: str, lang: Language) -> Any:
    """Return the chart of a kind, ready to stand alone.

    Raises : InputError listing the kinds there are, and where the case has no such figures
    """
    if kind not in KINDS:
        raise InputError(
            Text(f"没有图 {kind}", f"there is no chart {kind}"),
            remedy=Text(f"可用：{'、'.join(KINDS)}。", f"There are: {', '.join(KINDS)}."),
        )
    if kind == "schedule":
        drawn = schedule(_titled(result, "plan", lang), lang)
    elif kind in ("capacity", "output"):
        drawn = paths(_titled(result, "plan", lang), kind)
    else:
        drawn = use(_titled(result, kind, lang), kind)
    subtitle = f"{result.parameters['case']} · {result.parameters['structure']}"
    if kind == "schedule":
        return chart.finished(drawn, _TITLES[kind].get(lang), subtitle)
    import altair as alt

    title = alt.TitleParams(_TITLES[kind].get(lang), subtitle=subtitle)
    return drawn.properties(title=title).configure(**chart.theme())  # charts have widths already


def _titled(result: TransitionResult, table: str, lang: Language) -> pd.DataFrame:
    """Return a table with titles in place of ids; ids stay where two titles are the same."""
    names = result.tables["names"].set_index("id")[f"title_{lang}"]
    titles = {key: key if names.duplicated(keep=False)[key] else names[key] for key in names.index}
    frame = result.tables[table]
    columns = [c for c in ("sector", "technology", "source", "grade") if c in frame]
    return frame.assign(**{column: frame[column].map(titles) for column in columns})


def schedule(plan: pd.DataFrame, lang: Language) -> Any:
    """Draw a row for each technology and a mark for each year in which something happens.

    plan : the table ``plan``; the area of a mark is the capacity relative to the largest that the
        sector has in any year, so that small sectors can be read beside large ones
    """
    import altair as alt

    standing = plan.groupby(["sector", "year"])["capacity"].sum().groupby("sector").max()
    frame = plan.assign(**{a: plan[a] / plan["sector"].map(standing) for a in _ACTIONS}).melt(
        ["sector", "technology", "year"], list(_ACTIONS), var_name="action", value_name="amount"
    )
    frame = frame[frame["amount"] > _SMALL]
    frame = frame.assign(action=[_ACTIONS[action].get(lang) for action in frame["action"]])
    order = [name for name in plan["technology"].unique() if name in set(frame["technology"])]
    domain = [words.get(lang) for words in _ACTIONS.values()]
    colours = alt.Scale(domain=domain, range=[chart.hue(1), chart.hue(2), chart.REGION])
    return (
        alt.Chart(frame)
        .mark_square(opacity=0.75)
        .encode(
            x=alt.X(
                "year:O",
                title=None,
                axis=alt.Axis(labelAngle=0, labelOverlap="greedy", labelSeparation=6),
            ),
            y=alt.Y("technology:N", sort=order, title=None, axis=alt.Axis(labelLimit=130)),
            yOffset=alt.YOffset("action:N", sort=domain),
            size=alt.Size("amount:Q", legend=None, scale=alt.Scale(range=[8, 260])),
            color=alt.Color("action:N", title=None, scale=colours, legend=alt.Legend(orient="top")),
            tooltip=[
                alt.Tooltip("technology:N", title=" "),
                alt.Tooltip("year:O", title=" "),
                alt.Tooltip("action:N", title=" "),
                alt.Tooltip("amount:Q", title=" ", format=".2%"),
            ],
        )
        .properties(width="container", height=30 * max(1, len(order)))
    )


def paths(plan: pd.DataFrame, value: str) -> Any:
    """Draw the path of capacity or output, technologies stacked, a small chart for each sector."""
    import altair as alt

    names = list(dict.fromkeys(plan["sector"]))
    place = {
        name: f"{k + 1}"
        for sector in names
        for k, name in enumerate(dict.fromkeys(plan.loc[plan["sector"] == sector, "technology"]))
    }
    frame = plan.assign(rank=plan["technology"].map(place))
    ranks = sorted(frame["rank"].unique(), key=int)
    colours = alt.Scale(domain=ranks, range=[chart.hue(int(rank) - 1) for rank in ranks])
    charts = [
        alt.Chart(frame[frame["sector"] == sector], title=alt.TitleParams(sector, fontSize=12))
        .mark_area()
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy")),
            y=alt.Y(f"{value}:Q", title=None, stack=True, axis=alt.Axis(tickCount=4)),
            color=alt.Color("rank:N", legend=None, scale=colours),
            tooltip=[
                alt.Tooltip("technology:N", title=" "),
                alt.Tooltip("year:O", title=" "),
                alt.Tooltip(f"{value}:Q", title=" ", format=".4r"),
            ],
        )
        .properties(width=chart.ALONE // 2 - 30, height=110)
        for sector in names
    ]
    return alt.concat(*charts, columns=2)


def use(frame: pd.DataFrame, kind: str) -> Any:
    """Draw what is used as bars and what there is as a line, one small chart each.

    frame : the table ``budget`` or ``employment``
    """
    import altair as alt

    label, used, limit = {
        "budget": ("source", "spent", "limit"),
        "employment": ("grade", "needed", "available"),
    }[kind]
    if frame.empty:
        raise InputError(
            Text(f"案例没有 {kind} 的数", f"the case has no figures of {kind}"),
        )
    x = alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy"))
    charts = []
    for name in dict.fromkeys(frame[label]):
        own = alt.Chart(frame[frame[label] == name], title=alt.TitleParams(name, fontSize=12))
        bars = own.mark_bar(color=chart.hue(0)).encode(
            x=x,
            y=alt.Y(f"{used}:Q", title=None, axis=alt.Axis(tickCount=4)),
            tooltip=[
                alt.Tooltip("year:O", title=" "),
                alt.Tooltip(f"{used}:Q", title=" ", format=".4r"),
                alt.Tooltip(f"{limit}:Q", title=" ", format=".4r"),
            ],
        )
        line = own.mark_line(color=chart.REGION, strokeWidth=2).encode(
            x=x, y=alt.Y(f"{limit}:Q", title=None)
        )
        charts.append(alt.layer(bars, line).properties(width=chart.ALONE // 2 - 30, height=110))
    return alt.concat(*charts, columns=2)
