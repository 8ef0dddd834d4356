"""Footprints: identities, the slow way with the inverse, pymrio's test system, and refusals."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from tests.io_strategies import io_tables

from xinzhi.core import InputError, Text
from xinzhi.data.io_table import (
    FinalCategory,
    IOTable,
    PrimaryCategory,
    Satellite,
    Sector,
)
from xinzhi.structure.footprints import embodied_imports_by_product, footprints
from xinzhi.structure.leontief import coefficients
from xinzhi.structure.trade import demand_by_region

CO2 = Satellite("CO2", Text("二氧化碳", "Carbon dioxide"), "tonnes")


def one_region(**others):
    """Make a table of one sector that emits 80: output 100, exports 30, imports 10 and 5."""
    given = {
        "sectors": (Sector("1", Text("工业", "Manufacturing")),),
        "flows": [[20.0]],
        "final_demand": [[50.0, 30.0]],
        "final_categories": (
            FinalCategory("C", "consumption", Text("消费", "Consumption")),
            FinalCategory("EX", "exports", Text("出口", "Exports")),
        ),
        "primary_inputs": [[70.0]],
        "primary_categories": (
            PrimaryCategory("VA", "value_added", Text("增加值", "Value added")),
        ),
        "output": [100.0],
        "imported_flows": [[10.0]],
        "imported_final_demand": [[5.0, 0.0]],
        "satellites": [[80.0]],
        "satellites_final": [[7.0, 0.0]],
        "satellite_rows": (CO2,),
    }
    return IOTable(**{**given, **others})


def test_one_region_without_an_assumption_has_no_consumption_account():
    result = footprints(one_region())
    row = result.to_frame().iloc[0]
    assert row["stressor"] == "CO2"
    assert row["production_based"] == 87
    assert row["direct"] == 7
    assert np.isclose(row["exports"], 0.8 / 0.8 * 30)
    assert np.isnan(row["consumption_based"])
    assert np.isnan(row["imports"])
    assert "没有消费侧账户" in result.warnings[0].zh
    assert "no consumption-based account" in result.warnings[0].en
    assert list(result.tables) == ["regions", "sectors"]


def test_domestic_technology_by_hand():
    """Imports are made with A = .3, so that 55 consumed cause .8/.7 × 55."""
    result = footprints(one_region(), domestic_technology=True)
    row = result.to_frame().iloc[0]
    assert np.isclose(row["consumption_based"], 0.8 / 0.7 * 55 + 7)
    assert np.isclose(row["imports"], 0.8 / 0.7 * 55 - 50)
    assert np.isclose(
        row["consumption_based"], row["production_based"] - row["exports"] + row["imports"]
    )
    assert "国内技术假定" in result.warnings[0].zh
    assert "domestic technology" in result.warnings[0].en
    assert result.parameters["domestic_technology"] is True
    assert result.units["production_based"] == "tonnes"


def test_a_closed_region_consumes_what_it_does_not_export():
    table = one_region(imported_flows=None, imported_final_demand=None, primary_inputs=[[80.0]])
    row = footprints(table).to_frame().iloc[0]
    assert np.isclose(row["consumption_based"], 50 + 7)
    assert np.isclose(row["imports"], 0)


@given(io_tables(kinds=("many_regions",), most_sectors=3))
def test_accounts_of_many_regions_close(table):
    result = footprints(table)
    regions, sectors = result.to_frame(), result.to_frame("sectors")
    flows = result.to_frame("flows")
    total = table.satellites.sum()
    near = {"atol": 1e-9 * max(1.0, total), "rtol": 1e-9}
    left = regions["production_based"] - regions["exports"] + regions["imports"]
    assert np.allclose(regions["consumption_based"], left, **near)
    outside = flows[flows["destination"] == ""]["value"].sum()
    assert np.isclose(regions["consumption_based"].sum() + outside, total, **near)
    assert np.isclose(flows["value"].sum(), total, **near)
    by_region = sectors.groupby("region", observed=True, sort=False)
    assert np.allclose(by_region["production"].sum(), regions["production_based"], **near)
    assert np.allclose(by_region["consumption"].sum(), regions["consumption_based"], **near)
    assert np.allclose(by_region["exports"].sum(), regions["exports"], **near)
    embodied = embodied_imports_by_product(table).groupby("region", observed=True, sort=False)
    assert np.allclose(embodied["imports"].sum(), regions["imports"], **near)
    assert "来自表外地区的进口没有计入" in result.warnings[0].zh
    assert "outside the table are missing" in result.warnings[0].en


@given(io_tables(kinds=("many_regions",), most_sectors=3))
def test_accounts_agree_with_the_inverse(table):
    """The slow way: the whole inverse, and final demand on the diagonal of every region."""
    size, sectors, count = table.size, len(table.sectors), len(table.regions)
    inverse = np.linalg.inv(np.eye(size) - coefficients(table.flows, table.output))
    intensity = coefficients(table.satellites, table.output)
    demand = demand_by_region(table)
    found = footprints(table).to_frame("sectors")
    assert np.allclose(found["multiplier"], (intensity @ inverse).ravel())
    consumption = np.zeros((count, sectors))
    imports = np.zeros((count, sectors))
    for region in range(count):
        for product in range(sectors):
            bought = np.zeros(size)
            bought[product::sectors] = demand[product::sectors, region]
            caused = intensity[0] * (inverse @ bought)
            consumption[region, product] = caused.sum()
            own = slice(region * sectors, (region + 1) * sectors)
            imports[region, product] = caused.sum() - caused[own].sum()
    near = {"atol": 1e-9 * max(1.0, table.satellites.sum())}
    assert np.allclose(found["consumption"], consumption.ravel(), **near)
    embodied = embodied_imports_by_product(table)
    assert embodied["code"].tolist() == list(table.codes) * count
    assert np.allclose(embodied["imports"], imports.ravel(), **near)


@given(io_tables(kinds=("separate",)))
def test_domestic_technology_closes_the_account_of_one_region(table):
    row = footprints(table, domestic_technology=True).to_frame().iloc[0]
    left = row["production_based"] - row["exports"] + row["imports"]
    assert np.isclose(row["consumption_based"], left)


def test_pymrio_test_system():
    """Accounts of pymrio's bundled system by its own routine, in the words of the docstring."""
    pymrio = pytest.importorskip("pymrio")
    system = pymrio.load_test().calc_all()
    extension, output = system.emissions, system.x.to_numpy().ravel()
    flows = system.Z.to_numpy()
    table = IOTable(
        sectors=tuple(Sector(name, Text(name, name)) for name in system.get_sectors()),
        flows=flows,
        final_demand=system.Y.to_numpy(),
        final_categories=tuple(
            FinalCategory(code, "consumption", Text(code, code), region)
            for region, code in system.Y.columns
        ),
        primary_inputs=[output - flows.sum(axis=0)],
        primary_categories=(PrimaryCategory("VA", "value_added", Text("增加值", "VA")),),
        output=output,
        satellites=extension.F.to_numpy(),
        satellites_final=extension.F_Y.to_numpy(),
        satellite_rows=tuple(
            Satellite(f"{k}", Text("排放", "Emission"), "kilograms") for k in range(2)
        ),
        regions=tuple(system.get_regions()),
    )
    result = footprints(table)
    sectors, regions = result.to_frame("sectors"), result.to_frame()
    for column, theirs in {
        "production": extension.D_pba,
        "consumption": extension.D_cba,
        "exports": extension.D_exp,
        "multiplier": extension.M,
    }.items():
        assert np.allclose(sectors[column], theirs.to_numpy().ravel(), rtol=1e-9), column
    imports = embodied_imports_by_product(table)["imports"]
    assert np.allclose(imports, extension.D_imp.to_numpy().ravel(), rtol=1e-9)
    for column, theirs in {
        "production_based": extension.D_pba_reg,
        "consumption_based": extension.D_cba_reg,
        "exports": extension.D_exp_reg,
        "imports": extension.D_imp_reg,
    }.items():
        assert np.allclose(regions[column], theirs.to_numpy().ravel(), rtol=1e-9), column


