"""``score_firms``: probabilities of default of small firms, with reasons and an honest test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import logit, ndtri

from xinzhi.core import InputError, Text
from xinzhi.plan.finance.scoring_discrimination import (
    area_under_curve,
    brier_score,
    calibration_table,
    delong_covariance,
)
from xinzhi.plan.finance.scoring_model import (
    Array,
    Scorecard,
    calibrated,
    fit_scorecard,
    forest_probabilities,
    platt_scaling,
)
from xinzhi.plan.finance.scoring_reasons import reason_table
from xinzhi.plan.finance.scoring_table import (
    FirmYears,
    can_learn,
    check_defaults,
    check_varies,
    firm_years,
    labelled_years,
)
from xinzhi.plan.table_checks import check_columns

_LEARN = Text("用于学习", "learn from")
_TEST = Text("用于检验", "test on")


@dataclass(frozen=True)
class ScoringOptions:
    """How firms are scored.

    features : columns; by default every column of numbers
    penalty : ridge penalty on coefficients of standardised features (an assumption)
    least_defaults : firms that defaulted, and that did not, needed to learn and to test; years with
        fewer before them calibrate nothing
    reasons : given for each firm; groups : of the calibration table
    bands : upper ends of the probabilities of ratings A, B, …; the last rating is what is above
    """

    features: tuple[str, ...] | None = None
    penalty: float = 1.0
    least_defaults: int = 10
    reasons: int = 3
    groups: int = 5
    bands: tuple[float, ...] = (0.005, 0.015, 0.03, 0.06)


class _Learnt(NamedTuple):
    """A scorecard, the years it was learnt from and those it was calibrated on."""

    card: Scorecard
    years: list[int]
    calibrated: list[int]


def score_firms(
    firms: pd.DataFrame, options: ScoringOptions | None = None, seed: int = 0
) -> dict[str, pd.DataFrame]:
    """Score the firms of the last year, and test the scorecard on the last year that is known.

    A score of a year is learnt from all earlier years whose outcomes are known. It is calibrated
    walking forward: each of those years but the first is scored by what the years before it taught,
    and the probabilities are fitted to what then happened (with one earlier year to nothing).
    firms : ``firm``, ``year``, ``default`` (1 where the firm defaulted in the year after the
        features were known, else 0; empty where it is not known yet), and features: numbers, empty
        where they are missing. A firm with a missing feature is neither learnt from nor scored
    seed : of the random forest, which is a yardstick only
    Returns : ``scores``, ``score_reasons``, ``score_quality``, ``score_calibration``,
        ``score_coefficients``, ``score_ratings``
    Raises : InputError for a table that is wrong, for outcomes of one year only, for a year in
        which nobody or everybody defaulted, and for fewer than ``least_defaults``;
        ComputationError where scikit-learn is not installed
    Limits : the area under the curve of one test year; the same firm may be in several years; what
        the features do not hold (owners, orders, fraud) the score does not know
    """
    chosen = options or ScoringOptions()
    _check_options(chosen)
    data = firm_years(firms, chosen.features)
    years = labelled_years(data)
    tested = years[-1]
    learnt = _learn(data, years[:-1], chosen)
    check_defaults(data, [tested], chosen.least_defaults, _TEST)
    quality, groups = _test(data, learnt, tested, chosen, seed)
    last = int(data.year.max())
    if last != tested:
        learnt = _learn(data, years, chosen)
    scores = _scores(data, learnt.card, last, chosen)
    return {
        "scores": scores,
        "score_reasons": reason_table(data, learnt.card, last, chosen.reasons),
        "score_quality": quality,
        "score_calibration": groups,
        "score_coefficients": _coefficients(learnt),
        "score_ratings": rating_table(scores, chosen.bands),
    }


def _learn(data: FirmYears, years: list[int], options: ScoringOptions) -> _Learnt:
    least = options.least_defaults
    check_defaults(data, years, least, _LEARN)
    check_varies(data, years)
    card = _fitted(data, years, options)
    ahead = [year for k, year in enumerate(years) if can_learn(data, years[:k], least)]
    outcomes = [data.defaulted[data.known([year])] for year in ahead]
    if not ahead or sum(float(part.sum()) for part in outcomes) < least:
        return _Learnt(card, years, [])
    # what each year's firms would have been told before their outcome was known
    told = [
        _fitted(data, years[: years.index(year)], options).log_odds(data.values[data.known([year])])
        for year in ahead
    ]
    card = calibrated(card, np.concatenate(told), np.concatenate(outcomes))
    return _Learnt(card, years, ahead)


def _fitted(data: FirmYears, years: Sequence[int], options: ScoringOptions) -> Scorecard:
    rows = data.known(years)
    return fit_scorecard(data.values[rows], data.defaulted[rows], data.features, options.penalty)


def _test(
    data: FirmYears, learnt: _Learnt, tested: int, options: ScoringOptions, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return how the scorecard and its yardsticks did in a year that none of them had seen."""
    rows = data.known([tested])
    defaulted, values = data.defaulted[rows], data.values[rows]
    past = data.known(learnt.years)
    rate = float(data.defaulted[past].mean())
    forest = forest_probabilities(data.values[past], data.defaulted[past], values, seed)
    found = {
        "scorecard": learnt.card.probabilities(values),
        "base_rate": np.full(len(defaulted), rate),
        "random_forest": forest,
    }
    naive = brier_score(defaulted, found["base_rate"])
    records = []
    for method, probabilities in found.items():
        area = area_under_curve(defaulted, probabilities)
        flat = method == "base_rate"
        own = method == "scorecard"
        gain = (np.nan,) * 3 if own else _gain(defaulted, probabilities, found["scorecard"])
        brier = brier_score(defaulted, probabilities)
        records.append(
            {
                "method": method,
                "learnt_from": _span(learnt.years),
                "calibrated_on": _span(learnt.calibrated) if own else None,
                "tested_on": tested,
                "firms": len(defaulted),
                "defaults": int(defaulted.sum()),
                "expected_defaults": float(probabilities.sum()),
                "auc": area.area,
                "auc_low": np.nan if flat else area.low,
                "auc_high": np.nan if flat else area.high,
                "auc_gain": gain[0],
                "auc_gain_low": gain[1],
                "auc_gain_high": gain[2],
                "brier": brier,
                "brier_skill": 1.0 - brier / naive,
                "calibration_slope": np.nan if flat else _slope(probabilities, defaulted),
                "left_out": int(((data.year == tested) & ~data.complete).sum()),
            }
        )
    quality = pd.DataFrame(records)
    table = calibration_table(defaulted, found["scorecard"], options.groups)
    table.insert(0, "year", tested)
    return quality, table


