"""Indicator systems: a hierarchy of nodes and indicators, evaluated on a panel."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import xarray as xr

from xinzhi.core import NO_TEXT, InputError, Text
from xinzhi.data.formula import Formula
from xinzhi.data.panel import STATUSES, Panel
from xinzhi.data.units import Unit, find_unit

Transform = Literal["none", "log"]


@dataclass(frozen=True)
class Node:
    """A named group of nodes or indicators; ``parent`` is None only for the root."""

    id: str
    parent: str | None
    title: Text
    weight: float | None = None


@dataclass(frozen=True)
class Indicator:
    """One measured quantity.

    direction : 1 if more is better, -1 if less is
    transform : "log" or "none", applied before normalisation
    goalposts : (low, high) in ``unit``, for normalisation by goalposts
    window : trailing years over which ``window_statistic`` is taken; all must be present
    fixed_year : a single year whose value stands for every year
    weak : the indicator has a weakness that a reader must be told of at once
    """

    id: str
    node: str
    title: Text
    formula: Formula
    unit: Unit
    direction: int = 1
    transform: Transform = "none"
    goalposts: tuple[float, float] | None = None
    weight: float | None = None
    window: int = 1
    window_statistic: str = "mean"
    fixed_year: int | None = None
    why: Text = NO_TEXT
    weakness: Text = NO_TEXT
    weak: bool = False
    source: Text = NO_TEXT


@dataclass(frozen=True)
class IndicatorSystem:
    """A hierarchy: ``nodes`` with the root first, ``indicators`` in the order of the file.

    ``side`` holds indicators that are shown with their date beside the score and never enter it.
    ``pack`` names the data pack that the indicators need beside the embedded figures.
    """

    id: str
    version: str
    title: Text
    source: Text
    nodes: tuple[Node, ...]
    indicators: tuple[Indicator, ...]
    side: tuple[Indicator, ...] = ()
    note: Text = NO_TEXT
    pack: str = ""
    sha256: str = ""

    @property
    def root(self) -> str:
        """Return the id of the node above all others, which is the system's own."""
        return self.nodes[0].id

    @property
    def subsystems(self) -> tuple[str, ...]:
        """Return the ids of the nodes right below the root."""
        return tuple(node.id for node in self.nodes if node.parent == self.root)

    def children(self, node: str) -> tuple[str, ...]:
        """Return the ids of the nodes and indicators right below ``node``."""
        return (
            *(child.id for child in self.nodes if child.parent == node),
            *(child.id for child in self.indicators if child.node == node),
        )

    def indicators_below(self, node: str) -> tuple[str, ...]:
        """Return the ids of all indicators at any depth below ``node``."""
        own = tuple(child.id for child in self.indicators if child.node == node)
        deeper = (self.indicators_below(c.id) for c in self.nodes if c.parent == node)
        return own + tuple(i for group in deeper for i in group)

    def title_of(self, name: str) -> Text:
        """Return the title of a node or an indicator."""
        entries: Iterable[Node | Indicator] = (*self.nodes, *self.indicators, *self.side)
        return next((entry.title for entry in entries if entry.id == name), Text(name, name))

    def evaluate(self, panel: Panel, years: Iterable[int] | None = None) -> xr.Dataset:
        """Compute every indicator from a panel.

        panel : one vintage a series
        years : the years to return; by default those in which every indicator has some value
        Returns : dataset with ``value`` (region, year, indicator) in each indicator's unit, and
        ``status`` (the same dims, int8 position in STATUSES, the worst of the inputs, -1 missing)
        Raises : InputError for an unknown indicator, a unit that does not fit, or no common year
        """
        measured = [_measure(indicator, panel) for indicator in self.indicators]
        return _dataset(self.id, self.indicators, measured, panel, years)

    def evaluate_side(self, panel: Panel) -> xr.Dataset:
        """Compute the side indicators, whatever the years; the same shape as ``evaluate``."""
        measured = [_measure(indicator, panel) for indicator in self.side]
        every = sorted({year for part in measured for year in part["year"].values.tolist()})
        return _dataset(self.id, self.side, measured, panel, every)


