"""Options that commands share, and what they stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from xinzhi.cli.language import say

# Everything else is imported where it is used: `xinzhi --help` must not wait for pandas.
if TYPE_CHECKING:
    from xinzhi.data import RegionSet
    from xinzhi.measure import Method, Uncertainty

Command = TypeVar("Command", bound=Callable[..., Any])

_DEFAULT_SYSTEM = "four_chains"
_EVERY = ("all", "全部")
BENEFIT_OF_DOUBT = "benefit-of-the-doubt"


def option_group(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Join options into one decorator, in the order in which help shows them."""

    def wrap(function: Command) -> Command:
        for option in reversed(options):
            function = option(function)
        return function

    return wrap


def _chosen(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """Return what was chosen, None for all: given on the command line it outranks a setting."""
    return None if value in _EVERY else value


def table_options(zh: str, en: str) -> Callable[[Command], Command]:
    """Return the options of a command on one table: FILE or --data FILE, and --sheet.

    zh, en : what the table holds
    """
    return option_group(
        click.argument("file", required=False, type=click.Path(path_type=Path)),
        click.option(
            "--data",
            "data_path",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help=say(zh, en),
        ),
        sheet_option,
    )


def column_names(
    _context: click.Context, _parameter: click.Parameter, text: str | None
) -> list[str]:
    """Return the columns of ``A,B``; a callback of options."""
    return [] if text is None else [name.strip() for name in split_names(text)]


common_options = option_group(
    click.option("--lang", type=click.Choice(["zh", "en"]), help=say("语言", "language")),
    click.option(
        "--json",
        "as_json",
        is_flag=True,
        help=say("标准输出为一个 JSON 对象", "print one JSON object"),
    ),
    click.option("--force", is_flag=True, help=say("覆盖已有文件", "overwrite existing files")),
    click.option("--quiet", is_flag=True, help=say("只报告错误", "report errors only")),
    click.option("--debug", is_flag=True, help=say("出错时显示调用栈", "show tracebacks")),
)
out_option = click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=say("写入文件：.csv、.xlsx、.json 或 .html", "write a file: .csv, .xlsx, .json or .html"),
)
sheet_option = click.option(
    "--sheet", metavar="NAME", help=say("工作簿中的工作表", "sheet of a workbook with several")
)
region_set_option = click.option(
    "--regions",
    "region_set",
    metavar="NAME|FILE",
    help=say("地区集：随附的名称或 TOML 文件", "region set: a shipped name or a TOML file"),
)
data_options = option_group(
    click.option(
        "--data",
        "data_path",
        type=click.Path(path_type=Path),
        metavar="FILE|FOLDER",
        help=say(
            "数据文件（CSV、TSV、XLSX）或工作区；缺省用当前工作区的，否则用随附数据",
            "panel of figures (CSV, TSV, XLSX) or a workspace; by default the workspace that the "
            "command runs in, else those shipped",
        ),
    ),
    region_set_option,
    click.option(
        "--year",
        metavar="2023|2010:2023",
        callback=_chosen,
        help=say(
            "输出的年份，或参与计算的年份区间；all 为全部",
            "the year to show, or the span of years to compute on; all for every year",
        ),
    ),
)
system_option = click.option(
    "--system",
    default=_DEFAULT_SYSTEM,
    show_default=True,
    metavar="NAME|FILE",
    help=say("指标体系：随附的名称或 TOML 文件", "indicator system: a shipped name or a TOML file"),
)
region_option = click.option(
    "--region",
    metavar="NAME",
    callback=_chosen,
    help=say("只输出这个地区；all 为全部", "print this region only; all for every region"),
)
seed_option = click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help=say("随机种子", "random seed"),
)
money_option = click.option(
    "--money",
    metavar="UNIT",
    default="CNY_10k",
    show_default=True,
    help=say("全部金额的单位", "unit of all money"),
)


def table_set_options(first: str, second: str) -> Callable[[Command], Command]:
    """Return where the tables of a model are, two of which are named as examples."""
    return option_group(
        click.argument("case", required=False, type=click.Path(path_type=Path)),
        click.option(
            "--data",
            "data_path",
            type=click.Path(path_type=Path),
            metavar="FOLDER|FILE",
            help=say(
                f"文件夹（{first}.csv、{second}.csv 等，每张表一个文件）或工作簿"
                "（每张表一个工作表）；缺省用合成数据示例",
                f"a folder ({first}.csv, {second}.csv …, a file for each table) or a workbook (a "
                "sheet for each); by default an example of synthetic data",
            ),
        ),
    )


