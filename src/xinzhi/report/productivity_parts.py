"""Cards, charts and the table of the section on productivity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.core import NO_TEXT, Language, Result, Text, chart
from xinzhi.measure.productivity.productivity_plots import dots_with_whiskers
from xinzhi.report import charts
from xinzhi.report.context import Context, Figures, missing
from xinzhi.report.index_tables import figure, words
from xinzhi.report.model import Card, Chart, Panel, Table
from xinzhi.report.structure_parts import Row, rows_of
from xinzhi.report.words import number, say

ID = "productivity"
EFFICIENCY = Text("创新效率（1 为前沿）", "Innovation efficiency (1 = frontier)")
_FORMULA = Text(
    "1 ÷ φ：φ 为研发经费不变时，前沿上的地区组合能得到的两项产出与本地区之比"
    "（规模报酬不变，产出导向）；校正值 = 2 × 估计值 − 自助抽样均值",
    "1 ÷ φ, with φ the outputs that a combination of frontier regions gets from the same R&D money "
    "over the region's own (constant returns, output orientation); corrected = 2 × estimate − mean "
    "of the bootstrap",
)
_ESTIMATE_ONLY = Text(
    "1 ÷ φ：φ 为研发经费不变时，前沿上的地区组合能得到的两项产出与本地区之比"
    "（规模报酬不变，产出导向）",
    "1 ÷ φ, with φ the outputs that a combination of frontier regions gets from the same R&D money "
    "over the region's own (constant returns, output orientation)",
)


class ProductivityCards:
    """Cards of efficiencies; each leads to the published figures of its region."""

    def __init__(self, context: Context, result: Result):
        self._context = context
        self._parameters = result.parameters
        self._years: dict[str, Sequence[int]] = result.parameters["years"]
        self._figures = Figures(context.panel, self._years)
        self.bands = bool(result.parameters["replications"])

    def efficiency(self, row: Row) -> str:
        """Keep the card of a region's efficiency, corrected where there are draws; its id."""
        context, region = self._context, str(row["region"])
        found = (
            self._figures.figure(name, region, year)
            for name, years in self._years.items()
            for year in years
        )
        return context.add(
            Card(
                id=context.card_id(ID, "efficiency", context.region_of(region).code),
                title=EFFICIENCY,
                value=best_estimate(row),
                unit=NO_TEXT,
                region=context.full_name(region),
                year=self.years,
                formula=_FORMULA if self.bands else _ESTIMATE_ONLY,
                low=row["efficiency_low"] if self.bands else None,
                high=row["efficiency_high"] if self.bands else None,
                band=say("{s} 自助区间", "{s} bootstrap interval", s=self.level)
                if self.bands
                else NO_TEXT,
                parameters=self._options(row),
                figures=tuple(one for one in found if one is not None),
                method=f"method-{ID}",
            )
        )

    @property
    def years(self) -> str:
        """Return the years of the figures."""
        return span(self._years)

    @property
    def level(self) -> Text:
        """Return the level of the intervals in words."""
        percent = f"{100 * self._parameters['level']:g}"
        return Text(f"{percent}%", f"{percent}\u202f%")

    def _options(self, row: Row) -> tuple[tuple[Text, Text], ...]:
        estimate, vrs = number(row["efficiency"]), number(row["efficiency_vrs"])
        found = [
            (Text("未校正的估计值", "Estimate before correction"), Text(estimate, estimate)),
            (Text("规模报酬可变时", "Under variable returns"), Text(vrs, vrs)),
        ]
        if self.bands:
            count = f"{self._parameters['replications']:,}"
            found.append((Text("自助抽样次数", "Bootstrap replications"), Text(count, count)))
        return tuple(found)


def best_estimate(row: Row) -> float:
    """Return the corrected efficiency, the plain one where there are no draws."""
    corrected = row["efficiency_corrected"]
    return float(row["efficiency"] if missing(corrected) else corrected)


