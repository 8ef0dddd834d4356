"""Tables of the section on disparity."""

from __future__ import annotations

from xinzhi.core import Text
from xinzhi.report import charts
from xinzhi.report.context import Context
from xinzhi.report.disparity_cards import ID, PARTS, DisparityCards
from xinzhi.report.index_tables import figure, words
from xinzhi.report.model import Cell, Table
from xinzhi.report.structure_parts import rows_of
from xinzhi.report.words import say

QUADRANTS = {
    "high_high": Text("高—高", "high–high"),
    "low_high": Text("低—高", "low–high"),
    "low_low": Text("低—低", "low–low"),
    "high_low": Text("高—低", "high–low"),
}


def region_tables(context: Context, cards: DisparityCards) -> list[Table]:
    """Return one table a quantity: where every region stands."""
    return [_regions(context, cards, name) for name in cards.indicators]


def _regions(context: Context, cards: DisparityCards, name: str) -> Table:
    standing = cards.result.tables["standing"]
    rows = standing[standing["indicator"] == name].sort_values("rank", kind="stable")
    shown = charts.nearby(rows, context.region)
    grouped = cards.result.parameters["groups"] is not None
    spatial = bool(cards.moran_of.get(name, cards.last[name]))
    cells: list[tuple[Cell, ...]] = []
    for row in rows_of(shown):
        region = str(row["region"])
        group = context.region_of(region).group or ""
        own = [words(context.full_name(region), region)]
        if grouped:
            own.append(words(cards.group(group), group))
        own += [
            figure(row["rank"], digits=0),
            figure(row["value_start"], cards.value(name, region, start=True)),
            figure(row["value"], cards.value(name, region)),
            figure(row["relative"], cards.relative(name, region), digits=3),
            figure(100 * row["growth"], digits=2),
        ]
        if spatial:
            local = cards.local_of.row(name, cards.last[name], region)
            quadrant = str(local["quadrant"])
            own += [
                words(QUADRANTS[quadrant], quadrant),
                figure(local["local_moran"], cards.local(name, region), digits=3),
                figure(local["p_value"], digits=3),
                figure(local["q_value"], digits=3),
            ]
        cells.append(tuple(own))
    columns: list[tuple[Text, bool]] = [(Text("地区", "Region"), False)]
    columns += [(Text("分组", "Group"), False)] * grouped
    columns += [
        (Text("排名", "Rank"), True),
        (_year(cards.first[name]), True),
        (_year(cards.last[name]), True),
        (Text("与均值之比", "Over the mean"), True),
        (Text("年均增长（对数差，%）", "Growth a year (log, %)"), True),
    ]
    if spatial:
        columns += [
            (Text("自身—邻居", "Own–neighbours"), False),
            (Text("局部莫兰指数", "Local Moran's I"), True),
            (Text("p", "p"), True),
            (Text("q（校正）", "q (adjusted)"), True),
        ]
    return Table(
        id=f"{ID}-regions-{name}",
        title=say(
            "各地区的{t}，{u}，{y}",
            "{t} of all regions ({u}), {y}",
            t=cards.title(name),
            u=cards.unit(name),
            y=cards.span(name),
        ),
        columns=tuple(title for title, _ in columns),
        rows=tuple(cells),
        numeric=tuple(numeric for _, numeric in columns),
        chosen=tuple(str(region) == context.region for region in shown["region"]),
    )


def years_table(cards: DisparityCards) -> Table:
    """Return Gini and its parts, dispersion and Moran's I by year."""
    cells = []
    for row in rows_of(cards.result.tables["total"]):
        name, year = str(row["indicator"]), int(row["year"])
        band = cards.bands.get(name, year, "gini") or {}
        sigma = cards.sigma_of.get(name, year) or {}
        moran = cards.moran_of.get(name, year) or {}
        last = year == cards.last[name]
        ends = year in (cards.first[name], cards.last[name])
        cells.append(
            (
                words(cards.title(name), name),
                words(_year(year), f"{year}"),
                figure(row["gini"], cards.gini(name) if last else "", digits=3),
                figure(band.get("low"), digits=3),
                figure(band.get("high"), digits=3),
                *(
                    figure(row[part], cards.gini(name, part) if last else "", digits=4)
                    for part in list(PARTS)[1:]
                ),
                figure(
                    sigma.get("standard_deviation"),
                    cards.sigma(name, year) if sigma and ends else "",
                    digits=3,
                ),
                figure(row["coefficient_of_variation"], digits=3),
                figure(moran.get("moran"), cards.moran(name) if moran and last else "", digits=3),
                figure(moran.get("permutation_p_value"), digits=3),
            )
        )
    return Table(
        id=f"{ID}-years",
        title=Text("历年的差距", "Disparity by year"),
        columns=(
            Text("数量", "Quantity"),
            Text("年份", "Year"),
            Text("基尼系数", "Gini"),
            Text("区间首", "From"),
            Text("区间末", "To"),
            Text("组内", "Within"),
            Text("组间净值", "Net between"),
            Text("超变密度", "Transvariation"),
            Text("σ", "σ"),
            Text("变异系数", "Variation"),
            Text("莫兰指数", "Moran's I"),
            Text("置换 p", "p (permutations)"),
        ),
        rows=tuple(cells),
        numeric=(False, False, *(True for _ in range(10))),
        note=say("区间为{b}。", "Intervals: {b}.", b=cards.band)
        if cards.result.parameters["draws"]
        else Text("", ""),
    )


def pairs_table(cards: DisparityCards) -> Table | None:
    """Return what every two groups contribute in the last year; None without groups."""
    cells = [
        (
            words(cards.title(name), name),
            words(_year(int(row["year"])), f"{row['year']}"),
            words(cards.group(str(row["first"])), str(row["first"])),
            words(cards.group(str(row["second"])), str(row["second"])),
            figure(row["gini"], digits=3),
            figure(row["relative_affluence"], digits=3),
            figure(row["between"], digits=4),
            figure(row["transvariation"], digits=4),
            figure(row["contribution"], cards.pair(name, row), digits=4),
        )
        for name in cards.indicators
        for row in cards.pairs(name)
    ]
    if not cells:
        return None
    return Table(
        id=f"{ID}-pairs",
        title=Text("两两分组的差距", "Gaps between every two groups"),
        columns=(
            Text("数量", "Quantity"),
            Text("年份", "Year"),
            Text("均值较高", "Higher mean"),
            Text("均值较低", "Lower mean"),
            Text("组间基尼系数", "Gini of the pair"),
            Text("相对富裕程度", "Relative affluence"),
            Text("组间净值", "Net between"),
            Text("超变密度", "Transvariation"),
            Text("合计贡献", "Contribution"),
        ),
        rows=tuple(cells),
        numeric=(False, False, False, False, *(True for _ in range(5))),
    )


def _year(year: int) -> Text:
    return Text(f"{year}", f"{year}")
