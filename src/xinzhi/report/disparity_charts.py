"""Charts of the section on disparity: map of squares, convergence, dispersion, parts of Gini."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from xinzhi.core import NO_TEXT, Language, Text, chart
from xinzhi.measure.disparity.disparity_plots import scatter_with_line
from xinzhi.measure.plot_forms import lines
from xinzhi.measure.productivity.productivity_plots import dots_with_whiskers
from xinzhi.report import charts
from xinzhi.report.context import Context, missing
from xinzhi.report.disparity_cards import ID, PARTS, DisparityCards
from xinzhi.report.model import Chart, Panel
from xinzhi.report.structure_parts import itemised, rows_of
from xinzhi.report.words import number, rank_text, say

_GROWTH = Text("年均增长（对数差，%）", "Growth a year (log, %)")
_SIGMA = Text("对数标准差 σ", "Standard deviation of logarithms σ")
_GINI = Text("基尼系数及其各部分", "Gini coefficient and its parts")
_DASHES = ([1, 0], [5, 4])


def level_map(context: Context, cards: DisparityCards) -> Chart | None:
    """Draw the last value of every region on the map of squares, or as bars where there is none."""
    panels, titles, findings = [], [], []
    for name in cards.indicators:
        rows = _standing(cards, name)
        shown = charts.nearby(rows.sort_values("rank", kind="stable"), context.region)
        ids = [cards.value(name, str(region)) for region in shown["region"]]
        title = say(
            "{t}，{u}，{y} 年",
            "{t}, {u}, {y}",
            t=cards.title(name),
            u=cards.unit(name),
            y=f"{cards.last[name]}",
        )
        top = float(rows["value"].max()) or 1.0
        panel = charts.tiles_panel(
            *(context, shown, "value", title, ids),
            domain=(0.0, top),
            number_format=".1f",
            title=title,
        )
        panels.append(panel or _bars(context, shown, title, ids))
        titles.append(title)
        findings.append(_placed(context, cards, name))
    finding = say("{r}：{f}", "{r}: {f}", r=context.name(context.region), f=itemised(findings))
    squares = panels[0].tiles is not None
    how = (
        Text(
            "每个地区一个等大的方格，颜色越深数值越高",
            "One equal square a region, darker is higher",
        )
        if squares
        else Text("由高到低", "From the highest down")
    )
    return Chart(
        id=f"{ID}-map" if squares else f"{ID}-levels",
        title=finding,
        subtitle=how,
        source=charts.source_line(context),
        alt=say("{f}。全部数值见表。", "{f}. All values stand in the table.", f=finding),
        panels=tuple(panels),
        key=(("outline" if squares else "square", chart.REGION, context.name(context.region)),),
    )


def _bars(context: Context, shown: pd.DataFrame, title: Text, ids: list[str]) -> Panel:
    drawn = charts.levels_panel(context, shown, "value", title, ids)
    return Panel(drawn.specs, title=title)


def _placed(context: Context, cards: DisparityCards, name: str) -> Text:
    row = cards.standing.row(name, context.region)
    return say(
        "{t}{v}，在 {n} 个地区中列{k}",
        "{t} {v}, {k} of {n} regions",
        t=cards.title(name),
        v=cards.quantity(name, row["value"]),
        n=f"{len(cards.regions(name))}",
        k=rank_text(row["rank"]),
    )


def convergence_chart(context: Context, cards: DisparityCards) -> Chart | None:
    """Draw growth against the logarithm of the first value, this region marked."""
    panels, findings = [], []
    for name in cards.indicators:
        model = cards.models.get(name, "absolute")
        if model is None:
            continue
        rows = _standing(cards, name).dropna(subset=["growth"])
        # beyond what a page can hold, each dot goes without its card
        few = len(rows) <= charts.MOST_ROWS
        ids = [cards.growth(name, str(region)) if few else "" for region in rows["region"]]
        x = rows["value_start"].to_numpy(dtype=float)
        y = 100 * rows["growth"].to_numpy(dtype=float)
        ends = np.array([x.min(), x.max()])
        slope = 100 * float(model["coefficient"])
        line = pd.DataFrame({"x": ends, "y": y.mean() + slope * (np.log(ends) - np.log(x).mean())})
        level = say(
            "{y} 年数值（{u}，对数刻度）",
            "Value in {y} ({u}, log scale)",
            y=f"{cards.first[name]}",
            u=cards.unit(name),
        )

        def draw(
            lang: Language,
            rows: pd.DataFrame = rows,
            ids: list[str] = ids,
            points: tuple[Any, Any] = (x, y),
            line: pd.DataFrame = line,
            level: Text = level,
        ) -> Any:
            frame = pd.DataFrame(
                {
                    "label": [context.name(str(n)).get(lang) for n in rows["region"]],
                    "x": points[0],
                    "y": points[1],
                    "chosen": (rows["region"] == context.region).to_numpy(),
                    "card": ids,
                }
            )
            return scatter_with_line(frame, line, level.get(lang), _GROWTH.get(lang), True)

        title = say("{t}，{y}", "{t}, {y}", t=cards.title(name), y=cards.span(name))
        panels.append(Panel(charts.in_both(draw), title=title))
        findings.append(
            say(
                "{t}：β = {b}（标准误 {s}，p {p}）",
                "{t}: β = {b} (standard error {s}, p {p})",
                t=cards.title(name),
                b=number(model["coefficient"]),
                s=number(model["standard_error"]),
                p=p_text(model["p_value"]),
            )
        )
    if not panels:
        return None
    finding = itemised(findings)
    return Chart(
        id=f"{ID}-convergence",
        title=finding,
        subtitle=Text(
            "年均增长对期初水平；每点一个地区，虚线为绝对 β 收敛的回归线",
            "Growth a year against the first level; a dot a region, the dashed line is the "
            "regression of absolute beta convergence",
        ),
        source=charts.source_line(context),
        alt=say("{f}。各地区数值见表。", "{f}. All values stand in the table.", f=finding),
        panels=tuple(panels),
        key=(
            ("dot", chart.REGION, context.name(context.region)),
            ("grey-dot", chart.PEERS, Text("其他地区", "other regions")),
            ("dashes", chart.QUIET, Text("回归线", "regression line")),
        ),
    )


def sigma_chart(context: Context, cards: DisparityCards) -> Chart | None:
    """Draw the dispersion of logarithms over the years, one line a quantity."""
    table = cards.result.tables["sigma"]
    names = [n for n in cards.indicators if (table["indicator"] == n).sum() > 1]
    if not names:
        return None

    def draw(lang: Language) -> Any:
        rows = [
            {
                "year": int(row["year"]),
                "value": float(row["standard_deviation"]),
                "series": cards.title(name).get(lang),
                "colour": chart.hue(place),
                "dash": _DASHES[place % len(_DASHES)],
                "card": cards.sigma(name, int(row["year"])),
            }
            for place, name in enumerate(names)
            for row in rows_of(table[table["indicator"] == name])
        ]
        return lines(pd.DataFrame(rows), _SIGMA.get(lang))

    findings = []
    for name in names:
        test = cards.tests.get(name)
        ends = [cards.sigma_of.row(name, y) for y in (cards.first[name], cards.last[name])]
        shown = NO_TEXT
        if test is not None:
            shown = say("（p {p}）", " (p {p})", p=p_text(test["p_value"]))
        findings.append(
            say(
                "{t}：σ 由 {a} 到 {b}{p}",
                "{t}: σ from {a} to {b}{p}",
                t=cards.title(name),
                a=number(ends[0]["standard_deviation"]),
                b=number(ends[1]["standard_deviation"]),
                p=shown,
            )
        )
    finding = itemised(findings)
    return Chart(
        id=f"{ID}-sigma",
        title=finding,
        subtitle=Text(
            "对数标准差，各地区权重相同；p 为首末年方差相等的 Pitman–Morgan 检验",
            "Standard deviation of logarithms, regions weighted alike; p of the Pitman–Morgan test "
            "that the variances of the first and the last year are equal",
        ),
        source=charts.source_line(context),
        alt=say("{f}。逐年数值见表。", "{f}. All years stand in the table.", f=finding),
        panels=(Panel(charts.in_both(draw)),),
    )


def parts_chart(context: Context, cards: DisparityCards) -> Chart | None:
    """Draw the Gini coefficient of the last year and its parts, with bootstrap intervals."""
    rows = {name: cards.total.row(name, cards.last[name]) for name in cards.indicators}
    divided = [name for name, row in rows.items() if not missing(row["within"])]
    if not divided:
        return None
    bands = {
        (name, part): cards.bands.get(name, cards.last[name], part)
        for name in divided
        for part in PARTS
    }
    drawn = [rows[name][part] for name, part in bands]
    drawn += [band["high"] for band in bands.values() if band is not None]
    most = 1.05 * float(np.nanmax(np.array(drawn, dtype=float)))
    panels, findings = [], []
    for name in divided:
        row = rows[name]
        own = [bands[name, part] for part in PARTS]
        ids = [cards.gini(name, part) for part in PARTS]

        def draw(lang: Language, row: Any = row, own: Any = own, ids: list[str] = ids) -> Any:
            frame = pd.DataFrame(
                {
                    "label": [title.get(lang) for title in PARTS.values()],
                    "value": [float(row[part]) for part in PARTS],
                    "low": [np.nan if band is None else band["low"] for band in own],
                    "high": [np.nan if band is None else band["high"] for band in own],
                    "colour": [chart.INK, *(chart.hue(0) for _ in range(3))],
                    "card": ids,
                }
            )
            interval = Text("区间", "Interval").get(lang)
            return dots_with_whiskers(frame, _GINI.get(lang), interval, most)

        title = say("{t}，{y} 年", "{t}, {y}", t=cards.title(name), y=f"{cards.last[name]}")
        panels.append(Panel(charts.in_both(draw), title=title))
        findings.append(
            say(
                "{t}的基尼系数 {g}，其中组间净值 {b}",
                "{t}: Gini {g}, of which {b} net between groups",
                t=cards.title(name),
                g=number(row["gini"]),
                b=number(row["between"]),
            )
        )
    finding = itemised(findings)
    subtitle = Text("Dagum 分解", "Dagum's decomposition")
    if cards.result.parameters["draws"]:
        subtitle = say(
            "Dagum 分解；须线为{b}",
            "Dagum's decomposition; whiskers: {b}",
            b=cards.band,
        )
    return Chart(
        id=f"{ID}-parts",
        title=finding,
        subtitle=subtitle,
        source=charts.source_line(context),
        alt=say("{f}。逐年数值见表。", "{f}. All years stand in the table.", f=finding),
        panels=tuple(panels),
    )


def p_text(value: float) -> Text:
    """Return a p-value with its sign: = 0.280, < 0.001."""
    shown = "< 0.001" if value < 0.001 else f"= {value:.3f}"
    return Text(shown, shown)


def _standing(cards: DisparityCards, name: str) -> pd.DataFrame:
    table = cards.result.tables["standing"]
    return table[table["indicator"] == name]
