"""Rates from observed stocks: least squares under bounds, with intervals by the bootstrap."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Text, run_many
from xinzhi.plan.table_checks import check_amounts, check_columns, check_unique
from xinzhi.plan.talent.system import Array


@dataclass(frozen=True, eq=False)
class Calibration:
    """Rates of promotion and of leaving, and how well they fit.

    rates : field, grade, to, rate, low, high; ``to`` is the next grade or wastage (all who leave)
    fit : field, grade, year, observed, fitted, residual [persons]
    """

    rates: pd.DataFrame
    fit: pd.DataFrame

    @property
    def transitions(self) -> pd.DataFrame:
        """Return the rates as ``talent_system`` takes them."""
        return self.rates[["field", "grade", "to", "rate"]].copy()


def calibrate(
    history: pd.DataFrame, grades: tuple[str, ...], *, draws: int = 200, seed: int = 0
) -> Calibration:
    r"""Estimate yearly promotion and leaving rates of each field from its observed stocks.

    .. math:: \min_{p,w}\ \sum_{t,g}\frac{\bigl(n_{t+1,g}-u_{t+1,g}-n_{tg}(1-p_g-w_g)
        -n_{t,g-1}\,p_{g-1}\bigr)^2}{\max(n_{tg},1)}
        \quad\text{s.t. } p_g\ge0,\ w_g\ge0,\ p_g+w_g\le1

    p : promotion to the next grade, none from the highest; w : all who leave; n : heads; u : inflow
    of the year. Solved exactly as a least-distance problem by non-negative least squares.

    history : field, grade, year, heads, inflow (hires, people moving in and graduates of the year
        that ends with ``heads``; not read in the first year) [persons]; every field has every grade
        in consecutive years
    draws : of the bootstrap of centred residuals; 0 gives no intervals. Where a rate lies on a
        bound its interval is too short (Andrews 2000, Econometrica 68)
    Raises : InputError for negative heads, missing cells, and years too few to tell the rates apart
    Source : Lawson & Hanson (1974), Solving Least Squares Problems, chapter 23
    """
    check_columns("history", history, ("field", "grade", "year", "heads", "inflow"))
    check_amounts("history", history, "heads")
    first = history["year"] == history["year"].min()
    check_amounts("history", history.assign(inflow=history["inflow"].mask(first, 0.0)), "inflow")
    check_unique("history", history, ["field", "grade", "year"])
    rates, fits = [], []
    for name, rows in history.groupby("field", sort=False):
        n, u, years = _arrays(str(name), rows, grades)
        x, low, high, fitted = _estimate(str(name), n, u, grades, draws, seed)
        G = len(grades)
        targets = [*grades[1:], *["wastage"] * G]
        rates.append(
            pd.DataFrame(
                {
                    "field": str(name),
                    "grade": [*grades[:-1], *grades],
                    "to": targets,
                    "rate": x,
                    "low": low,
                    "high": high,
                }
            )
        )
        fits.append(
            pd.DataFrame(
                {
                    "field": str(name),
                    "grade": np.tile(np.array(grades, dtype=object), len(years) - 1),
                    "year": np.repeat(years[1:], G),
                    "observed": n[1:].ravel(),
                    "fitted": fitted.ravel(),
                    "residual": (n[1:] - fitted).ravel(),
                }
            )
        )
    return Calibration(pd.concat(rates, ignore_index=True), pd.concat(fits, ignore_index=True))


def bounded_least_squares(A: Array, b: Array, G: Array, h: Array) -> Array:
    r"""Minimise :math:`\lVert Ax-b\rVert^2` subject to :math:`Gx\ge h`, A of full column rank.

    With A = QR and z = Rx − Qᵀb it is the least-distance problem of Lawson and Hanson: the residual
    r of min ‖[Gᵀ; hᵀ]u − e‖, u ≥ 0, gives z = −r / r_last.
    """
    from scipy.linalg import solve_triangular
    from scipy.optimize import nnls

    Q, R = np.linalg.qr(A)
    centre = Q.T @ b
    g = solve_triangular(R, G.T, trans="T").T  # G R⁻¹
    rest = h - g @ centre
    if (rest <= 0).all():
        return np.asarray(solve_triangular(R, centre))
    E = np.vstack([g.T, rest])
    f = np.zeros(len(E))
    f[-1] = 1.0
    u, _ = nnls(E, f)
    r = E @ u - f
    return np.asarray(solve_triangular(R, centre - r[:-1] / r[-1]))


def _arrays(
    name: str, rows: pd.DataFrame, grades: tuple[str, ...]
) -> tuple[Array, Array, np.ndarray]:
    """Return (T, G) heads, (T - 1, G) inflow and (T,) years of a field."""
    years = np.sort(rows["year"].unique()).astype(int)
    wide = rows.assign(grade=rows["grade"].astype(str)).pivot(
        index="year", columns="grade", values=["heads", "inflow"]
    )
    absent = [grade for grade in grades if grade not in wide["heads"]]
    complete = not absent and bool(wide["heads"][list(grades)].notna().to_numpy().all())
    if not complete or (np.diff(years) != 1).any():
        which = absent[0] if absent else str(years.tolist())
        raise InputError(
            Text(
                f"表 history 中 {name} 的年份应连续且职级齐全，问题在 {which}",
                f"{name} in table history must have all grades in consecutive years; see {which}",
            ),
            remedy=Text("补齐缺少的年份和职级。", "Fill in the missing years and grades."),
        )
    n = wide["heads"][list(grades)].to_numpy(float)
    return n, wide["inflow"][list(grades)].to_numpy(float)[1:], years


def _estimate(
    name: str, n: Array, u: Array, grades: tuple[str, ...], draws: int, seed: int
) -> tuple[Array, Array, Array, Array]:
    """Return (2G - 1,) rates, their 95 % interval, and (T - 1, G) fitted heads."""
    T, G = u.shape
    before = n[:-1]
    A = np.zeros((T, G, 2 * G - 1))
    for g in range(G - 1):
        A[:, g, g] = -before[:, g]
        A[:, g + 1, g] = before[:, g]
    own = np.arange(G)
    A[:, own, G - 1 + own] = -before
    scale = 1 / np.sqrt(np.maximum(before, 1.0))
    A = (A * scale[:, :, np.newaxis]).reshape(T * G, -1)
    b = ((n[1:] - u - before) * scale).ravel()
    if A.shape[1] > T * G or np.linalg.matrix_rank(A) < A.shape[1]:
        raise InputError(
            Text(
                f"表 history 中 {name} 只有 {T + 1} 年，分不清各职级的晋升与流出",
                f"{T + 1} years of {name} in table history cannot tell promotion from leaving",
            ),
            remedy=Text(
                "给出更多年份（存量须有变化），或直接给出表 transitions。",
                "Give more years, in which stocks change, or the table transitions itself.",
            ),
        )
    leave = np.eye(G, 2 * G - 1, G - 1) + np.eye(G, 2 * G - 1) * (own < G - 1)[:, np.newaxis]
    bounds = np.vstack([np.eye(2 * G - 1), -leave])
    limits = np.concatenate([np.zeros(2 * G - 1), -np.ones(G)])
    x = np.clip(bounded_least_squares(A, b, bounds, limits), 0.0, 1.0)
    residuals = b - A @ x
    fitted = n[1:] - (residuals.reshape(T, G) / scale)
    if not draws:
        missing = np.full(len(x), np.nan)
        return x, missing, missing, fitted
    again = partial(_redrawn, A, A @ x, residuals - residuals.mean(), bounds, limits)
    found = np.array(run_many(again, range(draws), seed))
    low, high = np.quantile(found, [0.025, 0.975], axis=0)
    return x, np.minimum(low, x), np.maximum(high, x), fitted


def _redrawn(
    A: Array,
    fitted: Array,
    residuals: Array,
    bounds: Array,
    limits: Array,
    _draw: int,
    seed: np.random.SeedSequence,
) -> Array:
    drawn = np.random.default_rng(seed).choice(residuals, len(residuals))
    return np.clip(bounded_least_squares(A, fitted + drawn, bounds, limits), 0.0, 1.0)
