"""``score_firms``: an honest test in time, ratings, the link to loans, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xinzhi.core import InputError
from xinzhi.plan.finance import scoring_tables
from xinzhi.plan.finance.scoring_tables import (
    ScoringOptions,
    loans_with_scores,
    rating_of,
    rating_table,
    score_firms,
)
from xinzhi.plan.finance.scoring_words import score_warnings
from xinzhi.plan.finance.synthetic_scoring import synthetic_scoring_tables


@pytest.fixture(scope="module")
def firms() -> pd.DataFrame:
    return synthetic_scoring_tables(0)["firms"]


@pytest.fixture(scope="module")
def scored(firms: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return score_firms(firms, seed=0)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the forest, which takes its time."""

    def constant(values, defaulted, ahead, seed):
        return np.full(len(ahead), 0.5)

    monkeypatch.setattr(scoring_tables, "forest_probabilities", constant)


def test_every_firm_of_the_last_year_is_scored(firms, scored):
    scores = scored["scores"]
    assert set(scores["firm"]) == set(firms["firm"])
    assert (scores["year"] == 2025).all()
    assert scores["default_probability"].between(0, 1).all()
    assert scores["default_probability"].is_monotonic_decreasing
    assert scores["default"].isna().all()


def test_the_test_year_is_later_than_all_that_was_learnt(scored):
    quality = scored["score_quality"].set_index("method")
    card = quality.loc["scorecard"]
    spans = (card["learnt_from"], card["calibrated_on"], card["tested_on"])
    assert spans == ("2020:2023", "2021:2023", 2024)
    assert quality.loc["base_rate", "learnt_from"] == "2020:2023"
    assert quality.loc["base_rate", "auc"] == 0.5
    assert quality.loc["base_rate", "brier_skill"] == 0
    assert card["auc_low"] < card["auc"] < card["auc_high"]
    assert card["auc"] > 0.6  # the synthetic firms do default by their features
    assert np.isnan(card["auc_gain"])
    forest = quality.loc["random_forest"]
    assert forest["auc_gain"] == pytest.approx(forest["auc"] - card["auc"])


def test_the_future_changes_no_test(firms, few):
    plain = score_firms(firms)["score_quality"]
    moved = firms.copy()
    ahead = moved["year"] == 2025
    moved.loc[ahead, "leverage"] = 9.0
    pd.testing.assert_frame_equal(score_firms(moved)["score_quality"], plain)


def test_outcomes_of_the_test_year_teach_nothing(firms, few):
    plain = score_firms(firms)["score_quality"].iloc[0]
    moved = firms.copy()
    known = moved["year"] == 2024
    moved.loc[known, "default"] = 1 - moved.loc[known, "default"]
    turned = score_firms(moved)["score_quality"].iloc[0]
    assert turned["expected_defaults"] == plain["expected_defaults"]
    assert turned["auc"] == pytest.approx(1 - plain["auc"])


def test_without_a_year_ahead_the_test_year_is_scored_out_of_time(firms, few):
    known = firms[firms["year"] < 2025]
    found = score_firms(known)
    assert (found["scores"]["year"] == 2024).all()
    quality = found["score_quality"].iloc[0]
    outcome = found["scores"]["default"].to_numpy(float)
    probability = found["scores"]["default_probability"].to_numpy(float)
    assert quality["brier"] == pytest.approx(np.mean((probability - outcome) ** 2))
    assert quality["expected_defaults"] == pytest.approx(probability.sum())


def test_two_years_leave_none_to_calibrate_on(firms, few):
    found = score_firms(firms[firms["year"].isin([2023, 2024])])
    quality = found["score_quality"].set_index("method")
    assert quality["calibrated_on"].isna().all()
    assert (quality["learnt_from"] == "2023:2023").all()


def test_reasons_are_the_largest_contributions(scored):
    reasons = scored["score_reasons"]
    assert (reasons.groupby("firm").size() == 3).all()
    size = reasons["contribution"].abs()
    assert (size.groupby(reasons["firm"]).diff().dropna() <= 1e-12).all()
    np.testing.assert_allclose(reasons["odds_factor"], np.exp(reasons["contribution"]))
    assert reasons["reason_zh"].str.contains("平均").all()
    high = reasons["value"] > reasons["average"]
    np.testing.assert_array_equal(reasons["reason_en"].str.contains("above"), high)


