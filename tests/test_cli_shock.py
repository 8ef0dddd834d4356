"""The command on shocks, as a planner meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.structure_commands import Run, answer_of, runner, table_of, write_tables

FIRE = """
id = "fire"
title = { zh = "火灾", en = "Fire" }
duration = 30
recovery = { function = "linear", time = 60 }

[[effect]]
kind = "capacity"
size = 0.5
targets = [{ classification = "city", code = "01" }]
"""
NAMED = ("--classification", "city.toml")
TOTAL = {
    *("value_added_loss", "rebuilding_gain", "value_added_net_change", "recovery_time"),
    *("output_loss", "demand_unmet", "recovery_time_50", "recovery_time_90"),
}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_tables(tmp_path)
    (tmp_path / "fire.toml").write_text(FIRE, encoding="utf-8")
    return tmp_path


def test_a_summary_in_the_terminal(run: Run):
    done = run("shock", "--event", "flood")
    assert done.status == 0, done.err
    first, loss, lowest, *rest = done.out.splitlines()
    assert first == "Flood; input–output table of 2017, 3 sectors, 365 days"
    assert loss.startswith("Value added lost, gross: ")
    assert "trillion yuan" in loss
    assert "of a year's; made up by rebuilding and overproduction" in loss
    assert "of the base year; 50" in lowest
    assert "Sectors that lose most (share of their own)" in rest
    assert any(line.startswith("  supply cascade: ") for line in rest)
    assert "no forecast" in done.err
    assert "--json, or --out" in done.err
    chinese = run("shock", "--event", "flood", "--lang", "zh", "--quiet", lang="zh")
    assert chinese.out.startswith("洪涝；2017 年 3 个部门的投入产出表，365 天\n增加值总损失 ")
    assert not chinese.err


def test_what_never_recovers_within_the_run_says_so(run: Run):
    shown = run("shock", "--event", "export-slump", "--quiet").out
    assert "no recovery within the run" in shown
    assert "No input was short enough to hold back a user" in shown
    answer = answer_of(run("shock", "--event", "export-slump", "--json"))
    assert answer["result"]["total"][0]["recovery_time"] is None


def test_the_names_in_json_are_stable_and_do_not_depend_on_the_language(run: Run):
    english = answer_of(run("shock", "--event", "flood", "--json", "--lang", "en"))
    chinese = answer_of(run("shock", "--event", "flood", "--json", "--lang", "zh", lang="zh"))
    assert english["result"] == chinese["result"]
    (total,) = english["result"]["total"]
    assert set(total) >= TOTAL
    assert total["value_added_net_change"] == pytest.approx(
        total["rebuilding_gain"] - total["value_added_loss"]
    )
    assert {"code", "value_added_loss"} <= set(english["result"]["sectors"][0])
    assert len(english["result"]["path"]) == 365
    assert english["parameters"]["events"] == ["flood"]
    lost = sum(row["value_added_loss"] for row in english["result"]["sectors"])
    assert lost == pytest.approx(total["value_added_loss"])


def test_an_event_and_a_table_of_ones_own(run: Run, folder: Path):
    done = run("shock", "city.csv", "--event", "fire.toml", *NAMED, "--days", "60", "--json")
    answer = answer_of(done)
    sectors = table_of(done, "sectors").set_index("code")
    assert sectors["value_added_loss"].idxmax() == "01"
    assert sectors.loc["01", "lowest_output_share"] == pytest.approx(0.5)
    assert len(answer["result"]["path"]) == 60
    assert any(record["name"] == "fire" for record in answer["inputs"])
    weekly = table_of(
        run("shock", "city.csv", "--event", "fire.toml", *NAMED, "--step", "week", "--json"), "path"
    )
    assert list(weekly["day"])[:3] == [0, 7, 14]


def test_assumptions_are_options_by_sector_too(run: Run, folder: Path):
    def lost(*given: str) -> float:
        event = ("--event", "fire.toml", *NAMED, "--overproduction", "1")
        answer = answer_of(run("shock", "city.csv", *event, *given, "--json"))
        return float(answer["result"]["total"][0]["value_added_loss"])

    short = lost("--stock-days", "5")
    assert short > lost("--stock-days", "90")
    assert short > lost("--stock-days", "5,01=inf")
    assert short > lost("--stock-days", "5", "--substitution", "1")
    first = lost("--stock-days", "5", "--priority", "intermediate")
    assert first < short
    answer = answer_of(
        run(
            "shock", "city.csv", "--event", "fire.toml", *NAMED, "--stock-days", "9,02=30", "--json"
        )
    )
    assert answer["parameters"]["stock_days"] == {"*": 9, "02": 30}


def test_several_events_act_together(run: Run, folder: Path):
    def lost(*events: str) -> float:
        named = [word for event in events for word in ("--event", event)]
        table = table_of(run("shock", "city.csv", *named, *NAMED, "--json"), "total")
        return float(table["value_added_loss"].iloc[0])

    one, other = lost("fire.toml"), lost("export-slump")
    assert max(one, other) < lost("fire.toml", "export-slump")


def test_a_region_of_many_and_one_derived_from_the_nations(run: Run, folder: Path):
    done = run("shock", "two.csv", "--event", "export-slump", "--region", "Jiangsu", "--json")
    answer = answer_of(done)
    for name in ("sectors", "regions"):
        assert {row["region"] for row in answer["result"][name]} == {"江苏"}
    shown = run("shock", "two.csv", "--event", "export-slump", "--region", "江苏", "--quiet").out
    assert "江苏 01 Materials" in shown
    assert "上海 01" not in shown
    derived = run("shock", "--event", "export-slump", "--region", "Shanghai", "--lang", "en")
    assert derived.out.startswith("Export slump; 上海, input–output table of 2017, 3 sectors")
    assert "it is not 上海's own table" in derived.err


def test_the_shipped_events_are_listed(run: Run):
    lines = run("shock", "--list-events").out.splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        *("chip-embargo", "energy-shock", "export-slump", "flood", "port-closure")
    ]
    known = answer_of(run("shock", "--list-events", "--json"))["result"]["events"]
    assert "cn42" in known[0]["classifications"]


def test_wrong_input_says_what_to_do(run: Run, folder: Path):
    def refused(*arguments: str) -> str:
        done = run("shock", *arguments)
        assert done.status == 2, arguments
        assert not done.out
        return done.err

    assert "Give one of chip-embargo, energy-shock" in refused()
    assert "did you mean chip-embargo?" in refused("--event", "chip-embrago")
    coarse = refused("--event", "chip-embargo")
    assert "electronic components cannot be seen" in coarse
    assert "xinzhi data pack get china_input_output" in coarse
    assert "cn42" in coarse
    assert "--split-imports" in refused("competitive.csv", "--event", "export-slump")
    unclassified = refused("city.csv", "--event", "chip-embargo")
    assert "states no classification" in unclassified
    assert "no region 安徽" in refused("two.csv", "--event", "flood", "--region", "安徽")
    assert "not in the table: 99" in refused("--event", "flood", "--stock-days", "9,99=3")
    assert "inn is no number" in refused("--event", "flood", "--stock-days", "inn")
    assert "stock_days is 0.5" in refused("--event", "flood", "--stock-days", "0.5")
    assert "each once" in refused("--event", "flood", "--priority", "army")
    weekly = refused("--event", "flood", "--step", "week", "--stock-days", "3")
    assert "longer than these parameters" in weekly


def test_a_wrong_event_is_refused_with_every_problem(run: Run, folder: Path):
    def refused(text: str) -> str:
        (folder / "wrong.toml").write_text(text, encoding="utf-8")
        done = run("shock", "city.csv", "--event", "wrong.toml", *NAMED)
        assert done.status == 2
        return done.err

    said = refused(FIRE.replace("duration = 30", "duration = 0").replace("0.5", "1.2"))
    assert "duration is 0" in said
    assert "size is 1.2; it must be a number from 0 to 1" in said
    assert "has no sector 09" in refused(FIRE.replace('code = "01"', 'code = "09"'))


def test_results_are_written_whole(run: Run, folder: Path):
    for ending in (".csv", ".json", ".xlsx", ".html"):
        out = folder / f"result{ending}"
        done = run("shock", "--event", "flood", "--out", out, "--lang", "zh", lang="zh")
        assert done.status == 0, done.err
        assert done.out.strip() == str(out)
    stored = json.loads((folder / "result.json").read_text("utf-8"), parse_constant=pytest.fail)
    assert stored["command"] == "shock"
    assert "挽回最大跌幅 99% 的天数" in (folder / "result.html").read_text("utf-8")
    assert run("shock", "--event", "flood", "--out", folder / "result.csv").status == 2


def test_the_official_table_carries_every_event(run: Run, official_folder: Path):
    table = official_folder / "io_china_2020_42.csv"
    done = run("shock", table, "--event", "chip-embargo")
    assert "Bottleneck inputs (users held back; first and last day)" in done.out
    assert "  20 " in done.out
    assert "(imported): users" in done.out
    assert "all imported computers" in done.err  # 42 sectors do not show components apart
    tracks = table_of(run("shock", table, "--event", "chip-embargo", "--json"), "tracks")
    assert tracks.set_index("track")["value_added_loss"]["integrated_circuits"] > 0
