"""The section on disparity: numbers, words, cards, and what it says where a part cannot be done."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from tests.report.cases import standard

from xinzhi.core import InputError
from xinzhi.data import Panel, RegionSet, embedded_panel, load_region_set, load_system
from xinzhi.data.contiguity import load_contiguity
from xinzhi.measure import DisparityResult, Method, disparity
from xinzhi.report import AssessResult
from xinzhi.report.assess import check_evidence
from xinzhi.report.context import Context
from xinzhi.report.disparity_change_words import (
    _alike,
    _catching_up,
    _dispersion,
    _left_by_bias,
)
from xinzhi.report.disparity_measures import compared, defended, neighbours_of
from xinzhi.report.model import NotRun, Section, Statement
from xinzhi.report.sections import disparity as section_of_disparity
from xinzhi.report.words import number

GDP, RD = "gdp_per_head", "rd_intensity_gdp"
FIGURES = ("gdp", "resident_population_year_end", "rd_expenditure")


def section(result: AssessResult) -> Section:
    (found,) = [each for each in result.sections if each.id == "disparity"]
    return found


def statements(result: Section | AssessResult, rule: str) -> list[Statement]:
    return [each for each in result.statements if each.rule == f"disparity.{rule}"]


@pytest.fixture(scope="module")
def expected() -> dict[str, DisparityResult]:
    """Return what the capability finds, from the figures and nothing else."""
    panel = embedded_panel()
    array = panel.to_array(list(FIGURES))
    gdp, people, money = (array.sel(indicator=name, drop=True) for name in FIGURES)
    groups = {region.name: str(region.group) for region in panel.regions.regions}
    near = load_contiguity("china31")
    return {
        GDP: disparity((gdp / people).dropna("year"), groups, near),
        RD: disparity((money / gdp).dropna("year"), groups, near),
    }


def made(panel: Panel, region: str) -> tuple[Context, Section | NotRun]:
    """Return the section alone, without draws and without the rest of an assessment."""
    system = load_system("four_chains")
    context = Context(
        panel=panel,
        system=system,
        second_system=system,
        values=xr.Dataset(),  # nor the indicators of the index
        region=region,
        year=2023,
        peers=tuple(name for name in panel.region_names if name != region),
        method=Method(),
        uncertainty=None,
        seed=0,
    )
    result = section_of_disparity.run(context)
    if isinstance(result, NotRun):
        return context, result
    context.results["disparity"] = result
    written = section_of_disparity.write(result, context)
    check_evidence(
        written.statements, {f"disparity_{name}": table for name, table in result.tables.items()}
    )
    return context, written


def small(regions: RegionSet, names: tuple[str, ...], years: range = range(2015, 2020)) -> Panel:
    """Return made-up figures of regions over years."""
    rng = np.random.default_rng(3)
    units = {"gdp": "CNY_100m", "resident_population_year_end": "10k_persons"}
    rows = [
        (name, year, indicator, float(rng.uniform(100, 900)), unit)
        for name in names
        for year in years
        for indicator, unit in units.items()
    ]
    columns = ["region", "year", "indicator", "value", "unit"]
    frame = pd.DataFrame(rows, columns=columns).assign(source="made up", status="reported")
    return Panel.from_frame(frame, regions=regions, name="made up")


def test_the_numbers_are_those_of_the_capability(
    shanghai: AssessResult, expected: dict[str, DisparityResult]
):
    for name, result in expected.items():
        for table in ("total", "pairs", "intervals", "sigma", "sigma_test", "beta", "local_moran"):
            shown = shanghai.tables[f"disparity_{table}"]
            own = shown[shown["indicator"] == name].reset_index(drop=True)
            wanted = result.tables[table]
            assert len(own) == len(wanted)
            for column in wanted.select_dtypes("number").columns.difference(["mean"]):
                np.testing.assert_allclose(
                    own[column].astype(float), wanted[column].astype(float), err_msg=column
                )
    first, last = (
        expected[key].tables["total"]["year"].agg(["min", "max"]).tolist() for key in (GDP, RD)
    )
    assert (first, last) == ([2015, 2024], [2018, 2024])


def test_cards_hold_the_numbers_and_lead_to_published_figures(
    shanghai: AssessResult, folder: Path, expected: dict[str, DisparityResult]
):
    cards = shanghai.cards
    value = cards["disparity.gdp_per_head.310000.2024"]
    gdp, people = value.figures
    assert value.value == pytest.approx(gdp.value / people.value)
    assert gdp.vintage == "nbs_gdp_regions_2006_2024"
    assert gdp.publisher.zh
    intensity = cards["disparity.rd_intensity_gdp.310000.2018"]
    assert {figure.title.zh for figure in intensity.figures} >= {"地区生产总值"}
    assert not any("强度" in figure.title.zh for figure in intensity.figures)
    total = expected[GDP].tables["total"].iloc[-1]
    whole = cards["disparity.gdp_per_head.gini.2024"]
    assert whole.value == pytest.approx(total["gini"])
    assert len(whole.parts) == 31
    assert whole.low is not None
    assert "85–88" in whole.band.zh
    terms = [total[part] for part in ("within", "between", "transvariation")]
    assert sum(terms) == pytest.approx(whole.value)
    assert " + ".join(f"{term:.6g}" for term in terms) in whole.formula.zh
    beta = cards["disparity.gdp_per_head.panel_fixed_effects"]
    assert "Nickell" in beta.formula.en
    assert any("nbs_gdp_regions_2006_2024" in words.en for _, words in beta.parameters)
    used = [card for card in cards.values() if card.id.startswith("disparity.")]
    assert all(part in cards for card in used for part in card.parts)
    assert {card.method for card in used} == {"method-disparity"}
    written = (folder / "report.html").read_text(encoding="utf-8")
    assert 'id="method-disparity"' in written


def test_every_number_said_is_that_of_its_table(
    shanghai: AssessResult, expected: dict[str, DisparityResult]
):
    for place, name in enumerate((GDP, RD)):
        tables = expected[name].tables
        gini = statements(shanghai, "gini")[place]
        band = tables["intervals"].query("year == 2024 and measure == 'gini'").iloc[0]
        assert gini.interval == pytest.approx((band["low"], band["high"]))
        assert number(tables["total"]["between"].iloc[-1]) in gini.text.zh
        assert "85–88%" in gini.text.zh
        assert "85–88" in gini.text.en
        pairs = tables["pairs"].query("year == 2024")
        most = pairs.loc[(pairs["between"] + pairs["transvariation"]).idxmax()]
        said = statements(shanghai, "groups")[place]
        assert dict(said.evidence[0][1])["first"] == most["first"]
        assert "东部和西部" in said.text.zh
        moran = tables["moran"].iloc[-1]
        space = statements(shanghai, "space")[place]
        assert f"999 permutations = {moran['permutation_p_value']:.3f}" in space.text.en
        assert number(moran["moran"]) in space.text.zh
        local = tables["local_moran"].query("year == 2024 and region == '上海'").iloc[0]
        assert f"q = {local['q_value']:.3f}" in space.text.zh
    assert "no evidence of convergence" in statements(shanghai, "fixed_effects")[0].text.en
    assert "分不出缩小还是扩大" in statements(shanghai, "convergence")[0].text.zh
    notes = " ".join(note.en for note in section(shanghai).notes)
    assert "GDP per head is nominal" in notes
    assert "the printed intensity" in notes
    assert "85\u202f% of cases with 31 values" in notes
    assert "海南" in notes


def test_charts_mark_the_region_and_have_alternatives_in_both_languages(shanghai: AssessResult):
    found = section(shanghai)
    names = ["map", "convergence", "sigma", "parts"]
    assert [chart.id for chart in found.charts] == [f"disparity-{name}" for name in names]
    for chart in found.charts:
        assert chart.alt.zh.endswith("。")
        assert chart.alt.en.endswith(".")
    tiles, convergence = found.charts[:2]
    assert [panel.tiles for panel in tiles.panels] == [tiles.panels[0].tiles] * 2
    for panel in convergence.panels:
        (rows,) = [rows for rows in panel.specs["zh"]["datasets"].values() if len(rows) == 31]
        assert [row["label"] for row in rows if row["chosen"]] == ["上海"]
        assert all(row["card"] in shanghai.cards for row in rows)


@pytest.fixture(scope="module")
def gansu() -> tuple[Context, Section | NotRun]:
    return made(embedded_panel(), "甘肃")


def test_another_region_is_placed_in_its_own_group_and_cluster(
    gansu: tuple[Context, Section], expected: dict[str, DisparityResult]
):
    context, found = gansu
    own, _ = statements(found, "own")
    row = context.results["disparity"].tables["standing"].query("region == '甘肃'").iloc[0]
    ranks = expected[GDP].values.iloc[:, -1].rank(ascending=False)
    assert row["rank"] == ranks["甘肃"]
    assert f"列第 {int(ranks['甘肃'])} 位" in own.text.zh
    assert "甘肃所在的西部有 12 个地区" in statements(found, "groups")[0].text.zh
    assert "West, the group of Gansu, has 12 regions" in statements(found, "groups")[0].text.en
    assert "甘肃属“低—低”型" in statements(found, "space")[0].text.zh
    assert "上海" not in " ".join(each.text.zh for each in found.statements)


def test_without_draws_there_are_no_intervals(gansu: tuple[Context, Section]):
    _, found = gansu
    gini = statements(found, "gini")[0]
    assert gini.interval is None
    assert "bootstrap" not in gini.text.en
    assert not any("自助区间" in note.zh for note in found.notes)


def test_a_set_without_groups_and_neighbours_says_so():
    names = tuple(f"县{k}" for k in "甲乙丙丁戊己")
    _, found = made(small(RegionSet.from_names(names), names), "县丙")
    assert isinstance(found, Section)
    assert {each.rule.partition(".")[2] for each in found.statements} == {
        *("own", "gini", "convergence", "fixed_effects"),
    }
    assert "Dagum" not in statements(found, "gini")[0].text.en
    notes = [note.zh for note in found.notes]
    assert any(note.startswith("没有按组分解") for note in notes)
    assert any(note.startswith("没有计算莫兰指数") for note in notes)
    assert any("Nothing is divided by groups" in note.en for note in found.notes)
    assert any("Moran's I is not computed" in note.en for note in found.notes)
    assert any("未比较研发经费与地区生产总值之比：数据中没有" in note for note in notes)
    assert any("the data have no R&D expenditure" in note.en for note in found.notes)
    # no map of squares either: bars
    assert [chart.id for chart in found.charts] == [
        *("disparity-levels", "disparity-convergence", "disparity-sigma"),
    ]
    assert len(found.tables) == 2


def test_regions_that_border_on_none_of_the_others_have_no_moran():
    china = load_region_set("china31")
    assert neighbours_of(["上海", "江苏", "浙江"]) is not None
    assert neighbours_of(["上海", "甘肃", "吉林"]) is None
    assert neighbours_of(["甲县", "乙县"]) is None
    _, found = made(
        small(china, ("上海", "甘肃", "吉林", "福建", "西藏"), range(2015, 2017)), "福建"
    )
    assert isinstance(found, Section)
    assert not statements(found, "space")
    assert statements(found, "groups")
    assert not statements(found, "fixed_effects")  # two years carry no region effects
    assert all(note.zh.endswith("。") and note.en.endswith(".") for note in found.notes)


def test_years_and_regions_compared_have_every_figure():
    names = tuple(f"县{k}" for k in "甲乙丙丁戊己")
    panel = small(RegionSet.from_names(names), names)
    frame = panel.frame
    gone = (frame["region"] == "县甲") & (frame["year"] == 2016)
    gone |= (frame["region"] == "县乙") & (frame["year"] == 2019)
    cut = Panel.from_frame(
        frame[~gone].astype({"region": str, "indicator": str, "unit": str, "vintage": str}),
        regions=panel.regions,
        name="cut",
    )
    values = defended(cut, compared()[0])
    assert "县乙" not in values["region"].values
    assert values["year"].values.tolist() == [2015, 2017, 2018, 2019]
    with pytest.raises(InputError) as refused:
        defended(cut, compared()[1])
    assert "R&D expenditure" in refused.value.message.en
    assert "数据中没有" in refused.value.message.zh
    _, found = made(cut, "县乙")
    assert isinstance(found, NotRun)
    assert "县乙没有 2019 年的数值" in found.reason.zh
    assert "no value in 2019" in found.reason.en
    assert "year-end resident population" in found.needs.en


def test_other_figures_get_a_line_with_what_it_needs():
    result = standard()
    reason = dict(result.not_run)["disparity"]
    assert "disparity" not in result.failed
    assert "年末常住人口" in reason.needs.zh
    assert "the data have no" in reason.reason.en


def test_words_follow_the_tests():
    assert _dispersion(0.01, 0.8).zh == "差距缩小"
    assert _dispersion(0.01, 1.2).en == "gaps widened"
    assert "cannot be told" in _dispersion(float("nan"), 1.2).en
    closing = _catching_up(0.01, -0.02, 0.022, 31.5)
    assert "每年缩小差距的 2.2%，31.5 年过半" in closing.zh
    assert "closing 2.2\u202f% of the gap a year" in closing.en
    assert _catching_up(0.01, 0.02, -0.02, float("nan")).zh == "起点高的地区增长更快"
    assert "no sign" in _catching_up(0.4, -0.02, 0.02, 30.0).en
    assert "不小于估计值本身" in _left_by_bias(-0.2, -0.3).zh
    assert "half of the estimate or more" in _left_by_bias(-0.4, -0.3).en
    assert _left_by_bias(-0.9, -0.3).zh == "不到估计值的一半"
    assert _alike(0.01, 0.3, -0.03).zh == "相邻地区彼此相近"
    assert _alike(0.01, -0.4, -0.03).en == "neighbours are unlike"
    assert "random" in _alike(0.2, 0.1, -0.03).en


def test_the_page_on_data_lists_what_these_sections_read(shanghai: AssessResult):
    sources = shanghai.tables["data_method_sources"]
    spans = sources.groupby("indicator").agg({"first_year": "min", "last_year": "max"})
    assert spans.loc["resident_population_year_end"].tolist() == [2015, 2024]
    assert spans.loc["rd_expenditure"].tolist() == [2018, 2024]
    assert shanghai.context is not None
    years = shanghai.context.results["productivity"].parameters["years"]
    for name, read in years.items():
        assert spans.loc[name, "first_year"] <= min(read)
        assert spans.loc[name, "last_year"] >= max(read)
        users = ", ".join(sources.loc[sources["indicator"] == name, "used_by"]).split(", ")
        assert "productivity" in users
        assert ("disparity" in users) == (name == "rd_expenditure")
    (said,) = [each for each in shanghai.statements if each.rule == "data_method.cells"]
    assert said.text.zh.startswith(
        "各指数、旁证、生产率、长处、地区差距、创新、科技投入与金融和人才共用到"
    )
    assert said.text.en.startswith("The indices, side figures, productivity")
    assert "disparity" in said.text.en
