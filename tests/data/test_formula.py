"""Formulas: what they take, what they refuse, and their units."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinzhi.core import InputError
from xinzhi.data import find_unit
from xinzhi.data.formula import parse_formula


def test_a_formula_names_its_indicators_once_and_in_order():
    assert parse_formula("(b + a) / b").names == ("b", "a")
    assert parse_formula("`R&D经费` / 地区生产总值").names == ("R&D经费", "地区生产总值")


@given(st.floats(-100, 100), st.floats(-100, 100), st.floats(-100, 100))
def test_a_formula_computes_what_it_says(a: float, b: float, c: float):
    values = {"a": np.array([a]), "b": np.array([b]), "c": np.array([c])}
    found = parse_formula("-(a - b) * 2 + c / 4 - +a").evaluate(values)
    assert found[0] == pytest.approx(-(a - b) * 2 + c / 4 - a)


def test_division_by_zero_is_missing():
    values = {"a": np.array([1.0, 0.0, 2.0]), "b": np.array([0.0, 0.0, 4.0])}
    found = parse_formula("a / b").evaluate(values)
    assert np.isnan(found[:2]).all()
    assert found[2] == 0.5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("log(gdp)", "function calls are not allowed"),
        ("__import__('os').system('true')", "function calls are not allowed"),
        ("gdp.real", "Attribute is not allowed"),
        ("gdp[0]", "Subscript is not allowed"),
        ("gdp ** 2", "BinOp is not allowed"),
        ("gdp if x else y", "IfExp is not allowed"),
        ("'text' + gdp", "Constant is not allowed"),
        ("True * gdp", "Constant is not allowed"),
        ("gdp +", "it cannot be read"),
        ("", "it cannot be read"),
        ("1 + 2", "it names no indicator"),
        ("a" * 3_000, "it is too long"),
        ("(" * 900 + "a" + ")" * 900, "it cannot be read"),
    ],
)
def test_a_formula_is_arithmetic_and_nothing_else(text: str, message: str):
    with pytest.raises(InputError) as caught:
        parse_formula(text)
    assert message in caught.value.text("en")
    assert "rd_expenditure / gdp" in caught.value.text("en")


def test_units_are_followed_through_the_formula():
    units = {
        "rd": find_unit("CNY_10k"),
        "gdp": find_unit("CNY_100m"),
        "people": find_unit("10k_persons"),
    }
    share = parse_formula("rd / gdp")
    assert share.unit_factor(units, find_unit("percent")) == pytest.approx(100.0)
    per_head = parse_formula("gdp / people")
    assert per_head.unit_factor(units, find_unit("CNY_per_person")) == pytest.approx(1.0)
    with pytest.raises(InputError, match=r"formula rd \+ people adds CNY to persons"):
        parse_formula("rd + people").unit_factor(units, find_unit("CNY"))
    with pytest.raises(InputError, match="measures CNY · persons"):
        per_head.unit_factor(units, find_unit("percent"))
    unknown = {"rd": find_unit("unspecified"), "gdp": find_unit("CNY")}
    assert share.unit_factor(unknown, find_unit("percent")) is None


def test_a_formula_can_be_read_with_its_numbers():
    numbers = {"a": 1234.5, "b": 2.0, "c": 4.0}
    assert parse_formula("a / (b + c)").with_numbers(numbers) == "1,234.5 ÷ (2 + 4)"
    assert parse_formula("(a + b) * -c").with_numbers(numbers) == "(1,234.5 + 2) × −4"
    assert parse_formula("a - (b - c) * 100").with_numbers(numbers) == "1,234.5 − ((2 − 4) × 100)"