method_options = option_group(
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
        help=say("pooled（各年合并）| yearly（逐年）", "pooled over years | yearly"),
    ),
    click.option(
        "--weights",
        default="equal",
        show_default=True,
        help=say(
            f"equal | given | entropy | critic | pca；index 另有 {BENEFIT_OF_DOUBT}",
            f"equal | given | entropy | critic | pca; for index also {BENEFIT_OF_DOUBT}",
        ),
    ),
    click.option(
        "--aggregation",
        default="arithmetic",
        show_default=True,
        help=say(
            "arithmetic | geometric | harmonic | topsis；各级不同时用 + 连接",
            "arithmetic | geometric | harmonic | topsis, joined by + where levels differ",
        ),
    ),
    click.option(
        "--floor",
        type=float,
        help=say(
            "最差值的标准化得分（几何、调和平均缺省 0.01）",
            "normalised value of the worst (0.01 for geometric and harmonic)",
        ),
    ),
    seed_option,
)


choice_options = option_group(
    method_options,
    click.option(
        "--uncertainty",
        type=click.IntRange(min=0),
        metavar="N",
        help=say(
            "蒙特卡洛抽样次数，0 为不抽样；缺省 10,000，数据很大时减少",
            "Monte Carlo draws, 0 for none; by default 10,000, fewer for a very large panel",
        ),
    ),
    click.option(
        "--impute",
        metavar="METHOD",
        help=say(
            "补缺：linear | nearest | growth | regression；只补指标体系用到的序列，逐格标明",
            "fill gaps: linear | nearest | growth | regression; only in series that the system "
            "uses, every filled cell marked",
        ),
    ),
)
measuring_options = option_group(
    click.argument("panel", required=False, type=click.Path(path_type=Path)),
    data_options,
    system_option,
    region_option,
    choice_options,
    click.option(
        "--ahp",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=say(
            "层次分析法权重：成对比较表（.xlsx、.csv），空表由 data template --ahp 生成",
            "weights by the analytic hierarchy process from pairwise comparisons (.xlsx, .csv); "
            "data template --ahp writes the form",
        ),
    ),
    click.option(
        "--compare",
        type=click.Path(path_type=Path),
        metavar="EARLIER.json",
        help=say(
            "与上一次的结果比较：参数、输入、得分和位次的变化",
            "compare with an earlier result: what changed in parameters, inputs, scores and ranks",
        ),
    ),
)


def region_set_of(options: Mapping[str, Any]) -> RegionSet | None:
    """Load the region set of ``--regions``, None where it is left out."""
    from xinzhi.data import load_region_set

    name = options["region_set"]
    return None if name is None else load_region_set(name)


def years_of(text: str | None) -> list[int] | None:
    """Return the years of ``2023`` or ``2010:2023``, None where none are given."""
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


def span_of(text: str | None) -> list[int] | None:
    """Return the years to compute on: a single year is only shown, so that its scores are the same
    as among all years."""
    return None if text is None or ":" not in text else years_of(text)


def split_names(names: str) -> list[str]:
    """Split names at commas, Chinese ones included."""
    return [name for name in names.replace("，", ",").replace("、", ",").split(",") if name.strip()]


def method_of(options: Mapping[str, Any]) -> Method:
    """Return the methodological choices of the options."""
    from xinzhi.core import InputError, Text
    from xinzhi.measure import Method

    if options["weights"] == BENEFIT_OF_DOUBT:
        raise InputError(
            Text(
                f"{BENEFIT_OF_DOUBT} 只用于 index：各地区权重不同，各链没有水平",
                f"{BENEFIT_OF_DOUBT} is for index only: every region has weights of its own, and "
                "the chains have no levels",
            ),
            remedy=Text(
                "可选：equal、given、entropy、critic、pca",
                "Choose from: equal, given, entropy, critic, pca",
            ),
        )
    return Method(
        treatment=options["treatment"],
        normalisation=options["normalisation"],
        scope=options["scope"],
        weighting=options["weights"],
        aggregation=options["aggregation"],
        floor=options["floor"],
    )


def uncertainty_of(cells: int, options: Mapping[str, Any]) -> Uncertainty | None:
    """Return the Monte Carlo of the options, sized to a panel of so many values by default."""
    from xinzhi.measure import Uncertainty, affordable_draws

    asked = options["uncertainty"]
    draws = affordable_draws(cells) if asked is None else asked
    return Uncertainty(draws=draws) if draws else None
