"""Reallocation among firms: a case worked by hand, sums that are exact, bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xinzhi.core import InputError, dumps
from xinzhi.measure.productivity.firm_decompositions import (
    firm_reallocation,
    olley_pakes_covariance,
)

COLUMNS = ("firm", "year", "tfp", "workers")
TERMS = ["within", "between", "entry", "exit"]

# Two survivors, a and b; x leaves, e enters.
WORKED = pd.DataFrame(
    [
        ("a", 2000, 1.0, 40.0),
        ("b", 2000, 2.0, 40.0),
        ("x", 2000, 0.5, 20.0),
        ("a", 2001, 1.2, 30.0),
        ("b", 2001, 2.4, 60.0),
        ("e", 2001, 3.0, 10.0),
    ],
    columns=list(COLUMNS),
)


@st.composite
def firm_tables(draw: st.DrawFn) -> pd.DataFrame:
    firms = draw(st.integers(2, 12))
    years = draw(st.integers(2, 4))
    seed = draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "firm": np.repeat(np.arange(firms), years),
            "year": np.tile(np.arange(2000, 2000 + years), firms),
            "tfp": rng.normal(0, 2, firms * years),
            "workers": rng.choice([0.0, 1.0, 3.0, 50.0], firms * years) + 1e-3,
        }
    )
    there = (rng.random(len(frame)) < 0.7) | (frame["firm"] == 0)  # firm 0 is in every year
    return frame[there].sample(frac=1, random_state=seed)


def test_worked_by_hand():
    """Within: means of survivors 1.5 and 1.8. Between: their shares are 1/2, 1/2 and 1/3, 2/3, so
    the covariances are 0 and (1/6)(0.6)·2 = 0.2. Entry: share 0.1, 3.0 against 2.0. Exit: share
    0.2, survivors 1.5 against 0.5. Aggregates: 1.3 and 2.1.
    """
    result = firm_reallocation(WORKED, *COLUMNS)
    row = result.to_frame().iloc[0]
    assert (row["period"], row["base_period"]) == (2001, 2000)
    np.testing.assert_allclose(row[TERMS].astype(float), [0.3, 0.2, 0.1, 0.2], atol=1e-12)
    assert row["change"] == pytest.approx(0.8)
    assert row[["survivors", "entrants", "exiters"]].tolist() == [2, 1, 1]
    levels = result.to_frame("levels")
    np.testing.assert_allclose(levels["aggregate"], [1.3, 2.1])
    # of all three firms: mean 7/6 and 2.2, the rest is covariance
    np.testing.assert_allclose(levels["mean"], [7 / 6, 2.2])
    np.testing.assert_allclose(levels["covariance"], [1.3 - 7 / 6, -0.1])
    assert levels["firms"].tolist() == [3, 3]


@given(firm_tables(), st.sampled_from(["previous", "first"]))
def test_terms_sum_to_the_change(frame: pd.DataFrame, base: str):
    result = firm_reallocation(frame, *COLUMNS, base=base)
    changes, levels = result.to_frame(), result.to_frame("levels").set_index("period")
    np.testing.assert_allclose(changes[TERMS].sum(axis=1), changes["change"], atol=1e-12)
    for row in changes.itertuples():
        rise = levels["aggregate"][row.period] - levels["aggregate"][row.base_period]
        np.testing.assert_allclose(row.change, rise, atol=1e-12)
    np.testing.assert_allclose(levels["mean"] + levels["covariance"], levels["aggregate"])
    for year, group in frame.groupby("year"):
        average = np.average(group["tfp"], weights=group["workers"])
        np.testing.assert_allclose(levels["aggregate"][year], average, atol=1e-12)
    expected = {"previous": levels.index[:-1].tolist(), "first": [levels.index[0]] * len(changes)}
    assert changes["base_period"].tolist() == expected[base]


@given(firm_tables())
def test_a_common_rise_is_within(frame: pd.DataFrame):
    assume((frame["year"] == 2001).any())
    first = frame[frame["year"] == 2000]
    both = pd.concat([first, first.assign(year=2001, tfp=first["tfp"] + 0.5)])
    row = firm_reallocation(both, *COLUMNS).to_frame().iloc[0]
    np.testing.assert_allclose(row[TERMS].astype(float), [0.5, 0, 0, 0], atol=1e-12)


def test_covariance_of_equal_shares_is_zero():
    mean, covariance = olley_pakes_covariance(np.array([1.0, 2.0, 6.0]), np.full(3, 1 / 3))
    assert mean == pytest.approx(3.0)
    assert covariance == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("change", "english", "chinese"),
    [
        ({"tfp": np.nan}, "6 rows have missing values", "6 行有缺失值"),
        ({"workers": -1.0}, "column workers has 6 negative values", "workers 列有 6 个负值"),
        ({"workers": 0.0}, "the weights of 2000 are all zero", "2000 的权重全部为零"),
        ({"year": 2000.5}, "column year must hold whole numbers", "year 列应为整数"),
        ({"tfp": "高"}, "not numeric: tfp", "这些列不是数值：tfp"),
        ({"firm": "a"}, "a firm has a period more than once", "同一企业同一时期有多行"),
    ],
)
def test_bad_values(change: dict, english: str, chinese: str):
    with pytest.raises(InputError) as caught:
        firm_reallocation(WORKED.assign(**change), *COLUMNS)
    assert english in caught.value.text("en")
    assert chinese in caught.value.text("zh")


def test_what_cannot_be_compared():
    with pytest.raises(InputError) as caught:
        firm_reallocation(WORKED[WORKED["year"] == 2000], *COLUMNS)
    assert "at least two periods are needed" in caught.value.text("en")
    assert "至少需要两个时期" in caught.value.text("zh")
    with pytest.raises(InputError) as caught:
        firm_reallocation(WORKED[WORKED["firm"].isin(["x", "e"])], *COLUMNS)
    assert "2000 and 2001 have no common firm of positive weight" in caught.value.text("en")
    assert "2000 与 2001 没有权重为正的共同企业" in caught.value.text("zh")
    with pytest.raises(InputError) as caught:
        firm_reallocation(WORKED, *COLUMNS, base="last")
    assert "no base last; there are: previous, first" in caught.value.text("en")
    assert "没有基期取法 last；可用：previous、first" in caught.value.text("zh")
    with pytest.raises(InputError, match="no column sales"):
        firm_reallocation(WORKED, "firm", "year", "tfp", "sales")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_chart_of_changes(lang: str):
    result = firm_reallocation(WORKED, *COLUMNS)
    text = dumps(result.plot(lang=lang).to_dict())
    assert {"zh": "存续企业内部", "en": "Within survivors"}[lang] in text
    with pytest.raises(InputError, match="no chart pie; choose from changes"):
        result.plot("pie")
