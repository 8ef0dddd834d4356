"""Every public name of measures and structure, and every column of a result, is in the glossary."""

from __future__ import annotations

import dataclasses
import importlib
import re
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import xinzhi
from tests.measure.productivity.every_result import CASES as PRODUCTIVITY
from tests.plan.talent_cases import GRADES, history
from tests.stress.watch_cases import simulated
from tests.structure.strengths.strengths_cases import capable_regions
from xinzhi import data, measure, plan, stress, structure
from xinzhi.core import Result, Text
from xinzhi.data import IOTable, embedded_panel, load_system
from xinzhi.data.case_reader import load_case
from xinzhi.data.contiguity import load_contiguity
from xinzhi.plan.finance import synthetic_finance_tables
from xinzhi.plan.innovation import innovation, synthetic_innovation_tables
from xinzhi.plan.talent import synthetic_talent_tables, talent
from xinzhi.stress.watch import watch

PAGE = Path(__file__).resolve().parents[1] / "docs" / "glossary.md"
LAYERS = (
    *(xinzhi, data, measure, structure, stress, plan),
    importlib.import_module("xinzhi.plan.finance"),
    importlib.import_module("xinzhi.plan.innovation"),
    importlib.import_module("xinzhi.plan.talent"),
)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def rows() -> list[list[str]]:
    """Return code name, symbol, English, Chinese and unit of every row."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith("| `")
    ]


def names() -> set[str]:
    text = PAGE.read_text(encoding="utf-8")
    plain = text.partition("## Plain labels")[2]
    return {row[0].strip("`") for row in rows()} | set(re.findall(r"`([^`]+)`", plain))


def io_table(year: int, *regions: str, competitive: bool = False) -> IOTable:
    """Return a balanced table of three sectors that has every part a table can have."""
    rng = np.random.default_rng(year)
    size = 3 * len(regions)
    flows, imported = rng.uniform(1, 5, (size, size)), rng.uniform(1, 5, (3, size))
    uses = [
        data.FinalCategory(kind, kind, Text(kind, kind), region)
        for region in regions
        for kind in ("consumption", "investment", "stock_changes")
    ]
    demand = rng.uniform(10, 20, (size, len(uses) + 1))
    output = flows.sum(axis=1) + demand.sum(axis=1)
    rest = output - flows.sum(axis=0)
    primary = (rest if competitive else rest - imported.sum(axis=0)) / 2
    final = rng.uniform(1, 5, (3, len(uses) + 1))
    apart = {"imported_flows": imported, "imported_final_demand": final}
    inside = {"imports": np.ones(size), "discrepancy": np.ones(size)}
    return IOTable(
        sectors=tuple(data.Sector(code, Text("部门", "Sector")) for code in ("12", "18", "20")),
        flows=flows,
        final_demand=demand,
        final_categories=(*uses, data.FinalCategory("EX", "exports", Text("出口", "Exports"))),
        primary_inputs=np.vstack([primary, primary]),
        primary_categories=(
            data.PrimaryCategory("W", "compensation", Text("报酬", "Compensation")),
            data.PrimaryCategory("T", "taxes_on_products", Text("税", "Taxes")),
        ),
        output=output,
        satellites=np.ones((1, size)),
        satellite_rows=(data.Satellite("co2", Text("二氧化碳", "CO2"), "tonnes"),),
        regions=regions,
        classification="cn42",
        year=year,
        **(inside if competitive else apart),
    )


def structural_results() -> tuple[Result, ...]:
    one, earlier = io_table(2020, "甲"), io_table(2017, "甲")
    many, inside = io_table(2020, "甲", "乙"), io_table(2020, "甲", competitive=True)
    options = {"groups": {"manufacturing": ["12", "18", "20"]}, "tracks": {"cars": {"18": 1.0}}}
    return (
        structure.inputoutput(one, earlier=earlier, **options),
        structure.inputoutput(many, **options),
        structure.chokepoints(one, earlier=[earlier]),
        structure.chokepoints(many),
        structure.value_added_in_exports(one),
        structure.decompose_exports(many),
        structure.footprints(many),
        structure.structural_decomposition(earlier, one, of="value_added"),
        structure.structural_decomposition(
            io_table(2017, "甲", competitive=True), inside, of="co2"
        ),
    )


def disparity_of(gdp: xr.DataArray) -> measure.DisparityResult:
    """Return a result in which no table is empty."""
    panel = embedded_panel()
    groups = {region.name: str(region.group) for region in panel.regions.regions}
    near = load_contiguity("china31")
    controls = xr.ones_like(gdp).expand_dims(control=["industry"], axis=2).copy()
    controls[:] = np.random.default_rng(0).uniform(size=controls.shape)
    found = measure.disparity(gdp, groups, near, controls, draws=20, permutations=19)
    assert all(len(table) for table in found.tables.values())
    return found


def strengths_of() -> structure.StrengthsResult:
    """Return a result in which no table is empty, with the standing of regions beside it."""
    package = importlib.import_module("xinzhi.structure.strengths")
    matrix = capable_regions()
    found = structure.strengths(matrix, choices=structure.StrengthsOptions(draws=2))
    assert all(len(table) for table in found.tables.values())
    tables = {**found.tables, "standing": package.standing(matrix)}
    return dataclasses.replace(found, tables=tables)


def talent_of() -> Result:
    """Return a result of the synthetic example with rates estimated from made-up stocks."""
    tables = {**synthetic_talent_tables(years=2), "history": history()}
    stocks = tables["stocks"]
    names = dict(zip(stocks["grade"].unique(), GRADES, strict=True))
    tables = {name: table.replace(names) for name, table in tables.items()}
    found = talent(tables)
    assert all(len(table) for table in found.tables.values())
    return found


def innovation_of() -> Result:
    """Return a result of the synthetic example, of few projects, in which no table is empty."""
    tables = synthetic_innovation_tables()
    few = tables["projects"]["project"].drop_duplicates().iloc[:3]
    tables["projects"] = tables["projects"][tables["projects"]["project"].isin(few)]
    tables["limits"] = tables["limits"][tables["limits"]["limit"] == "budget"]
    found = innovation(tables)
    assert all(len(table) for table in found.tables.values())
    return found


def finance_of() -> Result:
    """Return a result of the synthetic example, of few draws, in which no table is empty."""
    package = importlib.import_module("xinzhi.plan.finance")
    options = package.FinanceOptions(
        funnel=package.FunnelOptions(draws=2),
        guarantee=package.GuaranteeOptions(
            scenarios=1_000, fund=package.SYNTHETIC_FUND, lender=package.SYNTHETIC_LENDER
        ),
        instruments=package.InstrumentOptions(draws=200, points=2),
    )
    found: Result = package.finance(synthetic_finance_tables(), options)
    assert all(len(table) for table in found.tables.values())
    return found


def shock_of() -> Result:
    """Return a result of two regions with hardly any stocks, in which no table is empty."""
    table, every = io_table(2020, "甲", "乙"), data.load_tracks("shanghai")
    chips = tuple(track for track in every.tracks if track.id == "integrated_circuits")
    lost = np.zeros(table.size)
    lost[0] = 0.9
    fire = stress.Disturbance(start=0, duration=10, capacity_lost=lost)
    short = stress.ArioParameters(stock_days=1.0)
    tracks = dataclasses.replace(every, tracks=chips)
    found = stress.shock(table, fire, days=20, parameters=short, tracks=tracks)
    assert all(len(table) for table in found.tables.values())
    return found


def ensemble_and_plan() -> tuple[Result, ...]:
    """Return an ensemble of a shock and a resilience plan, of few short runs."""
    table, lost = io_table(2020, "甲"), {"imports_lost": np.full(3, 0.5)}
    events = [stress.Disturbance(start=0, duration=10, **lost)]
    return (
        stress.shock_ensemble(table, events, draws=12, days=20),
        stress.resilience_plan(table, events, draws=2, days=20),
    )


def watch_of() -> Result:
    """Return a result in which no table but the register is empty."""
    values, events = simulated(regions=8, years=16)
    found = watch(values, events, benchmarks=("logit",), draws=0)
    assert all(len(table) for name, table in found.tables.items() if name != "register")
    return found


def plans_of() -> tuple[Result, ...]:
    """Return a plan with every kind of limit, and plans along a frontier and under scenarios."""
    case = load_case("shanghai-2035")
    along = plan.frontier(case, objectives=("growth", "security"), points=3)
    return plan.transition(case), along, plan.plan_ensemble(case, draws=1)


@pytest.fixture(scope="module")
def results() -> tuple[Result, ...]:
    system = load_system("four_chains")
    values = system.evaluate(embedded_panel())
    index = measure.index(values, system)
    geometric = measure.index(values, system, measure.Method(aggregation="geometric"))
    normalised = index.tables["indicators"].set_index(["region", "year", "indicator"])
    judgements = {
        group: pd.DataFrame(1.0, index=list(members), columns=list(members))
        for group, members in measure.comparison_groups(system).items()
        if len(members) > 1
    }
    gdp = embedded_panel().to_array(["gdp"]).sel(indicator="gdp").dropna("year")
    return (
        index,
        measure.coupling(index),
        measure.ahp_weights(pd.DataFrame([[1, 3], [None, 1]], columns=["effort", "output"])),
        measure.benefit_of_doubt(normalised["normalised"].to_xarray()),
        measure.ahp_system(system, judgements)[1],
        measure.benefit_of_doubt_index(values, system),
        measure.index_sensitivity(values, system, n=16),
        measure.compare(index, geometric),
        measure.synergy(values["value"], system),
        measure.trend(gdp),
        *structural_results(),
        watch_of(),
        shock_of(),
        *ensemble_and_plan(),
        innovation_of(),
        finance_of(),
        talent_of(),
        *plans_of(),
        disparity_of(gdp),
        strengths_of(),
        *(make() for make, _ in PRODUCTIVITY.values()),
    )


def test_rows_are_whole_and_unique():
    codes = [row[0] for row in rows()]
    assert len(codes) == len(set(codes))
    for code, *others in rows():
        assert len(others) == 4, code
        assert all(others), code
        assert CHINESE.search(others[2]), code
        assert not CHINESE.search(others[1]), code


@pytest.mark.parametrize("layer", [measure, structure])
def test_every_public_name_is_there(layer: ModuleType):
    assert set(layer.__all__) <= names()


@pytest.mark.parametrize(
    "name",
    [
        *("measure.productivity", "structure.strengths"),
        *("plan.finance", "plan.innovation", "plan.talent"),
    ],
)
def test_every_public_name_of_a_package_is_there(name: str):
    # the package, since a function has its name
    package = importlib.import_module(f"xinzhi.{name}")
    assert set(package.__all__) <= names()


def test_every_field_is_there():
    known = names()
    kinds = (
        *(measure.Method, measure.Uncertainty, measure.IndexResult, measure.CouplingResult),
        *(measure.AHPResult, measure.BenefitOfDoubtResult, measure.ComparisonResult),
        *(measure.SensitivityResult, measure.SynergyResult, measure.TrendResult),
        *(structure.Outage, structure.BalancedMatrix, structure.InputOutputResult),
        *(structure.ChokepointsResult, structure.ValueAddedInExportsResult),
        *(structure.ExportDecompositionResult, structure.FootprintsResult),
        *(structure.DecompositionResult, measure.DisparityResult, structure.StrengthsResult),
    )
    for kind in kinds:
        for field in dataclasses.fields(kind):
            assert {field.name, f"{kind.__name__}.{field.name}"} & known, (kind, field.name)


def test_every_column_of_a_result_is_there(results: tuple[Result, ...]):
    known = names()
    for result in results:
        for table, frame in result.tables.items():
            for column in frame.columns:
                assert {column, f"{table}.{column}"} & known, (table, column)


def test_no_row_speaks_of_what_is_gone(results: tuple[Result, ...]):
    tables: dict[str, set[str]] = {}
    for result in results:
        for name, frame in result.tables.items():
            tables.setdefault(name, set()).update(frame.columns)
    for row in rows():
        owner, dot, name = row[0].strip("`").partition(".")
        if dot and owner in tables:
            assert name in tables[owner]
        elif dot:
            kind = next(getattr(layer, owner) for layer in LAYERS if hasattr(layer, owner))
            fields = {field.name for field in dataclasses.fields(kind)}
            assert name in fields or hasattr(kind, name)
