from __future__ import annotations

import numpy as np
import pytest

from xinzhi.core import InputError
from xinzhi.structure.strengths.leapfrogging import leaders, leapfrogging

REGIONS = ("A", "B", "C", "D")
ACTIVITIES = ("chips", "drugs", "steel")
VOLUMES = np.array([[40.0, 1, 9], [30, 1, 1], [20, 1, 0], [10, 1, 0]])
DENSITY = np.array([[0.9, 0.2, 0.1], [0.8, 0.3, 0.1], [0.7, 0.2, 0.1], [0.1, 0.2, 0.7]])
PRESENT = np.array([[1, 0, 0], [0, 0, 0], [1, 0, 0], [0, 0, 1]], dtype=bool)
EARLY = np.array([True, False, True])


def run(**options):
    given = {"leading": 1, "open_share": 0.5, **options}
    labels = (REGIONS, ACTIVITIES)
    return leapfrogging(VOLUMES, PRESENT, DENSITY, EARLY, labels, (REGIONS, VOLUMES), **given)


def test_leaders_by_hand():
    lead = leaders(VOLUMES, 2)
    assert lead.share == pytest.approx([0.7, 0.5, 1.0])
    assert lead.effective == pytest.approx([1 / 0.30, 4.0, 1 / 0.82])
    assert lead.places[:, 0].tolist() == [0, 1]
    assert lead.mean == pytest.approx([35, 1, 5])
    empty = leaders(np.zeros((2, 1)), 1)
    assert np.isnan([empty.share[0], empty.effective[0], empty.mean[0]]).all()


def test_early_open_and_close():
    table = run()
    # chips are early, and A holds two fifths; A leads them, and D is not close to them
    assert table["region"].tolist() == ["B", "C"]
    assert table["activity"].tolist() == ["chips", "chips"]
    assert table["lane"].tolist() == ["new", "own"]
    assert table["distance"].tolist() == pytest.approx([1 / 4, 1 / 2])
    assert table["leader"].tolist() == ["A", "A"]
    assert table["leaders_share"].tolist() == pytest.approx([0.4, 0.4])
    assert table["density_quantile"].tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    "options", [{"open_share": 0.39}, {"leading": 2}, {"leading": 4, "open_share": 1.0}]
)
def test_what_is_closed_or_led_is_not_listed(options: dict):
    assert run(**options).empty


def test_leaders_may_be_sought_among_others():
    world = (("X", "A"), np.array([[400.0, 1, 1], [40.0, 1, 9]]))
    table = leapfrogging(
        VOLUMES, PRESENT, DENSITY, EARLY, (REGIONS, ACTIVITIES), world, leading=1, open_share=1.0
    )
    chips = table[table["activity"] == "chips"].set_index("region")
    assert chips["leader"].unique().tolist() == ["X"]
    assert chips.loc["A", "distance"] == pytest.approx(0.9)


def test_the_order_of_regions_changes_nothing_else():
    order = [2, 0, 3, 1]
    names = tuple(REGIONS[k] for k in order)
    turned = leapfrogging(
        VOLUMES[order], PRESENT[order], DENSITY[order], EARLY, (names, ACTIVITIES),
        (names, VOLUMES[order]), leading=1,
    )  # fmt: skip
    plain = run().set_index("region").sort_index()
    assert turned.set_index("region").sort_index().equals(plain)


@pytest.mark.parametrize(
    ("options", "zh", "en"),
    [
        ({"leading": 0}, "应不小于 1", "leading is 0; it must be 1 or more"),
        ({"open_share": 1.5}, "开放门槛（open_share）为 1.5", "open_share is 1.5; it must be"),
        ({"closeness": -0.1}, "接近门槛（closeness）为 -0.1", "closeness is -0.1; it must be"),
    ],
)
def test_criteria_that_cannot_be_met_are_refused(options: dict, zh: str, en: str):
    with pytest.raises(InputError) as refusal:
        run(**options)
    assert zh in refusal.value.text("zh")
    assert en in refusal.value.text("en")
