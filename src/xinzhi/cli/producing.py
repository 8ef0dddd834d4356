"""The command on productivity: frontiers, indices over time, growth accounting, firms."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xinzhi.cli.inputs import one_input
from xinzhi.cli.language import say
from xinzhi.cli.options import common_options, out_option
from xinzhi.cli.output import deliver
from xinzhi.cli.producing_options import (
    FIRM_METHODS,
    frontier_options,
    growth_options,
    role_options,
)

if TYPE_CHECKING:
    from xinzhi.core import InputRecord, Text
    from xinzhi.measure.productivity import ProductivityResult

_DATABASES = (".duckdb", ".db")
_LARGE = 50_000_000  # bytes of a CSV from which on DuckDB reads it
_COLUMNS = ("human_capital", "deflator", "nominal_output", "proxy")  # options that name a column
_OPTIONS = (
    *("returns", "orientation", "direction", "reference", "stages", "decomposition"),
    *("distribution", "frontier", "trend", "labour", "capital_share", "human_capital"),
    *("depreciation", "deflator", "sector", "nominal_output", "proxy", "replications", "seed"),
)


@click.command(
    help=say(
        "生产率：数据包络、Malmquist 等指数、增长核算、随机前沿、企业生产率",
        "productivity: data envelopment, Malmquist and other indices, growth accounting, "
        "stochastic frontier, firms",
    )
)
@role_options
@frontier_options
@growth_options
@out_option
@common_options
def productivity(file: Path | None, **options: Any) -> None:
    """Measure productivity by the method named."""
    result = _measured(_input(file, options), options)
    if options["tfp_file"] is not None:
        result = _tfp_written(result, options)
    deliver("productivity", result, options)


def _input(file: Path | None, options: Mapping[str, Any]) -> Path:
    path = one_input(file, options["data_path"])
    if path is not None:
        return path
    from xinzhi.core import InputError, Text

    raise InputError(
        Text("没有给出数据文件", "no file of data is given"),
        remedy=Text(
            "例如 xinzhi productivity 数据.xlsx --unit 地区 --inputs 经费,人员 --outputs 专利。",
            "For example: xinzhi productivity data.xlsx --unit region --inputs money,people "
            "--outputs patents.",
        ),
    )


def _measured(path: Path, options: Mapping[str, Any]) -> ProductivityResult:
    from xinzhi.measure.productivity import productivity as compute

    given = {name: options[name] for name in _OPTIONS if options[name] is not None}
    method = options["method"]
    if method in FIRM_METHODS and _is_for_duckdb(path):
        return _of_firms(path, method, given, options)
    frame, records, notes = _table(path, given, options)
    result = compute(
        frame,
        method,
        unit=options["unit"],
        time=options["time"],
        inputs=options["inputs"],
        outputs=options["outputs"],
        undesirable=options["undesirable"],
        records=records,
        **given,
    )
    return _noted(result, notes)


def _table(
    path: Path, given: Mapping[str, Any], options: Mapping[str, Any]
) -> tuple[Any, tuple[InputRecord, ...], tuple[Text, ...]]:
    """Read the columns that the options name."""
    from xinzhi.data.unit_tables import read_unit_table

    if path.suffix.lower() in (*_DATABASES, ".parquet") or options["table"] is not None:
        from xinzhi.core import InputError, Text

        raise InputError(
            Text(
                f"{path}：只有企业方法读取 Parquet 和数据库",
                f"{path}: Parquet and databases are read by the methods for firms only",
            ),
            remedy=Text(
                "请另存为 .csv 或 .xlsx，并去掉 --table。",
                "Save it as .csv or .xlsx, and leave --table out.",
            ),
        )
    labels = [name for name in (options["unit"], options["time"], options["sector"]) if name]
    share = given.get("capital_share")
    numbers = [
        *options["inputs"],
        *options["outputs"],
        *options["undesirable"],
        *(given[name] for name in _COLUMNS if name in given),
        *([share] if isinstance(share, str) else []),
        *(name for stage in given.get("stages", {}).values() for side in stage for name in side),
    ]
    table = read_unit_table(path, labels, numbers, options["sheet"])
    return table.frame, (table.record,), table.warnings


def _is_for_duckdb(path: Path) -> bool:
    """Tell whether DuckDB reads the firms of a file: it is a database, or too large a table."""
    from xinzhi.data import is_workspace

    ending = path.suffix.lower()
    if ending in (*_DATABASES, ".parquet") or is_workspace(path):
        return True
    return ending == ".csv" and path.is_file() and path.stat().st_size > _LARGE


def _of_firms(
    path: Path, method: str, given: dict[str, Any], options: Mapping[str, Any]
) -> ProductivityResult:
    from xinzhi.data import is_workspace
    from xinzhi.data.firm_data import firm_file_record, read_firm_panel
    from xinzhi.data.workspace import DATA_FILE
    from xinzhi.measure.productivity import productivity as compute
    from xinzhi.measure.productivity.methods import firm_roles

    roles = firm_roles(
        method,
        options["unit"],
        options["time"],
        options["inputs"],
        options["outputs"],
        given.pop("labour", None),
        given.pop("proxy", None),
    )
    file = path / DATA_FILE if is_workspace(path) else path
    panel = read_firm_panel(file, *roles, table=options["table"])
    return compute(panel, method, records=(firm_file_record(file, panel.rows),), **given)


def _noted(result: ProductivityResult, notes: tuple[Text, ...]) -> ProductivityResult:
    from dataclasses import replace

    return replace(result, warnings=(*notes, *result.warnings))


def _tfp_written(result: ProductivityResult, options: Mapping[str, Any]) -> ProductivityResult:
    """Write the table ``tfp`` to its file, and return the result without it."""
    from dataclasses import replace

    from xinzhi.core import InputError, Text, replacing
    from xinzhi.report import export

    if "tfp" not in result.tables:
        raise InputError(
            Text(
                f"--tfp 只用于企业方法：{'、'.join(FIRM_METHODS)}",
                f"--tfp is for the methods for firms: {', '.join(FIRM_METHODS)}",
            )
        )
    with replacing(options["tfp_file"], options["force"]) as temporary:
        export.write_csv(replace(result, tables={"tfp": result.tables["tfp"]}), temporary)
    rest = {name: table for name, table in result.tables.items() if name != "tfp"}
    return replace(result, tables=rest)
