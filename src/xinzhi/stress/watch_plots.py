"""Charts of ``watch``: the board, an indicator against its threshold, ROC curves, the record."""

from __future__ import annotations

from typing import Any

import pandas as pd

from xinzhi.core import InputError, Language, Text, chart
from xinzhi.measure.drawing import Asked
from xinzhi.measure.plots import known_kind
from xinzhi.stress.leading import indicator_title
from xinzhi.stress.watch_result import WatchResult

KINDS = ("board", "indicator", "roc", "record")
# A form and a word of its own for each light, so that it can be read in grey print.
SYMBOLS = {"red": "■", "amber": "▲", "green": "●", "none": "○"}
LIGHT_WORDS = {
    "red": Text("红灯", "red"),
    "amber": Text("黄灯", "amber"),
    "green": Text("绿灯", "green"),
    "none": Text("不亮灯", "no light"),
}
COLOURS = {"red": "#b5121b", "amber": "#c77700", "green": "#1a7f5a", "none": chart.QUIET}
METHOD_WORDS = {
    "composite": Text("合成指数", "Composite"),
    "logit": Text("Logit", "Logit"),
    "random_forest": Text("随机森林", "Random forest"),
    "base_rate": Text("基准概率", "Base rate"),
}
_POSITION = Text("在自身历史中的位置（越右越危险）", "Place in its own history (right is danger)")
_VALUE = Text("数值", "Value")
_THRESHOLD = Text("阈值", "Threshold")
_EVENT = Text("事件", "Event")
_HIT = Text("命中率", "Hit rate")
_FALSE = Text("虚警率", "False-alarm rate")
_DASHES = ([1, 0], [6, 3], [2, 3])
_ROW = 30


def watch_chart(result: WatchResult, asked: Asked, indicator: str | None) -> Any:
    """Draw one of ``KINDS``.

    Raises : InputError for an unknown kind, region, year or indicator, or nothing to draw
    """
    kind = known_kind(asked.kind, KINDS)
    if kind == "board":
        return _board(result, asked)
    if kind == "indicator":
        return _indicator(result, asked, indicator)
    return _roc(result, asked.lang) if kind == "roc" else _record(result, asked.lang)


def board_of(result: WatchResult, region: str, year: int | None) -> pd.DataFrame:
    """Return the board of one region in one year; by default the last in which it has a value."""
    table = result.tables["board"]
    own = table[table["region"] == region]
    chosen = int(own.loc[own["value"].notna(), "year"].max()) if year is None else year
    return own[own["year"] == chosen]


def board_form(rows: pd.DataFrame, lang: Language) -> Any:
    """Draw where each indicator stands in its own history, with its threshold and its light."""
    import altair as alt

    data = pd.DataFrame(
        {
            "label": [indicator_title(str(name)).get(lang) for name in rows["indicator"]],
            "position": rows["position"].to_numpy(dtype=float),
            "threshold": rows["threshold_position"].to_numpy(dtype=float),
            "light": [
                f"{SYMBOLS[light]} {LIGHT_WORDS[light].get(lang)}" for light in rows["light"]
            ],
            "colour": [COLOURS[light] for light in rows["light"]],
        }
    )
    y = alt.Y("label:N", sort=data["label"].tolist(), axis=None)
    scale = alt.Scale(domain=[0, 1], nice=False)
    x = alt.X(
        "position:Q",
        title=_POSITION.get(lang),
        scale=scale,
        axis=alt.Axis(format=".0%", tickCount=5),
    )
    colour = alt.Color("colour:N", scale=None)
    base = alt.Chart(data)
    shift = 9
    ground = base.mark_bar(height=4, color=chart.GRID, yOffset=shift).encode(
        y=y, x=alt.datum(0), x2=alt.datum(1)
    )
    ticks = (
        alt.Chart(data.dropna(subset=["threshold"]))
        .mark_tick(thickness=2.5, size=13, color=chart.INK, yOffset=shift)
        .encode(y=y, x=alt.X("threshold:Q", scale=scale))
    )
    dots = (
        alt.Chart(data.dropna(subset=["position"]))
        .mark_point(filled=True, size=90, opacity=1, yOffset=shift)
        .encode(
            y=y,
            x=x,
            color=colour,
            tooltip=[
                alt.Tooltip("label:N", title=" "),
                alt.Tooltip("light:N", title=" "),
                alt.Tooltip("position:Q", title=_POSITION.get(lang), format=".0%"),
            ],
        )
    )
    names = base.mark_text(align="left", baseline="bottom", yOffset=shift - 8).encode(
        y=y, x=alt.value(0), text="label:N"
    )
    words = base.mark_text(
        align="right", baseline="bottom", fontWeight="bold", yOffset=shift - 8
    ).encode(y=y, x=alt.value("width"), text="light:N", color=colour)
    return alt.layer(
        ground, ticks, dots, names, words, width="container", height=(_ROW + 10) * len(data)
    )


