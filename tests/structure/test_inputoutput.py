"""The capability: its tables, their stable names, units, warnings and charts."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from tests.io_strategies import io_tables, small

from xinzhi.core import InputError, InputRecord, Result, Text
from xinzhi.data.io_table import PrimaryCategory, Satellite
from xinzhi.structure.inputoutput import inputoutput
from xinzhi.structure.inputoutput_plots import KINDS, sector_labels
from xinzhi.structure.inputoutput_result import InputOutputResult

STABLE = (
    *("code", "output_multiplier", "value_added_multiplier", "import_multiplier"),
    *("backward_linkage", "forward_linkage", "upstreamness"),
)


@given(io_tables())
def test_every_kind_of_table_gives_a_whole_result(table):
    result = inputoutput(table)
    sectors = result.to_frame()
    assert isinstance(result, Result)
    assert len(sectors) == table.size
    assert set(STABLE) <= set(sectors)
    assert ("region" in sectors) == (len(table.regions) > 1)
    figures = sectors.select_dtypes("number").drop(columns="import_multiplier")
    assert np.isfinite(figures.to_numpy()).all()
    assert sectors["import_multiplier"].isna().all() == table.competitive
    assert result.parameters["flows"] == ("total" if table.competitive else "domestic")
    assert {"type_two_multipliers", "primary_multipliers", "satellite_multipliers"} <= set(
        result.tables
    )
    for name, frame in result.tables.items():
        for column in frame.select_dtypes("number"):
            assert {column, f"{name}.{column}"} & set(result.units), (name, column)
    assert result.units["output_loss"] == "CNY_10k"
    assert result.units["output_multiplier"] == "ratio"
    assert result.units["satellite_multipliers.JOBS"] == "persons"


@pytest.fixture
def table():
    made = small([[150, 500], [200, 100]], [1000, 2000])
    record = InputRecord("book.csv", "0" * 64, 2)
    assumption = Text("按比例拆分。", "Split by proportion.")
    return replace(made, inputs=(record,), assumptions=(assumption,), year=2020)


def test_the_result_carries_inputs_assumptions_and_parameters(table):
    result = inputoutput(table, forward="leontief", exports="final", imports="primary")
    assert isinstance(result, InputOutputResult)
    assert result.inputs == table.inputs
    assert table.assumptions[0] in result.warnings
    assert result.parameters["forward_linkage"] == "leontief"
    assert result.parameters["exports"] == "final"
    assert result.parameters["imports"] == "primary"
    assert result.parameters["year"] == 2020
    with pytest.raises(FrozenInstanceError):
        result.tables = {}


def test_json_has_the_stable_names(table):
    rows = inputoutput(table).to_dict()["sectors"]
    assert [row["code"] for row in rows] == ["0", "1"]
    assert set(STABLE) <= set(rows[0])


def test_few_sectors_and_missing_compensation_are_said(table):
    warnings = inputoutput(table).warnings
    english, chinese = " ".join(w.en for w in warnings), " ".join(w.zh for w in warnings)
    assert "With 2 sectors, nothing is said about links inside industry" in english
    assert "只有 2 个部门" in chinese
    assert "no income and no type II multipliers" in english
    assert "没有劳动者报酬一行" in chinese
    assert "type_two_multipliers" not in inputoutput(table).tables
    assert "integration" not in inputoutput(table).tables


def with_rows(table, rows, categories):
    return replace(table, primary_inputs=rows, primary_categories=categories)


WAGES = PrimaryCategory("W", "compensation", Text("劳动者报酬", "Wages"))
PROFIT = PrimaryCategory("P", "operating_surplus", Text("营业盈余", "Profit"))


def test_the_convention_for_households_is_said(table):
    halves = np.vstack([table.primary_inputs, table.primary_inputs]) / 2
    result = inputoutput(with_rows(table, halves, (WAGES, PROFIT)))
    assert any("Type II multipliers: the table does not split" in w.en for w in result.warnings)
    higher = result.tables["type_two_multipliers"]["output_multiplier"]
    assert (higher > result.to_frame()["output_multiplier"]).all()
    named = inputoutput(with_rows(table, halves, (WAGES, PROFIT)), household_categories=["F"])
    assert named.parameters["household_categories"] == ["F"]


def test_without_leaks_there_is_no_type_two_and_that_is_said(table):
    result = inputoutput(with_rows(table, table.primary_inputs, (WAGES,)))
    assert "type_two_multipliers" not in result.tables
    english = " ".join(w.en for w in result.warnings)
    chinese = " ".join(w.zh for w in result.warnings)
    assert "No type II multipliers: all that households earn" in english
    assert "未计算第二类乘数：居民收入全部用于" in chinese


def test_groups_and_tracks_are_the_users(table):
    result = inputoutput(
        table, groups={"goods": ["0"], "services": ["1"]}, tracks={"half of it": {"1": 0.5}}
    )
    assert set(result.tables["integration"]["input_group"]) == {"goods", "services"}
    assert set(result.tables["integration_summary"]["user_group"]) == {"goods", "services"}
    track = result.tables["tracks"].iloc[0]
    assert track["group"] == "half of it"
    assert track["own_output"] == 1000
    assert track["output_loss"] > 1000


def test_upstreamness_that_does_not_exist_is_left_out_and_said():
    from xinzhi.data.io_table import FinalCategory

    circle = small([[0, 10, 0], [5, 0, 0], [0, 0, 1]], [10, 10, 5])
    exported = replace(
        circle,
        final_demand=np.column_stack([circle.final_demand[:, 0] * [0, 0, 1], [0, 5, 0]]),
        final_categories=(
            *circle.final_categories,
            FinalCategory("E", "exports", Text("出口", "Exports")),
        ),
    )
    result = inputoutput(exported)
    assert result.to_frame()["upstreamness"].isna().all()
    assert any(w.en.startswith("No upstreamness: ") for w in result.warnings)
    assert any(w.zh.startswith("未计算上游度：") for w in result.warnings)


def test_one_sector_is_enough():
    result = inputoutput(small([[4]], [10]))
    row = result.to_frame().iloc[0]
    assert row["output_multiplier"] == pytest.approx(10 / 6)
    assert np.isnan(result.tables["linkages"]["backward_spread"].iloc[0])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_charts_are_drawn_in_both_languages(table, kind, lang):
    drawn = inputoutput(table).plot(kind, lang).to_dict()
    assert drawn["title"]["subtitle"] == "2020"
    titles = {"linkages": ("产业关联", "Linkages of sectors")}
    if kind in titles:
        assert drawn["title"]["text"] == titles[kind][lang == "en"]
    assert str(drawn).count("部门0" if lang == "zh" else "Sector 0")


def test_linkages_are_the_default_chart_and_unknown_ones_are_named(table):
    result = inputoutput(table)
    assert result.plot().to_dict() == result.plot("linkages", "en").to_dict()
    with pytest.raises(InputError) as caught:
        result.plot("pie")
    assert "no chart pie; choose from linkages, multipliers, extraction" in caught.value.text("en")
    assert "没有图 pie" in caught.value.text("zh")


def test_labels_tell_regions_and_equal_titles_apart():
    sectors = pd.DataFrame({"code": ["1", "2"], "title_zh": ["甲", "甲"], "title_en": ["A", "B"]})
    assert sector_labels(sectors, "zh") == ["1 甲", "2 甲"]
    assert sector_labels(sectors, "en") == ["A", "B"]
    assert sector_labels(sectors.assign(region=["北", "南"]), "zh") == ["北 甲", "南 甲"]


def test_satellite_multipliers_are_there_when_asked_for(table):
    jobs = table.with_satellite(Satellite("JOBS", Text("就业", "Jobs"), "persons"), [10, 40])
    frame = inputoutput(jobs).tables["satellite_multipliers"]
    assert frame["direct"].tolist() == [0.01, 0.02]
    assert "satellite_multipliers" not in inputoutput(table).tables
