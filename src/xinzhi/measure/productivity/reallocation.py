"""Labour-productivity growth split into what happened within sectors and between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.core import InputError, InputRecord, Language, Result, Text
from xinzhi.data.findings import listed
from xinzhi.measure.productivity.columns import Array, sorted_columns

FORMS = ("shift-share", "tang-wang")


@dataclass(frozen=True)
class ReallocationResult(Result):
    """Tables: reallocation, sectors."""

    def plot(self, kind: str | None = None, lang: Language = "en") -> Any:
        """Return an Altair chart: ``reallocation``, the terms by period or unit.

        Raises : InputError for another kind
        """
        from xinzhi.measure.productivity.productivity_plots import productivity_chart

        return productivity_chart(self, kind, lang)


def shift_share(weight: Array, size: Array, productivity: Array) -> tuple[Array, Array, Array]:
    r"""Split the growth of a weighted sum of productivities, relative to its first level.

    .. math:: \frac{\Delta X}{X^0} = \sum_i w_i^0 (\gamma_i - 1) + \sum_i w_i^0 (\sigma_i - 1)
        + \sum_i w_i^0 (\gamma_i - 1)(\sigma_i - 1)

    weight : (..., sectors) shares w of output in the first period; size : σ, the ratio of a
        sector's size (its labour share, or that times its relative price) in the second period to
        the first; productivity : γ, the ratio of its productivity
    Returns : within, static and dynamic terms, (..., sectors) each
    """
    grown, moved = productivity - 1.0, size - 1.0
    return weight * grown, weight * moved, weight * grown * moved


def labour_productivity(
    frame: pd.DataFrame,
    output: str,
    labour: str,
    *,
    sector: str,
    time: str,
    unit: str | None = None,
    nominal_output: str | None = None,
    form: str = "shift-share",
    records: Iterable[InputRecord] = (),
) -> ReallocationResult:
    r"""Split labour-productivity growth into within, static and dynamic reallocation.

    Shift-share: aggregate productivity is :math:`X=\sum_i l_i x_i` with labour shares
    :math:`l_i` and sector productivities :math:`x_i=Y_i/L_i` in the prices of one year:

    .. math:: \frac{\Delta X}{X^0} = \frac{1}{X^0}\Big[\sum_i l_i^0\Delta x_i
        + \sum_i \Delta l_i\,x_i^0 + \sum_i \Delta l_i\,\Delta x_i\Big]

    Tang–Wang: where outputs are chained volumes, which do not add, the size of a sector is
    :math:`s_i=p_i l_i` with its relative price :math:`p_i=P_i/P`, and
    :math:`X=\sum_i s_i x_i` holds exactly in each period, so that the split with s in place of l
    is exact. The static term is then further split, exactly, into the part of labour shares
    (λ, their ratio) and of relative prices (π):
    :math:`\lambda\pi-1=(\lambda-1)\tfrac{1+\pi}{2}+(\pi-1)\tfrac{1+\lambda}{2}`. P is the Fisher
    index of the sectors' prices between the two periods.

    frame : one row a sector and period (and unit); output : value added at constant prices or
        chained volumes, above zero; labour : workers or hours, above zero
    unit : column of the region or country, if there are several
    nominal_output : column of value added at current prices, which ``tang-wang`` needs
    Returns : ``reallocation`` (unit, period, from_period, productivity_growth, within, static,
        dynamic, labour_share_effect and relative_price_effect, whose sum is static), for every
        pair of neighbouring periods and for the first and last, which comes last if there are
        more than two; ``sectors``: the same by sector. Growth is relative, :math:`X^1/X^0-1`
    Raises : InputError for values missing or not positive, sectors that differ between a unit's
        periods, fewer than two periods
    Limits : moving workers is not shown to cause the growth; the finer the sectors, the more of it
        is between them. Rows of neighbouring periods do not sum to that of first and last
    Source : Fabricant (1942), Employment in Manufacturing 1899-1939, NBER; Tang and Wang (2004),
        Canadian Journal of Economics 37(2), 421-444; Diewert (2015), Journal of Productivity
        Analysis 43(3), 367-387
    """
    _check_form(form, nominal_output)
    values = [output, labour, *([nominal_output] if nominal_output else [])]
    keys = [*([unit] if unit else []), sector, time]
    table = sorted_columns(frame, keys, values, positive=values, time=time)
    groups = table.groupby(unit, sort=False, observed=True) if unit else [("all", table)]
    rows, details = [], []
    for name, part in groups:
        cube = _cube(part, sector, time, values, str(name))
        for first, last in _pairs(cube.periods):
            detail = _split(cube, first, last, form)
            detail.insert(0, "unit", str(name))
            details.append(detail)
            sums = detail[["within", "static", "dynamic", *_EFFECTS]].sum()
            rows.append(
                {
                    "unit": str(name),
                    "period": cube.periods[last],
                    "from_period": cube.periods[first],
                    "productivity_growth": _growth(cube, first, last, form),
                    **sums.to_dict(),
                }
            )
    return ReallocationResult(
        tables={
            "reallocation": pd.DataFrame(rows),
            "sectors": pd.concat(details, ignore_index=True),
        },
        units=dict.fromkeys(("productivity_growth", *_TERMS, *_EFFECTS), "ratio"),
        parameters={"form": form, "price_index": "fisher" if form == "tang-wang" else None},
        inputs=tuple(records),
    )


_TERMS = ("within", "static", "dynamic")
_EFFECTS = ("labour_share_effect", "relative_price_effect")


@dataclass(frozen=True)
class _Cube:
    """Figures of one unit: (periods, sectors) each; nominal is the volume where there is none."""

    periods: list[int]
    sectors: list[str]
    output: Array
    labour: Array
    nominal: Array


def _check_form(form: str, nominal_output: str | None) -> None:
    if form not in FORMS:
        raise InputError(
            Text(
                f"没有名为 {form} 的分解；可选：{'、'.join(FORMS)}",
                f"no decomposition named {form}; there are: {', '.join(FORMS)}",
            )
        )
    if (form == "tang-wang") != (nominal_output is not None):
        raise InputError(
            Text(
                "Tang–Wang 分解需要现价产出列，份额分解不需要",
                "Tang–Wang needs the column of output at current prices, and shift-share none",
            ),
            remedy=Text(
                "给出 nominal_output 并选 tang-wang，或两者都不给。",
                "Give nominal_output with tang-wang, or neither.",
            ),
        )


def _cube(part: pd.DataFrame, sector: str, time: str, values: list[str], name: str) -> _Cube:
    wide = [part.pivot(index=time, columns=sector, values=value) for value in values]
    gone = wide[0].isna()
    if gone.to_numpy().any():
        cells = [(p, s) for p in gone.index for s in gone.columns if gone.loc[p, s]]
        shown = listed(f"{s} {p}" for p, s in cells)
        raise InputError(
            Text(
                f"{name} 的行业在各年不一致，缺少：{shown.zh}",
                f"the sectors of {name} differ between periods; missing: {shown.en}",
            ),
            remedy=Text("补齐，或合并行业。", "Add them, or merge sectors."),
        )
    if len(gone) < 2:
        raise InputError(
            Text(f"{name} 只有一个时期，没有增长可言", f"{name} has one period only and no growth")
        )
    arrays = [frame.to_numpy(dtype=float) for frame in wide]
    return _Cube(
        periods=[int(period) for period in gone.index],
        sectors=[str(column) for column in gone.columns],
        output=arrays[0],
        labour=arrays[1],
        nominal=arrays[-1] if len(arrays) == 3 else arrays[0],
    )


def _pairs(periods: list[int]) -> list[tuple[int, int]]:
    last = len(periods) - 1
    pairs = [(k, k + 1) for k in range(last)]
    return pairs if last == 1 else [*pairs, (0, last)]


def _fisher(cube: _Cube, first: int, last: int) -> float:
    """Fisher index of the sectors' prices; 1 where nominal output is the volume itself."""
    before, after = cube.output[first], cube.output[last]
    price = cube.nominal / cube.output
    laspeyres = (price[last] * before).sum() / (price[first] * before).sum()
    paasche = (price[last] * after).sum() / (price[first] * after).sum()
    return float(np.sqrt(laspeyres * paasche))


