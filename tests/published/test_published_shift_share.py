"""Shift-share against two textbook tables.

G. Krumme, University of Washington, Geography 350, "Shift & Share Table with Excel Explanations":
a region of four industries, 1985 and 1995; the page prints shifts rounded to whole jobs.
Farhauer and Kröll, Standorttheorien (2013), as reprinted in the manual of the R package REAT
(function shift): three regions that make up a nation of four industries.
"""

from __future__ import annotations

import numpy as np
import pytest

from xinzhi.structure.strengths.shift_share import shift_share_components

START, END = np.array([[500, 100, 200, 200]]), np.array([[1000, 100, 250, 280]])
NATION = np.array([10, 20, 40, 30])  # shares of 1985 in per cent
NATION_LATER = NATION * np.array([1.1, 1.2, 1.3, 1.4])

REGIONS = np.array([[90, 20, 10, 60], [60, 30, 30, 40], [250, 100, 110, 300]])
REGIONS_LATER = np.array([[100, 40, 10, 55], [85, 55, 40, 35], [255, 115, 85, 390]])


def krumme(method: str) -> dict[str, np.ndarray]:
    return shift_share_components(START, END, method, NATION, NATION_LATER)


def test_krumme_each_industry():
    parts = krumme("classic")
    expected = START + parts["national_growth"]
    assert expected[0] == pytest.approx([645, 129, 258, 258])
    total_shift = parts["industry_mix"] + parts["competitive"]
    assert total_shift[0] == pytest.approx([355, -29, -8, 22])
    assert parts["competitive"][0] == pytest.approx([450, -20, -10, 0], abs=1e-9)
    assert parts["industry_mix"][0] == pytest.approx([-95, -9, 2, 22])


def test_krumme_totals():
    parts = krumme("classic")
    assert (END - START).sum() == 630
    assert parts["national_growth"].sum() == pytest.approx(290)
    assert parts["competitive"].sum() == pytest.approx(420)
    assert parts["industry_mix"].sum() == pytest.approx(-80)


def test_krumme_esteban_marquillas_by_hand():
    """With the nation's structure the region would have 100, 200, 400 and 300 jobs."""
    parts = krumme("esteban_marquillas")
    growth = np.array([1.0, 0.0, 0.25, 0.4]) - np.array([0.1, 0.2, 0.3, 0.4])
    assert parts["competitive"][0] == pytest.approx([90, -40, -20, 0], abs=1e-9)
    assert parts["allocation"][0] == pytest.approx(
        np.array([400, -100, -200, -100]) * growth, abs=1e-9
    )


def test_krumme_arcelus_by_hand():
    """The region grows by 63 %, the nation by 29 %; homothetic jobs as above."""
    parts = krumme("arcelus")
    homothetic = np.array([100, 200, 400, 300])
    assert parts["regional_growth"][0] == pytest.approx(homothetic * 0.34)
    assert parts["regional_growth_allocation"][0] == pytest.approx((START[0] - homothetic) * 0.34)
    assert parts["regional_mix"][0] == pytest.approx([100 * 0.56, -200 * 0.54, -400 * 0.39, -102])


def test_farhauer_and_kroell_components():
    """By hand: the industries grow by 10, 40, −10 and 20 %, the nation by 15 %."""
    parts = shift_share_components(REGIONS, REGIONS_LATER)
    nation, later = REGIONS.sum(axis=0), REGIONS_LATER.sum(axis=0)
    assert nation.tolist() == [400, 150, 150, 400]
    assert later.tolist() == [440, 210, 135, 480]
    assert parts["national_growth"].sum(axis=1) == pytest.approx([27, 24, 114])
    assert parts["industry_mix"].sum(axis=1) == pytest.approx([1, -1, 0], abs=1e-9)
    assert parts["competitive"].sum(axis=1) == pytest.approx([-3, 32, -29])
