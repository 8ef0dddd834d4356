"""Cards behind forecasts of coordination and their errors."""

from __future__ import annotations

from xinzhi.core import NO_TEXT, Text
from xinzhi.measure import TrendResult
from xinzhi.report.context import Context, Lookup, missing
from xinzhi.report.coupling_cards import CouplingCards
from xinzhi.report.model import Card
from xinzhi.report.titles import FITS, METHODS
from xinzhi.report.words import full, say


class TrendCards:
    """Makes the cards of the forecasts of the region of the report."""

    def __init__(self, context: Context, result: TrendResult, coupling: CouplingCards):
        self.context, self.result, self.coupling = context, result, coupling
        tables = result.tables
        self.forecasts = Lookup(tables["forecast"], ("region", "year", "method"))
        self.errors = Lookup(tables["backtest"], ("region", "method"))
        self.models = Lookup(tables["models"], ("region",))
        self.years = [int(year) for year in result.parameters["years"]]

    def forecast(self, method: str, year: int) -> str:
        """Return the card of a forecast."""
        region = self.context.region
        value = self.forecasts.row(region, year, method)["value"]
        last = self.years[-1]
        span = f"{self.years[0]}–{last}"
        if method == "gm11":
            formula = self._grey(year, value)
        elif method == "last_value":
            formula = Text(f"{last} 年的值 = {full(value)}", f"value of {last} = {full(value)}")
        else:
            formula = Text(
                f"{span} 年的最小二乘直线在 {year} 年的值 = {full(value)}",
                f"least-squares line through {span}, at {year} = {full(value)}",
            )
        parts = (self.coupling.coordination(region, last),)
        title = say("{m}：协调度预测", "{m}: forecast of coordination", m=METHODS[method])
        return self._card((method,), f"{year}", title, value, formula, parts)

    def error(self, method: str) -> str:
        """Return the card of the mean absolute error of a method's backtest."""
        row = self.errors.row(self.context.region, method)
        origin, horizon = self.result.parameters["first_origin"], self.result.parameters["horizon"]
        years = f"{origin}–{self.years[-1]}"
        formula = Text(
            f"Σ |预测 − 实际| ÷ {row['forecasts']} = {full(row['mae'])}\n"
            f"每次只用到某年为止的数据（自 {origin} 年起逐年后移），预测其后至多 {horizon} 年",
            f"Σ |forecast − value| ÷ {row['forecasts']} = {full(row['mae'])}\n"
            f"each on the data up to one year, from {origin} on, at most {horizon} years ahead",
        )
        title = say("{m}：回测平均绝对误差", "{m}: mean absolute backtest error", m=METHODS[method])
        return self._card((method, "error"), years, title, row["mae"], formula, ())

    def _grey(self, year: int, value: float) -> Text:
        row = self.models.row(self.context.region)
        first = self.coupling.coupling.row(self.context.region, self.years[0])["coordination"]
        a, b, step = row["a"], row["b"], year - self.years[0]
        shown = (
            f"(1 − e^a)(x₁ − b ÷ a)e^(−a × {step})\n"
            f"a = {full(a)}, b = {full(b)}, x₁ = {full(first)}: {full(value)}"
        )
        return Text(shown, shown)

    def _card(
        self,
        kind: tuple[str, ...],
        year: str,
        title: Text,
        value: float,
        formula: Text,
        parts: tuple[str, ...],
    ) -> str:
        context = self.context
        row = self.models.row(context.region)
        parameters = [(Text("拟合的年份", "Years fitted"), _same(f"{len(self.years)}"))]
        if kind[0] == "gm11":
            passed = Text("通过", "passed") if row["class_ratio_passes"] else Text("未过", "failed")
            parameters += [
                (Text("级比检验", "Class-ratio test"), passed),
                (Text("拟合等级（惯例）", "Grade of the fit (a convention)"), FITS[row["grade"]]),
            ]
        code = context.region_of(context.region).code
        return context.add(
            Card(
                id=context.card_id(self.coupling.index.system.id, "trend", *kind, code, year),
                title=title,
                value=None if missing(value) else float(value),
                unit=NO_TEXT,
                region=context.full_name(context.region),
                year=year,
                formula=formula,
                parameters=tuple(parameters),
                parts=parts,
                method="method-trend",
            )
        )


def _same(text: str) -> Text:
    return Text(text, text)