def _board(result: WatchResult, asked: Asked) -> Any:
    region = _region(result, asked.region)
    rows = board_of(result, region, asked.year)
    if rows.empty:
        raise InputError(Text(f"结果中没有 {asked.year} 年", f"no year {asked.year} in the result"))
    lang, year = asked.lang, int(rows["year"].iloc[0])
    counts = {light: int((rows["light"] == light).sum()) for light in SYMBOLS}
    shown = [
        f"{SYMBOLS[light]} {LIGHT_WORDS[light].get(lang)} {count}"
        for light, count in counts.items()
        if count
    ]
    title = Text(f"{region} {year} 年：", f"{region}, {year}: ").get(lang) + "  ".join(shown)
    subtitle = Text("竖线为阈值", "Strokes are thresholds").get(lang)
    return chart.finished(board_form(rows, lang), title, subtitle)


def _indicator(result: WatchResult, asked: Asked, indicator: str | None) -> Any:
    import altair as alt

    table, lang = result.tables["board"], asked.lang
    region = _region(result, asked.region)
    known = [str(name) for name in result.tables["signals"]["indicator"]]
    if indicator is not None and indicator not in known:
        raise InputError(Text(f"没有指标 {indicator}", f"no indicator {indicator}"))
    signals = result.tables["signals"]
    usable = signals.loc[signals["threshold"].notna(), "indicator"]
    name = indicator or (str(usable.iloc[0]) if len(usable) else known[0])
    own = table[(table["region"] == region) & (table["indicator"] == name)]
    own = own.dropna(subset=["value"])
    events = result.tables["events"]
    dates = events.loc[events["region"] == region, ["year"]]
    data = pd.concat(
        [
            own[["year", "value"]].assign(series=_VALUE.get(lang)),
            own[["year", "threshold"]]
            .rename(columns={"threshold": "value"})
            .assign(series=_THRESHOLD.get(lang)),
        ]
    ).dropna(subset=["value"])
    series = [_VALUE.get(lang), _THRESHOLD.get(lang)]
    x = alt.X("year:Q", title=None, axis=alt.Axis(format="d", tickMinStep=1))
    y = alt.Y("value:Q", title=indicator_title(name).get(lang), scale=alt.Scale(zero=False))
    lines = (
        alt.Chart(data)
        .mark_line(strokeWidth=2, point=True)
        .encode(
            x=x.scale(zero=False, nice=False),
            y=y,
            color=alt.Color(
                "series:N",
                scale=alt.Scale(domain=series, range=[chart.REGION, chart.INK]),
                legend=alt.Legend(orient="top", title=None),
            ),
            strokeDash=alt.StrokeDash(
                "series:N", scale=alt.Scale(domain=series, range=[[1, 0], [5, 4]]), legend=None
            ),
        )
    )
    rules = alt.Chart(dates).mark_rule(color=chart.QUIET, strokeDash=[2, 3]).encode(x="year:Q")
    words = (
        alt.Chart(dates.assign(word=_EVENT.get(lang)))
        .mark_text(align="left", dx=3, color=chart.QUIET)
        .encode(x="year:Q", y=alt.value(8), text="word:N")
    )
    beyond = int((own["reason"] == "beyond").sum())
    title = Text(
        f"{region}：{indicator_title(name).zh}有 {beyond} 年亮红灯",
        f"{region}: {indicator_title(name).en}, red in {beyond} year(s)",
    ).get(lang)
    subtitle = Text(
        "每年的阈值只由其前的年份得出", "The threshold of a year comes from the years before it"
    )
    layers = alt.layer(rules, lines, words, width="container", height=260)
    return chart.finished(layers, title, subtitle.get(lang))


