"""The pack on science and technology: its codes, its errors, and what can be computed from it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdata

from xinzhi.core import InputError
from xinzhi.data import (
    Panel,
    convert,
    embedded_panel,
    find_unit,
    indicators,
    load_region_set,
    load_system,
)
from xinzhi.data.imputation import impute
from xinzhi.data.joining import join_panels
from xinzhi.data.pack_registry import pack_folder, packs
from xinzhi.data.science_technology import science_technology_codes, science_technology_panel
from xinzhi.data.units import same_dimension
from xinzhi.measure import coupling, index
from xinzhi.measure.influence import imputation_rank_influence, imputed_rank_change

TABLE = "provinces_science_technology_2000_2023.csv"
CHINA = load_region_set("china31")


@pytest.fixture(scope="module")
def official(official_folder: Path) -> Panel:
    return science_technology_panel(official_folder / TABLE)


@pytest.fixture(scope="module")
def joined(official: Panel) -> Panel:
    return join_panels(official, embedded_panel())


def small(**columns: object) -> pd.DataFrame:
    """Return a small table of invented figures for every region, with some columns replaced."""
    frame = pd.DataFrame(
        {
            "table": "RDPatentAuthority",
            "region": list(CHINA.names),
            "year": 2012,
            "code": "v4_cg_zlsq2_fm",
            "value": np.arange(1.0, 32.0),
            "unit": "件",
        }
    )
    return frame.assign(**columns)


def renamed(**names: str) -> list[str]:
    return [names.get(name, name) for name in CHINA.names]


def warning_of(panel: Panel, words: str) -> str:
    found = [text for text in panel.warnings if words in text.en]
    assert len(found) == 1, [text.en for text in panel.warnings]
    assert found[0].zh != found[0].en
    return found[0].en


# What the codes mean


def test_every_code_is_an_indicator_of_the_dictionary_in_a_unit_that_fits():
    known = indicators()
    for key, code in science_technology_codes().items():
        info = known[code.indicator]
        assert code.kind == info.kind, key
        assert same_dimension(find_unit(code.unit), find_unit(info.unit)), key
    tables = {Path(file.name).stem for file in packs()["science_technology"].files}
    assert {table for table, _ in science_technology_codes()} == tables - {"varsList"}


def test_every_code_of_the_published_dictionary_is_mapped_or_left_out(official_folder: Path):
    listed = pd.read_csv(official_folder / "provinces_indicator_dictionary.csv")["variables"]
    mapped = {code for _, code in science_technology_codes()}
    ranks = {"v4_cg_gwlw_wcsci", "v4_cg_gwlw_wcei", "v4_cg_gwlw_wccpcis"}
    assert set(listed) - mapped == ranks
    assert mapped - set(listed) == {"num"}


# Names and units


def test_a_name_is_corrected_only_where_it_is_certain():
    # 江两 is one edit from 江西 and from 江苏; only 江西 has no figure of its own
    panel = science_technology_panel(small(region=renamed(江西="江两", 上海="上   海")))
    assert "region 江两 was corrected to 江西 (1 rows, table RDPatentAuthority, 2012)" in (
        warning_of(panel, "江两")
    )
    assert "1 region names have blanks inside (1 rows)" in warning_of(panel, "blanks")
    frame = panel.to_frame().set_index("region")
    assert frame.loc["江西", "status"] == "corrected"
    assert frame.loc["江西", "value"] == CHINA.names.index("江西") + 1
    assert set(frame.drop("江西")["status"]) == {"reported"}
    assert frame.loc["上海", "value"] == CHINA.names.index("上海") + 1


@pytest.mark.parametrize(
    "names",
    [
        {"江西": "江两", "江苏": "江两"},  # both are missing, so either could be meant
        {"江西": "江两两"},  # two edits away
        {"江西": "尔部地区"},
    ],
)
def test_an_uncertain_name_is_left_out_and_reported(names: dict[str, str]):
    panel = science_technology_panel(small(region=renamed(**names)))
    word = names["江西"]
    assert f"unknown region {word} is left out ({len(names)} rows" in warning_of(panel, word)
    assert set(CHINA.names) - set(panel.region_names) == set(names)


def test_two_names_for_one_missing_cell_are_both_left_out():
    extra = small().tail(1).assign(region="四藏")
    frame = pd.concat([small(region=renamed(西藏="两藏")), extra])
    panel = science_technology_panel(frame)
    for word in ("两藏", "四藏"):
        assert f"unknown region {word} is left out (1 rows" in warning_of(panel, word)
    assert "西藏" not in panel.region_names


def test_a_wrong_name_whose_region_is_there_is_left_out():
    extra = small().tail(1).assign(region="内蒙占")
    panel = science_technology_panel(pd.concat([small(), extra]))
    assert "unknown region 内蒙占 is left out (1 rows" in warning_of(panel, "内蒙占")
    assert len(panel.frame) == 31


def test_totals_blanks_ranks_and_unknown_codes_are_counted():
    extra = pd.concat(
        [
            small().head(1).assign(region="全   国"),
            small().head(2).assign(code="v4_cg_gwlw_wcsci"),
            small().head(3).assign(code="nothing"),
        ]
    )
    value = np.where(np.arange(31) < 4, np.nan, 1.0)
    panel = science_technology_panel(pd.concat([small(value=value), extra]))
    assert warning_of(panel, "total") == "1 total rows are left out"
    assert warning_of(panel, "missing") == "4 values are missing in the table"
    assert "2 rows are left out: ranks" in warning_of(panel, "ranks")
    assert "3 rows are left out, their codes are unknown: nothing" in warning_of(panel, "unknown")
    assert len(panel.frame) == 27


def test_a_unit_that_cannot_be_is_corrected_and_another_scale_is_kept():
    wrong = science_technology_panel(small(unit="万元"))
    assert "the unit is printed as 万元 and must be patents; corrected (31 rows)" in warning_of(
        wrong, "unit"
    )
    assert set(wrong.frame["unit"]) == {"patents"}
    assert set(wrong.frame["status"]) == {"corrected"}
    scaled = science_technology_panel(small(unit="万件"))
    assert set(scaled.frame["unit"]) == {"10k_patents"}
    assert scaled.warnings == ()


def test_what_is_no_table_of_the_pack_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="missing column unit"):
        science_technology_panel(small().drop(columns="unit"))
    with pytest.raises(InputError, match="no code of the data pack science_technology"):
        science_technology_panel(small(code="nothing"))
    with pytest.raises(InputError) as caught:
        science_technology_panel(
            small(value=["many"] + ["1"] * 30, year=["2012.5"] + ["2012"] * 30)
        )
    assert "row 2, column year: must be a number" in caught.value.text("en")
    assert "row 2, column value: must be a number" in caught.value.text("en")
    with pytest.raises(InputError, match="not readable as CSV"):
        science_technology_panel(tmp_path / "absent.csv")
    with pytest.raises(InputError, match="rows 2, 33 all give 北京, 2012"):
        science_technology_panel(pd.concat([small(), small()]))


def test_a_file_whose_only_name_is_damaged_is_repaired():
    frame = small()
    only = frame[frame["region"] == "西藏"].head(1).assign(region="两藏")
    panel = science_technology_panel(only)
    assert panel.region_names == ("西藏",)
    assert any("两藏" in warning.zh for warning in panel.warnings)


def test_the_pack_in_the_cache_is_read_as_it_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The pack's own tables call the columns province, variables, units."""
    monkeypatch.setenv("XINZHI_CACHE", str(tmp_path))
    own = {"region": "province", "code": "variables", "unit": "units"}
    monkeypatch.setattr("xinzhi.data.pack_registry.pack_is_present", lambda pack: True)
    pack_folder("science_technology").mkdir(parents=True)
    for file in packs()["science_technology"].files:
        name = Path(file.name).stem
        table = small(year="2012").drop(columns="table").rename(columns=own)
        if name == "HitechFirmsPub":
            table = pd.DataFrame(
                {"year": [2018, 2018], "province": ["北京", "天津"], "num": [5, 6]}
            )
        elif name == "varsList":
            table = pd.DataFrame({"variables": ["v4"], "short_eng": ["x"]})
        elif name != "RDPatentAuthority":
            table = table.assign(variables="nothing")
        # rdata writes the text that Python keeps, not that of pyarrow
        words = table.select_dtypes(exclude="number")
        table = table.assign(**{column: words[column].astype(object) for column in words})
        rdata.write_rda(pack_folder("science_technology") / file.name, {name: table})
    panel = science_technology_panel()
    assert set(panel.indicators) == {"invention_patents_granted", "high_tech_firms"}
    assert panel.to_array(["high_tech_firms"]).sel(region="天津").item() == 6.0
    assert panel.to_array(["invention_patents_granted"]).sel(region="新疆").item() == 31.0
    assert len(panel.inputs) == 16
    assert panel.inputs[0].name == "science_technology/RDActivity.rda"


