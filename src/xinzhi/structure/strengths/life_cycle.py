"""Where each activity stands in its life cycle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.structure.strengths.activity import ActivityMatrix
from xinzhi.structure.strengths.logistic_fit import FORMS, Form, LogisticFits, fit_logistic

Array = NDArray[np.float64]

STAGES = ("accelerating", "slowing", "saturated", "not_determined")
FEWEST_YEARS = 8
SATURATED = 0.9  # of the ceiling

# Why there is no stage.
REASONS = {
    "few_years": Text("可用年份太少", "too few years"),
    "after_break": Text("口径变动后的年份太少", "too few years since the rules changed"),
    "no_growth": Text("与不变相比没有可辨认的增长", "no growth that can be told from no change"),
    "growth_unseen": Text("拐点早于数据起点", "the inflection lies before the data"),
    "inflection_unsure": Text(
        "不能确定拐点是否已过", "the data do not tell whether the inflection has passed"
    ),
}


def life_cycles(
    matrix: ActivityMatrix,
    *,
    form: Form = "level",
    breaks: Sequence[int] = (),
    confidence: float = 0.95,
) -> pd.DataFrame:
    r"""Life-cycle stage of each activity from a logistic curve through its volume in all regions.

    .. math::
        \mu_t = \frac{L}{1 + e^{-k(t - t_0)}} \ (\text{level}), \qquad
        \sum_{s \le t} \mu_s = \frac{L}{1 + e^{-k(t - t_0)}} \ (\text{cumulative})

    A stage is named only where the interval of the share of the ceiling L reached in the last year
    allows it. ``accelerating``: the whole interval lies below one half, so growth has not begun
    to slow; this is no forecast, and no ceiling, share or inflection is given, since nothing in
    the data fixes them. ``slowing``: the whole interval lies at or above one half and the
    inflection lies within the data. ``saturated``: the same, at or above 0.9. All else is
    ``not_determined``, with the reason.

    form : ``level`` fits the yearly volume (employment, exports, patents in force);
        ``cumulative`` what has come together until a year (patents granted, papers), of which the
        volumes are the yearly steps
    breaks : first years under new rules, such as a changed patent law; only years from the last of
        them on are used, so that no curve runs across it
    confidence : of the interval, and of the test against a constant
    Returns : activity, stage, reason, first_year, observations, share, share_low, share_high,
        inflection, ceiling [unit of the volumes], rate [1/year], explained
    Raises : InputError for an unknown form, a confidence outside (0, 1), or a table without years
    Limits : a curve with a single ceiling; a second wave of growth after a plateau is not seen.
        Errors that follow each other from year to year are allowed for by their correlation, and
        the interval is still somewhat narrow then. At least ``FEWEST_YEARS`` years with
        any volume are needed.
    Source : Ernst (1997), doi:10.1023/A:1007921808138 (patents and life cycles); the fit as
        ``fit_logistic`` says
    """
    _check(matrix, form, confidence)
    start = max(breaks, default=matrix.years[0])
    kept = [k for k, year in enumerate(matrix.years) if year >= start]
    years = np.array([matrix.years[k] for k in kept], dtype=float)
    series = totals(matrix)[:, kept]
    frame = pd.DataFrame(
        {
            "activity": matrix.activities,
            "stage": "not_determined",
            "reason": "few_years" if start <= matrix.years[0] else "after_break",
            "first_year": pd.array([years[0] if len(years) else None] * len(series), dtype="Int64"),
            "observations": len(kept),
        }
    )
    empty = ("share", "share_low", "share_high", "inflection", "ceiling", "rate", "explained")
    frame = frame.assign(**dict.fromkeys(empty, np.nan))
    fitted = (series > 0).sum(axis=1) >= FEWEST_YEARS
    if not fitted.any():
        return frame
    fits = fit_logistic(series[fitted], years, form, confidence)
    stages, reasons = _stages(fits, years[0])
    passed = np.isin(stages, ("slowing", "saturated"))
    frame.loc[fitted, "stage"] = stages
    frame.loc[fitted, "reason"] = reasons
    for name in empty:
        values = getattr(fits, name)
        known = passed if name in ("share", "inflection", "ceiling") else fits.grows
        frame.loc[fitted, name] = np.where(known, values, np.nan)
    return frame


def totals(matrix: ActivityMatrix) -> Array:
    """Return the (activity, year) volumes of all regions together."""
    sums = [np.asarray(volumes.sum(axis=0), dtype=float).ravel() for volumes in matrix.slices]
    return np.stack(sums, axis=1)


def growth_rates(now: Array, then: Array, span: int) -> Array:
    r"""Yearly growth by the midpoint formula.

    .. math:: g = \frac{x_T - x_{T-h}}{h\,(x_T + x_{T-h})/2}

    It is close to the usual rate where that is small, and finite for what begins at nothing.

    now, then : (…) volumes of the last year and of one ``span`` = h years before
    Returns : (…) [1/year] in [-2/h, 2/h]; nan where both are zero
    Source : Davis, Haltiwanger and Schuh (1996), Job Creation and Destruction (midpoint rates)
    """
    middle = (now + then) / 2 * span
    missing = np.full(np.shape(now), np.nan)
    return np.asarray(np.divide(now - then, middle, out=missing, where=middle > 0))


def _stages(fits: LogisticFits, first_year: float) -> tuple[NDArray[np.object_], ...]:
    seen = fits.inflection >= first_year
    conditions = [
        ~fits.grows,
        fits.share_high < 0.5,
        (fits.share_low >= 0.5) & ~seen,
        fits.share_low >= SATURATED,
        fits.share_low >= 0.5,
    ]
    stages = ["not_determined", "accelerating", "not_determined", "saturated", "slowing"]
    reasons = ["no_growth", "", "growth_unseen", "", ""]
    return (
        np.select(conditions, [np.array(s, dtype=object) for s in stages], "not_determined"),
        np.select(conditions, [np.array(r, dtype=object) for r in reasons], "inflection_unsure"),
    )


def _check(matrix: ActivityMatrix, form: str, confidence: float) -> None:
    if form not in FORMS:
        names = FORMS
        raise InputError(
            Text(
                f"没有曲线形式 {form}；可选：{'、'.join(names)}",
                f"no form of curve {form}; choose from {', '.join(names)}",
            )
        )
    if not 0 < confidence < 1:
        raise InputError(
            Text(
                f"置信水平为 {confidence:g}，应在 0 和 1 之间",
                f"the confidence is {confidence:g}; it must be between 0 and 1",
            )
        )
    if not matrix.years:
        raise InputError(
            Text("活动表没有年份，不能判断生命周期", "without years there is no life cycle"),
            remedy=Text("请给出年份列。", "Give the column of years."),
        )
