"""The command on shocks: shock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import click

from xinzhi.cli.io_tables import (
    aggregated,
    nation_regions,
    needs_split,
    of_region,
    region_asked,
    table_of,
    table_options,
)
from xinzhi.cli.language import say
from xinzhi.cli.options import common_options, option_group, out_option, split_names
from xinzhi.cli.output import deliver, language_of, only_shown, warn
from xinzhi.cli.shock_draws import draw_options, extended, lines

if TYPE_CHECKING:
    from xinzhi.core import InputError, Result
    from xinzhi.data import IOTable
    from xinzhi.data.events import Event
    from xinzhi.stress.ario_parameters import Amount, ArioParameters

_STEPS = {"day": 1, "week": 7}
_OTHERS = "*"

_event_options = option_group(
    click.option(
        "--event",
        "event",
        multiple=True,
        metavar="NAME|FILE",
        help=say(
            "事件：随附的名称或 TOML 文件；可多次给出，一起作用",
            "an event: a shipped name or a TOML file; several act together",
        ),
    ),
    click.option(
        "--list-events", is_flag=True, help=say("只列出随附的事件", "only list the shipped events")
    ),
    click.option(
        "--days",
        type=click.IntRange(min=1),
        default=365,
        show_default=True,
        help=say("模拟天数", "days to simulate"),
    ),
    click.option(
        "--step",
        type=click.Choice(list(_STEPS)),
        default="day",
        show_default=True,
        help=say("步长", "length of a step"),
    ),
)
_assumption_options = option_group(
    click.option(
        "--stock-days",
        metavar="DAYS[,CODE=DAYS]",
        default="90",
        show_default=True,
        help=say(
            "用户持有的每种投入的库存天数（假定）；按产品另给，inf 为不受限，如 60,20=30",
            "days of stock that users hold of each input, assumed; by product as in 60,20=30, inf "
            "for one that never stops a user",
        ),
    ),
    click.option(
        "--overproduction",
        metavar="FACTOR[,CODE=FACTOR]",
        default="1.25",
        show_default=True,
        help=say(
            "最大产出相对基年产能的倍数（假定）；可按部门另给",
            "most output relative to base-year capacity, assumed; by sector too",
        ),
    ),
    click.option(
        "--substitution",
        metavar="SHARE[,CODE=SHARE]",
        default="0",
        show_default=True,
        help=say(
            "短缺的投入中用户可无代价替代的份额（假定）；可按产品另给",
            "share of a missing input that users replace at no cost, assumed; by product too",
        ),
    ),
    click.option(
        "--essential-share",
        type=click.FloatRange(0, 1),
        default=0.001,
        show_default=True,
        help=say(
            "投入占产出的份额低于此数的，缺了也能生产（假定）",
            "least share of output from which an input can stop its user, assumed",
        ),
    ),
    click.option(
        "--imported-inputs",
        type=click.Choice(["separate", "pooled"]),
        default="separate",
        show_default=True,
        help=say(
            "进口投入：separate 本地同类产品不能代替；pooled 与本地产品共用库存",
            "imported inputs: separate, not replaced by the same product made here; pooled, in one "
            "stock with it",
        ),
    ),
    click.option(
        "--priority",
        metavar="A,B",
        default="",
        help=say(
            "先得到产品的客户：intermediate、consumption、investment、exports、reconstruction；"
            "缺省按比例分配",
            "clients served first: intermediate, consumption, investment, exports, "
            "reconstruction; by default all in proportion",
        ),
    ),
)


@click.command(
    help=say(
        "冲击模拟：断供、停产、灾害、需求下滑损失多少增加值、多久恢复、卡在哪种投入\n\n"
        "结果由假定推出，不是预测",
        "shocks: what a cut-off, a stoppage, a disaster or a slump costs in value added, how fast "
        "it recovers, which inputs hold it back\n\n"
        "Results follow from assumptions and are no forecast.",
    )
)
@table_options
@click.option(
    "--region",
    metavar="NAME",
    help=say(
        "没有自己的表的地区：用其分行业增加值由全国表推算（结果注明）；多地区表：只输出这个地区",
        "a region without a table: derive one from the nation's by its value added (results say "
        "so); table of many regions: print this region only",
    ),
)
@_event_options
@_assumption_options
@draw_options
@out_option
@common_options
def shock(table: str | None, **options: Any) -> None:
    """Simulate events on an input–output table."""
    if options["list_events"]:
        _list_events(options)
        return
    from xinzhi.data import load_tracks
    from xinzhi.stress.shock import shock as compute

    events = _events(options["event"])
    parameters = _parameters(options)
    given = table_of(table, options)
    region, derived = region_asked(given, options["region"])
    if given.competitive:
        raise needs_split("不能模拟冲击", "a shock cannot be simulated")
    if derived:
        given = of_region(given, options["region"])
    given = aggregated(given, options)
    if table is None and options["data_path"] is None:
        _check_the_nations(events, given)
    settings: dict[str, Any] = {
        "days": options["days"],
        "step_days": _STEPS[options["step"]],
        "parameters": parameters,
    }
    tracks = load_tracks(options["tracks"])
    result = compute(given, events, tracks=tracks, **settings)
    result = extended(result, given, events, tracks, options, **settings)
    _deliver(result, given, events, region, options)


def _deliver(
    result: Result,
    table: IOTable,
    events: Sequence[Event],
    region: str | None,
    options: Mapping[str, Any],
) -> None:
    """Deliver a result; a terminal gets a summary."""
    from xinzhi.cli.shock_summary import summary

    result = replace(result, parameters={**result.parameters, "region": region})
    # what is derived for a region is a table of that region alone
    shown = {**options, "region": region if len(table.regions) > 1 else None}
    if options["as_json"] or options["out"] is not None:
        deliver("shock", result, shown)
        return
    seen, lang = only_shown(result, shown), language_of(options)
    click.echo(summary(seen, table, events).get(lang))
    for line in lines(seen, table):
        click.echo(line.get(lang))
    warn(result, options)
    if not options["quiet"]:
        click.echo(
            say(
                "全部表和列（逐日路径、赛道、假定）：用 --json，或 --out 写入 .xlsx。",
                "All tables and columns (path by day, tracks, assumptions): --json, or --out "
                "FILE.xlsx.",
            ),
            err=True,
        )


def _list_events(options: Mapping[str, Any]) -> None:
    """Print the shipped events: one a line, or as a table where a form is asked for."""
    import pandas as pd

    from xinzhi.core import Result
    from xinzhi.data.events import events, load_event

    known = [load_event(name) for name in events()]
    if options["as_json"] or options["out"] is not None:
        rows = [
            {
                "event": event.id,
                "title_zh": event.title.zh,
                "title_en": event.title.en,
                "description_zh": event.description.zh,
                "description_en": event.description.en,
                "classifications": " ".join(event.classifications),
            }
            for event in known
        ]
        deliver("shock", Result(tables={"events": pd.DataFrame(rows)}), {**options, "region": None})
        return
    lang = language_of(options)
    for event in known:
        click.echo(f"{event.id}: {event.description.get(lang)}")


def _events(names: Sequence[str]) -> list[Event]:
    from xinzhi.core import InputError, Text
    from xinzhi.data.events import events, load_event

    if not names:
        known = events()
        raise InputError(
            Text("没有给出事件", "no event is given"),
            remedy=Text(
                f"用 --event 给出 {'、'.join(known)} 之一，或自己的 TOML 文件。",
                f"Give one of {', '.join(known)}, or a TOML file of your own, by --event.",
            ),
        )
    return [load_event(name) for name in names]


def _parameters(options: Mapping[str, Any]) -> ArioParameters:
    from xinzhi.stress.ario_parameters import ArioParameters

    return ArioParameters(
        stock_days=_amount(options["stock_days"], "--stock-days"),
        overproduction_limit=_amount(options["overproduction"], "--overproduction"),
        substitution=_amount(options["substitution"], "--substitution"),
        essential_share=options["essential_share"],
        imported_inputs=options["imported_inputs"],
        # checked by ArioParameters, which names the clients there are
        priority=cast(Any, tuple(name.strip() for name in split_names(options["priority"]))),
    )


def _amount(text: str, option: str) -> Amount:
    """Return one value for all sectors, or those by sector of ``60,20=30``."""
    from xinzhi.core import InputError, Text

    found: dict[str, float] = {}
    for part in split_names(text):
        code, equals, number = part.partition("=")
        try:
            value = float(number if equals else code)
        except ValueError:
            raise InputError(
                Text(f"{option} {text}：{part} 不是数", f"{option} {text}: {part} is no number"),
                remedy=Text(
                    "写作一个数，或按部门代码另给，如 60,20=30。",
                    "Write one number, or others by sector code as in 60,20=30.",
                ),
            ) from None
        found[code.strip() if equals else _OTHERS] = value
    return found[_OTHERS] if list(found) == [_OTHERS] else found


def _check_the_nations(events: Sequence[Event], table: IOTable) -> None:
    """Refuse events that the table taken by default cannot carry, and name the pack that can."""
    from xinzhi.core import InputError
    from xinzhi.stress.event_effects import disturbances

    for event in events:
        try:
            disturbances(event, table)
        except InputError as refusal:
            raise _with_pack(refusal) from None


def _with_pack(refusal: InputError) -> InputError:
    from xinzhi.core import NO_TEXT, InputError, Text
    from xinzhi.data import pack_is_present

    nation = nation_regions().nation
    assert nation is not None, "the embedded figures are of a nation's regions"
    if pack_is_present(nation.pack):
        return refusal
    remedy = refusal.remedy or NO_TEXT
    command = f"xinzhi data pack get {nation.pack}"
    return InputError(
        refusal.message,
        refusal.details,
        Text(
            f"没有给出投入产出表，用的是随附的三部门表。运行 {command} 可得 42 部门全国表。"
            f"{remedy.zh}",
            f"No table was given, so the three-sector table that ships was taken; {command} "
            f"fetches the nation's with 42 sectors. {remedy.en}",
        ),
    )
