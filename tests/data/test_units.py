from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinzhi.core import InputError
from xinzhi.data import convert, find_unit, indicators, units
from xinzhi.data.units import lookup_unit, recount, suggest_unit

FIGURES_UNITS = (
    *("CNY", "CNY_10k", "CNY_100m", "CNY_trillion", "persons", "10k_persons", "person_years"),
    *("patents", "10k_patents", "applications", "tonnes", "years", "institutions", "companies"),
    *("firms", "projects", "contracts", "centres", "10k_units", "percent", "ratio"),
    *("persons_per_100k", "CNY_per_person", "patents_per_10k_persons", "tonnes_per_CNY_10k"),
    *("person_years_per_10k_persons", "persons_per_10k_persons"),
)


@pytest.mark.parametrize("name", FIGURES_UNITS)
def test_every_unit_of_the_figures_is_known(name: str) -> None:
    assert lookup_unit(name) is not None


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("亿元", "CNY_100m"),
        ("万元", "CNY_10k"),
        ("元", "CNY"),
        ("CNY_100m", "CNY_100m"),
        ("cny 100m", "CNY_100m"),
        ("100 million yuan", "CNY_100m"),
        ("万人", "10k_persons"),
        ("人年", "person_years"),
        ("person-years", "person_years"),
        ("件", "patents"),
        ("％", "percent"),
        ("百分比", "percent"),
        ("亿 元", "CNY_100m"),
        ("", "unspecified"),
        ("-", "unspecified"),
        ("元／人", "CNY_per_person"),
    ],
)
def test_names_in_both_languages(name: str, unit: str) -> None:
    assert find_unit(name).id == unit


def test_no_spelling_means_two_units() -> None:
    for unit in units().values():
        for spelling in (unit.id, *unit.title, *unit.aliases):
            assert find_unit(spelling) is unit, spelling


def test_unknown_unit_gives_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        find_unit("CNY_100n")
    assert "unknown unit CNY_100n, did you mean CNY_100m?" in caught.value.text("en")
    assert "未知单位 CNY_100n，是否指 CNY_100m？" in caught.value.text("zh")
    assert suggest_unit("furlongs per fortnight") is None


def test_person_years_never_become_persons() -> None:
    with pytest.raises(InputError) as caught:
        convert(1.0, "person_years", "persons")
    assert "person_years (person-years) does not convert to persons" in caught.value.text("en")
    assert "不能把 人年（person_years）换算成 人（persons）" in caught.value.text("zh")


@pytest.mark.parametrize("other", ["CNY", "ratio", "persons"])
def test_unspecified_never_converts(other: str) -> None:
    for pair in (("unspecified", other), (other, "unspecified")):
        with pytest.raises(InputError):
            convert(1.0, *pair)
    assert convert(3.0, "unspecified", "unspecified") == 3.0


def test_conversion_keeps_printed_decimals() -> None:
    assert convert(123.45, "万元", "亿元") == 0.012345
    assert convert(0.3, "亿元", "万元") == 3000.0
    assert convert(15467.0, "persons_per_100k", "percent") == pytest.approx(15.467, abs=0)
    assert convert(np.array([5.0, np.nan]), "percent", "ratio").tolist()[0] == 0.05


@given(
    value=st.floats(-1e12, 1e12, allow_nan=False),
    pair=st.sampled_from(
        [
            (a.id, b.id)
            for a in units().values()
            for b in units().values()
            if dict(a.dimension) == dict(b.dimension)
        ]
    ),
)
def test_conversion_there_and_back(value: float, pair: tuple[str, str]) -> None:
    there = convert(value, *pair)
    assert math.isclose(convert(there, *reversed(pair)), value, rel_tol=1e-12, abs_tol=1e-300)
    ratio = find_unit(pair[0]).factor / find_unit(pair[1]).factor
    assert math.isclose(there, value * ratio, rel_tol=1e-12, abs_tol=1e-300)


def test_counting_words_follow_the_indicator() -> None:
    companies, patents = find_unit("companies"), find_unit("patents")
    assert recount(find_unit("个"), companies) is companies
    assert recount(find_unit("万个"), patents) is find_unit("10k_patents")
    assert recount(find_unit("亿元"), companies) is None
    assert recount(find_unit("个"), find_unit("persons")) is None


def test_dictionary_of_indicators_uses_known_units() -> None:
    for info in indicators().values():
        assert find_unit(info.unit).id == info.unit
        assert info.kind in ("stock", "flow", "ratio")
        assert info.title.zh
        assert info.title.en
