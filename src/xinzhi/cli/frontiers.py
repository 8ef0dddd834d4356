"""The command on what cannot be had at once: frontier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from xinzhi.cli.language import say
from xinzhi.cli.options import common_options, option_group, out_option, seed_option, split_names
from xinzhi.cli.output import deliver, language_of
from xinzhi.cli.planning_options import (
    named_case,
    rule_option,
    structure_option,
    structure_table,
)

if TYPE_CHECKING:
    from xinzhi.core import Result, Text

_options = option_group(
    structure_option,
    click.option(
        "--objectives",
        default="growth,security,emissions",
        show_default=True,
        metavar="A,B[,C]",
        help=say("两个或三个目标", "two or three aims"),
    ),
    click.option(
        "--points",
        type=int,
        default=21,
        show_default=True,
        help=say(
            "尝试的界限数，含两端；三个目标时为方格，每边为其平方根（进位）",
            "bounds that are tried, ends included; for three aims a square grid with the root of "
            "it, rounded up, on each side",
        ),
    ),
    click.option(
        "--account",
        default="emissions",
        show_default=True,
        metavar="ID",
        help=say("作为排放的账户", "the account that emissions are"),
    ),
    click.option(
        "--losses",
        metavar="PRODUCT=LOSS,…",
        help=say(
            "以断供损失度量安全：各产品进口被切断时增加值的损失（如 shock 的总损失）",
            "measure security by losses: of value added when imports of a product are cut (such as "
            "the total of shock, in the case's money)",
        ),
    ),
    rule_option,
    click.option(
        "--draws",
        type=click.IntRange(min=0),
        default=0,
        show_default=True,
        help=say(
            "另在抽取的这么多个情景（需求、技术成本、进口）中求计划：共同之处与最小最大后悔",
            "also plan in so many drawn scenarios (demand, cost of technologies, imports): what "
            "they share, and minimax regret",
        ),
    ),
    click.option(
        "--commit-years",
        type=int,
        default=3,
        show_default=True,
        help=say(
            "与 --draws 同用：后悔值按头几年的建设决定计算",
            "with --draws: regret is of the building decisions of the first years",
        ),
    ),
    click.option(
        "--workers",
        type=click.IntRange(min=1),
        default=1,
        show_default=True,
        help=say(
            "与 --draws 同用：进程数，不改变结果", "with --draws: processes; they change no number"
        ),
    ),
    seed_option,
)


@click.command(
    help=say(
        "权衡：多一分安全、少一分排放要少多少增长；帕累托点、拐点、计划如何沿曲线变化\n\n"
        "CASE 是随附案例的名称（shanghai-2035）或 TOML 文件；结果由案例的假定推出，不是预测",
        "trade-offs: how much growth a step of security or of emissions costs; Pareto points, the "
        "knee, how the plan changes along the curve\n\n"
        "CASE is a shipped case (shanghai-2035) or a TOML file. Results follow from the case's "
        "assumptions and are no forecast.",
    )
)
@click.argument("case", required=False)
@_options
@out_option
@common_options
def frontier(case: str | None, **options: Any) -> None:
    """Trace the frontier of a case, and with draws plan under other assumptions."""
    from xinzhi.data.case_reader import load_case
    from xinzhi.plan.frontier import frontier as compute

    given, table = load_case(named_case(case)), structure_table(options["table_path"])
    rule = not options["no_build_before_retire"]
    result: Result = compute(
        given,
        table=table,
        objectives=[name.strip() for name in split_names(options["objectives"])],
        points=options["points"],
        account=options["account"],
        losses=_losses(options["losses"]),
        build_before_retire=rule,
    )
    if options["draws"]:
        from xinzhi.plan.plan_ensemble import plan_ensemble

        ensemble = plan_ensemble(
            given,
            table=table,
            draws=options["draws"],
            seed=options["seed"],
            workers=options["workers"],
            build_before_retire=rule,
            commit_years=options["commit_years"],
            progress=not options["quiet"],
        )
        result = replace(
            result,
            tables={**result.tables, **ensemble.tables},
            units={**ensemble.units, **result.units},
            parameters={**ensemble.parameters, **result.parameters},
            warnings=tuple(dict.fromkeys((*result.warnings, *ensemble.warnings))),
        )
    deliver("frontier", result, {**options, "case": case})
    if not options["as_json"] and options["out"] is None:
        for line in lines(result):
            click.echo(line.get(language_of(options)))


def lines(result: Result) -> Iterator[Text]:
    """Yield what a terminal shows below the points: the knee, the steps, the ensemble."""
    from xinzhi.core import Text

    points = result.tables["points"]
    for row in points[points["knee"]].itertuples():
        yield Text(f"拐点：点 {row.point}", f"knee: point {row.point}")
    for row in result.tables["rates"].itertuples():
        yield Text(str(row.words_zh), str(row.words_en))
    if "common" not in result.tables:
        return
    scenarios, choices = result.tables["scenarios"], result.tables["choices"]
    planned = int((scenarios["status"] == "optimal").sum())
    every = int(result.tables["common"]["every"].sum())
    yield Text(
        f"{len(scenarios)} 个情景中 {planned} 个有计划，{every} 项建设、改造或退出在全部计划中都有"
        "（表 common）",
        f"{planned} of {len(scenarios)} scenarios have a plan; {every} things that are built, "
        "retrofitted or retired are in all of them (table common)",
    )
    through = result.parameters["commit_through"]
    for row in choices[choices["minimax"]].itertuples():
        yield Text(
            f"至 {through} 年的建设决定，最大后悔最小的是情景 {row.plan} 的计划："
            f"最多少 {row.largest_regret:,.6g}（情景 {row.worst_scenario}）",
            f"building decisions to {through} with the least largest regret: those of the plan for "
            f"{row.plan}, at most {row.largest_regret:,.6g} (in {row.worst_scenario})",
        )


def _losses(text: str | None) -> Mapping[str, float] | None:
    """Return product → loss of ``ic=1200,equipment=300``."""
    from xinzhi.core import InputError, Text

    if text is None:
        return None
    found = {}
    for part in split_names(text):
        name, _, number = part.partition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError:
            raise InputError(
                Text(f"--losses {text}：{part} 没有损失数", f"--losses {text}: {part} has no loss"),
                remedy=Text("写作 ic=1200,equipment=300。", "Write it as ic=1200,equipment=300."),
            ) from None
    return found
