"""Complexity and relatedness: laws, slow twins, references, options and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from tests.structure.strengths.volume_cases import matrix_of, presences, trade

from xinzhi.core import InputError
from xinzhi.structure.strengths.activity import activity_matrix_of_array
from xinzhi.structure.strengths.complexity import complexity, complexity_by_year
from xinzhi.structure.strengths.complexity_options import ComplexityOptions
from xinzhi.structure.strengths.eigen import eci_pci
from xinzhi.structure.strengths.outlook import (
    GAIN_WEIGHTS,
    GAINS,
    opportunity_gain,
    opportunity_outlook,
    relatedness_density,
)
from xinzhi.structure.strengths.reflections import method_of_reflections
from xinzhi.structure.strengths.relatedness import (
    DIAGONALS,
    PROXIMITY_METHODS,
    ProductSpace,
    proximity,
)
from xinzhi.structure.strengths.specialisation import location_quotient

VOLUMES = trade(12, 40, 3)
HELD = (location_quotient(trade(14, 35, seed=3)[:, :, 0]) >= 1).astype(float)


@pytest.mark.parametrize("diagonal", DIAGONALS)
@pytest.mark.parametrize("method", PROXIMITY_METHODS)
@given(presence=presences())
def test_relatedness_never_needs_the_matrix_of_proximities(method, diagonal, presence):
    """Whether activities outnumber regions or not, the product is that with the slow matrix."""
    weights = np.arange(3.0 * presence.shape[1]).reshape(3, -1) - 4
    for table in (presence, np.tile(presence, (1, 5)), np.tile(presence, (5, 1))):
        wide = np.tile(weights, table.shape[1] // weights.shape[1])
        space = ProductSpace(table, method, diagonal)
        slow = proximity(table, method, diagonal)
        np.testing.assert_allclose(space.related(wide), wide @ slow, atol=1e-9)
        np.testing.assert_allclose(space.total, slow.sum(axis=0), atol=1e-9)
        np.testing.assert_allclose(space.own, np.diag(slow), atol=1e-9)


def test_many_blocks_of_activities():
    wide = (trade(9, 700, seed=1)[:, :, 0] > 1).astype(float)
    space = ProductSpace(wide)
    np.testing.assert_allclose(space.related(wide), wide @ proximity(wide), atol=1e-10)


@pytest.mark.parametrize("method", PROXIMITY_METHODS)
@given(presence=presences())
def test_proximities_are_symmetric_and_between_zero_and_one(method, presence):
    found = proximity(presence, method)
    np.testing.assert_allclose(found, found.T, atol=1e-12)
    assert found.min() >= -1e-12
    assert found.max() <= 1 + 1e-12


def test_minimum_proximity_is_the_smaller_conditional_probability():
    held = np.array([[1.0, 1, 0], [1, 1, 0], [1, 0, 1], [0, 0, 1]])
    found = proximity(held)
    assert found[0, 1] == pytest.approx(min(2 / 3, 2 / 2))
    assert found[0, 2] == pytest.approx(min(1 / 3, 1 / 2))
    assert found[1, 2] == 0
    assert np.diag(found).tolist() == [1, 1, 1]


@given(presences())
def test_density_is_a_share(presence):
    density = relatedness_density(presence, ProductSpace(presence))
    known = presence.any(axis=0)
    assert np.isnan(density[:, ~known]).all()
    assert (density[:, known] >= -1e-12).all()
    assert (density[:, known] <= 1 + 1e-12).all()
    everything = relatedness_density(np.ones_like(presence), ProductSpace(presence))
    np.testing.assert_allclose(everything[:, known], 1)


@pytest.mark.parametrize("diagonal", DIAGONALS)
@pytest.mark.parametrize("method", PROXIMITY_METHODS)
def test_gain_is_the_finite_difference_of_the_outlook(method, diagonal):
    pci = np.random.default_rng(5).normal(size=HELD.shape[1])
    space = ProductSpace(HELD, method, diagonal)
    density = relatedness_density(HELD, space)
    gain = opportunity_gain(density, HELD > 0, pci, space)
    before = opportunity_outlook(density, HELD > 0, pci)
    for region, activity in np.argwhere(HELD == 0)[::7]:
        richer = HELD.copy()
        richer[region, activity] = 1
        after = opportunity_outlook(relatedness_density(richer, space), richer > 0, pci)
        assert gain[region, activity] == pytest.approx((after - before)[region], abs=1e-12)
        others = np.arange(len(HELD)) != region
        np.testing.assert_allclose(after[others], before[others])
    assert np.isnan(gain[HELD > 0]).all()


@pytest.mark.parametrize("weights", GAIN_WEIGHTS)
@pytest.mark.parametrize("gain", GAINS)
def test_the_forms_of_gain_against_the_slow_sums(weights, gain):
    pci = np.random.default_rng(6).normal(size=HELD.shape[1])
    space, slow = ProductSpace(HELD), proximity(HELD)
    density = relatedness_density(HELD, space)
    found = opportunity_gain(density, HELD > 0, pci, space, weights, gain)
    total = slow.sum(axis=0)
    for region, activity in np.argwhere(HELD == 0)[::11]:
        expected = 0.0
        for other in range(HELD.shape[1]):
            if HELD[region, other] or (gain == "net" and other == activity):
                continue
            base = total[other] if weights == "source" else total[activity]
            expected += slow[activity, other] * pci[other] / base
        if gain == "net":
            expected -= density[region, activity] * pci[activity]
        assert found[region, activity] == pytest.approx(expected, abs=1e-12)


@given(presences())
def test_eci_is_an_eigenvector_whichever_side_is_smaller(presence):
    for table in (presence, presence.T):
        found = eci_pci(table)
        inside = np.isfinite(found.eci)
        if not inside.any():
            assert np.isnan(found.pci).all()
            continue
        part = table[inside][:, table[inside].any(axis=0)]
        vector = found.eci[inside] * found.deviation + found.mean
        walk = (part / part.sum(axis=1, keepdims=True)) @ (part / part.sum(axis=0)).T
        np.testing.assert_allclose(walk @ vector, found.eigenvalue * vector, atol=1e-9)
        values = np.sort(np.linalg.eigvals(walk).real)
        assert found.eigenvalue == pytest.approx(values[-2], abs=1e-9)
        assert found.eci[inside].std() == pytest.approx(1)
        basket = table[inside] @ np.nan_to_num(found.pci) / table[inside].sum(axis=1)
        np.testing.assert_allclose(basket, found.eci[inside], atol=1e-8)


@given(presences())
def test_permuting_permutes(presence):
    found = eci_pci(presence)
    assume(found.unique and found.signed and (found.component > 0).sum() == 0)
    random = np.random.default_rng(0)
    rows, columns = (random.permutation(size) for size in presence.shape)
    moved = eci_pci(presence[np.ix_(rows, columns)])
    np.testing.assert_allclose(moved.eci, found.eci[rows], atol=1e-6)
    np.testing.assert_allclose(moved.pci, found.pci[columns], atol=1e-6)


def test_eci_correlates_with_diversity_and_pci_against_ubiquity():
    found = eci_pci(HELD)
    assert np.corrcoef(found.eci, HELD.sum(axis=1))[0, 1] > 0
    flipped = eci_pci(HELD, -HELD.sum(axis=1))
    np.testing.assert_allclose(flipped.eci, -found.eci)


def test_duplicated_activities_leave_the_eci_only_if_all_are():
    """D and the walk are unchanged when each activity is doubled, not when one is."""
    found = eci_pci(HELD)
    every = eci_pci(np.hstack([HELD, HELD]))
    np.testing.assert_allclose(every.eci, found.eci, atol=1e-9)
    assert every.eigenvalue == pytest.approx(found.eigenvalue)
    one = eci_pci(np.hstack([HELD, HELD[:, [0]]]))
    assert np.abs(one.eci - found.eci).max() > 1e-3


def test_reflections_tend_to_the_eci():
    """Each step multiplies what is not the ECI by the third over the second eigenvalue."""
    regions, activities = method_of_reflections(HELD, 60)
    found = eci_pci(HELD)
    close = [abs(np.corrcoef(regions[steps], found.eci)[0, 1]) for steps in (0, 20, 60)]
    assert close == sorted(close)
    assert close[2] > 0.99
    assert abs(np.corrcoef(activities[60], found.pci)[0, 1]) > 0.99
    assert np.ptp(regions[60]) < 1e-6 * np.ptp(regions[0])


def test_reflections_need_a_number_of_steps():
    with pytest.raises(InputError) as caught:
        method_of_reflections(HELD, -1)
    assert caught.value.text("zh") == "步数不能为负：-1"
    assert caught.value.text("en") == "the number of steps cannot be negative: -1"


def test_all_years_at_once_are_the_years_one_by_one():
    whole = complexity(matrix_of(VOLUMES))
    assert [year.year for year in whole.years] == [2020, 2021, 2022]
    for k, year in enumerate(whole.years):
        (alone,) = complexity_by_year(matrix_of(VOLUMES[:, :, k]))
        for name in ("eci", "pci", "coi", "density", "cog", "diversity", "ubiquity"):
            np.testing.assert_allclose(getattr(year, name), getattr(alone, name))


@pytest.mark.parametrize("factor", [1e-3, 1e6])
def test_money_units_do_not_matter(factor):
    first, second = (complexity(matrix_of(x)).years[0] for x in (VOLUMES, VOLUMES * factor))
    np.testing.assert_allclose(first.quotient.toarray(), second.quotient.toarray())
    np.testing.assert_allclose(first.cog, second.cog)


def test_a_reference_gives_pci_and_base_of_quotients():
    world = trade(20, 40, 3, seed=9) + 0.01
    found = complexity(matrix_of(VOLUMES), reference=matrix_of(world))
    base = complexity(matrix_of(world))
    for year, of_world in zip(found.years, base.years, strict=True):
        np.testing.assert_allclose(year.pci, of_world.pci)
        np.testing.assert_array_equal(year.ubiquity, of_world.ubiquity)
        mean = (year.present @ of_world.pci) / year.present.sum(axis=1)
        np.testing.assert_allclose(year.eci, mean)
    scaled = VOLUMES.copy()
    scaled[3] *= 1000  # one region alone, the reference held fixed
    again = complexity(matrix_of(scaled), reference=matrix_of(world))
    for year, other in zip(found.years, again.years, strict=True):
        np.testing.assert_allclose(year.quotient.toarray(), other.quotient.toarray())
        np.testing.assert_allclose(year.eci, other.eci)


def test_a_region_measured_against_itself_is_unchanged():
    matrix = matrix_of(VOLUMES)
    own, other = complexity(matrix), complexity(matrix, reference=matrix_of(VOLUMES.copy()))
    for one, two in zip(own.years, other.years, strict=True):
        np.testing.assert_allclose(one.eci, two.eci, atol=1e-10)
        np.testing.assert_allclose(one.cog, two.cog, atol=1e-10)


def test_a_reference_without_years_holds_for_all_and_may_know_more_activities():
    world = activity_matrix_of_array(
        trade(20, 45, seed=2)[:, :, 0] + 0.01,
        [f"W{k}" for k in range(20)],
        [f"A{k}" for k in reversed(range(45))],
    )
    found = complexity(matrix_of(VOLUMES), reference=world)
    assert found.activities == world.activities
    (alone,) = complexity_by_year(world)
    for year in found.years:
        np.testing.assert_allclose(year.pci, alone.pci)
        assert not year.present[:, :5].any()  # A40 … A44, which no region has
        assert np.isfinite(year.cog[:, :5]).all()


def test_references_that_do_not_fit_are_refused():
    def message(reference):
        with pytest.raises(InputError) as caught:
            complexity(matrix_of(VOLUMES), reference=reference)
        return caught.value.text("zh"), caught.value.text("en")

    zh, en = message(matrix_of(trade(20, 38)))
    assert "参照中没有 2 项活动：A38、A39" in zh
    assert "2 activity(ies) are not in the reference: A38, A39" in en
    zh, en = message(matrix_of(trade(20, 40, 2)))
    assert "参照中没有这些年份：2022" in zh
    assert "years not in the reference: 2022" in en
    world = trade(20, 40, 3) + 0.01
    world[:, 7, 1] = 0
    zh, en = message(matrix_of(world))
    assert "2021 年参照中没有数量、地区却有数量的活动：A7" in zh
    assert "activities with a volume in a region but none in the reference in 2021: A7" in en


def test_a_pooled_space_is_that_of_the_sum_of_years():
    found = complexity(matrix_of(VOLUMES), ComplexityOptions(space="pooled"))
    (pooled,) = complexity_by_year(matrix_of(VOLUMES.sum(axis=2)))
    yearly = complexity(matrix_of(VOLUMES))
    for year, other in zip(found.years, yearly.years, strict=True):
        np.testing.assert_allclose(year.pci, pooled.pci)
        np.testing.assert_array_equal(year.present, other.present)
        assert not np.allclose(year.density, other.density)


def test_options_are_recorded_and_change_what_they_say():
    matrix = matrix_of(VOLUMES[:, :, 0])
    options = ComplexityOptions(outlook_scale="standardised", deviation="sample")
    (year,) = complexity(matrix, options).years
    assert year.coi.mean() == pytest.approx(0, abs=1e-12)
    assert year.coi.std(ddof=1) == pytest.approx(1)
    assert options.parameters()["outlook_scale"] == "standardised"
    assert set(options.parameters()) == set(ComplexityOptions.__dataclass_fields__)
    (strict,) = complexity(matrix, ComplexityOptions(threshold=2)).years
    assert strict.diversity.sum() < complexity(matrix).years[0].diversity.sum()
    continuous = ComplexityOptions(presence="continuous", proximity="correlation")
    (smooth,) = complexity(matrix, continuous).years
    direct = eci_pci(smooth.quotient.toarray(), smooth.diversity)
    np.testing.assert_allclose(smooth.eci, direct.eci, atol=1e-10)


@pytest.mark.parametrize(
    ("options", "zh", "en"),
    [
        ({"gain": "all"}, "选项 gain 没有 all", "option gain knows no all"),
        ({"threshold": 0}, "门槛应大于 0，却是 0", "must be above 0, not 0"),
        ({"threshold": np.nan}, "门槛应大于 0，却是 nan", "must be above 0, not nan"),
        (
            {"presence": "continuous"},
            "连续的区位商不能用最小条件概率",
            "minimum conditional probabilities need a binary presence",
        ),
    ],
)
def test_unknown_options_are_refused(options, zh, en):
    with pytest.raises(InputError) as caught:
        ComplexityOptions(**options)
    assert zh in caught.value.text("zh")
    assert en in caught.value.text("en")


def test_few_activities_and_regions_are_refused():
    with pytest.raises(InputError) as caught:
        complexity(matrix_of(trade(31, 9)))
    assert "只有 9 项活动；少于 30 项时复杂度没有意义" in caught.value.text("zh")
    assert "only 9 activities; fewer than 30 carry no complexity" in caught.value.text("en")
    with pytest.raises(InputError) as caught:
        complexity(matrix_of(trade(2, 60) + 1))
    assert "只有 2 个地区，至少需要 3 个" in caught.value.text("zh")
    assert "only 2 region(s), at least 3 are needed" in caught.value.text("en")


def test_parts_that_share_no_activity_are_reported():
    """Two blocks: five regions on twenty activities, three on the other twenty."""
    volumes = np.zeros((8, 40))
    volumes[:5, :20] = trade(5, 20)[:, :, 0] + 0.001
    volumes[5:, 20:] = trade(3, 20, seed=1)[:, :, 0] + 0.001
    found = complexity(matrix_of(volumes))
    (year,) = found.years
    assert np.isfinite(year.eci[:5]).all()
    assert np.isnan(year.eci[5:]).all()
    alone = eci_pci(year.present[:5, :20].astype(float))
    np.testing.assert_allclose(year.eci[:5], alone.eci, atol=1e-9)
    (warning,) = found.warnings
    assert warning.zh == ("地区分为 2 个互不相连的部分，只有最大的部分有 ECI；其余：R5、R6、R7")
    assert warning.en == (
        "the regions fall into 2 parts that share no activity; only the largest has an ECI;"
        " outside it: R5, R6, R7"
    )


def test_regions_that_do_not_differ_have_no_eci():
    found = complexity(matrix_of(np.ones((4, 30, 1))))
    (year,) = found.years
    assert np.isnan([*year.eci, *year.pci, *year.coi]).all()
    assert np.isnan(year.cog).all()
    (warning,) = found.warnings
    assert warning.zh == "2020 年：各地区没有差异，没有 ECI"
    assert warning.en == "2020: the regions do not differ: no ECI"


def test_an_eci_that_is_not_unique_or_has_no_sign_says_so():
    """Six regions around a ring, each sharing activities with its neighbours alone."""
    ring = np.zeros((6, 30))
    for region in range(6):
        ring[region, 5 * region : 5 * region + 10] = 1
        ring[region, : max(0, 5 * region + 10 - 30)] = 1
    found = complexity(matrix_of(ring))
    assert [warning.zh for warning in found.warnings] == [
        "第二、第三特征值相同，ECI 不唯一",
        "ECI 的正负无法由多样性或普遍性确定",
    ]
    assert found.warnings[0].en == (
        "the second and third eigenvalue are equal: the ECI is not unique"
    )
    assert found.warnings[1].en == ("neither diversity nor ubiquity tells the sign of the ECI")


def test_a_region_without_volume_in_one_year_is_missing_in_it():
    volumes = VOLUMES.copy()
    volumes[4, :, 1] = 0
    volumes[:, 6, 1] = 0
    first, second, _ = complexity(matrix_of(volumes)).years
    assert np.isfinite(first.eci).all()
    assert np.isnan([second.eci[4], second.coi[4]]).all()
    assert np.isnan(second.density[4]).all()
    assert second.diversity[4] == 0
    assert np.isnan(second.pci[6])
    assert np.isnan(second.density[:, 6]).all()
    assert np.isnan(second.cog[:, 6]).all()
    assert np.isfinite(np.delete(second.eci, 4)).all()
