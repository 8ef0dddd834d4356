"""What the figures say of money for innovation, and what a funnel of funding would need."""

from __future__ import annotations

from xinzhi.core import Result, Text
from xinzhi.report.context import Context
from xinzhi.report.model import NotRun, Section, Statement
from xinzhi.report.standing import (
    Measure,
    Standing,
    named_measures,
    placed,
    standing_chart,
    standing_result,
    standing_rows,
    weaknesses,
)
from xinzhi.report.words import ordinal, say

ID = "finance"
PART = "chains"
TITLE = Text("科技投入与金融", "Public money for science, and finance")
_MEASURES = (
    Measure(
        "science",
        Text("科学技术支出占一般公共预算支出", "Science and technology in budget expenditure"),
        "budget_expenditure_science_technology",
        "general_budget_expenditure",
        Text(
            "只是财政资金，不含政府引导基金、税收优惠和社会资金",
            "the budget only, without government funds, tax relief and private money",
        ),
    ),
    Measure(
        "depth",
        Text("金融业增加值占地区生产总值", "Value added of finance in GDP"),
        "value_added_finance",
        "gdp",
        Text(
            "弱指标：记在金融机构所在地，不是投给创新的资金",
            "weak: booked where institutions sit, not money that reaches innovation",
        ),
    ),
    Measure(
        "room",
        Text("一般公共预算收入占支出", "Budget revenue over expenditure"),
        "general_budget_revenue",
        "general_budget_expenditure",
        Text(
            "弱指标：财政自给程度，不是创新金融",
            "weak: fiscal room, not finance of innovation",
        ),
    ),
)
STANDING = Standing(
    ID,
    _MEASURES,
    Text(
        "各比重与各地区中位数之比，各自最近年份",
        "Shares over the median of all regions, the last year of each",
    ),
    Text("资金链的代理指标", "Proxies of the capital chain"),
)
_NEEDS = Text(
    "分轮次的创业投资记录、各阶段资金供给、贷款与担保的违约记录",
    "records of venture rounds, supply of money by stage, defaults of loans and guarantees",
)


def run(context: Context) -> Result | NotRun:
    """Rank the region by what the panel has of public money and finance, as shares."""
    return standing_result(
        context,
        STANDING,
        Text(
            "数据中没有科技支出、金融业和预算收支",
            "the data have no science expenditure, finance or budget",
        ),
        _NEEDS,
    )


def write(result: Result, context: Context) -> Section:
    """Word and draw where the region stands, and say what the funnel would need."""
    own, rows, cards, evidence = placed(result, context, STANDING)
    place = context.name(context.region)
    level = say(
        "{r}（现价）：{l}。",
        "{r}, in current prices: {l}.",
        r=place,
        l=named_measures(STANDING, rows, cards),
    )
    funnel = say(
        "这些数字不含任何一轮投资、一笔贷款或担保，看不出{r}的资金在哪一阶段断流；"
        "有了{n}，xinzhi finance 才能计算漏斗、缺口和担保基金的承载力。",
        "These figures hold no round of investment, loan or guarantee and cannot show where money "
        "dries up in {r}: with {n}, xinzhi finance computes the funnel, its gaps and what a "
        "guarantee fund can carry.",
        r=place,
        n=_NEEDS,
    )
    first = rows[0]  # the strongest proxy that there is
    finding = say(
        "{t}：{r}在 {n} 个地区中列第 {k} 位",
        "{t}: {r} is {o} of {n} regions",
        t=STANDING.measure_of(first["indicator"]).title,
        r=place,
        n=f"{first['regions']}",
        k=f"{first['rank']}",
        o=ordinal(float(first["rank"])),
    )
    return Section(
        id=ID,
        title=TITLE,
        statements=(
            Statement(f"{ID}.level", level, evidence, see=f"{ID}-standing"),
            Statement(f"{ID}.funnel", funnel, evidence, see=f"{ID}-table"),
        ),
        charts=(standing_chart(result, context, STANDING, cards, finding),),
        tables=(standing_rows(STANDING, own, cards),),
        notes=weaknesses(STANDING, rows),
    )
