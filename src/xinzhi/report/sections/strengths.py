"""What the region does more of than others, and where it grew faster or slower than they did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from xinzhi.core import NO_TEXT, InputError, Result, Text
from xinzhi.data import Panel, pack_registry
from xinzhi.data.science_technology import PACK
from xinzhi.report.context import Context
from xinzhi.report.model import Chart, NotRun, Section, Statement, cite
from xinzhi.report.sections.science import ScienceResult
from xinzhi.report.strengths_charts import (
    competitive_chart,
    industries_table,
    kinds_table,
    quotients_chart,
    rows_by_activity,
)
from xinzhi.report.strengths_kinds import Kind, Source, industries, of_pack, patents, read
from xinzhi.report.strengths_parts import StrengthsCards
from xinzhi.report.structure_parts import Row, itemised, rows_of
from xinzhi.report.words import band, inside, number, rank_band, rank_text, say, signed
from xinzhi.structure.strengths.complexity import FEWEST_ACTIVITIES
from xinzhi.structure.strengths.standing import GAP, STRENGTH, region_totals, standing

ID = "strengths"
PART = "balances"
TITLE = Text("长处、短处与各行业的竞争力", "Strengths, gaps and how industries compete")
_MOST_NAMED = 3
_NEEDS = Text(
    "各地区各行业的增加值（value_added_行业），至少两年",
    "value added by industry (value_added_…) of all regions, in two years or more",
)
_MEANING = (
    Text(
        "区位商不低于 1 只说明比重不低于全国，低于 1 也不等于应当补齐。竞争分量是现价增量中"
        "超过全国同行业增速的部分，价格变动也在其中；它是描述，不说明原因。历年最低和最高说明"
        "位置稳不稳，不是误差区间。",
        "A quotient of 1 or more says that the share is no lower than the nation's, and below 1 is "
        "no reason to catch up. The competitive component is the nominal growth beyond that of the "
        "same industry in the nation, changes of prices included; it describes and gives no "
        "reason. The lowest and highest of the years show how steady a position is; they are no "
        "interval of error.",
    ),
    Text(
        "要得到复杂度、关联密度、进入预测、弯道超车名单，以及带位次区间的扬长补短建议，请用本地和"
        f"其他地区 {FEWEST_ACTIVITIES} 项以上活动的表（分行业就业、出口，分类别专利）："
        "xinzhi strengths FILE --region 地区 --activity 行业 --value 就业 --time 年份；"
        "有 xinzhi chokepoints 的结果时加 --dependence FILE，建议兼顾安全。",
        "For complexity, relatedness, entries foretold, a leapfrogging list and recommendations "
        "with intervals of their ranks, give a table of all regions with "
        f"{FEWEST_ACTIVITIES} activities or more (employment or exports by industry, patents by "
        "class): xinzhi strengths FILE --region REGION --activity INDUSTRY --value JOBS --time "
        "YEAR; with a result of xinzhi chokepoints add --dependence FILE, and recommendations "
        "weigh security too.",
    ),
)


@dataclass(frozen=True)
class StandingResult(Result):
    """Tables standing, totals and kinds.

    kinds : of the industries first, then of the finer sets; panels : of which each was read
    """

    kinds: tuple[Kind, ...] = ()
    panels: tuple[Panel, ...] = ()


def run(context: Context) -> Result | NotRun:
    """Place the region in nine industries, and in what finer sets of activities there are."""
    try:
        kind, matrix = read(context.panel, industries(context), context)
        table = standing(matrix)
    except InputError as error:
        return NotRun(error.message, _NEEDS, error.remedy or NO_TEXT)
    kinds, panels, finer = [kind], [context.panel], []
    for source, panel in _finer(context):
        try:
            found, volumes = read(panel, source, context)
            finer.append(standing(volumes).assign(set=found.id))
        except InputError:  # these figures are not there, or of a single year
            continue
        kinds.append(found)
        panels.append(panel)
    money = ("start", "end", "change", "national_growth", "industry_mix", "competitive")
    return StandingResult(
        tables={
            "standing": table,
            "totals": region_totals(table),
            **({"kinds": pd.concat(finer, ignore_index=True)} if finer else {}),
        },
        units={
            **dict.fromkeys(("rca", "rca_start", "rca_low", "rca_high"), "ratio"),
            **dict.fromkeys(money, matrix.unit),
        },
        parameters={
            "regions": list(matrix.regions),
            "years": {
                name: list(one.years)
                for one, panel in zip(kinds, panels, strict=True)
                if panel is context.panel
                for name in one.activities.names
            },
        },
        inputs=tuple(dict.fromkeys(record for panel in panels for record in panel.inputs)),
        warnings=matrix.warnings,
        kinds=tuple(kinds),
        panels=tuple(panels),
    )


def _finer(context: Context) -> Iterator[tuple[Source, Panel]]:
    """Yield the finer sets of activities that may be there, with the panel that may have them."""
    science = context.results.get("science")
    if isinstance(science, ScienceResult) and science.context is not None:
        for source in of_pack():
            yield source, science.context.panel
        return
    three = context.panel.resolve("utility_model_patents_granted") is not None
    yield patents(whole=not three), context.panel


def write(result: StandingResult, context: Context) -> Section:
    """Word and draw where the region stands."""
    table = result.tables["standing"]
    own = table[table["region"] == context.region]
    first = StrengthsCards(context, result.kinds[0], result.panels[0], table)
    finer = [
        StrengthsCards(context, kind, panel, _of_set(result, kind))
        for kind, panel in zip(result.kinds[1:], result.panels[1:], strict=True)
    ]
    statements = [
        _scope(first, context),
        *_strengths(own, first, context),
        *_gaps(own, first, context),
        _growth(result, first, context),
        *(_kind(cards, context) for cards in finer),
    ]
    return Section(
        id=ID,
        title=TITLE,
        statements=tuple(statements),
        charts=tuple(_charts(own, first, finer, context)),
        tables=(industries_table(first), *([kinds_table(finer)] if finer else [])),
        notes=(
            *_MEANING,
            *_what_the_pack_adds(context),
            *(say("{w}。", "{w}.", w=warning) for warning in result.warnings),
        ),
    )


def _of_set(result: Result, kind: Kind) -> pd.DataFrame:
    table = result.tables["kinds"]
    return table[table["set"] == kind.id]


def _scope(cards: StrengthsCards, context: Context) -> Statement:
    kind = cards.kind
    text = say(
        "{r}与{n}比较 {y} 年 {k} 个行业的增加值（现价）。{k} 个行业谈不上经济复杂度和关联密度"
        "（至少要 {f} 项活动），所以这里只说长处在哪里、在变强还是变弱，不提建议。",
        "{r} is held against {n} on the value added of {k} industries in {y} (nominal). {k} "
        "industries carry no economic complexity and no relatedness (that takes {f} activities), "
        "so what follows says where the strengths are and whether they grow, and recommends "
        "nothing.",
        r=context.name(context.region),
        n=kind.nation,
        y=cards.years,
        k=f"{len(kind.titles)}",
        f=f"{FEWEST_ACTIVITIES}",
    )
    evidence = ((f"{ID}_standing", {"region": context.region}),)
    return Statement(f"{ID}.scope", text, evidence, see=f"{ID}-table")


def _strengths(own: pd.DataFrame, cards: StrengthsCards, context: Context) -> Iterator[Statement]:
    chosen = own[own["standing"] == STRENGTH].sort_values("rca", ascending=False, kind="stable")
    if chosen.empty:
        return
    text = say(
        "区位商 {n} 年都不低于 1 的行业有 {k} 个：{l}。{m}",
        "Location quotients are 1 or more in all {n} years in {k} industries: {l}. {m}",
        n=f"{len(cards.kind.years)}",
        k=f"{len(chosen)}",
        l=_quotients(chosen, cards),
        m=_moves(chosen, cards),
    )
    yield _stated("strengths", text, chosen, context)


def _gaps(own: pd.DataFrame, cards: StrengthsCards, context: Context) -> Iterator[Statement]:
    chosen = own[own["standing"] == GAP].sort_values("rca", kind="stable")
    if chosen.empty:
        return
    text = say(
        "区位商 {n} 年都低于 1 的行业有 {k} 个，最低的是{l}。{m}",
        "Location quotients are below 1 in all {n} years in {k} industries, lowest in {l}. {m}",
        n=f"{len(cards.kind.years)}",
        k=f"{len(chosen)}",
        l=_quotients(chosen, cards),
        m=_moves(chosen, cards),
    )
    yield _stated("gaps", text, chosen, context)


def _stated(rule: str, text: Text, rows: pd.DataFrame, context: Context) -> Statement:
    evidence = tuple(
        (f"{ID}_standing", {"region": context.region, "activity": str(activity)})
        for activity in rows["activity"]
    )
    return Statement(f"{ID}.{rule}", text, evidence, see=f"{ID}-quotients")


def _quotients(rows: pd.DataFrame, cards: StrengthsCards) -> Text:
    """Word the first quotients: value, the year before, rank over the years."""
    return itemised(
        say(
            "{t} {v}（{y} 年 {b}，{k}，历年{s}）",
            "{t} {v} ({b} in {y}; {k}, {s} over the years)",
            t=inside(cards.kind.titles[str(row["activity"])]),
            v=cite(cards.quotient(row), number(row["rca"])),
            y=f"{cards.kind.years[0]}",
            b=number(row["rca_start"]),
            k=rank_text(row["rank"]),
            s=rank_band(row["rank_low"], row["rank_high"]),
        )
        for row in rows_of(rows.head(_MOST_NAMED))
    )


def _moves(rows: pd.DataFrame, cards: StrengthsCards) -> Text:
    """Say which of the industries grew faster than the nation's, and which did not."""
    parts = []
    for faster, words in (
        (True, Text("增长快于全国同行业的", "Faster than in the nation grew")),
        (False, Text("不快于全国同行业的", "No faster grew")),
    ):
        chosen = rows[(rows["competitive"] > 0) == faster]
        if chosen.empty:
            continue
        moved = itemised(
            say(
                "{t} {v}，{n} 年中 {k} 年为正",
                "{t} {v}, positive in {k} of {n} years",
                t=inside(cards.kind.titles[str(row["activity"])]),
                v=cards.shown(row, "competitive"),
                n=f"{int(row['steps'])}",
                k=f"{int(row['years_ahead'])}",
            )
            for row in rows_of(chosen)
        )
        parts.append(
            say(
                "{w}（竞争分量）：{m}。",
                "{w} (competitive component, {u}): {m}.",
                w=words,
                u=cards.unit,
                m=moved,
            )
        )
    return Text("".join(t.zh for t in parts), " ".join(t.en for t in parts))


