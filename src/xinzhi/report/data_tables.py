"""Tables and the chart of the section on data and method."""

from __future__ import annotations

from typing import Any

import pandas as pd

from xinzhi.core import Language, Text, chart
from xinzhi.measure import IndexResult
from xinzhi.report import charts
from xinzhi.report.context import Context, missing, title_of_figure, unit_text
from xinzhi.report.index_tables import figure, words
from xinzhi.report.model import Chart, Panel, Table
from xinzhi.report.titles import CHOICES, choice_title, status_title
from xinzhi.report.words import rank_band, say

_MOST_CELLS = 400


def source_table(context: Context, sources: pd.DataFrame) -> Table:
    """Return every published table in use."""
    rows = []
    for row in sources.to_dict("records"):
        span = f"{row['first_year']}–{row['last_year']}"
        span = f"{row['first_year']}" if row["first_year"] == row["last_year"] else span
        publisher = Text(str(row["publisher_zh"]), str(row["publisher_en"]))
        rows.append(
            (
                words(title_of_figure(str(row["indicator"])), str(row["indicator"])),
                words(publisher if publisher.zh else Text("用户数据", "user’s data"), publisher.zh),
                words(_same(row["source"]), str(row["source"])),
                words(_same(row["vintage"]), str(row["vintage"])),
                words(_same(span), span),
                words(unit_text(str(row["unit"])), str(row["unit"])),
                figure(row["cells"], digits=0),
                figure(row["doubtful"], digits=0),
            )
        )
    return Table(
        id="data_method-sources",
        title=Text("全部来源", "Every source"),
        columns=(
            Text("统计指标", "Figure"),
            Text("发布者", "Publisher"),
            Text("印出的来源", "Source as printed"),
            Text("版本", "Vintage"),
            Text("年份", "Years"),
            Text("单位", "Unit"),
            Text("数值个数", "Cells"),
            Text("存疑", "Doubtful"),
        ),
        rows=tuple(rows),
        numeric=(False,) * 6 + (True, True),
    )


def cell_table(context: Context, cells: pd.DataFrame) -> Table:
    """Return every cell that is missing, doubtful, imputed or otherwise not as published."""
    rows = [
        (
            words(context.full_name(str(row["region"])), str(row["region"])),
            words(_same(row["year"]), str(row["year"])),
            words(title_of_figure(str(row["indicator"])), str(row["indicator"])),
            figure(row["value"]),
            words(Text("", "") if missing(row["unit"]) else unit_text(str(row["unit"]))),
            words(status_title(str(row["status"])), str(row["status"])),
            words(Text(str(row["reason_zh"]), str(row["reason_en"]))),
        )
        for row in cells.head(_MOST_CELLS).to_dict("records")
    ]
    more = len(cells) - len(rows)
    note = say("另有 {n} 个，见 tables.xlsx。", "{n} more stand in tables.xlsx.", n=f"{more:,}")
    nothing = Text("没有这样的数值。", "There are none.")
    return Table(
        id="data_method-cells",
        title=Text(
            "缺失、存疑、插补或并非原样公布的数值",
            "Figures that are missing, doubtful, imputed or not simply as published",
        ),
        columns=(
            Text("地区", "Region"),
            Text("年份", "Year"),
            Text("统计指标", "Figure"),
            Text("数值", "Value"),
            Text("单位", "Unit"),
            Text("状态", "Status"),
            Text("原因", "Reason"),
        ),
        rows=tuple(rows),
        numeric=(False, False, False, True, False, False, False),
        note=note if more > 0 else (nothing if cells.empty else Text("", "")),
    )


