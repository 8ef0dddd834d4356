"""Patents, papers, technology markets and high-tech industry of 31 regions, read in place.

Of 2017 the published tables hold over forty extensive figures that can stand for activities once
each is a share of its national total, so that no unit outweighs another: enough for an ECI that is
compared with correspondence analysis and with the slow matrix of proximities.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xinzhi.core import InputError
from xinzhi.data import Panel
from xinzhi.data.science_technology import science_technology_panel
from xinzhi.structure.strengths.activity import ActivityMatrix, activity_matrix
from xinzhi.structure.strengths.complexity import complexity
from xinzhi.structure.strengths.outlook import opportunity_outlook
from xinzhi.structure.strengths.relatedness import proximity
from xinzhi.structure.strengths.shift_share import SHIFT_SHARE_METHODS, shift_share
from xinzhi.structure.strengths.specialisation import krugman_index, location_quotient

KINDS = ("invention_patents_granted", "utility_model_patents_granted", "design_patents_granted")
TOTALS = (
    *("patent_applications", "patents_granted", "patents_in_force", "rd_expenditure"),
    *("rd_personnel_fte", "general_budget_expenditure", "high_tech_trade", "rd_intensity"),
)


@pytest.fixture(scope="module")
def panel(official_folder: Path) -> Panel:
    return science_technology_panel(official_folder / "provinces_science_technology_2000_2023.csv")


def frame_of(panel: Panel) -> pd.DataFrame:
    frame = panel.frame
    return frame[frame["region"].isin(panel.regions.names)]


@pytest.fixture(scope="module")
def patents(panel: Panel) -> ActivityMatrix:
    rows = frame_of(panel)
    rows = rows[rows["indicator"].isin(KINDS) & (rows["year"] >= 2018)]
    return activity_matrix(rows, "region", "indicator", "value", "year", unit="patents")


@pytest.fixture(scope="module")
def profile(panel: Panel) -> ActivityMatrix:
    rows = frame_of(panel)
    rows = rows[(rows["year"] == 2017) & ~rows["indicator"].isin(TOTALS)]
    rows = rows.drop_duplicates(["region", "indicator"]).dropna(subset="value")
    rows = rows[rows["value"] >= 0]
    total = rows.groupby("indicator")["value"].transform("sum")
    return activity_matrix(rows.assign(value=rows["value"] / total), "region", "indicator", "value")


def test_patents_by_kind(patents: ActivityMatrix):
    assert len(patents.regions) == 31
    assert patents.years == (2018, 2019, 2020, 2021, 2022, 2023)
    for year in patents.slices:
        volumes = year.toarray()
        quotient = location_quotient(volumes)
        np.testing.assert_allclose(quotient @ volumes.sum(axis=0) / volumes.sum(), 1)
        assert (krugman_index(volumes) <= 2).all()
    latest = location_quotient(patents.slices[-1].toarray())
    inventive = latest[:, patents.activities.index("invention_patents_granted")]
    assert patents.regions[int(inventive.argmax())] == "北京"


def test_three_kinds_of_patents_carry_no_complexity(patents: ActivityMatrix):
    with pytest.raises(InputError) as caught:
        complexity(patents)
    assert "3 activities" in caught.value.text("en")


@pytest.mark.parametrize("method", SHIFT_SHARE_METHODS)
def test_shift_share_of_patents(patents: ActivityMatrix, method: str):
    for dynamic in (False, True):
        found = shift_share(patents, method=method, dynamic=dynamic)
        parts = found.drop(columns=["region", "activity", "start", "end", "change"])
        np.testing.assert_allclose(parts.sum(axis=1), found["change"], atol=1e-6)
        assert len(found) == 93


def test_complexity_of_the_profile(profile: ActivityMatrix):
    assert len(profile.regions) == 31
    assert len(profile.activities) >= 40
    (year,) = complexity(profile).years
    held = year.present.astype(float)
    share = held / held.sum()
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    residual = (share - np.outer(rows, columns)) / np.sqrt(np.outer(rows, columns))
    vector = np.linalg.svd(residual, full_matrices=False)[0][:, 0] / np.sqrt(rows)
    vector *= np.sign(np.corrcoef(vector, year.diversity)[0, 1])
    np.testing.assert_allclose(year.eci, (vector - vector.mean()) / vector.std(), atol=1e-8)
    slow = proximity(held)
    density = held @ slow / slow.sum(axis=0)
    np.testing.assert_allclose(year.density, density, atol=1e-10)
    np.testing.assert_allclose(
        year.coi, opportunity_outlook(density, held > 0, year.pci), atol=1e-8
    )
    basket = held @ year.pci / held.sum(axis=1)
    np.testing.assert_allclose(basket, year.eci, atol=1e-8)
