"""A table's structure in a case; a case made of a table."""

import numpy as np
import pandas as pd
import pytest
from tests.io_strategies import small
from tests.plan.transition_cases import hand

from xinzhi.core import InputError
from xinzhi.data import embedded_io_table, read_io_table
from xinzhi.data.case_reader import load_case, parse_case
from xinzhi.data.case_writer import case_text
from xinzhi.plan.case_arrays import case_arrays
from xinzhi.plan.case_builder import case_document, case_from_table
from xinzhi.plan.case_structure import table_shares, with_structure
from xinzhi.plan.transition import transition


@pytest.fixture
def table():
    from dataclasses import replace

    return replace(small([[150, 500], [200, 100]], [1000, 2000]), classification="own", year=2020)


def mapped(table, **shares):
    return hand(mapping={"own": {"goods": shares.get("goods", []), "tools": shares["tools"]}})


def test_coefficients_become_the_tables_and_trade_closes_the_base_year(table):
    first, second = table.codes
    case = with_structure(mapped(table, goods=[first], tools=[second]), table)
    goods = case.sectors[0].inputs
    flows = table.flows if table.imported_flows is None else table.flows + table.imported_flows
    assert goods["goods"] == pytest.approx(flows[0, 0] / table.output[0])
    assert goods["tools"] == pytest.approx(flows[1, 0] / table.output[0])
    arrays = case_arrays(case)
    supply = arrays.sector_output + arrays.imports
    uses = arrays.inputs @ arrays.base_output + np.array(
        [s.consumption + s.investment + s.stock_changes + s.exports for s in case.sectors]
    )
    assert supply == pytest.approx(uses)
    result = transition(mapped(table, goods=[first], tools=[second]), table=table)
    assert result.parameters["structure"] != "hand"
    assert "trade closes the difference" in result.warnings[0].en
    assert "差额由进出口平衡" in result.warnings[0].zh


def test_shares_split_sectors_and_one_sector_takes_the_rest(table):
    _, second = table.codes
    shares = table_shares(mapped(table, tools={second: 0.25}), table)
    assert shares.tolist() == [[1.0, 0.75], [0.0, 0.25]]


@pytest.mark.parametrize(
    ("goods", "tools", "message"),
    [
        (["99"], [], "the table has no code 99"),
        ({"1": 0.5}, {"1": 0.2}, "shares of these sectors must sum to 1"),
    ],
)
def test_mappings_that_do_not_fit(table, goods, tools, message):
    first, second = table.codes
    named = {"1": first}
    goods = [*goods] if isinstance(goods, list) else {named[k]: v for k, v in goods.items()}
    tools = (
        tools
        if isinstance(tools, list)
        else {**{named[k]: v for k, v in tools.items()}, second: 1.0}
    )
    with pytest.raises(InputError, match=message):
        with_structure(mapped(table, goods=goods, tools=tools), table)


def test_a_table_of_another_classification_is_refused(table):
    with pytest.raises(InputError, match="case hand has no mapping from sectors of own"):
        with_structure(hand(), table)


def test_a_first_case_of_a_table_runs_and_keeps_its_base_year():
    table = embedded_io_table()
    technologies = pd.DataFrame(
        {
            "id": ["clean", "smart"],
            "sector": ["2", "3"],
            "kind": ["new", "new"],
            "lifetime": [20, 15],
            "cost": [1.1, 0.9],
            "lead_time": [2, None],
            "input_factors.2": [0.9, None],
            "source": [None, "a survey"],
        }
    )
    document = case_document(table, technologies, horizon=2022)
    case = parse_case(case_text(document).encode(), "made.toml")
    assert case.technologies[3].input_factors == {"2": 0.9}
    assert case.technologies[4].source.en == "a survey"
    arrays = case_arrays(case)
    assert arrays.sector_output == pytest.approx(table.output)
    result = transition(case_from_table(table, technologies, horizon=2022))
    assert result.status == "optimal"
    assert len(result.to_frame()) == 5 * 5


def test_tables_of_technologies_that_do_not_fit():
    frame = pd.DataFrame({"id": ["x"], "sector": ["9"], "kind": ["new"], "coast": [1.0]})
    with pytest.raises(InputError) as error:
        case_document(embedded_io_table(), frame, horizon=2022)
    assert "unknown column: coast" in error.value.text()
    assert "there is no sector: 9" in error.value.text()
    assert "没有部门：9" in error.value.text("zh")


def test_the_shipped_case_runs_on_the_42_sectors(official_folder):
    table = read_io_table(official_folder / "io_china_2020_42.csv")
    result = transition(load_case("shanghai-2035"), table=table)
    assert result.status == "optimal"
    assert result.tables["checks"]["largest_gap"].max() < 1e-8
    assert "io_china_2020_42" in result.parameters["structure"]
    assert result.inputs[1].name == table.inputs[0].name
