"""The commands on input–output tables: inputoutput, chokepoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xinzhi.cli.io_tables import (
    aggregated,
    nation_regions,
    needs_split,
    of_region,
    read_table,
    region_asked,
    table_of,
    table_options,
)
from xinzhi.cli.language import say
from xinzhi.cli.options import common_options, out_option, seed_option
from xinzhi.cli.output import deliver, language_of

if TYPE_CHECKING:
    import pandas as pd

    from xinzhi.core import InputError, Result
    from xinzhi.data import IOTable, Tracks

# What a terminal shows of the main table; files and JSON hold every column.
_SHOWN = {
    "inputoutput": (
        *("output_multiplier", "value_added_multiplier", "import_multiplier"),
        *("backward_linkage", "forward_linkage", "upstreamness"),
    ),
    "chokepoints": (
        *("direct_dependence", "total_dependence", "largest_input", "largest_input_share"),
    ),
}
_LONGEST_TITLE = 32  # characters, in a terminal


@click.command(
    help=say(
        "投入产出：乘数、关联、上下游位置、抽取、两业融合、出口中的增加值",
        "input–output analysis: multipliers, linkages, position, extraction, integration, value "
        "added in exports",
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
@click.option(
    "--quotient",
    type=click.Choice(["slq", "cilq", "flq", "aflq"]),
    default="flq",
    show_default=True,
    help=say("推算用的区位商", "location quotient for that"),
)
@click.option(
    "--delta",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.3,
    show_default=True,
    help=say("FLQ、AFLQ 的 δ", "delta of FLQ and AFLQ"),
)
@click.option(
    "--satellites",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=say(
        "各部门的卫星账户（CSV、XLSX）：一列 code，每个账户一列，列名方括号内写单位；给 --region "
        "时为该地区的数",
        "satellite accounts by sector (CSV, XLSX): a column code and one per account, its unit in "
        "brackets in the heading; with --region the region's figures",
    ),
)
@click.option(
    "--forward",
    type=click.Choice(["ghosh", "leontief"]),
    default="ghosh",
    show_default=True,
    help=say("前向关联的算法", "inverse behind forward linkages"),
)
@click.option(
    "--earlier",
    type=click.Path(path_type=Path),
    metavar="TABLE",
    help=say(
        "同一分类的较早年份表：总产出变化的结构分解",
        "an earlier table of the same sectors: structural decomposition of the change of output",
    ),
)
@out_option
@common_options
def inputoutput(table: str | None, **options: Any) -> None:
    """Analyse an input–output table."""
    from xinzhi.structure import inputoutput as compute

    given = table_of(table, options)
    region, derived = region_asked(given, options["region"])
    if derived:
        given = _of_region(given, options)
    if options["satellites"] is not None:
        from xinzhi.data.io_satellites import read_satellites

        given = read_satellites(options["satellites"], given)
    given = aggregated(given, options)
    earlier = options["earlier"]
    result = compute(
        given,
        forward=options["forward"],
        tracks=_members(given, _tracks(options)),
        earlier=None if earlier is None else _earlier_table(earlier, options),
    )
    _deliver("inputoutput", result, given, region, options)


@click.command(
    help=say(
        "卡脖子环节：进口依赖、关键投入排序、供应路径、断供损失",
        "chokepoints: dependence on imports, critical inputs, supply paths, output at risk",
    )
)
@table_options
@click.option(
    "--region",
    metavar="NAME",
    help=say("多地区表：只分析这个地区", "table of many regions: this region only"),
)
@click.option(
    "--earlier",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="TABLE",
    help=say("较早年份的表，可多次给出", "a table of an earlier year; may be given repeatedly"),
)
@click.option(
    "--fall",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help=say("断供比例", "part of an imported input that does not come"),
)
@click.option(
    "--duration",
    type=float,
    default=365.0,
    show_default=True,
    help=say("断供天数", "days that it lasts"),
)
@click.option(
    "--elasticity",
    type=float,
    default=0.2,
    show_default=True,
    help=say("替代弹性（假定）", "elasticity of substitution, assumed"),
)
@click.option(
    "--stock-days",
    type=float,
    default=30.0,
    show_default=True,
    help=say("用户库存天数（假定）", "days of stock that users hold, assumed"),
)
@seed_option
@out_option
@common_options
def chokepoints(table: str | None, **options: Any) -> None:
    """Find which imported inputs could be cut off, and what would stop."""
    from xinzhi.structure import Outage
    from xinzhi.structure import chokepoints as compute

    outage = Outage(
        fall=options["fall"],
        elasticity=options["elasticity"],
        stock_days=options["stock_days"],
        duration=options["duration"],
    )
    given = table_of(table, options)
    region, derived = region_asked(given, options["region"])
    if derived and region is not None:
        raise _no_chokepoints_of(region)
    given = aggregated(given, options)
    earlier = [_earlier_table(path, options) for path in options["earlier"]]
    if any(each.competitive for each in (given, *earlier)):
        raise needs_split("不能计算进口依赖度", "dependence on them cannot be computed")
    if earlier and any(each.year is None for each in (given, *earlier)):
        raise _undated()
    result = compute(
        given,
        _tracks(options),
        earlier=earlier,
        regions=None if region is None else [region],
        outage=outage,
        seed=options["seed"],
    )
    said = {**options, "earlier": [str(path) for path in options["earlier"]]}
    _deliver("chokepoints", result, given, region, said)


def _of_region(table: IOTable, options: Mapping[str, Any]) -> IOTable:
    from xinzhi.core import InputError, Text

    if options["earlier"] is not None:
        raise InputError(
            Text(
                "由全国表推算的地区表不能与较早的表比较：变化只来自权重",
                "a region's table that is derived from the nation's is not compared with an "
                "earlier one: what changed would be the weights",
            ),
            remedy=Text(
                "去掉 --earlier 或 --region，或给出该地区两个年份自己的表。",
                "Leave out --earlier or --region, or give the region's own tables of both years.",
            ),
        )
    if table.competitive:
        raise needs_split("不能推算地区表", "no regional table is derived from it")
    return of_region(table, options["region"], method=options["quotient"], delta=options["delta"])


def _no_chokepoints_of(region: str) -> InputError:
    from xinzhi.core import InputError, Text

    english = nation_regions().get(region).english
    return InputError(
        Text(
            f"这张表是全国的，不是{region}的：由它推算的地区表说明不了{region}的卡脖子环节",
            f"the table is the nation's, not {english}'s: a table derived from it says nothing "
            f"about chokepoints of {english}",
        ),
        remedy=Text(
            f"给出{region}自己的表，或去掉 --region 看全国的。",
            f"Give the table of {english}, or leave --region out to see the nation's.",
        ),
    )


def _undated() -> InputError:
    from xinzhi.core import InputError, Text

    return InputError(
        Text(
            "有的表没有年份，不能比较各年的依赖度",
            "a table without a year has no place among years",
        ),
        remedy=Text(
            "把年份写进文件名，例如 io_2017.csv；最新的表也可用 --year 给出。",
            "Put the year into the file's name, as in io_2017.csv; that of the latest table may "
            "also be given by --year.",
        ),
    )


def _earlier_table(path: Path, options: Mapping[str, Any]) -> IOTable:
    """Read a table of another year: its year is its own."""
    again = {**options, "table_year": None}
    return aggregated(read_table(path, again), again)


def _deliver(
    command: str, result: Result, table: IOTable, region: str | None, options: Mapping[str, Any]
) -> None:
    """Deliver a result; a terminal gets the main columns, and word of the rest."""
    of_table = {"region": region, "satellite_units": dict(table.satellite_units)}
    result = replace(result, parameters={**result.parameters, **of_table})
    only = region if len(table.regions) > 1 else None
    options = {**options, "region": only}
    if options["as_json"] or options["out"] is not None:
        deliver(command, result, options)
        return
    main, *others = (name for name, frame in result.tables.items() if len(frame))
    shown = _narrow(result, main, _SHOWN[command], f"title_{language_of(options)}")
    deliver(command, replace(result, tables={main: shown}), options)
    if not options["quiet"]:
        click.echo(
            say(
                f"还有全部列和这些表：{'、'.join(others)}；用 --json，或 --out 写入 .xlsx。",
                f"All columns, and the tables {', '.join(others)}: --json, or --out FILE.xlsx.",
            ),
            err=True,
        )


def _narrow(result: Result, name: str, columns: Sequence[str], title: str) -> pd.DataFrame:
    """Return the columns of a table that a terminal has room for, long titles cut."""
    frame = result.to_frame(name)
    labels = [label for label in ("region", "code", title) if label in frame]
    frame = frame[[*labels, *columns]]
    titles = frame[title]
    cut = titles.str.slice(0, _LONGEST_TITLE - 1) + "…"
    frame[title] = titles.where(titles.str.len() <= _LONGEST_TITLE, cut)
    return frame


def _tracks(options: Mapping[str, Any]) -> Tracks:
    from xinzhi.data import load_tracks

    return load_tracks(options["tracks"])


def _members(table: IOTable, tracks: Tracks) -> dict[str, dict[str, float]]:
    """Return the sectors of every track that the table's classification carries."""
    return {
        track.id: dict(track.carriers[table.classification].shares)
        for track in tracks.tracks
        if table.classification in track.carriers
    }
