"""Charts of what stands beside an index: judgements, own weights, sensitivity, two runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from xinzhi.core import InputError, Text, chart
from xinzhi.measure.drawing import Asked
from xinzhi.measure.plot_forms import rank_changes, shares
from xinzhi.measure.plots import (
    RANK,
    at,
    indicator_bars,
    known_kind,
    known_region,
    known_year,
    wrapped,
)

if TYPE_CHECKING:
    from xinzhi.measure.ahp import AHPResult
    from xinzhi.measure.benefit_of_doubt import BenefitOfDoubtResult
    from xinzhi.measure.compare import ComparisonResult
    from xinzhi.measure.sensitivity import SensitivityResult

AHP_KINDS = ("weights",)
BENEFIT_OF_DOUBT_KINDS = ("ranking", "shares")
SENSITIVITY_KINDS = ("shares",)
COMPARISON_KINDS = ("ranks",)

_WEIGHT = Text("组内权重", "Weight within the group")
_BEST = Text("最有利权重下的得分（0–1）", "Score under the region's best weights (0–1)")
_SHARE = Text("占本地区得分的份额", "Share of the region's own score")
_TOTAL = Text("总份额（含交互）", "Total share, with interactions")
_FIRST_ORDER = Text("一阶份额（单独）", "First-order share, alone")
_CHOICES = {
    "treatment": Text("异常值处理", "Treatment"),
    "normalisation": Text("标准化", "Normalisation"),
    "weighting": Text("赋权", "Weights"),
    "aggregation": Text("集成", "Aggregation"),
    "weight_spread": Text("权重扰动", "Spread of weights"),
    "data_noise": Text("数据误差", "Errors in the data"),
}
_FULL = 1 - 1e-9


def ahp_chart(result: AHPResult, asked: Asked) -> Any:
    """Draw the weights of pairwise comparisons, the largest of each group first.

    Raises : InputError for an unknown kind
    """
    known_kind(asked.kind, AHP_KINDS)
    lang, system = asked.lang, result.system
    table = result.tables["weights"]
    if "group" not in table:
        table = table.assign(group="")
    groups = table["group"].drop_duplicates().tolist()
    table = table.assign(place=[groups.index(group) for group in table["group"]])
    table = table.sort_values(["place", "weight"], ascending=[True, False], kind="stable")
    hues = {name: chart.hue(k) for k, name in enumerate(system.subsystems)} if system else {}
    titles = [system.title_of(n).get(lang) if system else str(n) for n in table["name"]]
    drawn = pd.DataFrame(
        {
            "label": [wrapped(title, lang) for title in titles],
            "value": table["weight"].to_numpy(dtype=float),
            "colour": [
                hues.get(name, hues.get(group, chart.QUIET))
                for name, group in zip(table["name"], table["group"], strict=True)
            ],
        }
    )
    ratio = result.consistency_ratio
    title = Text(
        f"{titles[0]}的权重最大：{drawn['value'].iloc[0]:.2f}",
        f"{titles[0]} weighs most: {drawn['value'].iloc[0]:.2f}",
    )
    subtitle = Text(
        f"成对比较得出的权重；一致性比率 {ratio:.3f}（以 0.1 为限）",
        f"Weights from pairwise comparisons; consistency ratio {ratio:.3f} (limit 0.1)",
    )
    if len(groups) > 1:
        title = Text(f"{len(groups)} 组的权重", f"Weights of {len(groups)} groups")
        subtitle = Text(
            f"组内权重；一致性比率至多 {ratio:.3f}（以 0.1 为限）",
            f"Weights within each group; consistency ratio at most {ratio:.3f} (limit 0.1)",
        )
    return chart.finished(
        chart.bars(drawn, _WEIGHT.get(lang), ".3f"), title.get(lang), subtitle.get(lang)
    )


def benefit_of_doubt_chart(result: BenefitOfDoubtResult, asked: Asked) -> Any:
    """Draw the scores of all regions, or the shares of the indicators in one region's own score.

    Raises : InputError for an unknown kind, region or year, or a region without a score
    """
    kind, lang = known_kind(asked.kind, BENEFIT_OF_DOUBT_KINDS), asked.lang
    scores = result.tables["scores"]
    year = known_year(scores, asked.year)
    region = known_region(scores, asked.region, year)
    rows = scores[scores["year"] == year].dropna(subset=["score"]).sort_values("rank")
    if kind == "ranking":
        drawn = pd.DataFrame(
            {
                "label": rows["region"].astype(str).to_numpy(),
                "value": rows["score"].to_numpy(dtype=float),
                "chosen": (rows["region"] == region).to_numpy(),
            }
        )
        full = int((rows["score"] >= _FULL).sum())
        title = Text(
            f"{len(rows)} 个地区中有 {full} 个得满分", f"{full} of {len(rows)} regions score 1"
        )
        subtitle = Text(f"最有利权重法，{year} 年", f"Benefit of the doubt, {year}")
        form = chart.levels(drawn, _BEST.get(lang), 1.0)
        return chart.finished(form, title.get(lang), subtitle.get(lang))
    parts = at(result.tables["weights"], region, year).dropna(subset=["share"])
    if parts.empty:
        raise InputError(
            Text(f"{region} {year} 年没有得分", f"{region} has no score in {year}"),
            remedy=Text("请选其他地区或年份。", "Choose another region or year."),
        )
    parts = parts.sort_values("share", ascending=False, kind="stable")
    if result.system is not None:
        drawn = indicator_bars(parts, "share", result.system, lang)
    else:
        drawn = pd.DataFrame(
            {
                "label": [wrapped(str(name), lang) for name in parts["indicator"]],
                "value": parts["share"].to_numpy(dtype=float),
                "colour": chart.hue(0),
            }
        )
    used = int((drawn["value"] > 0).sum())
    title = Text(
        f"{region}：得分来自 {len(drawn)} 个指标中的 {used} 个",
        f"{region}: the score rests on {used} of {len(drawn)} indicators",
    )
    subtitle = Text(f"最有利权重法，{year} 年", f"Benefit of the doubt, {year}")
    form = chart.bars(drawn, _SHARE.get(lang))
    return chart.finished(form, title.get(lang), subtitle.get(lang))


def sensitivity_chart(result: SensitivityResult, asked: Asked) -> Any:
    """Draw the shares of every choice: of the mean rank shift, or of the rank of one region.

    Raises : InputError for an unknown kind, region or year, or ranks that do not vary
    """
    known_kind(asked.kind, SENSITIVITY_KINDS)
    lang, table = asked.lang, result.tables["shares"]
    year = known_year(table, asked.year)
    what = Text("各地区位次的平均变动", "mean shift of the ranks")
    if asked.region is not None:
        table = result.tables["regions"]
        table = table[table["measure"] == "rank"]
        region = known_region(table, asked.region, year)
        table = table[table["region"] == region]
        what = Text(f"{region} 的位次", f"rank of {region}")
    rows = table[table["year"] == year].dropna(subset=["total"])
    if rows.empty:
        raise InputError(
            Text(f"{year} 年{what.zh}不变", f"the {what.en} does not vary in {year}"),
            remedy=Text("没有可分解的方差。", "There is no variance to attribute."),
        )
    rows = rows.sort_values("total", ascending=False, kind="stable")
    drawn = pd.DataFrame(
        {
            "label": [_CHOICES[str(name)].get(lang) for name in rows["choice"]],
            "value": rows["total"].to_numpy(dtype=float),
            "low": rows["total_low"].to_numpy(dtype=float),
            "high": rows["total_high"].to_numpy(dtype=float),
            "part": rows["first_order"].to_numpy(dtype=float),
        }
    )
    share = 100 * drawn["value"].iloc[0]
    title = Text(
        f"影响最大的是{drawn['label'].iloc[0]}：{share:.0f}%",
        f"{drawn['label'].iloc[0]} matters most: {share:.0f} %",
    )
    level = 100 * float(result.parameters["level"])
    subtitle = Text(
        f"{what.zh}，{year} 年；深色为单独的份额，浅色含交互，横线为 {level:g}% 区间",
        f"Variance of the {what.en}, {year}; dark: alone, pale: with interactions, "
        f"lines: {level:g} % intervals",
    )
    form = shares(drawn, _TOTAL.get(lang), _FIRST_ORDER.get(lang))
    return chart.finished(form, title.get(lang), subtitle.get(lang))


def comparison_chart(result: ComparisonResult, asked: Asked) -> Any:
    """Draw the rank of every region in the first and in the second run.

    Raises : InputError for an unknown kind, region or year, or where no region has both ranks
    """
    known_kind(asked.kind, COMPARISON_KINDS)
    lang, table = asked.lang, result.tables["differences"]
    if "node" in table:
        table = table[table["node"] == table["node"].iloc[0]]  # of an index, the whole stands first
    year = known_year(table, asked.year)
    region = None if asked.region is None else known_region(table, asked.region, year)
    rows = table[table["year"] == year].dropna(subset=["rank_first", "rank_second"])
    if rows.empty:
        raise InputError(
            Text(f"{year} 年没有可比的位次", f"no ranks to compare in {year}"),
            remedy=Text("请选其他年份。", "Choose another year."),
        )
    rows = rows.sort_values("rank_second", kind="stable")
    moved = rows["rank_difference"].abs()
    most = rows.iloc[int(moved.to_numpy(dtype=float).argmax())]
    drawn = pd.DataFrame(
        {
            "label": rows["region"].astype(str).to_numpy(),
            "first": rows["rank_first"].to_numpy(dtype=float),
            "second": rows["rank_second"].to_numpy(dtype=float),
            "chosen": (rows["region"] == (region or most["region"])).to_numpy(),
        }
    )
    title = Text("位次没有变动", "No rank changes")
    if moved.max():
        title = Text(
            f"{most['region']}变动最大：第 {most['rank_first']} 位变为第 {most['rank_second']} 位",
            f"{most['region']} moves most: from {most['rank_first']} to {most['rank_second']}",
        )
    subtitle = Text(
        f"位次，{year} 年；圈为第一次，点为第二次",
        f"Ranks, {year}; ring: first run, dot: second run",
    )
    titles = (Text("第一次", "First run").get(lang), Text("第二次", "Second run").get(lang))
    form = rank_changes(drawn, RANK.get(lang), titles)
    return chart.finished(form, title.get(lang), subtitle.get(lang))
