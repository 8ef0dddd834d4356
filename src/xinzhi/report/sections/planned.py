"""Analyses that the report has a place for and this version does not have: one line each."""

from __future__ import annotations

from xinzhi.core import Text

REASON = Text("此版本尚无这项分析", "not in this version yet")

# id, part of the report, question, figures it needs
PLANNED: tuple[tuple[str, str, Text, Text], ...] = (
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
        "simulate",
        "plan",
        Text("政策情景下四链一起如何变化", "What happens to all of it under a policy scenario"),
        Text(
            "投入产出表、资本存量、研发存量及其弹性",
            "an input–output table, capital and R&D stocks and their elasticities",
        ),
    ),
)
