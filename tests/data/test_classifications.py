"""Classifications, concordances and tracks: what is shipped, what users write, what is refused."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from xinzhi.core import InputError, Text
from xinzhi.data.classifications import (
    Classification,
    classifications,
    load_classification,
    parse_classification,
)
from xinzhi.data.concordances import common, concordance
from xinzhi.data.indicators import indicators
from xinzhi.data.tracks import (
    load_tracks,
    parse_tracks,
    shipped_tracks,
    track_members,
)

CHINESE = re.compile(r"[\u4e00-\u9fff]")
SECTORS = {
    **{"cn3": 3, "cn9": 9, "cn_oecd29": 29, "cn41": 41, "cn42": 42, "cn42_2012": 42},
    **{"oecd45": 45, "isic4": 88, "gbt4754": 97, "cn139": 139, "cn153": 153},
}


def official(folder: Path, name: str) -> list[list[str]]:
    with (folder / name).open(encoding="utf-8") as file:
        return list(csv.reader(file))


def outputs(folder: Path, name: str) -> np.ndarray:
    """Return total inputs, which equal gross output, by sector."""
    rows = official(folder, name)
    total = next(row for row in rows if row[0] == "TI")
    return np.array([float(v) for head, v in zip(rows[0], total, strict=True) if head.isdigit()])


def own(text: str, name: str = "own.toml") -> Classification:
    return parse_classification(text.encode(), name)


# What is shipped


def test_every_shipped_classification_has_its_sectors_in_both_languages():
    assert set(classifications()) == set(SECTORS)
    for name in classifications():
        classification = load_classification(name)
        assert classification.id == name
        assert len(classification.sectors) == SECTORS[name]
        words = [classification.title, *(sector.title for sector in classification.sectors)]
        for title in (*words, classification.source):
            assert CHINESE.search(title.zh) or title.zh == "Xinzhi", title
            assert title.en.isascii() or "–" in title.en, title
            assert not CHINESE.search(title.en)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("cn42", "io_china_2017_42.csv"),
        ("cn42", "io_china_2018_42.csv"),
        ("cn42", "io_china_2020_42.csv"),
        ("cn42_2012", "io_china_2015_42.csv"),
        ("cn139", "io_china_2012_139.csv"),
        ("cn153", "io_china_2018_153.csv"),
        ("cn153", "io_china_2020_153.csv"),
    ],
)
def test_codes_and_chinese_names_are_those_of_the_tables(
    official_folder: Path, name: str, file: str
):
    rows = official(official_folder, file)[1:]
    printed = {row[0]: row[2] for row in rows if row[0].isdigit()}
    shipped = {sector.code: sector.title.zh for sector in load_classification(name).sectors}
    assert list(shipped.items()) == list(printed.items())


def test_oecd_codes_are_those_of_the_tables(official_folder: Path):
    rows = official(official_folder, "io_oecd_chn_2018.csv")
    codes = tuple(row[0] for row in rows[1:] if row[0].isdigit())
    assert load_classification("oecd45").codes == codes


def test_divisions_are_those_of_the_employment_statistics(official_folder: Path):
    rows = official(official_folder, "china_employment_by_sector.csv")[2:]
    parents = {row[0][0] for row in rows if len(row[0]) > 1}
    printed = [row[2] for row in rows if row[0] not in parents]
    titles = [sector.title.zh for sector in load_classification("gbt4754").sectors]
    # Two names of the statistics are those of the standard of 2011.
    former = {
        "造纸及纸制品业": "造纸和纸制品业",
        "广播、电视、电影和影视录音制作业": "广播、电视、电影和录音制作业",
    }
    assert titles == [former.get(name, name) for name in printed]


def test_a_code_that_is_not_there_gets_the_nearest_one():
    with pytest.raises(InputError) as error:
        load_classification("cn153").sector("94")
    assert "cn153 has no sector 94" in error.value.text("en")
    assert "094" in error.value.text("en")
    assert "保留前面的零" in error.value.text("zh")
    assert load_classification("cn153").sector("094").title == Text(
        "电子元器件", "Electronic components"
    )


# Concordances


@pytest.mark.parametrize("year", [2018, 2020])
def test_153_sectors_sum_to_the_42_of_the_same_year(official_folder: Path, year: int):
    detailed = outputs(official_folder, f"io_china_{year}_153.csv")
    printed = outputs(official_folder, f"io_china_{year}_42.csv")
    np.testing.assert_allclose(detailed @ concordance("cn153", "cn42").shares, printed, rtol=1e-9)


def test_42_sectors_sum_to_the_embedded_three(official_folder: Path, figures_folder: Path):
    three = outputs(official_folder, "io_china_2017_42.csv") @ concordance("cn42", "cn3").shares
    rows = official(figures_folder, "io_china_2017_3sector.csv")[1:]
    printed = [float(row[3]) for row in rows if row[1] == "总产出"]
    # Trillion yuan, printed with two decimals that were made to balance.
    np.testing.assert_allclose(three / 1e8, printed, rtol=0, atol=0.01)


def test_nine_industries_are_the_embedded_indicators():
    for code in load_classification("cn9").codes:
        assert f"value_added_{code}" in indicators()


@pytest.mark.parametrize(
    ("source", "target", "path"),
    [
        ("cn153", "cn42", ("cn153", "cn42")),
        ("cn139", "cn42_2012", ("cn139", "cn42_2012")),
        ("cn42", "cn3", ("cn42", "cn41", "cn3")),
        ("cn153", "cn3", ("cn153", "cn42", "cn41", "cn3")),
        ("cn42", "cn9", ("cn42", "cn41", "cn9")),
        ("gbt4754", "cn42", ("gbt4754", "cn42")),
        ("isic4", "oecd45", ("isic4", "oecd45")),
        ("cn42_2012", "cn9", ("cn42_2012", "cn41", "cn9")),
        ("cn42", "cn42", ("cn42",)),
    ],
)
def test_every_sector_goes_whole_into_one_and_every_target_is_filled(
    source: str, target: str, path: tuple[str, ...]
):
    found = concordance(source, target)
    assert (found.source, found.target, found.path) == (source, target, path)
    assert found.many_to_one
    sums = found.shares.sum(axis=1)
    matched = [code not in found.unmatched for code in found.from_codes]
    np.testing.assert_array_equal(sums, np.array(matched, dtype=float))
    assert (found.shares.sum(axis=0) >= 1).all()
    assert not found.assumptions
    assert len(found.to_frame()) == sum(matched)


def test_a_sector_without_counterpart_is_declared():
    assert concordance("gbt4754", "cn42").unmatched == ("97",)
    assert concordance("isic4", "oecd45").unmatched == ("99",)


def test_different_ways_to_the_same_classification_agree():
    direct = concordance("cn139", "cn42").shares @ concordance("cn42", "cn41").shares
    older = concordance("cn139", "cn42_2012").shares @ concordance("cn42_2012", "cn41").shares
    np.testing.assert_array_equal(direct, older)
    through_nine = concordance("cn41", "cn9").shares @ concordance("cn9", "cn3").shares
    np.testing.assert_array_equal(concordance("cn41", "cn3").shares, through_nine)


def test_sectors_that_are_common_in_name_are_common_in_the_concordance():
    titles = {
        name: {s.code: s.title.zh for s in load_classification(name).sectors} for name in SECTORS
    }
    for source, target in (("cn42", "cn41"), ("cn42_2012", "cn41"), ("cn139", "cn42")):
        inverse = {title: code for code, title in titles[target].items()}
        for row in concordance(source, target).to_frame().itertuples():
            same = inverse.get(titles[source][row.from_code])
            assert same in (None, row.to_code)


@pytest.mark.parametrize(
    ("first", "second", "target", "sectors"),
    [
        ("oecd45", "cn42", "cn_oecd29", 29),
        ("cn42", "oecd45", "cn_oecd29", 29),
        ("cn42_2012", "cn42", "cn41", 41),
        ("cn139", "cn153", "cn42", 42),
        ("cn153", "cn42", "cn42", 42),
    ],
)
def test_common_is_the_finest_that_both_add_up_to(
    first: str, second: str, target: str, sectors: int
):
    one, other = common(first, second)
    assert (one.source, other.source) == (first, second)
    assert one.target == other.target == target
    assert one.to_codes == other.to_codes
    assert len(one.to_codes) == sectors
    assert one.many_to_one
    assert other.many_to_one
    for side in (one, other):
        assert (side.shares.sum(axis=0) >= 1).all()


def test_a_correspondence_by_main_activity_says_so():
    one, other = common("oecd45", "cn42")
    for side in (one, other):
        (words,) = side.assumptions
        assert "main activity" in words.en
        assert "按主要活动对应" in words.zh
    assert one.assumptions[0].en.startswith("oecd45 to cn_oecd29: ")


def test_sectors_without_one_counterpart_are_named_with_the_common_classification():
    with pytest.raises(InputError) as error:
        concordance("cn42_2012", "cn42")
    assert error.value.text("en") == (
        "there is no concordance from cn42_2012 to cn42\n"
        "  sectors without one counterpart in cn42: 36\n"
        "Both add up to cn41 (41 sectors) without shares."
    )
    assert error.value.text("zh") == (
        "没有从 cn42_2012 到 cn42 的对应\n"
        "  在 cn42 中没有唯一对应的部门：36\n"
        "两者都可汇总为 cn41（41 个部门），不需要份额。"
    )
    with pytest.raises(InputError) as error:
        concordance("oecd45", "cn42")
    assert "cn_oecd29" in error.value.text("en")


def test_where_nothing_is_common_the_ways_out_are_named():
    with pytest.raises(InputError) as error:
        concordance("cn3", "cn_oecd29")
    assert "cn3 leads to: none" in error.value.text("en")
    assert "cn3 可对应到：无" in error.value.text("zh")
    with pytest.raises(InputError) as error:
        concordance("isic4", "cn3")
    assert "isic4 leads to: oecd45, cn_oecd29" in error.value.text("en")
    with pytest.raises(InputError) as error:
        common("cn3", "cn_oecd29")
    assert "cn3 and cn_oecd29 do not add up to a common classification" in error.value.text("en")
    assert "cn3 与 cn_oecd29 没有共同的汇总分类" in error.value.text("zh")


# A classification of the user's own

OWN = """
id = "city"
title = { zh = "本市分类", en = "City's sectors" }
sectors = [
  { code = "a", title = { zh = "芯片", en = "Chips" }, to = { cn42 = "20" } },
  { code = "b", title = "Materials", to = { cn42 = { "12" = 0.6, "14" = 0.4 } } },
  { code = "c", to = { cn42 = "none" } },
]
"""


def test_a_users_file_leads_on_through_the_shipped_ones(tmp_path: Path):
    path = tmp_path / "city.toml"
    path.write_text(OWN, encoding="utf-8")
    found = concordance(path, "cn3")
    assert found.path == ("city", "cn42", "cn41", "cn3")
    np.testing.assert_allclose(found.shares, [[0, 1, 0], [0, 1, 0], [0, 0, 0]])
    assert found.unmatched == ("c",)
    shares = concordance(path, "cn42")
    assert not shares.many_to_one
    assert shares.to_frame().to_dict("list") == {
        "from_code": ["a", "b", "b"],
        "to_code": ["20", "12", "14"],
        "share": [1.0, 0.6, 0.4],
    }
    assert shares.assumptions == (
        Text("city 到 cn42：按所给份额拆分部门", "city to cn42: sectors split by the shares given"),
    )
    assert load_classification(path).sector("b").title == Text("Materials", "Materials")


def test_shares_are_not_used_for_a_common_classification(tmp_path: Path):
    path = tmp_path / "city.toml"
    path.write_text(OWN, encoding="utf-8")
    assert common(path, "cn42")[0].target == "cn9"  # the finest where 12 and 14 are one sector


@pytest.mark.parametrize(
    ("old", "new", "english", "chinese"),
    [
        ('id = "city"', "", "id is missing", "缺少 id"),
        ('"a", title', "1, title", 'code must be text such as "01", it is 1', "code 应为文本"),
        ('code = "b"', 'code = "a"', "code is used twice: a", "代码重复：a"),
        (
            'title = "Mat',
            'titel = "Mat',
            "b: unknown key titel, did you mean title?",
            "是否指 title？",
        ),
        ("0.4", "0.5", "b, cn42: shares add up to 1.1", "份额合计 1.1，应为 1"),
        ("0.4", "-0.4", "it is {'12': 0.6, '14': -0.4}", "b, cn42：应为代码"),
        (
            ', to = { cn42 = "none" }',
            "",
            "sector c names no counterpart in cn42",
            "部门 c 没有写明",
        ),
        ('to = { cn42 = "20" }', 'to = "20"', "a: to must have the form", "a：to 应为"),
        ("sectors = [", "sectors = [1,", "sectors must be a list", "sectors 应为"),
        (
            'title = { zh = "本市',
            'assumptions = 3\ntitle = { zh = "本市',
            "assumptions must be a table",
            "assumptions 应为一个表",
        ),
        ("sectors = [", "sectors = {", "own.toml: not valid TOML", "own.toml：不是有效的 TOML"),
    ],
)
def test_every_mistake_of_a_file_is_named(old: str, new: str, english: str, chinese: str):
    assert old in OWN
    with pytest.raises(InputError) as error:
        own(OWN.replace(old, new, 1))
    assert english in error.value.text("en")
    assert chinese in error.value.text("zh")


def test_all_mistakes_come_at_once():
    with pytest.raises(InputError) as error:
        own(OWN.replace('id = "city"', "").replace("0.4", "0.5").replace('"c"', '"a"'))
    assert "own.toml: the sector classification has 3 problem(s)" in error.value.text("en")
    assert "own.toml：部门分类有 3 处错误" in error.value.text("zh")


def test_an_empty_file_has_no_sectors():
    with pytest.raises(InputError) as error:
        own('id = "x"\nsectors = []')
    assert "there are no sectors" in error.value.text("en")
    assert "没有部门" in error.value.text("zh")


def test_an_unknown_counterpart_is_named(tmp_path: Path):
    path = tmp_path / "city.toml"
    path.write_text(OWN.replace('"20"', '"99"'), encoding="utf-8")
    with pytest.raises(InputError) as error:
        concordance(path, "cn42")
    assert "city names sectors that are not in cn42: a → 99" in error.value.text("en")
    assert "city 写明的部门不在 cn42 中：a → 99" in error.value.text("zh")


def test_an_unknown_id_gets_the_nearest_one(tmp_path: Path):
    with pytest.raises(InputError) as error:
        load_classification("cn24")
    assert "cn24: no such file, did you mean cn42?" in error.value.text("en")
    assert "cn24：文件不存在，是否指 cn42？" in error.value.text("zh")
    assert "gbt4754" in error.value.text("en")
    with pytest.raises(InputError) as error:
        load_classification(tmp_path)
    assert "is a folder" in error.value.text("en")
    assert "是文件夹" in error.value.text("zh")


# Tracks


def test_the_shipped_tracks_are_two_and_two_three_and_six_four_and_five():
    assert shipped_tracks() == ("shanghai",)
    tracks = load_tracks()
    counts = [sum(t.group == group.id for t in tracks.tracks) for group in tracks.groups]
    assert counts == [2, 3, 6, 4, 5]
    for words in (tracks.title, tracks.source, *(t.title for t in tracks.tracks)):
        assert CHINESE.search(words.zh)
        assert not CHINESE.search(words.en)


def test_every_carrier_weighs_its_sectors_and_says_what_it_covers():
    for track in load_tracks().tracks:
        for name, carrier in track.carriers.items():
            weights, coverage = track_members(track, name)
            codes = load_classification(name).codes
            assert {codes[k] for k in np.flatnonzero(weights)} == set(carrier.shares)
            assert weights.shape == (len(codes),)
            assert track.title.zh in coverage.zh
            assert track.title.en in coverage.en
            assert carrier.includes.zh in coverage.zh
            assert carrier.omits.en in coverage.en
            # No share of output is published at this detail, so none is claimed.
            assert set(carrier.shares.values()) == {1.0}
            assert carrier.coverage != "equal"


def test_the_older_42_sectors_carry_a_track_by_the_same_sectors():
    old = {s.code: s.title for s in load_classification("cn42_2012").sectors}
    new = {s.code: s.title for s in load_classification("cn42").sectors}
    for track in load_tracks().tracks:
        assert ("cn42" in track.carriers) == ("cn42_2012" in track.carriers)
        if "cn42" in track.carriers:
            before, after = track.carriers["cn42_2012"], track.carriers["cn42"]
            assert [old[c] for c in before.shares] == [new[c] for c in after.shares]


def test_the_older_detail_carries_a_track_within_the_same_42_sectors():
    detailed = {name: concordance(name, "cn42").shares for name in ("cn139", "cn153")}
    for track in load_tracks().carried_by("cn139"):
        reached = {
            name: set(np.flatnonzero(track_members(track, name).weights @ detailed[name]))
            for name in detailed
        }
        assert reached["cn139"] <= reached["cn153"]


def test_the_coverage_of_a_track_names_its_sectors():
    statement = track_members(load_tracks().track("integrated_circuits"), "cn153").coverage
    assert statement.en.startswith(
        "Track Integrated circuits is measured by sectors of cn153: 094 Electronic components; "
        "they also hold all other electronic components"
    )
    assert "they leave out chip design" in statement.en
    assert statement.zh.startswith(
        "赛道“集成电路”以 cn153 的这些部门衡量：094 电子元器件；其中还包括："
    )
    assert "；未包括：芯片设计" in statement.zh


def test_coverage_is_wider_narrower_both_or_neither():
    tracks = load_tracks()
    assert tracks.track("automobiles").carriers["cn153"].coverage == "narrower"
    assert tracks.track("biomedicine").carriers["cn42"].coverage == "overlapping"
    edited = parse_tracks(TRACKS.encode(), "own.toml")
    assert edited.track("chips").carriers["cn153"].coverage == "wider"
    assert edited.track("cars").carriers["cn153"].coverage == "equal"


def test_a_track_that_no_sector_carries_says_why():
    tracks = load_tracks()
    with pytest.raises(InputError) as error:
        track_members(tracks.track("元宇宙"), "cn153")
    assert "sectors of cn153 cannot carry the track Metaverse: it is made of" in str(error.value)
    assert "cn153 的部门不能反映赛道“元宇宙”" in error.value.text("zh")
    assert "copy the file of tracks" in error.value.text("en")
    assert "可复制赛道文件" in error.value.text("zh")


def test_a_track_that_finer_sectors_carry_names_their_tables():
    with pytest.raises(InputError) as error:
        track_members(load_tracks().track("artificial_intelligence"), "cn42")
    assert "Use an input–output table of: cn153, cn139, oecd45." in error.value.text("en")
    assert "可用这些分类的投入产出表：cn153、cn139、oecd45。" in error.value.text("zh")


def test_tracks_not_carried_have_a_reason_unless_the_table_is_too_coarse_for_all():
    tracks = load_tracks()
    for name in ("cn153", "cn139", "cn42", "oecd45"):
        missing = tracks.not_carried_by(name)
        assert len(missing) + len(tracks.carried_by(name)) == 20
        assert all(track.reason.en and track.reason.zh for track in missing)
    assert not tracks.carried_by("cn3")
    with pytest.raises(InputError) as error:
        track_members(tracks.track("automobiles"), "cn3")
    assert str(error.value).startswith("sectors of cn3 cannot carry the track Automobiles\n")


def test_an_unknown_track_gets_the_nearest_one():
    with pytest.raises(InputError) as error:
        load_tracks().track("biomedicin")
    assert "shanghai has no track biomedicin, did you mean biomedicine?" in error.value.text("en")
    assert "没有赛道 biomedicin，是否指 biomedicine？" in error.value.text("zh")
    with pytest.raises(InputError) as error:
        load_tracks("shanghi")
    assert "did you mean shanghai?" in error.value.text("en")


TRACKS = """
id = "city"
[[group]]
id = "main"
[[track]]
id = "chips"
group = "main"
title = { zh = "芯片", en = "Chips" }
[track.carriers.cn153]
sectors = { "094" = 0.4 }
includes = { zh = "显示器件", en = "displays" }
[[track]]
id = "cars"
group = "main"
[track.carriers.cn153]
sectors = ["079"]
[track.carriers.city]
sectors = ["x"]
"""


def test_a_users_tracks_can_state_shares(tmp_path: Path):
    path = tmp_path / "city.toml"
    path.write_text(TRACKS, encoding="utf-8")
    chips = load_tracks(path).track("chips")
    weights, coverage = track_members(chips, "cn153")
    assert weights.sum() == pytest.approx(0.4)
    assert coverage == Text(
        "赛道“芯片”以 cn153 的这些部门衡量：094 电子元器件（40%）；其中还包括：显示器件",
        "Track Chips is measured by sectors of cn153: 094 Electronic components (40%); "
        "they also hold displays",
    )


def test_a_track_may_be_carried_by_a_classification_of_the_users_own():
    cars = parse_tracks(TRACKS.encode(), "own.toml").track("cars")
    city = own('id = "city"\nsectors = [{ code = "x" }, { code = "y" }]')
    assert track_members(cars, city).weights.tolist() == [1.0, 0.0]
    with pytest.raises(InputError) as error:
        track_members(cars, own('id = "city"\nsectors = [{ code = "y" }]'))
    assert "track cars: sectors x are not in city" in error.value.text("en")
    assert "赛道“cars”的部门 x 不在 city 中" in error.value.text("zh")


@pytest.mark.parametrize(
    ("old", "new", "english", "chinese"),
    [
        ('id = "city"', "", "id is missing", "缺少 id"),
        ('id = "chips"', "", "[[track]]: id is missing", "[[track]]：缺少 id"),
        ('id = "cars"', 'id = "chips"', "track is used twice: chips", "赛道重复：chips"),
        ('group = "main"', 'group = "mian"', "no group mian, did you mean main?", "没有分组 mian"),
        ("includes", "include", "unknown key include, did you mean includes?", "未知的键 include"),
        ('"094" = 0.4', '"094" = 1.4', "sectors must be a list of codes", "sectors 应为代码的列表"),
        ('"094" = 0.4', '"94" = 0.4', "no sector 94, did you mean 094?", "没有部门 94"),
        ('["079"]', '["079", "079"]', "sector is used twice: 079", "部门重复：079"),
        ("[[group]]", "[group]", "group must be written [[group]]", "group 应写作 [[group]]"),
        (
            '[track.carriers.cn153]\nsectors = ["079"]\n[track.carriers.city]\nsectors = ["x"]',
            "carriers = 1",
            "cars: carriers must be written [track.carriers.cn153]",
            "cars：carriers 应写作",
        ),
    ],
)
def test_every_mistake_of_a_file_of_tracks_is_named(old: str, new: str, english: str, chinese: str):
    assert old in TRACKS
    with pytest.raises(InputError) as error:
        parse_tracks(TRACKS.replace(old, new, 1).encode(), "own.toml")
    assert english in error.value.text("en")
    assert chinese in error.value.text("zh")


def test_a_file_without_tracks_is_refused():
    with pytest.raises(InputError) as error:
        parse_tracks(b'id = "x"', "own.toml")
    assert "there is no [[track]]" in error.value.text("en")
    assert "没有 [[track]]" in error.value.text("zh")
