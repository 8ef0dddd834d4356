"""Charts of ``innovation``: mechanisms, arrivals, stages, teams, portfolios."""

from __future__ import annotations

from typing import Any

import pandas as pd

from xinzhi.core import InputError, Language, Text, chart
from xinzhi.data.units import find_unit
from xinzhi.measure.plots import known_kind
from xinzhi.plan.innovation.result import InnovationResult

KINDS = ("mechanisms", "arrivals", "stages", "teams", "frontier")
_TABLES = {
    "mechanisms": ("mechanisms", "challenges"),
    "arrivals": ("arrivals", "stages"),
    "stages": ("stages", "stages"),
    "teams": ("teams", "challenges"),
    "frontier": ("portfolio_frontier", "projects"),
}
MECHANISM_TITLES = {
    "grant": Text("单独资助", "Single grant"),
    "parallel": Text("赛马", "Parallel teams"),
    "open_call": Text("揭榜挂帅", "Open call"),
    "search": Text("依次探索", "Sequential search"),
    "risk_sharing": Text("风险分担", "Shared risk"),
}
STAGE_TITLES = {
    "basic": Text("基础研究", "Basic"),
    "applied": Text("应用研究", "Applied"),
    "pilot": Text("中试", "Pilot"),
    "product": Text("产品", "Product"),
    "scale_up": Text("规模化", "Scale-up"),
}
_PROBABILITY = Text("概率", "Probability")


def innovation_chart(
    result: InnovationResult, kind: str | None, lang: Language, name: str | None
) -> Any:
    """Draw one of ``KINDS``.

    Raises : InputError for an unknown kind or name, or nothing to draw
    """
    kind = known_kind(kind, KINDS)
    key, needed = _TABLES[kind]
    table = result.tables[key]
    if table.empty:
        raise InputError(
            Text(f"图 {kind} 没有数据", f"there is nothing to draw as {kind}"),
            remedy=Text(f"给出表 {needed}。", f"Give the table {needed}."),
        )
    if kind == "frontier":
        drawn, title = _frontier(table, result, lang), Text("组合前沿", "Frontier of portfolios")
        return chart.finished(drawn, title.get(lang), result.parameters["data"].get(lang))
    column = "challenge" if kind in ("mechanisms", "teams") else "pipeline"
    names = list(dict.fromkeys(table[column].astype(str)))
    if name is not None and name not in names:
        raise InputError(
            Text(
                f"结果中没有 {name}；现有：{'、'.join(names)}",
                f"no {name} in the result; there are: {', '.join(names)}",
            )
        )
    if kind == "teams" and name is None:
        name = names[0]
    own = table if name is None else table[table[column].astype(str) == name]
    draw, title = {
        "mechanisms": (_mechanisms, Text("各机制的净价值", "Net value of each mechanism")),
        "arrivals": (_arrivals, Text("何时成功", "When projects arrive")),
        "stages": (_stages, Text("走到各阶段的项目", "How many get how far")),
        "teams": (_teams, Text("团队数与成功概率", "Success by number of teams")),
    }[kind]
    parts = [part for part in (name, result.parameters["data"].get(lang)) if part]
    return chart.finished(draw(own, result, lang), title.get(lang), " · ".join(parts))


def _mechanisms(table: pd.DataFrame, result: InnovationResult, lang: Language) -> Any:
    """Draw expected net value as a dot and 5 to 95 % of draws as a whisker."""
    import altair as alt

    words = [MECHANISM_TITLES[str(name)].get(lang) for name in table["mechanism"]]
    if table["challenge"].nunique() > 1:
        words = [
            f"{challenge} · {word}"
            for challenge, word in zip(table["challenge"], words, strict=True)
        ]
    frame = table.assign(name=words)
    unit = find_unit(result.parameters["money"]).title
    title = Text(f"净价值（{unit.zh}），5%—95% 抽样", f"Net value ({unit.en}), 5–95 % of draws")
    y = alt.Y("name:N", sort=words, title=None, axis=alt.Axis(labelLimit=260))
    base = alt.Chart(frame)
    whisker = base.mark_rule(color=chart.PEERS, strokeWidth=3).encode(
        y=y, x=alt.X("net_value_low:Q", title=title.get(lang)), x2="net_value_high:Q"
    )
    dot = base.mark_point(filled=True, size=70, opacity=1).encode(
        y=y,
        x="net_value:Q",
        color=alt.Color(
            "best:N",
            legend=None,
            scale=alt.Scale(domain=[True, False], range=[chart.REGION, chart.QUIET]),
        ),
        tooltip=["name:N", alt.Tooltip("net_value:Q", format=",.4r")],
    )
    return alt.layer(whisker, dot)