def test_the_whole_of_a_score_is_in_its_reasons(firms, few):
    found = score_firms(firms, ScoringOptions(reasons=6))
    parts = found["score_reasons"].groupby("firm")["contribution"].sum()
    scores = found["scores"].set_index("firm")["log_odds"]
    base = found["score_coefficients"]["average_log_odds"].iloc[0]
    np.testing.assert_allclose(parts + base, scores[parts.index], atol=1e-9)


def test_a_firm_with_a_gap_is_neither_learnt_from_nor_scored(firms, few):
    gaps = firms.copy()
    gaps.loc[gaps["year"] == 2025, "leverage"] = gaps["leverage"].where(
        gaps["firm"] != gaps["firm"].iloc[0]
    )
    gaps.loc[(gaps["year"] == 2024) & (gaps["patents"] < 0.5), "patents"] = np.nan
    found = score_firms(gaps)
    last = found["scores"].iloc[-1]
    assert last["firm"] == firms["firm"].iloc[0]
    assert np.isnan(last["default_probability"])
    assert last["rating"] is None or pd.isna(last["rating"])
    quality = found["score_quality"].iloc[0]
    assert quality["left_out"] > 0
    assert quality["firms"] + quality["left_out"] == 600


def test_ratings_hold_all_firms(scored):
    ratings, scores = scored["score_ratings"], scored["scores"]
    assert ratings["firms"].sum() == len(scores)
    inside = ratings.dropna()
    assert (inside["default_probability"] >= inside["probability_from"]).all()
    assert (inside["default_probability"] <= inside["probability_to"]).all()
    weighed = (inside["firms"] * inside["default_probability"]).sum()
    assert weighed == pytest.approx(scores["default_probability"].sum())


def test_ratings_at_their_edges():
    got = rating_of(np.array([0.0, 0.01, 0.5, np.nan]), (0.01, 0.1))
    assert list(got) == ["A", "B", "C", None]
    empty = rating_table(
        pd.DataFrame({"rating": ["A"], "default_probability": [0.004]}), (0.01, 0.1)
    )
    assert list(empty["firms"]) == [1, 0, 0]
    assert np.isnan(empty["default_probability"].iloc[2])


def test_loans_take_the_probabilities_of_their_firms(scored):
    scores = scored["scores"]
    loans = pd.DataFrame({"loan": ["x", "y"], "firm": scores["firm"].iloc[[3, 0]].to_numpy()})
    found = loans_with_scores(loans, scores)
    np.testing.assert_array_equal(
        found["default_probability"], scores["default_probability"].iloc[[3, 0]]
    )
    assert list(found["rating"]) == list(scores["rating"].iloc[[3, 0]])
    with pytest.raises(InputError) as caught:
        loans_with_scores(pd.DataFrame({"firm": ["nobody"]}), scores)
    assert "table loans: 1 firms have no score: nobody" in caught.value.text("en")
    assert "1 家企业没有评分：nobody" in caught.value.text("zh")


def test_calibration_groups_hold_the_test_year(scored):
    groups = scored["score_calibration"]
    assert groups["firms"].sum() == 600
    assert (groups["year"] == 2024).all()
    quality = scored["score_quality"].iloc[0]
    assert groups["defaults"].sum() == quality["defaults"]
    assert (groups["predicted"] * groups["firms"]).sum() == pytest.approx(
        quality["expected_defaults"]
    )


def test_what_a_reader_must_know(firms, scored, few):
    assert score_warnings(scored) == []
    turned = firms.copy()
    features = turned.columns[3:]
    ahead = turned["year"] == 2024
    turned.loc[ahead, features] = 2 * turned.loc[ahead, features].mean() - turned[features]
    notes = score_warnings(score_firms(turned))
    assert "the interval of the scorecard's AUC includes 0.5" in notes[0].en
    assert "the probabilities were no closer than the average rate for all" in notes[1].en
    assert "defaults expected, 29 seen" in notes[1].en
    assert "不优于统一使用平均违约率" in notes[1].zh
    random = np.random.default_rng(0)
    noise = firms[["firm", "year", "default"]].assign(noise=random.standard_normal(len(firms)))
    noise.loc[noise.index[-3:], "noise"] = np.nan
    notes = score_warnings(score_firms(noise))
    assert any("the interval of the scorecard's AUC includes 0.5" in one.en for one in notes)
    assert any("AUC 区间包含 0.5" in one.zh for one in notes)
    assert any("3 firms lack a feature and have no score" in one.en for one in notes)
    assert any("3 家企业缺少特征，没有评分" in one.zh for one in notes)


