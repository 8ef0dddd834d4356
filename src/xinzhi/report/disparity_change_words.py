"""Statements on whether gaps close over time, and whether neighbours are alike."""

from __future__ import annotations

from xinzhi.core import Text
from xinzhi.report.context import Context
from xinzhi.report.disparity_cards import ID, DisparityCards
from xinzhi.report.disparity_charts import p_text
from xinzhi.report.disparity_tables import QUADRANTS
from xinzhi.report.model import Statement, cite
from xinzhi.report.words import inside, listing, number, percent, say

_SIGNIFICANT = 0.05
_MOST_NAMED = 6


def convergence_statements(cards: DisparityCards, name: str) -> list[Statement]:
    """State sigma with its test, and absolute beta."""
    test, beta = cards.tests.get(name), cards.models.get(name, "absolute")
    if test is None or beta is None:
        return []
    start, end = int(test["start"]), int(test["end"])
    sigmas = [number(cards.sigma_of.row(name, y)["standard_deviation"]) for y in (start, end)]
    text = say(
        "{t}的离散程度（对数标准差 σ）{y0} 年为 {a}，{y1} 年为 {b}，首末年方差相等的检验 "
        "p {p}：{w}。绝对 β 收敛的系数为 {c}（标准误 {s}，p {q}）：{v}。",
        "Dispersion of {t} (standard deviation of logarithms, σ) was {a} in {y0} and {b} in {y1}; "
        "p of equal variances {p}: {w}. Absolute beta convergence has the coefficient {c} "
        "(standard error {s}, p {q}): {v}.",
        t=inside(cards.title(name)),
        y0=f"{start}",
        y1=f"{end}",
        a=cite(cards.sigma(name, start), sigmas[0]),
        b=cite(cards.sigma(name, end), sigmas[1]),
        p=p_text(test["p_value"]),
        w=_dispersion(test["p_value"], test["ratio"]),
        c=cite(cards.beta(name, "absolute"), number(beta["coefficient"])),
        s=number(beta["standard_error"]),
        q=p_text(beta["p_value"]),
        v=_catching_up(beta["p_value"], beta["coefficient"], beta["speed"], beta["half_life"]),
    )
    evidence = (
        (f"{ID}_sigma_test", {"indicator": name}),
        (f"{ID}_beta", {"indicator": name, "model": "absolute"}),
    )
    return [Statement(f"{ID}.convergence", text, evidence, see=f"{ID}-convergence")]


def _dispersion(p: float, ratio: float) -> Text:
    if not p < _SIGNIFICANT:
        return Text("分不出缩小还是扩大", "it cannot be told whether gaps closed or widened")
    if ratio < 1:
        return Text("差距缩小", "gaps closed")
    return Text("差距扩大", "gaps widened")


def _catching_up(p: float, coefficient: float, speed: float, half_life: float) -> Text:
    if not p < _SIGNIFICANT:
        return Text(
            "看不出起点低的地区增长更快", "no sign that regions that started lower grew faster"
        )
    if coefficient > 0:
        return Text("起点高的地区增长更快", "regions that started higher grew faster")
    return say(
        "起点低的地区增长更快，每年缩小差距的 {s}，{h} 年过半",
        "regions that started lower grew faster, closing {s} of the gap a year, half of it in {h} "
        "years",
        s=percent(speed),
        h=number(half_life),
    )


def fixed_effects_statements(cards: DisparityCards, name: str) -> list[Statement]:
    """State the panel estimate only together with the bias that such a short panel has."""
    row = cards.models.get(name, "panel_fixed_effects")
    if row is None:
        return []
    b, bias = float(row["coefficient"]), float(row["nickell_bias"])
    text = say(
        "加入地区和年份固定效应（{n} 个观测，{k} 个时段，标准误按地区聚类），{t}的 β 为 {b}"
        "（标准误 {s}，p {p}）。但时段少时固定效应使系数偏低，Nickell 偏差在此约 {x}：{w}。",
        "With region and year effects ({n} observations, {k} periods, errors clustered by region) "
        "beta of {t} is {b} (standard error {s}, p {p}). With few periods such effects bias it "
        "downwards, here by about {x} (Nickell): {w}.",
        n=f"{row['observations']}",
        k=f"{row['observations'] / row['regions']:.3g}",
        t=inside(cards.title(name)),
        b=cite(cards.beta(name, "panel_fixed_effects"), number(b)),
        s=number(row["standard_error"]),
        p=p_text(row["p_value"]),
        x=number(bias),
        w=_left_by_bias(b, bias),
    )
    evidence = ((f"{ID}_beta", {"indicator": name, "model": "panel_fixed_effects"}),)
    return [Statement(f"{ID}.fixed_effects", text, evidence)]


