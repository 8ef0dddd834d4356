"""Judged weights, own weights and comparison of runs from the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from tests.test_cli import SYSTEM, result_of, run
from xinzhi.cli.comparing import read_earlier
from xinzhi.cli.judgements import read_judgements
from xinzhi.core import InputError
from xinzhi.data import load_system
from xinzhi.measure import ahp_system

THREE_INDICATORS = (
    SYSTEM
    + """
[[indicator]]
id = "people"
node = "research"
formula = "人数"
"""
)


@pytest.fixture
def towns(tmp_path: Path) -> tuple[Path, Path]:
    """Six towns over two years, and a system of two nodes, of which one has two indicators."""
    rng = np.random.default_rng(2)
    rows = [
        (f"镇{name}", year, *rng.lognormal(3, 0.5, 3).round(3))
        for name in "甲乙丙丁戊己"
        for year in (2022, 2023)
    ]
    columns = ["地区", "年份", "研发经费（亿元）", "生产总值（亿元）", "人数"]
    data, system = tmp_path / "towns.csv", tmp_path / "towns.toml"
    pd.DataFrame(rows, columns=columns).to_csv(data, index=False)
    system.write_text(THREE_INDICATORS, encoding="utf-8")
    return data, system


def filled(form: Path, values: list[Any]) -> None:
    """Fill the white cells of a form, row by row."""
    book = openpyxl.load_workbook(form)
    sheet, left = book.worksheets[0], iter(values)
    for row in sheet.iter_rows():
        for cell in row[1:]:
            if cell.value is None and cell.has_style and cell.fill.fill_type is None:
                cell.value = next(left)
    assert next(left, None) is None
    book.save(form)


def test_a_form_of_comparisons_is_written_filled_in_and_used(towns, tmp_path: Path):
    data, system = towns
    form = tmp_path / "judged.xlsx"
    base = (data, "--system", system, "--uncertainty", "0")
    assert run("data", "template", form, "--ahp", "--system", system).returncode == 0
    again = run("data", "template", form, "--ahp", "--system", system)
    assert again.returncode == 2
    assert "--force" in again.stderr
    empty = run("index", *base, "--ahp", form)
    assert empty.returncode == 2
    assert "judged.xlsx: the comparisons do not fit system mine" in empty.stderr
    assert "group mine: research and income are not compared" in empty.stderr
    assert "group research: effort and people are not compared" in empty.stderr
    filled(form, ["1/3", 4])
    answer = result_of("index", *base, "--ahp", form)
    weights = {row["indicator"]: row["weight"] for row in answer["result"]["weights"]}
    assert weights == pytest.approx({"effort": 0.2, "people": 0.05, "output": 0.75})
    judged = {row["name"]: row["weight"] for row in answer["result"]["ahp_weights"]}
    assert judged == pytest.approx({"research": 0.25, "income": 0.75, "effort": 0.8, "people": 0.2})
    assert [row["consistency_ratio"] for row in answer["result"]["ahp_consistency"]] == [0, 0]
    assert {row["group"] for row in answer["result"]["ahp_judgements"]} == {"mine", "research"}
    assert answer["parameters"]["weighting"] == answer["parameters"]["weights"] == "given"
    assert answer["parameters"]["ahp"] == "judged.xlsx"
    assert [record["name"] for record in answer["inputs"]] == ["towns.csv", "judged.xlsx"]
    assert len(answer["inputs"][1]["sha256"]) == 64
    coupled = result_of("coupling", *base, "--ahp", form)
    assert coupled["parameters"]["index"]["ahp"] == "judged.xlsx"
    assert coupled["parameters"]["weights"] == pytest.approx({"research": 0.25, "income": 0.75})


def test_the_form_is_in_the_language_asked_for_and_names_come_by_id_or_title(towns, tmp_path: Path):
    data, system = towns
    for lang, title in (("zh", "研究"), ("en", "Research")):
        form = tmp_path / f"{lang}.xlsx"
        run("data", "template", form, "--ahp", "--system", system, "--lang", lang)
        sheet = openpyxl.load_workbook(form).worksheets[0]
        cells = [str(cell.value) for row in sheet.iter_rows() for cell in row]
        assert title in cells
        assert "effort" in cells  # which has no title
    table = tmp_path / "judged.csv"
    table.write_text(
        "两链,研究,income\n研究,1,1/3\nincome,,1\n\n注：只填一半\nresearch,effort,people\n"
        "effort,1,4\npeople,0.25,\n",
        encoding="utf-8",
    )
    answer = result_of("index", data, "--system", system, "--uncertainty", "0", "--ahp", table)
    weights = {row["indicator"]: row["weight"] for row in answer["result"]["weights"]}
    assert weights == pytest.approx({"effort": 0.2, "people": 0.05, "output": 0.75})


def test_inconsistent_judgements_are_used_with_a_warning(tmp_path: Path):
    names = ["innovation", "industry", "capital", "talent"]
    groups = {
        "four_chains": (names, {(0, 1): 3, (0, 2): 3, (0, 3): "1/5", (1, 2): 1, (1, 3): 1}),
        "innovation": (
            ["rd_intensity_gdp", "invention_patents_per_head", "technology_turnover_gdp"],
            {},
        ),
        "industry": (["gdp_per_head", "industry_value_added_per_head"], {}),
        "capital": (
            ["science_budget_share", "finance_value_added_gdp", "fiscal_self_sufficiency"],
            {},
        ),
        "talent": (["university_educated", "industrial_rd_personnel", "students_per_head"], {}),
    }
    table = tmp_path / "judged.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for group, (members, given) in groups.items():
            writer.writerow([group, *members])
            for i, member in enumerate(members):
                cells = [given.get((i, j), 1) if i < j else "" for j in range(len(members))]
                writer.writerow([member, *cells])
            writer.writerow([])
    done = run("index", "--ahp", table, "--uncertainty", "0", "--year", "2023")
    assert done.returncode == 0, done.stderr
    assert "group four_chains: the comparisons are not consistent enough" in done.stderr
    assert "above 0.1" in done.stderr
    chinese = run("index", "--ahp", table, "--uncertainty", "0", "--lang", "zh")
    assert "four_chains 组的成对比较不够一致：一致性比率" in chinese.stderr
    answer = result_of("index", "--ahp", table, "--uncertainty", "0")
    assert any("most at odds" in warning["en"] for warning in answer["warnings"])
    ratios = {r["group"]: r["consistency_ratio"] for r in answer["result"]["ahp_consistency"]}
    assert ratios["four_chains"] > 0.1
    assert ratios["talent"] == pytest.approx(0, abs=1e-9)


BAD_JUDGEMENTS = {
    "mine,research,income\nresearch,1,much\nincome,,1\n": (
        "group mine: row research, column income: much is no positive number",
        "mine 组：第 research 行第 income 列：much 不是正数",
    ),
    "mine,research,income\nresearch,1,2\nincome,2,1\n": (
        "research/income is 2 and income/research is 2, which are not reciprocals",
        "不是倒数",
    ),
    "mine,research,income\nresearch,1,2\nincome,,1\n\nmine,research,income\nresearch,1,2\n": (
        "row 5: group mine comes twice",
        "第 5 行：mine 组重复",
    ),
    ",research,income\nresearch,1,2\nincome,,1\n": (
        "row 1: the corner must name the group",
        "第 1 行：左上角应写组名",
    ),
    "nothing\n\nbut notes\n": ("there are no comparisons", "没有成对比较"),
    "other,research,income\nresearch,1,2\nincome,,1\n": (
        "other is no group of system mine",
        "other 不是体系 mine 的组",
    ),
    "mine,research,incom\nresearch,1,2\nincome,,1\n": (
        "rows and columns of the pairwise comparisons do not match",
        "行名和列名不一致",
    ),
}


@pytest.mark.parametrize("text", BAD_JUDGEMENTS, ids=range(len(BAD_JUDGEMENTS)))
def test_bad_judgements_are_explained(towns, tmp_path: Path, text: str):
    table, system = tmp_path / "judged.csv", load_system(towns[1])
    table.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        ahp_system(system, read_judgements(table, system)[0])
    for lang, message in zip(("en", "zh"), BAD_JUDGEMENTS[text], strict=True):
        assert message in caught.value.text(lang)


def test_a_fraction_that_became_a_date_is_found(towns, tmp_path: Path):
    data, system = towns
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["mine", "research", "income"], ["research", 1, pd.Timestamp("2024-01-03")]):
        sheet.append(row)
    sheet.append(["income", None, 1])
    book.save(tmp_path / "dates.xlsx")
    done = run("index", data, "--system", system, "--ahp", tmp_path / "dates.xlsx")
    assert done.returncode == 2
    assert "sheet Sheet, row 2, column 3: 2024-01-03" in done.stderr
    assert "write the fraction as 0.333" in done.stderr


def test_every_region_by_the_weights_that_suit_it(towns):
    data, system = towns
    base = (data, "--system", system, "--weights", "benefit-of-the-doubt")
    answer = result_of("index", *base)
    scores = pd.DataFrame(answer["result"]["scores"])
    keys = {"region", "year", "node", "score", "rank", "rank_low", "rank_high", "status"}
    assert keys <= set(scores.columns)
    assert set(scores["node"]) == {"mine"}
    assert scores["rank_low"].isna().all()
    assert scores["score"].max() == 1
    plain = result_of("index", data, "--system", system, "--uncertainty", "0")
    root = [row["score"] for row in plain["result"]["scores"] if row["node"] == "mine"]
    assert (scores["score"] >= np.array(root) - 1e-9).all()
    weights = pd.DataFrame(answer["result"]["weights"])
    assert {"region", "year", "indicator", "weight", "share"} <= set(weights.columns)
    assert len(weights) == 6 * 2 * 3
    assert answer["parameters"]["weighting"] == "benefit-of-the-doubt"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("index", "--weights", "benefit-of-the-doubt", "--sensitivity", "16"), "--sensitivity"),
        (("index", "--weights", "benefit-of-the-doubt", "--uncertainty", "9"), "--uncertainty"),
        (
            ("index", "--weights", "benefit-of-the-doubt", "--aggregation", "geometric"),
            "does not go with geometric aggregation",
        ),
        (("coupling", "--weights", "benefit-of-the-doubt"), "is for index only"),
        (("assess", "上海", "--weights", "benefit-of-the-doubt"), "is for index only"),
        (("index", "--ahp", "x.csv", "--weights", "entropy"), "does not go with --weights entropy"),
        (("index", "--ahp", "no-such.csv"), "no-such.csv"),
        (("index", "--compare", "no-such.json"), "no-such.json: cannot be read"),
        (("data", "template", "x.xlsx", "--ahp", "--year", "2023"), "no years and no regions"),
        (("data", "template", "x.csv", "--ahp"), "the form is an Excel workbook"),
    ],
)
def test_choices_that_do_not_go_together_are_explained(arguments, message: str):
    done = run(*arguments)
    assert done.returncode == 2, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_two_runs_are_compared(towns, tmp_path: Path):
    data, system = towns
    earlier = tmp_path / "earlier.json"
    base = ("--system", system, "--uncertainty", "0")
    assert run("index", data, *base, "--out", earlier).returncode == 0
    same = run("index", data, *base, "--compare", earlier)
    assert same.returncode == 0, same.stderr
    assert "the parameters and inputs are the same" in same.stderr
    assert "no rank changes in 2023" in same.stderr
    assert "score_difference" in same.stdout
    text = data.read_text(encoding="utf-8").splitlines()
    cells = text[2].split(",")
    cells[2] = "500"
    data.write_text("\n".join([*text[:2], ",".join(cells), *text[3:]]) + "\n", encoding="utf-8")
    arguments = ("index", data, *base, "--weights", "critic", "--compare", earlier)
    done = run(*arguments)
    assert "weighting: equal → critic" in done.stderr
    assert "input towns.csv has changed" in done.stderr
    assert "moves most in 2023" in done.stderr
    assert "位次变动最大的是" in run(*arguments, "--lang", "zh").stderr
    result = result_of(*arguments)["result"]
    first = json.loads(earlier.read_text(encoding="utf-8"))["result"]["scores"]
    rows = {(r["region"], r["year"], r["node"]): r for r in result["comparison_differences"]}
    now = {(r["region"], r["year"], r["node"]): r for r in result["scores"]}
    for row in first:
        key = (row["region"], row["year"], row["node"])
        assert rows[key]["rank_first"] == row["rank"]
        assert rows[key]["rank_difference"] == now[key]["rank"] - row["rank"]
        assert isinstance(rows[key]["rank_difference"], int)
    assert [r["parameter"] for r in result["comparison_parameters"]] == ["weighting"]
    assert [r["name"] for r in result["comparison_inputs"]] == ["towns.csv"]
    narrow = result_of(*arguments, "--region", "镇乙", "--year", "2023")["result"]
    assert {(r["region"], r["year"]) for r in narrow["comparison_differences"]} == {("镇乙", 2023)}
    best = result_of("index", data, *base[:2], "--weights", "benefit-of-the-doubt",
                     "--compare", earlier)  # fmt: skip
    assert {row["node"] for row in best["result"]["comparison_differences"]} == {"mine"}


def test_couplings_and_an_assessment_are_compared(towns, tmp_path: Path):
    data, system = towns
    base = ("--system", system, "--uncertainty", "0")
    earlier = tmp_path / "earlier.json"
    run("coupling", data, *base, "--out", earlier)
    changed = result_of("coupling", data, *base, "--scope", "yearly", "--compare", earlier)
    names = [row["parameter"] for row in changed["result"]["comparison_parameters"]]
    assert names == ["index.scope"]
    assert {"coordination_difference", "rank_difference"} <= set(
        changed["result"]["comparison_differences"][0]
    )
    assert any("scales differ" in warning["en"] for warning in changed["warnings"])
    wrong = run("index", data, *base, "--compare", earlier)
    assert wrong.returncode == 2
    assert "holds a result of coupling, not of index" in wrong.stderr
    report = tmp_path / "report"
    done = run("assess", "镇甲", "--data", data, *base, "--out", report)
    assert done.returncode == 0, done.stderr
    for command in ("index", "coupling"):
        same = run(command, data, *base, "--compare", report / "results.json")
        assert same.returncode == 0, same.stderr
        assert "the parameters and inputs are the same" in same.stderr


BROKEN = {
    "": "is no JSON file of a result",
    "[1, 2]": "is no JSON file of a result",
    "[" * 100_000: "is no JSON file of a result",
    '{"command": "data list"}': "holds a result of data list, not of index",
    '{"command": "index"}': "holds no whole result of index",
    '{"command": "index", "result": {"scores": []}, "parameters": {}, "inputs": []}': (
        "holds no whole result of index"
    ),
    '{"command": "index", "result": {"scores": [{"region": "a", "year": 2020, "node": "b", '
    '"score": 1, "rank": 1.5}]}, "parameters": {}, "inputs": []}': "holds no whole result of index",
    '{"command": "assess", "result": {}, "parameters": {}, "inputs": []}': (
        "holds no whole result of index"
    ),
}


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_a_file_that_holds_no_result_is_refused(tmp_path: Path, text: str):
    earlier = tmp_path / "earlier.json"
    earlier.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_earlier(earlier, "index")
    assert BROKEN[text] in caught.value.text("en")
    assert "results.json of assess" in caught.value.text("en")
    assert "请给出 xinzhi index --out FILE.json 写出的文件" in caught.value.text("zh")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_ranks_are_written_as_whole_numbers(towns, tmp_path: Path):
    data, system = towns
    out = tmp_path / "scores.csv"
    arguments = ("index", data, "--system", system, "--uncertainty")
    assert run(*arguments, "300", "--out", out).returncode == 0
    rows = rows_of(out)
    assert {row["rank"] for row in rows} == set("123456")
    assert all(row["rank_low"].isdigit() and row["rank_high"].isdigit() for row in rows)
    assert run(*arguments, "0", "--out", out, "--force").returncode == 0
    rows = rows_of(out)
    assert {row["rank_low"] for row in rows} == {""}
    book = tmp_path / "scores.xlsx"
    assert run(*arguments, "300", "--out", book).returncode == 0
    sheet = openpyxl.load_workbook(book)["scores"]
    for column in (6, 7, 8):  # rank and the ends of its interval
        assert all(isinstance(row[column].value, int) for row in sheet.iter_rows(min_row=2))
    answer = result_of(*arguments, "300")
    assert all(isinstance(row["rank_low"], int) for row in answer["result"]["scores"])


def test_a_report_fills_gaps_by_the_method_asked_for(towns, tmp_path: Path):
    data, system = towns
    text = data.read_text(encoding="utf-8").splitlines()
    cells = text[2].split(",")
    text[2] = ",".join([*cells[:2], "", *cells[3:]])
    text += [",".join(["镇甲", "2024", *cells[2:]]), *(
        f"镇{name},2024,{20 + k},{30 + k},{40 - k}" for k, name in enumerate("乙丙丁戊己")
    )]  # fmt: skip
    data.write_text("\n".join(text) + "\n", encoding="utf-8")
    report = tmp_path / "report"
    base = ("--system", system, "--uncertainty", "0", "--impute", "linear")
    answer = result_of("assess", "镇甲", "--data", data, *base, "--out", report)
    assert answer["parameters"]["imputation"] == "linear"
    marked = [row for row in answer["result"]["index_indicators"] if row["status"] == "imputed"]
    assert {(row["region"], row["year"]) for row in marked} == {("镇甲", 2023)}
    done = run("index", data, *base[:4], "--impute", "nearest", "--compare",
               report / "results.json")  # fmt: skip
    assert "impute: linear → nearest" in done.stderr
