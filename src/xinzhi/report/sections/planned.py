"""Analyses that the report has a place for and this version does not have: one line each."""

from __future__ import annotations

from xinzhi.core import Text

REASON = Text("此版本尚无这项分析", "not in this version yet")

# id, part of the report, question, figures it needs
PLANNED: tuple[tuple[str, str, Text, Text], ...] = (
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