# The official table, read in place


def test_the_table_is_read_whole_and_every_correction_is_reported(official: Panel):
    assert official.region_names == CHINA.names
    assert official.years[0] == 2000
    assert official.years[-1] == 2023
    assert official.inputs[0].rows == 24_127
    for wrong, meant in {
        "内蒙占": "内蒙古",
        "江两": "江西",
        "江四": "江西",
        "山两": "山西",
        "两藏": "西藏",
        "四藏": "西藏",
        "浙汀": "浙江",
    }.items():
        assert f"corrected to {meant}" in warning_of(official, f"region {wrong} ")
    assert "unknown region 尔部地区 is left out" in warning_of(official, "尔部地区")
    units = [text.en for text in official.warnings if "the unit is printed as" in text.en]
    assert len(units) == 4
    # Seven names stand for 29 rows; four codes were printed in a unit of money in 247 rows.
    assert (official.frame["status"] == "corrected").sum() == 29 + 247


def test_the_list_of_high_tech_firms_is_read(official_folder: Path):
    firms = pd.read_csv(official_folder / "provinces_hightech_firms_2018_2024.csv")
    panel = science_technology_panel({"HitechFirmsPub": firms})
    assert panel.indicators == ("high_tech_firms",)
    assert panel.years == tuple(range(2018, 2025))
    assert set(panel.region_names) == set(CHINA.names)


