"""Which input–output table a command works on: a file, one of a data pack, the nation's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xinzhi.cli.inputs import one_input
from xinzhi.cli.language import say
from xinzhi.cli.options import option_group, sheet_option

if TYPE_CHECKING:
    from xinzhi.core import InputError, Text
    from xinzhi.data import IOTable, RegionSet

# What a file may leave unsaid; a table of a pack says it itself.
_OF_A_FILE = {
    "sheet": "--sheet",
    "classification": "--classification",
    "table_year": "--year",
    "unit": "--unit",
}
_NOTHING_SAID: Mapping[str, Any] = {**dict.fromkeys(_OF_A_FILE), "split_imports": False}

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
    sheet_option,
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


def table_of(positional: str | None, options: Mapping[str, Any]) -> IOTable:
    """Read the table that was named, or take the nation's; imports are split where asked.

    The embedded table, which has imports as one column, is split without being asked.
    """
    from xinzhi.core import Text
    from xinzhi.data import embedded_io_table, pack_is_present
    from xinzhi.structure import split_imports_proportionally

    named = one_input(_path(positional), _path(options["data_path"]))
    if named is not None:
        return read_table(named, options)
    nation = nation_regions().nation
    assert nation is not None, "the embedded figures are of a nation's regions"
    if pack_is_present(nation.pack):
        return read_table(Path(nation.pack) / nation.tables[-1], options)
    _refuse_options_of_a_file(options, Text("随附的三部门表", "the three-sector table that ships"))
    return split_imports_proportionally(embedded_io_table())


def read_table(path: Path, options: Mapping[str, Any] = _NOTHING_SAID) -> IOTable:
    """Read a table of a file, or of a data pack where ``path`` is PACK/TABLE and no such file."""
    from xinzhi.core import Text
    from xinzhi.data import find_pack, io_table_of_pack, packs, read_io_table
    from xinzhi.structure import split_imports_proportionally

    pack, slash, name = path.as_posix().partition("/")
    meant = pack in packs() or (slash and not path.suffix)
    if meant and not path.exists():
        if not slash:
            raise _no_table_named(pack)
        _refuse_options_of_a_file(options, Text(f" {path.as_posix()} ", path.as_posix()))
        table = io_table_of_pack(find_pack(pack), name)
    else:
        table = read_io_table(
            path,
            classification=_classification_id(options["classification"]),
            year=options["table_year"],
            unit=options["unit"],
            sheet=options["sheet"],
        )
        _check_codes(table, path.name, options["classification"])
    if options["split_imports"] and table.competitive:
        return split_imports_proportionally(table)
    return table


def aggregated(table: IOTable, options: Mapping[str, Any]) -> IOTable:
    """Add the table up to the classification of ``--aggregate``, if one is given."""
    from xinzhi.core import InputError, Text
    from xinzhi.data import concordance
    from xinzhi.structure import aggregate

    target = options["aggregate"]
    if target is None:
        return table
    source = options["classification"] or table.classification
    if not source:
        raise InputError(
            Text(
                f"--aggregate {target}：这张表没有说明部门分类",
                f"--aggregate {target}: the table does not say which classification its sectors "
                "are of",
            ),
            remedy=Text(
                "用 --classification 给出分类的名称或 TOML 文件。",
                "Give the classification, a name or a TOML file, by --classification.",
            ),
        )
    return aggregate(table, concordance(source, target))


def nation_regions() -> RegionSet:
    """Return the regions of the embedded figures."""
    from xinzhi.data import embedded_panel

    return embedded_panel().regions


def of_region(table: IOTable, name: str, **how: Any) -> IOTable:
    """Return the table of a region derived from the nation's by its value added."""
    from xinzhi.data import embedded_panel, regional_weights
    from xinzhi.structure import regionalise

    panel = embedded_panel()
    region = panel.regions.get(name).name
    weights = regional_weights(panel, region, table.classification, table.year)
    return regionalise(
        table,
        weights.own,
        region,
        national=weights.nation,
        groups=weights.groups,
        titles=weights.titles,
        **how,
    )