def variant_table(context: Context, variants: pd.DataFrame) -> Table:
    """Return what each other option would give."""
    rows = []
    for row in variants.to_dict("records"):
        option, choice = str(row["option"]), str(row["choice"])
        mark = Text("采用", "chosen") if row["chosen"] else Text("", "")
        rows.append(
            (
                words(CHOICES[option][0], option),
                words(choice_title(option, choice), choice),
                words(mark),
                figure(row["score"], digits=3),
                figure(row["rank"], digits=0),
                figure(row["coordination"], digits=3),
                figure(row["coordination_rank"], digits=0),
            )
        )
    return Table(
        id="data_method-variant-table",
        title=say(
            "逐项改换方法：{r}，{y} 年",
            "One option changed at a time: {r}, {y}",
            r=context.name(context.region),
            y=f"{context.year}",
        ),
        columns=(
            Text("选项", "Option"),
            Text("做法", "Choice"),
            Text("", ""),
            Text("水平", "Level"),
            Text("排名", "Rank"),
            Text("协调度", "Coordination"),
            Text("协调度排名", "Rank by coordination"),
        ),
        rows=tuple(rows),
        numeric=(False, False, False, True, True, True, True),
        note=Text(
            "不同标准化的水平不在同一尺度上，只能比较排名；z 分数没有协调度。",
            "Levels under different normalisations are not on one scale: compare ranks only. "
            "z-scores give no coordination.",
        ),
        chosen=tuple(bool(row) for row in variants["chosen"]),
    )


def treatment_table(context: Context, result: IndexResult) -> Table:
    """Return how each indicator was treated, and its skewness before and after."""
    rows = [
        (
            words(context.system.title_of(str(row["indicator"])), str(row["indicator"])),
            words(choice_title("treatment", str(row["method"])), str(row["method"])),
            figure(row["skewness"], digits=2),
            figure(row["kurtosis"], digits=2),
            figure(row["skewness_after"], digits=2),
            figure(row["kurtosis_after"], digits=2),
            figure(row["changed"], digits=0),
        )
        for row in result.tables["treatment"].to_dict("records")
    ]
    return Table(
        id="data_method-treatment",
        title=Text("异常值处理", "Treatment of outliers"),
        columns=(
            Text("指标", "Indicator"),
            Text("处理", "Treatment"),
            Text("偏度", "Skewness"),
            Text("超额峰度", "Excess kurtosis"),
            Text("处理后偏度", "Skewness after"),
            Text("处理后峰度", "Kurtosis after"),
            Text("改变的值", "Changed"),
        ),
        rows=tuple(rows),
        numeric=(False, False, True, True, True, True, True),
    )


def variant_chart(context: Context, variants: pd.DataFrame) -> Chart | None:
    """Draw the rank of the region under every other option."""
    known = variants.dropna(subset=["rank"])
    if len(known) < 2:
        return None
    last = int(context.values.sizes["region"])

    def draw(lang: Language) -> Any:
        frame = pd.DataFrame(
            {
                "label": [
                    f"{CHOICES[str(o)][0].get(lang)}: {choice_title(str(o), str(c)).get(lang)}"
                    if lang == "en"
                    else f"{CHOICES[str(o)][0].zh}：{choice_title(str(o), str(c)).zh}"
                    for o, c in zip(known["option"], known["choice"], strict=True)
                ],
                "value": known["rank"].to_numpy(),
                "low": float("nan"),
                "high": float("nan"),
                "chosen": known["chosen"].tolist(),
            }
        )
        return chart.ranking(frame, Text("排名", "Rank").get(lang), last)

    same = known["rank"].nunique() == 1
    finding = say(
        "换一种做法，{r}的排名仍为{b}" if same else "换一种做法，{r}的排名为{b}",
        "With any other option {r} stays {b}" if same else "With another option {r} ranks {b}",
        r=context.name(context.region),
        b=rank_band(known["rank"].min(), known["rank"].max()),
    )
    return Chart(
        id="data_method-variants",
        title=finding,
        subtitle=say(
            "逐项改换一个选项时水平的排名，{y} 年，共 {n} 个地区；红色为采用的做法",
            "Rank by level with one option changed at a time, {y}, {n} regions; chosen ones in red",
            y=f"{context.year}",
            n=f"{last}",
        ),
        source=charts.source_line(context),
        alt=say("{f}。", "{f}.", f=finding),
        panels=(Panel(charts.in_both(draw)),),
    )


def _same(value: object) -> Text:
    return Text(str(value), str(value))
