"""Growth accounting: exact sums, known residuals, bands, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinzhi.core import InputError
from xinzhi.measure.productivity.capital import capital_stock
from xinzhi.measure.productivity.growth_accounting import contributions, growth_accounting

PARTS = [
    "capital_contribution",
    "labour_contribution",
    "human_capital_contribution",
    "tfp_growth",
]


def economy(seed: int = 0, units: int = 3, periods: int = 6) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    rows = []
    for unit in range(units):
        logs = random.normal(0.05, 0.03, size=(periods, 4)).cumsum(axis=0)
        rows.append(
            pd.DataFrame(np.exp(logs), columns=["output", "capital", "labour", "schooling"]).assign(
                region=f"R{unit}", year=range(2000, 2000 + periods)
            )
        )
    frame = pd.concat(rows, ignore_index=True)
    return frame.assign(alpha=random.uniform(0.3, 0.5, len(frame)))


def accounts(frame: pd.DataFrame, **options):
    given = {"unit": "region", "time": "year", **options}
    return growth_accounting(frame, ["capital", "labour"], "output", **given)


def test_by_hand():
    frame = pd.DataFrame(
        {
            "region": "A",
            "year": [2010, 2020],
            "output": [100.0, 100 * np.exp(0.8)],
            "capital": [300.0, 300 * np.exp(1.0)],
            "labour": [50.0, 50 * np.exp(0.2)],
            "schooling": [2.0, 2 * np.exp(0.1)],
        }
    )
    result = accounts(frame, capital_share=0.4, human_capital="schooling", share_margin=0.1)
    row = result.tables["growth"].iloc[0]
    # 0.8 = 0.4 × 1.0 + 0.6 × 0.2 + 0.6 × 0.1 + 0.22
    np.testing.assert_allclose(row[PARTS].astype(float), [0.4, 0.12, 0.06, 0.22])
    assert row["productivity_growth"] == pytest.approx(0.6)
    assert row["deepening_contribution"] == pytest.approx(0.4 * 0.8)
    # a tenth of the share more or less moves the residual by 0.1 × (1.0 − 0.3)
    assert (row["tfp_growth_low"], row["tfp_growth_high"]) == pytest.approx((0.15, 0.29))
    total = result.tables["total"].iloc[0]
    assert total["tfp_growth"] == pytest.approx(0.022)
    assert total["tfp_share"] == pytest.approx(0.22 / 0.8)
    assert total["tfp_share_low"] == pytest.approx(0.15 / 0.8)
    assert total["tfp_share_high"] == pytest.approx(0.29 / 0.8)
    assert "数年之和" in result.warnings[1].zh
    assert "growth across the gap is that of several periods together" in result.warnings[1].en


def test_a_known_technology_is_found_again():
    frame = economy()
    progress = np.exp(0.013 * (frame["year"] - 2000))
    inputs = frame["capital"] ** 0.35 * (frame["labour"] * frame["schooling"]) ** 0.65
    made = frame.assign(output=progress * inputs)
    result = accounts(made, capital_share=0.35, human_capital="schooling")
    np.testing.assert_allclose(result.tables["growth"]["tfp_growth"], 0.013)
    np.testing.assert_allclose(result.tables["total"]["tfp_growth"], 0.013)


@given(st.integers(0, 10_000), st.sampled_from(["tornqvist", "constant"]))
def test_contributions_sum_exactly_and_over_time(seed, shares):
    result = accounts(
        economy(seed), capital_share="alpha", shares=shares, human_capital="schooling"
    )
    growth, total = result.tables["growth"], result.tables["total"]
    np.testing.assert_allclose(growth[PARTS].sum(axis=1), growth["output_growth"], atol=1e-12)
    np.testing.assert_allclose(total[PARTS].sum(axis=1), total["output_growth"], atol=1e-12)
    sums = growth.groupby("unit")["tfp_growth"].sum().to_numpy()
    np.testing.assert_allclose(total["tfp_growth"] * 5, sums, atol=1e-12)
    per_worker = growth["deepening_contribution"] + growth["human_capital_contribution"]
    np.testing.assert_allclose(
        per_worker + growth["tfp_growth"], growth["productivity_growth"], atol=1e-12
    )
    for table in (growth, total):
        assert (table["tfp_growth_low"] <= table["tfp_growth"] + 1e-12).all()
        assert (table["tfp_growth"] <= table["tfp_growth_high"] + 1e-12).all()


def test_tornqvist_takes_the_mean_of_both_years_shares():
    frame = economy(units=1, periods=2)
    result = accounts(frame, capital_share="alpha")
    assert result.tables["growth"]["capital_share"][0] == pytest.approx(frame["alpha"].mean())
    longer = economy(units=1, periods=5)
    constant = accounts(longer, capital_share="alpha", shares="constant")
    np.testing.assert_allclose(constant.tables["growth"]["capital_share"], longer["alpha"].mean())


def test_money_units_change_nothing():
    frame = economy()
    other = frame.assign(output=frame["output"] * 1e4, capital=frame["capital"] / 7)
    pd.testing.assert_frame_equal(
        accounts(frame).tables["growth"], accounts(other).tables["growth"]
    )


def test_capital_is_built_of_investment_and_depreciation_has_its_band():
    frame = economy().rename(columns={"capital": "investment"})
    options = {"unit": "region", "time": "year", "capital_share": 0.4}
    result = growth_accounting(
        frame, ["investment", "labour"], "output", depreciation=0.1, **options
    )
    stocks = capital_stock(
        frame, "investment", unit="region", time="year", depreciation=0.1
    ).tables["capital"]["capital"]
    same = accounts(frame.assign(capital=stocks.to_numpy()), capital_share=0.4)
    np.testing.assert_allclose(
        result.tables["growth"]["tfp_growth"], same.tables["growth"]["tfp_growth"]
    )
    said = [warning.en for warning in result.warnings]
    assert any("no deflator is given" in text for text in said)
    assert any("is still the first, assumed one" in text for text in said)
    band = result.tables["band"]
    rates = sorted(band["depreciation"].unique())
    np.testing.assert_allclose(rates, [0.08, 0.09, 0.1, 0.11, 0.12])
    assert len(band) == 3 * 5 * 3
    # the band holds what each rate and share would give on its own
    edge = growth_accounting(
        frame,
        ["investment", "labour"],
        "output",
        depreciation=0.12,
        **{**options, "capital_share": 0.5},
    ).tables["total"]["tfp_growth"]
    case = band[(band["depreciation"] > 0.119) & (band["capital_share"] > 0.49)]
    np.testing.assert_allclose(case["tfp_growth"], edge)
    total = result.tables["total"]
    assert (total["tfp_growth_low"] <= edge).all()
    assert (edge <= total["tfp_growth_high"]).all()
    wide = total["tfp_growth_high"] - total["tfp_growth_low"]
    narrow = same.tables["total"]["tfp_growth_high"] - same.tables["total"]["tfp_growth_low"]
    assert (wide > narrow).all()


def test_what_is_assumed_and_what_is_not_given_is_said():
    frame = economy()
    result = accounts(frame)
    assert "the capital share 0.4 is an assumption, not data" in result.warnings[0].en
    assert "results for 0.3 to 0.5" in result.warnings[0].en
    assert "不是数据" in result.warnings[0].zh
    assert accounts(frame, capital_share="alpha").warnings == ()
    shrinking = frame.assign(output=1 / frame["output"])
    result = accounts(shrinking)
    assert result.tables["total"]["tfp_share"].isna().all()
    assert "output of 3 unit(s) did not grow" in result.warnings[-1].en
    assert "不计全要素生产率的贡献率" in result.warnings[-1].zh


def test_a_missing_year_spans_several_and_is_named():
    frame = economy(units=1)
    result = accounts(frame.drop(index=2))
    growth = result.tables["growth"]
    assert growth[["from_period", "period"]].to_numpy().tolist()[1] == [2001, 2003]
    assert "R0 2002" in result.warnings[-1].en
    whole = accounts(frame).tables["total"]
    np.testing.assert_allclose(whole["tfp_growth"], result.tables["total"]["tfp_growth"])


def test_residual_of_arrays():
    parts = contributions(np.array([[0.1, 0.2, 0.05]]), np.array([[0.3, 0.7]]))
    np.testing.assert_allclose(parts, [[0.06, 0.035, 0.005]])


@pytest.mark.parametrize(
    ("change", "options", "says"),
    [
        (lambda f: f.assign(capital=0.0), {}, "capital must be above zero"),
        (lambda f: f.assign(labour=np.nan), {}, "labour is missing"),
        (lambda f: f.assign(output="many"), {}, "output is no number"),
        (lambda f: f.groupby("region").head(1), {}, "3 unit\\(s\\) have one period only"),
        (lambda f: f, {"capital_share": 40}, "must lie between 0 and 1; it is 40"),
        (lambda f: f.assign(alpha=1.2), {"capital_share": "alpha"}, "alpha must lie between 0 and"),
        (lambda f: f, {"shares": "divisia"}, "no kind of shares named divisia"),
        (lambda f: f, {"share_margin": -0.1}, "margins of a band cannot be negative"),
        (lambda f: f.assign(year="2001Q1"), {}, "year is no whole number such as a year"),
        (lambda f: f.assign(year=2001), {}, "region, year occur twice"),
    ],
)
def test_bad_input_is_named(change, options, says):
    with pytest.raises(InputError, match=says) as raised:
        accounts(change(economy()), **options)
    assert any("一" <= letter <= "鿿" for letter in raised.value.text("zh"))


def test_two_factors_are_asked_for():
    with pytest.raises(InputError, match="capital first and labour second; 1 are given"):
        growth_accounting(economy(), ["capital"], "output", unit="region", time="year")
