"""Which people there are, are taught and are used, per head; what a plan would need."""

from __future__ import annotations

from xinzhi.core import Result, Text
from xinzhi.report.context import Context
from xinzhi.report.model import NotRun, Section, Statement
from xinzhi.report.standing import (
    best_rank,
    named_measures,
    placed,
    standing_chart,
    standing_result,
    standing_rows,
    weaknesses,
)
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
    return standing_result(
        context,
        STANDING,
        Text(
            "数据中没有人才的存量、培养或使用",
            "the data have neither stocks nor schools nor use of people",
        ),
        _NEEDS,
    )


def write(result: Result, context: Context) -> Section:
    """Word and draw where the region stands, and say what a plan would need."""
    own, rows, cards, evidence = placed(result, context, STANDING)
    place = context.name(context.region)
    level = say("{r}：{l}。", "{r}: {l}.", r=place, l=named_measures(STANDING, rows, cards))
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
        charts=(standing_chart(result, context, STANDING, cards, finding),),
        tables=(standing_rows(STANDING, own, cards),),
        notes=weaknesses(STANDING, rows),
    )
