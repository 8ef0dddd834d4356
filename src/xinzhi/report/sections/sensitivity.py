"""Which methodological choice moves the rank and the score of the region? Sobol shares."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd

from xinzhi.core import NO_TEXT, ComputationError, Result, Text
from xinzhi.core.optional import imported
from xinzhi.measure import SensitivityResult, index_sensitivity
from xinzhi.report import charts
from xinzhi.report.context import Context, Lookup, Row, missing
from xinzhi.report.index_tables import figure, words
from xinzhi.report.model import Card, Cell, Chart, NotRun, Section, Statement, Table, cite
from xinzhi.report.titles import SHARES_OF
from xinzhi.report.words import MISSING, full, inside, listing, percent, say

ID = "sensitivity"
PART = "data"
TITLE = Text("哪一项选择影响最大（Sobol 份额）", "Which choice matters most (Sobol shares)")
_MOST_NAMED = 3
_TOGETHER = Text("几项选择共同作用", "Choices acting together")
_MEASURES = {
    "rank": (Text("排名", "rank"), Text("一阶份额（占排名方差）", "First-order share of the rank")),
    "score": (
        Text("标准化得分", "standardised score"),
        Text("一阶份额（占得分方差）", "First-order share of the score"),
    ),
}


def run(context: Context) -> Result | NotRun:
    """Attribute the variance of ranks and scores to the choices that the Monte Carlo varies."""
    if context.uncertainty is None:
        return NotRun(Text("没有蒙特卡洛抽样", "there is no Monte Carlo"), Text("抽样", "draws"))
    try:
        imported("SALib", "sensitivity")
    except ComputationError as error:
        return NotRun(error.message, remedy=error.remedy or NO_TEXT)
    result = index_sensitivity(
        context.values,
        context.system,
        context.method,
        context.uncertainty,
        seed=context.seed,
        inputs=context.panel.inputs,
    )
    tables = {**result.tables, "interactions": interactions(result)}
    return replace(result, tables=tables)


def interactions(result: SensitivityResult) -> pd.DataFrame:
    """Return what no choice makes alone: 1 minus the sum of the first-order shares."""
    table = result.tables["regions"]
    keys = ["region", "year", "measure"]
    alone = table.groupby(keys, sort=False)["first_order"].sum(min_count=1)
    return (1.0 - alone).rename("interaction").reset_index()


def write(result: SensitivityResult, context: Context) -> Section:
    """Word and draw the shares."""
    cards = _Cards(context, result)
    known = [name for name in _MEASURES if not missing(cards.interaction(name))]
    statements = [
        _shares(context, cards, name) if name in known else _constant(context, name)
        for name in _MEASURES
    ]
    return Section(
        id=ID,
        title=TITLE,
        statements=tuple(statements),
        charts=tuple(_chart(context, cards, name) for name in known[:1]),
        tables=(_table(context, cards),),
    )


class _Cards:
    """Makes the cards of the shares of the region in the year of the report."""

    def __init__(self, context: Context, result: SensitivityResult):
        self.context, self.result = context, result
        table = result.tables["regions"]
        self._shares = Lookup(table, ("region", "year", "measure", "choice"))
        self._together = Lookup(result.tables["interactions"], ("region", "year", "measure"))
        self.shifts = Lookup(result.tables["shares"], ("year", "choice"))
        choices = result.tables["choices"]
        self.options = dict(zip(choices["choice"], choices["values"], strict=True))
        self.choices = [str(name) for name in choices["choice"]]

    def row(self, measure: str, choice: str) -> Row:
        """Return the shares of a choice."""
        return self._shares.row(self.context.region, self.context.year, measure, choice)

    def interaction(self, measure: str) -> float:
        """Return what the choices make only together."""
        row = self._together.row(self.context.region, self.context.year, measure)
        return float(row["interaction"])

    def share(self, measure: str, choice: str, kind: str = "first_order") -> str:
        """Return the card of a first-order or total share."""
        row = self.row(measure, choice)
        value, low, high = (float(row[f"{kind}{end}"]) for end in ("", "_low", "_high"))
        symbol = "V[E(Y|X)] ÷ V(Y)" if kind == "first_order" else "E[V(Y|X₋)] ÷ V(Y)"
        names = (Text("一阶份额", "first-order share"), Text("总份额", "total share"))
        title = say(
            "{c}：{r}的{k}",
            "{c}: {k} of the {r}",
            c=SHARES_OF[choice],
            r=_MEASURES[measure][0],
            k=names[kind == "total"],
        )
        options = Text(self.options[choice], self.options[choice])
        return self._card(
            (measure, choice, kind),
            title,
            value,
            f"{symbol} = {full(value)}",
            (low, high),
            ((Text("可选项", "Options"), options),),
        )

    def together(self, measure: str) -> str:
        """Return the card of what the choices make only together."""
        value = self.interaction(measure)
        shares = [float(self.row(measure, c)["first_order"]) for c in self.choices]
        formula = f"1 − ({' + '.join(map(full, shares))}) = {full(value)}"
        parts = tuple(self.share(measure, choice) for choice in self.choices)
        title = say("{t}：{r}", "{t}: {r}", t=_TOGETHER, r=_MEASURES[measure][0])
        return self._card((measure, "together"), title, value, formula, None, (), parts)

    def _card(
        self,
        kind: tuple[str, ...],
        title: Text,
        value: float,
        formula: str,
        ends: tuple[float, float] | None,
        more: tuple[tuple[Text, Text], ...],
        parts: tuple[str, ...] = (),
    ) -> str:
        context, settings = self.context, self.result.parameters
        code = context.region_of(context.region).code
        level = percent(float(settings["level"]))
        runs = f"{settings['runs']:,}"
        return context.add(
            Card(
                id=context.card_id(context.system.id, ID, *kind, code, context.year),
                title=title,
                value=value,
                unit=NO_TEXT,
                region=context.full_name(context.region),
                year=str(context.year),
                formula=Text(formula, formula),
                low=None if ends is None else ends[0],
                high=None if ends is None else ends[1],
                band=NO_TEXT
                if ends is None
                else say("{l} 置信区间（自助法）", "{l} confidence (bootstrap)", l=level),
                parameters=(
                    *more,
                    (Text("运行次数", "Runs"), Text(runs, runs)),
                    (Text("种子", "Seed"), Text(f"{settings['seed']}", f"{settings['seed']}")),
                ),
                parts=parts,
                method="method-sensitivity",
            )
        )


def _shares(context: Context, cards: _Cards, measure: str) -> Statement:
    """Name the choices that make most of the variance by themselves, and what is left."""
    rows = {choice: cards.row(measure, choice) for choice in cards.choices}
    order = sorted(rows, key=lambda choice: -float(rows[choice]["first_order"]))
    named = []
    for choice in order[:_MOST_NAMED]:
        row = rows[choice]
        value, low, high = (percent(float(row[f"first_order{e}"])) for e in ("", "_low", "_high"))
        card = cards.share(measure, choice)
        named.append(
            say(
                "{c} {v}（{a} 至 {b}）",
                "{c} {v} ({a} to {b})",
                c=inside(SHARES_OF[choice]),
                v=Text(cite(card, value.zh), cite(card, value.en)),
                a=low,
                b=high,
            )
        )
    rest = cards.interaction(measure)
    shown, card = percent(rest), cards.together(measure)
    left = say(
        "；另有 {p} 要几项选择同时改变才出现",
        "; {p} arises only where choices change together",
        p=Text(cite(card, shown.zh), cite(card, shown.en)),
    )
    text = say(
        "任意组合各种方法，{y} 年{r}的{m}会变；其方差中单独由一项选择造成的：{l}{t}。",
        "The {m} of {r} in {y} varies with the methods that are combined; of its variance single "
        "choices make by themselves: {l}{t}.",
        y=f"{context.year}",
        r=context.name(context.region),
        m=_MEASURES[measure][0],
        l=listing(named),
        t=left if rest > 0 else NO_TEXT,
    )
    key = {"region": context.region, "year": context.year, "measure": measure}
    evidence = ((f"{ID}_regions", key), (f"{ID}_interactions", key))
    return Statement(f"{ID}.{measure}", text, evidence, see=f"{ID}-table")


def _constant(context: Context, measure: str) -> Statement:
    text = say(
        "无论怎样组合方法，{y} 年{r}的{m}都不变。",
        "Whatever methods are combined, the {m} of {r} in {y} stays the same.",
        y=f"{context.year}",
        r=context.name(context.region),
        m=_MEASURES[measure][0],
    )
    key = {"region": context.region, "year": context.year, "measure": measure}
    return Statement(f"{ID}.{measure}", text, ((f"{ID}_regions", key),), see=f"{ID}-table")


def _chart(context: Context, cards: _Cards, measure: str) -> Chart:
    rows = {choice: cards.row(measure, choice) for choice in cards.choices}
    order = sorted(rows, key=lambda choice: -float(rows[choice]["first_order"]))
    drawn = pd.DataFrame(
        {
            "value": [rows[c]["first_order"] for c in order] + [cards.interaction(measure)],
            "low": [rows[c]["first_order_low"] for c in order] + [math.nan],
            "high": [rows[c]["first_order_high"] for c in order] + [math.nan],
        }
    ).astype(float)
    titles = [*(SHARES_OF[choice] for choice in order), _TOGETHER]
    finding = say(
        "单独影响最大的是{c}（{v}），共同作用占 {p}",
        "{c} matters most by itself ({v}); choices acting together make {p}",
        c=SHARES_OF[order[0]],
        v=percent(float(drawn["value"].iloc[0])),
        p=percent(cards.interaction(measure)),
    )
    level = percent(float(cards.result.parameters["level"]))
    return Chart(
        id=f"{ID}-shares",
        title=finding,
        subtitle=say(
            "{m}，{r}，{y} 年；横线为 {l} 置信区间",
            "{m}, {r}, {y}; lines: {l} confidence",
            m=_MEASURES[measure][1],
            r=context.name(context.region),
            y=f"{context.year}",
            l=level,
        ),
        source=charts.source_line(context),
        alt=say("{f}。", "{f}.", f=finding),
        panels=(
            charts.shares_panel(
                drawn,
                titles,
                Text("占方差的份额（%）", "Share of the variance (%)"),
                [*(cards.share(measure, choice) for choice in order), cards.together(measure)],
            ),
        ),
    )


def _table(context: Context, cards: _Cards) -> Table:
    rows = []
    for choice in cards.choices:
        cells: list[Cell] = [words(SHARES_OF[choice], choice)]
        for measure in _MEASURES:
            row = cards.row(measure, choice)
            for kind in ("first_order", "total"):
                card = "" if missing(row[kind]) else cards.share(measure, choice, kind)
                cells.append(figure(row[kind], card, digits=3))
                if kind == "first_order":
                    ends = (row["first_order_low"], row["first_order_high"])
                    cells.append(words(_ends(*ends)))
        shift = cards.shifts.row(context.year, choice)
        cells += [figure(shift["first_order"], digits=3), figure(shift["total"], digits=3)]
        rows.append(tuple(cells))
    return Table(
        id=f"{ID}-table",
        title=say(
            "{r}：各项选择占方差的份额，{y} 年",
            "{r}: share of the variance that each choice makes, {y}",
            r=context.name(context.region),
            y=f"{context.year}",
        ),
        columns=(
            Text("选择", "Choice"),
            Text("排名：一阶", "Rank: first order"),
            Text("区间", "Interval"),
            Text("排名：总", "Rank: total"),
            Text("得分：一阶", "Score: first order"),
            Text("区间", "Interval"),
            Text("得分：总", "Score: total"),
            Text("平均排名变动：一阶", "Mean rank shift: first order"),
            Text("平均排名变动：总", "Mean rank shift: total"),
        ),
        rows=tuple(rows),
        numeric=(False, True, False, True, True, False, True, True, True),
        note=Text(
            "一阶：单独改换这一项；总：连同与其他各项的共同作用。估计值在 0 附近可能略为负。"
            "平均排名变动是全部地区的。",
            "First order: this choice alone; total: with all it does together with others. "
            "Estimates near 0 can be slightly negative. The mean rank shift is of all regions.",
        ),
        folded=False,
    )


def _ends(low: float, high: float) -> Text:
    if missing(low):
        return Text(MISSING, MISSING)
    a, b = (f"{end:.3f}".replace("-", "−") for end in (low, high))
    return say("{a} 至 {b}", "{a} to {b}", a=a, b=b)
