"""Which people there are, are taught and are used, per head; what a plan would need."""

from __future__ import annotations

from xinzhi.core import InputError, Result, Text
from xinzhi.report.context import Context
from xinzhi.report.model import NotRun, Section, Statement, cite
from xinzhi.report.structure_parts import itemised, rows_of
from xinzhi.report.talent_parts import (
    ID,
    card_of,
    figures_used,
    measure_of,
    standing_chart,
    standing_rows,
    standing_table,
)
from xinzhi.report.words import inside, number, ordinal, say

PART = "chains"
TITLE = Text("人才的存量、培养与使用", "Talent: stock, schools and use")
_NEEDS = Text(
    "分领域、职级、年龄的人才存量与流动率",
    "stocks and yearly rates of people by field, grade and age",
)


def run(context: Context) -> Result | NotRun:
    """Rank the region by what the panel has of people, all per head."""
    try:
        standing = standing_table(context)
    except InputError as error:
        return NotRun(error.message, _NEEDS)
    if standing.empty:
        return NotRun(
            Text(
                "数据中没有人才的存量、培养或使用",
                "the data have neither stocks nor schools nor use of people",
            ),
            _NEEDS,
        )
    return Result(
        tables={"standing": standing},
        units={"relative": "ratio"},
        parameters={"years": figures_used(standing)},
        inputs=context.panel.inputs,
    )


def write(result: Result, context: Context) -> Section:
    """Word and draw where the region stands, and say what a plan would need."""
    standing = result.tables["standing"]
    own = standing[standing["region"] == context.region]
    rows = rows_of(own)
    ids = [card_of(context, row) for row in rows]
    evidence = tuple(
        (f"{ID}_standing", {"region": context.region, "indicator": str(row["indicator"])})
        for row in rows
    )
    named = itemised(
        say(
            "{t} {v} {u}（{y} 年，{n} 个地区中第 {k} 位）",
            "{t}: {v} {u} in {y}, {o} of {n} regions",
            t=inside(measure_of(row["indicator"]).title),
            v=cite(card, number(row["value"])),
            u=measure_of(row["indicator"]).unit,
            y=f"{row['year']}",
            n=f"{row['regions']}",
            k=f"{row['rank']}",
            o=ordinal(float(row["rank"])),
        )
        for row, card in zip(rows, ids, strict=True)
    )
    place = context.name(context.region)
    level = say("{r}：{l}。", "{r}: {l}.", r=place, l=named)
    plan = say(
        "这些数字不分领域、职级和年龄，推不出{r}缺哪些人、何时缺；"
        "有了{n}，xinzhi talent 才能推算和计划。",
        "These figures know no field, grade or age and cannot say which people {r} lacks, or when: "
        "with {n}, xinzhi talent projects and plans.",
        r=place,
        n=_NEEDS,
    )
    best = min(rows, key=lambda row: row["rank"])
    finding = say(
        "{r}位次最高的一面：{t}，{n} 个地区中第 {k} 位",
        "Best rank of {r}: {t}, {o} of {n} regions",
        r=place,
        t=inside(measure_of(best["indicator"]).title),
        n=f"{best['regions']}",
        k=f"{best['rank']}",
        o=ordinal(float(best["rank"])),
    )
    return Section(
        id=ID,
        title=TITLE,
        statements=(
            Statement(f"{ID}.level", level, evidence, see=f"{ID}-standing"),
            Statement(f"{ID}.plan", plan, evidence, see=f"{ID}-table"),
        ),
        charts=(standing_chart(result, context, ids, finding),),
        tables=(standing_rows(own, ids),),
        notes=tuple(
            say("{t}：{w}。", "{t}: {w}.", t=measure.title, w=measure.weakness)
            for measure in (measure_of(row["indicator"]) for row in rows)
        ),
    )
