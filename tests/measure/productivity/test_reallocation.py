"""Labour productivity within and between sectors: exact sums in both forms."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinzhi.core import InputError
from xinzhi.measure.productivity.reallocation import labour_productivity, shift_share

TERMS = ["within", "static", "dynamic"]


def sectors(seed: int = 0, periods: int = 4, count: int = 3) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    size = periods * count
    frame = pd.DataFrame(
        {
            "year": np.repeat(range(2000, 2000 + periods), count),
            "sector": np.tile([f"S{k}" for k in range(count)], periods),
            "output": random.uniform(1, 10, size),
            "workers": random.uniform(1, 5, size),
        }
    )
    return frame.assign(nominal=frame["output"] * random.uniform(0.5, 2, size))


def split(frame: pd.DataFrame, **options):
    return labour_productivity(frame, "output", "workers", sector="sector", time="year", **options)


def test_by_hand():
    # farms: 100 workers make 100; factories: 100 make 300. Then 50 make 60 and 150 make 540
    frame = pd.DataFrame(
        {
            "year": [2000, 2000, 2010, 2010],
            "sector": ["farm", "factory"] * 2,
            "output": [100.0, 300, 60, 540],
            "workers": [100.0, 100, 50, 150],
        }
    )
    result = split(frame)
    row = result.tables["reallocation"].iloc[0]
    # productivity 2 → 3; within: 0.5 × 0.2 + 0.5 × 0.6 = 0.4; static: −0.25 × 1 + 0.25 × 3 = 0.5;
    # dynamic: −0.25 × 0.2 + 0.25 × 0.6 = 0.1; each over 2
    assert row["productivity_growth"] == pytest.approx(0.5)
    np.testing.assert_allclose(row[TERMS].astype(float), [0.2, 0.25, 0.05])
    assert row["relative_price_effect"] == 0
    assert row["labour_share_effect"] == pytest.approx(row["static"])
    assert len(result.tables["reallocation"]) == 1


@given(st.integers(0, 10_000), st.booleans())
def test_terms_sum_to_growth(seed, chained):
    options = {"form": "tang-wang", "nominal_output": "nominal"} if chained else {}
    result = split(sectors(seed), **options)
    table = result.tables["reallocation"]
    np.testing.assert_allclose(table[TERMS].sum(axis=1), table["productivity_growth"], atol=1e-12)
    np.testing.assert_allclose(
        table["labour_share_effect"] + table["relative_price_effect"], table["static"], atol=1e-12
    )
    parts = result.tables["sectors"].groupby(["from_period", "period"])[TERMS].sum().reset_index()
    both = table.merge(parts, on=["from_period", "period"], suffixes=("", "_sum"))
    np.testing.assert_allclose(both["within"], both["within_sum"])


def test_tang_wang_growth_is_that_of_deflated_output():
    frame = sectors(4, periods=2)
    result = split(frame, form="tang-wang", nominal_output="nominal")
    first, last = (frame[frame["year"] == year] for year in (2000, 2001))
    p0, p1 = (f["nominal"].to_numpy() / f["output"].to_numpy() for f in (first, last))
    q0, q1 = first["output"].to_numpy(), last["output"].to_numpy()
    fisher = np.sqrt((p1 @ q0) / (p0 @ q0) * (p1 @ q1) / (p0 @ q1))
    real = last["nominal"].sum() / fisher / first["nominal"].sum()
    expected = real / (last["workers"].sum() / first["workers"].sum()) - 1
    assert result.tables["reallocation"]["productivity_growth"][0] == pytest.approx(expected)


def test_equal_price_changes_make_both_forms_the_same():
    frame = sectors(2)
    frame["nominal"] = frame["output"] * (1 + 0.1 * (frame["year"] - 2000))
    plain = split(frame).tables["reallocation"]
    exact = split(frame, form="tang-wang", nominal_output="nominal").tables["reallocation"]
    pd.testing.assert_frame_equal(plain, exact)


def test_without_moves_all_is_within():
    frame = sectors(1)
    still = frame.assign(workers=frame.groupby("sector")["workers"].transform("first"))
    table = split(still).tables["reallocation"]
    np.testing.assert_allclose(table["within"], table["productivity_growth"])
    np.testing.assert_allclose(table[["static", "dynamic"]], 0, atol=1e-12)


def test_first_and_last_come_last_and_units_are_apart():
    frame = sectors()
    both = pd.concat([frame.assign(region="A"), sectors(9).assign(region="B")])
    table = split(both, unit="region").tables["reallocation"]
    assert table["unit"].tolist() == ["A"] * 4 + ["B"] * 4
    assert table.iloc[3][["from_period", "period"]].tolist() == [2000, 2003]
    alone = split(frame).tables["reallocation"].drop(columns="unit")
    pd.testing.assert_frame_equal(table.head(4).drop(columns="unit"), alone)


def test_arrays():
    terms = shift_share(np.array([0.5, 0.5]), np.array([2.0, 0.5]), np.array([1.1, 1.0]))
    np.testing.assert_allclose(np.stack(terms), [[0.05, 0], [0.5, -0.25], [0.05, 0]])


@pytest.mark.parametrize(
    ("change", "options", "says"),
    [
        (lambda f: f.assign(output=0.0), {}, "output must be above zero"),
        (lambda f: f.drop(index=4), {}, "the sectors of all differ between periods; missing: S1 2"),
        (lambda f: f[f["year"] == 2000], {}, "all has one period only"),
        (lambda f: f, {"form": "tang-wang"}, "Tang–Wang needs the column of output at current"),
        (lambda f: f, {"nominal_output": "nominal"}, "and shift-share none"),
        (lambda f: f, {"form": "denison"}, "no decomposition named denison"),
        (lambda f: f.drop(columns="workers"), {}, "no such columns"),
    ],
)
def test_bad_input_is_named(change, options, says):
    with pytest.raises(InputError, match=says) as raised:
        split(change(sectors()), **options)
    assert any("一" <= letter <= "鿿" for letter in raised.value.text("zh"))
