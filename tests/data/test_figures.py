"""The embedded figures against the totals printed with them, and against their build."""

from __future__ import annotations

import os
import runpy
import time
from pathlib import Path

import numpy as np
import pytest

from xinzhi.data import (
    embedded_notes,
    embedded_panel,
    embedded_reasons,
    embedded_totals,
    embedded_vintages,
    figures,
    find_unit,
    indicators,
)

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCE = REPOSITORY.parent / "shared" / "data" / "figures"
PANEL = embedded_panel()
THREE = [f"value_added_{name}" for name in ("primary", "secondary", "tertiary")]
NINE = [
    f"value_added_{name}"
    for name in (
        *("agriculture_incl_services", "industry", "construction", "wholesale_retail"),
        *("transport_storage_post", "accommodation_catering", "finance", "real_estate"),
        "other_services",
    )
]


def series(indicator: str, year: int, vintage: str | None = None) -> np.ndarray:
    """Return the 31 values of a year."""
    chosen = {indicator: vintage} if vintage else None
    values = PANEL.to_array([indicator], years=[year], vintages=chosen).values[:, 0, 0]
    assert values.shape == (31,)
    return values


def total(indicator: str, year: int, vintage: str | None = None) -> float:
    table = embedded_totals()
    rows = table[(table["indicator"] == indicator) & (table["year"] == year)]
    if vintage is not None:
        rows = rows[rows["vintage"] == vintage]
    (value,) = rows["value"]
    return float(value)


def gap(indicator: str, year: int, vintage: str | None = None) -> float:
    return float(np.nansum(series(indicator, year, vintage)) - total(indicator, year, vintage))


def test_shape() -> None:
    assert len(PANEL.region_names) == 31
    assert PANEL.years == tuple(range(2006, 2026))
    assert set(PANEL.indicators) <= set(indicators())
    assert set(PANEL.frame["vintage"]) | set(embedded_totals()["vintage"]) == set(
        embedded_vintages()
    )
    array = PANEL.to_array(["rd_expenditure", "gdp"], years=range(2018, 2025))
    assert not np.isnan(array).any()
    assert array.attrs["vintages"]["gdp"] == "nbs_gdp_regions_2006_2024"


def test_every_choice_between_vintages_is_stated() -> None:
    several = {name for name in PANEL.indicators if len(PANEL.vintages(name)) > 1}
    assert set(PANEL.preferred) == several
    PANEL.to_array(PANEL.indicators)


def test_units_fit_the_dictionary() -> None:
    for indicator, unit in {*zip(PANEL.frame["indicator"], PANEL.frame["unit"], strict=True)}:
        default = find_unit(indicators()[indicator].unit)
        assert dict(find_unit(unit).dimension) == dict(default.dimension)


@pytest.mark.parametrize("year", range(2018, 2025))
def test_rd_expenditure_adds_up(year: int) -> None:
    assert abs(gap("rd_expenditure", year)) < 0.35


@pytest.mark.parametrize(
    ("year", "intensity"), [(2023, "rd_intensity_revised"), (2024, "rd_intensity")]
)
def test_printed_rd_intensity_follows(year: int, intensity: str) -> None:
    ratio = series("rd_expenditure", year) / series("gdp", year, "gdp_regions_revised") * 100
    assert np.abs(ratio - series(intensity, year)).max() < 0.0055


def test_gdp_of_both_files_agrees() -> None:
    for year in (2015, 2020, 2021, 2022, 2023):
        np.testing.assert_array_equal(
            series("gdp", year), series("gdp", year, "gdp_regions_revised")
        )
    late = series("gdp", 2024, "gdp_regions_revised") / series("gdp", 2024) - 1
    assert 0.008 < np.abs(late).max() < 0.009


@pytest.mark.parametrize(
    ("year", "ratio"),
    [
        (2015, 1.0032),
        (2020, 0.9964),
        (2021, 0.9940),
        (2022, 0.9910),
        (2023, 0.9919),
        (2024, 0.9922),
    ],
)
def test_gdp_over_the_nation_s(year: int, ratio: float) -> None:
    assert series("gdp", year).sum() / total("gdp", year) == pytest.approx(ratio, abs=5e-5)


@pytest.mark.parametrize("year", range(2020, 2025))
def test_gdp_is_three_and_nine_industries(year: int) -> None:
    gdp = series("gdp", year)
    assert np.abs(gdp - sum(series(name, year) for name in THREE)).max() < 0.15
    assert np.abs(gdp - sum(series(name, year) for name in NINE)).max() < 0.25