def _roc(result: WatchResult, lang: Language) -> Any:
    import altair as alt

    table = result.tables["roc"]
    if table.empty:
        raise _nothing()
    areas = result.tables["performance"].set_index("method")["auc"]
    names = list(dict.fromkeys(table["method"]))
    words = {n: f"{METHOD_WORDS[n].get(lang)} (AUC {areas[n]:.2f})" for n in names}
    data = table.assign(series=table["method"].map(words), order=range(len(table)))
    domain = [words[name] for name in names]
    lines = (
        alt.Chart(data)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("false_alarm_rate:Q", title=_FALSE.get(lang), axis=alt.Axis(format=".0%")),
            y=alt.Y("hit_rate:Q", title=_HIT.get(lang), axis=alt.Axis(format=".0%")),
            order="order:Q",
            color=alt.Color(
                "series:N",
                scale=alt.Scale(domain=domain, range=[chart.hue(k) for k in range(len(names))]),
                legend=alt.Legend(orient="top", direction="vertical", title=None, labelLimit=400),
            ),
            strokeDash=alt.StrokeDash(
                "series:N",
                scale=alt.Scale(domain=domain, range=list(_DASHES[: len(names)])),
                legend=None,
            ),
        )
    )
    even = pd.DataFrame({"x": [0, 1], "y": [0, 1]})
    diagonal = alt.Chart(even).mark_line(color=chart.PEERS).encode(x="x:Q", y="y:Q")
    best = max(names, key=lambda name: areas[name])
    title = Text(
        f"样本外 AUC 最高：{METHOD_WORDS[best].zh}，{areas[best]:.2f}",
        f"Highest AUC out of sample: {METHOD_WORDS[best].en}, {areas[best]:.2f}",
    ).get(lang)
    subtitle = Text("灰线为无信息", "The grey line is no information").get(lang)
    return chart.finished(
        alt.layer(diagonal, lines, width="container", height=300), title, subtitle
    )


def _record(result: WatchResult, lang: Language) -> Any:
    import altair as alt

    table = result.tables["performance"]
    table = table[(table["method"] != "base_rate") & (table["periods"] > 0)]
    if table.empty:
        raise _nothing()
    labels = [
        (indicator_title(str(one)) if method == "signals" else METHOD_WORDS[str(method)]).get(lang)
        for method, one in zip(table["method"], table["indicator"], strict=True)
    ]
    data = table.assign(label=labels).melt(
        "label", ["hit_rate", "false_alarm_rate"], "measure", "value"
    )
    data["measure"] = data["measure"].map(
        {"hit_rate": _HIT.get(lang), "false_alarm_rate": _FALSE.get(lang)}
    )
    kinds = [_HIT.get(lang), _FALSE.get(lang)]
    form = (
        alt.Chart(data)
        .mark_bar(height=9)
        .encode(
            y=alt.Y("label:N", sort=labels, title=None, axis=alt.Axis(labelLimit=190)),
            yOffset=alt.YOffset("measure:N", sort=kinds),
            x=alt.X("value:Q", title=None, axis=alt.Axis(format=".0%")),
            color=alt.Color(
                "measure:N",
                scale=alt.Scale(domain=kinds, range=[chart.HUES[0], chart.PEERS]),
                legend=alt.Legend(orient="top", title=None),
            ),
        )
        .properties(width="container", height=_ROW * len(labels))
    )
    periods = int(table["periods"].iloc[0])
    before = int(table["hits"].iloc[0] + table["misses"].iloc[0])
    title = Text(
        f"样本外 {periods} 个地区年份，其中 {before} 个在事件之前",
        f"{periods} region-years out of sample, {before} of them before events",
    ).get(lang)
    return chart.finished(form, title, "")


def _region(result: WatchResult, asked: str | None) -> str:
    names = [str(name) for name in result.tables["board"]["region"].drop_duplicates()]
    if asked is not None and asked not in names:
        raise InputError(Text(f"结果中没有地区 {asked}", f"no region {asked} in the result"))
    return names[0] if asked is None else asked


def _nothing() -> InputError:
    return InputError(
        Text("样本外没有预测可画", "there are no forecasts out of sample to draw"),
        remedy=Text("原因见结果的提示。", "The warnings of the result say why."),
    )
