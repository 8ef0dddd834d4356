"""Which regions turn R&D money into patents and contracts; what growth owes to productivity."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xinzhi.core import NO_TEXT, ComputationError, InputError, Result, Text
from xinzhi.measure.productivity import (
    InnovationTable,
    bootstrap_efficiency,
    dea,
    innovation_table,
)
from xinzhi.measure.productivity.innovation import CONTRACTS, MONEY, PATENTS
from xinzhi.report.context import Context, Lookup
from xinzhi.report.model import NotRun, Section, Statement, cite
from xinzhi.report.productivity_chain import (
    chain_chart,
    chain_lacking,
    chain_of,
    chain_statements,
    chain_table,
)
from xinzhi.report.productivity_growth import growth_of, growth_statements, lacking_for_growth
from xinzhi.report.productivity_parts import (
    ProductivityCards,
    best_estimate,
    frontier_chart,
    ranking_chart,
    regions_table,
)
from xinzhi.report.structure_parts import itemised, rows_of
from xinzhi.report.words import band, listing, number, say

ID = "productivity"
PART = "why"
TITLE = Text("生产率与创新效率", "Productivity and innovation efficiency")
_REPLICATIONS = 2_000
_FEWEST_REGIONS = 10
_NEEDS = Text(
    "至少十个地区的全社会研发经费、发明专利授权和技术合同成交额，产出晚两至三年",
    "R&D expenditure, invention patents granted and technology contracts of ten regions or more, "
    "the outputs two to three years later",
)
_MEANING = (
    Text(
        "效率只与这些地区中的最好者相比，不是绝对标准；测量误差也计入无效率。"
        "它不说明原因，也不说明多投经费会怎样。",
        "Efficiency is relative to the best of these regions, not to an absolute standard, and "
        "errors of measurement count as inefficiency. It gives no reasons, and does not say what "
        "more money would do.",
    ),
    Text(
        "创新效率没有以研发人员为投入：所用数据只有工业企业的研发人员，与全社会经费口径不同。"
        "专利不分质量，授权受资助政策和审查周期影响。",
        "R&D people are no input of innovation efficiency: the figures used have those of industry "
        "only, which do not match money of all sectors. Patents are not weighted by quality, and "
        "grants follow subsidies and the time that examination takes.",
    ),
)


def run(context: Context) -> Result | NotRun:
    """Compute efficiency with intervals, what it owes to single peers, and TFP where it can be."""
    try:
        table = innovation_table(context.panel)
        if len(table.inputs) < _FEWEST_REGIONS or context.region not in table.inputs.index:
            return _too_few(table, context)
        return _result(table, context)
    except InputError as error:
        return NotRun(error.message, _NEEDS, error.remedy or NO_TEXT)
    except ComputationError as error:  # a package of the extra is not installed
        return NotRun(error.message, remedy=error.remedy or NO_TEXT)


def _too_few(table: InnovationTable, context: Context) -> NotRun:
    why = table.left_out.get(context.region)
    if why is not None:
        reason = say(
            "{r}缺少{w}",
            "{r} lacks {w}",
            r=context.name(context.region),
            w=why,
        )
    else:
        reason = say(
            "数据齐备的地区只有 {n} 个，构不成前沿",
            "only {n} region(s) have all figures, too few for a frontier",
            n=f"{len(table.inputs)}",
        )
    return NotRun(reason, _NEEDS)


def _result(table: InnovationTable, context: Context) -> Result:
    scored = dea(table.inputs, table.outputs, "crs", "output", records=table.records)
    columns = ["unit", "efficiency", "efficiency_vrs", "scale_class"]
    regions = scored.tables["efficiency"][columns].set_index("unit")
    bands = ["efficiency_corrected", "efficiency_low", "efficiency_high"]
    regions[bands] = np.nan
    level = None
    if context.uncertainty is not None:
        level = context.uncertainty.level
        drawn = bootstrap_efficiency(
            table.inputs,
            table.outputs,
            "crs",
            "output",
            replications=_REPLICATIONS,
            level=level,
            seed=context.seed,
        )
        regions[bands] = drawn.tables["efficiency"].set_index("unit")[bands]
    money = table.inputs[MONEY]
    regions["patents_per_money"] = table.outputs[PATENTS] / money
    regions["contracts_per_money"] = table.outputs[CONTRACTS] / money
    peers = scored.tables["peers"].rename(columns={"unit": "region"})
    added = [part for part in (growth_of(context.panel), chain_of(context)) if part is not None]
    return Result(
        tables={
            "efficiency": regions.rename_axis("region").reset_index(),
            "peers": peers,
            "without": _without(table, context.region, peers),
            **{name: frame for part in added for name, frame in part.tables.items()},
        },
        units={
            **dict.fromkeys(["efficiency", "efficiency_vrs", *bands, "weight"], "ratio"),
            **{name: unit for part in added for name, unit in part.units.items()},
            "patents_per_money": "patents_per_CNY_100m",
            "contracts_per_money": "ratio",
        },
        parameters={
            "returns": "crs",
            "orientation": "output",
            "replications": _REPLICATIONS if level is not None else 0,
            "level": level,
            "years": {name: list(years) for name, years in table.periods.items()},
            **{name: given for part in added for name, given in part.parameters.items()},
        },
        inputs=tuple(dict.fromkeys([*table.records, *(i for part in added for i in part.inputs)])),
        warnings=(*table.warnings, *(text for part in added for text in part.warnings)),
    )


def _without(table: InnovationTable, region: str, peers: pd.DataFrame) -> pd.DataFrame:
    """Return the region's efficiency without each region that it is measured by."""
    others = [p for p in peers.loc[peers["region"] == region, "peer"] if p != region]
    rows = []
    for peer in others:
        left = dea(table.inputs.drop(index=peer), table.outputs.drop(index=peer), "crs", "output")
        scores = left.tables["efficiency"].set_index("unit")["efficiency"]
        rows.append({"region": region, "peer": peer, "efficiency": scores[region]})
    return pd.DataFrame(rows, columns=["region", "peer", "efficiency"])


