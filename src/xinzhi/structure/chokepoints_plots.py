"""Charts of ``chokepoints``, drawn from the tables of its result; nothing is computed anew."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Language, Result, Text, chart
from xinzhi.structure import chokepoints_forms as forms
from xinzhi.structure.chokepoints_drawing import (
    Drawing,
    names_of,
    nothing,
    of_region,
    when,
)
from xinzhi.structure.criticality import PARTS
from xinzhi.structure.supply_drawing import supply_drawing

KINDS = ("dependence", "criticality", "supply", "change")

_MOST_PRODUCTS = 12
_MOST_SECTORS = 12
_MOST_INPUTS = 12
_MOST_LINES = 4
_LINE = 72  # Latin letters in a line of a title
_WORDS = re.compile(r"[!-~]+|.")
_NEVER_FIRST = "，。；：、）”"

_PART_TITLES = {
    "criticality": Text("关键度", "Criticality"),
    "dependence": Text("依赖", "Dependence"),
    "concentration": Text("来源集中", "Concentration"),
    "scarcity": Text("国产不足", "Scarcity at home"),
    "output_fed": Text("带动产出", "Output fed"),
}


def chokepoints_chart(
    result: Result, kind: str, lang: Language, region: str | None, track: str | None
) -> Any:
    """Draw one of ``KINDS``.

    Raises : InputError for an unknown kind, region or track, and where the result has nothing to
        draw
    """
    import altair as alt

    drawers: dict[str, Callable[[], Drawing]] = {
        "dependence": lambda: dependence_drawing(result, lang, region),
        "criticality": lambda: criticality_drawing(result, lang, region),
        "supply": lambda: supply_drawing(result, lang, region, track),
        "change": lambda: change_drawing(result, lang, region),
    }
    if kind not in drawers:
        raise InputError(
            Text(
                f"没有图 {kind}；可选：{'、'.join(KINDS)}",
                f"no chart {kind}; choose from {', '.join(KINDS)}",
            )
        )
    drawing = drawers[kind]()
    words = alt.TitleParams(
        _wrapped(drawing.title.get(lang), lang), subtitle=_wrapped(drawing.subtitle.get(lang), lang)
    )
    # columns side by side have widths of their own
    size = {} if kind == "criticality" else {"width": chart.ALONE}
    return drawing.chart.properties(title=words, **size).configure(**chart.theme())


def dependence_chart(result: Result, lang: Language, region: str | None = None) -> Any:
    """Return the heat map without title or theme, for a page that has its own."""
    return dependence_drawing(result, lang, region).chart


def criticality_chart(result: Result, lang: Language, region: str | None = None) -> Any:
    """Return the bars of criticality without title or theme, for a page that has its own."""
    return criticality_drawing(result, lang, region).chart


def supply_chart(
    result: Result, lang: Language, region: str | None = None, track: str | None = None
) -> Any:
    """Return the supply of a track without title or theme, for a page that has its own."""
    return supply_drawing(result, lang, region, track).chart


def change_chart(result: Result, lang: Language, region: str | None = None) -> Any:
    """Return the lines of dependence without title or theme, for a page that has its own."""
    return change_drawing(result, lang, region).chart


def dependence_drawing(result: Result, lang: Language, region: str | None = None) -> Drawing:
    """Draw total dependence of the most dependent sectors on the largest imported products."""
    sectors = of_region(result, "sectors", region)
    matrix = of_region(result, "matrix", region)
    names = names_of(sectors, lang)
    users = sectors.sort_values("total_dependence", ascending=False)["code"].head(_MOST_SECTORS)
    in_users = matrix[matrix["code"].isin(users)]
    weight = in_users.groupby("product")["total"].sum()
    products = weight[weight > 0].sort_values(ascending=False).head(_MOST_PRODUCTS).index
    if not len(products):
        raise nothing(
            Text("表中没有进口的中间投入", "the table has no imported intermediate inputs")
        )
    drawn = in_users[in_users["product"].isin(products)].assign(
        value=lambda frame: 100 * frame["total"]
    )
    drawn["first"] = [names[str(code)] for code in drawn["product"]]
    drawn["second"] = [names[str(code)] for code in drawn["code"]]
    top = sectors.sort_values("total_dependence", ascending=False).iloc[0]
    share = f"{100 * top['total_dependence']:.3g}"
    title = Text(
        f"{top['title_zh']}：进口投入占最终产出的 {share}%",
        f"{top['title_en']}: imported inputs are {share} % of final output",
    )
    at = when(result, region)
    subtitle = Text(
        f"最终产出的进口含量（%），按进口品（行）和使用部门（列）{at.zh}",
        f"Imported inputs in final output (%), by product (rows) and user (columns){at.en}",
    )
    order = [names[str(code)] for code in products], [names[str(code)] for code in users]
    return Drawing(forms.heat_map(drawn, *order, subtitle.get(lang)), title, subtitle)


def criticality_drawing(result: Result, lang: Language, region: str | None = None) -> Drawing:
    """Draw the most critical imported products with every part of their criticality."""
    inputs = of_region(result, "inputs", region)
    ranked = inputs.dropna(subset=["rank"]).head(_MOST_INPUTS)
    if ranked.empty:
        raise nothing(
            Text(
                "结果没有给出关键度（见说明）",
                "the result gives no criticality (see its warnings)",
            )
        )
    names = names_of(ranked, lang)
    columns = {"criticality": "criticality"} | {
        part: f"{part}_scaled" for part in PARTS if ranked[f"{part}_scaled"].notna().any()
    }
    drawn = pd.concat(
        [
            pd.DataFrame(
                {
                    "label": [names[str(code)] for code in ranked["code"]],
                    "part": _PART_TITLES[part].get(lang),
                    "value": ranked[column].to_numpy(dtype=float),
                    "colour": chart.REGION if part == "criticality" else chart.HUES[0],
                }
            )
            for part, column in columns.items()
        ],
        ignore_index=True,
    )
    first = ranked.iloc[0]
    title = Text(
        f"最关键的进口投入：{first['title_zh']}",
        f"Most critical imported input: {first['title_en']}",
    )
    at = when(result, region)
    subtitle = Text(
        f"各部分折算为 0–1，等权合成{at.zh}",
        f"Parts scaled from 0 to 1 and combined with equal weights{at.en}",
    )
    intervals = pd.DataFrame(
        {
            "label": [names[str(code)] for code in ranked["code"]],
            "text": [
                f"{low:.0f}–{high:.0f}" if np.isfinite(low) else ""
                for low, high in zip(ranked["rank_low"], ranked["rank_high"], strict=True)
            ],
        }
    )
    order = [_PART_TITLES[part].get(lang) for part in columns]
    heading = Text("权重不定时的位次（95%）", "Rank under any weights (95 %)").get(lang)
    bars = forms.part_bars(drawn, order, intervals, heading)
    return Drawing(bars, title, subtitle)


def change_drawing(result: Result, lang: Language, region: str | None = None) -> Drawing:
    """Draw the total dependence of the sectors that depend most, and of the whole, by year."""
    change = of_region(result, "change", region)
    if change.empty:
        raise nothing(
            Text(
                "只有一张表，没有各年的变化（请给出其他年份的表）",
                "there is one table only, so no change over the years; give tables of other years",
            )
        )
    last = change[change["year"] == change["year"].max()].dropna(subset=["code"])
    chosen = last.nlargest(_MOST_LINES, "total_dependence")["code"].tolist()
    rows = change[change["code"].isin(chosen) | change["code"].isna()]
    names = names_of(change.dropna(subset=["code"]), lang)
    whole = Text("全部部门", "All sectors").get(lang)
    drawn = pd.DataFrame(
        {
            "year": rows["year"].to_numpy(dtype=int),
            "value": 100 * rows["total_dependence"].to_numpy(dtype=float),
            "label": [names.get(str(code), whole) for code in rows["code"]],
            "colour": [
                chart.hue(chosen.index(code)) if code in chosen else chart.QUIET
                for code in rows["code"]
            ],
        }
    )
    total = change[change["code"].isna()].sort_values("year")
    start, end = total.iloc[0], total.iloc[-1]
    words = [f"{100 * row['total_dependence']:.3g}" for row in (start, end)]
    title = Text(
        f"进口含量：{start['year']} 年 {words[0]}%，{end['year']} 年 {words[1]}%",
        f"Import content: {words[0]} % in {start['year']}, {words[1]} % in {end['year']}",
    )
    subtitle = Text(
        "最终产出中的进口投入（%，现价），全部部门与依赖度最高的部门",
        "Imported inputs in final output (%, current prices), all sectors and the most dependent",
    )
    return Drawing(forms.lines(drawn), title, subtitle)


def _wrapped(text: str, lang: Language) -> list[str]:
    """Break a line of a title where it is wider than the chart, Latin words and numbers whole."""
    if lang == "en":
        return textwrap.wrap(text, _LINE)
    lines, width = [""], 0
    for word in _WORDS.findall(text):
        size = len(word) * (1 if word.isascii() else 2)
        if width + size > _LINE and word not in _NEVER_FIRST:
            lines.append("")
            width = 0
        lines[-1] += word
        width += size
    return [line.strip() for line in lines]
