"""What ``shock`` adds when asked: an ensemble of draws, and the plan that avoids most loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xinzhi.cli.language import say
from xinzhi.cli.options import option_group, seed_option

if TYPE_CHECKING:
    from xinzhi.core import Result, Text
    from xinzhi.data import IOTable
    from xinzhi.data.events import Event
    from xinzhi.data.tracks import Tracks
    from xinzhi.stress.resilience_costs import ResilienceCosts
    from xinzhi.stress.shock_result import ShockResult

MOST_PLAN_DRAWS = 50
"""Draws in which the ranking of the plan is repeated: each runs every useful option."""
_MOST_OPTIONS = 5
_MOST_ASSUMPTIONS = 3

draw_options = option_group(
    click.option(
        "--draws",
        type=click.IntRange(min=0),
        default=0,
        metavar="N",
        help=say(
            "在假定的取值范围内抽样模拟 N 次，给出分位数和敏感性；0 为不抽样",
            "run N draws of the assumptions, for quantiles and sensitivity; 0 for none",
        ),
    ),
    seed_option,
    click.option(
        "--workers",
        type=click.IntRange(min=1),
        default=1,
        show_default=True,
        help=say("并行进程数，不影响结果", "processes; they change no number"),
    ),
    click.option(
        "--resilience",
        is_flag=True,
        help=say(
            "按每单位年成本避免的损失给库存、第二来源和备用产能排名",
            "rank stocks, second sources and spare capacity by the loss avoided for their cost",
        ),
    ),
    click.option(
        "--costs",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="FILE",
        help=say(
            "韧性方案的成本（TOML：stock、second_source、spare_capacity）",
            "costs of the plan, in TOML: stock, second_source, spare_capacity",
        ),
    ),
)


def extended(
    result: ShockResult,
    table: IOTable,
    events: Sequence[Event],
    tracks: Tracks,
    options: Mapping[str, Any],
    **settings: Any,
) -> ShockResult:
    """Return the result with the tables of ensemble and plan that were asked for.

    settings : days, step_days and parameters of the run
    """
    asked = {
        "seed": options["seed"],
        "workers": options["workers"],
        "progress": not options["quiet"],
        **settings,
    }
    if options["draws"]:
        from xinzhi.stress.ensemble import shock_ensemble

        many = shock_ensemble(table, events, draws=options["draws"], tracks=tracks, **asked)
        result = _joined(result, many, {f"ensemble_{k}": v for k, v in many.tables.items()})
    if options["resilience"]:
        from xinzhi.stress.resilience import resilience_plan

        draws = min(options["draws"], MOST_PLAN_DRAWS)
        plan = resilience_plan(table, events, costs=_costs(options["costs"]), draws=draws, **asked)
        kept = {"plan_draws": plan.parameters["draws"]}
        kept |= {key: plan.parameters[key] for key in ("costs", "step")}
        result = _joined(result, replace(plan, parameters=kept), dict(plan.tables))
    return result


def _joined(result: ShockResult, more: Result, tables: dict[str, Any]) -> ShockResult:
    return replace(
        result,
        tables={**result.tables, **tables},
        units={**more.units, **result.units},
        parameters={**result.parameters, **more.parameters},
        warnings=tuple(dict.fromkeys((*result.warnings, *more.warnings))),
    )


def _costs(path: Path | None) -> ResilienceCosts:
    from xinzhi.data.toml_files import parse_toml
    from xinzhi.stress.resilience_costs import ResilienceCosts

    if path is None:
        return ResilienceCosts()
    document = parse_toml(path.read_bytes(), path.name, "docs/capabilities/shock.md")
    return ResilienceCosts.from_mapping(document)


def lines(result: Result, table: IOTable) -> Iterator[Text]:
    """Return what a terminal shows of ensemble and plan; nothing where they were not asked for."""
    if "ensemble_total" in result.tables:
        yield from _ensemble_lines(result, table)
    if "options" in result.tables:
        yield from _plan_lines(result)


def _ensemble_lines(result: Result, table: IOTable) -> Iterator[Text]:
    from xinzhi.core import Text
    from xinzhi.report.context import unit_text
    from xinzhi.report.structure_parts import rows_of
    from xinzhi.report.words import listing, measured, number
    from xinzhi.report.words import say as worded

    loss = {
        row["quantile"]: measured(number(row["value_added_loss"]), unit_text(table.unit))
        for row in rows_of(result.tables["ensemble_total"])
    }
    yield worded(
        "{n} 次抽样：增加值总损失中位数 {m}，5%–95% 为 {a} 至 {b}",
        "{n} draws: median gross loss {m}, 5–95 % from {a} to {b}",
        n=f"{result.parameters['stable_draws']}",
        m=loss[0.5],
        a=loss[0.05],
        b=loss[0.95],
    )
    known = result.tables["ensemble_sensitivity"]
    known = known[known["low"] * known["high"] > 0]  # an interval without zero
    strongest = [
        Text(
            f"{row['title_zh']} {row['coefficient']:+.2f}",
            f"{row['title_en']} {row['coefficient']:+.2f}",
        )
        for row in rows_of(known.head(_MOST_ASSUMPTIONS))
    ]
    if strongest:
        yield worded(
            "损失最敏感的假定（秩回归系数）：{s}",
            "Assumptions the loss follows most (rank regression coefficient): {s}",
            s=listing(strongest),
        )


def _plan_lines(result: Result) -> Iterator[Text]:
    from xinzhi.core import Text
    from xinzhi.report.structure_parts import rows_of
    from xinzhi.stress.resilience_plots import NAMES

    options = result.tables["options"]
    best = rows_of(options[options["avoided_loss"] > 0].head(_MOST_OPTIONS))
    if not best:
        yield Text("没有措施能避免损失", "No option avoids any loss")
        return
    yield Text(
        "每单位年成本避免的损失（事件发生一次）",
        "Loss avoided per unit of yearly cost (one occurrence of the events)",
    )
    for row in best:
        name, stock = NAMES[row["kind"]], row["kind"] == "stock"
        marks = ("（进口）", " (imported)") if stock and row["origin"] == "outside" else ("", "")
        code, value = row["sector"], f"{row['value_per_cost']:.3g}"
        yield Text(
            f"  {name.zh} {code} {row['title_zh']}{marks[0]}：{value}",
            f"  {name.en} {code} {row['title_en']}{marks[1]}: {value}",
        )
