"""Sobol shares: identities, agreement with SALib's estimators, the index as a function."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import FOUR, FOUR_NAMES, make_system, make_values

from xinzhi.core import ComputationError, InputError, dumps
from xinzhi.measure import Method, Uncertainty, index
from xinzhi.measure.normalisation import competition_rank
from xinzhi.measure.sensitivity import REALISATIONS, _Runs, index_sensitivity, sobol

SYSTEM = make_system(FOUR)
VALUES = make_values(np.random.default_rng(3).lognormal(size=(8, 2, 6)), FOUR_NAMES)
CHOICES = {"a": 2, "b": 3, "c": (-1.0, 1.0)}


@given(st.lists(st.floats(0.2, 3), min_size=3, max_size=3), st.integers(0, 5))
def test_a_sum_of_independent_parts_has_shares_that_sum_to_one(factors, seed):
    shares = sobol(lambda x: x @ factors, CHOICES, n=2_048, seed=seed)
    variance = np.array(factors) ** 2 * np.array([1 / 4, 2 / 3, 1 / 3])
    np.testing.assert_allclose(shares.first[:, 0], variance / variance.sum(), atol=0.06)
    np.testing.assert_allclose(shares.total[:, 0], variance / variance.sum(), atol=0.06)
    assert (shares.first_error > 0).all()


def test_a_product_is_all_interaction():
    shares = sobol(lambda x: x[:, 0] * x[:, 1], {"x": (-1.0, 1.0), "y": (-1.0, 1.0)}, n=4_096)
    np.testing.assert_allclose(shares.first[:, 0], 0, atol=0.03)
    np.testing.assert_allclose(shares.total[:, 0], 1, atol=0.03)


def test_a_choice_that_changes_nothing_has_shares_of_exactly_zero():
    shares = sobol(lambda x: x[:, 1] ** 2, CHOICES, n=64)
    assert shares.first[0, 0] == shares.total[0, 0] == shares.total_error[0, 0] == 0


def test_outputs_that_do_not_vary_have_no_shares():
    shares = sobol(lambda x: np.stack([x[:, 0], np.full(len(x), 0.1)], axis=1), CHOICES, n=64)
    assert np.isnan(shares.first[:, 1]).all()
    assert np.isnan(shares.total_error[:, 1]).all()
    assert np.isfinite(shares.first[:, 0]).all()


def test_outputs_that_hardly_ever_vary_have_shares_without_an_interval():
    shares = sobol(lambda x: (x[:, 2] > 0.97) * (x[:, 0] + 1.0), CHOICES, n=64)
    assert np.isfinite(shares.total).all()
    assert np.isnan(shares.total_error).all()
    assert np.isnan(shares.first_error).all()


def test_small_negative_estimates_are_shown_as_they_are():
    shares = [sobol(lambda x: x[:, 0] * x[:, 2], CHOICES, n=64, seed=s) for s in range(20)]
    assert min(s.first.min() for s in shares) < 0


def test_options_are_whole_numbers_equally_often_and_intervals_their_own():
    seen = []
    sobol(lambda x: seen.append(x) or x[:, 0], CHOICES, n=1_024)
    columns = seen[0].T
    assert seen[0].shape == (1_024 * 5, 3)
    for column, size in zip(columns, (2, 3), strict=False):
        found, counts = np.unique(column, return_counts=True)
        assert found.tolist() == list(range(size))
        np.testing.assert_allclose(counts / counts.sum(), 1 / size, atol=0.01)
    assert -1 <= columns[2].min() < -0.99
    assert 0.99 < columns[2].max() <= 1


def test_estimates_are_those_of_salib():
    from SALib.analyze import sobol as salib

    runs = []
    shares = sobol(
        lambda x: runs.append(np.sin(x).sum(1) + x[:, 0] * x[:, 2]) or runs[0], CHOICES, 256
    )
    problem = {"num_vars": 3, "names": list(CHOICES), "bounds": [[0, 1]] * 3}
    theirs = salib.analyze(problem, runs[0], calc_second_order=False, num_resamples=500, seed=1)
    np.testing.assert_allclose(shares.first[:, 0], theirs["S1"], rtol=1e-9)
    np.testing.assert_allclose(shares.total[:, 0], theirs["ST"], rtol=1e-9)
    np.testing.assert_allclose(shares.first_error[:, 0], theirs["S1_conf"], rtol=0.25)
    np.testing.assert_allclose(shares.total_error[:, 0], theirs["ST_conf"], rtol=0.25)


def test_seed_fixes_everything():
    function = lambda x: np.sin(x).sum(1)  # noqa: E731
    one, same, other = (sobol(function, CHOICES, n=64, seed=s) for s in (0, 0, 1))
    assert (one.first == same.first).all()
    assert (one.first_error == same.first_error).all()
    assert (one.first != other.first).any()


def test_bad_designs_are_refused():
    with pytest.raises(InputError, match="power of two, got 1000"):
        sobol(lambda x: x[:, 0], CHOICES, n=1_000)
    with pytest.raises(InputError, match="at least two"):
        sobol(lambda x: x[:, 0], {"a": 2})
    with pytest.raises(InputError, match="level"):
        sobol(lambda x: x[:, 0], CHOICES, n=8, level=1.0)


def test_a_missing_package_names_its_install_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib.sample.sobol", None)
    with pytest.raises(ComputationError, match=r'pip install "xinzhi\[sensitivity\]"'):
        sobol(lambda x: x[:, 0], CHOICES, n=8)


def prepared(method, uncertainty, values=VALUES):
    return _Runs.prepared(values, SYSTEM, method, uncertainty, index(values, SYSTEM, method), 0)


QUIET = Uncertainty(weight_spread=0.0, noise={"reported": 0.0})


@pytest.mark.parametrize("scope", ["pooled", "yearly"])
def test_every_combination_is_the_index_by_those_choices(scope):
    """The slow twin: one call of ``index`` a combination."""
    runs = prepared(Method(scope=scope), QUIET)
    treatments, normalisations, weightings, aggregations = runs.case.options
    grid = np.indices([len(kind) for kind in runs.case.options]).reshape(4, -1).T
    assert list(runs.choices) == ["treatment", "normalisation", "weighting", "aggregation"]
    scores = runs.scores(grid.astype(float))
    for (t, n, w, a), ours in zip(grid, scores, strict=True):
        aggregation = "arithmetic" if normalisations[n] == "z-score" else aggregations[a]
        method = Method(treatments[t], normalisations[n], scope, weightings[w], aggregation)
        theirs = index(VALUES, SYSTEM, method).levels.isel(node=0).values
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, err_msg=str(method))


def test_outputs_are_shifts_ranks_and_standardised_scores():
    runs = prepared(Method(), QUIET)
    grid = np.indices([len(kind) for kind in runs.case.options]).reshape(4, -1).T.astype(float)
    scores, outputs = runs.scores(grid), runs.outputs(grid)
    ranks = competition_rank(scores.transpose(0, 2, 1)).transpose(0, 2, 1)
    np.testing.assert_array_equal(outputs[:, 2:18].reshape(-1, 8, 2), ranks)
    np.testing.assert_allclose(outputs[0, :2], 0)  # the method's own choices shift nothing
    standard = outputs[:, 18:].reshape(-1, 8, 2)
    np.testing.assert_allclose(standard.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(standard.std(axis=1), 1)


def test_the_result_names_choices_regions_and_intervals():
    result = index_sensitivity(VALUES, SYSTEM, n=64)
    assert result.to_frame("choices")["choice"].tolist() == [
        "treatment",
        "normalisation",
        "weighting",
        "aggregation",
        "weight_spread",
        "data_noise",
    ]
    assert result.to_frame("choices")["options"].tolist() == [
        2,
        3,
        4,
        2,
        REALISATIONS,
        REALISATIONS,
    ]
    shares = result.to_frame("shares")
    assert len(shares) == 2 * 6
    for name in ("first_order", "total"):
        known = shares.dropna()
        assert (known[f"{name}_low"] <= known[name]).all()
        assert (known[name] <= known[f"{name}_high"]).all()
    regions = result.to_frame("regions")
    assert len(regions) == 8 * 2 * 2 * 6
    assert set(regions["measure"]) == {"rank", "score"}
    assert result.parameters["runs"] == 64 * 8
    assert any("z-scores have no geometric" in w.en for w in result.warnings)
    assert "null" in dumps(result.to_dict()) or regions.notna().all().all()


def test_noise_follows_the_status_of_a_figure():
    import xarray as xr

    codes = np.zeros(VALUES.shape, dtype=int)
    codes[0] = 1
    data = xr.Dataset({"value": VALUES, "status": (VALUES.dims, codes)})
    data.attrs["statuses"] = ("reported", "doubtful")
    only_noise = Uncertainty(
        treatments=(),
        normalisations=(),
        weightings=("equal", "critic"),
        aggregations=(),
        weight_spread=0.0,
        noise={"reported": 0.0, "doubtful": 0.3},
    )
    result = index_sensitivity(data, SYSTEM, uncertainty=only_noise, n=64)
    assert result.to_frame("choices")["choice"].tolist() == ["weighting", "data_noise"]
    noise = result.to_frame("regions").query("measure == 'score' and choice == 'data_noise'")
    totals = noise.groupby("region")["total"].mean()
    assert totals.idxmax() == "R00"


def test_permuting_regions_permutes_shares():
    plain = index_sensitivity(VALUES, SYSTEM, uncertainty=QUIET, n=64)
    mixed = index_sensitivity(
        VALUES.isel(region=slice(None, None, -1)), SYSTEM, uncertainty=QUIET, n=64
    )
    keys = ["region", "year", "measure", "choice"]
    one, other = (r.to_frame("regions").set_index(keys).sort_index() for r in (plain, mixed))
    np.testing.assert_allclose(one.to_numpy(), other.to_numpy(), rtol=1e-6, atol=1e-9)


def test_missing_scores_and_single_options_are_refused():
    holes = VALUES.copy()
    holes[0, 0, 0] = np.nan
    with pytest.raises(InputError, match="some scores are missing"):
        index_sensitivity(holes, SYSTEM, n=8)
    alone = Uncertainty(
        treatments=(), normalisations=(), weightings=(), aggregations=(), weight_spread=0.0
    )
    with pytest.raises(InputError, match="at least two"):
        index_sensitivity(VALUES, SYSTEM, uncertainty=alone, n=8)
    with pytest.raises(InputError, match="too many to keep"):
        index_sensitivity(VALUES, SYSTEM, n=1 << 20)