def _arrivals(table: pd.DataFrame, _: InnovationResult, lang: Language) -> Any:
    import altair as alt

    title = Text("至少一项成功的概率", "Probability that at least one has arrived")
    names = list(dict.fromkeys(table["pipeline"]))
    return (
        alt.Chart(table)
        .mark_line()
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy")),
            y=alt.Y("at_least_one:Q", title=title.get(lang), scale=alt.Scale(domain=[0, 1])),
            color=_colours(names, "pipeline"),
            tooltip=["pipeline:N", "year:O", alt.Tooltip("at_least_one:Q", format=".3f")],
        )
        .properties(height=280)
    )


def _stages(table: pd.DataFrame, _: InnovationResult, lang: Language) -> Any:
    """Draw the share of projects that reach each stage."""
    import altair as alt

    words = {stage: title.get(lang) for stage, title in STAGE_TITLES.items()}
    frame = table.assign(name=[words.get(stage, stage) for stage in table["stage"]])
    names = list(dict.fromkeys(frame["pipeline"]))
    title = Text("走到该阶段的比重", "Share of projects that reach the stage")
    return (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X("reach:Q", title=title.get(lang), axis=alt.Axis(format="%")),
            y=alt.Y("name:N", sort=list(dict.fromkeys(frame["name"])), title=None),
            yOffset=alt.YOffset("pipeline:N", sort=names),
            color=_colours(names, "pipeline"),
            tooltip=["pipeline:N", "name:N", alt.Tooltip("reach:Q", format=".3f")],
        )
    )


def _teams(table: pd.DataFrame, _: InnovationResult, lang: Language) -> Any:
    """Draw success by the number of teams with shared luck, beside independent teams."""
    import altair as alt

    own = table[table["mechanism"] == "parallel"]
    words = {
        "success_probability": Text("共担技术风险", "rivals share the technology's risk").get(lang),
        "independent_success": Text("相互独立（极限）", "independent (the limit)").get(lang),
    }
    long = own.melt(["teams"], [*words], "case", "value")
    chosen = own[own["chosen"]]
    lines = (
        alt.Chart(long.assign(case=long["case"].map(words)))
        .mark_line(point=True)
        .encode(
            x=alt.X(
                "teams:O",
                title=Text("团队数", "Teams").get(lang),
                axis=alt.Axis(labelAngle=0),
            ),
            y=alt.Y("value:Q", title=_PROBABILITY.get(lang), scale=alt.Scale(domain=[0, 1])),
            color=_colours([*words.values()], "case"),
        )
    )
    ring = (
        alt.Chart(chosen)
        .mark_point(size=180, color=chart.REGION, strokeWidth=2.5)
        .encode(x="teams:O", y="success_probability:Q")
    )
    return alt.layer(lines, ring).properties(height=260)


def _frontier(table: pd.DataFrame, result: InnovationResult, lang: Language) -> Any:
    """Draw net value over the mean loss in the worst scenarios; the chosen point is ringed."""
    import altair as alt

    unit = find_unit(result.parameters["money"]).title
    across = Text(f"最坏情景的平均损失（{unit.zh}）", f"Mean loss in the worst draws ({unit.en})")
    up = Text(f"期望净价值（{unit.zh}）", f"Expected net value ({unit.en})")
    x = alt.X("cvar:Q", title=across.get(lang), scale=alt.Scale(zero=False))
    y = alt.Y("net_value:Q", title=up.get(lang), scale=alt.Scale(zero=False))
    line = alt.Chart(table).mark_line(color=chart.PEERS).encode(x=x, y=y)
    dots = (
        alt.Chart(table)
        .mark_point(filled=True, size=60, opacity=1, color=chart.hue(0))
        .encode(
            x=x,
            y=y,
            tooltip=[
                alt.Tooltip("projects:Q", title=Text("项目数", "Projects").get(lang)),
                alt.Tooltip("net_value:Q", format=",.4r"),
                alt.Tooltip("cvar:Q", format=",.4r"),
            ],
        )
    )
    ring = (
        alt.Chart(table[table["chosen"]])
        .mark_point(size=170, color=chart.REGION, strokeWidth=2.5)
        .encode(x=x, y=y)
    )
    return alt.layer(line, dots, ring).properties(height=280)


def _colours(names: list[str], column: str) -> Any:
    import altair as alt

    return alt.Color(
        f"{column}:N",
        title=None,
        sort=names,
        scale=alt.Scale(domain=names, range=[chart.hue(k) for k in range(len(names))]),
        legend=alt.Legend(orient="top", columns=1, labelLimit=chart.ALONE),
    )
