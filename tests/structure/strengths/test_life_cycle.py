from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, logit
from scipy.stats import f as f_distribution

from xinzhi.core import InputError
from xinzhi.structure.strengths.activity import ActivityMatrix, activity_matrix_of_array
from xinzhi.structure.strengths.life_cycle import (
    FEWEST_YEARS,
    REASONS,
    STAGES,
    growth_rates,
    life_cycles,
)
from xinzhi.structure.strengths.logistic_fit import FORMS, fit_logistic, log_curve

YEARS = np.arange(2000.0, 2024.0)


def curve(form: str, ceiling: float, rate: float, inflection: float) -> np.ndarray:
    """Return the volumes of a logistic curve, written as in the docstring."""
    reached = expit(rate * (YEARS - inflection))
    if form == "level":
        return ceiling * reached
    return ceiling * (reached - expit(rate * (YEARS - 1 - inflection)))


def matrix_of(*series: np.ndarray, years: np.ndarray = YEARS) -> ActivityMatrix:
    """Return a matrix of two regions that share each series one to three."""
    totals = np.array(series)
    values = np.stack([totals / 4, totals * 3 / 4])
    names = [f"a{k}" for k in range(len(series))]
    return activity_matrix_of_array(values, ["A", "B"], names, [int(year) for year in years])


def deviance(point: np.ndarray, series: np.ndarray, form: str) -> float:
    """Return the Poisson deviance with every parameter free, the ceiling too."""
    since = YEARS - YEARS[-1]
    mean = np.exp(point[0] + log_curve(np.array(point[1]), np.array(point[2]), since, form))
    logs = np.log(np.where(series > 0, series, 1.0) / mean)
    return float(2 * (series * logs - series + mean).sum())


def noisy(form: str, inflection: float, seed: int) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return generator.poisson(curve(form, 800 if form == "level" else 9000, 0.4, inflection)) * 1.0


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("inflection", [2006.0, 2012.0, 2019.5, 2026.0])
def test_a_curve_without_noise_is_found_again(form: str, inflection: float):
    fit = fit_logistic(curve(form, 700.0, 0.45, inflection)[None], YEARS, form, 0.95)
    assert fit.rate[0] == pytest.approx(0.45, rel=1e-5)
    assert fit.inflection[0] == pytest.approx(inflection, abs=1e-4)
    assert fit.ceiling[0] == pytest.approx(700.0, rel=1e-4)
    assert fit.share[0] == pytest.approx(expit(0.45 * (2023 - inflection)), rel=1e-4)
    assert fit.explained[0] == pytest.approx(1.0)
    assert fit.grows[0]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("inflection", [2008, 2014, 2021])
def test_the_fit_is_that_of_a_general_optimiser(form: str, inflection: int):
    series = noisy(form, inflection, seed=inflection)
    fit = fit_logistic(series[None], YEARS, form, 0.95)
    ours = np.array([np.log(fit.ceiling[0]), logit(fit.share[0]), np.log(fit.rate[0])])
    best = minimize(
        deviance, ours + np.array([0.1, -0.2, 0.1]), (series, form), method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-10, "maxiter": 5000, "maxfev": 5000},
    )  # fmt: skip
    assert deviance(ours, series, form) == pytest.approx(best.fun, rel=1e-8)
    assert ours == pytest.approx(best.x, abs=1e-4)


@pytest.mark.parametrize("form", FORMS)
def test_the_interval_ends_where_the_profile_deviance_says(form: str):
    series = noisy(form, 2014, seed=5)
    fit = fit_logistic(series[None], YEARS, form, 0.9)
    start = np.array([np.log(fit.ceiling[0]), logit(fit.share[0]), np.log(fit.rate[0])])
    mean = np.exp(start[0] + log_curve(start[1:2], start[2:], YEARS - YEARS[-1], form))
    residuals = (series - mean) / np.sqrt(mean)
    following = max((residuals[1:] * residuals[:-1]).sum() / (residuals**2).sum(), 0.0)
    least = deviance(start, series, form)
    dispersion = (residuals**2).sum() / (len(YEARS) - 3) * (1 + following) / (1 - following)

    def profile(end: float) -> float:
        inner = minimize(
            lambda free: deviance(np.array([free[0], end, free[1]]), series, form), start[[0, 2]],
            method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-9},
        )  # fmt: skip
        return (inner.fun - least) / dispersion

    wanted = f_distribution.ppf(0.9, 1, len(YEARS) - 3)
    for end in (fit.share_low[0], fit.share_high[0]):
        # a straight line between points of the root: within a few hundredths of the quantile
        assert profile(float(logit(end))) == pytest.approx(wanted, rel=0.04)