def _growth(result: Result, cards: StrengthsCards, context: Context) -> Statement:
    totals = result.tables["totals"]
    (row,) = rows_of(totals[totals["region"] == context.region])
    text = say(
        "{y} 年{r}的增加值（现价）变动 {d} {u}：按全国增速应有 {a}，行业结构 {b}，竞争分量 {c}，"
        "三项相加即得。竞争分量中，假如结构与全国相同有 {h}，其余 {o} 来自专业化所在的行业"
        "（配置分量，Esteban-Marquillas）。",
        "In {y} value added of {r} (nominal) changed by {d}, in {u}: {a} at the nation's rate, {b} "
        "from its mix of industries, {c} competitive, which add up to it. Of the competitive "
        "component {h} would be there with the nation's structure, the other {o} comes from "
        "where the region is specialised (allocation, Esteban-Marquillas).",
        y=cards.years,
        r=context.name(context.region),
        d=signed(row["change"]),
        u=cards.unit,
        a=_component(row, "national_growth", cards),
        b=_component(row, "industry_mix", cards),
        c=_component(row, "competitive", cards),
        h=_component(row, "competitive_homothetic", cards),
        o=_component(row, "allocation", cards),
    )
    evidence = ((f"{ID}_totals", {"region": context.region}),)
    return Statement(f"{ID}.growth", text, evidence, see=f"{ID}-competitive")


