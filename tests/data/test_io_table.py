"""The input–output table itself: what it refuses, naming sectors and amounts, and what it gives."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from io_samples import CODES, EXPORTS, FINAL, FLOWS, IMPORTED, OUTPUT, TITLES, VALUE_ADDED
from tests.io_strategies import io_tables

from xinzhi.core import InputError, Text
from xinzhi.data.io_table import FinalCategory, IOTable, PrimaryCategory, Satellite, Sector

CHINESE = re.compile(r"[\u4e00-\u9fff]")
CATEGORIES = (
    FinalCategory("C", "consumption", Text("消费", "consumption")),
    FinalCategory("I", "investment", Text("投资", "investment")),
    FinalCategory("S", "stock_changes", Text("存货变动", "stock changes")),
    FinalCategory("E", "exports", Text("出口", "exports")),
)
VALUE = PrimaryCategory("V", "value_added", Text("增加值", "value added"))


def make(**changes: Any) -> IOTable:
    fields: dict[str, Any] = {
        "sectors": tuple(Sector(code, Text(*reversed(TITLES[code]))) for code in CODES),
        "flows": FLOWS,
        "final_demand": np.column_stack([*FINAL.values(), EXPORTS]),
        "final_categories": CATEGORIES,
        "primary_inputs": VALUE_ADDED[None, :],
        "primary_categories": (VALUE,),
        "output": OUTPUT,
        "imported_flows": IMPORTED,
        "imported_final_demand": np.ones((3, 4)),
        "unit": "CNY_10k",
    }
    return IOTable(**(fields | changes))


def refused(**changes: Any) -> str:
    with pytest.raises(InputError) as caught:
        make(**changes)
    assert CHINESE.search(caught.value.message.zh)
    assert not CHINESE.search(caught.value.text("en"))
    return caught.value.text("en")


def changed(values: np.ndarray, place: Any, amount: float) -> np.ndarray:
    other = values.astype(float)
    other[place] += amount
    return other


def test_a_row_that_does_not_balance():
    message = refused(final_demand=changed(make().final_demand, (1, 0), 7))
    assert "does not balance: uses less supply" in message
    assert "02 Works: 7 10,000 yuan" in message
    assert "01 Farms" not in message
    assert "state the last printed digit (rounding)" in message


def test_a_column_that_does_not_balance_largest_first():
    message = refused(primary_inputs=changed(changed(VALUE_ADDED, 0, -2), 2, 5)[None, :])
    assert "does not balance: inputs less output" in message
    assert message.index("03 Shops: 5") < message.index("01 Farms: -2")


def test_many_sectors_are_counted():
    count = 12
    sectors = tuple(Sector(f"{k:02}", Text("甲", "a")) for k in range(count))
    with pytest.raises(InputError, match="and 4 more sectors") as caught:
        IOTable(
            sectors=sectors,
            flows=np.zeros((count, count)),
            final_demand=np.ones((count, 1)),
            final_categories=CATEGORIES[:1],
            primary_inputs=np.full((1, count), 2.0),
            primary_categories=(VALUE,),
            output=np.full(count, 2.0),
        )
    assert "另有 4 个部门" in caught.value.text("zh")


def test_rounding_and_tolerance_decide_what_is_a_gap():
    off = changed(make().final_demand, (1, 0), 0.3)
    assert "does not balance" in refused(final_demand=off)
    assert make(final_demand=off, rounding=0.05).rounding == 0.05
    assert make(final_demand=off, tolerance=0.01).balance()["row_gap"][1] == pytest.approx(0.3)


def test_a_sector_without_output_works():
    table = make(
        flows=np.pad(FLOWS, (0, 1)),
        sectors=(*make().sectors, Sector("04", Text("空", "idle"))),
        final_demand=np.pad(make().final_demand, ((0, 1), (0, 0))),
        primary_inputs=np.pad(VALUE_ADDED, (0, 1))[None, :],
        output=np.pad(OUTPUT, (0, 1)),
        imported_flows=np.pad(IMPORTED, (0, 1)),
        imported_final_demand=np.zeros((4, 4)),
    )
    assert table.output[3] == 0
    assert table.balance()["column_gap"][3] == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"output": -OUTPUT}, "negative gross output"),
        ({"flows": changed(FLOWS, (0, 1), np.nan)}, r"1 cells of flows are not numbers, at"),
        ({"output": OUTPUT[:2]}, "output has shape (2,), expected (3,)"),
        ({"imported_final_demand": None}, "must be given together"),
        ({"imports": OUTPUT}, "imports cannot be both apart as flows and inside the flows"),
        ({"final_categories": (*CATEGORIES[:3], CATEGORIES[0])}, "final category doubled"),
        ({"regions": ("A", "A")}, "region doubled: A"),
        ({"primary_categories": (VALUE, VALUE)}, "primary input doubled: V"),
        ({"unit": "shells"}, "unknown unit shells"),
    ],
)
def test_what_does_not_fit_together(changes: dict[str, Any], message: str):
    assert message in refused(**changes)


def test_doubled_and_empty_sectors():
    first = make().sectors[0]
    assert "sector code doubled: 01" in refused(sectors=(first, first, make().sectors[2]))
    unnamed = (*make().sectors[:2], Sector("", Text("无", "none")))
    assert "a sector has no code" in refused(sectors=unnamed)


def test_negative_imports_of_a_competitive_table():
    given_ = {"imported_flows": None, "imported_final_demand": None}
    message = refused(imports=np.array([0, -1.0, 0]), **given_)
    assert "negative imports" in message
    assert "02 Works: -1" in message


def test_doubled_satellites_and_their_shape():
    row = Satellite("jobs", Text("就业", "employment"), "persons")
    assert "satellite account doubled: jobs" in refused(satellite_rows=(row, row))
    assert "satellites has shape" in refused(satellite_rows=(row,), satellites=np.ones((2, 3)))


def test_figures_cannot_be_changed_and_the_callers_stay_free():
    flows = FLOWS.copy()
    table = make(flows=flows)
    with pytest.raises(ValueError, match="read-only"):
        table.flows[0, 0] = 1
    with pytest.raises(AttributeError):
        table.year = 2020  # type: ignore[misc]
    flows[0, 0] = 0  # the caller's own array
    assert flows[0, 0] == 0


def test_what_a_table_tells():
    table = make(unit="万元")
    assert table.unit == "CNY_10k"
    assert (table.size, table.separate, table.competitive) == (3, True, False)
    assert table.place("02") == 1
    assert table.names()["title_en"].tolist() == ["Farms", "Works", "Shops"]
    np.testing.assert_array_equal(table.final(), table.final_demand.sum(axis=1))
    np.testing.assert_array_equal(table.final("investment", "exports"), [9, 82, 20])
    np.testing.assert_array_equal(table.imported_final("exports"), [1, 1, 1])
    np.testing.assert_array_equal(table.intermediate_inputs, (FLOWS + IMPORTED).sum(axis=0))
    np.testing.assert_array_equal(table.value_added, VALUE_ADDED)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda t: t.place("99"), "no sector 99"),
        (lambda t: t.place("01", "Mars"), "no region Mars"),
        (lambda t: t.satellite("co2"), "no satellite account co2; there are: none"),
    ],
)
def test_asking_for_what_is_not_there(ask: Callable[[IOTable], object], message: str):
    with pytest.raises(InputError, match=message) as caught:
        ask(make())
    assert CHINESE.search(caught.value.text("zh"))


def test_satellites_are_matched_by_sector():
    row = Satellite("jobs", Text("就业", "employment"), "persons")
    table = make().with_satellite(row, pd.Series({"03": 3.0, "01": 1.0, "02": 2.0}))
    np.testing.assert_array_equal(table.satellite("jobs"), [1, 2, 3])
    assert dict(table.satellite_units) == {"jobs": "persons"}
    again = table.with_satellite(replace(row, unit="10k_persons"), [4.0, 5.0, 6.0])
    np.testing.assert_array_equal(again.satellite("jobs"), [4, 5, 6])
    assert len(again.satellite_rows) == 1
    with pytest.raises(InputError, match="not those of the table") as caught:
        table.with_satellite(row, pd.Series({"01": 1.0, "02": 2.0, "9": 3.0}))
    assert "not in the table: 9" in caught.value.text("en")
    assert "缺少：03" in caught.value.text("zh")
    with pytest.raises(InputError, match="satellite jobs has shape"):
        table.with_satellite(row, [1.0])


@given(table=io_tables())
def test_balanced_tables_are_accepted_and_a_changed_one_is_not(table: IOTable):
    gaps = table.balance()[["row_gap", "column_gap"]].abs().to_numpy()
    assert gaps.max() <= 1e-6 * table.output.max() + 1e-9 * table.output.sum()
    output = table.output.copy()
    output[int(np.argmax(output))] *= 1.01
    with pytest.raises(InputError, match="does not balance"):
        replace(table, output=output)