def test_intervals_cover_what_they_should():
    generator = np.random.default_rng(1)
    for form, ceiling in (("level", 5000.0), ("cumulative", 50_000.0)):
        for inflection in (2014, 2024):
            mean = curve(form, ceiling, 0.4, inflection)
            series = np.maximum(mean + np.sqrt(8 * mean) * generator.normal(size=(300, 24)), 0)
            fit = fit_logistic(series, YEARS, form, 0.95)
            share = expit(0.4 * (2023 - inflection))
            covered = ((fit.share_low <= share) & (share <= fit.share_high)).mean()
            assert 0.91 < covered < 0.99


def test_stages_follow_the_interval():
    rates = {"accelerating": 2030, "slowing": 2020, "saturated": 2010}
    series = [noisy("level", inflection, 3) for inflection in rates.values()]
    series[0] = np.round(curve("level", 1e6, 0.4, 2030))
    table = life_cycles(matrix_of(*series)).set_index("activity")
    assert table["stage"].tolist() == list(rates)
    assert table["reason"].tolist() == ["", "", ""]
    assert table.loc["a1", "share_low"] >= 0.5
    assert table.loc["a2", "share_low"] >= 0.9
    assert table.loc["a1", "inflection"] == pytest.approx(2020, abs=1)
    assert set(table["stage"]) <= set(STAGES)


@pytest.mark.parametrize("form", FORMS)
def test_no_verdict_before_the_inflection_is_in_the_data(form: str):
    """A curve whose inflection is to come is called slowing no more often than chance allows."""
    for inflection in (2024, 2028, 2035):
        series = [noisy(form, inflection, seed) for seed in range(100)]
        table = life_cycles(matrix_of(*series), form=form)
        past = table["stage"].isin(["slowing", "saturated"])
        assert past.mean() <= 0.03
        told = table.loc[~past, ["share", "inflection", "ceiling"]]
        assert told.isna().all(axis=None)
        unsure = table[table["stage"] == "not_determined"]
        assert set(unsure["reason"]) <= {"inflection_unsure", "no_growth", "few_years"}


def test_an_exponential_is_early_and_has_no_ceiling():
    table = life_cycles(matrix_of(10 * 1.2 ** (YEARS - 2000)))
    (row,) = table.to_dict("records")
    assert row["stage"] == "accelerating"
    assert row["share_low"] == 0
    assert np.isnan(row["ceiling"])
    assert row["rate"] == pytest.approx(np.log(1.2), rel=1e-3)


def test_what_does_not_grow_has_no_stage():
    generator = np.random.default_rng(0)
    flat = 100 + generator.normal(size=24)
    falling = 200 - 5.0 * (YEARS - 2000)
    table = life_cycles(matrix_of(flat, falling))
    assert table["stage"].tolist() == ["not_determined"] * 2
    assert table["reason"].tolist() == ["no_growth"] * 2
    assert table["rate"].isna().all()


def test_an_inflection_before_the_data_was_not_seen():
    table = life_cycles(matrix_of(curve("level", 500.0, 0.3, 1995)))
    assert table.loc[0, "stage"] == "not_determined"
    assert table.loc[0, "reason"] == "growth_unseen"


def test_no_curve_runs_across_a_break():
    early, late = YEARS < 2010, YEARS >= 2010
    series = np.where(early, 100.0, 0) + late * curve("level", 900.0, 0.8, 2015)
    whole = life_cycles(matrix_of(series), breaks=[2005, 2010])
    alone = life_cycles(matrix_of(series[late], years=YEARS[late]))
    assert whole.drop(columns="reason").equals(alone.drop(columns="reason"))
    assert whole.loc[0, "first_year"] == 2010
    assert whole.loc[0, "observations"] == 14
    assert whole.loc[0, "stage"] == "saturated"
    near = life_cycles(matrix_of(series), breaks=[2024 - FEWEST_YEARS + 1])
    assert near.loc[0, "stage"] == "not_determined"
    assert near.loc[0, "reason"] == "after_break"
    beyond = life_cycles(matrix_of(series), breaks=[2030])
    assert beyond.loc[0, "observations"] == 0
    assert beyond.loc[0, "reason"] == "after_break"