def region_asked(table: IOTable, name: str | None) -> tuple[str | None, bool]:
    """Return the region that is meant, and whether the table is the nation's and not its own.

    Raises : InputError for a region that is unknown, or not in a table of many
    """
    if name is None:
        return None, False
    own = _region_in(table, name)
    if own is not None:
        return own, False
    regions = nation_regions()
    nation = regions.nation
    if len(table.regions) > 1 or nation is None or table.regions[0] not in ("", *nation.title):
        raise _no_such_region(table, name)
    return regions.get(name).name, True


def _region_in(table: IOTable, name: str) -> str | None:
    """Return the region of a table that is meant by any of its names; None if it has none such."""
    known = nation_regions().find(name)
    meant = (name, *((known.name, known.english) if known is not None else ()))
    return next((region for region in table.regions if region in meant), None)


def _no_such_region(table: IOTable, name: str) -> InputError:
    """Return the error of a region that a table of many does not have."""
    from xinzhi.core import InputError, Text
    from xinzhi.data import RegionSet
    from xinzhi.data.findings import listed

    near = RegionSet.from_names(table.regions).suggest(name)
    hint = (f"，是否指 {near.name}？", f", did you mean {near.name}?") if near else ("", "")
    shown = listed(table.regions, 40)
    return InputError(
        Text(f"投入产出表中没有地区 {name}{hint[0]}", f"the table has no region {name}{hint[1]}"),
        remedy=Text(f"有：{shown.zh}。", f"There are: {shown.en}."),
    )


def needs_split(what_zh: str, what_en: str) -> InputError:
    """Return the error of a competitive table where imports have to be apart."""
    from xinzhi.core import InputError, Text

    return InputError(
        Text(
            f"竞争型表不区分各部门使用的进口品，{what_zh}",
            f"a competitive table does not tell who uses the imports, so {what_en}",
        ),
        remedy=Text(
            "加 --split-imports 按比例性假定拆分（结果注明），或使用进口单列的表。",
            "Add --split-imports to split them by proportionality (results say so), or use a "
            "table with imports apart.",
        ),
    )


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)


def _classification_id(name: str | None) -> str | None:
    from xinzhi.data import load_classification

    return None if name is None else load_classification(name).id


def _check_codes(table: IOTable, file: str, classification: str | None) -> None:
    """Refuse a table with sectors that the classification given for it does not have."""
    from xinzhi.core import InputError, Text
    from xinzhi.data import load_classification
    from xinzhi.data.findings import listed

    if classification is None:
        return
    known = load_classification(classification)
    unknown = listed(code for code in table.codes if code not in known.codes)
    if unknown.en:
        raise InputError(
            Text(
                f"{file}：这些部门不在 {known.id} 中：{unknown.zh}",
                f"{file}: sectors that are not in {known.id}: {unknown.en}",
            ),
            remedy=Text(
                "请给出这张表所用的分类，或不给 --classification。",
                "Give the classification that the table uses, or leave --classification out.",
            ),
        )


def _refuse_options_of_a_file(options: Mapping[str, Any], table: Text) -> None:
    """Refuse options that say what a file does not: this table says it itself."""
    from xinzhi.core import InputError, Text
    from xinzhi.data.findings import listed

    given = [name for key, name in _OF_A_FILE.items() if options[key] is not None]
    if not given:
        return
    nation = nation_regions().nation
    tables = listed(() if nation is None else (f"{nation.pack}/{t}" for t in nation.tables))
    raise InputError(
        Text(
            f"{'、'.join(given)} 只用于文件；{table.zh}自带年份、单位和分类",
            f"{', '.join(given)}: for files only; {table.en} has its own year, unit and sectors",
        ),
        remedy=Text(
            f"去掉它，或指定表，例如 {tables.zh}。",
            f"Leave it out, or name a table, such as {tables.en}.",
        ),
    )


def _no_table_named(pack: str) -> InputError:
    from xinzhi.core import InputError, Text
    from xinzhi.data import find_pack
    from xinzhi.data.findings import listed

    names = [f"{pack}/{Path(file.name).stem}" for file in find_pack(pack).files]
    shown = listed(names, 40)
    return InputError(
        Text(f"{pack} 是数据包，没有说明用其中哪张表", f"{pack} is a data pack: which table?"),
        remedy=Text(f"写作：{shown.zh}。", f"Write one of: {shown.en}."),
    )
