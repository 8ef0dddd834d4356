"""The commands on input–output tables, as a newcomer meets them."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.structure_commands import (
    CITY,
    PACK,
    Run,
    answer_of,
    runner,
    table_of,
    write_tables,
)
from xinzhi.data import IOTable, embedded_io_table, read_io_table, write_io_table
from xinzhi.report.sections import SECTIONS
from xinzhi.structure import split_imports_proportionally

SECTORS = {
    "code",
    *("output_multiplier", "value_added_multiplier", "import_multiplier"),
    *("backward_linkage", "forward_linkage", "upstreamness"),
}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_tables(tmp_path)
    return tmp_path


def test_without_a_pack_the_three_sector_table_keeps_the_commands_working(run: Run):
    done = run("inputoutput")
    assert done.status == 0
    assert "Manufacturing and other seconda…" in done.out  # room for the figures
    assert "Three sectors show nothing of industry chains" in done.err
    assert "--json, or --out FILE.xlsx" in done.err
    assert "primary_multipliers" in done.err
    assert max(map(len, done.out.splitlines())) < 160
    chinese = run("chokepoints", "--lang", "zh", lang="zh")
    assert "服务业" in chinese.out
    assert "title_en" not in chinese.out
    assert "说明不了哪种投入会“卡脖子”" in chinese.err
    assert "还有全部列和这些表：" in chinese.err
    assert not run("inputoutput", "--quiet").err


def test_the_names_in_json_are_stable_and_do_not_depend_on_the_language(run: Run):
    english = answer_of(run("inputoutput", "--json", "--lang", "en"))
    chinese = answer_of(run("inputoutput", "--json", "--lang", "zh", lang="zh"))
    assert english["result"] == chinese["result"]
    assert set(english["result"]["sectors"][0]) >= SECTORS
    result = answer_of(run("chokepoints", "--json"))["result"]
    assert {"code", "direct_dependence", "total_dependence"} <= set(result["sectors"][0])
    assert {"code", "criticality"} <= set(result["inputs"][0])
    assert result["inputs"][0]["criticality"] is None  # three sectors support no claim


def test_multipliers_of_a_table_of_ones_own(run: Run, folder: Path):
    done = run("inputoutput", "city.csv", "--year", "2022", "--unit", "亿元", "--json")
    answer = answer_of(done)
    assert answer["parameters"]["year"] == 2022
    assert answer["parameters"]["unit"] == "CNY_100m"
    sectors = table_of(done, "sectors").set_index("code")
    flows = np.array([[10, 20, 5], [2, 30, 3], [15, 25, 60]]) / np.array([100, 200, 300])
    expected = np.linalg.inv(np.eye(3) - flows).sum(axis=0)
    np.testing.assert_allclose(sectors["output_multiplier"], expected)
    imports = np.array([25 / 100, 38 / 200, 14 / 300]) @ np.linalg.inv(np.eye(3) - flows)
    np.testing.assert_allclose(sectors["import_multiplier"], imports)
    named = answer_of(run("inputoutput", "--data", "city.csv", "--json"))
    assert named["result"]["sectors"] == answer["result"]["sectors"]


def test_a_competitive_table_has_no_import_multiplier(run: Run, folder: Path):
    sectors = table_of(run("inputoutput", "competitive.csv", "--json"), "sectors")
    assert sectors["import_multiplier"].isna().all()
    split = run("inputoutput", "competitive.csv", "--split-imports", "--json")
    assert (table_of(split, "sectors")["import_multiplier"] > 0).all()
    assert any("proportionality" in words["en"] for words in answer_of(split)["warnings"])
    dependence = table_of(
        run("chokepoints", "competitive.csv", "--split-imports", "--json"), "inputs"
    )
    assert dependence["criticality"].notna().all()


def test_a_region_without_a_table_gets_one_of_the_nations(run: Run):
    done = run("inputoutput", "--region", "Shanghai", "--quotient", "slq", "--json")
    answer = answer_of(done)
    assert answer["parameters"]["region"] == "上海"
    assert answer["parameters"]["quotient"] == "slq"
    assert any("it is not 上海's own table" in words["en"] for words in answer["warnings"])
    nation = table_of(run("inputoutput", "--json"), "sectors")
    own = table_of(done, "sectors")
    assert list(own["code"]) == list(nation["code"])
    assert (own["import_multiplier"] > nation["import_multiplier"]).all()
    assert "region" not in own


def test_a_region_of_a_table_of_many(run: Run, folder: Path):
    whole = table_of(run("inputoutput", "two.csv", "--json"), "sectors")
    one = table_of(run("inputoutput", "two.csv", "--region", "Jiangsu", "--json"), "sectors")
    assert list(one["region"]) == ["江苏", "江苏"]
    assert one.to_dict("records") == whole[whole["region"] == "江苏"].to_dict("records")
    answer = answer_of(run("chokepoints", "two.csv", "--region", "320000", "--json"))
    assert answer["parameters"]["regions"] == ["江苏"]
    for name in ("sectors", "inputs", "matrix", "paths", "at_risk"):
        assert {row["region"] for row in answer["result"][name]} == {"江苏"}
    every = answer_of(run("chokepoints", "two.csv", "--json"))["result"]["sectors"]
    assert answer["result"]["sectors"] == [row for row in every if row["region"] == "江苏"]
    assert "江苏" in run("inputoutput", "two.csv", "--region", "江苏省").out


def test_a_regions_own_table_is_not_scaled_again(run: Run, folder: Path):
    own = replace(read_io_table("city.csv", unit="亿元"), regions=("上海",))
    write_io_table(own, "shanghai.csv")
    for command in ("inputoutput", "chokepoints"):
        plain = answer_of(run(command, "shanghai.csv", "--json"))
        asked = answer_of(run(command, "shanghai.csv", "--region", "Shanghai", "--json"))
        assert asked["result"] == plain["result"]
        other = run(command, "shanghai.csv", "--region", "浙江")
        assert other.status == 2
        assert "the table has no region 浙江" in other.err


def test_the_nations_table_is_taken_from_the_pack_where_it_is(
    run: Run, monkeypatch: pytest.MonkeyPatch
):
    asked = []

    def of_pack(pack: object, name: str) -> IOTable:
        asked.append(name)
        return split_imports_proportionally(embedded_io_table())

    monkeypatch.setattr("xinzhi.data.pack_is_present", lambda pack: True)
    monkeypatch.setattr("xinzhi.data.io_table_of_pack", of_pack)
    assert len(table_of(run("inputoutput", "--json"), "sectors")) == 3
    assert run("chokepoints", f"{PACK}/china_2017_42").status == 0
    assert asked == ["china_2020_42", "china_2017_42"]


def test_a_report_takes_a_table_of_a_pack_as_the_commands_do(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    asked = []

    def of_pack(pack: object, name: str) -> IOTable:
        asked.append(name)
        return split_imports_proportionally(embedded_io_table())

    monkeypatch.setattr("xinzhi.data.io_table_of_pack", of_pack)
    sections = tuple(m for m in SECTIONS if m.ID in ("index", "inputoutput"))
    monkeypatch.setattr(sys.modules["xinzhi.report.assess"], "SECTIONS", sections)
    out = tmp_path / "out"
    given = ("--uncertainty", "0", "--out", out, "--quiet")
    assert run("assess", "上海", "--table", f"{PACK}/china_2017_42", *given).status == 0
    assert asked == ["china_2017_42"]
    stored = json.loads((out / "results.json").read_text("utf-8"))
    said = {statement["rule"]: statement["text"]["zh"] for statement in stored["statements"]}
    assert said["inputoutput.provenance"].startswith("上海自己的投入产出表")


def test_tables_of_a_classification_of_ones_own_are_added_up(run: Run, folder: Path):
    given = ("--classification", "city.toml", "--aggregate", "cn3")
    for command in ("inputoutput", "chokepoints"):
        answer = answer_of(run(command, "city.csv", *given, "--json"))
        assert answer["parameters"]["classification"] == "cn3"
        figures = {row["code"]: row["output"] for row in answer["result"]["sectors"]}
        assert figures["2"] == 300
        assert figures["3"] == 300


def test_an_earlier_table_gives_what_changed(run: Run, folder: Path):
    grown = CITY.replace("150,30,20,300", "160,30,20,310").replace("28,47,108", "28,47,118")
    (folder / "later_2020.csv").write_text(grown, encoding="utf-8")
    (folder / "city.csv").rename("city_2017.csv")
    arguments = ("later_2020.csv", "--earlier", "city_2017.csv", "--json")
    effects = table_of(run("inputoutput", *arguments), "effects").set_index("code")
    assert list(effects["change"]) == [0, 0, 10]
    parts = effects.drop(columns=["change"]).sum(axis=1)
    np.testing.assert_allclose(parts, effects["change"], atol=1e-9)
    answer = answer_of(run("chokepoints", *arguments))
    assert answer["parameters"]["earlier"] == ["city_2017.csv"]  # paths have a JSON form


@pytest.mark.parametrize("ending", [".csv", ".json", ".xlsx", ".html"])
@pytest.mark.parametrize("command", ["inputoutput", "chokepoints"])
def test_results_are_written_whole_in_every_form(run: Run, folder: Path, command: str, ending: str):
    out = folder / f"result{ending}"
    done = run(command, "two.csv", "--out", out, "--lang", "zh", lang="zh")
    assert done.status == 0, done.err
    assert done.out.strip() == str(out)
    if ending == ".csv":
        assert "title_en" in pd.read_csv(out, dtype={"code": str})
    elif ending == ".json":
        assert json.loads(out.read_text("utf-8"), parse_constant=pytest.fail)["command"] == command
    elif ending == ".xlsx":
        assert len(pd.read_excel(out, sheet_name=None, engine="calamine")) > 4
    else:
        assert "材料" in out.read_text("utf-8")
    again = run(command, "two.csv", "--out", out)
    assert again.status == 2
    assert "--force" in again.err
    assert run(command, "two.csv", "--out", out, "--force").status == 0


def test_the_official_tables(run: Run, official_folder: Path):
    path = official_folder / "io_china_2020_42.csv"
    done = run("inputoutput", path, "--earlier", official_folder / "io_china_2018_42.csv", "--json")
    answer = answer_of(done)
    economy = answer["result"]["economy"][0]
    assert economy["value_added"] == pytest.approx(101.6e8, rel=1e-3)  # 10,000 yuan
    total = answer["result"]["exports_total"][0]
    assert total["vertical_specialisation_share"] == pytest.approx(0.195, abs=5e-4)
    assert {row["group"] for row in answer["result"]["tracks"]} >= {"automobiles", "biomedicine"}
    assert len(answer["result"]["effects"]) == 42
    shown = run("inputoutput", path)
    assert max(map(len, shown.out.splitlines())) < 160
    assert len(shown.out.splitlines()) == 43
    derived = run("inputoutput", path, "--region", "Shanghai", "--aggregate", "cn9", "--json")
    assert len(table_of(derived, "sectors")) == 9


def test_dependence_in_the_official_tables(run: Run, official_folder: Path):
    years = [official_folder / f"io_china_{year}_42.csv" for year in (2020, 2018, 2017)]
    latest, *earlier = years
    named = [word for path in earlier for word in ("--earlier", path)]
    answer = answer_of(run("chokepoints", latest, *named, "--fall", "0.2", "--json"))
    assert answer["parameters"]["years"] == [2017, 2018, 2020]
    assert answer["parameters"]["fall"] == 0.2
    result = answer["result"]
    assert {row["year"] for row in result["change"]} == {2017, 2018, 2020}
    electronics = next(row for row in result["sectors"] if row["code"] == "20")
    assert electronics["total_dependence"] == max(r["total_dependence"] for r in result["sectors"])
    assert {row["track"] for row in result["supply"]} >= {"integrated_circuits"}


def test_an_official_competitive_table_meets_a_separate_one(run: Run, official_folder: Path):
    first, second = (official_folder / f"io_china_{year}_42.csv" for year in (2015, 2020))
    refused = run("inputoutput", second, "--earlier", first)
    assert refused.status == 2
    assert "classification differs: cn42_2012; cn42" in refused.err
    joined = ("--aggregate", "cn41", "--split-imports", "--json")
    assert len(table_of(run("inputoutput", second, "--earlier", first, *joined), "effects")) == 41
    detailed = official_folder / "io_china_2020_153.csv"
    assert run("chokepoints", detailed).status == 2
    oecd = official_folder / "io_oecd_chn_2018.csv"
    assert len(table_of(run("chokepoints", oecd, "--split-imports", "--json"), "sectors")) == 45
