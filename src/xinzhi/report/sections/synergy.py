"""Do the parts become more ordered together? Synergy of the composite system since a base year."""

from __future__ import annotations

import math

import pandas as pd

from xinzhi.core import Result, Text
from xinzhi.measure import IndexResult, SynergyResult
from xinzhi.measure import synergy as compute
from xinzhi.measure.plots import against_peers
from xinzhi.report import charts
from xinzhi.report.context import Context, missing
from xinzhi.report.index_cards import IndexCards
from xinzhi.report.index_tables import figure, words
from xinzhi.report.model import Chart, NotRun, Section, Statement, Table, cite
from xinzhi.report.synergy_cards import SynergyCards
from xinzhi.report.words import inside, listing, number, say, signed

ID = "synergy"
PART = "chains"
TITLE = Text("复合系统协同度", "Synergy of the composite system")
_CHANGE = Text("有序度变化 Δ", "Change of order degree Δ")


def run(context: Context) -> Result | NotRun:
    """Compute the synergy of the main system's subsystems, the first year being the base."""
    if not isinstance(context.results.get("index"), IndexResult):
        return NotRun(Text("指数没有算出", "the index did not run"))
    result = compute(
        context.values["value"],
        context.system,
        weighting=context.method.weighting,
        inputs=context.panel.inputs,
    )
    table = result.tables["synergy"]
    own = table[(table["region"] == context.region) & (table["year"] == context.year)]
    if own["synergy"].isna().all():
        return NotRun(
            say(
                "{r} {y} 年没有协同度",
                "{r} has no synergy in {y}",
                r=context.name(context.region),
                y=f"{context.year}",
            ),
            Text(
                "首年和该年的全部指标，该年在首年之后",
                "all its indicators in the first year and in that year, a later one",
            ),
        )
    return result


def write(result: SynergyResult, context: Context) -> Section:
    """Word and draw synergy."""
    index = context.results["index"]
    assert isinstance(index, IndexResult)
    cards = SynergyCards(context, result, IndexCards(context, index))
    return Section(
        id=ID,
        title=TITLE,
        statements=(_own(context, cards), _all(result, context)),
        charts=(_chart(result, context, cards),),
        tables=(_table(result, context, cards),),
        notes=(_meaning(context),),
    )


def _meaning(context: Context) -> Text:
    prices = context.prices
    return say(
        "协同度比较的是变化，不是水平：各部分的有序度与基期相比是否一起上升。"
        "不动的高水平地区接近 0；任何一个部分下降，整体即为负。序参量取指标原值{p}。",
        "Synergy compares change, not level: have the order degrees of the parts risen together "
        "since the base period? A region that stands still at the top is near 0, and one part that "
        "falls makes the whole negative. Order parameters are the indicators as they are{p}.",
        p=Text(f"（{prices.zh}）", f" ({prices.en})") if prices.zh else prices,
    )


def _own(context: Context, cards: SynergyCards) -> Statement:
    region, year = context.region, context.year
    row = cards.synergies.row(region, year)
    rows = {name: cards.degrees.row(region, year, name) for name in cards.subsystems}
    changes = listing(
        say(
            "{s} {v}",
            "{s} {v}",
            s=inside(cards.index.title(name)),
            v=cite(cards.change(region, year, name), signed(found["change"])),
        )
        for name, found in rows.items()
    )
    fallen = [inside(cards.index.title(n)) for n, found in rows.items() if found["change"] < 0]
    if row["sign"] > 0:
        verdict = Text("各部分的有序度都在上升", "the order degree of every part rose")
    elif row["sign"] < 0:
        verdict = say(
            "{l}的有序度下降，因此为负",
            "it is negative because order fell in the {l}",
            l=listing(fallen),
        )
    else:
        verdict = Text("有的部分没有变化，因此为 0", "it is 0 because a part did not change")
    text = say(
        "与 {b} 年相比，{y} 年{r}的复合系统协同度为 {v}（−1 到 1）：{w}。各部分有序度的变化：{c}。",
        "Against {b} the synergy of the parts of {r} in {y} is {v} (−1 to 1): {w}. Changes of the "
        "order degrees: {c}.",
        b=f"{int(row['base_year'])}",
        y=f"{year}",
        r=context.name(region),
        v=cite(cards.synergy(region, year), number(row["synergy"])),
        w=verdict,
        c=changes,
    )
    key = {"region": region, "year": year}
    evidence = ((f"{ID}_synergy", key), (f"{ID}_order_degrees", key))
    return Statement(f"{ID}.own", text, evidence, see=f"{ID}-changes")


