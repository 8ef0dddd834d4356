"""The command on people by field, grade and age: talent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from xinzhi.cli.inputs import one_input
from xinzhi.cli.language import say
from xinzhi.cli.options import (
    common_options,
    money_option,
    option_group,
    out_option,
    seed_option,
    split_names,
    table_set_options,
)
from xinzhi.cli.output import deliver, name_other_tables

_options = option_group(
    table_set_options("stocks", "transitions"),
    click.option(
        "--years",
        type=click.IntRange(min=1),
        metavar="N",
        help=say(
            "推算和计划的年数；缺省到目标或产出计划的最后一年，否则 10 年",
            "years to project and plan; by default to the last of targets or output, else 10",
        ),
    ),
    click.option(
        "--goal",
        type=click.Choice(["cost", "coverage"]),
        default="cost",
        show_default=True,
        help=say(
            "cost：以最低成本达到全部目标；coverage：在预算和上限内缺口最小",
            "cost: reach every target at least cost; coverage: leave the fewest heads short within "
            "budgets and limits",
        ),
    ),
    click.option(
        "--discount-rate",
        type=click.FloatRange(0),
        default=0.0,
        show_default=True,
        help=say("成本的年贴现率", "discount rate of costs, a year"),
    ),
    click.option(
        "--grades",
        metavar="A,B,C",
        help=say(
            "职级由低到高的次序；缺省为存量表中的次序",
            "grades from low to high; by default in the order of the stocks",
        ),
    ),
    money_option,
    click.option(
        "--draws",
        type=click.IntRange(min=0),
        default=200,
        show_default=True,
        help=say(
            "由历史存量估计流动率时自助抽样的次数，0 为不抽样",
            "bootstrap draws where rates are estimated from past stocks, 0 for none",
        ),
    ),
    seed_option,
)


@click.command(
    help=say(
        "人才：分领域、职级、年龄的存量与流动，最低成本的引进、培养和留住计划，缺口排序",
        "talent: stocks and flows by field, grade and age, the least-cost plan of hiring, training "
        "and retention, shortages ranked",
    )
)
@_options
@out_option
@common_options
def talent(case: Path | None, **options: Any) -> None:
    """Project and plan people on the user's tables, or on the synthetic example."""
    from xinzhi.core import NO_TEXT
    from xinzhi.data.table_sets import TableSet
    from xinzhi.data.talent_case import read_talent_case
    from xinzhi.data.units import find_unit
    from xinzhi.plan.talent import SYNTHETIC, TalentOptions, synthetic_talent_tables
    from xinzhi.plan.talent import talent as compute

    path = one_input(case, options["data_path"])
    if path is None:
        read, data = TableSet(synthetic_talent_tables(), (), ()), SYNTHETIC
    else:
        read, data = read_talent_case(path), NO_TEXT
    grades = options["grades"]
    chosen = TalentOptions(
        years=options["years"],
        goal=options["goal"],
        discount_rate=options["discount_rate"],
        grades=None if grades is None else tuple(name.strip() for name in split_names(grades)),
        draws=options["draws"],
        money=find_unit(options["money"]).id,
    )
    result = compute(read.tables, chosen, seed=options["seed"], inputs=read.inputs, data=data)
    result = replace(result, warnings=(*read.warnings, *result.warnings))
    deliver("talent", result, options)
    name_other_tables(result, options)
