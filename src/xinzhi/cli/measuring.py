"""The commands that measure and report: index, coupling, assess."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xinzhi.cli.language import say
from xinzhi.cli.options import (
    common_options,
    data_options,
    method_of,
    method_options,
    one_input,
    out_option,
    panel_for,
    region_option,
    region_set_of,
    span_of,
    split_names,
    system_option,
    uncertainty_of,
    uncertainty_option,
    years_of,
)
from xinzhi.cli.output import deliver, language_of, warn

if TYPE_CHECKING:
    from xinzhi.measure import CouplingResult, IndexResult


@click.command(
    help=say(
        "综合指数：水平、排名、贡献与区间",
        "composite index: levels, ranks, contributions, intervals",
    )
)
@click.argument("panel", required=False, type=click.Path(path_type=Path))
@data_options
@system_option
@region_option
@method_options
@uncertainty_option
@out_option
@common_options
def index(panel: Path | None, **options: Any) -> None:
    """Compute a composite index."""
    result = index_of(panel, options)
    deliver("index", result, options)


@click.command(
    help=say(
        "耦合协调：各链是否协同，谁滞后，受何制约\n\n"
        "输入为数据（配 --system），或各子系统水平（每列一个，取值 0 到 1，不配 --system）",
        "coupling coordination: do the chains move together, which one lags\n\n"
        "The input is a panel (with --system), or levels, a column each in [0, 1] (without).",
    )
)
@click.argument("panel", required=False, type=click.Path(path_type=Path))
@data_options
@system_option
@region_option
@method_options
@uncertainty_option
@out_option
@common_options
@click.pass_context
def coupling(context: click.Context, /, panel: Path | None, **options: Any) -> None:
    """Compute coupling coordination of a panel, or of levels given as they are."""
    from xinzhi.measure import coupling as compute

    asked = context.get_parameter_source("system") is click.core.ParameterSource.COMMANDLINE
    path = one_input(panel, options["data_path"])
    result: CouplingResult
    if path is not None and not asked:
        from xinzhi.data import read_levels

        levels = read_levels(path, region_set_of(options))
        years = span_of(options["year"])
        if years is not None:
            levels = levels.sel(year=[year for year in levels["year"].values if year in years])
        result = compute(levels, inputs=levels.attrs["inputs"])
    else:
        result = compute(index_of(panel, options))
    deliver("coupling", result, options)


@click.command(
    help=say(
        "一个地区的战略报告：report.html、results.json、tables.xlsx",
        "the strategy report of a region: report.html, results.json, tables.xlsx",
    )
)
@click.argument("region")
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
@method_options
@uncertainty_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default="out",
    show_default=True,
    metavar="FOLDER",
    help=say("输出文件夹", "folder to write to"),
)
@common_options
def assess(region: str, **options: Any) -> None:
    """Write the report of one region."""
    from xinzhi import report
    from xinzhi.core import dumps
    from xinzhi.data import load_system

    system = load_system(options["system"])
    panel = panel_for(system, None, options)
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


def index_of(positional: Path | None, options: Mapping[str, Any]) -> IndexResult:
    """Compute the index that the options describe; what was said on reading comes with it."""
    from dataclasses import replace

    from xinzhi.data import load_system
    from xinzhi.measure import index as compute

    system = load_system(options["system"])
    panel = panel_for(system, positional, options)
    values = system.evaluate(panel, span_of(options["year"]))
    result = compute(
        values,
        system,
        method_of(options),
        uncertainty_of(values["value"].size, options),
        options["seed"],
        inputs=panel.inputs,
        progress=not options["quiet"],
    )
    return replace(result, warnings=(*panel.warnings, *result.warnings))
