"""Laws that hold for every panel."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from panel_strategies import CHINA, frames, panels

from xinzhi.data import Panel, convert, read_panel, write_panel


@settings(max_examples=60, deadline=None)
@given(panel=panels(), ending=st.sampled_from(["csv", "tsv", "xlsx"]))
def test_writing_and_reading_a_long_table_is_the_identity(panel: Panel, ending: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"table.{ending}"
        write_panel(panel, path)
        again = read_panel(path, regions=CHINA)
    pd.testing.assert_frame_equal(again.to_frame(), panel.to_frame())
    assert again.indicators == panel.indicators
    assert again.warnings == ()


@settings(max_examples=60, deadline=None)
@given(frame=frames(), by_year=st.booleans(), encoding=st.sampled_from(["utf-8", "gb18030"]))
def test_writing_and_reading_a_wide_table_is_the_identity(
    frame: pd.DataFrame, by_year: bool, encoding: str
) -> None:
    # A wide table has no place for a second vintage.
    one_vintage = frame.drop_duplicates(["region", "year", "indicator"]).assign(vintage="only")
    panel = Panel.from_frame(one_vintage, regions=CHINA)
    array = panel.to_array(panel.indicators)
    units = array.attrs["units"]
    long = array.to_series().rename("value").reset_index()
    if by_year:
        long["unit"] = long["indicator"].map(units)
        wide = long.pivot(index=["region", "indicator", "unit"], columns="year", values="value")
    else:
        long["indicator"] = [f"{name} [{units[name]}]" for name in long["indicator"]]
        wide = long.pivot(index=["region", "year"], columns="indicator", values="value")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        wide.reset_index().to_csv(path, index=False, encoding=encoding)
        again = read_panel(path, regions=CHINA).to_array(panel.indicators)
    assert again.attrs["units"] == units
    assert again["region"].equals(array["region"])
    assert again["year"].equals(array["year"])
    np.testing.assert_array_equal(again.values, array.values)


@settings(max_examples=60, deadline=None)
@given(frame=frames(), seed=st.integers(0, 2**16))
def test_the_order_of_rows_changes_nothing(frame: pd.DataFrame, seed: int) -> None:
    first = Panel.from_frame(frame, regions=CHINA)
    shuffled = frame.sample(frac=1, random_state=seed)
    second = Panel.from_frame(shuffled, regions=CHINA)
    vintages = {name: first.vintages(name)[0] for name in first.indicators}
    one = first.to_array(first.indicators, vintages=vintages)
    two = second.to_array(first.indicators, vintages=vintages)
    assert one.equals(two)
    assert one.attrs == two.attrs
    status = first.status_array(first.indicators, vintages=vintages)
    assert status.equals(second.status_array(first.indicators, vintages=vintages))
    assert ((status == "") == np.isnan(one)).all()


@settings(max_examples=60, deadline=None)
@given(frame=frames(), seed=st.integers(0, 2**16))
def test_renaming_regions_permutes_the_array(frame: pd.DataFrame, seed: int) -> None:
    names = np.array(CHINA.names)
    renamed = dict(zip(names, np.random.default_rng(seed).permutation(names), strict=True))
    panel = Panel.from_frame(frame, regions=CHINA)
    moved = Panel.from_frame(frame.assign(region=frame["region"].map(renamed)), regions=CHINA)
    vintages = {name: panel.vintages(name)[0] for name in panel.indicators}
    one = panel.to_array(panel.indicators, vintages=vintages)
    two = moved.to_array(panel.indicators, vintages=vintages)
    back = two.sel(region=[renamed[name] for name in one["region"].values])
    # Which unit a series comes in is the same; which is first may differ for an unknown one.
    assert one.attrs["units"] == two.attrs["units"]
    np.testing.assert_allclose(back.values, one.values, rtol=1e-12)


@settings(max_examples=60, deadline=None)
@given(frame=frames())
def test_the_array_holds_the_rows_one_by_one(frame: pd.DataFrame) -> None:
    panel = Panel.from_frame(frame, regions=CHINA)
    for indicator in panel.indicators:
        for vintage in panel.vintages(indicator):
            array = panel.to_array([indicator], vintages={indicator: vintage})
            unit = array.attrs["units"][indicator]
            rows = frame[(frame["indicator"] == indicator) & (frame["vintage"] == vintage)]
            assert int(array.notnull().sum()) == len(rows)
            for row in rows.itertuples():
                cell = array.sel(region=row.region, year=row.year).item()
                assert cell == convert(row.value, row.unit, unit)
