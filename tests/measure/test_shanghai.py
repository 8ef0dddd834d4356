"""Shanghai's levels, degree and coordination, computed again from the embedded figures by hand."""

from __future__ import annotations

import numpy as np
import pytest

from xinzhi.data import embedded_panel, load_system
from xinzhi.measure import coupling, index

YEARS = [2020, 2021, 2022, 2023]
GDP = "nbs_gdp_regions_2006_2024"
PREFERRED = {
    "gdp": GDP,
    "value_added_industry": "nbs_value_added_regions",
    "value_added_finance": "nbs_value_added_regions",
    "invention_patents_granted": "innovation_regions",
}


@pytest.fixture(scope="module")
def series():
    """Return a function from an indicator to its printed figures (region, year)."""
    frame = embedded_panel().to_frame()

    def read(name: str, years: list[int]) -> np.ndarray:
        rows = frame[frame["indicator"] == name]
        if name in PREFERRED:
            rows = rows[rows["vintage"] == PREFERRED[name]]
        table = rows.pivot(index="region", columns="year", values="value")
        return table.sort_index()[years].to_numpy()

    return read


def levels_by_hand(series) -> tuple[list[str], np.ndarray]:
    """The four chains from the figures: logs, pooled min–max, plain means."""
    people = series("resident_population_year_end", YEARS)  # 10,000 persons
    gdp = series("gdp", YEARS)  # 100 million yuan
    long_years = list(range(2018, 2024))
    long_people = series("resident_population_year_end", long_years)
    long_gdp = series("gdp", long_years)
    patents = series("invention_patents_granted", long_years) / long_people
    turnover = series("technology_market_turnover", long_years) / long_gdp
    three = [slice(k, k + 3) for k in range(4)]
    chains = {
        "innovation": [
            series("rd_expenditure", YEARS) / gdp,
            np.stack([patents[:, w].mean(axis=1) for w in three], axis=1),
            np.stack([np.median(turnover[:, w], axis=1) for w in three], axis=1),
        ],
        "industry": [gdp / people, series("value_added_industry", YEARS) / people],
        "capital": [
            series("budget_expenditure_science_technology", YEARS)
            / series("general_budget_expenditure", YEARS),
            series("value_added_finance", YEARS) / gdp,
            series("general_budget_revenue", YEARS) / series("general_budget_expenditure", YEARS),
        ],
        "talent": [
            np.repeat(series("education_university_per_100k", [2020]), 4, axis=1),
            series("rd_personnel_fte_industrial_above_size", YEARS) / people,
            series("higher_education_students", YEARS) / people,
        ],
    }
    levels = []
    for indicators in chains.values():
        logs = [np.log(values) for values in indicators]
        levels.append(np.mean([(x - x.min()) / (x.max() - x.min()) for x in logs], axis=0))
    return list(chains), np.stack(levels, axis=-1)


def test_levels_degree_and_coordination_of_every_region(series):
    names, by_hand = levels_by_hand(series)
    system = load_system("four_chains")
    found = index(system.evaluate(embedded_panel(), YEARS), system)
    order = sorted(found.levels["region"].values)
    ours = found.levels.sel(region=order, node=names).values
    np.testing.assert_allclose(ours, by_hand, atol=1e-12)

    whole = found.levels.sel(region=order, node="four_chains").values
    np.testing.assert_allclose(whole, by_hand.mean(axis=-1), atol=1e-12)

    degree = by_hand.prod(axis=-1) ** 0.25 / by_hand.mean(axis=-1)
    coordination = np.sqrt(degree * by_hand.mean(axis=-1))
    table = coupling(found).to_frame()
    table["region"] = table["region"].astype(str)
    for column, expected in (("degree", degree), ("coordination", coordination)):
        wide = table.pivot(index="region", columns="year", values=column).sort_index()
        np.testing.assert_allclose(wide.to_numpy(), expected, atol=1e-12)

    shanghai = table[(table["region"] == "上海") & (table["year"] == 2023)].iloc[0]
    place = order.index("上海")
    assert shanghai["coordination"] == pytest.approx(coordination[place, 3], abs=1e-12)
    assert shanghai["rank"] == 1 + (coordination[:, 3] > coordination[place, 3]).sum()
