"""The commands that measure and report: index, coupling, assess."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from xinzhi.cli.language import say
from xinzhi.cli.options import (
    common_options,
    data_options,
    impute_option,
    is_folder,
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
    import xarray as xr

    from xinzhi.core import Result
    from xinzhi.data import IndicatorSystem, Panel
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
@impute_option
@click.option(
    "--sensitivity",
    type=click.IntRange(min=16),
    metavar="N",
    help=say(
        "方法选择的 Sobol 份额，N 为基本样本数（如 1024）",
        "Sobol shares of the choices, from a base sample of N (for instance 1024)",
    ),
)
@out_option
@common_options
def index(panel: Path | None, **options: Any) -> None:
    """Compute a composite index."""
    measured = _measure(panel, options)
    result: Result = _index_of(measured, options)
    if options["sensitivity"]:
        from xinzhi.measure import Uncertainty, index_sensitivity

        shares = index_sensitivity(
            measured.values,
            measured.system,
            method_of(options),
            Uncertainty(),
            n=options["sensitivity"],
            seed=options["seed"],
        )
        result = _with_tables(result, "sensitivity", shares)
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
@impute_option
@click.option(
    "--synergy",
    is_flag=True,
    help=say("复合系统协同度，以首年为基期", "composite-system synergy from the first year"),
)
@click.option(
    "--trend",
    type=click.IntRange(min=1),
    metavar="YEARS",
    help=say(
        "协调度预测若干年：GM(1,1) 与朴素预测及回测误差，至少八年数据",
        "forecast of coordination by GM(1,1) beside naive ones, with their errors; "
        "needs eight years",
    ),
)
@out_option
@common_options
@click.pass_context
def coupling(context: click.Context, /, panel: Path | None, **options: Any) -> None:
    """Compute coupling coordination of a panel, or of levels given as they are."""
    from xinzhi.measure import coupling as compute

    asked = context.get_parameter_source("system") is click.core.ParameterSource.COMMANDLINE
    path = one_input(panel, options["data_path"])
    result: Result
    if path is not None and not asked and not is_folder(path):
        coupled = _coupling_of_levels(path, options)
        result = coupled
    else:
        measured = _measure(panel, options)
        coupled = compute(_index_of(measured, options))
        result = coupled
        if options["synergy"]:
            from xinzhi.measure import synergy

            joint = synergy(measured.values["value"], measured.system, weighting=options["weights"])
            result = _with_tables(result, "synergy", joint)
    if options["trend"]:
        from xinzhi.measure import trend

        result = _with_tables(result, "trend", trend(coupled, options["trend"]))
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
@impute_option
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


class _Measured(NamedTuple):
    """What an index is computed from: the panel, the system, and the system's values."""

    panel: Panel
    system: IndicatorSystem
    values: xr.Dataset


def _measure(positional: Path | None, options: Mapping[str, Any]) -> _Measured:
    from xinzhi.data import load_system

    system = load_system(options["system"])
    panel = panel_for(system, positional, options)
    return _Measured(panel, system, system.evaluate(panel, span_of(options["year"])))


def _index_of(measured: _Measured, options: Mapping[str, Any]) -> IndexResult:
    """Compute the index that the options describe; what was said on reading comes with it."""
    from xinzhi.measure import index as compute

    result = compute(
        measured.values,
        measured.system,
        method_of(options),
        uncertainty_of(measured.values["value"].size, options),
        options["seed"],
        inputs=measured.panel.inputs,
        progress=not options["quiet"],
    )
    return replace(result, warnings=(*measured.panel.warnings, *result.warnings))


def _coupling_of_levels(path: Path, options: Mapping[str, Any]) -> CouplingResult:
    """Compute coupling from levels as they are given."""
    from xinzhi.core import InputError, Text
    from xinzhi.data import read_levels
    from xinzhi.measure import coupling as compute

    if options["synergy"] or options["impute"]:
        raise InputError(
            Text(
                "--synergy 和 --impute 需要数据和指标体系，而输入是水平",
                "--synergy and --impute need a panel and a system, but the input is levels",
            ),
            remedy=Text("加 --system。", "Add --system."),
        )
    levels = read_levels(path, region_set_of(options))
    years = span_of(options["year"])
    if years is not None:
        levels = levels.sel(year=[year for year in levels["year"].values if year in years])
    return compute(levels, inputs=levels.attrs["inputs"])


def _with_tables(result: Result, prefix: str, other: Result) -> Result:
    """Put the tables of another result first, under names with a prefix."""
    named = {f"{prefix}_{name}": table for name, table in other.tables.items()}
    warnings = tuple(dict.fromkeys((*result.warnings, *other.warnings)))
    return replace(result, tables={**named, **result.tables}, warnings=warnings)