def span(years: dict[str, Sequence[int]]) -> str:
    """Return the first and last of all years: 2018–2024."""
    every = [year for group in years.values() for year in group]
    return f"{min(every)}–{max(every)}"


def ordered(table: pd.DataFrame) -> pd.DataFrame:
    """Return regions by their best estimate, the highest first."""
    best = [best_estimate(row) for row in rows_of(table)]
    return table.assign(best=best).sort_values("best", ascending=False, kind="stable")


def ranking_chart(
    table: pd.DataFrame, context: Context, cards: ProductivityCards, finding: Text
) -> Chart:
    """Draw every region's efficiency with its interval."""
    shown = charts.nearby(ordered(table), context.region)
    ids = [cards.efficiency(row) for row in rows_of(shown)]

    def draw(lang: Language) -> Any:
        frame = pd.DataFrame(
            {
                "label": [context.name(str(name)).get(lang) for name in shown["region"]],
                "value": shown["best"].to_numpy(dtype=float),
                "low": shown["efficiency_low"].to_numpy(dtype=float),
                "high": shown["efficiency_high"].to_numpy(dtype=float),
                "colour": colours(shown["region"], context.region),
                "card": ids,
            }
        )
        interval = Text("区间", "Interval").get(lang)
        return dots_with_whiskers(frame, EFFICIENCY.get(lang), interval)

    measure = (
        say(
            "{e}，偏差校正，须线为 {s} 自助区间；{y} 年数据",
            "{e}, bias-corrected, whiskers are {s} bootstrap intervals; figures of {y}",
            e=EFFICIENCY,
            s=cards.level,
            y=cards.years,
        )
        if cards.bands
        else say("{e}；{y} 年数据", "{e}; figures of {y}", e=EFFICIENCY, y=cards.years)
    )
    return Chart(
        id=f"{ID}-ranking",
        title=finding,
        subtitle=measure,
        source=charts.source_line(context),
        alt=say("{f}。各地区数值见表。", "{f}. All values stand in the table.", f=finding),
        panels=(Panel(charts.in_both(draw)),),
    )


def frontier_chart(
    table: pd.DataFrame, context: Context, cards: ProductivityCards, finding: Text
) -> Chart:
    """Draw outputs per yuan of R&D money, and the frontier that the best regions span."""
    ids = [cards.efficiency(row) for row in rows_of(table)]
    corners = frontier_corners(table[["patents_per_money", "contracts_per_money"]].to_numpy(float))
    named = (table["efficiency"] == 1) | (table["region"] == context.region)

    def draw(lang: Language) -> Any:
        import altair as alt

        titles = [context.name(str(name)).get(lang) for name in table["region"]]
        frame = pd.DataFrame(
            {
                "x": table["patents_per_money"].to_numpy(dtype=float),
                "y": table["contracts_per_money"].to_numpy(dtype=float),
                "label": titles,
                "name": [t if n else "" for t, n in zip(titles, named, strict=True)],
                "colour": colours(table["region"], context.region),
                "card": ids,
            }
        )
        across = alt.Scale(domain=[0, 1.3 * frame["x"].max()], nice=False)  # room for a name
        up = alt.Scale(domain=[0, 1.15 * frame["y"].max()], nice=False)
        x = alt.X("x:Q", title=_PATENTS.get(lang), scale=across)
        y = alt.Y("y:Q", title=_CONTRACTS.get(lang), scale=up)
        line = (
            alt.Chart(
                pd.DataFrame({"x": corners[:, 0], "y": corners[:, 1], "order": range(len(corners))})
            )
            .mark_line(color=chart.INK, strokeWidth=1.5)
            .encode(x=x, y=y, order="order:Q")
        )
        base = alt.Chart(frame)
        dots = base.mark_point(filled=True, size=60, opacity=1).encode(
            x=x,
            y=y,
            color=alt.Color("colour:N", scale=None),
            tooltip=[
                alt.Tooltip("label:N", title=" "),
                alt.Tooltip("x:Q", title=_PATENTS.get(lang), format=".3r"),
                alt.Tooltip("y:Q", title=_CONTRACTS.get(lang), format=".3r"),
            ],
        )
        names = base.mark_text(align="left", dx=7, dy=-7).encode(x=x, y=y, text="name:N")
        return alt.layer(line, dots, names, width="container", height=320)

    return Chart(
        id=f"{ID}-frontier",
        title=finding,
        subtitle=say(
            "每亿元研发经费对应的两项产出，线为规模报酬不变的前沿；{y} 年数据",
            "Two outputs for 100 million yuan of R&D money; the line is the frontier under "
            "constant returns; figures of {y}",
            y=cards.years,
        ),
        source=charts.source_line(context),
        alt=say("{f}。各地区数值见表。", "{f}. All values stand in the table.", f=finding),
        panels=(Panel(charts.in_both(draw)),),
    )