def _all(result: SynergyResult, context: Context) -> Statement:
    """Count the regions whose parts rose together, and whose did not."""
    table = result.tables["synergy"]
    known = table[table["year"] == context.year].dropna(subset=["synergy"])
    text = say(
        "{n} 个地区中，{k} 个的各部分有序度一起上升（协同度大于 0），{m} 个至少有一个部分下降。",
        "Of {n} regions {k} saw the order of all parts rise (synergy above 0); in {m} at least one "
        "part fell.",
        n=f"{len(known)}",
        k=f"{int((known['sign'] > 0).sum())}",
        m=f"{int((known['sign'] < 0).sum())}",
    )
    evidence = ((f"{ID}_synergy", {"year": context.year}),)
    return Statement(f"{ID}.regions", text, evidence, see=f"{ID}-regions")


def _chart(result: SynergyResult, context: Context, cards: SynergyCards) -> Chart:
    table = result.tables["order_degrees"]
    rows = table[table["year"] == context.year]
    drawn = against_peers(rows, "change", "subsystem", context.region, context.peers)
    names = [str(name) for name in drawn["subsystem"]]
    titles = [cards.index.title(name) for name in names]
    base = int(cards.synergies.row(context.region, context.year)["base_year"])
    order = drawn["value"].to_numpy().argsort()
    finding = say(
        "有序度变化最高的是{a}（{v}），最低的是{b}（{w}）",
        "Order changed most upwards in {a} ({v}), least in {b} ({w})",
        a=inside(titles[order[-1]]),
        b=inside(titles[order[0]]),
        v=signed(float(drawn["value"].iloc[order[-1]])),
        w=signed(float(drawn["value"].iloc[order[0]])),
    )
    return Chart(
        id=f"{ID}-changes",
        title=finding,
        subtitle=say(
            "{m}，各部分，{y} 年与 {b} 年相比；0 为不变",
            "{m} of each part, {y} against {b}; 0 is no change",
            m=_CHANGE,
            y=f"{context.year}",
            b=f"{base}",
        ),
        source=charts.source_line(context),
        alt=say("{f}。", "{f}.", f=finding),
        panels=(
            charts.profile_panel(
                drawn,
                titles,
                _CHANGE,
                [cards.change(context.region, context.year, name) for name in names],
                _domain(drawn),
                0.0,
            ),
        ),
        key=charts.usual_key(context, whiskers=False),
    )


def _domain(drawn: pd.DataFrame) -> tuple[float, float]:
    """Return tenths around zero and all that is drawn."""
    values = drawn[["value", "q25", "q75"]].to_numpy()
    known = [float(v) for v in values.ravel() if math.isfinite(v)]
    return math.floor(10 * min(0.0, *known)) / 10, math.ceil(10 * max(0.0, *known)) / 10


def _table(result: SynergyResult, context: Context, cards: SynergyCards) -> Table:
    table = result.tables["synergy"]
    order = table[table["year"] == context.year].sort_values(
        "synergy", ascending=False, kind="stable"
    )
    order = charts.nearby(order, context.region)
    rows = []
    for name in order["region"]:
        region = str(name)
        row = cards.synergies.row(region, context.year)
        known = not missing(row["synergy"])
        cells = [
            words(context.full_name(region), region),
            figure(row["synergy"], cards.synergy(region, context.year) if known else "", digits=3),
        ]
        for part in cards.subsystems:
            change = cards.degrees.row(region, context.year, part)["change"]
            card = "" if missing(change) else cards.change(region, context.year, part)
            cells.append(figure(change, card, digits=3))
        rows.append(tuple(cells))
    base = int(cards.synergies.row(context.region, context.year)["base_year"])
    return Table(
        id=f"{ID}-regions",
        title=say(
            "全部地区：协同度与有序度变化，{y} 年与 {b} 年相比",
            "All regions: synergy and changes of order, {y} against {b}",
            y=f"{context.year}",
            b=f"{base}",
        ),
        columns=(
            Text("地区", "Region"),
            Text("协同度", "Synergy"),
            *(
                say("Δ {s}", "Δ {s}", s=inside(cards.index.title(part)))
                for part in cards.subsystems
            ),
        ),
        rows=tuple(rows),
        numeric=(False, *(True for _ in range(1 + len(cards.subsystems)))),
        chosen=tuple(str(name) == context.region for name in order["region"]),
    )
