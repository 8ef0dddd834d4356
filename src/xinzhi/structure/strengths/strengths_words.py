"""What a reader of ``strengths`` must know before quoting a number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from xinzhi.core import Text
from xinzhi.structure.strengths.complexity import FEWEST_ACTIVITIES, FEWEST_REGIONS
from xinzhi.structure.strengths.entries import DENSITY
from xinzhi.structure.strengths.recommendation import criteria
from xinzhi.structure.strengths.strengths_options import StrengthsOptions

_CRITERIA = {
    "density": Text("关联密度", "relatedness density"),
    "pci": Text("复杂度", "complexity"),
    "growth": Text("增速", "growth"),
}


def strengths_warnings(
    tables: Mapping[str, pd.DataFrame],
    claimed: bool,
    years: int,
    choices: StrengthsOptions,
    left_out: int,
    insecure: bool,
) -> Iterator[Text]:
    """Yield the warnings that follow from the tables.

    claimed : whether there is a complexity; years : how many the reference has
    left_out : candidates without all objectives; insecure : whether dependence was not given
    """
    if not claimed:
        yield Text(
            f"活动少于 {FEWEST_ACTIVITIES} 项或地区少于 {FEWEST_REGIONS} 个，不足以计算复杂度和"
            "关联密度：只给出区位商、专业化、偏离—份额和生命周期，不给出建议。请使用更细的分类。",
            f"With fewer than {FEWEST_ACTIVITIES} activities or {FEWEST_REGIONS} regions there is "
            "no complexity or relatedness: only location quotients, specialisation, shift-share "
            "and life cycles are given, and no recommendations. Use a finer classification.",
        )
    if not years:
        yield Text(
            "数据没有年份，没有增速、生命周期和弯道超车名单。",
            "Without years there is no growth, no life cycle and no list for leapfrogging.",
        )
    if claimed:
        yield _record(tables["prediction"], choices)
    if claimed and insecure:
        yield _over(criteria(years > 1, secure=False))
    if claimed and left_out:
        yield Text(
            f"{left_out:,} 个地区—活动组合缺少某项指标（密度、复杂度、增速或依赖度），未参与比较。",
            f"{left_out:,} pairs of region and activity lack density, complexity, growth or "
            "dependence and were not compared.",
        )


def _over(columns: tuple[str, ...]) -> Text:
    """Say over which criteria the Pareto set is, security not being among them."""
    zh = "、".join(_CRITERIA[name].zh for name in columns)
    en = ", ".join(_CRITERIA[name].en for name in columns)
    count = {2: Text("两", "two"), 3: Text("三", "three")}[len(columns)]
    return Text(
        f"没有给出各活动的对外依赖度，建议未考虑安全：帕累托集只看{count.zh}项（{zh}）。",
        "No dependence by activity was given, so the recommendations leave security out: the "
        f"Pareto set is over {count.en} criteria ({en}).",
    )


def _record(prediction: pd.DataFrame, choices: StrengthsOptions) -> Text:
    """Say how often the candidates with the highest density were entered."""
    whole = prediction[prediction["start_year"].isna() & (prediction["score"] == DENSITY)]
    if whole.empty or not whole["entries"].iloc[0]:
        return Text(
            f"没有相隔 {choices.horizon} 年的两年数据，或其间没有进入：推荐方法过去的准确率未知。",
            f"There are no two years {choices.horizon} years apart, or no entries between them: "
            "how often the method has been right is not known.",
        )
    row = whole.iloc[0]
    share, base = f"{row['precision']:.1%}", f"{row['base_rate']:.1%}"
    better = row["gain_low"] > 0
    zh = "优于只看普遍程度的排序" if better else "未见优于只看普遍程度的排序"
    en = "better than" if better else "not shown to be better than"
    return Text(
        f"回溯检验：各地区关联密度最高的 {choices.precision_at} 项活动，{choices.horizon} 年内实际"
        f"进入的占 {share}（全部候选为 {base}）；地区内 AUC 为 {row['auc_within']:.2f}，{zh}。",
        f"Backtest: of the {choices.precision_at} activities with the highest density in each "
        f"region, {share} were entered within {choices.horizon} years ({base} of all candidates); "
        f"AUC within regions {row['auc_within']:.2f}, {en} a ranking by popularity.",
    )
