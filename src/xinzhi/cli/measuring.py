"""The commands that measure: index, coupling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from xinzhi.cli.inputs import is_folder, one_input, panel_for, settled
from xinzhi.cli.language import say
from xinzhi.cli.options import (
    BENEFIT_OF_DOUBT,
    common_options,
    measuring_options,
    method_of,
    out_option,
    region_set_of,
    span_of,
    uncertainty_of,
)
from xinzhi.cli.output import deliver, language_of, only_shown

if TYPE_CHECKING:
    import xarray as xr

    from xinzhi.core import InputRecord, Result
    from xinzhi.data import IndicatorSystem, Panel
    from xinzhi.measure import AHPResult, BenefitOfDoubtResult, CouplingResult, IndexResult


@click.command(
    help=say(
        "综合指数：水平、排名、贡献与区间",
        "composite index: levels, ranks, contributions, intervals",
    )
)
@measuring_options
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
@click.pass_context
def index(context: click.Context, /, panel: Path | None, **given: Any) -> None:
    """Compute a composite index."""
    options = _settled(context, panel, given)
    measured = _measure(panel, options)
    result: Result
    if options["weights"] == BENEFIT_OF_DOUBT:
        result = _benefit_of_doubt_of(measured, options)
    else:
        result = _index_of(measured, options)
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
    _deliver("index", result, measured, options)


@click.command(
    help=say(
        "耦合协调：各链是否协同，谁滞后，受何制约\n\n"
        "输入为数据（配 --system），或各子系统水平（每列一个，取值 0 到 1，不配 --system）",
        "coupling coordination: do the chains move together, which one lags\n\n"
        "The input is a panel (with --system), or levels, a column each in [0, 1] (without).",
    )
)
@measuring_options
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
def coupling(context: click.Context, /, panel: Path | None, **given: Any) -> None:
    """Compute coupling coordination of a panel, or of levels given as they are."""
    from xinzhi.measure import coupling as compute

    options = _settled(context, panel, given)
    asked = context.get_parameter_source("system") is click.core.ParameterSource.COMMANDLINE
    path = one_input(panel, options["data_path"])
    measured = None
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
    _deliver("coupling", result, measured, options)


class _Measured(NamedTuple):
    """What an index is computed from: the panel, the system, the system's values, all inputs, and
    the pairwise comparisons behind the system's weights if there are any."""

    panel: Panel
    system: IndicatorSystem
    values: xr.Dataset
    inputs: tuple[InputRecord, ...]
    judged: AHPResult | None


