"""Quotients, specialisation, concentration and similarity: laws, hand-made values, bad input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from scipy.sparse import csr_array
from tests.structure.strengths.volume_cases import small_volumes

from xinzhi.core import InputError
from xinzhi.structure.strengths.concentration import (
    ellison_glaeser,
    entropy_of_activities,
    herfindahl_of_activities,
    maurel_sedillot,
)
from xinzhi.structure.strengths.similarity import SIMILARITY_METHODS, similarity
from xinzhi.structure.strengths.specialisation import (
    entropy_of_regions,
    herfindahl_of_regions,
    krugman_index,
    location_quotient,
    log_location_quotient,
    shares,
    sparse_location_quotient,
    symmetric_location_quotient,
)

VOLUMES = np.array([[30.0, 10, 60], [5, 90, 5], [20, 20, 0]])


def refused(call) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        call()
    return caught.value.text("zh"), caught.value.text("en")


@given(small_volumes())
def test_quotients_average_to_one_over_what_they_compare(volumes):
    quotient = location_quotient(volumes)
    whole = volumes.sum(axis=0) / volumes.sum()
    np.testing.assert_allclose(quotient @ whole, 1)
    regions = volumes.sum(axis=1) / volumes.sum()
    np.testing.assert_allclose(regions @ quotient, 1)


@given(small_volumes())
def test_scaling_the_whole_or_one_region_against_a_fixed_reference(volumes):
    np.testing.assert_allclose(location_quotient(volumes * 7), location_quotient(volumes))
    nation = volumes.sum(axis=0) + 1
    scaled = volumes.copy()
    scaled[0] *= 1000
    np.testing.assert_allclose(
        location_quotient(scaled, nation), location_quotient(volumes, nation)
    )


@given(small_volumes())
def test_stored_quotients_are_the_dense_ones(volumes):
    found = sparse_location_quotient(csr_array(volumes)).toarray()
    np.testing.assert_allclose(found, location_quotient(volumes))


def test_quotients_by_hand():
    assert location_quotient(VOLUMES)[0] == pytest.approx(
        [(0.3) / (55 / 240), 0.1 / (120 / 240), 0.6 / (65 / 240)]
    )
    against = location_quotient(VOLUMES, [1, 1, 2])
    assert against[1] == pytest.approx([0.05 / 0.25, 0.9 / 0.25, 0.05 / 0.5])


def test_an_absent_region_or_activity_is_missing_not_zero():
    found = location_quotient([[1, 0, 2], [0, 0, 0], [3, 0, 1]])
    assert np.isnan(found[1]).all()
    assert np.isnan(found[:, 1]).all()
    assert np.isfinite(found[[0, 2]][:, [0, 2]]).all()


def test_symmetric_and_logarithmic_forms():
    assert symmetric_location_quotient([0, 1, 3]) == pytest.approx([-1, 0, 0.5])
    logs = log_location_quotient([0, 1, np.e])
    assert np.isnan(logs[0])
    assert logs[1:] == pytest.approx([0, 1])


@pytest.mark.parametrize(
    ("benchmark", "zh", "en"),
    [
        ([1, 2], "基准有 2 项活动，数据有 3 项", "the benchmark has 2 activities, the volumes 3"),
        ([1, -2, 3], "基准的数量缺失、为负或全为 0", "missing, negative or all 0"),
        ([0, 0, 0], "基准的数量缺失、为负或全为 0", "missing, negative or all 0"),
        ([1, np.nan, 3], "基准的数量缺失、为负或全为 0", "missing, negative or all 0"),
    ],
)
def test_benchmarks_that_do_not_fit_are_refused(benchmark, zh, en):
    found = refused(lambda: location_quotient(VOLUMES, benchmark))
    assert zh in found[0]
    assert en in found[1]


@given(small_volumes())
def test_krugman_lies_between_zero_and_two(volumes):
    against_rest, against_all = krugman_index(volumes), krugman_index(volumes, "all")
    assert (against_rest >= 0).all()
    assert (against_rest <= 2 + 1e-12).all()
    assert (against_all <= against_rest + 1e-12).all()
    weight = volumes.sum(axis=1) / volumes.sum()
    np.testing.assert_allclose(against_all, against_rest * (1 - weight), atol=1e-12)


def test_krugman_by_hand():
    rest = np.array([25, 110, 5]) / 140
    assert krugman_index(VOLUMES)[0] == pytest.approx(np.abs([0.3, 0.1, 0.6] - rest).sum())
    assert np.isnan(krugman_index([[1.0, 2.0]])).all()
    zh, en = refused(lambda: krugman_index(VOLUMES, "nation"))
    assert "未知的比较对象 nation" in zh
    assert "unknown comparison nation" in en
    assert "rest, all" in en


def test_concentration_of_one_and_of_equal_shares():
    table = np.array([[4.0, 1, 1, 1, 1], [8, 0, 0, 0, 0]])
    assert herfindahl_of_regions(table) == pytest.approx([0.5**2 + 4 * 0.125**2, 1])
    assert entropy_of_regions(table)[1] == 0
    assert entropy_of_regions(np.ones((1, 5)))[0] == pytest.approx(np.log(5))
    assert herfindahl_of_activities(table) == pytest.approx([5 / 9, 1, 1, 1, 1])
    assert entropy_of_activities(table)[1:] == pytest.approx(0)
    assert np.isnan(shares([[0.0, 0.0]])).all()


def test_ellison_glaeser_and_maurel_sedillot_by_hand():
    """Two regions of equal size; an industry wholly in one, plants of one half each."""
    volumes, totals = np.array([[10.0, 5.0], [0.0, 5.0]]), [50, 50]
    eg = ellison_glaeser(volumes, [0.5, 0.5], totals)
    assert eg == pytest.approx([(0.5 - 0.25) / 0.25, (0 - 0.25) / 0.25])
    ms = maurel_sedillot(volumes, [0.5, 0.5], totals)
    assert ms == pytest.approx([(1 - 0.5) / 0.5, (0 - 0.5) / 0.5])


def test_plants_thrown_at_random_show_no_concentration():
    """The mean of both indices over many throws is zero: that is what they are made for."""
    random = np.random.default_rng(1)
    sizes = random.lognormal(0, 1, 12)
    regions = np.array([0.5, 0.3, 0.2])
    volumes = np.zeros((3, 20_000))
    for size in sizes:
        volumes[random.choice(3, 20_000, p=regions), np.arange(20_000)] += size
    herfindahl = np.full(20_000, np.square(sizes / sizes.sum()).sum())
    for index in (ellison_glaeser, maurel_sedillot):
        found = index(volumes, herfindahl, regions)
        assert found.mean() == pytest.approx(0, abs=4 * found.std() / np.sqrt(20_000))


@pytest.mark.parametrize("index", [ellison_glaeser, maurel_sedillot])
def test_plants_that_do_not_fit_are_refused(index):
    zh, en = refused(lambda: index(VOLUMES, [0.1, 0.2]))
    assert "企业规模集中度有 2 个，活动有 3 项" in zh
    assert "2 Herfindahl indices of plants for 3 activities" in en
    zh, en = refused(lambda: index(VOLUMES, [0.1, 0.2, 1.0]))
    assert "应在 [0, 1) 之内" in zh
    assert "must lie in [0, 1)" in en
    zh, en = refused(lambda: index([[1.0, 2.0]], [0.1, 0.2]))
    assert "全部数量在一个地区" in zh
    assert "one region has all the volume" in en


@pytest.mark.parametrize("method", SIMILARITY_METHODS)
@given(volumes=small_volumes())
def test_similarity_is_symmetric_and_one_with_itself(method, volumes):
    found = similarity(volumes, method)
    known = np.isfinite(np.diag(found))  # a region like the whole has no variance of quotients
    np.testing.assert_allclose(found, found.T, atol=1e-12)
    np.testing.assert_allclose(np.diag(found)[known], 1)
    assert (np.abs(found[known][:, known]) <= 1 + 1e-12).all()
    np.testing.assert_allclose(similarity(volumes * 5, method), found, atol=1e-9)


def test_similarity_by_hand():
    overlap = similarity(VOLUMES)
    assert overlap[0, 1] == pytest.approx(0.05 + 0.1 + 0.05)
    pair = VOLUMES[[0, 1]] / VOLUMES[[0, 1]].sum(axis=1, keepdims=True)
    assert overlap[0, 1] == pytest.approx(1 - krugman_index(pair)[0] / 2)
    cosine = similarity(VOLUMES, "cosine")
    assert cosine[0, 1] == pytest.approx(
        (0.3 * 0.05 + 0.1 * 0.9 + 0.6 * 0.05)
        / np.sqrt((0.09 + 0.01 + 0.36) * (0.0025 + 0.81 + 0.0025))
    )
    logs = np.log(location_quotient(VOLUMES) + 0.1)
    assert similarity(VOLUMES, "log_quotient") == pytest.approx(np.corrcoef(logs))
    for method in SIMILARITY_METHODS:
        found = similarity([[1.0, 2.0, 1.0], [0, 0, 0], [3, 1, 1]], method)
        assert np.isnan(found[1]).all()
        assert np.isfinite(found[0, 2])


def test_unknown_similarities_are_refused():
    zh, en = refused(lambda: similarity(VOLUMES, "jaccard"))
    assert "未知的相似度 jaccard" in zh
    assert "unknown similarity jaccard" in en
    zh, en = refused(lambda: similarity(VOLUMES, "log_quotient", 0))
    assert "偏移量应大于 0，却是 0" in zh
    assert "the offset must be above 0, not 0" in en
