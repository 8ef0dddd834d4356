"""Agreement with ecomplexity 0.5.3, econcomplex 1.0.1 and economic-complexity 0.3.0 to 1e-8.

``record_strengths.py`` has written down their outputs on a random table and on the embedded value
added of nine industries. They disagree among themselves; each is met by options. Our defaults are:

- proximity with a diagonal of one, as ecomplexity (econcomplex, economic-complexity: zero);
- PCI in units of the ECI, so that ECI is the mean PCI of what a region has, as ecomplexity does
  (econcomplex standardises PCI by itself, economic-complexity both by the deviation of a sample);
- COI and COG from that PCI (ecomplexity: from the eigenvector before its mean is taken off), COI
  not standardised (ecomplexity: standardised);
- COG as the difference that taking up an activity makes to COI: weights of the activity that gets
  closer (econcomplex, economic-complexity: of the activity taken up), less the own term (left out
  by ecomplexity and econcomplex).

economic-complexity reflects a fixed number of times instead of solving the eigenproblem. Its ECI
and PCI agree with our reflections of as many steps, not with the eigenvector.
"""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from xinzhi.structure.strengths.activity import activity_matrix_of_array
from xinzhi.structure.strengths.complexity import YearComplexity, complexity_by_year
from xinzhi.structure.strengths.complexity_options import ComplexityOptions
from xinzhi.structure.strengths.eigen import eci_pci
from xinzhi.structure.strengths.fitness import fitness
from xinzhi.structure.strengths.outlook import (
    opportunity_gain,
    opportunity_outlook,
    relatedness_density,
)
from xinzhi.structure.strengths.reflections import method_of_reflections
from xinzhi.structure.strengths.relatedness import ProductSpace, proximity
from xinzhi.structure.strengths.similarity import similarity
from xinzhi.structure.strengths.specialisation import (
    entropy_of_regions,
    herfindahl_of_regions,
    krugman_index,
    location_quotient,
)

HERE = Path(__file__).parent
PEERS = ("ecomplexity", "econcomplex", "economic_complexity")
RECORDS = {name: json.loads((HERE / f"{name}.json").read_text(encoding="utf-8")) for name in PEERS}
TABLES = ("drawn", "published")


def theirs(peer: str, table: str, key: str) -> np.ndarray:
    return np.array(RECORDS[peer][f"{table} {key}"], dtype=float)


def volumes(table: str) -> np.ndarray:
    return theirs("ecomplexity", table, "volumes")


def present(table: str) -> np.ndarray:
    return (location_quotient(volumes(table)) >= 1).astype(float)


def agrees(ours, expected, tolerance=1e-8):
    np.testing.assert_allclose(ours, expected, rtol=0, atol=tolerance)


def computed(table: str, monkeypatch: pytest.MonkeyPatch, **options: str) -> YearComplexity:
    """Compute the indicators of one table; nine industries are let through here alone."""
    module = import_module("xinzhi.structure.strengths.complexity")
    monkeypatch.setattr(module, "FEWEST_ACTIVITIES", 5)
    array = volumes(table)
    regions = [f"r{k}" for k in range(array.shape[0])]
    activities = [f"a{k}" for k in range(array.shape[1])]
    matrix = activity_matrix_of_array(array, regions, activities)
    (year,) = complexity_by_year(matrix, ComplexityOptions(**options))
    return year


@pytest.mark.parametrize("peer", PEERS)
def test_records_are_of_the_pinned_versions(peer):
    pins = (HERE / "requirements.txt").read_text(encoding="utf-8").lower().split()
    for package, version in RECORDS[peer]["versions"].items():
        if package != "python":
            assert f"{package}=={version}" in pins, "run make peers"


@pytest.mark.parametrize("table", TABLES)
def test_all_peers_were_given_the_same_tables(table):
    for peer in PEERS:
        assert RECORDS[peer][f"{table} volumes"] == RECORDS["ecomplexity"][f"{table} volumes"]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("peer", PEERS)
def test_location_quotients(peer, table):
    agrees(location_quotient(volumes(table)), theirs(peer, table, "rca"))


@pytest.mark.parametrize("table", TABLES)
def test_ecomplexity_by_its_conventions(table, monkeypatch):
    ours = computed(
        table,
        monkeypatch,
        outlook_pci="uncentred",
        outlook_scale="standardised",
        gain="gross",
    )
    for name in ("eci", "pci", "diversity", "ubiquity", "density", "coi"):
        agrees(getattr(ours, name), theirs("ecomplexity", table, name))
    absent = ~ours.present
    agrees(ours.cog[absent], theirs("ecomplexity", table, "cog")[absent])
    assert np.isnan(ours.cog[ours.present]).all()


@pytest.mark.parametrize("table", TABLES)
def test_ecomplexity_with_continuous_proximities(table):
    quotient = location_quotient(volumes(table))
    space = ProductSpace(quotient, "correlation")
    density = relatedness_density(quotient, space)
    agrees(density, theirs("ecomplexity", table, "continuous density"))


