"""Value added of a region and of the nation, at the detail in which both are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from xinzhi.core import InputError
from xinzhi.data import (
    RegionSet,
    concordance,
    embedded_panel,
    load_classification,
    regional_weights,
)


def test_every_sector_lies_in_one_industry():
    weights = regional_weights(embedded_panel(), "Shanghai", "cn42", 2020)
    assert weights.groups is not None
    assert list(weights.groups) == list(load_classification("cn42").codes)
    assert set(weights.groups.values()) == set(weights.own.index)
    assert (weights.own < weights.nation).all()
    assert (weights.year, weights.unit) == (2020, "CNY_100m")


def test_industries_add_up_to_the_regions_product():
    panel = embedded_panel()
    weights = regional_weights(panel, "上海", "cn42", 2023)
    gdp = panel.to_array(["gdp"]).sel(year=2023, indicator="gdp")
    # the nine industries are printed in 100 million yuan with one decimal or two
    assert weights.own.sum() == pytest.approx(float(gdp.sel(region="上海")), rel=2e-3)
    assert weights.nation.sum() == pytest.approx(float(gdp.sum("region")), rel=2e-3)


def test_a_coarser_table_takes_the_sums_of_the_industries():
    nine = regional_weights(embedded_panel(), "上海", "cn42", 2020)
    three = regional_weights(embedded_panel(), "上海", "cn3", 2020)
    shares = concordance("cn9", "cn3").shares
    assert three.groups is None
    np.testing.assert_allclose(three.own.to_numpy(), nine.own.to_numpy() @ shares)
    assert list(three.own.index) == ["1", "2", "3"]


@pytest.mark.parametrize(("asked", "taken"), [(2017, 2020), (2023, 2023), (None, 2024)])
def test_the_nearest_complete_year_is_taken(asked: int | None, taken: int):
    assert regional_weights(embedded_panel(), "上海", "cn42", asked).year == taken


def test_a_set_without_a_nation_says_what_to_give():
    panel = embedded_panel()
    own = replace(panel, regions=replace(panel.regions, nation=None))
    with pytest.raises(InputError, match="does not say which national table") as refusal:
        regional_weights(own, "上海", "cn42")
    assert "[set.nation]" in refusal.value.text("zh")


def test_missing_industries_are_named():
    panel = embedded_panel()
    kept = panel.select(["gdp"])
    with pytest.raises(InputError, match="no value_added_agriculture_incl_services") as refusal:
        regional_weights(kept, "上海", "cn42")
    assert "给出该地区自己的投入产出表" in refusal.value.text("zh")


def test_a_classification_without_a_way_to_the_industries_is_refused():
    with pytest.raises(InputError, match="no concordance from cn9 to oecd45"):
        regional_weights(embedded_panel(), "上海", "oecd45")


def test_a_set_of_names_has_no_nation():
    assert RegionSet.from_names(["A", "B"]).nation is None