def refused(table: pd.DataFrame, options: ScoringOptions | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        score_firms(table, options)
    return caught.value


def test_one_year_only_is_refused(firms):
    error = refused(firms[firms["year"].isin([2024, 2025])])
    assert "knows defaults of 1 year(s) only (2024): there is no later year" in error.text("en")
    assert "只有 1 个年份有违约结果（2024）" in error.text("zh")


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_a_year_in_which_nobody_or_everybody_defaulted_is_refused(firms, rate):
    wrong = firms.copy()
    wrong.loc[wrong["year"] == 2021, "default"] = rate
    error = refused(wrong)
    assert f"the default rate of 2021 is {rate:.0%} (600 firms)" in error.text("en")
    assert f"2021 年 600 家企业的违约率为 {rate:.0%}" in error.text("zh")


@pytest.mark.parametrize(
    ("year", "use", "chinese"),
    [
        (2020, "learn from", "用于学习"),
        (2024, "test on", "用于检验"),
    ],
)
def test_too_few_defaults_are_refused(firms, year, use, chinese):
    wrong = firms.copy()
    years = [2020, 2021, 2022, 2023] if year == 2020 else [year]
    for one in years:
        rows = wrong.index[(wrong["year"] == one) & (wrong["default"] == 1)]
        wrong.loc[rows[2:], "default"] = 0
    error = refused(wrong)
    bad = 2 * len(years)
    assert f"the years to {use} (" in error.text("en")
    assert f"have {bad} firms that defaulted" in error.text("en")
    assert "fewer than the 10 of each" in error.text("en")
    assert f"{chinese}的年份（" in error.text("zh")


def test_features_that_do_not_vary_are_refused(firms):
    error = refused(firms.assign(same=1.0))
    assert "features that are the same for all firms learnt from: same" in error.text("en")
    assert "没有差别：same" in error.text("zh")


WRONG = [
    (
        "default",
        0.5,
        "column default: 0.5, expected 1 (defaulted), 0 or empty",
        "0（未违约）或留空",
    ),
    ("year", 2020.5, "column year: 2020.5, expected a whole year", "应为整数年份"),
    ("leverage", np.inf, "column leverage: inf, expected a number, or empty", "应为数，或留空"),
]


@pytest.mark.parametrize(("column", "value", "english", "chinese"), WRONG)
def test_bad_cells_are_refused(firms, column, value, english, chinese):
    wrong = firms.copy()
    wrong[column] = wrong[column].astype(float)
    wrong.loc[4, column] = value
    error = refused(wrong)
    assert f"table firms, row 5, {english}" in error.text("en")
    assert chinese in error.text("zh")


def test_tables_without_features_or_with_firms_twice_are_refused(firms):
    bare = firms[["firm", "year", "default"]]
    assert "table firms has no column of numbers to use" in refused(bare).text("en")
    assert "没有可作特征的数值列" in refused(bare).text("zh")
    options = ScoringOptions(features=("debt",))
    assert "table firms lacks columns: debt" in refused(firms, options).text("en")
    twice = pd.concat([firms, firms.iloc[:1]])
    assert "table firms repeats 1 rows, such as row 3601" in refused(twice).text("en")
    assert "表 firms 没有数据行" in refused(firms.iloc[:0]).text("zh")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"penalty": 0.0}, "option penalty is 0.0, expected above 0"),
        ({"least_defaults": 1}, "option least_defaults is 1, expected at least 2"),
        ({"reasons": 0}, "option reasons is 0, expected at least 1"),
        ({"groups": 0}, "option groups is 0, expected at least 1"),
        ({"bands": (0.1, 0.05)}, "expected rising probabilities between 0 and 1"),
    ],
)
def test_bad_options_are_refused(firms, change, words):
    error = refused(firms, ScoringOptions(**change))
    assert words in error.text("en")
    assert f"选项 {next(iter(change))} 为" in error.text("zh")
