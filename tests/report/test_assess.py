from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.report.cases import (
    HOSTILE,
    QUICK,
    assessed,
    panel_of,
    standard,
    system_of,
    without_draws,
)

from xinzhi.core import InputError, Text, dumps
from xinzhi.data import embedded_panel, load_system
from xinzhi.measure import Method, index
from xinzhi.report import AssessResult, assess, summary
from xinzhi.report.assess import check_evidence, document
from xinzhi.report.model import NotRun, Statement
from xinzhi.report.sections import (
    SECTIONS,
    chokepoints,
    coupling,
    disparity,
    finance,
    frontier,
    innovation,
    inputoutput,
    new_quality,
    productivity,
    science,
    shock,
    strengths,
    talent,
    transition,
    trend,
    watch,
)
from xinzhi.report.sections.planned import PLANNED


def test_a_statement_without_evidence_is_refused():
    with pytest.raises(ValueError, match=r"statement index.rank has no evidence"):
        Statement("index.rank", Text("甲", "A"), ())


def test_evidence_must_be_in_the_tables():
    tables = {"index_scores": pd.DataFrame({"region": ["甲"], "year": [2023]})}
    there = Statement("r", Text("", ""), (("index_scores", {"region": "甲", "year": 2023}),))
    check_evidence([there], tables)
    for table, key in (("index_scores", {"region": "乙"}), ("no_table", {})):
        with pytest.raises(ValueError, match="statement r"):
            check_evidence([Statement("r", Text("", ""), ((table, key),))], tables)


def test_every_statement_of_the_report_has_its_evidence_and_both_languages(shanghai: AssessResult):
    assert shanghai.verdict is not None
    check_evidence(shanghai.statements, shanghai.tables)
    for statement in shanghai.statements:
        zh, en = statement.text
        assert zh.endswith("。")
        assert en.endswith(".")
        assert "[[" not in zh + en
        assert "{" not in zh + en
        assert any("\u4e00" <= sign <= "\u9fff" for sign in zh)
        assert not any("\u4e00" <= sign <= "\u9fff" for sign in en), en
    shown = {c.id for s in shanghai.sections for c in s.charts}
    shown |= {t.id for s in shanghai.sections for t in s.tables} | {"method-coupling"}
    assert {s.see for s in shanghai.statements if s.see} <= shown


def test_the_numbers_are_those_of_index_and_coupling(shanghai: AssessResult):
    system = load_system("four_chains")
    scores = index(system.evaluate(embedded_panel()), system).tables["scores"]
    row = scores.query("region == '上海' and year == 2023 and node == 'four_chains'").iloc[0]
    card = shanghai.cards["four_chains.four_chains.310000.2023"]
    assert card.value == row["score"]
    assert f"{row['score']:.3f}" in shanghai.numbers[0].value.en
    assert "2nd of 31" in shanghai.verdict.text.en
    assert "第 2 位" in shanghai.verdict.text.zh


def test_cards_lead_to_the_published_figures(shanghai: AssessResult):
    card = shanghai.cards["four_chains.rd_intensity_gdp.310000.2023"]
    assert card.value == pytest.approx(100 * 2049.6 / 51404.5)
    assert "2,049.6 ÷ 51,404.5 × 100" in card.formula.zh
    assert [figure.vintage for figure in card.figures] == [
        "rd_regions",
        "nbs_gdp_regions_2006_2024",
    ]
    assert card.figures[0].publisher.zh == "国家统计局、科学技术部、财政部"
    assert "全国科技经费投入统计公报" in card.figures[0].source
    window = shanghai.cards["four_chains.invention_patents_per_head.310000.2023"]
    assert sorted({figure.year for figure in window.figures}) == [2021, 2022, 2023]
    assert "2021–2023 年平均" in window.formula.zh
    for card in shanghai.cards.values():
        assert set(card.parts) <= set(shanghai.cards)
        assert card.title.zh
        assert card.title.en


def test_workings_on_cards_come_to_the_value(shanghai: AssessResult):
    card = shanghai.cards["four_chains.four_chains.310000.2023"]
    working, outcome = card.formula.en.split(" = ")
    terms = [term.split(" × ") for term in working.split(" + ")]
    assert sum(float(w) * float(v) for w, v in terms) == pytest.approx(card.value, abs=1e-10)
    assert float(outcome) == pytest.approx(card.value, abs=1e-10)


