"""The command on the funnel, guarantee funds, instruments and scores: finance."""

from __future__ import annotations

from dataclasses import replace
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
    from xinzhi.plan.finance import FinanceOptions

_options = option_group(
    table_set_options("spells", "loans"),
    click.option(
        "--horizon",
        type=click.FloatRange(0, min_open=True),
        default=10.0,
        show_default=True,
        metavar="YEARS",
        help=say("几年内上市的概率", "years within which a listing is asked for"),
    ),
    click.option(
        "--public-money",
        type=click.FloatRange(0, min_open=True),
        metavar="AMOUNT",
        help=say(
            "在每个阶段试投的公共资金；缺省比较首元资金",
            "public money tried in each stage; by default the first yuan is compared",
        ),
    ),
    click.option(
        "--draws",
        type=click.IntRange(min=0),
        default=500,
        show_default=True,
        help=say(
            "按企业自助抽样的次数，0 为不算区间",
            "bootstrap draws over firms, 0 for no intervals",
        ),
    ),
    click.option(
        "--fund",
        metavar="NAME",
        help=say(
            "表 layers 中担保基金的名称，缺省 fund",
            "name of the guarantee fund in table layers, fund by default",
        ),
    ),
    click.option(
        "--lender",
        metavar="NAME",
        help=say(
            "表 layers 中贷款银行的名称，缺省 bank",
            "name of the lending bank in table layers, bank by default",
        ),
    ),
    click.option(
        "--own-funds",
        type=click.FloatRange(0, min_open=True),
        metavar="AMOUNT",
        help=say("担保基金的净资产", "own funds of the guarantee fund"),
    ),
    click.option(
        "--fee",
        type=click.FloatRange(0, 1),
        metavar="SHARE",
        help=say(
            "担保费率，占贷款的份额；缺省为保本费率",
            "guarantee fee, a share of the loan; by default the fee that breaks even",
        ),
    ),
    click.option(
        "--correlation",
        type=click.FloatRange(0, 1, min_open=True, max_open=True),
        help=say(
            "贷款表没有时，企业资产价值的相关系数；缺省按巴塞尔零售公式",
            "of firms' asset values where the loans have none; by default Basel's for retail",
        ),
    ),
    click.option(
        "--confidence",
        type=click.FloatRange(0.5, 1, max_open=True),
        default=0.99,
        show_default=True,
        help=say("担保基金资本的置信水平", "confidence level of the fund's capital"),
    ),
    click.option(
        "--scenarios",
        type=click.IntRange(min=1_000),
        default=20_000,
        show_default=True,
        help=say("损失分布抽样的年数", "years drawn for the distribution of losses"),
    ),
    click.option(
        "--discount-rate",
        type=click.FloatRange(0),
        default=0.03,
        show_default=True,
        help=say(
            "政府的年贴现率（假定），用于工具",
            "the state's discount rate a year (assumed), of instruments",
        ),
    ),
    click.option(
        "--budget",
        type=click.FloatRange(0, min_open=True),
        metavar="AMOUNT",
        help=say("工具组合的公共资金上限", "public money that a portfolio of instruments may take"),
    ),
    money_option,
    seed_option,
)


@click.command(
    help=say(
        "金融：从天使到上市的漏斗、各阶段资金缺口与撬动，政策性融资担保，金融工具的现金流与组合，"
        "小微企业信用评分",
        "finance: the funnel from angel money to listing, gaps by stage and crowding-in, guarantee "
        "funds, instruments as cash flows, scores of small firms",
    )
)
@_options
@out_option
@common_options
def finance(case: Path | None, **options: Any) -> None:
    """Compute what the user's tables allow, or the synthetic example."""
    from xinzhi.core import NO_TEXT
    from xinzhi.data.finance_case import read_finance_case
    from xinzhi.data.table_sets import TableSet
    from xinzhi.plan.finance import (
        SYNTHETIC,
        SYNTHETIC_FUND,
        SYNTHETIC_LENDER,
        SYNTHETIC_OWN_FUNDS,
        synthetic_finance_tables,
    )
    from xinzhi.plan.finance import finance as compute

    path = one_input(case, options["data_path"])
    usual: dict[str, Any] = {"fund": "fund", "lender": "bank"}
    if path is None:
        read, data = TableSet(synthetic_finance_tables(), (), ()), SYNTHETIC
        usual = {"fund": SYNTHETIC_FUND, "lender": SYNTHETIC_LENDER}
        usual["own_funds"] = SYNTHETIC_OWN_FUNDS
    else:
        read, data = read_finance_case(path), NO_TEXT
    given = {name: value for name, value in options.items() if value is not None}
    chosen = _chosen({**options, **usual, **given})
    result = compute(read.tables, chosen, seed=options["seed"], inputs=read.inputs, data=data)
    result = replace(result, warnings=(*read.warnings, *result.warnings))
    main = result.to_frame()
    undated = "year" in main and bool(main["year"].isna().all())  # no last year to show
    deliver("finance", result, options, all_rows=undated)
    name_other_tables(result, options)


def _chosen(options: dict[str, Any]) -> FinanceOptions:
    """Return the options of the computation."""
    from xinzhi.data.units import find_unit
    from xinzhi.plan.finance import (
        FinanceOptions,
        FunnelOptions,
        GuaranteeOptions,
        InstrumentOptions,
    )

    return FinanceOptions(
        money=find_unit(options["money"]).id,
        funnel=FunnelOptions(
            horizon=options["horizon"],
            draws=options["draws"],
            public_money=options["public_money"],
        ),
        guarantee=GuaranteeOptions(
            confidence=options["confidence"],
            scenarios=options["scenarios"],
            fund=options["fund"],
            lender=options["lender"],
            own_funds=options["own_funds"],
            fee=options["fee"],
            correlation=options["correlation"],
            progress=not options["quiet"],
        ),
        instruments=InstrumentOptions(
            discount_rate=options["discount_rate"], budget=options["budget"]
        ),
    )
