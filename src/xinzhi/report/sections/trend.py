"""Where would coordination go if it went on as before, and how good were such forecasts?"""

from __future__ import annotations

from typing import Any

import pandas as pd

from xinzhi.core import InputError, Language, Result, Text, chart
from xinzhi.measure import CouplingResult, TrendResult
from xinzhi.measure import trend as compute
from xinzhi.measure.plots import against_peers
from xinzhi.report import charts
from xinzhi.report.context import Context, missing
from xinzhi.report.coupling_cards import CouplingCards
from xinzhi.report.coupling_charts import COORDINATION
from xinzhi.report.index_cards import IndexCards
from xinzhi.report.index_tables import figure, words
from xinzhi.report.model import Cell, Chart, NotRun, Panel, Section, Statement, Table, cite
from xinzhi.report.titles import METHODS
from xinzhi.report.trend_cards import TrendCards
from xinzhi.report.words import listing, number, say

ID = "trend"
PART = "chains"
TITLE = Text("协调度的趋势与预测", "Trend and forecast of coordination")
_NEEDS = Text("连续八年以上、指标齐全的数据", "eight consecutive years or more with all indicators")
_DASHES = {"gm11": [6, 4], "last_value": [2, 3]}
_COLOURS = {"gm11": chart.REGION, "last_value": chart.INK}


def run(context: Context) -> Result | NotRun:
    """Forecast the coordination of the main system's subsystems."""
    coupled = context.results.get("coupling")
    if not isinstance(coupled, CouplingResult):
        return NotRun(Text("耦合没有算出", "coupling did not run"))
    try:
        result = compute(coupled)
    except InputError as error:
        return NotRun(error.message, _NEEDS)
    table = result.tables["forecast"]
    if table.loc[table["region"] == context.region, "value"].isna().all():
        return NotRun(
            say("{r}缺少年份", "{r} lacks years", r=context.name(context.region)),
            _NEEDS,
        )
    return result


def write(result: TrendResult, context: Context) -> Section:
    """Word and draw the forecasts."""
    coupled = context.results["coupling"]
    assert isinstance(coupled, CouplingResult)
    assert coupled.index is not None
    coupling = CouplingCards(context, coupled, IndexCards(context, coupled.index))
    cards = TrendCards(context, result, coupling)
    return Section(
        id=ID,
        title=TITLE,
        statements=(_ahead(result, context, cards), _errors(context, cards), _all(result)),
        charts=(_chart(result, coupled, context, cards),),
        tables=(_table(result, context, cards),),
        notes=(
            Text(
                "预测只是把过去的走势外推，不是解释，也不是目标；点估计没有区间，可信程度看回测误差。",
                "A forecast carries the past forward; it explains nothing and is no target. It has "
                "no interval: how far to trust it is what the backtest errors say.",
            ),
        ),
    )


def _known(context: Context, cards: TrendCards) -> list[str]:
    """Return the methods that the region's values allow."""
    return [
        method for method in METHODS if not missing(cards.errors.row(context.region, method)["mae"])
    ]


def _ahead(result: TrendResult, context: Context, cards: TrendCards) -> Statement:
    last = cards.years[-1]
    year = last + int(result.parameters["horizon"])
    named = listing(
        say(
            "{m} {v}",
            "{v} by {m}",
            m=_inside(method),
            v=cite(
                cards.forecast(method, year),
                number(cards.forecasts.row(context.region, year, method)["value"]),
            ),
        )
        for method in _known(context, cards)
    )
    now = cards.coupling.coupling.row(context.region, last)["coordination"]
    text = say(
        "{y} 年{r}的协调度为 {v}；若走势不变，{z} 年的预测为：{l}。",
        "Coordination of {r} was {v} in {y}; if it went on as before, forecasts for {z} are {l}.",
        y=f"{last}",
        r=context.name(context.region),
        v=cite(cards.coupling.coordination(context.region, last), number(now)),
        z=f"{year}",
        l=named,
    )
    evidence = ((f"{ID}_forecast", {"region": context.region, "year": year}),)
    return Statement(f"{ID}.ahead", text, evidence, see=f"{ID}-forecast")


def _errors(context: Context, cards: TrendCards) -> Statement:
    known = _known(context, cards)
    rows = {method: cards.errors.row(context.region, method) for method in known}
    named = listing(
        say("{m} {v}", "{m} {v}", m=_inside(m), v=cite(cards.error(m), number(row["mae"])))
        for m, row in rows.items()
    )
    if "gm11" not in rows:
        verdict = Text(
            "协调度有 0，GM(1,1) 不适用",
            "GM(1,1) cannot be used, since coordination is 0 in a year",
        )
    elif rows["gm11"]["mae"] < rows["last_value"]["mae"]:
        verdict = Text("GM(1,1) 优于末值法", "GM(1,1) beats the last value")
    else:
        verdict = Text(
            "GM(1,1) 不如“不变”的末值法，不宜引用",
            "GM(1,1) does no better than the last value and should not be quoted",
        )
    text = say(
        "回测（{n} 次，自 {o} 年起）的平均绝对误差：{l}；{w}。",
        "Mean absolute errors of the backtest ({n} forecasts, from {o} on): {l}; {w}.",
        n=f"{rows['last_value']['forecasts']}",
        o=f"{cards.result.parameters['first_origin']}",
        l=named,
        w=verdict,
    )
    evidence = ((f"{ID}_backtest", {"region": context.region}),)
    return Statement(f"{ID}.errors", text, evidence, see=f"{ID}-methods")