def test_what_is_not_there_yet_is_listed_with_what_it_needs(shanghai: AssessResult):
    listed = dict(shanghai.not_run)
    assert set(listed) == {key for key, *_ in PLANNED} | {
        *("trend", "science", "chokepoints", "transition", "frontier")
    }
    for reason in listed.values():
        assert reason.needs.zh or reason.remedy.zh
        assert reason.needs.en or reason.remedy.en
    assert shanghai.failed == ()


def test_json_is_strict_and_matches_the_tables(folder: Path, shanghai: AssessResult):
    def refuse(name: str) -> None:
        pytest.fail(f"{name} is no JSON")

    stored = json.loads((folder / "results.json").read_text("utf-8"), parse_constant=refuse)
    assert list(stored) == [
        *("command", "version", "parameters", "inputs", "result", "statements"),
        *("not_run", "warnings"),
    ]
    assert stored == json.loads(dumps(document(shanghai)))
    assert stored["result"] == json.loads(dumps(shanghai.to_dict()))
    assert set(stored["result"]) == set(shanghai.tables)
    assert stored["parameters"]["region"] == "上海"
    assert stored["parameters"]["peers"] == [
        name for name in embedded_panel().region_names if name != "上海"
    ]


def test_summary_is_short_and_in_the_language_asked_for(shanghai: AssessResult):
    for lang in ("zh", "en"):
        text = summary(shanghai, lang)
        assert 3 <= len(text.splitlines()) <= 15
        assert ("上海" in text) == (lang == "zh")
        assert ("Shanghai" in text) == (lang == "en")


@pytest.mark.parametrize("module", SECTIONS[1:], ids=lambda module: module.ID)
def test_a_section_that_breaks_is_reported_and_the_rest_written(module, monkeypatch):
    def broken(*_: object) -> None:
        raise RuntimeError("it broke")

    # these do not get as far as writing on these data
    silent = (
        *(trend, science, new_quality, inputoutput, chokepoints, productivity),
        *(strengths, disparity, watch, talent, shock, transition, frontier, innovation),
        finance,
    )
    monkeypatch.setattr(module, "run" if module in silent else "write", broken)
    result = assessed()
    assert result.failed == (module.ID,)
    reason = dict(result.not_run)[module.ID].reason
    assert "it broke" in reason.en
    assert "内部错误" in reason.zh
    assert {s.id for s in result.sections} == {
        m.ID for m in SECTIONS if m is not module and m not in silent
    }
    assert not any(name.startswith(f"{module.ID}_") for name in result.tables)
    listed = {entry["id"]: entry["failed"] for entry in document(result)["not_run"]}
    assert listed[module.ID]
    assert not any(listed[key] for key, *_ in PLANNED)
    assert module.ID in summary(result, "en")


def test_a_statement_with_false_evidence_breaks_its_section(monkeypatch):
    write = coupling.write

    def lying(result, context):
        section = write(result, context)
        false = Statement(
            "coupling.false", Text("假。", "False."), (("coupling_coupling", {"year": 1}),)
        )
        return replace(section, statements=(*section.statements, false))

    monkeypatch.setattr(coupling, "write", lying)
    result = assessed()
    assert result.failed == ("coupling",)
    assert "coupling.false" in dict(result.not_run)["coupling"].reason.en


def test_the_second_index_says_which_figures_it_lacks():
    result = standard()
    reason = dict(result.not_run)["new_quality"]
    assert "rd_expenditure" in reason.needs.en
    assert result.failed == ()


@pytest.mark.parametrize("parts", [1, 2, 5])
def test_any_number_of_parts_and_any_regions(parts: int, tmp_path: Path):
    result = standard(parts)
    ids = [section.id for section in result.sections]
    joint = [] if parts == 1 else ["coupling", "synergy"]
    assert ids == ["index", *joint, "data_method", "sensitivity"]
    if parts == 1:
        assert "耦合至少需要两个" in dict(result.not_run)["coupling"].reason.zh
    assert result.failed == ()
    charts = {chart.id for section in result.sections for chart in section.charts}
    assert "index-map" not in charts  # these regions have no map
    assert {"index-levels", "index-ranking"} <= charts
    assert "甲县" in result.verdict.text.en