@pytest.mark.parametrize("year", [2008, 2009, 2010, 2011, 2016])
def test_older_gdp_is_three_industries(year: int) -> None:
    old = "gdp_by_industry_regions"
    parts = sum(series(name, year, old) for name in THREE)
    assert np.abs(series("gdp", year, old) - parts).max() < 0.011


@pytest.mark.parametrize("year", range(2015, 2024))
def test_national_gdp_is_three_industries(year: int) -> None:
    parts = sum(total(name, year, "gdp_national") for name in THREE)
    assert abs(total("gdp", year, "gdp_national") - parts) < 0.11


@pytest.mark.parametrize("year", range(2021, 2025))
def test_gdp_per_head_follows(year: int) -> None:
    vintage = "gdp_regions_revised" if year == 2024 else None
    people = series("resident_population_year_end", year)
    mean = (people + series("resident_population_year_end", year - 1)) / 2
    ratio = series("gdp", year, vintage) * 1e4 / mean / series("gdp_per_capita", year)
    assert np.abs(ratio - 1).max() < 2.5e-5
    assert PANEL.to_array(["gdp_per_capita"]).attrs["units"] == {"gdp_per_capita": "CNY_per_person"}


@pytest.mark.parametrize(("year", "printed"), [(2016, -0.04), (2021, 0.05)])
def test_science_expenditure_adds_up(year: int, printed: float) -> None:
    assert gap("budget_expenditure_science_technology", year) == pytest.approx(printed, abs=0.006)


def test_census_adds_up_with_the_servicemen() -> None:
    assert gap("resident_population_census", 2020) == -2_000_000


@pytest.mark.parametrize(
    ("indicator", "elsewhere"), [("patents_in_force", 78579), ("invention_patents_in_force", 22286)]
)
def test_patents_of_2009_add_up(indicator: str, elsewhere: int) -> None:
    assert gap(indicator, 2009) == -elsewhere


@pytest.mark.parametrize(
    ("indicator", "year", "elsewhere"),
    [
        ("invention_patent_applications", 2016, 1278 + 38 + 10283),
        ("pct_applications_domestic", 2016, 480 + 17 + 510),
        ("invention_patents_granted", 2021, 8117),
    ],
)
def test_patent_totals_hold_hong_kong_macao_and_taiwan(
    indicator: str, year: int, elsewhere: int
) -> None:
    vintage = "innovation_regions"
    assert gap(indicator, year, vintage) == -elsewhere


def test_industrial_rd_of_2010_adds_up() -> None:
    gaps = {"rd_personnel_fte": -2, "rd_expenditure": 1, "rd_projects": 0}
    for name, expected in gaps.items():
        assert gap(f"{name}_large_medium_industrial", 2010) == expected


@pytest.mark.parametrize("year", range(2020, 2024))
def test_institutions_of_higher_education_add_up(year: int) -> None:
    assert gap("higher_education_institutions", year) == 0


@pytest.mark.parametrize("year", range(2015, 2025))
def test_technology_market_stays_below_the_nation(year: int) -> None:
    share = gap("technology_market_turnover", year) / total("technology_market_turnover", year)
    assert -0.049 < share < -0.017


def test_population_is_urban_and_rural() -> None:
    parts = series("urban_population_year_end", 2024) + series("rural_population_year_end", 2024)
    np.testing.assert_array_equal(parts, series("resident_population_year_end", 2024))


def test_census_structure() -> None:
    ages = sum(series(f"age_share_{name}", 2020) for name in ("0_14", "15_59", "60_plus"))
    assert np.abs(ages - 100).max() < 0.011
    men = series("male_share", 2020)
    ratio = men / (100 - men) * 100
    assert np.abs(ratio - series("sex_ratio_men_per_100_women", 2020)).max() < 0.025
    people = series("resident_population_census", 2020)
    for name in ("university", "senior_secondary", "junior_secondary", "primary"):
        indicator = f"education_{name}_per_100k"
        mean = np.average(series(indicator, 2020), weights=people)
        assert mean / total(indicator, 2020) == pytest.approx(1, abs=0.004)


def test_inventions_are_fewer_than_patents() -> None:
    for part, whole in (
        ("invention_patents_granted", "patents_granted"),
        ("invention_patent_applications", "patent_applications"),
    ):
        array = PANEL.to_array([part, whole])
        assert (array.sel(indicator=part) < array.sel(indicator=whole)).sum() == 310


# What the tables' own notes say of their weak figures.


