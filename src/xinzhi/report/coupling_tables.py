"""Tables of coupling in the report."""

from __future__ import annotations

from xinzhi.core import Text
from xinzhi.measure import CouplingResult
from xinzhi.report import charts
from xinzhi.report.context import Context, missing
from xinzhi.report.coupling_cards import CouplingCards
from xinzhi.report.index_tables import figure, words
from xinzhi.report.model import Cell, Table
from xinzhi.report.titles import GRADES
from xinzhi.report.words import MISSING, say


def obstacle_table(result: CouplingResult, context: Context, cards: CouplingCards) -> Table:
    """Return the obstacle degree of every indicator of the region."""
    table = result.tables["obstacles"]
    own = table[(table["region"] == context.region) & (table["year"] == context.year)]
    rows = []
    for name, home, share in zip(
        *(
            own.sort_values("obstacle", ascending=False)[c]
            for c in ("indicator", "subsystem", "obstacle")
        ),
        strict=True,
    ):
        card = "" if missing(share) else cards.obstacle(context.region, context.year, str(name))
        z = cards.index.indicators.row(context.region, context.year, str(name))["normalised"]
        rows.append(
            (
                words(cards.index.title(str(home)), str(home)),
                words(cards.index.title(str(name)), str(name)),
                figure(z, digits=3),
                figure(cards.index.weights[str(name)], digits=3),
                figure(share, card, digits=3),
            )
        )
    return Table(
        id="coupling-obstacle-table",
        title=say(
            "{r}各指标的障碍度，{y} 年",
            "Obstacle degree of every indicator of {r}, {y}",
            r=context.name(context.region),
            y=f"{context.year}",
        ),
        columns=(
            Text("部分", "Part"),
            Text("指标", "Indicator"),
            Text("标准化值", "Normalised"),
            Text("权重", "Weight"),
            Text("障碍度", "Obstacle degree"),
        ),
        rows=tuple(rows),
        numeric=(False, False, True, True, True),
    )


def combination_table(result: CouplingResult, context: Context, cards: CouplingCards) -> Table:
    """Return degree, level and coordination of every pair and triple of the region."""
    table = result.tables["combinations"]
    own = table[(table["region"] == context.region) & (table["year"] == context.year)]
    rows = []
    for names, degree, level, coordination in zip(
        *(own[c] for c in ("subsystems", "degree", "level", "coordination")), strict=True
    ):
        titles = [cards.index.title(part) for part in str(names).split("+")]
        text = Text("—".join(t.zh for t in titles), " – ".join(t.en for t in titles))
        card = cards.combination(context.region, context.year, str(names))
        rows.append(
            (
                words(text, str(names)),
                figure(degree, digits=3),
                figure(level, digits=3),
                figure(coordination, "" if missing(coordination) else card, digits=3),
            )
        )
    return Table(
        id="coupling-combination-table",
        title=say(
            "{r}的两两和三三组合，{y} 年",
            "Pairs and triples of {r}, {y}",
            r=context.name(context.region),
            y=f"{context.year}",
        ),
        columns=(
            Text("组合", "Combination"),
            Text("耦合度 C", "Degree C"),
            Text("综合水平 T", "Level T"),
            Text("协调度 D", "Coordination D"),
        ),
        rows=tuple(rows),
        numeric=(False, True, True, True),
    )


def coupling_table(result: CouplingResult, context: Context, cards: CouplingCards) -> Table:
    """Return coordination, its rank, grade and the modified forms of all regions."""
    table = result.tables["coupling"]
    order = table[table["year"] == context.year].sort_values("rank", kind="stable")
    order = charts.nearby(order, context.region)
    rows = []
    for name in order["region"]:
        region = str(name)
        row = cards.coupling.row(region, context.year)
        known = not missing(row["coordination"])
        card = cards.coordination(region, context.year) if known else ""
        lagging = str(row["lagging"])
        lag = (
            cards.index.title(lagging)
            if lagging in cards.subsystems
            else Text("不能确定", "not determined")
        )
        grade = GRADES.get(str(row["grade"]), Text(MISSING, MISSING))
        rows.append(
            (
                words(context.full_name(region), region),
                figure(row["rank"], card, digits=0),
                figure(row["rank_low"], digits=0),
                figure(row["rank_high"], digits=0),
                figure(row["coordination"], card, digits=3),
                figure(
                    row["degree"], cards.degree(region, context.year) if known else "", digits=3
                ),
                figure(
                    row["level"], cards.overall(region, context.year) if known else "", digits=3
                ),
                words(grade, str(row["grade"])),
                words(lag, lagging),
                figure(row["lagging_agreement"], digits=3),
                figure(row["coordination_wang"], digits=3),
                figure(row["coordination_fan"], digits=3),
                _trend(cards, region, result),
            )
        )
    years = result.levels["year"].values
    return Table(
        id="coupling-regions",
        title=say("全部地区：耦合协调，{y} 年", "All regions: coupling, {y}", y=f"{context.year}"),
        columns=(
            Text("地区", "Region"),
            Text("排名", "Rank"),
            Text("区间首", "From"),
            Text("区间末", "To"),
            Text("协调度 D", "Coordination D"),
            Text("耦合度 C", "Degree C"),
            Text("综合水平 T", "Level T"),
            Text("等级（惯例）", "Grade (a convention)"),
            Text("最低的部分", "Lowest part"),
            Text("抽样占比", "Share of draws"),
            Text("D（王淑佳式）", "D (Wang)"),
            Text("D（Fan 式）", "D (Fan)"),
            Text(f"{years[0]}—{years[-1]}", f"{years[0]}–{years[-1]}"),
        ),
        rows=tuple(rows),
        numeric=(False, *(True,) * 6, False, False, True, True, True, False),
        chosen=tuple(str(name) == context.region for name in order["region"]),
    )


def _trend(cards: CouplingCards, region: str, result: CouplingResult) -> Cell:
    rows = (cards.coupling.get(region, int(year)) for year in result.levels["year"].values)
    values = [row["coordination"] for row in rows if row and not missing(row["coordination"])]
    return Cell(Text("", ""), spark=tuple(float(v) for v in values))
