"""The commands on input–output tables: inputoutput, chokepoints."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xinzhi.cli.inputs import one_input
from xinzhi.cli.language import say
from xinzhi.cli.options import common_options, option_group, out_option
from xinzhi.cli.output import deliver

if TYPE_CHECKING:
    from xinzhi.core import InputError
    from xinzhi.data import IOTable, Tracks

table_options = option_group(
    click.argument("table", required=False, metavar="[TABLE]"),
    click.option(
        "--data",
        "data_path",
        metavar="FILE|PACK/TABLE",
        help=say(
            "投入产出表（CSV、XLSX、Parquet）或数据包中的表；缺省用已下载的全国表，否则用随附的"
            "三部门表",
            "an input–output table (CSV, XLSX, Parquet) or one of a data pack; by default the "
            "nation's if its pack is there, else the three-sector table that ships",
        ),
    ),
    click.option(
        "--sheet", metavar="NAME", help=say("工作簿中的工作表", "sheet of a workbook with several")
    ),
    click.option(
        "--classification",
        metavar="NAME|FILE",
        help=say(
            "部门分类；缺省由版式得出", "classification of the sectors; by default the layout's"
        ),
    ),
    click.option(
        "--year",
        "table_year",
        type=click.IntRange(1000, 9999),
        help=say("表的年份；缺省取自文件", "year of the table; by default the file's"),
    ),
    click.option(
        "--unit",
        metavar="UNIT",
        help=say("金额单位；缺省由文件或版式得出", "unit of money; by default the file's"),
    ),
    click.option(
        "--split-imports",
        is_flag=True,
        help=say(
            "竞争型表：假定各用户使用进口品的比例相同，据此拆出进口（结果注明这一假定）",
            "competitive table: split imports, assuming the same share for every user (results "
            "repeat it)",
        ),
    ),
    click.option(
        "--aggregate",
        metavar="NAME|FILE",
        help=say("先合并到较粗的分类", "add up to a coarser classification first"),
    ),
    click.option(
        "--tracks",
        metavar="NAME|FILE",
        default="shanghai",
        show_default=True,
        help=say("赛道与部门的对应", "which sectors carry which track"),
    ),
)


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
        "没有自己的表的地区：用其分行业增加值由全国表推算（结果注明）",
        "a region without a table: derive one from the nation's by its value added (results say "
        "so)",
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

    given = _table(table, options)
    if options["region"] and len(given.regions) == 1:
        given = _of_region(given, options)
        options = {**options, "region": None}
    given = _aggregated(given, options)
    earlier = None
    if options["earlier"] is not None:
        earlier = _aggregated(_read(options["earlier"], {**options, "table_year": None}), options)
    result = compute(
        given,
        forward=options["forward"],
        tracks=_members(given, _tracks(options)),
        earlier=earlier,
    )
    deliver("inputoutput", result, options)


@click.command(
    help=say(
        "卡脖子环节：进口依赖、关键投入排序、供应路径、断供损失",
        "chokepoints: dependence on imports, critical inputs, supply paths, output at risk",
    )
)
@table_options
@click.option("--region", metavar="NAME", help=say("只输出这个地区", "print this region only"))
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
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help=say("随机种子", "random seed"),
)
@out_option
@common_options
def chokepoints(table: str | None, **options: Any) -> None:
    """Find which imported inputs could be cut off, and what would stop."""
    from xinzhi.structure import Outage
    from xinzhi.structure import chokepoints as compute

    given = _aggregated(_table(table, options), options)
    again = {**options, "table_year": None}
    result = compute(
        given,
        _tracks(options),
        earlier=[_aggregated(_read(path, again), again) for path in options["earlier"]],
        outage=Outage(
            fall=options["fall"],
            elasticity=options["elasticity"],
            stock_days=options["stock_days"],
            duration=options["duration"],
        ),
        seed=options["seed"],
    )
    deliver("chokepoints", result, options)


def _table(positional: str | None, options: Mapping[str, Any]) -> IOTable:
    """Read the table that was named, or take the nation's; imports are split where asked."""
    from xinzhi.data import embedded_io_table, io_table_of_pack, pack_is_present
    from xinzhi.structure import split_imports_proportionally

    named = one_input(_path(positional), _path(options["data_path"]))
    if named is not None:
        return _read(named, options)
    nation = _nation()
    if pack_is_present(nation.pack):
        return io_table_of_pack(nation.pack, nation.tables[-1])
    return split_imports_proportionally(embedded_io_table())


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)


def _nation() -> Any:
    from xinzhi.data import embedded_panel

    return embedded_panel().regions.nation


def _read(path: Path, options: Mapping[str, Any]) -> IOTable:
    from xinzhi.data import io_table_of_pack, packs, read_io_table
    from xinzhi.structure import split_imports_proportionally

    pack, slash, name = path.as_posix().partition("/")
    if slash and pack in packs() and not path.exists():
        table = io_table_of_pack(pack, name)
    else:
        table = read_io_table(
            path,
            classification=options["classification"],
            year=options["table_year"],
            unit=options["unit"],
            sheet=options["sheet"],
        )
    if options["split_imports"] and table.competitive:
        return split_imports_proportionally(table)
    return table


def _of_region(table: IOTable, options: Mapping[str, Any]) -> IOTable:
    from xinzhi.data import embedded_panel, regional_weights
    from xinzhi.structure import regionalise

    if table.competitive:
        raise _needs_split()
    panel = embedded_panel()
    region = panel.regions.get(options["region"]).name
    weights = regional_weights(panel, region, table.classification, table.year)
    return regionalise(
        table,
        weights.own,
        region,
        national=weights.nation,
        groups=weights.groups,
        titles=weights.titles,
        method=options["quotient"],
        delta=options["delta"],
    )


def _needs_split() -> InputError:
    from xinzhi.core import InputError, Text

    return InputError(
        Text(
            "竞争型表不区分进口，不能推算地区表",
            "a competitive table does not part imports, so no regional table is derived from it",
        ),
        remedy=Text(
            "加 --split-imports，或使用进口单列的表。",
            "Add --split-imports, or use a table with imports apart.",
        ),
    )


def _aggregated(table: IOTable, options: Mapping[str, Any]) -> IOTable:
    from xinzhi.data import concordance
    from xinzhi.structure import aggregate

    target = options["aggregate"]
    if target is None:
        return table
    return aggregate(table, concordance(options["classification"] or table.classification, target))


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