def _gain(defaulted: Array, other: Array, card: Array) -> tuple[float, float, float]:
    """Return by how much another's area exceeds the scorecard's, with its 95 % interval."""
    areas, covariance = delong_covariance(defaulted, np.vstack([other, card]))
    gain = float(areas[0] - areas[1])
    spread = float(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    half = float(ndtri(0.975)) * float(np.sqrt(max(spread, 0.0)))
    return gain, gain - half, gain + half


def _slope(probabilities: Array, defaulted: Array) -> float:
    """Return the slope of outcomes on log-odds: below 1 where probabilities are too far apart."""
    safe = np.clip(probabilities, 1e-6, 1 - 1e-6)  # a forest may be certain
    return platt_scaling(np.asarray(logit(safe)), defaulted)[1]


def _scores(data: FirmYears, card: Scorecard, year: int, options: ScoringOptions) -> pd.DataFrame:
    rows = data.year == year
    values, complete = data.values[rows], data.complete[rows]
    log_odds = np.full(len(values), np.nan)
    log_odds[complete] = card.log_odds(values[complete])
    probability = np.full(len(values), np.nan)
    probability[complete] = card.probabilities(values[complete])
    found = pd.DataFrame(
        {
            "firm": data.firm[rows],
            "year": year,
            "default_probability": probability,
            "rating": rating_of(probability, options.bands),
            "log_odds": log_odds,
            "default": data.defaulted[rows],
        }
    )
    found["default"] = found["default"].astype("Int64")
    return found.sort_values(
        ["default_probability", "firm"], ascending=[False, True], ignore_index=True
    )


def rating_of(probability: Array, bands: Sequence[float]) -> NDArray[np.object_]:
    """Return (n,) ratings A (the safest), B, … of probabilities; None where there is none."""
    names = np.array([*ascii_uppercase[: len(bands) + 1]], dtype=object)
    found = names[np.searchsorted(np.asarray(bands), probability, side="right").clip(0, len(bands))]
    found[np.isnan(probability)] = None
    return np.asarray(found, dtype=object)


def rating_table(scores: pd.DataFrame, bands: Sequence[float]) -> pd.DataFrame:
    """Return the mean probability of default of each rating, which a guarantee fund can use.

    scores : table ``scores``
    Returns : rating, probability_from, probability_to, firms, default_probability (nan where a
        rating has no firm)
    """
    edges = [0.0, *bands, 1.0]
    groups = scores.groupby("rating")["default_probability"]
    mean, count = groups.mean(), groups.size()
    names = ascii_uppercase[: len(bands) + 1]
    return pd.DataFrame(
        {
            "rating": [*names],
            "probability_from": edges[:-1],
            "probability_to": edges[1:],
            "firms": [int(count.get(name, 0)) for name in names],
            "default_probability": [float(mean.get(name, np.nan)) for name in names],
        }
    )


def loans_with_scores(loans: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Return a table of loans with the default probabilities and ratings of the scores.

    loans : with a column ``firm``; scores : table ``scores``
    Raises : InputError naming the firms that have no score
    """
    check_columns("loans", loans, ("firm",))
    known = scores.dropna(subset=["default_probability"]).set_index("firm")
    absent = [str(firm) for firm in loans["firm"].drop_duplicates() if firm not in known.index]
    if absent:
        more = (" 等", " and others") if len(absent) > 6 else ("", "")
        raise InputError(
            Text(
                f"表 loans 中 {len(absent)} 家企业没有评分：{'、'.join(absent[:6])}{more[0]}",
                f"table loans: {len(absent)} firms have no score: {', '.join(absent[:6])}{more[1]}",
            ),
            remedy=Text(
                "在表 firms 中补上这些企业最近一年的特征。",
                "Give their features of the last year in table firms.",
            ),
        )
    found = loans.copy()
    for column in ("default_probability", "rating"):
        found[column] = known[column].reindex(loans["firm"]).to_numpy()
    return found


def _coefficients(learnt: _Learnt) -> pd.DataFrame:
    card = learnt.card
    effect = card.slope * card.coefficients
    return pd.DataFrame(
        {
            "feature": list(card.features),
            "average": card.mean,
            "standard_deviation": card.spread,
            "coefficient": effect,
            "odds_factor": np.exp(effect),
            "average_log_odds": card.average_log_odds,
            "learnt_from": _span(learnt.years),
            "calibrated_on": _span(learnt.calibrated),
        }
    )


def _span(years: Sequence[int]) -> str | None:
    return f"{years[0]}:{years[-1]}" if years else None


def _check_options(options: ScoringOptions) -> None:
    wrong = None
    bands = options.bands
    rising = all(a < b for a, b in zip((0.0, *bands), (*bands, 1.0), strict=True))
    if not options.penalty > 0:
        wrong = ("penalty", "大于 0", "above 0")
    elif options.least_defaults < 2:
        wrong = ("least_defaults", "不小于 2", "at least 2")
    elif options.reasons < 1:
        wrong = ("reasons", "不小于 1", "at least 1")
    elif options.groups < 1:
        wrong = ("groups", "不小于 1", "at least 1")
    elif not rising or len(bands) >= len(ascii_uppercase):
        wrong = ("bands", "为 0 与 1 之间递增的概率", "rising probabilities between 0 and 1")
    if wrong is not None:
        name, zh, en = wrong
        value = getattr(options, name)
        raise InputError(
            Text(f"选项 {name} 为 {value}，应{zh}", f"option {name} is {value}, expected {en}")
        )
