"""Indicator systems: reading, checking and evaluating them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xinzhi.core import InputError
from xinzhi.data import (
    Panel,
    embedded_panel,
    load_system,
    parse_system,
    shipped_systems,
)

GOOD = """
[system]
id = "mine"
version = "1"
title = { zh = "我的", en = "Mine" }

[[node]]
id = "effort"
weight = 0.5

[[node]]
id = "result"
weight = 0.5

[[indicator]]
id = "rd"
node = "effort"
formula = "rd_expenditure / gdp"
unit = "percent"

[[indicator]]
id = "income"
node = "result"
formula = "gdp / resident_population_year_end"
unit = "CNY_per_person"
"""


def problems_of(text: str) -> str:
    with pytest.raises(InputError) as caught:
        parse_system(text.encode(), "mine.toml")
    assert caught.value.text("zh") != caught.value.text("en")
    return caught.value.text("en")


def test_a_good_system_is_read_whole():
    system = parse_system(GOOD.encode(), "mine.toml")
    assert system.root == "mine"
    assert system.subsystems == ("effort", "result")
    assert system.indicators_below("mine") == ("rd", "income")
    assert system.children("effort") == ("rd",)
    assert system.title_of("mine").zh == "我的"
    assert system.title_of("rd").en == "rd"


@pytest.mark.parametrize("name", shipped_systems())
def test_every_shipped_indicator_has_its_reason_weakness_and_literature(name: str):
    system = load_system(name)
    assert system.note.zh
    assert system.note.en
    for indicator in (*system.indicators, *system.side):
        for text in (indicator.title, indicator.why, indicator.weakness, indicator.source):
            assert text.zh, indicator.id
            assert text.en, indicator.id
            assert text.zh != text.en, indicator.id


@pytest.mark.parametrize(("name", "first"), [("four_chains", 2020), ("new_quality", 2018)])
def test_shipped_systems_are_complete_to_2023(name: str, first: int):
    values = load_system(name).evaluate(embedded_panel())
    assert values["year"].values.tolist() == list(range(first, 2024))
    assert values.sizes["region"] == 31
    # Tibet's turnover is blank in 2015 and 2016, and the three-year window of 2018 reaches 2016
    gone = np.argwhere(values["value"].isnull().values)
    names = [(values["region"].values[r], values["year"].values[y]) for r, y, _ in gone]
    assert names == ([("西藏", 2018)] if first == 2018 else [])
    assert values.attrs["unchecked"] == ()


def test_side_figures_keep_their_own_years():
    values = load_system("new_quality").evaluate_side(embedded_panel())
    have = values["value"].notnull().any("region")
    dates = {
        name: values["year"].values[have.sel(indicator=name).values].tolist()
        for name in values["indicator"].values
    }
    assert dates["co2_per_gdp"] == [2015, 2016, 2017, 2018, 2019]
    assert dates["energy_intensity_change"] == [2020]
    assert dates["information_employment_share"] == [2024]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('id = "mine"\n', "", "[system]: id is missing"),
        ('node = "effort"', 'node = "effrt"', "indicator rd: its node effrt does not exist"),
        (
            "weight = 0.5",
            "weight = 0.4",
            "the weights below node mine sum to 0.8, they must sum to 1",
        ),
        ('unit = "percent"', 'unit = "percnt"', "rd: unknown unit percnt, did you mean percent?"),
        ('"rd_expenditure / gdp"', '"log(gdp)"', "function calls are not allowed"),
        ('id = "income"', 'id = "rd"', "id rd occurs more than once"),
        ("weight = 0.5", "wieght = 0.5", "unknown key wieght, did you mean weight?"),
        ('id = "effort"', 'id = "effort"\nparent = "result"\n', "node effort has nothing below it"),
        (
            'unit = "percent"',
            'unit = "percent"\ndirection = 2',
            "direction must be one of 1, -1, it is 2",
        ),
        ('unit = "percent"', 'unit = "percent"\ntransform = "sqrt"', "must be one of none, log"),
        (
            'unit = "percent"',
            'unit = "percent"\ngoalposts = [3, 1]',
            "goalposts must be [low, high]",
        ),
        ('unit = "percent"', 'unit = "percent"\nwindow = 0', "window must be a whole number >= 1"),
        ("[[indicator]]", "[indicator]", "not valid TOML"),
    ],
)
def test_every_mistake_is_named(old: str, new: str, message: str):
    changed = (
        GOOD.replace(old, new)
        if old != 'id = "effort"'
        else GOOD.replace(
            'id = "effort"', 'id = "extra"\nweight = 0\n\n[[node]]\nid = "effort"'
        ).replace("extra", "effort2")
    )
    expected = message.replace("node effort has", "node effort2 has")
    assert expected in problems_of(changed)


def test_a_cycle_is_shown():
    text = GOOD.replace('id = "effort"', 'id = "effort"\nparent = "result"').replace(
        'id = "result"', 'id = "result"\nparent = "effort"'
    )
    assert "the hierarchy is cyclic: effort → result → effort" in problems_of(text)


def test_weights_are_given_to_all_children_or_to_none():
    text = GOOD.replace("weight = 0.5\n", "", 1)
    assert "below node mine some have weights and some have none: effort" in problems_of(text)


def test_all_problems_come_at_once():
    text = GOOD.replace('"percent"', '"percnt"').replace('node = "result"', 'node = "reslt"')
    message = problems_of(text)
    assert "2 problem(s)" in message
    assert "rd: unknown unit percnt" in message
    assert "indicator income: its node reslt does not exist" in message


def test_a_missing_file_lists_the_shipped_systems(tmp_path: Path):
    with pytest.raises(InputError, match="four_chains, four_chains_science, new_quality"):
        load_system(tmp_path / "none.toml")
    with pytest.raises(InputError, match="is a folder"):
        load_system(tmp_path)
    bad = tmp_path / "bad.toml"
    bad.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not valid TOML"):
        load_system(bad)


def test_an_unknown_indicator_in_a_formula_is_named_with_a_suggestion():
    system = parse_system(GOOD.replace("rd_expenditure", "rd_expenditur").encode(), "mine.toml")
    with pytest.raises(InputError) as caught:
        system.evaluate(embedded_panel())
    message = caught.value.text("en")
    assert "indicator rd: the data have no rd_expenditur, did you mean rd_expenditure?" in message


def test_windows_and_fixed_years_on_a_small_panel():
    rows = [
        (region, year, name, value)
        for region, factor in (("甲", 1.0), ("乙", 2.0))
        for year, (x, y) in {2020: (1, 10), 2021: (2, 20), 2022: (6, 30)}.items()
        for name, value in (("x", x * factor), ("y", y * factor))
    ]
    frame = pd.DataFrame(rows, columns=["region", "year", "indicator", "value"])
    frame["unit"] = "ratio"
    panel = Panel.from_frame(frame)
    system = parse_system(
        b"""