def decimals(values: np.ndarray) -> int:
    """Return the number of decimals that the most exact of the values is printed with."""
    return max(
        len(text.split(".")[1]) if "." in (text := f"{v:.6f}".rstrip("0").rstrip(".")) else 0
        for v in values
    )


def test_the_embedded_figures_and_the_table_agree_where_both_have_a_cell(official: Panel):
    embedded = embedded_panel()
    compared: dict[str, int] = {}
    differ: list[tuple[str, str, int]] = []
    apart: list[tuple[str, str, int]] = []  # as printed the same, yet over 1 % apart
    for name in official.indicators:
        if name not in embedded.indicators:
            continue
        chosen = embedded.preferred.get(name) or embedded.vintages(name)[0]
        theirs = embedded.to_array([name], vintages={name: chosen})
        for vintage in official.vintages(name):
            ours = official.to_array([name], vintages={name: vintage})
            ours = convert(ours, ours.attrs["units"][name], theirs.attrs["units"][name])
            years = sorted(set(ours["year"].values) & set(theirs["year"].values))
            for year in years:
                a = ours.sel(year=year).to_numpy()[:, 0]
                b = theirs.reindex(region=ours["region"]).sel(year=year).to_numpy()[:, 0]
                both = np.flatnonzero(~np.isnan(a) & ~np.isnan(b))
                if not both.size:
                    continue
                compared[vintage] = compared.get(vintage, 0) + both.size
                half = 0.5 * 10.0 ** -min(decimals(a[both]), decimals(b[both]))
                gap = np.abs(a - b)
                for r in both:
                    cell = (name, CHINA.names[r], int(year))
                    if gap[r] > half * (1 + 1e-6) + 1e-9:
                        differ.append(cell)
                    elif gap[r] > 0.01 * b[r]:
                        apart.append(cell)
    assert compared == {
        "RDActivity": 186,
        "RDSource": 186,
        "RDIntense": 372,
        "RDPatentAccept": 558,
        "RDPatentAuthority": 558,
        "RDPatentValid": 23,
        "MarketPush": 277,
        "PublicBudget": 558,
    }
    assert sum(compared.values()) == 2718
    # The embedded figure is rounded to whole units of 100 million yuan there.
    assert differ == [("general_budget_expenditure", "上海", 2022)]
    assert apart == [
        ("technology_market_turnover", "西藏", 2017),
        ("technology_market_turnover", "西藏", 2018),
    ]