def test_few_years_give_no_verdict():
    few = FEWEST_YEARS - 1
    table = life_cycles(matrix_of(curve("level", 9.0, 0.4, 2004)[:few], years=YEARS[:few]))
    assert table.loc[0, "stage"] == "not_determined"
    assert table.loc[0, "reason"] == "few_years"
    for reason in set(table["reason"]) - {""}:
        assert REASONS[reason].zh
        assert REASONS[reason].en


def test_an_activity_that_ended_before_the_break_has_none():
    series = np.where(YEARS < 2010, 5.0, 0.0)
    table = life_cycles(matrix_of(series, curve("level", 9.0, 0.9, 2015)), breaks=[2010])
    assert table["reason"].tolist() == ["after_break", ""]


def test_units_and_order_change_nothing():
    series = [noisy("level", inflection, 7) for inflection in (2008, 2015, 2028)]
    table = life_cycles(matrix_of(*series))
    scaled = life_cycles(matrix_of(*[1e4 * values for values in series]))
    assert scaled["stage"].equals(table["stage"])
    for column in ("share_low", "share_high", "rate"):
        assert scaled[column].to_numpy() == pytest.approx(table[column].to_numpy(), rel=1e-9)
    assert scaled["ceiling"].to_numpy() == pytest.approx(
        1e4 * table["ceiling"].to_numpy(), rel=1e-9, nan_ok=True
    )
    turned = life_cycles(matrix_of(*series[::-1]))
    assert turned["share_high"].tolist() == table["share_high"].tolist()[::-1]


def test_gaps_between_years_are_kept_apart():
    kept = np.array([0, 1, 2, 5, 6, 9, 10, 12, 15, 18, 20, 23])
    series = curve("cumulative", 900.0, 0.5, 2012)
    fit = fit_logistic(series[kept][None], YEARS[kept], "cumulative", 0.95)
    assert fit.inflection[0] == pytest.approx(2012, abs=1e-4)


def test_growth_by_the_midpoint_formula():
    rates = growth_rates(np.array([110.0, 5.0, 0.0, 0.0]), np.array([90.0, 0.0, 5.0, 0.0]), 2)
    assert rates == pytest.approx([0.1, 1.0, -1.0, np.nan], nan_ok=True)


def test_the_search_over_one_rate_agrees_with_a_scalar_search():
    """The profile at a given share is the least deviance over the rate."""
    from xinzhi.structure.strengths import logistic_fit as module

    series = noisy("level", 2015, 2)[None]
    since = YEARS - YEARS[-1]
    rates = np.linspace(np.log(0.2 / 23), np.log(5.0), 48)
    surface = module._grid_deviance(series, since, rates, "level")
    profile = module._profile(series, since, surface, rates, "level")[0]
    fixed = module._saturated(series)[0]
    for place in (40, 50, 56, 70):
        end = np.array([[module._LOGITS[place]]])
        best = minimize_scalar(
            lambda rate, end=end: (
                fixed - 2 * module._fit_of(series, since, end, np.array([[rate]]), "level")[0, 0]
            ),
            bounds=(rates[0], rates[-1]),
            method="bounded",
            options={"xatol": 1e-10},
        )
        assert profile[place] == pytest.approx(best.fun, rel=1e-6)


@pytest.mark.parametrize(
    ("options", "zh", "en"),
    [
        ({"form": "bell"}, "没有曲线形式 bell", "no form of curve bell; choose from level"),
        ({"confidence": 1.0}, "应在 0 和 1 之间", "it must be between 0 and 1"),
    ],
)
def test_wrong_options_are_refused(options: dict, zh: str, en: str):
    with pytest.raises(InputError) as refusal:
        life_cycles(matrix_of(YEARS), **options)
    assert zh in refusal.value.text("zh")
    assert en in refusal.value.text("en")


def test_a_table_without_years_is_refused():
    still = activity_matrix_of_array([[1.0, 2.0], [3.0, 4.0]], ["A", "B"], ["a", "b"])
    with pytest.raises(InputError) as refusal:
        life_cycles(still)
    assert "请给出年份列" in refusal.value.text("zh")
    assert "without years there is no life cycle" in refusal.value.text("en")
