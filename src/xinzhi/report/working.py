"""An indicator's formula with the numbers put in, and the published figures that it read."""

from __future__ import annotations

import math

import numpy as np

from xinzhi.core import Text
from xinzhi.data import Indicator, find_unit
from xinzhi.report.context import Figures
from xinzhi.report.model import Figure
from xinzhi.report.words import full


def working(
    published: Figures, indicator: Indicator, region: str, year: int, value: float | None
) -> tuple[Text, tuple[Figure, ...]]:
    """Return an indicator's formula with the numbers put in, and the figures it read."""
    last = year if indicator.fixed_year is None else indicator.fixed_year
    lines, figures = [], []
    years = range(last - indicator.window + 1, last + 1)
    factor = None
    for date in years:
        found = {n: published.figure(n, region, date) for n in indicator.formula.names}
        figures += [figure for figure in found.values() if figure is not None]
        if any(figure is None for figure in found.values()):
            lines.append(_same(f"{date}: —"))
            continue
        numbers = {n: figure.value for n, figure in found.items() if figure is not None}
        raw = float(indicator.formula.evaluate({n: np.array(v) for n, v in numbers.items()}))
        if factor is None:
            factor = _factor(published, indicator, region, date)
        scaled = f" × {full(factor)}" if factor not in (None, 1.0) else ""
        outcome = full(raw * (factor or 1.0))
        head = f"{date}: " if indicator.window > 1 else ""
        shown = indicator.formula.with_numbers(numbers)
        lines.append(_same(f"{head}{shown}{scaled} = {outcome}"))
    if indicator.window > 1:
        word = {"mean": ("平均", "mean"), "median": ("中位数", "median")}
        zh, en = word[indicator.window_statistic]
        span = f"{years[0]}–{years[-1]}"
        lines.append(Text(f"{span} 年{zh} = {full(value)}", f"{en} {span} = {full(value)}"))
    text = Text("\n".join(t.zh for t in lines), "\n".join(t.en for t in lines))
    return text, tuple(figures)


def _factor(published: Figures, indicator: Indicator, region: str, year: int) -> float | None:
    """Return what turns the formula's value in the figures' units into the indicator's unit."""
    rows = {n: published.find(n, region, year) for n in indicator.formula.names}
    units = {n: find_unit(str(row["unit"])) for n, row in rows.items() if row is not None}
    if indicator.formula.unit_factor(units, indicator.unit) is None:
        return 1.0
    printed = {n: np.array(row["value"]) for n, row in rows.items() if row is not None}
    in_base = {n: value * units[n].factor for n, value in printed.items()}
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = indicator.formula.evaluate(in_base) / indicator.formula.evaluate(printed)
    factor = float(ratio) / indicator.unit.factor
    return float(f"{factor:.12g}") if math.isfinite(factor) else None


def _same(text: str) -> Text:
    return Text(text, text)
