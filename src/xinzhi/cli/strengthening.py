"""The command on what regions are good at: strengths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xinzhi.cli.inputs import one_input
from xinzhi.cli.language import say
from xinzhi.cli.options import (
    common_options,
    option_group,
    out_option,
    seed_option,
    split_names,
    table_options,
)
from xinzhi.cli.output import deliver

if TYPE_CHECKING:
    from xinzhi.cli.dependence import Dependence
    from xinzhi.core import Text
    from xinzhi.structure.strengths import ActivityMatrix

column_options = option_group(
    table_options(
        "活动表（CSV、TSV、XLSX），每行一个地区、一项活动（、一年）",
        "table (CSV, TSV, XLSX) with a row for each region and activity (and year)",
    ),
    click.option(
        "--region",
        "region_column",
        required=True,
        metavar="COL",
        help=say("地区所在的列", "column of the regions"),
    ),
    click.option(
        "--activity",
        required=True,
        metavar="COL",
        help=say(
            "活动所在的列：行业、产品、专利类别等",
            "column of the activities: industries, products, patent classes …",
        ),
    ),
    click.option(
        "--value",
        required=True,
        metavar="COL",
        help=say(
            "数量所在的列：就业、出口、专利等，不能是比重",
            "column of the volumes: employment, exports, patents …, never shares",
        ),
    ),
    click.option("--time", metavar="COL", help=say("年份所在的列", "column of the years")),
    click.option(
        "--unit",
        metavar="UNIT",
        default="",
        help=say("数量的单位，随结果输出", "unit of the volumes, repeated in the result"),
    ),
    click.option(
        "--reference",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=say(
            "参照（全国各地区或世界各国的同样的表）：区位商、复杂度和邻近度以它为准",
            "a like table of all regions or countries, whose totals, complexity and proximities "
            "hold",
        ),
    ),
    click.option(
        "--dependence",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=say(
            "各活动的对外依赖度：两列（活动、dependence，取 0 到 1）的表，或 xinzhi chokepoints "
            "写出的 CSV、JSON；建议兼顾安全",
            "dependence of each activity on inputs from elsewhere: a table of activities and "
            "dependence from 0 to 1, or the CSV or JSON that xinzhi chokepoints wrote; "
            "recommendations weigh security too",
        ),
    ),
    click.option(
        "--sectors",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=say(
            "各活动属于 chokepoints 的哪些部门（列：活动、code、share，份额合计为 1）；"
            "活动与部门同名或同代码时不需要",
            "in which sectors of chokepoints each activity is (columns: activities, code, share, "
            "shares summing to 1); not needed where activities bear a sector's code or title",
        ),
    ),
)
choice_options = option_group(
    click.option(
        "--for",
        "wanted",
        metavar="NAME,NAME",
        help=say("只为这些地区给出建议", "recommend for these regions only"),
    ),
    click.option(
        "--threshold",
        type=click.FloatRange(0, min_open=True),
        default=1.0,
        show_default=True,
        help=say("区位商达到多少算有这项活动", "location quotient from which a region has it"),
    ),
    click.option(
        "--presence",
        type=click.Choice(["binary", "continuous"]),
        default="binary",
        show_default=True,
        help=say(
            "复杂度和密度用有无（binary）还是区位商本身（continuous）",
            "complexity and density of presence, or of the quotients themselves",
        ),
    ),
    click.option(
        "--proximity",
        type=click.Choice(["minimum", "cosine", "correlation"]),
        default="minimum",
        show_default=True,
        help=say("邻近度的定义", "definition of proximity"),
    ),
    click.option(
        "--diagonal",
        type=click.Choice(["one", "zero"]),
        default="one",
        show_default=True,
        help=say("活动与自身的邻近度", "proximity of an activity to itself"),
    ),
    click.option(
        "--space",
        type=click.Choice(["yearly", "pooled"]),
        default="yearly",
        show_default=True,
        help=say("复杂度和邻近度逐年计算或各年合并", "complexity and proximity yearly or pooled"),
    ),
    click.option(
        "--pci-scale",
        type=click.Choice(["eci", "own"]),
        default="eci",
        show_default=True,
        help=say("PCI 以 ECI 还是自身标准化", "PCI in units of the ECI, or by its own"),
    ),
    click.option(
        "--gain-weights",
        type=click.Choice(["source", "target"]),
        default="source",
        show_default=True,
        help=say("COG 的分母", "whose total proximity divides in COG"),
    ),
    click.option(
        "--horizon",
        type=click.IntRange(min=1),
        default=5,
        show_default=True,
        help=say("进入与增速的窗口（年）", "years of a window of entries and of growth"),
    ),
    click.option(
        "--curve",
        type=click.Choice(["level", "cumulative"]),
        default="level",
        show_default=True,
        help=say(
            "生命周期曲线：当年数量，或累计数量（授权专利、论文）",
            "life cycle of the yearly volume, or of what has come together (grants, papers)",
        ),
    ),
    click.option(
        "--break",
        "breaks",
        type=click.IntRange(1000, 2999),
        multiple=True,
        metavar="YEAR",
        help=say(
            "口径变动后的第一年（如专利法修改），可多次给出：曲线不跨越它",
            "first year under new rules, such as a changed patent law; no curve runs across it",
        ),
    ),
    click.option(
        "--draws",
        type=click.IntRange(min=1),
        default=200,
        show_default=True,
        help=say("重抽地区的次数", "how often regions are drawn anew"),
    ),
    seed_option,
)


@click.command(
    help=say(
        "长处：专业化、复杂度、关联密度、进入预测、弯道超车名单与建议",
        "strengths: specialisation, complexity, relatedness, entries foretold, leapfrogging and "
        "recommendations",
    )
)
@column_options
@choice_options
@out_option
@common_options
def strengths(file: Path | None, **options: Any) -> None:
    """Find what the regions of a table are good at and what is within their reach."""
    from xinzhi.core import InputError, Text
    from xinzhi.structure.strengths.complexity_options import ComplexityOptions
    from xinzhi.structure.strengths.strengths import strengths as compute
    from xinzhi.structure.strengths.strengths_options import StrengthsOptions

    path = one_input(file, options["data_path"])
    if path is None:
        raise InputError(
            Text("没有给出活动表", "no table of activities is given"),
            remedy=Text(
                "例如 xinzhi strengths 专利.csv --region 地区 --activity 类别 --value 件数"
                " --time 年份。",
                "For example: xinzhi strengths patents.csv --region region --activity class "
                "--value count --time year.",
            ),
        )
    matrix, notes = _matrix(path, options, options["sheet"])
    reference = None
    if options["reference"] is not None:
        reference, more = _matrix(options["reference"], options, None)
        notes = (*notes, *more)
    dependence = _dependence(options, (matrix if reference is None else reference).activities)
    wanted = options["wanted"]
    result = compute(
        matrix,
        ComplexityOptions(
            threshold=options["threshold"],
            presence=options["presence"],
            proximity=options["proximity"],
            diagonal=options["diagonal"],
            space=options["space"],
            pci_scale=options["pci_scale"],
            gain_weights=options["gain_weights"],
        ),
        StrengthsOptions(
            horizon=options["horizon"],
            form=options["curve"],
            breaks=options["breaks"],
            draws=options["draws"],
        ),
        reference=reference,
        dependence=None if dependence is None else dependence.table,
        regions=None if wanted is None else [name.strip() for name in split_names(wanted)],
        seed=options["seed"],
    )
    if dependence is not None:
        notes = (*notes, *dependence.warnings)
        result = replace(
            result,
            inputs=(*result.inputs, *dependence.inputs),
            parameters={**result.parameters, "dependence_source": dependence.source},
        )
    result = replace(result, warnings=(*notes, *result.warnings))
    deliver("strengths", result, options)


def _matrix(
    path: Path, options: Mapping[str, Any], sheet: str | None
) -> tuple[ActivityMatrix, tuple[Text, ...]]:
    """Read the columns that the options name; errors give the file and how rows are counted."""
    from xinzhi.core import InputError, Text
    from xinzhi.data.unit_tables import read_unit_table
    from xinzhi.structure.strengths import activity_matrix

    region, activity, time = options["region_column"], options["activity"], options["time"]
    labels = [region, activity, *([time] if time else [])]
    table = read_unit_table(path, labels, [options["value"]], sheet)
    frame = table.frame.set_axis(range(1, len(table.frame) + 1))
    try:
        matrix = activity_matrix(
            frame, region, activity, options["value"], time, options["unit"], (table.record,)
        )
    except InputError as error:
        zh, en = error.message
        counted = Text(
            f"{path.name}（行号从标题下的第一行数据数起）：{zh}",
            f"{path.name} (rows are counted from the first below the headings): {en}",
        )
        raise InputError(counted, error.details, error.remedy) from None
    return matrix, table.warnings


def _dependence(options: Mapping[str, Any], activities: Sequence[str]) -> Dependence | None:
    """Read dependence by activity, None where no file is named."""
    from xinzhi.cli.dependence import read_dependence
    from xinzhi.core import InputError, Text

    path = options["dependence"]
    if path is not None:
        return read_dependence(path, options["activity"], activities, options["sectors"])
    if options["sectors"] is None:
        return None
    raise InputError(
        Text("--sectors 要与 --dependence 一起给出", "--sectors goes with --dependence"),
        remedy=Text(
            "用 --dependence 给出 xinzhi chokepoints 写出的文件。",
            "Give with --dependence what xinzhi chokepoints wrote.",
        ),
    )