def _component(row: Row, name: str, cards: StrengthsCards) -> Text:
    shown = cite(cards.component(row, name), signed(row[name]))
    return Text(shown, shown)


def _kind(cards: StrengthsCards, context: Context) -> Statement:
    rows = list(rows_by_activity(cards.table, context.region).values())
    text = say(
        "{t}（{y} 年）的区位商：{l}。",
        "Location quotients of {t} ({y}): {l}.",
        t=inside(cards.kind.title),
        y=cards.years,
        l=itemised(
            say(
                "{t} {v}（{f} 年 {b}，历年 {c}；{k}，历年{s}）",
                "{t} {v} ({b} in {f}, {c} over the years; {k}, {s} over the years)",
                t=inside(cards.kind.titles[str(row["activity"])]),
                v=cite(cards.quotient(row), number(row["rca"])),
                f=f"{cards.kind.years[0]}",
                b=number(row["rca_start"]),
                c=band(row["rca_low"], row["rca_high"]),
                k=rank_text(row["rank"]),
                s=rank_band(row["rank_low"], row["rank_high"]),
            )
            for row in rows
        ),
    )
    key = {"region": context.region, "set": cards.kind.id}
    return Statement(f"{ID}.{cards.kind.id}", text, ((f"{ID}_kinds", key),), see=f"{ID}-kinds")