def frontier_corners(points: np.ndarray[Any, np.dtype[np.float64]]) -> Any:
    """Return the corners of the frontier of points (n, 2) under free disposability.

    From the vertical axis along the upper right hull to the horizontal axis, (corners, 2)
    """
    order = points[np.lexsort((-points[:, 1], -points[:, 0]))]
    hull: list[np.ndarray[Any, np.dtype[np.float64]]] = []
    for point in order:
        if hull and point[1] <= hull[-1][1]:
            continue
        while len(hull) > 1 and _turns_in(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    corners = [np.array([0.0, hull[-1][1]]), *hull[::-1], np.array([hull[0][0], 0.0])]
    return np.array(corners)


def _turns_in(first: Any, middle: Any, last: Any) -> bool:
    """Tell whether the middle point lies on or below the line from first to last."""
    a, b = middle - first, last - first
    return bool(a[0] * b[1] - a[1] * b[0] <= 0)


def colours(regions: pd.Series[Any], chosen: str) -> list[str]:
    """Return the region's colour for it, grey for its peers."""
    return [chart.REGION if name == chosen else chart.PEERS for name in regions]


_PATENTS = Text("发明专利（件／亿元）", "Invention patents per CNY 100 m")
_CONTRACTS = Text("技术合同（亿元／亿元）", "Technology contracts, yuan per yuan")
_COLUMNS = (
    ("efficiency", Text("估计值", "Estimate")),
    ("efficiency_corrected", Text("校正值", "Corrected")),
    ("efficiency_low", Text("区间首", "From")),
    ("efficiency_high", Text("区间末", "To")),
    ("efficiency_vrs", Text("规模报酬可变", "Variable returns")),
    ("patents_per_money", _PATENTS),
    ("contracts_per_money", _CONTRACTS),
)


def regions_table(table: pd.DataFrame, context: Context, cards: ProductivityCards) -> Table:
    """Return all regions: efficiency, interval, under variable returns, both ratios."""
    shown = ordered(table)
    columns = [
        (name, title)
        for name, title in _COLUMNS
        if cards.bands or name not in ("efficiency_corrected", "efficiency_low", "efficiency_high")
    ]
    rows = [
        (
            words(context.full_name(str(row["region"])), str(row["region"])),
            *(
                figure(
                    row[name],
                    cards.efficiency(row) if name == "efficiency" else "",
                    digits=3 if name.startswith("efficiency") else None,
                )
                for name, _ in columns
            ),
        )
        for row in rows_of(shown)
    ]
    return Table(
        id=f"{ID}-table",
        title=say(
            "各地区的创新效率，{y}", "Innovation efficiency of all regions, {y}", y=cards.years
        ),
        columns=(Text("地区", "Region"), *(title for _, title in columns)),
        rows=tuple(rows),
        numeric=(False, *(True for _ in columns)),
        chosen=tuple(str(name) == context.region for name in shown["region"]),
    )