def _all(result: TrendResult) -> Statement:
    """Count the regions in which the grey model has the lowest error of all methods."""
    best = result.tables["models"].dropna(subset=["best"])["best"]
    text = say(
        "{n} 个有预测的地区中，GM(1,1) 误差最小的有 {k} 个。",
        "GM(1,1) has the lowest error in {k} of the {n} regions with a forecast.",
        n=f"{len(best)}",
        k=f"{int((best == 'gm11').sum())}",
    )
    return Statement(f"{ID}.regions", text, ((f"{ID}_models", {}),), see=f"{ID}-methods")


def _inside(method: str) -> Text:
    """Return a method's name as it stands in a sentence."""
    title = METHODS[method]
    return title if method == "gm11" else Text(title.zh, "the " + title.en.lower())


def _chart(
    result: TrendResult, coupled: CouplingResult, context: Context, cards: TrendCards
) -> Chart:
    past = against_peers(
        coupled.tables["coupling"], "coordination", "year", context.region, context.peers
    )
    methods = [method for method in _known(context, cards) if method in _DASHES]
    ahead = list(range(cards.years[-1], cards.years[-1] + int(result.parameters["horizon"]) + 1))
    drawn = pd.concat([past, pd.DataFrame({"year": ahead[1:]})], ignore_index=True)
    ids = [cards.coupling.coordination(context.region, year) for year in cards.years]
    ids += [""] * (len(ahead) - 1)
    start = float(past["value"].iloc[-1])
    lines = {
        method: [start]
        + [cards.forecasts.row(context.region, year, method)["value"] for year in ahead[1:]]
        for method in methods
    }

    def draw(lang: Language) -> Any:
        picture = chart.trend(drawn.assign(card=ids), COORDINATION.get(lang), None)
        for method, values in lines.items():
            picture += _dashes(pd.DataFrame({"year": ahead, "value": values}), method)
        return picture

    finding = say(
        "{r}的协调度：{b} 年 {v}；{z} 年预测 {l}",
        "Coordination of {r}: {v} in {b}; forecast for {z}: {l}",
        r=context.name(context.region),
        b=f"{cards.years[-1]}",
        v=number(start),
        z=f"{ahead[-1]}",
        l=listing(
            say("{v}（{m}）", "{v} ({m})", m=_inside(m), v=number(values[-1]))
            for m, values in lines.items()
        ),
    )
    names: tuple[charts.Key, ...] = tuple(
        ("dashes", _COLOURS[method], METHODS[method]) for method in methods
    )
    return Chart(
        id=f"{ID}-forecast",
        title=finding,
        subtitle=say(
            "{m}；虚线为预测，纵轴不从 0 起",
            "{m}; dashed: forecasts; the axis does not start at 0",
            m=COORDINATION,
        ),
        source=charts.source_line(context),
        alt=say("{f}。", "{f}.", f=finding),
        panels=(Panel(charts.in_both(draw)),),
        key=(*charts.usual_key(context, line=True), *names),
    )


def _dashes(frame: pd.DataFrame, method: str) -> Any:
    import altair as alt

    line = alt.Chart(frame).mark_line(
        color=_COLOURS[method], strokeDash=_DASHES[method], strokeWidth=2
    )
    x = alt.X("year:O", axis=alt.Axis(labelSeparation=6))  # more years than a phone has room for
    return line.encode(x=x, y=alt.Y("value:Q"))


def _table(result: TrendResult, context: Context, cards: TrendCards) -> Table:
    first = cards.years[-1] + 1
    years = range(first, first + int(result.parameters["horizon"]))
    rows = []
    for method in _known(context, cards):
        row = cards.errors.row(context.region, method)
        cells: list[Cell] = [words(METHODS[method], method)]
        for year in years:
            value = cards.forecasts.row(context.region, year, method)["value"]
            cells.append(figure(value, cards.forecast(method, year), digits=3))
        cells += [
            figure(row["forecasts"], digits=0),
            figure(row["mae"], cards.error(method), digits=4),
            figure(row["mape"], digits=4),
            figure(row["relative_mae"], digits=2),
        ]
        rows.append(tuple(cells))
    return Table(
        id=f"{ID}-methods",
        title=say(
            "{r}协调度的预测及各方法的回测误差",
            "Forecasts of the coordination of {r}, and the errors of each method",
            r=context.name(context.region),
        ),
        columns=(
            Text("方法", "Method"),
            *(Text(f"{year}", f"{year}") for year in years),
            Text("回测次数", "Forecasts tested"),
            Text("平均绝对误差", "Mean absolute error"),
            Text("平均相对误差", "Mean relative error"),
            Text("与末值法之比", "Over that of the last value"),
        ),
        rows=tuple(rows),
        numeric=(False, *(True for _ in years), True, True, True, True),
        folded=False,
    )