def _settled(
    context: click.Context, panel: Path | None, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the options in force: the workspace's settings, and what others of them imply."""
    from xinzhi.core import InputError, Text

    options = settled(context, panel, given)
    if options["weights"] == BENEFIT_OF_DOUBT:
        clash = [name for name in ("ahp", "uncertainty", "sensitivity") if options.get(name)]
        if clash:
            names = [f"--{name}" for name in clash]
            raise InputError(
                Text(
                    f"{BENEFIT_OF_DOUBT} 给每个地区各自的权重，不能与 {'、'.join(names)} 同用",
                    f"{BENEFIT_OF_DOUBT} gives every region weights of its own and does not go "
                    f"with {', '.join(names)}",
                ),
                remedy=Text("去掉其中之一。", "Leave out one or the other."),
            )
    if options["ahp"] is not None:
        chosen = context.get_parameter_source("weights") is not click.core.ParameterSource.DEFAULT
        if chosen and options["weights"] != "given":
            raise InputError(
                Text(
                    f"--ahp 已给出权重，不能再用 --weights {options['weights']}",
                    f"--ahp gives the weights and does not go with --weights {options['weights']}",
                ),
                remedy=Text("去掉其中之一。", "Leave out one or the other."),
            )
        options["weights"] = "given"
    return options


def _measure(positional: Path | None, options: Mapping[str, Any]) -> _Measured:
    from xinzhi.data import load_system

    system, judged = load_system(options["system"]), None
    records: tuple[InputRecord, ...] = ()
    if options["ahp"] is not None:
        system, judged, record = _judged(system, options["ahp"])
        records = (record,)
    panel = panel_for(system, positional, options)
    values = system.evaluate(panel, span_of(options["year"]))
    return _Measured(panel, system, values, (*panel.inputs, *records), judged)


def _judged(system: IndicatorSystem, path: Path) -> tuple[IndicatorSystem, AHPResult, InputRecord]:
    """Give a system the weights of the comparisons in a file, inconsistent ones with a warning."""
    from xinzhi.cli.judgements import read_judgements
    from xinzhi.core import InputError, Text
    from xinzhi.measure import ahp_system

    tables, record = read_judgements(path, system)
    try:
        weighted, judged = ahp_system(system, tables, accept_inconsistent=True)
    except InputError as error:
        message = Text(
            f"{path.name}：{error.message.zh}",
            f"{path.name}: {error.message.en}",
        )
        raise InputError(message, error.details, error.remedy) from None
    return weighted, judged, record


def _index_of(measured: _Measured, options: Mapping[str, Any]) -> IndexResult:
    """Compute the index that the options describe; what was said on reading comes with it."""
    from xinzhi.measure import index as compute

    result = compute(
        measured.values,
        measured.system,
        method_of(options),
        uncertainty_of(measured.values["value"].size, options),
        options["seed"],
        inputs=measured.inputs,
        progress=not options["quiet"],
    )
    return replace(
        result,
        parameters={**result.parameters, **_origin(options)},
        warnings=(*measured.panel.warnings, *result.warnings),
    )


def _benefit_of_doubt_of(measured: _Measured, options: Mapping[str, Any]) -> BenefitOfDoubtResult:
    """Compute the index in which every region has the weights that suit it best."""
    from xinzhi.measure import benefit_of_doubt_index

    method = method_of({**options, "weights": "equal"})  # of which the weighting is not used
    result = benefit_of_doubt_index(
        measured.values, measured.system, method, inputs=measured.inputs
    )
    return replace(
        result,
        parameters={**result.parameters, **_origin(options)},
        warnings=(*measured.panel.warnings, *result.warnings),
    )


def _origin(options: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the parameters of what came before the index: filled gaps, judged weights."""
    ahp = options["ahp"]
    return {"impute": options["impute"], "ahp": None if ahp is None else ahp.name}


def _deliver(
    command: str, result: Result, measured: _Measured | None, options: Mapping[str, Any]
) -> None:
    """Deliver a result with the tables of its judgements and of a comparison that was asked for."""
    if measured is not None and measured.judged is not None:
        judged = measured.judged.tables
        result = replace(
            result,
            tables={**result.tables, **{f"ahp_{name}": table for name, table in judged.items()}},
            warnings=(*result.warnings, *measured.judged.warnings),
        )
    if options["compare"] is not None:
        from xinzhi.cli.comparing import changes, compared

        result = only_shown(result, options)
        one_year = options["year"] is not None and span_of(options["year"]) is None
        narrowed = ["region"] * (options["region"] is not None) + ["year"] * one_year
        if options["weights"] == BENEFIT_OF_DOUBT:  # which has no nodes below the whole
            narrowed.append("node")
        comparison = compared(command, result, options["compare"], narrowed)
        if not options["quiet"]:
            for line in changes(comparison):
                click.echo(line.get(language_of(options)), err=True)
        result = _with_tables(result, "comparison", comparison)
    deliver(command, result, options)


def _coupling_of_levels(path: Path, options: Mapping[str, Any]) -> CouplingResult:
    """Compute coupling from levels as they are given."""
    from xinzhi.core import InputError, Text
    from xinzhi.data import read_levels
    from xinzhi.measure import coupling as compute

    if options["synergy"] or options["impute"] or options["ahp"]:
        raise InputError(
            Text(
                "--synergy、--impute 和 --ahp 需要数据和指标体系，而输入是水平",
                "--synergy, --impute and --ahp need a panel and a system, but the input is levels",
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