def _growth(cube: _Cube, first: int, last: int, form: str) -> float:
    labour = cube.labour.sum(axis=1)
    ratio = cube.nominal[last].sum() / cube.nominal[first].sum() * labour[first] / labour[last]
    return float(ratio / (_fisher(cube, first, last) if form == "tang-wang" else 1.0) - 1.0)


def _split(cube: _Cube, first: int, last: int, form: str) -> pd.DataFrame:
    ends = [first, last]
    weight = cube.nominal[first] / cube.nominal[first].sum()
    x = cube.output[ends] / cube.labour[ends]
    share = cube.labour[ends] / cube.labour[ends].sum(axis=1, keepdims=True)
    labour_ratio = share[1] / share[0]
    price_ratio = np.ones_like(labour_ratio)
    if form == "tang-wang":
        price = cube.nominal[ends] / cube.output[ends]
        price_ratio = price[1] / price[0] / _fisher(cube, first, last)
    within, static, dynamic = shift_share(weight, labour_ratio * price_ratio, x[1] / x[0])
    return pd.DataFrame(
        {
            "sector": cube.sectors,
            "period": cube.periods[last],
            "from_period": cube.periods[first],
            "within": within,
            "static": static,
            "dynamic": dynamic,
            "labour_share_effect": weight * (labour_ratio - 1) * (1 + price_ratio) / 2,
            "relative_price_effect": weight * (price_ratio - 1) * (1 + labour_ratio) / 2,
        }
    )