def write(result: Result, context: Context) -> Section:
    """Word and draw innovation efficiency, and TFP or what is missing for it."""
    cards = ProductivityCards(context, result)
    table = result.tables["efficiency"]
    rows = Lookup(table, ("region",))
    statements = [
        _scope(result, context),
        _own(rows, table, context, cards),
        _frontier(result, rows, context),
        *chain_statements(result, context),
        *growth_statements(result, context),
    ]
    has_chain = "chain" in result.tables
    best = listing(context.name(str(n)) for n in table.loc[table["efficiency"] == 1, "region"])
    value = number(best_estimate(rows.row(context.region)))
    ranked = say(
        "{r}的创新效率为 {v}",
        "Innovation efficiency of {r}: {v}",
        r=context.name(context.region),
        v=value,
    )
    return Section(
        id=ID,
        title=TITLE,
        statements=tuple(statements),
        charts=(
            ranking_chart(table, context, cards, ranked),
            frontier_chart(
                table, context, cards, say("{b}构成前沿", "{b} span the frontier", b=best)
            ),
            *((chain_chart(result, context),) if has_chain else ()),
        ),
        tables=(
            regions_table(table, context, cards),
            *((chain_table(result, context),) if has_chain else ()),
        ),
        notes=(
            *chain_lacking(result, context),
            *lacking_for_growth(result, context),
            *_MEANING,
            *(say("{w}。", "{w}.", w=warning) for warning in result.warnings),
        ),
    )


