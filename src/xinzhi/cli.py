"""The commands: each parses its options, calls the function of the same name, and renders."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

import xinzhi

# Everything else is imported where it is used: `xinzhi --help` must not wait for pandas.
if TYPE_CHECKING:
    import pandas as pd

    from xinzhi.core import Language, Result
    from xinzhi.data import Panel, RegionSet
    from xinzhi.measure import CouplingResult, IndexResult, Method, Uncertainty

Command = TypeVar("Command", bound=Callable[..., Any])

_DEFAULT_SYSTEM = "four_chains"
_MOST_ROWS = 60
_FORMATS = (".csv", ".xlsx", ".json", ".html")


def _asked_language(arguments: list[str]) -> Language:
    """Return the language of ``--lang``, else of the environment: help is worded before parsing."""
    for place, word in enumerate(arguments):
        value = word.partition("=")[2] if word.startswith("--lang=") else ""
        if word == "--lang" and place + 1 < len(arguments):
            value = arguments[place + 1]
        if value in ("zh", "en"):
            return "zh" if value == "zh" else "en"
    local = next(
        (os.environ[k] for k in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(k)), ""
    )
    return "zh" if local.lower().startswith("zh") else "en"


LANGUAGE: Language = _asked_language(sys.argv[1:])


def _say(zh: str, en: str) -> str:
    return zh if LANGUAGE == "zh" else en


def _options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def wrap(function: Command) -> Command:
        for option in reversed(options):
            function = option(function)
        return function

    return wrap


_common = _options(
    click.option("--lang", type=click.Choice(["zh", "en"]), help=_say("语言", "language")),
    click.option(
        "--json",
        "as_json",
        is_flag=True,
        help=_say("标准输出为一个 JSON 对象", "print one JSON object"),
    ),
    click.option("--force", is_flag=True, help=_say("覆盖已有文件", "overwrite existing files")),
    click.option("--quiet", is_flag=True, help=_say("只报告错误", "report errors only")),
    click.option("--debug", is_flag=True, help=_say("出错时显示调用栈", "show tracebacks")),
)
_out = click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=_say("写入文件：.csv、.xlsx、.json 或 .html", "write a file: .csv, .xlsx, .json or .html"),
)
_data = _options(
    click.option(
        "--data",
        "data_path",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=_say(
            "数据文件（CSV、TSV、XLSX）；缺省用随附数据",
            "panel of figures (CSV, TSV, XLSX); by default those shipped",
        ),
    ),
    click.option(
        "--regions",
        "region_set",
        metavar="NAME|FILE",
        help=_say("地区集：随附的名称或 TOML 文件", "region set: a shipped name or a TOML file"),
    ),
    click.option(
        "--year",
        metavar="2023|2010:2023",
        help=_say(
            "输出的年份，或参与计算的年份区间",
            "the year to show, or the span of years to compute on",
        ),
    ),
)
_system = click.option(
    "--system",
    default=_DEFAULT_SYSTEM,
    show_default=True,
    metavar="NAME|FILE",
    help=_say(
        "指标体系：随附的名称或 TOML 文件", "indicator system: a shipped name or a TOML file"
    ),
)
_region = click.option(
    "--region", metavar="NAME", help=_say("只输出这个地区", "print this region only")
)
_method = _options(
    click.option(
        "--treatment", default="system", show_default=True, help="system | none | log | winsorise"
    ),
    click.option(
        "--normalisation",
        default="min-max",
        show_default=True,
        help="min-max | z-score | rank | goalposts",
    ),
    click.option(
        "--scope",
        default="pooled",
        show_default=True,
        help=_say("pooled（各年合并）| yearly（逐年）", "pooled over years | yearly"),
    ),
    click.option(
        "--weights",
        default="equal",
        show_default=True,
        help="equal | given | entropy | critic | pca",
    ),
    click.option(
        "--aggregation",
        default="arithmetic",
        show_default=True,
        help=_say(
            "arithmetic | geometric | harmonic | topsis；各级不同时用 + 连接",
            "arithmetic | geometric | harmonic | topsis, joined by + where levels differ",
        ),
    ),
    click.option(
        "--floor",
        type=float,
        help=_say(
            "最差值的标准化得分（几何、调和平均缺省 0.01）",
            "normalised value of the worst (0.01 for geometric and harmonic)",
        ),
    ),
    click.option(
        "--seed",
        type=click.IntRange(min=0),
        default=0,
        show_default=True,
        help=_say("随机种子", "random seed"),
    ),
)


_uncertainty = click.option(
    "--uncertainty",
    type=click.IntRange(min=0),
    metavar="N",
    help=_say(
        "蒙特卡洛抽样次数，0 为不抽样；缺省 10,000，数据很大时减少",
        "Monte Carlo draws, 0 for none; by default 10,000, fewer for a very large panel",
    ),
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(xinzhi.__version__, prog_name="xinzhi")
def cli() -> None:
    """Start here."""


cli.help = _say(
    "新质：由官方统计数据得出区域产业战略，每个数字都可追溯。\n\n试试：xinzhi assess 上海",
    "Xinzhi: regional industrial strategy from official statistics, every number traceable.\n\n"
    "Try: xinzhi assess Shanghai",
)


@cli.command(
    help=_say(
        "综合指数：水平、排名、贡献与区间",
        "composite index: levels, ranks, contributions, intervals",
    )
)
@click.argument("panel", required=False, type=click.Path(path_type=Path))
@_data
@_system
@_region
@_method
@_uncertainty
@_out
@_common
def index(panel: Path | None, **options: Any) -> None:
    """Compute a composite index."""
    result = _index_of(panel, options)
    _deliver("index", result, options)


@cli.command(
    help=_say(
        "耦合协调：各链是否协同，谁滞后，受何制约\n\n"
        "输入为数据（配 --system），或各子系统水平（每列一个，取值 0 到 1，不配 --system）",
        "coupling coordination: do the chains move together, which one lags\n\n"
        "The input is a panel (with --system), or levels, a column each in [0, 1] (without).",
    )
)
@click.argument("panel", required=False, type=click.Path(path_type=Path))
@_data
@_system
@_region
@_method
@_uncertainty
@_out
@_common
@click.pass_context
def coupling(context: click.Context, /, panel: Path | None, **options: Any) -> None:
    """Compute coupling coordination of a panel, or of levels given as they are."""
    from xinzhi.measure import coupling as compute

    asked = context.get_parameter_source("system") is click.core.ParameterSource.COMMANDLINE
    path = _one_input(panel, options["data_path"])
    result: CouplingResult
    if path is not None and not asked:
        from xinzhi.data import read_levels

        levels = read_levels(path, _region_set(options))
        years = _span(options["year"])
        if years is not None:
            levels = levels.sel(year=[year for year in levels["year"].values if year in years])
        result = compute(levels, inputs=levels.attrs["inputs"])
    else:
        result = compute(_index_of(panel, options))
    _deliver("coupling", result, options)


@cli.command(
    help=_say(
        "一个地区的战略报告：report.html、results.json、tables.xlsx",
        "the strategy report of a region: report.html, results.json, tables.xlsx",
    )
)
@click.argument("region")
@_data
@_system
@click.option(
    "--peers", metavar="A,B,C", help=_say("只与这些地区比较", "compare with these regions only")
)
@_method
@_uncertainty
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default="out",
    show_default=True,
    metavar="FOLDER",
    help=_say("输出文件夹", "folder to write to"),
)
@_common
def assess(region: str, **options: Any) -> None:
    """Write the report of one region."""
    from xinzhi import report
    from xinzhi.core import dumps
    from xinzhi.data import load_system

    panel, system = _panel(None, options), load_system(options["system"])
    years = _years(options["year"])
    peers = options["peers"]
    cells = len(panel.region_names) * len(panel.years) * len(system.indicators)
    result = report.assess(
        panel,
        system,
        panel.regions.get(region).name,
        years=years,
        peers=None if peers is None else [panel.regions.get(p).name for p in _split(peers)],
        method=_method_of(options),
        uncertainty=_uncertainty_of(cells, options),
        seed=options["seed"],
        progress=not options["quiet"],
    )
    paths = report.write_report(result, options["out"], force=options["force"])
    if options["as_json"]:
        click.echo(dumps(report.document(result)))
    elif not options["quiet"]:
        click.echo(report.summary(result, _language(options)))
        for path in paths:
            click.echo(path)
    _warn(result, options)
    if result.failed:
        sys.exit(1)


@cli.group(help=_say("数据：列出、查看、导出", "figures: list, show, export"))
def data() -> None:
    """Look at the figures."""


@data.command("list", help=_say("列出指标、年份与来源", "list indicators, years and sources"))
@_data
@_out
@_common
def data_list(**options: Any) -> None:
    """List the indicators of a panel."""
    from xinzhi.core import Result

    panel = _panel(None, options)
    table = _indicator_table(panel)
    result = Result(tables={"indicators": table}, inputs=panel.inputs, warnings=panel.warnings)
    _deliver("data list", result, options, all_rows=True)


@data.command(
    "show",
    help=_say(
        "查看一个指标的数值、单位、来源与状态",
        "show the values of an indicator with unit, source and status",
    ),
)
@click.argument("indicator")
@_data
@_region
@_out
@_common
def data_show(indicator: str, **options: Any) -> None:
    """Show one indicator."""
    from xinzhi.core import Result

    panel, region = _panel(None, options), options["region"]
    chosen = panel.select(
        [indicator], None if region is None else [region], _years(options["year"])
    )
    table = chosen.to_frame()
    result = Result(tables={"figures": table}, inputs=panel.inputs, warnings=panel.warnings)
    _deliver("data show", result, {**options, "region": None}, all_rows=True)


@data.command(
    "export",
    help=_say(
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
    help=_say("指标，可多次给出", "an indicator; may be given more than once"),
)
@_data
@_region
@_common
def data_export(file: Path, indicators: tuple[str, ...], **options: Any) -> None:
    """Write figures to a file."""
    from xinzhi.core import Result
    from xinzhi.data import write_panel

    region = options["region"]
    chosen = _panel(None, options).select(
        indicators or None,
        None if region is None else [region],
        _years(options["year"]),
        preferred_only=True,
    )
    write_panel(chosen, file, force=options["force"])
    if options["as_json"]:
        table = chosen.sources(indicators or None)
        written = Result(tables={"exported": table}, inputs=chosen.inputs)
        click.echo(_json("data export", written, options))
    elif not options["quiet"]:
        click.echo(file)


def _index_of(positional: Path | None, options: Mapping[str, Any]) -> IndexResult:
    from dataclasses import replace

    from xinzhi.data import load_system
    from xinzhi.measure import index as compute

    panel, system = _panel(positional, options), load_system(options["system"])
    values = system.evaluate(panel, _span(options["year"]))
    result = compute(
        values,
        system,
        _method_of(options),
        _uncertainty_of(values["value"].size, options),
        options["seed"],
        inputs=panel.inputs,
        progress=not options["quiet"],
    )
    return replace(result, warnings=(*panel.warnings, *result.warnings))


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


def _panel(positional: Path | None, options: Mapping[str, Any]) -> Panel:
    from xinzhi.data import embedded_panel, read_panel

    path = _one_input(positional, options["data_path"])
    if path is None:
        return embedded_panel()
    return read_panel(path, _region_set(options))


def _one_input(positional: Path | None, named: Path | None) -> Path | None:
    if positional is not None and named is not None:
        from xinzhi.core import InputError, Text

        raise InputError(
            Text(
                f"给了两个输入：{positional} 和 --data {named}",
                f"two inputs given: {positional} and --data {named}",
            ),
            remedy=Text("只给一个。", "Give one of them."),
        )
    return positional or named


def _region_set(options: Mapping[str, Any]) -> RegionSet | None:
    from xinzhi.data import load_region_set

    name = options["region_set"]
    return None if name is None else load_region_set(name)


def _years(text: str | None) -> list[int] | None:
    from xinzhi.core import InputError, Text

    if text is None:
        return None
    first, colon, last = text.partition(":")
    try:
        start, end = int(first), int(last if colon else first)
    except ValueError:
        start, end = 1, 0
    if end < start or not 1000 <= start <= 9999 or not 1000 <= end <= 9999:
        raise InputError(
            Text(f"--year {text}：不是年份", f"--year {text}: not a year"),
            remedy=Text("写作 2023 或 2010:2023。", "Write 2023 or 2010:2023."),
        )
    return list(range(start, end + 1))


def _span(text: str | None) -> list[int] | None:
    """Return the years to compute on: a single year is only shown, so that its scores are the same
    as among all years."""
    return None if text is None or ":" not in text else _years(text)


def _split(names: str) -> list[str]:
    return [name for name in names.replace("，", ",").replace("、", ",").split(",") if name.strip()]


def _method_of(options: Mapping[str, Any]) -> Method:
    from xinzhi.measure import Method

    return Method(
        treatment=options["treatment"],
        normalisation=options["normalisation"],
        scope=options["scope"],
        weighting=options["weights"],
        aggregation=options["aggregation"],
        floor=options["floor"],
    )


def _uncertainty_of(cells: int, options: Mapping[str, Any]) -> Uncertainty | None:
    from xinzhi.measure import Uncertainty, affordable_draws

    asked = options["uncertainty"]
    draws = affordable_draws(cells) if asked is None else asked
    return Uncertainty(draws=draws) if draws else None


def _language(options: Mapping[str, Any]) -> Language:
    return options.get("lang") or LANGUAGE


def _deliver(
    command: str, result: Result, options: Mapping[str, Any], all_rows: bool = False
) -> None:
    """Write to ``--out``, print JSON, or print the main table; warnings go to standard error."""
    result = _only_region(result, options.get("region"))
    if not all_rows:
        result = _only_year(result, options.get("year"))
    out: Path | None = options.get("out")
    if out is not None:
        _write(command, result, out, options)
        if not options["quiet"]:
            click.echo(out, err=options["as_json"])
    if options["as_json"]:
        click.echo(_json(command, result, options))
    elif out is None:
        _print_table(result, options, all_rows)
    _warn(result, options)


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
    years = _years(text)
    if years is None or _span(text) is not None:
        return result
    from dataclasses import replace

    from xinzhi.core import InputError, Text

    found = sorted(set(result.to_frame()["year"]))
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
            temporary.write_text(_json(command, result, options) + "\n", encoding="utf-8")
        elif ending == ".csv":
            export.write_csv(result, temporary)
        elif ending == ".xlsx":
            export.write_workbook(result, temporary)
        else:
            export.write_page(result, temporary, _language(options), command)


def _json(command: str, result: Result, options: Mapping[str, Any]) -> str:
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
    if "node" in table and "rank" in table:
        table = table.sort_values(["node", "year", "rank"])
    elif "rank" in table:
        table = table.sort_values(["year", "rank"])
    table = table.dropna(axis="columns", how="all")
    other = "title_en" if _language(options) == "zh" else "title_zh"
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
            _say(
                f"……另有 {rest} 行；用 --out 写入文件。",
                f"… {rest} more rows; write them with --out.",
            )
        )


def _warn(result: Result, options: Mapping[str, Any]) -> None:
    if not options["quiet"]:
        for warning in result.warnings:
            click.echo(_say("注意：", "note: ") + warning.get(_language(options)), err=True)


def _fail(message: str, status: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(status)


def main() -> None:
    """Run a command; errors become a short message and an exit status."""
    debug = "--debug" in sys.argv
    try:
        cli.main(standalone_mode=False, prog_name="xinzhi")
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        _fail(f"{_say('用法错误：', 'usage: ')}{error.format_message()}", 2)
    except (click.Abort, KeyboardInterrupt):
        _fail(_say("已中断。", "interrupted."), 130)
    except BrokenPipeError:
        os._exit(0)  # the reader has what it wanted; nothing more can be printed
    except Exception as error:
        from xinzhi.core import XinzhiError

        if debug:
            raise
        if isinstance(error, XinzhiError):
            _fail(error.text(LANGUAGE), error.exit_status)
        _fail(
            _say(
                f"内部错误：{type(error).__name__}：{error}\n加 --debug 查看细节，并请报告。",
                f"internal error: {type(error).__name__}: {error}\n"
                "Add --debug to see where, and please report it.",
            ),
            1,
        )


if __name__ == "__main__":
    main()
