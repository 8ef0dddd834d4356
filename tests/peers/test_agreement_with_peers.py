"""Agreement with pymcdm 1.4.0 and scipy 1.17.1, whose outputs ``record.py`` has written down.

Where conventions differ, the peer is fed what brings both to the same ground; each test says so.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from xinzhi.measure import coordination_degree, coupling_degree
from xinzhi.measure.aggregation import arithmetic_mean, geometric_mean, harmonic_mean, topsis
from xinzhi.measure.normalisation import average_rank, min_max, z_score
from xinzhi.measure.treatment import kurtosis, skewness
from xinzhi.measure.weights import critic_weights, entropy_weights

HERE = Path(__file__).parent


def recorded(name):
    entries = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    versions = entries.pop("versions")
    return versions, {key: np.array(value) for key, value in entries.items()}


PYMCDM = recorded("pymcdm")[1]
SCIPY = recorded("scipy")[1]


def same(ours, theirs):
    return np.allclose(ours, theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ["pymcdm", "scipy"])
def test_records_are_of_the_pinned_versions(name):
    pins = (HERE / "requirements.txt").read_text(encoding="utf-8").split()
    versions = recorded(name)[0]
    for package in (name, "numpy"):
        assert f"{package}=={versions[package]}" in pins, "run make peers"


def test_min_max_agrees():
    assert same(min_max(PYMCDM["matrix"], PYMCDM["direction"]), PYMCDM["min_max"])


def test_entropy_weights_agree_on_positive_values():
    """Both take shares of the values as they are given and divide the entropy by ln n."""
    assert same(entropy_weights(PYMCDM["matrix"]), PYMCDM["entropy_of_matrix"])


def test_entropy_weights_agree_on_min_max_values():
    """Ours takes 0 ln 0 = 0; pymcdm refuses zeros, so its zeros were replaced by 1e-15."""
    ours = entropy_weights(PYMCDM["min_max"])
    assert same(ours, PYMCDM["entropy_of_min_max"])
    # the oriented min-max values and the raw values are different questions
    assert not np.allclose(ours, PYMCDM["entropy_of_matrix"], atol=0.01)


def test_critic_weights_agree():
    """Both use the standard deviation with divisor n-1 (which cancels) and Pearson's r.

    pymcdm normalises by itself and takes every criterion as the more the better. Given oriented
    min-max values it changes nothing; given raw values it corresponds to ours without directions.
    """
    assert same(critic_weights(PYMCDM["min_max"]), PYMCDM["critic_of_min_max"])
    upward = min_max(PYMCDM["matrix"], np.ones(6))
    assert same(critic_weights(upward), PYMCDM["critic_of_matrix"])


def test_topsis_agrees_on_min_max_values():
    """Both multiply the normalised values by the weights, then take max and min as ideals."""
    assert same(topsis(PYMCDM["min_max"], PYMCDM["weights"]), PYMCDM["topsis_min_max"])


def test_topsis_agrees_on_vector_normalised_values():
    """For a cost pymcdm takes 1 - x/|x|; ours is given -x/|x|, at the same distances."""
    matrix = PYMCDM["matrix"]
    normalised = matrix / np.sqrt((matrix**2).sum(0)) * PYMCDM["direction"]
    assert same(topsis(normalised, PYMCDM["weights"]), PYMCDM["topsis_vector"])


def test_means_agree_with_weighted_sum_and_product():
    raised = min_max(PYMCDM["matrix"], PYMCDM["direction"], floor=0.01)
    assert same(arithmetic_mean(raised, PYMCDM["weights"]), PYMCDM["weighted_sum"])
    assert same(geometric_mean(raised, PYMCDM["weights"]), PYMCDM["weighted_product"])


def test_ranks_agree_with_ties_at_their_mean():
    assert same(average_rank(PYMCDM["ties"].astype(float)), PYMCDM["ranks_of_ties"])


def test_means_agree_with_scipy():
    assert same(geometric_mean(SCIPY["matrix"], SCIPY["weights"]), SCIPY["geometric_mean"])
    assert same(harmonic_mean(SCIPY["matrix"], SCIPY["weights"]), SCIPY["harmonic_mean"])


def test_standard_scores_agree_with_scipy():
    assert same(z_score(SCIPY["matrix"], np.ones(6)), SCIPY["standard_scores"])


def test_moments_agree_with_scipy():
    """The estimators adjusted for sample size (``bias=False`` in scipy); excess kurtosis."""
    assert same(skewness(SCIPY["matrix"]), SCIPY["skewness"])
    assert same(kurtosis(SCIPY["matrix"]), SCIPY["kurtosis"])


def test_standard_coupling_degree_is_geometric_over_arithmetic_mean():
    degree = SCIPY["coupling_degree"]
    assert same(coupling_degree(SCIPY["levels"]), degree)
    assert same(coordination_degree(SCIPY["levels"]), np.sqrt(degree * SCIPY["levels"].mean(1)))
