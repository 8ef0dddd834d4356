"""What commands print and write: a table or JSON on standard output, all else on standard error."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import xinzhi
from xinzhi.cli.language import LANGUAGE, say
from xinzhi.cli.options import span_of, years_of

if TYPE_CHECKING:
    from xinzhi.core import Language, Result

_MOST_ROWS = 60
_FORMATS = (".csv", ".xlsx", ".json", ".html")


def language_of(options: Mapping[str, Any]) -> Language:
    """Return the language of the output."""
    return options.get("lang") or LANGUAGE


def deliver(
    command: str, result: Result, options: Mapping[str, Any], all_rows: bool = False
) -> None:
    """Write to ``--out``, print JSON, or print the main table; warnings go to standard error."""
    result = only_shown(result, options, all_years=all_rows)
    out: Path | None = options.get("out")
    if out is not None:
        _write(command, result, out, options)
        if not options["quiet"]:
            click.echo(out, err=options["as_json"])
    if options["as_json"]:
        click.echo(json_of(command, result, options))
    elif out is None:
        _print_table(result, options, all_rows)
    warn(result, options)


def name_other_tables(result: Result, options: Mapping[str, Any]) -> None:
    """Say which tables there are beside the one that was printed."""
    others = [name for name, table in result.tables.items() if len(table)][1:]
    if not others or options["out"] is not None or options["as_json"] or options["quiet"]:
        return
    click.echo(
        say(
            f"另有表 {'、'.join(others)}；用 --out 写入文件（如 .xlsx），或用 --json 查看。",
            f"There are also the tables {', '.join(others)}: write them with --out, such as to "
            ".xlsx, or see them with --json.",
        ),
        err=True,
    )


def only_shown(result: Result, options: Mapping[str, Any], all_years: bool = False) -> Result:
    """Keep the rows of the region, and of the single year, that were asked for.

    Raises : InputError for a region or a year that the result does not have
    """
    result = _only_region(result, options.get("region"))
    return result if all_years else _only_year(result, options.get("year"))


def _only_region(result: Result, region: str | None) -> Result:
    """Keep the rows of one region in every table that has regions."""
    if region is None:
        return result
    from dataclasses import replace

    from xinzhi.core import InputError, Text
    from xinzhi.data import RegionSet, load_region_set

    tables = result.tables
    named = next(table for table in tables.values() if "region" in table)
    names = [str(name) for name in named["region"].drop_duplicates()]
    known = load_region_set("china31").find(region)
    name = known.name if known is not None and known.name in names else region
    if name not in names:
        near = RegionSet.from_names(names).suggest(region)
        hint = (f"，是否指 {near.name}？", f", did you mean {near.name}?") if near else ("", "")
        raise InputError(
            Text(f"结果中没有地区 {region}{hint[0]}", f"no region {region} in the result{hint[1]}")
        )
    return replace(
        result,
        tables={
            key: table[table["region"] == name] if "region" in table else table
            for key, table in tables.items()
        },
    )


def _only_year(result: Result, text: str | None) -> Result:
    """Keep the rows of a single year that was asked for in every table that has years."""
    years = years_of(text)
    if years is None or span_of(text) is not None:
        return result
    from dataclasses import replace

    from xinzhi.core import InputError, Text

    dated = [table["year"] for table in result.tables.values() if "year" in table]
    found = sorted({int(year) for column in dated for year in column})
    if years[0] not in found:
        listed = f"{found[0]}–{found[-1]}"
        raise InputError(
            Text(
                f"结果中没有 {years[0]} 年，只有 {listed}",
                f"no results for {years[0]}, only {listed}",
            )
        )
    return replace(
        result,
        tables={
            key: table[table["year"] == years[0]] if "year" in table else table
            for key, table in result.tables.items()
        },
    )


def _write(command: str, result: Result, out: Path, options: Mapping[str, Any]) -> None:
    from xinzhi.core import InputError, Text, replacing

    ending = out.suffix.lower()
    if ending not in _FORMATS:
        raise InputError(
            Text(f"{out}：不能写这种文件", f"{out}: cannot write this kind of file"),
            remedy=Text(
                f"用 {'、'.join(_FORMATS)} 之一结尾。", f"End it in one of {', '.join(_FORMATS)}."
            ),
        )
    from xinzhi.report import export

    with replacing(out, options["force"]) as temporary:
        if ending == ".json":
            temporary.write_text(json_of(command, result, options) + "\n", encoding="utf-8")
        elif ending == ".csv":
            export.write_csv(result, temporary)
        elif ending == ".xlsx":
            export.write_workbook(result, temporary)
        else:
            export.write_page(result, temporary, language_of(options), command)


def json_of(command: str, result: Result, options: Mapping[str, Any]) -> str:
    """Return the one object that ``--json`` prints."""
    from xinzhi.core import dumps

    shown = {
        name: str(value) if isinstance(value, Path) else value
        for name, value in options.items()
        if name not in ("as_json", "force", "quiet", "debug", "lang", "out")
    }
    return dumps(
        {
            "command": command,
            "version": xinzhi.__version__,
            "parameters": {**shown, **result.parameters},
            "inputs": list(result.inputs),
            "result": result.to_dict(),
            "warnings": list(result.warnings),
        }
    )


def _print_table(result: Result, options: Mapping[str, Any], all_rows: bool) -> None:
    import pandas as pd

    table = result.to_frame()
    if (
        not all_rows
        and "year" in table
        and options.get("year") is None
        and options.get("region") is None
    ):
        table = table[table["year"] == table["year"].max()]
    rank = next((name for name in ("rank", "rank_second") if name in table), None)
    if rank is not None:
        keys = ("node", "year", rank)
        table = table.sort_values([key for key in keys if key in table], kind="stable")
    table = table.dropna(axis="columns", how="all")
    other = "title_en" if language_of(options) == "zh" else "title_zh"
    hidden = ("source", other) if "title_zh" in table else (other,)
    columns = [c for c in table if c not in (*hidden, "source")]
    table = table[[*columns, *(c for c in ("source",) if c in table and c not in hidden)]]
    rest = 0 if all_rows else max(0, len(table) - _MOST_ROWS)
    with pd.option_context(
        "display.unicode.east_asian_width", True, "display.width", None, "display.max_columns", None
    ):
        shown = table if not rest else table.head(_MOST_ROWS)
        click.echo(shown.to_string(index=False, na_rep="—", float_format=lambda x: f"{x:.6g}"))
    if rest:
        click.echo(
            say(
                f"……另有 {rest} 行；用 --out 写入文件。",
                f"… {rest} more rows; write them with --out.",
            )
        )


def warn(result: Result, options: Mapping[str, Any]) -> None:
    """Print the warnings of a result to standard error."""
    if not options["quiet"]:
        for warning in result.warnings:
            click.echo(say("注意：", "note: ") + warning.get(language_of(options)), err=True)
