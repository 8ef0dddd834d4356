"""Every result of productivity draws a chart of its own, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from tests.measure.productivity.every_result import CASES, FLAT, NOW, STEADY

from xinzhi.core import InputError
from xinzhi.measure.productivity import capital_stock, stochastic_frontier

# those of one class draw alike
_ALIKE = {"super", "sbm", "directional"}


@pytest.mark.parametrize("name", sorted(set(CASES) - _ALIKE))
def test_each_result_draws_and_refuses_what_it_does_not_draw(name: str):
    make, kind = CASES[name]
    result = make()
    for lang, spec in (
        ("zh", result.plot(lang="zh").to_dict()),
        ("en", result.plot(kind).to_dict()),
    ):
        title = str(spec["title"]["text"])
        assert any("\u4e00" <= sign <= "\u9fff" for sign in title) == (lang == "zh")
        assert spec["datasets"]
    with pytest.raises(InputError) as caught:
        result.plot("pie")
    assert "no chart" in caught.value.text("en")
    assert "pie" in caught.value.text("zh")
    assert kind in caught.value.text("zh")


def rows_with(spec: dict[str, Any], column: str) -> list[list[dict[str, Any]]]:
    return [rows for rows in spec["datasets"].values() if rows and column in rows[0]]


def test_the_largest_stocks_are_drawn_and_named():
    result = capital_stock(FLAT, "i", depreciation=0.1, growth=0.05, **STEADY)
    spec = result.plot().to_dict()
    assert spec["title"]["text"] == "Capital stock: the largest 12 of 14 units"
    assert "depreciation 0.1" in spec["title"]["subtitle"]
    lines, names = sorted(rows_with(spec, "capital"), key=len, reverse=True)
    table = result.to_frame().set_index(["unit", "period"])["capital"]
    largest = set(table.xs(2021, level="period").nlargest(12).index)
    assert {row["unit"] for row in lines} == {row["unit"] for row in names} == largest
    for row in lines:
        assert row["capital"] == table[row["unit"], row["period"]]
    few = capital_stock(FLAT[FLAT["unit"] < "u03"], "i", depreciation=0.1, growth=0.05, **STEADY)
    assert few.plot().to_dict()["title"]["text"] == "Capital stock of 3 unit(s)"
    assert few.plot(lang="zh").to_dict()["title"]["text"] == "资本存量，3 个单元"


def test_noise_puts_no_unit_on_a_stochastic_frontier():
    result = stochastic_frontier(NOW.reset_index(), ["k", "l"], "y", unit="unit")
    spec = result.plot().to_dict()
    assert spec["title"]["text"] == "Efficiency of 14 observations"
    shown = {row["label"]: row for row in rows_with(spec, "low")[0]}
    for row in result.to_frame().itertuples():
        drawn = shown[row.unit]
        assert (drawn["value"], drawn["low"]) == (row.efficiency, row.efficiency_low)