def _scope(result: Result, context: Context) -> Statement:
    years = result.parameters["years"]
    text = say(
        "创新效率比较 {n} 个地区：投入为 {a} 年全社会研发经费，产出为其后两至三年（{b} 年）的"
        "发明专利授权和技术合同成交额，均取年均值。",
        "Innovation efficiency compares {n} regions: R&D money of all sectors in {a} against "
        "invention patents granted and technology contracts two to three years later ({b}), all "
        "as yearly means.",
        n=f"{len(result.tables['efficiency'])}",
        a=f"{years[MONEY][0]}–{years[MONEY][-1]}",
        b=f"{years[PATENTS][0]}–{years[PATENTS][-1]}",
    )
    return Statement(f"{ID}.scope", text, ((f"{ID}_efficiency", {}),), see=f"{ID}-table")


def _own(
    rows: Lookup, table: pd.DataFrame, context: Context, cards: ProductivityCards
) -> Statement:
    row = rows.row(context.region)
    card = cards.efficiency(row)
    shared: dict[str, Text | str] = {
        "r": context.name(context.region),
        "e": number(row["efficiency"]),
        "v": cite(card, number(best_estimate(row))),
    }
    key = {"region": context.region}
    if not cards.bands:
        text = say(
            "{r}的创新效率为 {v}（1 为前沿）。",
            "Innovation efficiency of {r} is {v} (1 = frontier).",
            **shared,
        )
        return Statement(f"{ID}.own", text, ((f"{ID}_efficiency", key),), see=f"{ID}-ranking")
    others = table[table["region"] != context.region]
    above = int((others["efficiency_low"] > row["efficiency_high"]).sum())
    below = int((others["efficiency_high"] < row["efficiency_low"]).sum())
    text = say(
        "{r}的创新效率为 {v}（偏差校正，{s} 区间 {b}，1 为前沿；校正前 {e}）。按区间看，高于它的"
        "地区有 {h} 个，低于它的有 {l} 个，其余 {m} 个与它分不出高低。",
        "Innovation efficiency of {r} is {v} (bias-corrected; {s} interval {b}; 1 = frontier; {e} "
        "before correction). Of the other regions the intervals put {h} above it and {l} below; "
        "{m} cannot be told apart from it.",
        s=cards.level,
        b=band(row["efficiency_low"], row["efficiency_high"]),
        h=f"{above}",
        l=f"{below}",
        m=f"{len(others) - above - below}",
        **shared,
    )
    return Statement(
        f"{ID}.own",
        text,
        ((f"{ID}_efficiency", key),),
        (row["efficiency_low"], row["efficiency_high"]),
        f"{ID}-ranking",
    )


def _frontier(result: Result, rows: Lookup, context: Context) -> Statement:
    """Say by whom the region is measured, how much hangs on each, and what returns change."""
    row = rows.row(context.region)
    without = rows_of(result.tables["without"])
    vrs = number(row["efficiency_vrs"])
    evidence = [(f"{ID}_peers", {"region": context.region})]
    if not without:
        text = say(
            "{r}在前沿上：没有一个地区的组合能以同样的经费得到更多的两项产出。",
            "{r} is on the frontier: no combination of the others gets more of both outputs from "
            "the same money.",
            r=context.name(context.region),
        )
        return Statement(f"{ID}.frontier", text, tuple(evidence), see=f"{ID}-frontier")
    evidence.append((f"{ID}_without", {"region": context.region}))
    text = say(
        "它的标杆是{p}：同样的经费按其做法对应的产出是现在的 {x} 倍；{w}。若设规模报酬可变，"
        "校正前的效率为 {v}。",
        "It is measured by {p}, who get {x} times its outputs from the same money; {w}. Under "
        "variable returns to scale the efficiency before correction is {v}.",
        p=listing(context.name(str(one["peer"])) for one in without),
        x=number(1 / row["efficiency"]),
        w=itemised(
            say(
                "去掉{p}，校正前的效率变为 {e}",
                "without {p} its efficiency before correction would be {e}",
                p=context.name(str(one["peer"])),
                e=number(one["efficiency"]),
            )
            for one in without
        ),
        v=vrs,
    )
    return Statement(f"{ID}.frontier", text, tuple(evidence), see=f"{ID}-frontier")
