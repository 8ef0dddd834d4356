"""The smoothed bootstrap: its parts by hand, its aim by simulation, and bad input."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from xinzhi.core import ComputationError, InputError
from xinzhi.measure.productivity import bootstrap
from xinzhi.measure.productivity.bootstrap import bootstrap_efficiency, silverman, smoothed_draw
from xinzhi.measure.productivity.dea import dea
from xinzhi.measure.productivity.kernel import FAILED


def sample(seed: int, units: int) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Return inputs, outputs and true efficiency of units below the frontier y = x."""
    random = np.random.default_rng(seed)
    true = np.exp(-np.abs(random.normal(0, 0.25, units)))
    made = random.uniform(1, 5, units)
    index = [f"u{k}" for k in range(units)]
    inputs = pd.DataFrame({"x": made / true}, index=index)
    return inputs, pd.DataFrame({"y": made}, index=index), true


def test_bandwidth_by_hand():
    # below one: 0.6 and 0.8, reflected 1.4 and 1.2; quartiles 0.75 and 1.25
    both = np.array([0.6, 0.8, 1.2, 1.4])
    deviation = np.sqrt((2 * 0.4**2 + 2 * 0.2**2) / 3)
    base = 0.9 * 4**-0.2 * min(deviation, 0.5 / 1.34)
    spread = np.sqrt((0.2**2 + 0.2**2) / 2)
    assert both.std(ddof=1) == pytest.approx(deviation)
    expected = base * (4 / 3) ** 0.2 * spread / deviation
    assert silverman(np.array([0.6, 0.8, 1.0])) == pytest.approx(expected)


def test_smoothed_draws_keep_mean_and_variance_away_from_the_frontier():
    scores = np.linspace(0.4, 0.6, 50)
    drawn = smoothed_draw(scores, 0.05, 4000, np.random.default_rng(0))
    assert drawn.mean() == pytest.approx(scores.mean(), abs=1e-3)
    assert drawn.var(axis=1).mean() == pytest.approx(scores.var() * 49 / 50, rel=0.01)


def test_smoothed_draws_are_reflected_at_the_frontier():
    scores = np.array([1.0, 1.0, 0.9, 0.8])
    drawn = smoothed_draw(scores, 0.02, 2000, np.random.default_rng(0))
    # the shrinkage towards the mean of each sample comes after the reflection
    assert drawn.max() <= 1
    assert (drawn == 1).mean() < 0.01


def test_columns_hang_together():
    inputs, outputs, _ = sample(0, 30)
    result = bootstrap_efficiency(inputs, outputs, "crs", replications=200, seed=3)
    table = result.to_frame()
    own = dea(inputs, outputs, "crs").to_frame()["efficiency"]
    np.testing.assert_array_equal(table["efficiency"], own)
    np.testing.assert_allclose(table["efficiency"] - table["bias"], table["efficiency_corrected"])
    assert (table["bias"] > 0).all()
    assert (table["efficiency_low"] < table["efficiency_corrected"]).all()
    assert (table["efficiency_corrected"] < table["efficiency_high"]).all()
    assert (table["efficiency_high"] < table["efficiency"]).all()
    advised = table["bias"] ** 2 > 3 * table["standard_error"] ** 2
    assert (table["correction_advised"] == advised).all()
    assert result.parameters["bandwidth"] == silverman(own.to_numpy())
    assert result.parameters["replications"] == 200


def test_one_input_and_one_output_by_hand():
    # under crs with y / x as the only thing that counts, a score against the moved units is the
    # unit's own ratio over the best moved one, so that all replicas of all units are proportional
    inputs, outputs, _ = sample(1, 25)
    table = bootstrap_efficiency(inputs, outputs, "crs", replications=150).to_frame()
    for column in ("bias", "standard_error", "efficiency_low", "efficiency_high"):
        share = table[column] / table["efficiency"]
        np.testing.assert_allclose(share, share[0], rtol=1e-7)


def test_results_depend_on_the_seed_alone():
    inputs, outputs, _ = sample(2, 20)
    one = bootstrap_efficiency(inputs, outputs, replications=150, seed=1)
    other = bootstrap_efficiency(inputs, outputs, replications=150, seed=1, workers=2)
    third = bootstrap_efficiency(inputs, outputs, replications=150, seed=2)
    pd.testing.assert_frame_equal(one.to_frame(), other.to_frame())
    assert not np.allclose(one.to_frame()["bias"], third.to_frame()["bias"])


