"""Kaplan–Meier and Aalen–Johansen: closed forms, laws, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinzhi.core import InputError
from xinzhi.plan.finance import aalen_johansen, kaplan_meier

SPELLS = st.lists(
    st.tuples(st.sampled_from([0.5, 1.0, 1.5, 2.0, 3.0, 4.5]), st.integers(-1, 2)),
    min_size=1,
    max_size=30,
)


def test_without_censoring_it_is_the_share_still_there():
    found = kaplan_meier([1, 2, 2, 5], [True] * 4).set_index("time")
    assert found["survival"].to_dict() == pytest.approx({0: 1, 1: 0.75, 2: 0.25, 5: 0})
    # and the error that of a share: √(p(1 − p)/n)
    assert found.loc[1, "standard_error"] == pytest.approx(np.sqrt(0.75 * 0.25 / 4))
    assert np.isnan(found.loc[5, "standard_error"])


def test_who_is_censored_at_an_exit_is_still_at_risk():
    found = kaplan_meier([2, 2, 3], [True, False, True]).set_index("time")
    assert found.loc[2, "at_risk"] == 3
    assert found.loc[2, "censored"] == 1
    assert found.loc[2, "survival"] == pytest.approx(2 / 3)
    assert found.loc[3, "survival"] == 0


def test_an_exit_at_time_zero_counts():
    found = kaplan_meier([0, 1, 1], [True, True, False])
    assert list(found["time"]) == [0, 1]
    assert found["survival"].iloc[0] == pytest.approx(2 / 3)
    by_cause = aalen_johansen([0, 1, 1], [0, 1, -1], 2)
    assert list(by_cause["time"]) == [0, 1, 0, 1]
    assert by_cause["incidence"].iloc[0] == pytest.approx(1 / 3)


@given(SPELLS)
def test_incidences_and_survival_add_up_to_one(spells):
    durations, causes = zip(*spells, strict=True)
    survival = kaplan_meier(durations, np.array(causes) >= 0)["survival"].to_numpy()
    found = aalen_johansen(durations, causes, 3)
    total = found.groupby("time")["incidence"].sum().to_numpy()
    np.testing.assert_allclose(total + survival, 1)
    assert (found.groupby("cause")["incidence"].diff().dropna() >= -1e-15).all()
    known = found.dropna(subset=["low"])
    assert (known["low"] <= known["incidence"]).all()
    assert (known["high"] >= known["incidence"]).all()


@given(SPELLS)
def test_with_one_cause_it_is_the_complement_of_survival_with_the_same_error(spells):
    durations, causes = zip(*spells, strict=True)
    exited = np.array(causes) >= 0
    survival = kaplan_meier(durations, exited)
    found = aalen_johansen(durations, np.where(exited, 0, -1), 1)
    np.testing.assert_allclose(found["incidence"], 1 - survival["survival"], atol=1e-12)
    known = survival["standard_error"].notna()
    np.testing.assert_allclose(
        found["standard_error"][known], survival["standard_error"][known], atol=1e-7
    )


@pytest.mark.parametrize(
    ("durations", "causes", "zh", "en"),
    [
        ([], [], "没有一个历时", "there is no duration"),
        ([1.0], [0, 1], "历时有 1 个，结局有 2 个", "there are 1 durations and 2 outcomes"),
        (
            [-1.0],
            [0],
            "历时 -1.0 应为不小于 0 的数",
            "duration -1.0: expected a number of at least 0",
        ),
        ([1.0], [2], "结局 2 应在 0 与 1 之间", "cause 2: expected 0 to 1, or -1 for censored"),
    ],
)
def test_what_is_wrong_is_said(durations, causes, zh, en):
    with pytest.raises(InputError) as raised:
        aalen_johansen(durations, causes, 2)
    assert zh in raised.value.text("zh")
    assert en in raised.value.text("en")
