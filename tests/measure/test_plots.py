from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.strategies import FOUR, FOUR_NAMES, make_system, make_values

from xinzhi.core import InputError
from xinzhi.measure import CouplingResult, IndexResult, Method, Uncertainty, coupling, index
from xinzhi.measure.plots import COUPLING_KINDS, INDEX_KINDS, against_peers, wrapped


@pytest.fixture(scope="module")
def result() -> IndexResult:
    data = np.random.default_rng(0).uniform(1, 9, (6, 3, len(FOUR_NAMES)))
    return index(
        make_values(data, FOUR_NAMES), make_system(FOUR), uncertainty=Uncertainty(draws=200)
    )


@pytest.fixture(scope="module")
def coupled(result: IndexResult) -> CouplingResult:
    return coupling(result)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", INDEX_KINDS)
def test_charts_of_an_index(result: IndexResult, kind: str, lang):
    spec = result.plot(kind, lang, region="R02", year=2021).to_dict()
    assert spec["layer"]
    assert ("整体" if lang == "zh" else "Whole") in str(spec["title"])
    assert "2021" in str(spec) or kind == "time"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", COUPLING_KINDS)
def test_charts_of_coupling(coupled: CouplingResult, kind: str, lang):
    spec = coupled.plot(kind, lang, region="R02").to_dict()
    assert spec["layer"]
    assert ("耦合" if lang == "zh" else "Coupling") in str(spec["title"])


def test_the_first_region_and_the_last_year_are_taken_if_none_is_named(result: IndexResult):
    scores = result.tables["scores"].query("year == 2022 and node == 'whole'")
    best = scores.loc[scores["rank"] == 1, "region"].iloc[0]
    spec = result.plot().to_dict()
    rows = [row for data in spec["datasets"].values() for row in data if row.get("chosen")]
    assert {row["label"] for row in rows} == {best}
    assert spec["title"]["subtitle"] == "2022"


def test_what_cannot_be_drawn_is_said(result: IndexResult, coupled: CouplingResult):
    for name, call in {
        "no chart pie": lambda: result.plot("pie"),
        "choose from ranking, time, profile": lambda: coupled.plot("pie"),
        "no region 上海": lambda: result.plot(region="上海"),
        "no year 1999": lambda: coupled.plot(year=1999),
    }.items():
        with pytest.raises(InputError, match=name):
            call()
    given = coupling(coupled.levels)
    assert given.plot("profile").to_dict()["layer"]
    with pytest.raises(InputError, match="no obstacles"):
        given.plot("obstacles")
    data = make_values(np.random.default_rng(0).uniform(1, 9, (6, 3, 6)), FOUR_NAMES)
    mixed = index(data, make_system(FOUR), Method(aggregation="topsis"))
    with pytest.raises(InputError, match="no contributions"):
        mixed.plot("contributions")


def test_quartiles_are_those_of_the_peers_alone():
    table = pd.DataFrame(
        {
            "region": ["a", "b", "c", "d", "a"],
            "year": [1, 1, 1, 1, 2],
            "score": [9.0, 1.0, 2.0, 3.0, 8.0],
            "score_low": [8.0, 0, 0, 0, 7.0],
            "score_high": [10.0, 0, 0, 0, 9.0],
        }
    )
    drawn = against_peers(table, "score", "year", "a", ["b", "c", "d"])
    first, second = drawn.to_dict("records")
    assert first == {
        "year": 1, "value": 9.0, "low": 8.0, "high": 10.0, "q25": 1.5, "median": 2.0, "q75": 2.5,
    }  # fmt: skip
    assert np.isnan(second["median"])
    assert second["value"] == 8.0


@pytest.mark.parametrize(
    ("text", "lang", "lines"),
    [
        ("short", "en", ["short"]),
        ("one two three four five six seven eight nine ten", "en", None),
        ("财政自给率（一般公共预算收入与支出之比，含转移支付）", "zh", ["财政自给率", None]),
    ],
)
def test_long_labels_take_two_lines(text: str, lang, lines):
    found = wrapped(text, lang).split("\n")
    assert len(found) <= 2
    assert max(map(len, found)) <= (23 if lang == "zh" else 46)
    for own, expected in zip(found, lines or [], strict=False):
        assert expected is None or own == expected
