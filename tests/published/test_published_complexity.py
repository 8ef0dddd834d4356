"""Location quotients, concentration and complexity against textbook examples and stated theorems.

Farhauer and Kröll, Standorttheorien (2013; 2014): examples as reprinted, with results, in the
manual of the R package REAT (functions locq, ellison.a, krugman.spec).
Kemp-Benedict (2014), An interpretation and critique of the Method of Reflections, MPRA 60705: the
complexity measure is orthogonal to the diversity of countries.
Mealy, Farmer and Teytelboym (2019), Science Advances 5: ECI and PCI are the first axis of
correspondence analysis, and the relaxed normalised cut of the similarity graph of countries.
Pugliese, Zaccaria and Pietronero (2014), arXiv 1410.0249: where the diagonal of the ordered matrix
crosses its empty part, fitness falls to zero.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from xinzhi.structure.strengths.concentration import ellison_glaeser
from xinzhi.structure.strengths.eigen import eci_pci
from xinzhi.structure.strengths.fitness import fitness
from xinzhi.structure.strengths.reflections import method_of_reflections
from xinzhi.structure.strengths.specialisation import krugman_index, location_quotient

# Three regions on five activities, each region's a subset of the one before.
NESTED = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [1, 0, 0, 0, 0]], dtype=float)


def test_farhauer_and_kroell_location_quotient():
    industry, region, nation_industry, nation = 1714, 79006, 879213, 15593224
    table = [
        [industry, region - industry],
        [nation_industry - industry, nation - nation_industry - region + industry],
    ]
    assert location_quotient(table)[0, 0] == pytest.approx(0.3847623, abs=5e-8)


def test_farhauer_and_kroell_ellison_glaeser():
    plants = {
        "Wien": [200, 650, 12000, 100, 50],
        "Linz": [16000, 13000, 1500, 1500],
        "Graz": [25000],
    }
    sizes = np.array([size for group in plants.values() for size in group], dtype=float)
    volumes = np.array([[sum(group)] for group in plants.values()])
    herfindahl = np.square(sizes / sizes.sum()).sum()
    found = ellison_glaeser(volumes, [herfindahl], [500_000, 400_000, 100_000])
    assert found[0] == pytest.approx(0.05990628, abs=5e-9)


def test_farhauer_and_kroell_krugman():
    assert krugman_index([[20, 10, 70, 0, 0], [0, 0, 0, 60, 40]]) == pytest.approx([2, 2])


def specialised(seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    able, hard = random.normal(size=(20, 1)), random.normal(size=50)
    held = (random.random((20, 50)) < 1 / (1 + np.exp(hard - able))).astype(float)
    held[:, 0], held[0] = 1, 1
    return held


@pytest.mark.parametrize("seed", range(5))
def test_kemp_benedict_complexity_is_orthogonal_to_diversity(seed):
    held = specialised(seed)
    found = eci_pci(held)
    vector = found.eci * found.deviation + found.mean
    assert held.sum(axis=1) @ vector == pytest.approx(0, abs=1e-10)
    assert held.sum(axis=0) @ found.raw_pci == pytest.approx(0, abs=1e-10)


@pytest.mark.parametrize("seed", range(5))
def test_mealy_farmer_teytelboym_complexity_is_correspondence_analysis(seed):
    held = specialised(seed)
    share = held / held.sum()
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    residual = (share - np.outer(rows, columns)) / np.sqrt(np.outer(rows, columns))
    left, singular, right = np.linalg.svd(residual, full_matrices=False)
    of_rows, of_columns = left[:, 0] / np.sqrt(rows), right[0] / np.sqrt(columns)
    found = eci_pci(held)
    assert found.eigenvalue == pytest.approx(singular[0] ** 2, rel=1e-10)
    assert abs(np.corrcoef(of_rows, found.eci)[0, 1]) == pytest.approx(1, abs=1e-12)
    assert abs(np.corrcoef(of_columns, found.pci)[0, 1]) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_mealy_farmer_teytelboym_complexity_is_the_normalised_cut(seed):
    """S y = (1 − λ) … : the second generalised eigenvector of the graph M U⁻¹ Mᵀ."""
    held = specialised(seed)
    similarity = (held / held.sum(axis=0)) @ held.T
    degree = np.diag(similarity.sum(axis=1))
    found = eci_pci(held)
    vector = found.eci * found.deviation + found.mean
    laplacian = degree - similarity
    np.testing.assert_allclose(
        laplacian @ vector, (1 - found.eigenvalue) * degree @ vector, atol=1e-10
    )


def test_reflections_of_a_nested_table_by_hand():
    """Hidalgo and Hausmann's averages in fractions: ubiquity 3, 2, 2, 1, 1; diversity 5, 3, 1."""
    regions, activities = method_of_reflections(NESTED, 2)
    assert regions[0].tolist() == [5, 3, 1]
    assert activities[0].tolist() == [3, 2, 2, 1, 1]
    first = [Fraction(9, 5), Fraction(7, 3), Fraction(3)]
    assert regions[1] == pytest.approx([float(value) for value in first])
    assert activities[1] == pytest.approx([3, 4, 4, 5, 5])
    assert regions[2] == pytest.approx([21 / 5, 11 / 3, 3])


def test_fitness_of_a_nested_pair_falls_as_one_over_n():
    """One region has both activities, the other only the common one: F₂ / F₁ = 1 / (n + 1)."""
    for steps in (1, 2, 5, 40):
        found = fitness(np.array([[1.0, 1.0], [1.0, 0.0]]), 1e-12, steps)
        assert found.fitness[1] / found.fitness[0] == pytest.approx(1 / (steps + 1))
        assert found.iterations == steps
        assert not found.converged


def test_pugliese_fitness_vanishes_where_the_diagonal_crosses_the_empty_part():
    crossing = fitness(np.array([[1.0, 1, 1, 1], [1, 0, 0, 0]]), 1e-12)
    assert crossing.fitness[1] == pytest.approx(0, abs=1e-10)
    assert crossing.vanishing.tolist() == [False, True]


def test_fitness_where_the_diagonal_stays_inside():
    """By hand, of three regions with both activities and one with the common one: F₄ = F₁ / 3."""
    full = fitness(np.array([[1.0, 1], [1, 1], [1, 1], [1, 0]]), 1e-14)
    assert full.converged
    assert full.fitness[3] / full.fitness[0] == pytest.approx(1 / 3)
    assert full.fitness == pytest.approx([1.2, 1.2, 1.2, 0.4])
    assert not full.vanishing.any()