def test_stressors_are_chosen_by_code_and_units_kept():
    energy = Satellite("EN", Text("能源", "Energy"), "tonnes_coal_equivalent")
    table = one_region(
        satellites=[[80.0], [40.0]], satellites_final=None, satellite_rows=(CO2, energy)
    )
    only = footprints(table, ["EN"])
    assert only.to_frame()["production_based"].tolist() == [40]
    assert only.units["production_based"] == "tonnes_coal_equivalent"
    both = footprints(table)
    assert both.units["production_based"] == "unspecified"
    assert both.parameters["stressor_units"] == {"CO2": "tonnes", "EN": "tonnes_coal_equivalent"}
    with pytest.raises(InputError) as error:
        footprints(table, ["SO2"])
    assert "没有卫星账户 SO2；有：CO2、EN" in error.value.text("zh")
    assert "no satellite account SO2; there are: CO2, EN" in error.value.text("en")


def test_tables_without_footprints_are_refused():
    bare = one_region(satellites=None, satellites_final=None, satellite_rows=())
    with pytest.raises(InputError) as error:
        footprints(bare)
    assert "with_satellite" in error.value.text("zh")
    assert "nothing to trace" in error.value.text("en")
    competitive = one_region(
        imported_flows=None,
        imported_final_demand=None,
        imports=[0.0],
        primary_inputs=[[80.0]],
    )
    with pytest.raises(InputError) as error:
        footprints(competitive)
    assert "竞争型" in error.value.text("zh")
    assert "split_imports_proportionally" in error.value.text("en")
    with pytest.raises(InputError) as error:
        embodied_imports_by_product(one_region())
    assert "只有一个地区" in error.value.text("zh")
    assert "one region only" in error.value.text("en")


@given(io_tables(kinds=("many_regions",), most_sectors=2))
def test_domestic_technology_of_many_regions_is_refused(table):
    with pytest.raises(InputError) as error:
        footprints(table, domestic_technology=True)
    assert "只用于单地区表" in error.value.text("zh")
    assert "table of one region" in error.value.text("en")


@given(io_tables(kinds=("many_regions",), most_sectors=3))
def test_direct_use_belongs_to_the_region_whose_demand_it_is(table):
    direct = np.ones((1, len(table.final_categories)))
    result = footprints(replace(table, satellites_final=direct)).to_frame()
    assert (result["direct"] == 3).all()  # consumption, investment and stocks of each region
