"""The command on the order of building and retiring: transition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xinzhi.cli.io_tables import read_table, table_of
from xinzhi.cli.language import say
from xinzhi.cli.options import common_options, option_group, out_option, split_names
from xinzhi.cli.output import deliver, language_of, warn
from xinzhi.cli.planning_options import (
    named_case,
    rule_option,
    structure_option,
    structure_table,
)

if TYPE_CHECKING:
    from xinzhi.data.cases import TransitionCase
    from xinzhi.data.io_table import IOTable
    from xinzhi.plan import TransitionResult

_YEARS_AHEAD = 10  # of a new case, where no last year is given
_NOTHING_SAID = dict.fromkeys(("data_path", "sheet", "classification", "table_year", "unit"))

_options = option_group(
    structure_option,
    click.option(
        "--objective",
        metavar="NAME|NAME=WEIGHT,…",
        help=say(
            "value_added（增加值减成本）、cost（达标成本最低）、employment（就业最多），或各项的权重，"
            "如 value_added=1,cost=1,emissions=0.1；缺省用案例写明的",
            "value_added (less cost), cost (least, to the targets), employment (most), or weights "
            "of components such as value_added=1,cost=1,emissions=0.1; by default the case's",
        ),
    ),
    rule_option,
    click.option(
        "--compare",
        metavar="CASE",
        help=say(
            "与另一案例（相同的部门、技术和年份）的计划比较",
            "set the plan of another case (same sectors, technologies and years) beside it",
        ),
    ),
    click.option(
        "--new-case",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=say(
            "只由投入产出表（--table，缺省为全国表）生成一份可运行的案例文件",
            "only write a first case that runs, made of an input–output table (--table; by "
            "default the nation's)",
        ),
    ),
    click.option(
        "--technologies",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=say(
            "与 --new-case 同用：技术表（CSV、XLSX），列 id、sector、kind 等",
            "with --new-case: a table of technologies (CSV, XLSX) with columns id, sector, kind …",
        ),
    ),
    click.option(
        "--horizon",
        type=click.IntRange(min=1),
        metavar="YEAR",
        help=say(
            "与 --new-case 同用：末年；缺省为表的年份之后 10 年",
            "with --new-case: its last year; by default ten years after the table's",
        ),
    ),
)


@click.command(
    help=say(
        "转型计划：先立后破，逐年建设、改造、退出什么，资金和人员怎么用，哪条限制起约束\n\n"
        "CASE 是随附案例的名称（shanghai-2035）或 TOML 文件；结果由案例的假定推出，不是预测",
        "the transition plan: what to build, upgrade and retire in which year, building before "
        "retiring, with money and people, and which limits bind\n\n"
        "CASE is a shipped case (shanghai-2035) or a TOML file. Results follow from the case's "
        "assumptions and are no forecast.",
    )
)
@click.argument("case", required=False)
@_options
@out_option
@common_options
def transition(case: str | None, **options: Any) -> None:
    """Plan the transition of a case."""
    if options["new_case"] is not None:
        _write_case(options)
        return
    from xinzhi.data.case_reader import load_case

    given = load_case(named_case(case))
    other = None if options["compare"] is None else load_case(options["compare"])
    result = _result(given, other, structure_table(options["table_path"]), options)
    options = {**options, "case": case}
    if options["as_json"] or options["out"] is not None:
        deliver("transition", result, options)
        return
    from xinzhi.cli.transition_summary import summary

    for line in summary(given, result):
        click.echo(line.get(language_of(options)))
    warn(result, options)
    if not options["quiet"]:
        click.echo(
            say(
                "全部表（逐年计划、平衡、资金、人员、影子价格）：用 --json，或 --out 写入 .xlsx。",
                "All tables (plan by year, balances, budgets, workers, shadow prices): --json, or "
                "--out FILE.xlsx.",
            ),
            err=True,
        )


def _result(
    case: TransitionCase,
    other: TransitionCase | None,
    table: IOTable | None,
    options: Mapping[str, Any],
) -> TransitionResult:
    """Solve a case; with the rule, solve it without as well, to tell what the rule costs."""
    from xinzhi.plan.transition import compare_plans, rule_cost
    from xinzhi.plan.transition import transition as compute

    objective, rule = _objective(options["objective"]), not options["no_build_before_retire"]
    result = compute(case, table=table, objective=objective, build_before_retire=rule)
    more = {}
    if rule and any(sector.replacement_margin is not None for sector in case.sectors):
        without = compute(case, table=table, objective=objective, build_before_retire=False)
        more["rule_cost"] = rule_cost(result, without)
    said = {}
    if other is not None:
        second = compute(other, table=table, objective=objective, build_before_retire=rule)
        more["comparison"] = compare_plans(result, second)
        said = {"compared_with": options["compare"], "compared_objective": second.objective}
        result = replace(result, inputs=tuple(dict.fromkeys((*result.inputs, *second.inputs))))
    return replace(
        result,
        tables={**result.tables, **more},
        parameters={**result.parameters, **said},
    )


def _objective(text: str | None) -> str | dict[str, float] | None:
    """Return the name of an objective, or the weights of ``value_added=1,cost=1``."""
    from xinzhi.core import InputError, Text

    if text is None or "=" not in text:
        return text
    weights = {}
    for part in split_names(text):
        name, _, number = part.partition("=")
        try:
            weights[name.strip()] = float(number)
        except ValueError:
            raise InputError(
                Text(
                    f"--objective {text}：{part} 没有权重",
                    f"--objective {text}: {part} has no weight",
                ),
                remedy=Text(
                    "写作 value_added=1,cost=1,emissions=0.1。",
                    "Write it as value_added=1,cost=1,emissions=0.1.",
                ),
            ) from None
    return weights


def _write_case(options: Mapping[str, Any]) -> None:
    """Write the case that the table makes, once it has been read back without a problem."""
    from xinzhi.core import replacing
    from xinzhi.data.case_reader import parse_case
    from xinzhi.data.case_writer import case_text
    from xinzhi.data.technology_table import read_technologies
    from xinzhi.plan import case_document

    path, technologies = options["table_path"], options["technologies"]
    if path is None:
        table = table_of(None, {**_NOTHING_SAID, "split_imports": False})
    else:
        table = read_table(path)
    document = case_document(
        table,
        None if technologies is None else read_technologies(technologies)[0],
        horizon=options["horizon"] or (table.year or 0) + _YEARS_AHEAD,
    )
    out: Path = options["new_case"]
    text = case_text(document)
    parse_case(text.encode(), out.name)
    with replacing(out, options["force"]) as temporary:
        temporary.write_text(text, encoding="utf-8")
    if not options["quiet"]:
        click.echo(out)