@pytest.mark.parametrize(
    ("indicator", "vintage", "region", "year", "status"),
    [
        ("gdp", "gdp_regions_revised", "北京", 2020, "doubtful"),
        ("gdp", "gdp_regions_revised", "北京", 2023, "reported"),
        ("gdp", "gdp_regions_revised", "北京", 2024, "provisional"),
        ("gdp", "nbs_gdp_regions_2006_2024", "北京", 2024, "reported"),
        ("gdp", "gdp_by_industry_regions", "北京", 2016, "doubtful"),
        ("gdp", "gdp_by_industry_regions", "北京", 2011, "reported"),
        ("value_added_tertiary", "gdp_by_industry_regions", "北京", 2018, "doubtful"),
        ("gdp_per_capita", "nbs_value_added_regions", "上海", 2024, "provisional"),
        ("gdp_per_capita", "nbs_value_added_regions", "上海", 2023, "reported"),
        ("rd_intensity", "rd_regions", "上海", 2021, "provisional"),
        ("rd_intensity_revised", "rd_regions", "上海", 2023, "reported"),
        ("patents_in_force", "patents_regions", "上海", 2009, "reported"),
        ("patents_in_force", "patents_regions", "上海", 2014, "doubtful"),
        ("patent_applications", "innovation_regions", "上海", 2017, "reported"),
        ("patent_applications", "innovation_regions", "上海", 2018, "doubtful"),
        ("technology_market_turnover", "innovation_regions", "广西", 2021, "doubtful"),
        ("technology_market_turnover", "innovation_regions", "广西", 2022, "reported"),
        ("technology_market_turnover", "innovation_regions", "广东", 2024, "doubtful"),
        ("technology_market_turnover", "innovation_regions", "黑龙江", 2023, "doubtful"),
        ("technology_market_turnover", "innovation_regions", "吉林", 2022, "doubtful"),
        ("technology_market_turnover", "innovation_regions", "青海", 2019, "doubtful"),
        ("technology_market_turnover", "innovation_regions", "山西", 2020, "doubtful"),
        ("technology_market_turnover", "innovation_regions", "重庆", 2015, "doubtful"),
        ("technology_market_turnover", "innovation_regions", "重庆", 2021, "reported"),
        ("rd_personnel_fte_industrial_above_size", "innovation_regions", "青海", 2023, "doubtful"),
        ("rd_personnel_fte_industrial_above_size", "innovation_regions", "青海", 2022, "reported"),
        ("co2_emissions_ceads", "environment_regions", "上海", 2019, "doubtful"),
        ("a_share_listed_companies", "listed_companies_partial", "上海", 2019, "doubtful"),
        ("gdp_preliminary", "shanghai_facts", "上海", 2020, "provisional"),
        ("gdp_final_verified", "shanghai_facts", "上海", 2019, "reported"),
        ("gdp_preliminary", "shanghai_facts", "上海", 2025, "doubtful"),
        ("talent_total", "shanghai_facts", "上海", 2023, "doubtful"),
    ],
)
def test_statuses(indicator: str, vintage: str, region: str, year: int, status: str) -> None:
    chosen = {indicator: vintage}
    cell = PANEL.status_array([indicator], years=[year], vintages=chosen).sel(region=region)
    assert cell.item() == status


def test_every_weak_figure_has_its_reason_and_no_other_has() -> None:
    columns = ["indicator", "vintage", "region", "year", "source", "status"]
    for *key, status in PANEL.to_frame()[columns].itertuples(index=False):
        found = embedded_reasons(*key)
        assert bool(found) == (status != "reported"), key
        assert all(reason.zh and reason.en for reason in found)


def test_every_note_speaks_of_some_figure() -> None:
    columns = ["indicator", "vintage", "region", "year", "source"]
    rows = list(PANEL.to_frame()[columns].itertuples(index=False))
    for note in embedded_notes():
        assert any(note.covers(*row) for row in rows), note


def test_blanks_of_the_source_stay_missing() -> None:
    turnover = PANEL.to_array(["technology_market_turnover"]).sel(region="西藏")
    assert np.isnan(turnover.sel(year=[2015, 2016])).all()
    assert "西藏" not in PANEL.select(["co2_emissions_ceads"]).region_names


def built() -> dict[str, str]:
    if not SOURCE.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{SOURCE} is needed to check the build of the figures")
        pytest.skip(f"the published tables are not at {SOURCE}")
    script = runpy.run_path(str(REPOSITORY / "scripts" / "build_figures.py"))
    return dict(script["build"](SOURCE))


def test_the_build_repeats_itself() -> None:
    files = built()
    assert set(files) == {"figures.csv", "sources.csv"}
    folder = Path(figures.__file__).parent / "figures"
    for name, text in files.items():
        assert (folder / name).read_bytes() == text.encode("utf-8")


def test_the_figures_load_fast() -> None:
    figures._tables.cache_clear()
    embedded_panel.cache_clear()
    start = time.perf_counter()
    embedded_panel()
    # Usually 0.15 s; the limit leaves room for a busy machine.
    assert time.perf_counter() - start < 1.0