def test_research_by_type_and_by_source_adds_up_to_the_total(official: Panel):
    by_type = ["basic_research", "applied_research", "experimental_development"]
    total = official.to_array(["rd_expenditure"])
    for parts, vintage in ((by_type, "RDActivity"), (None, "RDSource")):
        names = parts or ["government_funds", "enterprise_funds", "foreign_funds", "other_funds"]
        arrays = official.to_array([f"rd_expenditure_{name}" for name in names])
        whole = official.to_array(["rd_expenditure"], vintages={"rd_expenditure": vintage})
        complete = arrays.notnull().all("indicator")
        gap = (arrays.sum("indicator") / whole.isel(indicator=0) - 1).where(complete)
        assert float(np.abs(gap).quantile(0.99)) < 1e-3
    assert total.attrs["vintages"] == {"rd_expenditure": "RDActivity"}


# The four chains over 2010–2023


def test_the_four_chains_of_the_pack_have_the_gaps_they_state(joined: Panel):
    system = load_system("four_chains_science")
    values = system.evaluate(joined)
    assert values["year"].values.tolist() == [*range(2010, 2017), *range(2018, 2024)]
    assert values["region"].values.tolist() == list(CHINA.names)
    assert values.attrs["unchecked"] == ()
    gone = np.argwhere(values["value"].isnull().to_numpy())
    cells = [
        (values["region"].values[r], int(values["year"].values[y]), values["indicator"].values[i])
        for r, y, i in gone
    ]
    assert cells == [("北京", 2012, "enterprise_rd_funds_gdp")]
    side = system.evaluate_side(joined)
    assert side["value"].sel(indicator="technology_bought_gdp").notnull().any("region").sum() > 12


def test_index_and_coupling_follow_from_the_official_table(joined: Panel):
    system = load_system("four_chains_science")
    result = index(system.evaluate(joined), system)
    scores = result.to_frame("scores")
    root = scores[scores["node"] == system.root]
    assert len(root) == 31 * 13
    assert root["score"].isna().sum() == 1
    assert root["score"].dropna().between(0, 1).all()
    frame = coupling(result).to_frame()
    assert len(frame) == 31 * 13
    for column in ("degree", "level", "coordination"):
        assert frame[column].dropna().between(0, 1).all()
        assert frame[column].isna().sum() == 1
    assert set(frame.loc[frame["coordination"].notna(), "year"]) == set(root["year"])


def test_the_gap_is_closed_on_request_and_its_influence_is_shown(joined: Panel):
    system = load_system("four_chains_science")
    gaps = [
        "high_tech_industry_revenue",
        "high_tech_industry_profit",
        "rd_expenditure_enterprise_funds",
    ]
    filled = impute(joined, "linear", gaps)
    values = system.evaluate(filled)
    assert values["year"].values.tolist() == list(range(2010, 2024))
    assert not values["value"].isnull().any()
    imputed = values["status"] == values.attrs["statuses"].index("imputed")
    assert int(imputed.sum()) == 2 * 31 + 1
    ranks = imputed_rank_change(filled, system).to_frame()
    assert ranks["imputed"].sum() == 2 * 31 + 1
    assert ranks.loc[ranks["year"] == 2017, "rank_without"].isna().all()
    assert ranks.loc[ranks["year"] == 2017, "rank"].notna().all()
    influence = imputation_rank_influence(joined, system, "linear", indicators=gaps[:2])
    summary = influence.to_frame().iloc[0]
    assert summary["cells"] == 2 * 31 * 11  # every year between the first and the last
    assert summary["mean_absolute_change"] < 1
