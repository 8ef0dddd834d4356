"""Analyses that the report has a place for and this version does not have: one line each."""

from __future__ import annotations

from xinzhi.core import Text

REASON = Text("此版本尚无这项分析", "not in this version yet")

# id, part of the report, question, figures it needs
PLANNED: tuple[tuple[str, str, Text, Text], ...] = (
    (
        "shock",
        "why",
        Text("断供、灾害、需求下滑的损失与恢复", "What a cut-off, a disaster or a slump costs"),
        Text(
            "本地区分部门投入产出表（进口单列）、库存、情景",
            "the region's input–output table with imports apart, inventories, scenarios",
        ),
    ),
    (
        "watch",
        "why",
        Text("哪些风险信号在上升", "Which risk signals are rising"),
        Text(
            "十年以上的年度或更高频序列；四年的面板不足以预警",
            "yearly or more frequent series of ten years or more; four years carry no warning",
        ),
    ),
    (
        "strengths",
        "balances",
        Text("长板、短板与可及的新领域", "Strengths, gaps and fields within reach"),
        Text(
            "各地区分行业就业或出口、分技术类别专利，至少两个年份",
            "employment or exports by industry and patents by technology class for all regions, "
            "in two years or more",
        ),
    ),
    (
        "disparity",
        "balances",
        Text("地区差距及其来源", "Gaps between regions and where they come from"),
        Text(
            "不变价人均地区生产总值、地区邻接关系",
            "GDP per head at constant prices, which regions border which",
        ),
    ),
    (
        "innovation",
        "chains",
        Text("资助哪些研发、用何种机制", "Which R&D to fund, and by which mechanism"),
        Text(
            "项目分阶段的成本、时长、成功率", "cost, duration and success rate of projects by stage"
        ),
    ),
    (
        "finance",
        "chains",
        Text("资金在哪一阶段断流", "Where funding dries up between laboratory and listing"),
        Text(
            "分轮次的创业投资、贷款与担保的违约记录",
            "venture capital by round, defaults of loans and guarantees",
        ),
    ),
    (
        "talent",
        "chains",
        Text("需要哪些人才、何时、从哪里来", "Which people, when, and from where"),
        Text(
            "分年龄、学历、领域的人才存量与流动",
            "stocks and flows of people by age, degree and field",
        ),
    ),
    (
        "transition",
        "plan",
        Text("先立后破的次序", "In which order to build, upgrade and retire"),
        Text(
            "各部门新旧产能、改造成本、能耗与用工",
            "old and new capacity by sector, cost of conversion, energy and labour needs",
        ),
    ),
    (
        "frontier",
        "plan",
        Text("多一分安全少多少增长", "How much growth a step of security costs"),
        Text("transition 的全部数据", "all that transition needs"),
    ),
    (
        "simulate",
        "plan",
        Text("政策情景下四链一起如何变化", "What happens to all of it under a policy scenario"),
        Text(
            "投入产出表、资本存量、研发存量及其弹性",
            "an input–output table, capital and R&D stocks and their elasticities",
        ),
    ),
)
