from __future__ import annotations

from pathlib import Path

import pytest

from xinzhi.core import InputError, Text
from xinzhi.data import RegionSet, find_indicator, find_pack, indicators, load_region_set
from xinzhi.data.indicators import nearest_indicator
from xinzhi.data.regions import choose_regions, parse_region_set

CHINA = load_region_set("china31")


def test_china_has_its_31_regions() -> None:
    assert len(CHINA.regions) == 31
    assert [r.code for r in CHINA.regions] == sorted(r.code for r in CHINA.regions)
    groups = {"east": 10, "central": 6, "west": 12, "northeast": 3}
    assert {g: sum(r.group == g for r in CHINA.regions) for g in groups} == groups
    assert set(CHINA.groups) == set(groups)
    assert len({r.tile for r in CHINA.regions}) == 31
    assert len({r.short.zh for r in CHINA.regions}) == 31
    assert len({r.short.en for r in CHINA.regions}) == 31


def test_every_form_of_every_name_is_found() -> None:
    for region in CHINA.regions:
        english = region.english
        for form in (
            *(region.name, region.long, english, region.code, *region.aliases, region.short.zh),
            *(english.upper(), english.lower(), f"{english} Province", f"{english} Municipality"),
            *("　".join(region.name), "   ".join(region.long), "\u00a0".join(region.name)),
        ):
            assert CHINA.find(form) is region, form


@pytest.mark.parametrize(
    ("scanned", "meant"),
    [
        ("两藏", "西藏"),
        ("四藏", "西藏"),
        ("内蒙占", "内蒙古"),
        ("江两", "江西"),
        ("江四", "江西"),
        ("山两", "山西"),
        ("浙汀", "浙江"),
        ("Shangai", "上海"),
        ("guangdon", "广东"),
        ("尔部地区", None),
        ("江", None),
        ("江中", None),
        ("深圳", None),
    ],
)
def test_suggestions(scanned: str, meant: str | None) -> None:
    assert CHINA.find(scanned) is None
    near = CHINA.suggest(scanned)
    assert (near.name if near else None) == meant


@pytest.mark.parametrize("name", ["全国", "合 计", "总计", "Total", "national", "东部地区"])
def test_totals_are_no_regions(name: str) -> None:
    assert CHINA.is_total(name)
    assert CHINA.find(name) is None


def test_get_names_the_nearest() -> None:
    assert CHINA.get("shanghai").name == "上海"
    with pytest.raises(InputError) as caught:
        CHINA.get("上诲市")
    assert "unknown region 上诲市, did you mean 上海?" in caught.value.text("en")
    assert "未知地区 上诲市，是否指 上海？" in caught.value.text("zh")


def test_sets_of_names_alone() -> None:
    towns = RegionSet.from_names(["甲 县", "乙县", "甲县"])
    assert towns.names == ("甲 县", "乙县")
    assert towns.get("甲县").code == "甲 县"


def test_choice_of_a_region_set() -> None:
    assert choose_regions(["上海", "北京市", "Total"]).id == "china31"
    assert choose_regions(["上海", "北京", "内蒙占"]).id == "china31"
    assert choose_regions(["上海", "北京", "内蒙占", "两藏"]).id == "china31"
    assert choose_regions(["上海", "北京", "广州", "深圳"]).id == "custom"
    assert choose_regions(["France", "China", "Total"]).names == ("France", "China")


def test_a_region_set_by_file(tmp_path: Path) -> None:
    path = tmp_path / "delta.toml"
    path.write_text(
        '[set]\nid = "delta"\ntitle = { zh = "三角洲", en = "Delta" }\ntotals = ["全市"]\n'
        '[[region]]\nname = "甲"\ncode = "01"\ntile = [0, 1]\n[[region]]\nname = "乙"\n',
        encoding="utf-8",
    )
    delta = load_region_set(path)
    assert delta.names == ("甲", "乙")
    assert delta.find("01") is delta.regions[0]
    assert delta.regions[1].english == "乙"
    assert delta.is_total("全市")
    assert delta.is_total("合计")


def test_a_bad_region_set_lists_every_problem(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(
        '[set]\ntitle = "x"\n[[region]]\nname = "甲"\ntile = [0]\n[[region]]\nname = "甲"\n'
        '[[region]]\ncode = "3"\n',
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        load_region_set(path)
    text = caught.value.text("en")
    assert "[set]: id is missing" in text
    assert "[[region]] 甲: tile must be [column, row]" in text
    assert "name is used twice: 甲" in text
    assert "[[region]] 3: name is missing" in text
    assert "tile 应为 [列, 行]" in caught.value.text("zh")


def test_a_region_set_that_is_no_toml(tmp_path: Path) -> None:
    path = tmp_path / "no.toml"
    path.write_text("[set", encoding="utf-8")
    for target, words in (
        (path, "not valid TOML"),
        (tmp_path, "is a folder"),
        (tmp_path / "none.toml", "no such file"),
    ):
        with pytest.raises(InputError) as caught:
            load_region_set(target)
        assert words in caught.value.text("en")


@pytest.mark.parametrize(
    ("heading", "indicator"),
    [
        ("地区生产总值", "gdp"),
        ("ＧＤＰ", "gdp"),
        ("R&D经费内部支出", "rd_expenditure"),
        ("R&D expenditure", "rd_expenditure"),
        ("rd_expenditure", "rd_expenditure"),
        ("常住人口", "resident_population_year_end"),
        ("技术市场成交额", "technology_market_turnover"),
        ("幸福感", None),
    ],
)
def test_headings_of_indicators(heading: str, indicator: str | None) -> None:
    assert find_indicator(heading) == indicator


def test_no_heading_means_two_indicators() -> None:
    for info in indicators().values():
        for spelling in (info.id, *info.title, *info.aliases):
            assert find_indicator(spelling) == info.id, spelling


def test_nearest_indicator() -> None:
    assert nearest_indicator("rd_expenditures", ["gdp", "rd_expenditure"]) == "rd_expenditure"
    assert nearest_indicator("地区生产总直", ["gdp", "rd_expenditure"]) == "gdp"
    assert nearest_indicator("zzzz", ["gdp"]) is None


def test_a_nation_must_say_where_its_tables_are() -> None:
    text = b'[set]\nid = "two"\n[set.nation]\ntitle = "N"\npack = "p"\n[[region]]\nname = "A"\n'
    with pytest.raises(InputError) as refusal:
        parse_region_set(text, "two.toml")
    assert "[set.nation]: tables, detailed, weights, indicator missing" in refusal.value.text("en")
    assert "[set.nation]：缺少 tables、detailed、weights、indicator" in refusal.value.text("zh")


def test_china_says_where_its_tables_are() -> None:
    nation = load_region_set("china31").nation
    assert nation is not None
    assert nation.title == Text("全国", "China")
    files = {file.name for file in find_pack(nation.pack).files}
    assert {f"{name}.rda" for name in (*nation.tables, nation.detailed)} <= files
