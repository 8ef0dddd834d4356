"""The workspace: settings, paths, transactions, and what comes back out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from panel_strategies import panels

from xinzhi.core import ComputationError, InputError
from xinzhi.data import Panel, embedded_panel, load_region_set
from xinzhi.data import workspace_database as database
from xinzhi.data.workspace import Settings, Workspace, create_workspace, open_workspace

COLUMNS = ["region", "year", "indicator", "value", "unit", "vintage"]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path / "work")


def panel(*rows: tuple[Any, ...], name: str = "a") -> Panel:
    """Return a panel of (region, year, gdp in CNY_100m) under the vintage ``name``."""
    frame = pd.DataFrame([(*row[:2], "gdp", row[2], "亿元", name) for row in rows], columns=COLUMNS)
    return Panel.from_frame(frame, load_region_set("china31"))


def settled(folder: Path, text: str) -> Settings:
    (folder / "xinzhi.toml").write_text(text, encoding="utf-8")
    return open_workspace(folder).settings


def refusal(folder: Path, text: str) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        settled(folder, text)
    return caught.value.text("en"), caught.value.text("zh")


def same(first: Panel, second: Panel) -> None:
    keys = ["indicator", "vintage", "region", "year"]
    frames = [p.to_frame().sort_values(keys).reset_index(drop=True) for p in (first, second)]
    pd.testing.assert_frame_equal(frames[0], frames[1])


# Making and opening


def test_a_new_workspace_opens_with_the_settings_as_written(workspace: Workspace) -> None:
    assert workspace.settings == Settings()
    assert open_workspace(workspace.folder) == workspace
    text = (workspace.folder / "xinzhi.toml").read_text("utf-8")
    assert "工作区设置" in text
    assert "Settings of the workspace" in text


def test_every_setting_of_the_new_file_can_be_switched_on(workspace: Workspace) -> None:
    for name in ("tracks.toml", "scenario.toml"):
        (workspace.folder / name).write_text("")
    lines = (workspace.folder / "xinzhi.toml").read_text("utf-8").splitlines()
    chosen = [line.removeprefix("# ") for line in lines if line.startswith("# ") and "=" in line]
    chosen = [line for line in chosen if not line.startswith(("year = 2023", "gdp"))]
    settings = settled(workspace.folder, "\n".join(chosen))
    assert settings.region == "上海"
    assert settings.peers == ("北京", "江苏", "浙江", "广东")
    assert settings.years == (2010, 2023)
    assert settings.system == "four_chains"
    assert settings.classification == "tracks.toml"
    assert settings.regions == "china31"


def test_a_workspace_is_not_made_twice(workspace: Workspace) -> None:
    with pytest.raises(InputError) as caught:
        create_workspace(workspace.folder)
    assert "holds xinzhi.toml already, it is a workspace" in caught.value.text("en")
    assert "已有 xinzhi.toml，是一个工作区" in caught.value.text("zh")


def test_a_workspace_cannot_take_the_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError) as caught:
        create_workspace(tmp_path / "file")
    assert "is a file, a folder is needed" in caught.value.text("en")


def test_a_folder_with_files_can_become_a_workspace(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("x")
    create_workspace(tmp_path)
    assert (tmp_path / "table.csv").read_text() == "x"


@pytest.mark.parametrize("name", ["nothing", "folder"])
def test_what_is_no_workspace_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError) as caught:
        open_workspace(tmp_path / name)
    assert "xinzhi new" in caught.value.text("en")
    assert "新建工作区" in caught.value.text("zh")


def test_without_duckdb_the_message_has_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(ComputationError) as caught:
        create_workspace(tmp_path / "work")
    assert 'pip install "xinzhi[workspace]"' in caught.value.text("en")
    assert 'pip install "xinzhi[workspace]"' in caught.value.text("zh")
    assert not (tmp_path / "work").exists()


def test_loading_the_module_does_not_load_duckdb() -> None:
    script = "import sys, xinzhi.data.workspace; sys.exit('duckdb' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


# Settings


def test_unknown_keys_and_wrong_values_are_reported_together(workspace: Workspace) -> None:
    en, zh = refusal(
        workspace.folder,
        'regoin = "上海"\npeers = "北京"\nyear = "2023-2010"\nsystem = "four_chain"\n'
        'scenario = "../other.toml"\nclassification = "none.toml"\nvintages = 1\n',
    )
    assert "the settings have 7 problem(s)" in en
    assert "unknown key regoin, did you mean region?" in en
    assert 'peers must be a list, such as ["北京"]' in en
    assert "year must be a year" in en
    assert "system: no shipped four_chain, did you mean four_chains?" in en
    assert "scenario: ../other.toml: lies outside the workspace" in en
    assert "classification: no file none.toml in the workspace" in en
    assert "vintages must be written [vintages]" in en
    assert "未知的键 regoin，是否指 region？" in zh
    assert "../other.toml：不在工作区内" in zh


def test_an_unknown_region_is_refused_with_a_suggestion(workspace: Workspace) -> None:
    en, zh = refusal(workspace.folder, 'region = "内蒙占"\npeers = ["两藏"]\n')
    assert "unknown region 内蒙占, did you mean 内蒙古?" in en
    assert "未知地区 两藏，是否指 西藏？" in zh


def test_regions_of_the_users_own_file(workspace: Workspace) -> None:
    (workspace.folder / "towns.toml").write_text(
        '[set]\nid = "towns"\n[[region]]\nname = "Northtown"\n[[region]]\nname = "Southtown"\n'
    )
    settings = settled(workspace.folder, 'regions = "towns.toml"\nregion = "Northtown"\n')
    assert settings.region == "Northtown"
    assert open_workspace(workspace.folder).region_set().names == ("Northtown", "Southtown")
    en, _ = refusal(workspace.folder, 'regions = "towns.toml"\nregion = "上海"\n')
    assert "unknown region 上海" in en


@pytest.mark.parametrize("text", ["region = ", "region = 'x'\nregion = 'y'"])
def test_settings_that_are_no_toml(workspace: Workspace, text: str) -> None:
    en, zh = refusal(workspace.folder, text)
    assert "xinzhi.toml: not valid TOML" in en
    assert "不是有效的 TOML" in zh


@pytest.mark.parametrize(("text", "years"), [("2023", (2023, 2023)), ('"2010:2023"', (2010, 2023))])
def test_years(workspace: Workspace, text: str, years: tuple[int, int]) -> None:
    assert settled(workspace.folder, f"year = {text}\n").years == years


# Paths


@pytest.mark.parametrize(
    "name",
    ["../x.csv", "/etc/passwd", "a/../../x", "..", "C:\\x.csv", "\\\\host\\x", "a\\..\\..\\x", ""],
)
def test_names_that_leave_the_workspace(workspace: Workspace, name: str) -> None:
    with pytest.raises(InputError) as caught:
        workspace.path(name)
    assert "lies outside the workspace" in caught.value.text("en")
    assert "不在工作区内" in caught.value.text("zh")


def test_names_inside_the_workspace(workspace: Workspace) -> None:
    assert workspace.path("a/b.csv") == workspace.folder / "a" / "b.csv"
    assert workspace.path("..hidden.csv") == workspace.folder / "..hidden.csv"


@pytest.mark.parametrize("name", ["data.duckdb", "data.duckdb.wal", "xinzhi.toml"])
def test_a_link_out_of_the_workspace_is_not_followed(
    workspace: Workspace, tmp_path: Path, name: str
) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"precious")
    (workspace.folder / name).unlink(missing_ok=True)
    (workspace.folder / name).symlink_to(outside)
    with pytest.raises(InputError, match="lies outside the workspace"):
        open_workspace(workspace.folder).add(panel(("上海", 2020, 1.0)))
    assert outside.read_bytes() == b"precious"


def test_a_link_within_the_workspace_is_followed(workspace: Workspace) -> None:
    (workspace.folder / "real.toml").write_text("")
    (workspace.folder / "link.toml").symlink_to("real.toml")
    assert settled(workspace.folder, 'scenario = "link.toml"\n').scenario == "link.toml"


def test_a_folder_that_links_in_a_circle(workspace: Workspace) -> None:
    (workspace.folder / "circle").symlink_to("circle")
    with pytest.raises(InputError):
        workspace.path("circle/x").read_bytes()


# Figures


def test_the_embedded_figures_come_back_as_they_went_in(workspace: Workspace) -> None:
    before = embedded_panel()
    added = workspace.add(before)
    after = workspace.panel()
    assert added.counts == ((len(before.frame), 0, 0),)
    same(before, after)
    assert after.frame.dtypes.astype(str).tolist() == before.frame.dtypes.astype(str).tolist()
    assert after.inputs == before.inputs
    gdp = before.to_array(["gdp"], vintages={"gdp": "nbs_gdp_regions_2006_2024"})
    assert after.to_array(["gdp"], vintages={"gdp": "nbs_gdp_regions_2006_2024"}).equals(gdp)


@hypothesis_settings(max_examples=15)
@given(panels())
def test_any_panel_comes_back_as_it_went_in(tmp_path_factory: Any, drawn: Panel) -> None:
    workspace = create_workspace(tmp_path_factory.mktemp("work"))
    workspace.add(drawn)
    same(drawn, workspace.panel())
    assert workspace.add(drawn).counts == ((0, 0, len(drawn.frame)),)


def test_a_workspace_without_figures(workspace: Workspace) -> None:
    with pytest.raises(InputError) as caught:
        workspace.panel()
    assert "the workspace has no data" in caught.value.text("en")
    assert "先导入" in caught.value.text("zh")
    assert workspace.imports().empty


def test_the_vintage_imported_last_is_preferred_unless_stated(workspace: Workspace) -> None:
    workspace.add(panel(("上海", 2020, 1.0), name="b"))
    workspace.add(panel(("上海", 2020, 2.0), name="a"))
    assert workspace.panel().preferred == {"gdp": "a"}
    assert workspace.panel().to_array(["gdp"]).item() == 2.0
    settled(workspace.folder, '[vintages]\n"地区生产总值" = "b"\n')
    stated = open_workspace(workspace.folder)
    assert stated.panel().to_array(["gdp"]).item() == 1.0
    settled(workspace.folder, '[vintages]\ngdp = "c"\nnone = "a"\n')
    with pytest.raises(InputError) as caught:
        open_workspace(workspace.folder).panel()
    assert "indicator gdp has no vintage c, there are a, b" in caught.value.text("en")
    assert "没有指标 none" in caught.value.text("zh")


def test_other_figures_of_the_same_vintage_are_refused_unless_overwritten(
    workspace: Workspace,
) -> None:
    workspace.add(panel(("上海", 2020, 1.0), ("北京", 2020, 5.0)))
    new = panel(("上海", 2020, 2.0), ("北京", 2020, 5.0), ("天津", 2020, 7.0))
    with pytest.raises(InputError) as caught:
        workspace.add(new)
    assert "has 1 other figure(s) of the same vintage already" in caught.value.text("en")
    assert "上海 2020 gdp (a): there is 1 CNY_100m, the new one is 2 CNY_100m" in str(caught.value)
    assert "请加 --force" in caught.value.text("zh")
    assert len(workspace.panel().frame) == 2
    added = workspace.add(new, overwrite=True)
    assert added.counts == ((1, 1, 1),)
    assert added.changes[["region", "old", "new"]].values.tolist() == [["上海", 1.0, 2.0]]
    assert workspace.panel().frame["value"].tolist() == [5.0, 7.0, 2.0]


def test_all_panels_or_none(workspace: Workspace) -> None:
    workspace.add(panel(("上海", 2020, 1.0)))
    with pytest.raises(InputError):
        workspace.add(panel(("上海", 2021, 1.0), name="b"), panel(("上海", 2020, 9.0)))
    assert len(workspace.panel().frame) == 1
    assert workspace.imports().empty


def test_a_workspace_is_of_one_region_set(workspace: Workspace) -> None:
    workspace.add(panel(("上海", 2020, 1.0)))
    towns = pd.DataFrame([("Northtown", 2020, "gdp", 1.0)], columns=COLUMNS[:4])
    with pytest.raises(InputError) as caught:
        workspace.add(Panel.from_frame(towns))
    assert "the workspace is of the region set china31" in caught.value.text("en")
    assert "请为另一组地区新建工作区" in caught.value.text("zh")


def test_a_users_own_regions_grow_in_the_order_they_come(workspace: Workspace) -> None:
    for names in (["Zed", "Alpha"], ["Mid", "Zed"]):
        rows = [(name, 2020 + len(names[0]), "gdp", 1.0) for name in names]
        workspace.add(Panel.from_frame(pd.DataFrame(rows, columns=COLUMNS[:4]), name=names[0]))
    assert workspace.region_set().names == ("Zed", "Alpha", "Mid")
    assert workspace.panel().region_names == ("Zed", "Alpha", "Mid")
    (workspace.folder / "towns.toml").write_text('[set]\nid = "t"\n[[region]]\nname = "Zed"\n')
    settled(workspace.folder, 'regions = "towns.toml"\n')
    with pytest.raises(InputError) as caught:
        open_workspace(workspace.folder).panel()
    assert "the region set t lacks regions of the figures: Alpha, Mid" in caught.value.text("en")


def test_units_of_one_series_must_convert(workspace: Workspace) -> None:
    def measured(unit: str, year: int) -> Panel:
        rows = [("上海", year, "own", 1.0, unit, "a")]
        return Panel.from_frame(pd.DataFrame(rows, columns=COLUMNS), load_region_set("china31"))

    workspace.add(measured("亿元", 2020))
    workspace.add(measured("万元", 2021))
    with pytest.raises(InputError) as caught:
        workspace.add(measured("万人", 2022))
    assert "own (a): 10k_persons, CNY_100m, CNY_10k" in caught.value.text("en")
    assert workspace.panel().years == (2020, 2021)


# The database


def test_a_lost_database_is_made_anew(workspace: Workspace) -> None:
    (workspace.folder / "data.duckdb").unlink()
    workspace.add(panel(("上海", 2020, 1.0)))
    assert len(workspace.panel().frame) == 1


@pytest.mark.parametrize("content", [b"", b"rubbish" * 1000])
def test_a_spoilt_database(workspace: Workspace, content: bytes) -> None:
    (workspace.folder / "data.duckdb").write_bytes(content)
    with pytest.raises(InputError) as caught:
        workspace.panel()
    assert "is no database of a workspace" in caught.value.text("en")
    assert "请从备份恢复" in caught.value.text("zh")


def test_a_database_of_another_schema(workspace: Workspace) -> None:
    import duckdb

    with duckdb.connect(workspace.folder / "data.duckdb") as connection:
        connection.execute("UPDATE settings SET value = '99' WHERE key = 'schema'")
    with pytest.raises(InputError, match="schema 99, not 1"):
        workspace.panel()


def test_another_process_that_writes_is_waited_for(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.add(panel(("上海", 2020, 1.0)))
    script = (
        "import duckdb, sys\n"
        "connection = duckdb.connect(sys.argv[1])\n"
        "print('open', flush=True)\n"
        "sys.stdin.read()\n"
    )
    path = workspace.folder / "data.duckdb"
    with subprocess.Popen(
        [sys.executable, "-c", script, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdin is not None
        writer.stdout.readline()
        monkeypatch.setattr(database, "_WAITS", (0.01,))
        with pytest.raises(ComputationError) as caught:
            workspace.panel()
        assert "is in use by another program" in caught.value.text("en")
        assert "另一个程序正在使用" in caught.value.text("zh")
        monkeypatch.setattr(database, "_WAITS", (10.0, 10.0))
        monkeypatch.setattr(database.time, "sleep", lambda _: (writer.stdin.close(), writer.wait()))
        assert len(workspace.panel().frame) == 1


def test_two_readers_at_once(workspace: Workspace) -> None:
    workspace.add(panel(("上海", 2020, 1.0)))
    with workspace._reading(), workspace._reading():
        assert len(workspace.panel().frame) == 1


def test_the_database_reaches_no_other_file(workspace: Workspace, tmp_path: Path) -> None:
    import duckdb

    (tmp_path / "secret.csv").write_text("a\n1\n")
    with workspace._reading() as connection, pytest.raises(duckdb.Error, match="disabled"):
        connection.execute(f"SELECT * FROM read_csv('{tmp_path / 'secret.csv'}')")


def test_a_mapping_is_remembered(workspace: Workspace) -> None:
    assert workspace.mapping("s") is None
    for text in ("first", "second"):
        workspace.add(panel(("上海", 2020, 1.0)), mappings={"s": text})
        assert workspace.mapping("s") == text
