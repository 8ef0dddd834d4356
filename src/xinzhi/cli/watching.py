"""The command on early warning: watch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xinzhi.cli.inputs import panel_of, settled
from xinzhi.cli.language import say
from xinzhi.cli.options import (
    common_options,
    data_options,
    option_group,
    out_option,
    region_option,
    seed_option,
    span_of,
    split_names,
)
from xinzhi.cli.output import deliver
from xinzhi.cli.watching_options import watching_of, watching_options

if TYPE_CHECKING:
    import xarray as xr

    from xinzhi.core import Result
    from xinzhi.data import Panel
    from xinzhi.stress.watch_result import WatchResult

_SHOWN = ("indicator", "light", "reason", "value", "change", "position", "threshold")

_series_options = option_group(
    click.option(
        "--indicators",
        metavar="A,B",
        default="",
        help=say(
            "先行指标；缺省为数据中的全部，随附数据为其中的比率",
            "leading indicators; by default all of the panel, of the figures shipped their ratios",
        ),
    ),
    click.option(
        "--low",
        metavar="A,B",
        default="",
        help=say("数值低才危险的指标", "indicators whose low values are the danger"),
    ),
    click.option(
        "--growth",
        metavar="A,B",
        default="",
        help=say("改用较上年增长率的指标", "indicators to take as growth on the year before"),
    ),
    click.option(
        "--change",
        metavar="A,B",
        default="",
        help=say("改用较上年变化的指标", "indicators to take as change on the year before"),
    ),
)
_rule_options = option_group(
    click.option(
        "--horizon",
        type=click.IntRange(min=1),
        default=2,
        show_default=True,
        help=say("信号应领先事件的最长年数", "years within which an event must follow a signal"),
    ),
    click.option(
        "--least-history",
        type=click.IntRange(min=3),
        default=10,
        show_default=True,
        help=say("亮灯所需的自身历史年数", "earlier values of its own that a light needs"),
    ),
    click.option(
        "--least-events",
        type=click.IntRange(min=1),
        default=3,
        show_default=True,
        help=say("亮灯所需的事件数", "events that a light needs"),
    ),
    click.option(
        "--preference",
        type=click.FloatRange(0, 1, min_open=True, max_open=True),
        default=0.5,
        show_default=True,
        help=say("漏报相对虚警的权重 θ", "theta, the weight of missed events against false alarms"),
    ),
    click.option(
        "--benchmarks",
        default="logit,random_forest",
        show_default=True,
        metavar="A,B|none",
        help=say(
            "对照方法（需要 scikit-learn）；none 为不做",
            "methods to compare with (need scikit-learn); none for none",
        ),
    ),
    click.option(
        "--draws",
        type=click.IntRange(min=0),
        default=500,
        show_default=True,
        help=say("AUC 区间的自助抽样次数", "draws of the intervals of the AUC"),
    ),
    seed_option,
)


@click.command(
    help=say(
        "监测预警：哪些先行指标曾经预警，现在亮什么灯，可信到什么程度；技术风险登记\n\n"
        "灯只在有标注事件、足够历史且样本外得到证实时才亮",
        "early warning: which indicators warned in time, their lights now, how far to trust them; "
        "a register of technology risks\n\n"
        "A light is shown only with labelled events, enough history and a record out of sample.",
    )
)
@click.argument("panel", required=False, type=click.Path(path_type=Path))
@data_options
@region_option
@_series_options
@_rule_options
@watching_options
@click.option(
    "--new-register",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=say(
        "只写一份空的登记表：.xlsx、.csv 或 .toml",
        "only write an empty register: .xlsx, .csv or .toml",
    ),
)
@out_option
@common_options
@click.pass_context
def watch(context: click.Context, /, panel: Path | None, **given: Any) -> None:
    """Watch leading indicators of a panel."""
    if given["new_register"] is not None:
        _write_form(given)
        return
    options = settled(context, panel, given)
    result = _result(panel_of(panel, options), options)
    if options["region"] is not None and not options["as_json"] and options["out"] is None:
        deliver("watch", _board_first(result, options), options)
    else:
        deliver("watch", result, options)


def _write_form(options: Mapping[str, Any]) -> None:
    from xinzhi.data.risk_register_form import write_risk_register_form

    write_risk_register_form(options["new_register"], force=options["force"])
    if not options["quiet"]:
        click.echo(options["new_register"])


def _result(panel: Panel, options: Mapping[str, Any]) -> WatchResult:
    from xinzhi.stress.watch import watch as compute

    values, units = _values(panel, options)
    given = watching_of(panel, options)
    asked = options["benchmarks"]
    result = compute(
        values,
        None if given.events is None else given.events.frame,
        horizon=options["horizon"],
        least_history=options["least_history"],
        least_events=options["least_events"],
        preference=options["preference"],
        benchmarks=() if asked == "none" else [name.strip() for name in split_names(asked)],
        draws=options["draws"],
        seed=options["seed"],
        register=given.register,
        as_of=given.as_of,
        units=units,
        inputs=(*panel.inputs, *given.records),
        progress=not options["quiet"],
    )
    return replace(result, warnings=(*panel.warnings, *result.warnings))


def _values(panel: Panel, options: Mapping[str, Any]) -> tuple[xr.DataArray, dict[str, str]]:
    """Return the series to watch with their directions, and their units."""
    from xinzhi.report.context import EMBEDDED
    from xinzhi.stress.leading import changes, panel_shares, unknown_indicator

    def named(option: str) -> list[str]:
        return [name.strip() for name in split_names(options[option])]

    names, years = named("indicators"), span_of(options["year"])
    embedded = [record.name for record in panel.inputs] == [EMBEDDED]
    if embedded and not names:
        values = panel_shares(panel)
        if years is not None:
            values = values.sel(year=[year for year in values["year"].values if year in years])
        units = dict.fromkeys(map(str, values["indicator"].values), "ratio")
    else:
        values = panel.to_array(names or panel.indicators, years)
        units = dict(values.attrs["units"])
    known = [str(name) for name in values["indicator"].values]
    directions = dict(values.attrs.get("directions", {}))
    for name in named("low"):
        if name not in known:
            raise unknown_indicator(name, known)
        directions[name] = -1
    values.attrs = {"directions": directions}
    for option in ("growth", "change"):
        if options[option]:
            values = changes(values, named(option), relative=option == "growth")
            units |= {f"{name}:growth": "ratio" for name in named(option) if option == "growth"}
            units |= {f"{n}:change": units[n] for n in named(option) if option == "change"}
    return values, {name: units[name] for name in map(str, values["indicator"].values)}


def _board_first(result: WatchResult, options: Mapping[str, Any]) -> Result:
    """Put the board of the last year first: what is printed where a region is asked for."""
    from xinzhi.cli.output import only_shown

    board = only_shown(result, options).tables["board"]
    known = board.loc[board["value"].notna(), "year"]
    if options["year"] is None and len(known):
        board = board[board["year"] == known.max()]
    shown = board[["region", "year", *_SHOWN]]
    return replace(result, tables={"board": shown, **dict(list(result.tables.items())[:1])})
