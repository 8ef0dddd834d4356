"""The command on R&D projects, mechanisms, portfolios and knowledge: innovation."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xinzhi.cli.inputs import one_input
from xinzhi.cli.language import say
from xinzhi.cli.options import (
    common_options,
    money_option,
    option_group,
    out_option,
    seed_option,
    table_set_options,
)
from xinzhi.cli.output import deliver, name_other_tables

if TYPE_CHECKING:
    from xinzhi.data.table_sets import TableSet
    from xinzhi.plan.innovation import InnovationOptions

_options = option_group(
    table_set_options("challenges", "stages"),
    click.option(
        "--start",
        type=click.IntRange(min=1),
        default=2025,
        show_default=True,
        metavar="YEAR",
        help=say(
            "没有表 starts 时，项目立项的年份", "year in which projects begin without table starts"
        ),
    ),
    click.option(
        "--years",
        type=click.IntRange(min=1),
        default=25,
        show_default=True,
        metavar="N",
        help=say("推算成功年份的年数", "years of arrivals"),
    ),
    click.option(
        "--confidence",
        type=click.FloatRange(0, 1, min_open=True, max_open=True),
        default=0.5,
        show_default=True,
        help=say(
            "至少一项成功的概率达到多少，技术才算可用",
            "probability that at least one project has arrived before a technology counts as there",
        ),
    ),
    click.option(
        "--calibrate-from",
        metavar="REGION",
        help=say(
            "用哪个地区的转化率填补表 stages 的空格",
            "region whose conversion rates fill empty cells of table stages",
        ),
    ),
    click.option(
        "--discount-rate",
        type=click.FloatRange(0),
        default=0.0,
        show_default=True,
        help=say("价值、成本和付款的年贴现率", "of values, costs and payments, a year"),
    ),
    click.option(
        "--correlation",
        type=click.FloatRange(0, 1, max_open=True),
        default=0.3,
        show_default=True,
        help=say(
            "表中没有写时，各团队成败的相关系数；假定值，不是估计",
            "of rivals' luck where the table has none; assumed, no estimate",
        ),
    ),
    click.option(
        "--max-teams",
        type=click.IntRange(min=1),
        default=10,
        show_default=True,
        metavar="N",
        help=say("每个榜题最多几个团队", "teams of a challenge at most"),
    ),
    click.option(
        "--paths",
        type=click.IntRange(min=1),
        default=100_000,
        show_default=True,
        help=say("每条流程模拟的项目数", "simulated projects of each pipeline"),
    ),
    money_option,
    seed_option,
)


@click.command(
    help=say(
        "创新：从基础研究到规模化的流程，单独资助、赛马、揭榜挂帅、依次探索与风险分担的比较，"
        "项目组合，知识存量的产出",
        "innovation: the pipeline from basic research to scale, grants, parallel teams, open "
        "calls, searches and shared risk compared, a portfolio, what knowledge brings",
    )
)
@_options
@out_option
@common_options
def innovation(case: Path | None, **options: Any) -> None:
    """Compute what the user's tables allow, or the synthetic example."""
    from xinzhi.core import NO_TEXT
    from xinzhi.data.innovation_case import read_innovation_case
    from xinzhi.plan.innovation import SYNTHETIC
    from xinzhi.plan.innovation import innovation as compute

    path = one_input(case, options["data_path"])
    if path is None:
        read, data = _example(), SYNTHETIC
    else:
        read, data = read_innovation_case(path), NO_TEXT
    result = compute(
        read.tables, _chosen(options), seed=options["seed"], inputs=read.inputs, data=data
    )
    result = replace(result, warnings=(*read.warnings, *result.warnings))
    deliver("innovation", result, options, all_rows=True)
    name_other_tables(result, options)


def _example() -> TableSet:
    """Return the synthetic tables; without projects where the solver for them is missing."""
    from xinzhi.core import Text
    from xinzhi.data.table_sets import TableSet
    from xinzhi.plan.innovation import synthetic_innovation_tables

    tables = synthetic_innovation_tables()
    if find_spec("highspy") is not None:
        return TableSet(tables, (), ())
    del tables["projects"], tables["limits"]
    note = Text(
        "没有安装扩展 plan，示例中不含项目组合：pip install 'xinzhi[plan]'",
        "the extra plan is not installed, so that the example has no portfolio: "
        "pip install 'xinzhi[plan]'",
    )
    return TableSet(tables, (), (note,))


def _chosen(options: dict[str, Any]) -> InnovationOptions:
    """Return the options of the computation."""
    from xinzhi.data.units import find_unit
    from xinzhi.plan.innovation import (
        InnovationOptions,
        MechanismOptions,
        PipelineOptions,
        PortfolioOptions,
    )

    return InnovationOptions(
        pipeline=PipelineOptions(
            year=options["start"],
            years=options["years"],
            paths=options["paths"],
            confidence=options["confidence"],
        ),
        mechanisms=MechanismOptions(
            discount_rate=options["discount_rate"],
            correlation=options["correlation"],
            max_teams=options["max_teams"],
        ),
        portfolio=PortfolioOptions(discount_rate=options["discount_rate"]),
        region=options["calibrate_from"],
        money=find_unit(options["money"]).id,
    )