@pytest.mark.parametrize("table", TABLES)
def test_econcomplex_by_its_conventions(table, monkeypatch):
    ours = computed(
        table,
        monkeypatch,
        diagonal="zero",
        pci_scale="own",
        gain_weights="target",
        gain="gross",
    )
    agrees(ours.eci, theirs("econcomplex", table, "eci"))
    # It turns the signs of ECI and PCI apart from each other; ours go together.
    pci = theirs("econcomplex", table, "pci")
    same = np.sign(pci @ ours.pci)
    agrees(ours.pci * same, pci)
    agrees(ours.density, theirs("econcomplex", table, "max density"))
    agrees(ours.coi * same, theirs("econcomplex", table, "max coi"))
    absent = ~ours.present
    agrees(ours.cog[absent] * same, theirs("econcomplex", table, "max cog")[absent])


@pytest.mark.parametrize("table", TABLES)
def test_econcomplex_with_cosine_proximities(table):
    held, pci = present(table), theirs("econcomplex", table, "pci")
    space = ProductSpace(held, "cosine", "zero")
    density = relatedness_density(held, space)
    agrees(density, theirs("econcomplex", table, "sqrt density"))
    agrees(opportunity_outlook(density, held > 0, pci), theirs("econcomplex", table, "sqrt coi"))
    gain = opportunity_gain(density, held > 0, pci, space, "target", "gross")
    agrees(gain[held == 0], theirs("econcomplex", table, "sqrt cog")[held == 0])


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("steps", [1, 2, 5])
def test_reflections(table, steps):
    regions, activities = method_of_reflections(present(table), steps)
    agrees(regions[-1], theirs("econcomplex", table, f"reflections {steps} regions"))
    agrees(activities[-1], theirs("econcomplex", table, f"reflections {steps} activities"))


def test_fitness_where_it_converges():
    """Econcomplex puts the new fitness into the complexity at once: the same fixed point."""
    found = fitness(present("drawn"), 1e-13, 20_000)
    assert found.converged
    agrees(found.fitness, theirs("econcomplex", "drawn", "fitness"))
    agrees(found.complexity, theirs("econcomplex", "drawn", "complexity"))


@pytest.mark.parametrize("table", TABLES)
def test_specialisation(table):
    array = volumes(table)
    agrees(krugman_index(array, "all"), theirs("econcomplex", table, "krugman"))
    agrees(herfindahl_of_regions(array), theirs("econcomplex", table, "herfindahl"))
    agrees(entropy_of_regions(array), theirs("econcomplex", table, "entropy"))
    agrees(similarity(array, "log_quotient"), theirs("econcomplex", table, "similarity"))


@pytest.mark.parametrize("table", TABLES)
def test_eci_against_the_pci_of_others(table):
    held, pci = present(table), theirs("econcomplex", table, "pci")
    agrees(held @ pci / held.sum(axis=1), theirs("econcomplex", table, "subnational"))


@pytest.mark.parametrize("table", TABLES)
def test_economic_complexity_reflects_and_stops(table):
    """Of 12 iterations it makes 10 reflections of regions and 11 of activities."""
    regions, activities = method_of_reflections(present(table), 11)
    eci, pci = (theirs("economic_complexity", table, name) for name in ("eci", "pci"))
    agrees(by_sample(regions[10]), eci)
    agrees(by_sample(activities[11]), pci)
    exact = eci_pci(present(table), pci_scale="own", deviation="sample")
    assert np.abs(exact.eci - eci).max() > 0.05


def by_sample(values):
    return (values - values.mean()) / values.std(ddof=1)


@pytest.mark.parametrize("table", TABLES)
def test_economic_complexity_by_its_conventions(table):
    held, pci = present(table), theirs("economic_complexity", table, "pci")
    space = ProductSpace(held, "minimum", "zero")
    agrees(proximity(held, "minimum", "zero"), theirs("economic_complexity", table, "proximity"))
    density = relatedness_density(held, space)
    agrees(density, theirs("economic_complexity", table, "density"))
    gain = opportunity_gain(density, held > 0, pci, space, "target", "net")
    agrees(gain[held == 0], theirs("economic_complexity", table, "gain")[held == 0])


@pytest.mark.parametrize("table", TABLES)
def test_only_our_gain_is_the_difference_of_the_outlook(table, monkeypatch):
    """The largest error of each form as a share of the largest true gain."""
    held, ours = present(table), computed(table, monkeypatch)
    space = ProductSpace(held)
    true = differences(held, space, ours.pci)
    absent = held == 0
    scale = np.abs(true[absent]).max()
    for weights, gain in (("source", "gross"), ("target", "net"), ("target", "gross")):
        other = opportunity_gain(ours.density, held > 0, ours.pci, space, weights, gain)
        assert np.abs(other - true)[absent].max() > 0.01 * scale
    agrees(ours.cog[absent], true[absent], 1e-10)


def differences(held: np.ndarray, space: ProductSpace, pci: np.ndarray) -> np.ndarray:
    """Give each region each activity in turn, proximities and PCI held fixed."""
    before = opportunity_outlook(relatedness_density(held, space), held > 0, pci)
    gains = np.full(held.shape, np.nan)
    for activity in range(held.shape[1]):
        richer = held.copy()
        richer[:, activity] = 1.0
        after = opportunity_outlook(relatedness_density(richer, space), richer > 0, pci)
        gains[:, activity] = after - before
    return gains
