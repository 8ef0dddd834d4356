from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from tests.structure.chokepoint_cases import chain_table, two_regions

from xinzhi.core import InputError, Text, chart
from xinzhi.data.tracks import load_tracks
from xinzhi.structure import supply_drawing
from xinzhi.structure.chokepoints import chokepoints
from xinzhi.structure.chokepoints_plots import (
    KINDS,
    change_chart,
    criticality_chart,
    dependence_chart,
    supply_chart,
)
from xinzhi.structure.chokepoints_result import ChokepointsResult
from xinzhi.structure.flow_layout import layered_flows
from xinzhi.structure.supply_drawing import USE_TITLES
from xinzhi.structure.track_dependence import USES


@pytest.fixture(scope="module")
def result() -> ChokepointsResult:
    return chokepoints(chain_table(), machines(), earlier=[chain_table(year=2018)])


def machines():
    """Return one track of both sectors of the small tables, and one that they cannot carry."""
    shipped = load_tracks()
    chips = shipped.track("integrated_circuits")
    carrier = replace(chips.carriers["cn42"], shares={"01": 0.5, "02": 1.0})
    carried = replace(chips, carriers={"drawn": carrier})
    return replace(shipped, tracks=(shipped.track("metaverse"), carried))


def rows(spec: dict) -> list[dict]:
    return [row for data in spec["datasets"].values() for row in data]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("kind", "zh", "en"),
    [
        (
            "dependence",
            "部门2：进口投入占最终产出的 27%",
            "imported inputs are 27 % of final output",
        ),
        ("criticality", "最关键的进口投入：部门2", "Most critical imported input: Sector 2"),
        ("supply", "进口投入占产出的 22%", "imported inputs are 22 % of output"),
        ("change", "进口含量：2018 年 23.1%，2020 年 23.1%", "23.1 % in 2018, 23.1 % in 2020"),
    ],
)
def test_a_chart_states_its_finding(result: ChokepointsResult, kind: str, zh: str, en: str, lang):
    spec = result.plot(kind, lang).to_dict()
    assert {"zh": zh, "en": en}[lang] in "".join(spec["title"]["text"])
    assert spec["title"]["subtitle"]
    assert spec["config"]["font"] == chart.FONT


def test_the_heat_map_holds_the_matrix(result: ChokepointsResult):
    spec = result.plot(None, "en").to_dict()
    found = {(row["first"], row["second"]): row["value"] for row in rows(spec)}
    assert found[("01 Sector 1", "02 Sector 2")] == pytest.approx(2.0)
    assert found[("02 Sector 2", "02 Sector 2")] == pytest.approx(25.0)


def test_criticality_is_drawn_with_its_parts_and_interval(result: ChokepointsResult):
    spec = result.plot("criticality", "en").to_dict()
    parts = {row["part"] for row in rows(spec) if "part" in row}
    # no concentration: the table has one region
    assert parts == {"Criticality", "Dependence", "Scarcity at home", "Output fed"}
    assert {row["text"] for row in rows(spec) if "text" in row} == {"1–2"}
    assert len(spec["hconcat"]) == 5


def test_supply_joins_products_sectors_and_uses(result: ChokepointsResult):
    spec = result.plot("supply", "en", track="integrated_circuits").to_dict()
    labels = {row["label"] for row in rows(spec)}
    assert "01 Sector 1 → 01 Sector 1" in labels
    assert "01 Sector 1 → Intermediate use" in labels
    assert "02 Sector 2 → Exports" in labels
    subtitle = " ".join(spec["title"]["subtitle"])
    assert "drawn sectors 01, 02; they also hold all manufacturing of electronic" in subtitle
    assert "they leave out chip design" in subtitle


def test_a_figure_of_a_track_repeats_what_was_assumed():
    assumed = chain_table(assumptions=(Text("进口按比例拆分。", "Imports were split."),))
    result = chokepoints(assumed, machines())
    for lang, words in {"zh": "假定：进口按比例拆分", "en": "assumed: Imports were split"}.items():
        lines = result.plot("supply", lang).to_dict()["title"]["subtitle"]
        assert words in (" " if lang == "en" else "").join(lines)


