"""The commands on figures: data list, show, export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xinzhi.cli.inputs import panel_of
from xinzhi.cli.language import say
from xinzhi.cli.options import (
    common_options,
    data_options,
    out_option,
    region_option,
    years_of,
)
from xinzhi.cli.output import deliver, json_of

if TYPE_CHECKING:
    import pandas as pd

    from xinzhi.data import Panel


@click.group(help=say("数据：查看、检查、导入、导出", "figures: look, check, import, export"))
def data() -> None:
    """Look at the figures."""


@data.command("list", help=say("列出指标、年份与来源", "list indicators, years and sources"))
@data_options
@out_option
@common_options
def data_list(**options: Any) -> None:
    """List the indicators of a panel."""
    from xinzhi.core import Result

    panel = panel_of(None, options)
    table = _indicator_table(panel)
    result = Result(tables={"indicators": table}, inputs=panel.inputs, warnings=panel.warnings)
    deliver("data list", result, options, all_rows=True)


@data.command(
    "show",
    help=say(
        "查看一个指标的数值、单位、来源与状态",
        "show the values of an indicator with unit, source and status",
    ),
)
@click.argument("indicator")
@data_options
@region_option
@out_option
@common_options
def data_show(indicator: str, **options: Any) -> None:
    """Show one indicator."""
    from xinzhi.core import Result

    panel, region = panel_of(None, options), options["region"]
    chosen = panel.select(
        [indicator], None if region is None else [region], years_of(options["year"])
    )
    table = chosen.to_frame()
    result = Result(tables={"figures": table}, inputs=panel.inputs, warnings=panel.warnings)
    deliver("data show", result, {**options, "region": None}, all_rows=True)


@data.command(
    "export",
    help=say(
        "导出长表（.csv、.tsv、.xlsx），每个序列一个版本，各命令都能读回",
        "export in long form (.csv, .tsv, .xlsx), one vintage a series, for any command to read",
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--indicator",
    "indicators",
    multiple=True,
    metavar="NAME",
    help=say("指标，可多次给出", "an indicator; may be given more than once"),
)
@data_options
@region_option
@common_options
def data_export(file: Path, indicators: tuple[str, ...], **options: Any) -> None:
    """Write figures to a file."""
    from xinzhi.core import Result
    from xinzhi.data import write_panel

    region = options["region"]
    chosen = panel_of(None, options).select(
        indicators or None,
        None if region is None else [region],
        years_of(options["year"]),
        preferred_only=True,
    )
    write_panel(chosen, file, force=options["force"])
    if options["as_json"]:
        table = chosen.sources(indicators or None)
        written = Result(tables={"exported": table}, inputs=chosen.inputs)
        click.echo(json_of("data export", written, options))
    elif not options["quiet"]:
        click.echo(file)


def _indicator_table(panel: Panel) -> pd.DataFrame:
    import pandas as pd

    from xinzhi.data import indicators as known

    sources = panel.sources()
    keys = ["indicator", "vintage"]
    table = sources.groupby(keys, sort=False, as_index=False).agg(
        first_year=("first_year", "min"),
        last_year=("last_year", "max"),
        figures=("cells", "sum"),
        doubtful=("doubtful", "sum"),
        source=("source", " | ".join),
    )
    titles, names = known(), table["indicator"]
    units = panel.frame.groupby(keys, observed=True)["unit"].first()
    table.insert(1, "title_zh", [titles[i].title.zh if i in titles else i for i in names])
    table.insert(2, "title_en", [titles[i].title.en if i in titles else i for i in names])
    table.insert(3, "unit", units.loc[pd.MultiIndex.from_frame(table[keys])].astype(str).tolist())
    chosen = panel.preferred
    preferred = [chosen.get(i, v) == v for i, v in zip(names, table["vintage"], strict=True)]
    table.insert(5, "preferred", preferred)
    return table