def _charts(
    own: pd.DataFrame,
    first: StrengthsCards,
    finer: Sequence[StrengthsCards],
    context: Context,
) -> Iterator[Chart]:
    name = context.name(context.region)
    (top,) = rows_of(own.nlargest(1, "rca"))
    yield quotients_chart(
        "quotients",
        [first],
        say(
            "{r}区位商最高的行业是{t}：{v}，{k}",
            "{r}: the highest location quotient is {v}, in {t} ({k})",
            r=name,
            t=inside(first.kind.titles[str(top["activity"])]),
            v=number(top["rca"]),
            k=rank_text(top["rank"]),
        ),
    )
    faster = int((own["competitive"] > 0).sum())
    yield competitive_chart(
        first,
        say(
            "{r} {n} 个行业中 {k} 个的增长快于全国同行业",
            "{r}: {k} of {n} industries grew faster than the same industry of the nation",
            r=name,
            n=f"{len(own)}",
            k=f"{faster}",
        ),
    )
    if not finer:
        return
    best = pd.concat([c.table[c.table["region"] == context.region] for c in finer])
    (top,) = rows_of(best.nlargest(1, "rca"))
    titles = {key: title for cards in finer for key, title in cards.kind.titles.items()}
    yield quotients_chart(
        "kinds",
        finer,
        say(
            "{r}在这些类别中区位商最高的是{t}：{v}",
            "{r}: of these the highest location quotient is {v}, {t}",
            r=name,
            t=inside(titles[str(top["activity"])]),
            v=number(top["rca"]),
        ),
    )


def _what_the_pack_adds(context: Context) -> Iterator[Text]:
    if not context.embedded:
        return
    if isinstance(context.results.get("science"), ScienceResult):
        yield Text(
            "论文按三个检索库统计，互有重叠；高技术产业只有合计：都不能相加成活动表，没有区位商。",
            "Papers are counted in three indexes that overlap, and high-tech industry stands as a "
            "whole: neither adds up to a table of activities, so they have no location quotients.",
        )
        return
    yield say(
        "有数据包“{t}”时，这里另有三类专利的授权与有效量、三类 R&D 经费的区位商：运行 {c}。",
        "With the data pack “{t}” the location quotients of three kinds of patents, granted and in "
        "force, and of three types of R&D stand here too: run {c}.",
        t=pack_registry.find_pack(PACK).title,
        c=f"xinzhi data pack get {PACK}",
    )