[system]
id = "s"
[[node]]
id = "n"
[[indicator]]
id = "mean"
node = "n"
formula = "x"
unit = "ratio"
window = 3
[[indicator]]
id = "median"
node = "n"
formula = "x"
unit = "ratio"
window = 3
window_statistic = "median"
[[indicator]]
id = "held"
node = "n"
formula = "y"
unit = "ratio"
fixed_year = 2020
""",
        "s.toml",
    )
    values = system.evaluate(panel)
    assert values["year"].values.tolist() == [2022]
    first = values["value"].sel(region="甲", year=2022)
    assert first.sel(indicator="mean").item() == 3.0
    assert first.sel(indicator="median").item() == 2.0
    assert first.sel(indicator="held").item() == 10.0
    early = system.evaluate(panel, [2021, 2022])["value"].sel(year=2021, region="乙")
    assert np.isnan(early.sel(indicator="mean"))
    assert early.sel(indicator="held").item() == 20.0


def test_no_common_year_says_which_years_each_indicator_has():
    rows = [
        ("甲", 2020, "x", 1.0),
        ("乙", 2020, "x", 2.0),
        ("甲", 2021, "y", 1.0),
        ("乙", 2021, "y", 3.0),
    ]
    frame = pd.DataFrame(rows, columns=["region", "year", "indicator", "value"]).assign(
        unit="ratio"
    )
    text = (
        '[system]\nid = "s"\n[[indicator]]\nid = "x"\nnode = "s"\nunit = "ratio"\n'
        '[[indicator]]\nid = "y"\nnode = "s"\nunit = "ratio"\n'
    )
    system = parse_system(text.encode(), "s.toml")
    with pytest.raises(InputError) as caught:
        system.evaluate(Panel.from_frame(frame))
    assert "in no year do all indicators have data" in caught.value.text("en")
    assert "x: 2020–2020" in caught.value.text("en")