def _left_by_bias(coefficient: float, bias: float) -> Text:
    if abs(bias) >= abs(coefficient):
        return Text(
            "不小于估计值本身，不能当作收敛的证据",
            "no less than the estimate itself, and so no evidence of convergence",
        )
    if 2 * abs(bias) >= abs(coefficient):
        return Text(
            "占估计值的一半以上，不能当作收敛的证据",
            "half of the estimate or more, and so no evidence of convergence",
        )
    return Text("不到估计值的一半", "less than half of the estimate")


def space_statements(context: Context, cards: DisparityCards, name: str) -> list[Statement]:
    """State whether neighbours are alike, and whether the region lies in a local cluster."""
    year = cards.last[name]
    row, own = cards.moran_of.get(name, year), cards.local_of.get(name, year, context.region)
    if row is None or own is None:
        return []
    p = float(row["permutation_p_value"])
    quadrant = str(own["quadrant"])
    clustered = float(own["q_value"]) < _SIGNIFICANT
    text = say(
        "{y} 年{t}的莫兰指数为 {i}（无空间相关时期望 {e}，{m} 次置换的双侧 p {p}）：{w}。{r}属"
        "“{d}”型（{f}），局部指数 {l}，p {a}，同时检验 {n} 个地区校正后 q {q}：{c}。{o}。",
        "Moran's I of {t} in {y} is {i} (expected without pattern {e}, two-sided p of {m} "
        "permutations {p}): {w}. {r} is {d} ({f}), local index {l}, p {a}, and q {q} after "
        "adjusting for {n} tests at once: {c}. {o}.",
        y=f"{year}",
        t=inside(cards.title(name)),
        i=cite(cards.moran(name), number(row["moran"])),
        e=number(row["expected"]),
        m=f"{cards.result.parameters['permutations']}",
        p=p_text(p),
        w=_alike(p, float(row["moran"]), float(row["expected"])),
        r=context.name(context.region),
        d=QUADRANTS[quadrant],
        f=_around(quadrant),
        l=cite(cards.local(name, context.region), number(own["local_moran"])),
        a=p_text(own["p_value"]),
        n=f"{row['count']}",
        q=p_text(own["q_value"]),
        c=Text("构成局部集聚或异常", "a local cluster or outlier")
        if clustered
        else Text("不构成局部集聚", "no local cluster"),
        o=_clusters(context, cards, name),
    )
    at = {"indicator": name, "year": year}
    evidence = (
        (f"{ID}_moran", at),
        (f"{ID}_local_moran", {**at, "region": context.region}),
    )
    return [Statement(f"{ID}.space", text, evidence, see=f"{ID}-regions-{name}")]


def _alike(p: float, index: float, expected: float) -> Text:
    if not p < _SIGNIFICANT:
        return Text("与随机排列无异", "no different from a random arrangement")
    if index > expected:
        return Text("相邻地区彼此相近", "neighbours are alike")
    return Text("相邻地区彼此相异", "neighbours are unlike")


def _around(quadrant: str) -> Text:
    own, near = quadrant.split("_")
    zh = {"high": "高于", "low": "低于"}
    en = {"high": "above", "low": "below"}
    return Text(
        f"自身{zh[own]}平均，邻居{zh[near]}平均",
        f"itself {en[own]} and its neighbours {en[near]} the mean",
    )


def _clusters(context: Context, cards: DisparityCards, name: str) -> Text:
    table = cards.result.tables["local_moran"]
    chosen = (table["indicator"] == name) & (table["year"] == cards.last[name])
    found = table[chosen & (table["q_value"].astype(float) < _SIGNIFICANT)]
    if found.empty:
        return Text("没有一个地区的 q 低于 0.05", "No region has a q below 0.05")
    names = [context.name(str(region)) for region in found["region"]]
    more = Text(" 等", " …") if len(names) > _MOST_NAMED else Text("", "")
    return say(
        "q 低于 0.05 的地区有 {n} 个：{l}{m}",
        "A q below 0.05 have {n}: {l}{m}",
        n=f"{len(names)}",
        l=listing(names[:_MOST_NAMED]),
        m=more,
    )
