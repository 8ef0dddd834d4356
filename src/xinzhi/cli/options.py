"""Options that commands share, and what they stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from xinzhi.cli.language import say

# Everything else is imported where it is used: `xinzhi --help` must not wait for pandas.
if TYPE_CHECKING:
    from xinzhi.data import IndicatorSystem, Panel, RegionSet
    from xinzhi.measure import Method, Uncertainty

Command = TypeVar("Command", bound=Callable[..., Any])

_DEFAULT_SYSTEM = "four_chains"


def option_group(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Join options into one decorator, in the order in which help shows them."""

    def wrap(function: Command) -> Command:
        for option in reversed(options):
            function = option(function)
        return function

    return wrap


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
            "数据文件（CSV、TSV、XLSX）或工作区；缺省用随附数据",
            "panel of figures (CSV, TSV, XLSX) or a workspace; by default those shipped",
        ),
    ),
    region_set_option,
    click.option(
        "--year",
        metavar="2023|2010:2023",
        help=say(
            "输出的年份，或参与计算的年份区间",
            "the year to show, or the span of years to compute on",
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
    "--region", metavar="NAME", help=say("只输出这个地区", "print this region only")
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
        help="equal | given | entropy | critic | pca",
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
    click.option(
        "--seed",
        type=click.IntRange(min=0),
        default=0,
        show_default=True,
        help=say("随机种子", "random seed"),
    ),
)


uncertainty_option = click.option(
    "--uncertainty",
    type=click.IntRange(min=0),
    metavar="N",
    help=say(
        "蒙特卡洛抽样次数，0 为不抽样；缺省 10,000，数据很大时减少",
        "Monte Carlo draws, 0 for none; by default 10,000, fewer for a very large panel",
    ),
)


impute_option = click.option(
    "--impute",
    metavar="METHOD",
    help=say(
        "补缺：linear | nearest | growth | regression；只补指标体系用到的序列，逐格标明",
        "fill gaps: linear | nearest | growth | regression; only in series that the system uses, "
        "every filled cell marked",
    ),
)


def panel_of(positional: Path | None, options: Mapping[str, Any]) -> Panel:
    """Read the panel that was named, or take the embedded figures."""
    from xinzhi.data import embedded_panel

    path = one_input(positional, options["data_path"])
    return embedded_panel() if path is None else read(path, region_set_of(options))


def panel_for(
    system: IndicatorSystem, positional: Path | None, options: Mapping[str, Any]
) -> Panel:
    """Read the panel that was named, or take the embedded figures and the pack a system needs.

    Gaps are filled only where ``--impute`` asks for it.
    """
    from xinzhi.data import impute, join_panels, science_technology_panel

    panel = panel_of(positional, options)
    if system.pack and one_input(positional, options["data_path"]) is None:
        panel = join_panels(science_technology_panel(), panel)
    if options["impute"] is None:
        return panel
    used = {name for indicator in system.indicators for name in indicator.formula.names}
    return impute(panel, options["impute"], sorted(used))


def is_folder(path: Path) -> bool:
    """Tell whether an input is a folder, such as a workspace, and not a file."""
    return path.is_dir()


def read(path: Path, regions: RegionSet | None) -> Panel:
    """Read the panel of a file, or of a workspace where ``path`` is its folder."""
    from xinzhi.data import is_workspace, open_workspace, read_panel

    return open_workspace(path).panel() if is_workspace(path) else read_panel(path, regions)


def one_input(positional: Path | None, named: Path | None) -> Path | None:
    """Return the input, given as an argument or by ``--data`` but not both."""
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
    from xinzhi.measure import Method

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
