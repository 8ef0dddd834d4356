"""Charts of disparity: parts of the Gini coefficient, convergence, density, clubs, Moran."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Language, Text, chart
from xinzhi.measure.drawing import Asked
from xinzhi.measure.plot_forms import lines
from xinzhi.measure.plots import known_kind

if TYPE_CHECKING:
    from xinzhi.measure.disparity.disparity_result import DisparityResult

KINDS = ("decomposition", "convergence", "density", "clubs", "moran")

_PARTS = {
    "within": Text("组内", "Within groups"),
    "between": Text("组间净值", "Net between groups"),
    "transvariation": Text("超变密度", "Transvariation"),
}
_GINI = Text("基尼系数", "Gini coefficient")
_LEVEL = Text("期初水平（对数）", "Level at the start (logarithm)")
_GROWTH = Text("年均增长率（对数差）", "Growth a year (difference of logarithms)")
_RELATIVE = Text("相对水平（该年均值 = 1）", "Relative level (mean of the year = 1)")
_DENSITY = Text("核密度", "Kernel density")
_LAG = Text("邻居的平均（标准化）", "Mean of the neighbours (standardised)")
_OWN = Text("本地区（标准化）", "Own value (standardised)")
_DASHES = ([1, 0], [5, 4], [2, 3])  # clubs beyond four hues differ by their strokes


def disparity_chart(result: DisparityResult, asked: Asked) -> Any:
    """Draw one of ``KINDS``.

    Raises : InputError for an unknown kind, region or year, or a part that was not computed
    """
    kind = known_kind(asked.kind, KINDS)
    draw = {
        "decomposition": _decomposition,
        "convergence": _convergence,
        "density": _density,
        "clubs": _clubs,
        "moran": _moran,
    }[kind]
    return draw(result, asked, asked.lang)


def _decomposition(result: DisparityResult, _asked: Asked, lang: Language) -> Any:
    table = result.tables["total"]
    ginis = table["gini"].to_numpy()
    if "year" not in table:
        table = table.assign(year="")
        title = Text(f"基尼系数 {ginis[-1]:.3f}", f"Gini coefficient {ginis[-1]:.3f}")
    else:
        first, last = table["year"].iloc[[0, -1]]
        title = Text(
            f"基尼系数：{first} 年 {ginis[0]:.3f}，{last} 年 {ginis[-1]:.3f}",
            f"Gini coefficient {ginis[0]:.3f} in {first}, {ginis[-1]:.3f} in {last}",
        )
    if table["within"].isna().all():
        drawn = table[["year"]].assign(
            value=table["gini"], series=_GINI.get(lang), colour=chart.hue(0)
        )
        drawn["dash"] = [_DASHES[0] for _ in range(len(drawn))]
        form = lines(drawn, _GINI.get(lang))
    else:
        form = _stacked(table, lang)
    divided = table["within"].notna().any()
    subtitle = Text("按组分解（Dagum）", "Divided by groups (Dagum)") if divided else Text("", "")
    return chart.finished(form, title.get(lang), subtitle.get(lang))


def _stacked(table: pd.DataFrame, lang: Language) -> Any:
    import altair as alt

    long = table.melt("year", list(_PARTS), "part", "value")
    long["order"] = [list(_PARTS).index(part) for part in long["part"]]
    long["part"] = [_PARTS[part].get(lang) for part in long["part"]]
    names = [text.get(lang) for text in _PARTS.values()]
    return (
        alt.Chart(long)
        .mark_bar()
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy")),
            y=alt.Y("value:Q", title=_GINI.get(lang)),
            order="order:Q",
            color=alt.Color(
                "part:N",
                sort=names,
                scale=alt.Scale(domain=names, range=[chart.hue(k) for k in range(3)]),
                legend=alt.Legend(orient="top", title=None),
            ),
            tooltip=[
                alt.Tooltip("year:O", title=" "),
                alt.Tooltip("part:N", title=" "),
                alt.Tooltip("value:Q", title=_GINI.get(lang), format=".3r"),
            ],
        )
        .properties(width="container", height=240)
    )


def _convergence(result: DisparityResult, asked: Asked, lang: Language) -> Any:
    beta = result.tables["beta"]
    absolute = beta[beta["model"] == "absolute"]
    if absolute.empty or result.values is None:
        raise _absent(Text("收敛", "convergence"))
    row = absolute.iloc[0]
    values = result.values.iloc[:, [0, -1]].dropna()
    start, end = (int(year) for year in values.columns)
    logs = np.log(values.to_numpy(dtype=float))
    data = pd.DataFrame(
        {
            "label": values.index,
            "x": logs[:, 0],
            "y": (logs[:, 1] - logs[:, 0]) / (end - start),
            "chosen": values.index == _region(list(values.index), asked.region),
        }
    )
    mean_x, mean_y = data["x"].mean(), data["y"].mean()
    ends = np.array([data["x"].min(), data["x"].max()])
    line = pd.DataFrame({"x": ends, "y": mean_y + row["coefficient"] * (ends - mean_x)})
    title = Text(
        f"{start}—{end} 年 β 为 {row['coefficient']:.4f}（标准误 {row['standard_error']:.4f}）",
        f"Beta {row['coefficient']:.4f} (standard error {row['standard_error']:.4f}), "
        f"{start}–{end}",
    )
    form = scatter_with_line(data, line, _LEVEL.get(lang), _GROWTH.get(lang))
    subtitle = Text("每点一个地区", "Each dot is a region")
    return chart.finished(form, title.get(lang), subtitle.get(lang))


def _density(result: DisparityResult, asked: Asked, lang: Language) -> Any:
    table = result.tables["density"]
    if table.empty:
        raise _absent(Text("核密度", "density"))
    import altair as alt

    if "year" not in table:
        table = table.assign(year="")
    years = list(table["year"].drop_duplicates())
    shown = dict.fromkeys((years[0], _year(years, asked.year)))
    data = table[table["year"].isin(list(shown))]
    form = (
        alt.Chart(data)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("value:Q", title=_RELATIVE.get(lang)),
            y=alt.Y("density:Q", title=_DENSITY.get(lang)),
            color=alt.Color(
                "year:N",
                scale=alt.Scale(
                    domain=list(shown), range=[chart.PEERS, chart.hue(0)][-len(shown) :]
                ),
                legend=alt.Legend(orient="top", title=None),
            ),
        )
        .properties(width="container", height=240)
    )
    spread = [
        f"{float(result.tables['total']['coefficient_of_variation'].iloc[k]):.3f}" for k in (0, -1)
    ]
    title = Text(
        f"变异系数由 {spread[0]} 到 {spread[1]}",
        f"Coefficient of variation from {spread[0]} to {spread[1]}",
    )
    subtitle = Text("高斯核，Silverman 带宽", "Gaussian kernel, Silverman bandwidth")
    return chart.finished(form, title.get(lang), subtitle.get(lang))


def _clubs(result: DisparityResult, _asked: Asked, lang: Language) -> Any:
    clubs = result.tables["clubs"]
    if clubs.empty or result.values is None:
        raise _absent(Text("俱乐部", "clubs"))
    relative = result.values / result.values.mean()
    rows = []
    numbers = sorted(clubs["merged_club"].dropna().unique())
    for number in numbers:
        members = clubs.loc[clubs["merged_club"] == number, "region"]
        path = relative.loc[list(members)].mean()
        name = Text(f"俱乐部 {number}（{len(members)} 个）", f"Club {number} ({len(members)})")
        rows += [
            {
                "year": year,
                "value": value,
                "series": name.get(lang),
                "colour": chart.hue(int(number) - 1),
                "dash": _DASHES[(int(number) - 1) // 4 % len(_DASHES)],
            }
            for year, value in path.items()
        ]
    drawn = pd.DataFrame(rows)
    title = Text(f"{len(numbers)} 个收敛俱乐部", f"{len(numbers)} convergence clubs")
    return chart.finished(lines(drawn, _RELATIVE.get(lang)), title.get(lang), "")


def _moran(result: DisparityResult, asked: Asked, lang: Language) -> Any:
    local, whole = result.tables["local_moran"], result.tables["moran"]
    if local.empty:
        raise _absent(Text("Moran 指数", "Moran's I"))
    year = None
    if "year" in local:
        year = _year(list(whole["year"]), asked.year)
        local, whole = local[local["year"] == year], whole[whole["year"] == year]
    index = float(whole["moran"].iloc[0])
    lag = local["lag"].to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        own = local["local_moran"].to_numpy(dtype=float) / lag
    data = pd.DataFrame({"label": local["region"].to_numpy(), "x": own, "y": lag}).dropna()
    data["chosen"] = data["label"] == _region(list(data["label"]), asked.region)
    ends = np.array([data["x"].min(), data["x"].max()])
    line = pd.DataFrame({"x": ends, "y": index * ends})
    p = float(whole["permutation_p_value"].iloc[0])
    p = float(whole["p_value"].iloc[0]) if np.isnan(p) else p
    when = Text("", "") if year is None else Text(f"{year} 年", f" in {year}")
    title = Text(
        f"{when.zh} Moran 指数 {index:.3f}（p = {p:.3f}）".strip(),
        f"Moran's I {index:.3f}{when.en} (p = {p:.3f})",
    )
    form = scatter_with_line(data, line, _OWN.get(lang), _LAG.get(lang))
    return chart.finished(form, title.get(lang), "")


def scatter_with_line(
    data: pd.DataFrame, line: pd.DataFrame, x_title: str, y_title: str, logarithmic: bool = False
) -> Any:
    """Draw a dot a region and a line through them; the chosen region in its colour and named.

    data : label, x, y, chosen (bool); line : x, y of its ends; logarithmic : the scale of x
    """
    import altair as alt

    others = chart.PEERS if data["chosen"].any() else chart.hue(0)
    data = data.assign(colour=[chart.REGION if c else others for c in data["chosen"]])
    kind = {"type": "log"} if logarithmic else {"zero": False}
    scale = alt.Scale(nice=False, padding=12, **kind)
    x = alt.X("x:Q", title=x_title, scale=scale, axis=alt.Axis(tickCount=5))
    y = alt.Y("y:Q", title=y_title, scale=alt.Scale(zero=False))
    dots = (
        alt.Chart(data)
        .mark_point(filled=True, size=60, opacity=0.85)
        .encode(
            x=x,
            y=y,
            color=alt.Color("colour:N", scale=None),
            tooltip=[
                alt.Tooltip("label:N", title=" "),
                alt.Tooltip("x:Q", title=x_title, format=".3r"),
                alt.Tooltip("y:Q", title=y_title, format=".3r"),
            ],
        )
    )
    fit = alt.Chart(line).mark_line(color=chart.QUIET, strokeDash=[5, 4]).encode(x=x, y=y)
    named = (
        alt.Chart(data[data["chosen"]])
        .mark_text(dy=-10, fontWeight="bold", color=chart.REGION)
        .encode(x=x, y=y, text="label:N")
    )
    return alt.layer(fit, dots, named, width="container", height=300)


def _region(names: list[str], asked: str | None) -> str | None:
    if asked is not None and asked not in names:
        raise InputError(Text(f"结果中没有地区 {asked}", f"no region {asked} in the result"))
    return asked


def _year(years: list[Any], asked: int | None) -> Any:
    if asked is not None and asked not in years:
        raise InputError(Text(f"结果中没有 {asked} 年", f"no year {asked} in the result"))
    return years[-1] if asked is None else asked


def _absent(what: Text) -> InputError:
    return InputError(
        Text(f"没有{what.zh}的结果可画", f"there are no results of {what.en} to draw"),
        remedy=Text("原因见结果的提示。", "The warnings of the result say why."),
    )
