"""The command on gaps between regions: disparity."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xinzhi.cli.inputs import one_input
from xinzhi.cli.language import say
from xinzhi.cli.options import (
    column_names,
    common_options,
    option_group,
    out_option,
    seed_option,
    table_options,
)
from xinzhi.cli.output import deliver

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from xinzhi.core import InputError
    from xinzhi.data.contiguity import Contiguity

_REGION_WORDS = ("region", "province", "地区", "省份", "省市", "城市")
_OBSERVATION = "observation"

column_options = option_group(
    table_options("数据文件（CSV、TSV、XLSX）", "file of figures (CSV, TSV, XLSX)"),
    click.option(
        "--value", required=True, metavar="COL", help=say("数值所在的列", "column of the values")
    ),
    click.option(
        "--region",
        "region_column",
        metavar="COL",
        help=say(
            "地区所在的列；缺省为名为 地区、省份 或 region 的列；没有年份时可以没有地区",
            "column of the regions; by default the one called region or 地区; without years, rows "
            "may have none",
        ),
    ),
    click.option(
        "--group",
        metavar="COL",
        help=say(
            "分组所在的列（如东、中、西部）：按组分解",
            "column of groups, such as east and west: divides inequality by them",
        ),
    ),
    click.option(
        "--time",
        metavar="COL",
        help=say("年份所在的列：收敛与变化", "column of years: convergence and change"),
    ),
    click.option(
        "--control",
        "controls",
        metavar="COL,COL",
        callback=column_names,
        help=say("条件收敛的控制变量", "columns that convergence is conditional on"),
    ),
    click.option(
        "--neighbours",
        metavar="NAME|FILE",
        help=say(
            "邻接关系：china31 或文件（每行两个相邻地区）；地区都属于中国 31 个省级地区时缺省为 "
            "china31",
            "who borders on whom: china31, or a file with a pair in each row; by default china31 "
            "where all regions are China's",
        ),
    ),
)
choice_options = option_group(
    click.option(
        "--epsilon",
        type=click.FloatRange(0, min_open=True),
        default=0.5,
        show_default=True,
        help=say("Atkinson 指数的 ε", "epsilon of the Atkinson index"),
    ),
    click.option(
        "--classes",
        type=click.IntRange(min=2),
        default=4,
        show_default=True,
        help=say("马尔可夫链的类数", "classes of the Markov chains"),
    ),
    click.option(
        "--draws",
        type=click.IntRange(min=0),
        metavar="N",
        help=say(
            "自助抽样次数，0 为不抽样；缺省 1000，数据很大时减少",
            "draws of the bootstrap, 0 for none; by default 1,000, fewer for very many rows",
        ),
    ),
    click.option(
        "--permutations",
        type=click.IntRange(min=0),
        default=999,
        show_default=True,
        help=say("Moran 指数的置换次数", "permutations of Moran's I"),
    ),
    seed_option,
)


@click.command(
    help=say(
        "地区差距：基尼系数及分解、收敛、俱乐部、转移概率、空间相关",
        "disparity between regions: Gini and its parts, convergence, clubs, transitions, Moran",
    )
)
@column_options
@choice_options
@out_option
@common_options
def disparity(file: Path | None, **options: Any) -> None:
    """Measure the gaps between regions of a table."""
    from xinzhi.core import InputError, Text
    from xinzhi.data.unit_tables import read_unit_table
    from xinzhi.measure.disparity import disparity as compute

    path = one_input(file, options["data_path"])
    if path is None:
        raise InputError(
            Text("没有给出数据文件", "no file of data is given"),
            remedy=Text(
                "例如 xinzhi disparity 数据.xlsx --value 人均GDP --group 区域 --time 年份。",
                "For example: xinzhi disparity data.xlsx --value gdp_per_head --group area "
                "--time year.",
            ),
        )
    region = options["region_column"] or _region_column(path, options["sheet"])
    controls = options["controls"]
    if controls and options["time"] is None:
        raise InputError(
            Text("--control 用于条件收敛，需要 --time", "--control is for convergence: add --time")
        )
    labels = [name for name in (region, options["group"], options["time"]) if name]
    numbers = [options["value"], *controls]
    table = read_unit_table(path, labels, numbers, options["sheet"])
    frame = table.frame
    if region is None:
        if options["time"] is not None:
            raise _no_region(options["time"])
        region = _OBSERVATION
        frame = frame.assign(**{region: [str(row) for row in range(1, len(frame) + 1)]})
    _check_labels(frame, [name for name in (region, options["group"], options["time"]) if name])
    frame = frame.astype({region: str})
    names = list(frame[region].drop_duplicates())
    result = compute(
        _array(frame, region, options["time"], options["value"]),
        _groups(frame, region, options["group"]),
        _neighbours(options["neighbours"], names),
        _controls(frame, region, options["time"], controls),
        epsilon=options["epsilon"],
        classes=options["classes"],
        draws=options["draws"],
        permutations=options["permutations"],
        seed=options["seed"],
        inputs=(table.record,),
    )
    result = replace(result, warnings=(*table.warnings, *result.warnings))
    deliver("disparity", result, options, all_rows=True)


def _region_column(path: Path, sheet: str | None) -> str | None:
    """Return the column that is called like regions are, None where there is none."""
    from xinzhi.data.cells import text_of
    from xinzhi.data.names import compact
    from xinzhi.data.tables import open_grid

    for row in open_grid(path, sheet).cells[:20]:
        names = [compact(text_of(cell)) for cell in row]
        found = [name for name in names if name.casefold() in _REGION_WORDS]
        if found:
            return found[0]
    return None


def _no_region(time: str) -> InputError:
    from xinzhi.core import InputError, Text

    return InputError(
        Text(
            f"有年份列 {time}，却没有地区列，无法追踪各地区",
            f"there is a column of years ({time}) but none of regions, so none can be followed",
        ),
        remedy=Text("用 --region 指明地区列。", "Name the column of regions by --region."),
    )


def _check_labels(frame: pd.DataFrame, names: list[str]) -> None:
    """Refuse rows without a region, group or year."""
    from xinzhi.core import InputError, Text

    problems = []
    for name in names:
        empty = frame.index[frame[name].isna()]
        problems += [
            Text(
                f"第 {row + 1} 行数据：列 {name} 为空",
                f"data row {row + 1}: column {name} is empty",
            )
            for row in empty[:6]
        ]
    if problems:
        raise InputError(
            Text("地区、分组或年份有空缺", "a region, group or year is missing"),
            problems,
            Text("补上或删去这些行。", "Fill them in or delete the rows."),
        )


def _array(frame: pd.DataFrame, region: str, time: str | None, column: str) -> xr.DataArray:
    """Return one column by region, and by year where there are years.

    Raises : InputError for rows that say the same twice, and times that are no years
    """
    import xarray as xr

    from xinzhi.core import InputError, Text
    from xinzhi.data.cells import year_of

    keys = [region] if time is None else [region, time]
    if time is not None and frame[time].dtype.kind != "i":
        wrong = next(cell for cell in frame[time] if year_of(cell) is None)
        raise InputError(
            Text(f"列 {time}：{wrong} 不是年份", f"column {time}: {wrong} is not a year"),
            remedy=Text("每行给出一个整数年份。", "Give a whole year in every row."),
        )
    twice = frame[frame.duplicated(keys, keep=False)]
    if len(twice):
        shown = [" ".join(map(str, row)) for row in twice[keys].drop_duplicates().to_numpy()[:6]]
        raise InputError(
            Text(
                f"有 {len(twice)} 行重复：{'、'.join(shown)}",
                f"{len(twice)} rows say the same region"
                f"{'' if time is None else ' and year'} again: {', '.join(shown)}",
            ),
            remedy=Text(
                "每个地区（每年）只留一行；多年的数据请用 --time 指明年份列。",
                "Keep one row for each region (and year); with several years, name their column by "
                "--time.",
            ),
        )
    names = list(frame[region].drop_duplicates())
    if time is None:
        return xr.DataArray(frame[column].to_numpy(float), [("region", names)])
    wide = frame.pivot(index=region, columns=time, values=column).loc[names]
    years = [int(year) for year in wide.columns]
    return xr.DataArray(wide.to_numpy(float), [("region", names), ("year", years)])


def _controls(
    frame: pd.DataFrame, region: str, time: str | None, names: list[str]
) -> xr.DataArray | None:
    import xarray as xr

    if not names:
        return None
    arrays = [_array(frame, region, time, name) for name in names]
    joined: xr.DataArray = xr.concat(arrays, dim="control").assign_coords(control=names)
    return joined.transpose("region", "year", "control")


def _groups(frame: pd.DataFrame, region: str, column: str | None) -> dict[str, str] | None:
    """Return the group of every region; it must be the same in all rows."""
    from xinzhi.core import InputError, Text

    if column is None:
        return None
    pairs = frame[[region, column]].astype(str).drop_duplicates()
    moved = pairs[pairs.duplicated(region, keep=False)]
    if len(moved):
        names = list(moved[region].drop_duplicates())[:6]
        raise InputError(
            Text(
                f"列 {column}：这些地区的分组不止一个：{'、'.join(names)}",
                f"column {column}: these regions have more than one group: {', '.join(names)}",
            ),
            remedy=Text("每个地区各行的分组应相同。", "Give a region the same group in all rows."),
        )
    return dict(zip(pairs[region], pairs[column], strict=True))


def _neighbours(name: str | None, regions: list[str]) -> Contiguity | None:
    """Return the list that was named; that of China's regions where all of them are China's."""
    from xinzhi.data.contiguity import load_contiguity

    if name is not None:
        return load_contiguity(name)
    china = load_contiguity("china31")
    return china if len(regions) > 3 and china.knows(regions) else None
