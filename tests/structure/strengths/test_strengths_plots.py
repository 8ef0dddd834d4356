from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.structure.strengths.strengths_cases import capable_regions

from xinzhi.core import InputError, chart
from xinzhi.structure.strengths.activity import ActivityMatrix
from xinzhi.structure.strengths.strengths import strengths
from xinzhi.structure.strengths.strengths_options import StrengthsOptions
from xinzhi.structure.strengths.strengths_plots import KINDS, opportunities_drawing
from xinzhi.structure.strengths.strengths_result import StrengthsResult

FEW = StrengthsOptions(draws=10)


@pytest.fixture(scope="module")
def result() -> StrengthsResult:
    return strengths(capable_regions(), choices=FEW)


@pytest.fixture(scope="module")
def coarse() -> StrengthsResult:
    matrix = capable_regions()
    few = tuple(volumes[:, :9] for volumes in matrix.slices[-1:])
    return strengths(ActivityMatrix(few, matrix.regions, matrix.activities[:9]), choices=FEW)


def rows(spec: dict) -> list[dict]:
    return [row for data in spec["datasets"].values() for row in data]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("kind", "zh", "en"),
    [
        ("opportunities", "R03：", "R03: of "),
        ("complexity", "R03居 12 个地区的第 ", "R03 ranks "),
        ("space", "R03拥有图中 36 项活动中的 ", "R03 has "),
        ("prediction", "密度最低的候选有 ", "of the candidates with the lowest density entered"),
    ],
)
def test_a_chart_states_its_finding(result: StrengthsResult, kind: str, zh: str, en: str, lang):
    spec = result.plot(kind, lang, "R03").to_dict()
    assert {"zh": zh, "en": en}[lang] in spec["title"]["text"]
    assert spec["title"]["subtitle"]
    assert spec["config"]["font"] == chart.FONT


def test_opportunities_hold_what_the_region_lacks(result: StrengthsResult):
    spec = result.plot(None, "en", "R03").to_dict()
    found = {row["label"]: row for row in rows(spec) if "density" in row}
    last = result.tables["pairs"].query("year == 2023 and region == 'R03'").set_index("activity")
    lacking = last.index[~last["present"]]
    assert set(found) == set(lacking)
    name = str(lacking[0])
    assert found[name]["density"] == pytest.approx(last.loc[name, "density"])
    best = result.tables["recommendations"].query("region == 'R03' and kind == 'gap'")
    red = {label for label, row in found.items() if row["colour"] == chart.REGION}
    assert red == set(best["activity"])


def test_the_network_has_its_links_and_the_regions_own_in_colour(result: StrengthsResult):
    spec = result.plot("space", "en", "R05").to_dict()
    nodes = [row for row in rows(spec) if "activity" in row]
    links = [row for row in rows(spec) if "x2" in row]
    assert len(nodes) == 36
    assert len(links) == len(result.tables["links"])
    last = result.tables["pairs"].query("year == 2023 and region == 'R05' and present")
    red = {row["activity"] for row in nodes if row["colour"] == chart.REGION}
    assert red == set(last["activity"].astype(str))


def test_complexity_is_ordered_and_the_region_in_colour(result: StrengthsResult):
    drawn = rows(result.plot("complexity", "en", "R03").to_dict())
    values = [row["value"] for row in drawn]
    assert values == sorted(values, reverse=True)
    assert [row["label"] for row in drawn if row["colour"] == chart.REGION] == ["R03"]


def test_a_region_beyond_those_shown_is_added(
    result: StrengthsResult, monkeypatch: pytest.MonkeyPatch
):
    from xinzhi.structure.strengths import strengths_plots

    monkeypatch.setattr(strengths_plots, "_MOST_REGIONS", 3)
    last = result.tables["regions"].query("year == 2023").sort_values("eci")["region"].iloc[0]
    labels = [row["label"] for row in rows(result.plot("complexity", "en", last).to_dict())]
    assert len(labels) == 4
    assert labels[-1] == last


def test_calibration_is_drawn_with_its_intervals(result: StrengthsResult):
    drawn = [row for row in rows(result.plot("prediction", "en").to_dict()) if "rate" in row]
    assert [row["rate"] for row in drawn[: len(result.tables["calibration"])]] == pytest.approx(
        result.tables["calibration"]["rate"].tolist()
    )


def test_without_complexity_specialisation_is_drawn(coarse: StrengthsResult):
    spec = coarse.plot(lang="zh").to_dict()
    assert spec["title"]["subtitle"] == "克鲁格曼专业化指数"
    assert len(rows(spec)) == 12


def test_a_page_gets_a_chart_without_words(result: StrengthsResult):
    spec = chart.spec(opportunities_drawing(result, "en").chart)
    assert "title" not in spec
    assert spec["width"] == "container"


def test_what_cannot_be_drawn_is_said(result: StrengthsResult, coarse: StrengthsResult):
    everywhere = replace(
        coarse,
        tables={**coarse.tables, "regions": coarse.tables["regions"].assign(krugman=np.nan)},
    )
    for words, call in {
        "no chart pie; choose from " + ", ".join(KINDS): lambda: result.plot("pie"),
        "no region 上海 in the result; it has R00": lambda: result.plot(region="上海"),
        "there is no complexity, or the region has every": lambda: coarse.plot("opportunities"),
        "there are no proximities": lambda: coarse.plot("space"),
        "there are no years to judge": lambda: coarse.plot("prediction"),
        "there are no regions to compare": lambda: everywhere.plot("complexity"),
    }.items():
        with pytest.raises(InputError) as refusal:
            call()
        assert words in refusal.value.text("en")
        assert refusal.value.text("zh") != refusal.value.text("en")