def test_small_products_and_sectors_are_drawn_together(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(supply_drawing, "_MOST_FLOWS", 1)
    spec = chokepoints(chain_table(), machines()).plot("supply", "en").to_dict()
    labels = {row["label"] for row in rows(spec)}
    assert {"Other imports → Other sectors", "02 Sector 2 → 02 Sector 2"} <= labels
    assert "01 Sector 1" not in labels


def test_every_use_has_a_title():
    assert tuple(USE_TITLES) == USES


def test_a_page_gets_the_charts_without_words(result: ChokepointsResult):
    for draw in (dependence_chart, criticality_chart, supply_chart, change_chart):
        spec = chart.spec(draw(result, "en"))
        assert "title" not in spec
        assert spec["config"]["font"] == chart.FONT
        assert spec.get("width") == ("container" if draw is not criticality_chart else None)


def test_lines_are_named_where_they_end(result: ChokepointsResult):
    spec = result.plot("change", "zh").to_dict()
    assert {row["label"] for row in rows(spec)} == {"全部部门", "01 部门1", "02 部门2"}
    assert {row["year"] for row in rows(spec)} == {2018, 2020}


def test_a_region_of_many_is_drawn_by_name():
    many = chokepoints(two_regions(), machines())
    spec = many.plot("dependence", "en", region="A").to_dict()
    assert {row["second"] for row in rows(spec)} == {"01 Sector 1", "02 Sector 2"}
    assert spec["title"]["subtitle"][-1].endswith(", A, 2020")
    with pytest.raises(InputError, match="no region C in the result; it has A, B"):
        many.plot(region="C")
    with pytest.raises(InputError, match="nothing to draw: the table has no imported"):
        many.plot(region="B")


def test_what_cannot_be_drawn_is_said(result: ChokepointsResult):
    plain = chokepoints(chain_table(), claims=False)
    for words, call in {
        "no chart pie; choose from " + ", ".join(KINDS): lambda: result.plot("pie"),
        "no track ships in the result; it has integrated_circuits": lambda: result.plot(
            "supply", track="ships"
        ),
        "the result has one region only, no 上海": lambda: result.plot(region="上海"),
        "the result gives no criticality": lambda: plain.plot("criticality"),
        "no flows of supply by track": lambda: plain.plot("supply"),
        "there is one table only": lambda: plain.plot("change"),
    }.items():
        with pytest.raises(InputError) as refusal:
            call()
        assert words in refusal.value.text("en")
        assert refusal.value.text("zh") != refusal.value.text("en")


def links() -> pd.DataFrame:
    return pd.DataFrame(
        [
            (0, "oil", "refining", 6.0),
            (0, "oil", "plastics", 2.0),
            (0, "other", "plastics", 12.0),
            (1, "refining", "exports", 6.0),
            (1, "plastics", "exports", 4.0),
            (1, "plastics", "home", 10.0),
        ],
        columns=["layer", "source", "target", "value"],
    )


def test_a_flow_diagram_keeps_heights_and_overlaps_nothing():
    boxes, ribbons = layered_flows(links(), (0.2, 0.5, 0.8), 0.05, last=("other",))
    assert boxes.groupby("layer")["value"].sum().tolist() == pytest.approx([1.0] * 3)
    height = (boxes["bottom"] - boxes["top"]) / boxes["value"]
    assert height.to_numpy() == pytest.approx(np.full(len(boxes), height.iloc[0]))
    for _, layer in boxes.groupby("layer"):
        assert (layer["top"].to_numpy()[1:] > layer["bottom"].to_numpy()[:-1]).all()
        assert layer["top"].min() >= -1e-12
        assert layer["bottom"].max() <= 1 + 1e-12
    # what stands last stands below, though it is larger
    assert boxes.query("layer == 0")["code"].tolist() == ["oil", "other"]
    ends = ribbons.groupby("flow").agg({"top": ["first", "last"], "bottom": ["first", "last"]})
    for place, (layer, code) in enumerate(zip(boxes["layer"], boxes["code"], strict=True)):
        box = boxes.iloc[place]
        for side, end, stage in (("source", "first", layer), ("target", "last", layer - 1)):
            flows = ribbons[(ribbons["layer"] == stage) & (ribbons[side] == code)]["flow"].unique()
            if len(flows) == 0:
                continue
            spans = sorted((ends.loc[f, ("top", end)], ends.loc[f, ("bottom", end)]) for f in flows)
            assert spans[0][0] == pytest.approx(box["top"])
            assert spans[-1][1] == pytest.approx(box["bottom"])
            for above, below in pairwise(spans):
                assert above[1] == pytest.approx(below[0])


def test_a_ribbon_runs_from_box_to_box():
    boxes, ribbons = layered_flows(links(), (0.2, 0.5, 0.8), 0.05)
    edges = boxes.groupby("layer")[["x", "x2"]].first()
    for (_, layer), ribbon in ribbons.groupby(["flow", "layer"]):
        assert ribbon["x"].iloc[0] == pytest.approx(edges.loc[layer, "x2"])
        assert ribbon["x"].iloc[-1] == pytest.approx(edges.loc[layer + 1, "x"])
        assert (np.diff(ribbon["x"]) > 0).all()