def test_both_orientations_agree_under_constant_returns():
    inputs, outputs, _ = sample(3, 20)
    one = bootstrap_efficiency(inputs, outputs, "crs", replications=150).to_frame()
    other = bootstrap_efficiency(inputs, outputs, "crs", "output", replications=150).to_frame()
    np.testing.assert_allclose(one["bias"], other["bias"], rtol=1e-6)


def test_it_corrects_the_bias_and_its_intervals_cover():
    """The frontier of two inputs is known: the corrected mean is nearer, most intervals hold it."""
    before, after, covered = [], [], []
    for seed in range(10):
        random = np.random.default_rng(seed)
        best = random.uniform(1, 9, (60, 2))
        true = np.exp(-np.abs(random.normal(0, 0.3, 60)))
        inputs = pd.DataFrame(best / true[:, None], columns=["k", "l"])
        outputs = pd.DataFrame({"y": best.prod(axis=1) ** 0.4})
        table = bootstrap_efficiency(inputs, outputs, "vrs", replications=300).to_frame()
        before.append((table["efficiency"] - true).mean())
        after.append((table["efficiency_corrected"] - true).mean())
        low, high = table["efficiency_low"].to_numpy(), table["efficiency_high"].to_numpy()
        covered.append(((low <= true) & (true <= high)).mean())
    assert np.mean(before) > 0.05
    assert abs(np.mean(after)) < np.mean(before) / 4
    assert np.mean(covered) > 0.8


def test_all_efficient_leaves_nothing_to_draw():
    inputs = pd.DataFrame({"x": [1.0, 2.0]}, index=["a", "b"])
    outputs = pd.DataFrame({"y": [1.0, 3.0]}, index=["a", "b"])
    with pytest.raises(ComputationError, match="all 2 units are efficient") as caught:
        bootstrap_efficiency(inputs, outputs)
    assert "2 个单元都在前沿上" in caught.value.text("zh")
    assert "Add units" in caught.value.text("en")


@pytest.fixture
def every_fifth_unsolved(monkeypatch):
    """Let every fifth replication fail for one unit."""
    solved, calls = bootstrap.radial_efficiency, itertools.count()

    def failing(*arguments):
        scored = solved(*arguments)
        if next(calls) % 5 == 0:
            scored.status[0] = FAILED
        return scored

    monkeypatch.setattr(bootstrap, "radial_efficiency", failing)


@pytest.mark.usefixtures("every_fifth_unsolved")
def test_replications_without_a_solution_are_left_out_and_counted():
    inputs, outputs, _ = sample(0, 10)
    result = bootstrap_efficiency(inputs, outputs, replications=150)
    assert result.to_frame()["bias"].notna().all()
    assert result.warnings[-1] == (
        "150 次抽样中有 30 次求解失败，未计入",
        "30 of 150 replications were not solved and are left out",
    )


@pytest.mark.usefixtures("every_fifth_unsolved")
def test_too_few_solved_replications_are_an_error():
    inputs, outputs, _ = sample(0, 10)
    with pytest.raises(ComputationError, match="20 of 100 replications were not solved") as caught:
        bootstrap_efficiency(inputs, outputs, replications=100)
    assert "100 次抽样中有 20 次求解失败" in caught.value.text("zh")


def test_too_few_replications_are_refused():
    inputs, outputs, _ = sample(0, 10)
    with pytest.raises(InputError, match="20 replications are too few") as caught:
        bootstrap_efficiency(inputs, outputs, replications=20)
    assert "抽样次数 20 太少" in caught.value.text("zh")


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_a_level_that_is_no_share_is_refused(level):
    inputs, outputs, _ = sample(0, 10)
    with pytest.raises(InputError, match="is not between 0 and 1") as caught:
        bootstrap_efficiency(inputs, outputs, level=level)
    assert f"置信水平 {level} 不在 0 与 1 之间" in caught.value.text("zh")


def test_unknown_options_are_refused():
    inputs, outputs, _ = sample(0, 10)
    with pytest.raises(InputError, match="unknown returns irs"):
        bootstrap_efficiency(inputs, outputs, "irs")
    with pytest.raises(InputError, match="unknown orientation graph"):
        bootstrap_efficiency(inputs, outputs, orientation="graph")