def test_a_region_whose_figures_are_missing_has_no_rank_and_says_so():
    gone = (("甲县", 2023, "x00"), ("乙县", 2022, "x10"))
    result = assessed(3, missing=gone)
    assert result.parameters["year"] == 2022  # the last year in which 甲县 is complete
    cells = result.tables["data_method_cells"]
    assert set(zip(cells["region"], cells["year"], cells["indicator"], strict=True)) == set(gone)
    assert set(cells["status"]) == {"missing"}
    assert "of 5 regions" in result.verdict.text.en
    assert any("缺失" in warning.zh for warning in result.warnings)
    always = tuple(("甲县", year, "x00") for year in (2021, 2022, 2023))
    bare = assessed(3, missing=always)
    assert bare.verdict is None
    assert bare.numbers == ()
    assert bare.failed == ()


def test_without_monte_carlo_there_are_no_intervals_and_no_lagging_part():
    result = without_draws()
    assert result.failed == ()
    assert "draws" not in result.verdict.text.en
    assert "not determined" in result.verdict.text.en
    assert {s.rule for s in result.statements}.isdisjoint({"coupling.lagging"})
    assert [n.value.en for n in result.numbers[2:]] == ["not determined"] * 2
    assert all(s.interval is None for s in result.statements if s.rule == "index.rank")


@pytest.mark.parametrize(
    "method",
    [
        Method(aggregation="geometric"),
        Method(aggregation="topsis"),
        Method(aggregation="arithmetic+harmonic"),
        Method(scope="yearly"),
        Method(normalisation="rank", weighting="entropy"),
        Method(normalisation="z-score"),
    ],
    ids=lambda method: f"{method.normalisation}-{method.scope}-{method.aggregation}",
)
def test_every_method_has_a_report(method: Method):
    result = assessed(3, method=method)
    assert "index" not in result.failed
    assert "data_method" not in result.failed
    assert ("coupling" in dict(result.not_run)) == (method.normalisation == "z-score")
    assert result.verdict is not None
    rules = {statement.rule for statement in result.statements}
    assert ("index.change" in rules) == (method.scope == "pooled")


def test_peers_are_those_compared_with_and_ranks_stay_among_all():
    few = assessed(3, peers=["乙县", "Kent", "甲县"])
    assert few.parameters["peers"] == ["乙县", "Kent"]
    level = next(s for s in few.statements if s.rule == "index.level")
    assert "the 2 chosen regions" in level.text.en
    assert "of 6 regions" in few.verdict.text.en
    scores = few.tables["index_scores"].query("node == 'mine' and year == 2023")
    median = scores[scores["region"].isin(["乙县", "Kent"])]["score"].median()
    assert f"{median:.3f}" in level.text.en


def test_years_limit_what_is_compared():
    result = assessed(2, years=[2021, 2022])
    assert result.parameters["years"] == [2021, 2022]
    assert result.parameters["year"] == 2022


def test_unknown_regions_and_unfit_data_are_input_errors():
    with pytest.raises(InputError, match="unknown region 上海"):
        assessed(3, region="上海")
    with pytest.raises(InputError, match="unknown region 丁"):
        assessed(3, peers=["丁"])
    with pytest.raises(InputError, match="x30"):
        assess(panel_of(3), system_of(5), "甲县", uncertainty=QUICK)


def test_the_same_seed_gives_the_same_report():
    first, second = (dumps(document(assessed(3, seed=7))) for _ in range(2))
    assert first == second


def test_a_code_that_is_a_name_makes_a_card_id(tmp_path: Path):
    result = standard(3, HOSTILE)
    assert f"mine.mine.{HOSTILE}.2023" in result.cards
    assert np.isfinite(result.cards[f"mine.mine.{HOSTILE}.2023"].value)


def test_a_reason_is_kept_apart_from_what_is_needed():
    assert NotRun(Text("甲", "A")).needs == Text("", "")
