"""Which people there are, are taught and are used, per head; what a plan would need."""

from __future__ import annotations

from xinzhi.core import InputError, Result, Text
from xinzhi.report.context import Context
from xinzhi.report.model import NotRun, Section, Statement
from xinzhi.report.standing import (
    best_rank,
    card_of,
    figures_used,
    named_measures,
    standing_chart,
    standing_rows,
    standing_table,
    weaknesses,
)
from xinzhi.report.structure_parts import rows_of
from xinzhi.report.talent_measures import ID, STANDING
from xinzhi.report.words import say

PART = "chains"
TITLE = Text("人才的存量、培养与使用", "Talent: stock, schools and use")
_NEEDS = Text(
    "分领域、职级、年龄的人才存量与流动率",
    "stocks and yearly rates of people by field, grade and age",
)


def run(context: Context) -> Result | NotRun:
    """Rank the region by what the panel has of people, all per head."""
    try:
        standing = standing_table(context, STANDING)
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
        parameters={"years": figures_used(standing, STANDING)},
        inputs=context.panel.inputs,
    )


def write(result: Result, context: Context) -> Section:
    """Word and draw where the region stands, and say what a plan would need."""
    standing = result.tables["standing"]
    own = standing[standing["region"] == context.region]
    rows = rows_of(own)
    ids = [card_of(context, STANDING, row) for row in rows]
    evidence = tuple(
        (f"{ID}_standing", {"region": context.region, "indicator": str(row["indicator"])})
        for row in rows
    )
    place = context.name(context.region)
    level = say("{r}：{l}。", "{r}: {l}.", r=place, l=named_measures(STANDING, rows, ids))
    plan = say(
        "这些数字不分领域、职级和年龄，推不出{r}缺哪些人、何时缺；"
        "有了{n}，xinzhi talent 才能推算和计划。",
        "These figures know no field, grade or age and cannot say which people {r} lacks, or when: "
        "with {n}, xinzhi talent projects and plans.",
        r=place,
        n=_NEEDS,
    )
    finding = best_rank(context, STANDING, rows)
    return Section(
        id=ID,
        title=TITLE,
        statements=(
            Statement(f"{ID}.level", level, evidence, see=f"{ID}-standing"),
            Statement(f"{ID}.plan", plan, evidence, see=f"{ID}-table"),
        ),
        charts=(standing_chart(result, context, STANDING, ids, finding),),
        tables=(standing_rows(STANDING, own, ids),),
        notes=weaknesses(STANDING, rows),
    )