def _measure(indicator: Indicator, panel: Panel) -> xr.Dataset:
    """Return ``value`` and ``status`` (region, year) of one indicator over all its years."""
    known = panel.indicators
    unknown = [name for name in indicator.formula.names if panel.resolve(name) is None]
    if unknown:
        details = []
        for name in unknown:
            near = difflib.get_close_matches(name, known, 1, 0.5)
            details.append(
                Text(
                    f"指标 {indicator.id}：数据中没有 {name}"
                    + (f"，是否指 {near[0]}？" if near else ""),
                    f"indicator {indicator.id}: the data have no {name}"
                    + (f", did you mean {near[0]}?" if near else ""),
                )
            )
        shown = sorted(known)[:12]
        raise InputError(
            Text(
                f"公式 {indicator.formula.text} 用到未知指标",
                f"formula {indicator.formula.text} names an unknown indicator",
            ),
            details,
            Text(f"数据中的指标有：{'、'.join(shown)}", f"The data hold: {', '.join(shown)}"),
        )
    array = panel.to_array(indicator.formula.names)
    status = panel.status_codes(indicator.formula.names).max("indicator")
    years = array["year"].values
    if len(years):
        every = np.arange(years.min(), years.max() + 1)
        array = array.reindex(year=every)
        status = status.reindex(year=every, fill_value=-1)
    units = {name: find_unit(array.attrs["units"][name]) for name in indicator.formula.names}
    factor = indicator.formula.unit_factor(units, indicator.unit)
    values = indicator.formula.evaluate(
        {
            name: array.sel(indicator=name).values * (1.0 if factor is None else units[name].factor)
            for name in indicator.formula.names
        }
    ) * (1.0 if factor is None else factor)
    codes = np.where(np.isnan(values), -1, status.values).astype(np.int8)
    if indicator.window > 1:
        values, codes = _trailing(values, codes, indicator.window, indicator.window_statistic)
    if indicator.fixed_year is not None:
        values, codes = _held(indicator, array["year"].values, values, codes)
    return xr.Dataset(
        {"value": (("region", "year"), values), "status": (("region", "year"), codes)},
        coords={"region": array["region"], "year": array["year"]},
        attrs={"checked": factor is not None, "fixed": indicator.fixed_year is not None},
    )


def _trailing(
    values: np.ndarray, codes: np.ndarray, window: int, statistic: str
) -> tuple[np.ndarray, np.ndarray]:
    """Replace each year by the statistic of it and the years before; missing if one is missing."""
    out, worst = np.full_like(values, np.nan), np.full_like(codes, -1)
    if values.shape[1] < window:
        return out, worst
    windows = np.lib.stride_tricks.sliding_window_view(values, window, axis=1)
    out[:, window - 1 :] = getattr(np, statistic)(windows, axis=-1)
    worst[:, window - 1 :] = np.lib.stride_tricks.sliding_window_view(codes, window, axis=1).max(-1)
    return out, np.where(np.isnan(out), -1, worst).astype(np.int8)


def _held(
    indicator: Indicator, years: np.ndarray, values: np.ndarray, codes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Spread the value of the fixed year over all years."""
    place = np.flatnonzero(years == indicator.fixed_year)
    if not place.size:
        raise InputError(
            Text(
                f"指标 {indicator.id} 固定取 {indicator.fixed_year} 年，但数据没有这一年",
                f"indicator {indicator.id} is held at {indicator.fixed_year}, "
                "a year the data do not have",
            )
        )
    return (
        np.repeat(values[:, place[:1]], len(years), axis=1),
        np.repeat(codes[:, place[:1]], len(years), axis=1),
    )


def _dataset(
    name: str,
    indicators: tuple[Indicator, ...],
    measured: list[xr.Dataset],
    panel: Panel,
    years: Iterable[int] | None,
) -> xr.Dataset:
    if years is None:
        dated = [part for part in measured if not part.attrs["fixed"]] or measured
        have = [set(p["year"].values[~np.isnan(p["value"].values).all(0)].tolist()) for p in dated]
        chosen = sorted(set.intersection(*have)) if have else []
        if not chosen:
            raise InputError(
                Text(
                    f"指标体系 {name}：没有任何一年所有指标都有数据",
                    f"system {name}: in no year do all indicators have data",
                ),
                [
                    Text(f"{i.id}：{_span(h, '无数据')}", f"{i.id}: {_span(h, 'no data')}")
                    for i, h in zip(
                        (i for i in indicators if i.fixed_year is None), have, strict=False
                    )
                ],
                Text(
                    "去掉最短的指标，或补充数据。", "Leave out the shortest indicator, or add data."
                ),
            )
    else:
        chosen = sorted(set(years))
    regions = panel.region_names
    value = np.full((len(regions), len(chosen), len(indicators)), np.nan)
    status = np.full(value.shape, -1, dtype=np.int8)
    for k, (indicator, part) in enumerate(zip(indicators, measured, strict=True)):
        if indicator.fixed_year is not None and part.sizes["year"]:
            value[:, :, k] = part["value"].values[:, :1]
            status[:, :, k] = part["status"].values[:, :1]
            continue
        aligned = part.reindex(region=regions, year=chosen, fill_value={"status": -1})
        value[:, :, k] = aligned["value"].values
        status[:, :, k] = aligned["status"].values
    unchecked = tuple(
        i.id for i, p in zip(indicators, measured, strict=True) if not p.attrs["checked"]
    )
    dims = ("region", "year", "indicator")
    return xr.Dataset(
        {"value": (dims, value), "status": (dims, status)},
        coords={
            "region": list(regions),
            "year": chosen,
            "indicator": [indicator.id for indicator in indicators],
        },
        attrs={
            "units": {indicator.id: indicator.unit.id for indicator in indicators},
            "unchecked": unchecked,
            "statuses": STATUSES,
        },
    )


def _span(years: set[int], nothing: str) -> str:
    return f"{min(years)}–{max(years)}" if years else nothing
