"""Gaps between regions: how large, between whom, whether they close, whether neighbours matter."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.core import InputError, Result, Text
from xinzhi.report.context import Context
from xinzhi.report.disparity_cards import DisparityCards
from xinzhi.report.disparity_change_words import (
    convergence_statements,
    fixed_effects_statements,
    space_statements,
)
from xinzhi.report.disparity_charts import convergence_chart, level_map, parts_chart, sigma_chart
from xinzhi.report.disparity_level_words import gini_statement, groups_statements, own_statement
from xinzhi.report.disparity_measures import (
    compared,
    joined_tables,
    measured,
    notes_of,
    parameters_of,
)
from xinzhi.report.disparity_tables import pairs_table, region_tables, years_table
from xinzhi.report.model import NotRun, Section
from xinzhi.report.words import say

ID = "disparity"
PART = "balances"
TITLE = Text("地区差距及其来源", "Gaps between regions and where they come from")
_NEEDS = Text(
    "各地区的地区生产总值和年末常住人口，或全社会研发经费和地区生产总值",
    "GDP and year-end resident population of the regions, or R&D expenditure and GDP",
)
_MEANING = (
    Text(
        "人均地区生产总值为现价，以年末常住人口为分母：增长含价格变动，各地价格水平也不同，比较的是"
        "当年的份额而不是实物量。研发经费一律除以修订后的地区生产总值，不用公报印出的强度"
        "（其分母是初步核算数）。",
        "GDP per head is nominal, over the year-end resident population: growth contains prices, "
        "regional prices differ, and what is compared is shares of a year, not volumes. R&D "
        "expenditure is divided by revised GDP throughout; the printed intensity, whose "
        "denominator is preliminary, is not used.",
    ),
    Text(
        "每个地区权重相同，不按人口加权。回归系数只是相关，不说明原因；β 为负不等于离散程度下降。",
        "Every region counts once, whatever its population. Coefficients are correlations and give "
        "no reasons, and a beta below 0 does not make dispersion fall.",
    ),
)
_SHORT = Text(
    "自助区间偏短：在对泰尔指数 L 的试验中，标称 95% 的区间只在 85%（31 个值）到 88%（120 个值）的"
    "情形下包含真值。对一国的全部地区，区间说的是少数几个地区有多大影响，而不是抽样误差。",
    "Bootstrap intervals come out short: in trials on Theil's L, intervals stated as 95\u202f% "
    "held the truth in 85\u202f% of cases with 31 values and 88\u202f% with 120. Of all regions of "
    "a nation an interval says how much a few of them matter, not how a sample might err.",
)


def run(context: Context) -> Result | NotRun:
    """Measure the disparity of each quantity that the panel has."""
    found, left_out = [], []
    for indicator in compared():
        try:
            found.append(measured(context, indicator))
        except InputError as error:
            left_out.append(
                say(
                    "未比较{t}：{w}。",
                    "{t} is not compared: {w}.",
                    t=indicator.title,
                    w=error.message,
                )
            )
    if not found:
        reasons = Text("".join(t.zh for t in left_out), " ".join(t.en for t in left_out))
        return NotRun(Text(reasons.zh.rstrip("。"), reasons.en.rstrip(".")), _NEEDS)
    return Result(
        tables=joined_tables(context, found),
        units={"growth": "ratio", "relative": "ratio", "relative_start": "ratio"},
        parameters=parameters_of(context, found),
        inputs=context.panel.inputs,
        warnings=(*left_out, *notes_of(found)),
    )


def write(result: Result, context: Context) -> Section:
    """Word and draw the gaps, and where the region stands in them."""
    cards = DisparityCards(context, result)
    names = list(cards.indicators)
    statements = [own_statement(context, cards, name) for name in names]
    statements += [gini_statement(context, cards, name) for name in names]
    statements += [s for name in names for s in groups_statements(context, cards, name)]
    statements += [s for name in names for s in convergence_statements(cards, name)]
    statements += [s for name in names for s in fixed_effects_statements(cards, name)]
    statements += [s for name in names for s in space_statements(context, cards, name)]
    drawn = (
        level_map(context, cards),
        convergence_chart(context, cards),
        sigma_chart(context, cards),
        parts_chart(context, cards),
    )
    pairs = pairs_table(cards)
    tables = [*region_tables(context, cards), years_table(cards)]
    return Section(
        id=ID,
        title=TITLE,
        statements=tuple(statements),
        charts=tuple(one for one in drawn if one is not None),
        tables=tuple(tables if pairs is None else [*tables, pairs]),
        notes=(
            *_MEANING,
            *((_SHORT,) if result.parameters["draws"] else ()),
            *_not_there(result, context),
            *(_sentence(warning) for warning in result.warnings),
        ),
    )


def _sentence(warning: Text) -> Text:
    return Text(warning.zh.rstrip("。") + "。", warning.en.rstrip(".") + ".")


def _not_there(result: Result, context: Context) -> Iterator[Text]:
    """Say what could not be done for lack of groups or neighbours."""
    if result.parameters["groups"] is None:
        yield say(
            "没有按组分解：地区集“{t}”没有给每个地区分组。在其文件中为各地区写明 group 后可以算。",
            "Nothing is divided by groups: the region set “{t}” does not give every region one. "
            "It can be once its file names the group of each.",
            t=context.regions.title,
        )
    if result.parameters["neighbours"] is None:
        yield Text(
            "没有计算莫兰指数：随附的邻接关系不含这些地区，或有地区在其中没有邻居。可用 "
            "xinzhi disparity --neighbours 给出邻接文件另算。",
            "Moran's I is not computed: no list of neighbours that ships with the package has "
            "these regions, or one of them borders on none of the others. xinzhi disparity "
            "--neighbours takes a list of your own.",
        )
