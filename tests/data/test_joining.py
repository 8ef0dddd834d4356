from __future__ import annotations

import pandas as pd
import pytest

from xinzhi.core import InputError
from xinzhi.data import Panel, embedded_panel, load_region_set
from xinzhi.data.joining import join_panels


def panel_of(vintage: str, value: float, region: str = "上海", indicator: str = "gdp") -> Panel:
    frame = pd.DataFrame(
        {
            "region": [region],
            "year": [2020],
            "indicator": [indicator],
            "value": [value],
            "unit": ["CNY_100m"],
            "vintage": [vintage],
        }
    )
    return Panel.from_frame(frame, regions=load_region_set("china31"), name=vintage)


def test_the_first_panel_is_preferred_and_nothing_is_lost():
    joined = join_panels(panel_of("first", 1.0), panel_of("second", 2.0), panel_of("third", 3.0))
    assert joined.vintages("gdp") == ("first", "second", "third")
    assert joined.to_array(["gdp"]).item() == 1.0
    assert joined.to_array(["gdp"], vintages={"gdp": "second"}).item() == 2.0


def test_the_preferences_of_a_panel_are_kept():
    joined = join_panels(panel_of("mine", 1.0, indicator="own_measure"), embedded_panel())
    embedded = embedded_panel().to_array(["gdp"])
    assert joined.to_array(["gdp"]).identical(embedded)
    assert joined.inputs == embedded_panel().inputs


def test_one_vintage_in_two_panels_is_an_error():
    with pytest.raises(InputError, match="vintage same of indicator gdp is in two of the panels"):
        join_panels(panel_of("same", 1.0), panel_of("same", 2.0, region="北京"))


def test_other_regions_are_an_error():
    frame = panel_of("x", 1.0).to_frame().assign(region="A")
    other = Panel.from_frame(frame, name="own")
    with pytest.raises(InputError, match="the region sets differ"):
        join_panels(panel_of("first", 1.0), other)
