"""The command that reports: assess."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from xinzhi.cli.inputs import panel_for, settled
from xinzhi.cli.io_tables import read_table
from xinzhi.cli.language import say
from xinzhi.cli.options import (
    choice_options,
    common_options,
    data_options,
    method_of,
    span_of,
    split_names,
    system_option,
    uncertainty_of,
    years_of,
)
from xinzhi.cli.output import language_of, warn
from xinzhi.cli.watching_options import watching_of, watching_options


@click.command(
    help=say(
        "一个地区的战略报告：report.html、results.json、tables.xlsx",
        "the strategy report of a region: report.html, results.json, tables.xlsx",
    )
)
@click.argument("region", required=False)
@data_options
@system_option
@click.option(
    "--peers",
    metavar="A,B,C",
    help=say(
        "图表中对照的地区（排名仍在全部地区中）",
        "regions whose quartiles stand beside (ranks are among all regions)",
    ),
)
@choice_options
@click.option(
    "--table",
    "table_path",
    type=click.Path(path_type=Path),
    metavar="FILE|PACK/TABLE",
    help=say(
        "本地区自己的投入产出表；缺省由全国表按分行业增加值推算",
        "the region's own input–output table; by default derived from the nation's",
    ),
)
@watching_options
@click.option(
    "--case",
    metavar="NAME|FILE",
    help=say(
        "转型案例：随附的名称（shanghai-2035，示例）或 TOML 文件；缺省没有转型一节",
        "a transition case: a shipped name (shanghai-2035, an illustration) or a TOML file; "
        "without it the report has no section on transition",
    ),
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default="out",
    show_default=True,
    metavar="FOLDER",
    help=say("输出文件夹", "folder to write to"),
)
@common_options
@click.pass_context
def assess(context: click.Context, /, **given: Any) -> None:
    """Write the report of one region."""
    from xinzhi import report
    from xinzhi.core import InputError, Text, dumps
    from xinzhi.data import load_system
    from xinzhi.data.case_reader import load_case

    options = settled(context, None, given)
    region = options["region"]
    if region is None:
        raise InputError(
            Text("没有给出地区", "no region is given"),
            remedy=Text(
                "写在命令后面：xinzhi assess 上海；或写入工作区的 xinzhi.toml。",
                "Name it: xinzhi assess Shanghai; or put it into xinzhi.toml of the workspace.",
            ),
        )
    system = load_system(options["system"])
    panel = panel_for(system, None, {**options, "impute": None})  # the report fills the gaps itself
    years, span = years_of(options["year"]), span_of(options["year"])
    peers = options["peers"]
    cells = len(panel.region_names) * len(panel.years) * len(system.indicators)
    result = report.assess(
        panel,
        system,
        panel.regions.get(region).name,
        years=span,
        year=years[-1] if years else None,
        peers=None if peers is None else [panel.regions.get(p).name for p in split_names(peers)],
        method=method_of(options),
        uncertainty=uncertainty_of(cells, options),
        seed=options["seed"],
        progress=not options["quiet"],
        imputation=options["impute"],
        table=None if options["table_path"] is None else read_table(options["table_path"]),
        watching=watching_of(panel, options),
        case=None if options["case"] is None else load_case(options["case"]),
    )
    paths = report.write_report(result, options["out"], force=options["force"])
    if options["as_json"]:
        click.echo(dumps(report.document(result)))
    elif not options["quiet"]:
        click.echo(report.summary(result, language_of(options)))
        for path in paths:
            click.echo(path)
    warn(result, options)
    if result.failed:
        sys.exit(1)
