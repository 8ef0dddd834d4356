"""Events: the library, the user's own files, and what is said of files that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinzhi.core import InputError
from xinzhi.data.classifications import load_classification
from xinzhi.data.event_parts import ANY_CLASSIFICATION
from xinzhi.data.events import events, load_event, parse_event

LIBRARY = ("chip-embargo", "energy-shock", "export-slump", "flood", "port-closure")
FINE = """
id = "mine"
title = { zh = "我的", en = "Mine" }
start = 3
duration = 10
recovery = { function = "linear", time = 5 }

[[effect]]
kind = "imports"
size = 0.3
targets = [{ classification = "cn42", code = "20", share = 0.5 }]

[[assumption]]
text = "Half of them come from one place"
source = "Customs, 2023"
"""


def refusal(old: str, new: str = "", text: str = FINE) -> str:
    """Return what is said, in both languages, of a file in which one thing was changed."""
    assert old in text
    with pytest.raises(InputError) as raised:
        parse_event(text.replace(old, new, 1).encode(), "mine.toml")
    assert raised.value.exit_status == 2
    zh, en = raised.value.text("zh"), raised.value.text("en")
    assert "mine.toml" in zh
    assert "mine.toml" in en
    return en


def test_the_library_has_the_events_of_a_coastal_megacity():
    assert events() == LIBRARY


@pytest.mark.parametrize("name", LIBRARY)
def test_each_ready_event_states_itself_in_two_languages(name: str):
    event = load_event(name)
    assert event.id == name
    assert event.title.zh != event.title.en
    assert event.description.zh != event.description.en
    assert event.assumptions
    for assumption in event.assumptions:
        assert assumption.text.zh != assumption.text.en
        assert assumption.stated.zh.endswith("（待替换的假定）。")
        assert assumption.stated.en.endswith("(assumption to replace).")


@pytest.mark.parametrize("name", LIBRARY)
def test_each_ready_event_serves_the_shipped_tables_or_says_why_not(name: str):
    event = load_event(name)
    carried = event.classifications
    if carried == (ANY_CLASSIFICATION,):
        return
    assert {"cn42", "cn42_2012", "cn139", "cn153", "oecd45"} <= set(carried)
    assert "cn3" in carried or event.reason.en
    for effect in event.effects:
        for classification in carried:
            assert any(t.classification == classification for t in effect.targets)


def test_the_chip_embargo_is_the_one_that_was_asked_for():
    event = load_event("chip-embargo")
    (effect,) = event.effects
    assert (effect.kind, effect.size, event.duration, event.recovery) == (
        "imports",
        0.3,
        180,
        "none",
    )
    codes = {t.classification: t.first for t in effect.targets}
    assert load_classification("cn153").sector(codes["cn153"]).title.zh == "电子元器件"
    assert load_classification("cn139").sector(codes["cn139"]).title.zh == "电子元器件"
    wide = {t.classification: t.covers for t in effect.targets}
    assert "全部进口的通信设备、计算机和其他电子设备" in wide["cn42"].zh
    assert "all imported computers, communication" in wide["cn42"].en
    assert not wide["cn153"].en


def test_sizes_are_those_described():
    (slump,) = load_event("export-slump").effects
    assert (slump.kind, slump.size, slump.categories) == ("demand", 0.15, ("exports",))
    capital, capacity = load_event("flood").effects
    # the share of the district is written apart from what happens in it
    assert capital.targets[0].share == capacity.targets[0].share == 0.1
    assert (capital.kind, capital.size, capacity.size) == ("capital", 0.2, 1.0)


def test_a_file_of_the_users_own_is_read(tmp_path: Path):
    path = tmp_path / "mine.toml"
    path.write_text(FINE, encoding="utf-8")
    event = load_event(path)
    assert (event.id, event.start, event.duration) == ("mine", 3, 10)
    assert (event.recovery, event.recovery_time) == ("linear", 5)
    assert event.effects[0].targets[0].share == 0.5
    assert event.assumptions[0].stated.en == "Half of them come from one place (Customs, 2023)."
    assert event == parse_event(path.read_bytes(), "another name")


def test_a_classification_of_the_users_own_is_taken_as_it_is():
    text = FINE.replace(
        'classification = "cn42", code = "20"', 'classification = "own", code = "X"'
    )
    assert parse_event(text.encode(), "mine.toml").classifications == ("own",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "mine"', "", "id is missing; it must be text"),
        ('id = "mine"', "id = 7", "id is 7; it must be text"),
        ("title = {", "titel = {", "unknown key titel, did you mean title?"),
        ("start = 3", "start = -1", "start is -1; it must be a whole number of days from 0"),
        ("start = 3", "start = 1.5", "start is 1.5; it must be a whole number"),
        ("duration = 10", "duration = 0", "duration is 0; it must be a whole number of"),
        ("duration = 10", "", "duration is missing"),
        ("duration = 10", "duration = true", "duration is True"),
        ("duration = 10", 'duration = "10"', "duration is '10'; it must be a whole number"),
        ("duration = 10", "duration = 2020-01-01", "duration is datetime.date(2020, 1, 1)"),
        ('"linear"', '"slow"', "recovery: function is 'slow'; it must be one of none, linear"),
        ('"linear"', '"none"', "function none (all comes back at once) takes no time"),
        ("time = 5", "time = 0", "recovery: time is 0"),
        ("recovery = {", "recovery = 5 #{", "recovery is 5; it must be of the form"),
        ("size = 0.3", "size = 1.3", "effect 1 (imports): size is 1.3; it must be a number from 0"),
        ("size = 0.3", "size = -0.3", "size is -0.3; it must be a number from 0 to 1; 0.3 is 30 %"),
        ("size = 0.3", 'size = "30 %"', "size is '30 %'"),
        ("size = 0.3", "size = nan", "size is nan"),
        ("size = 0.3", f"size = 0x{'f' * 5000}", "size is …; it must be"),
        ("size = 0.3", "", "effect 1 (imports): size is missing"),
        ('"imports"', '"import"', "kind is 'import'; it must be one of capital, capacity"),
        ("share = 0.5", "share = 0", "targets 1: share is 0; it must be a number above 0"),
        ("share = 0.5", "share = 1.5", "share is 1.5; it must be a number above 0 and at most 1"),
        ('code = "20"', 'code = "2O"', "cn42 has no sector 2O, did you mean 20 Computers"),
        ('code = "20"', 'code = "7"', "did you mean 07 Textiles?"),
        ('code = "20"', 'code = "通信设备、计算机"', "did you mean 20 Computers, communication"),
        ('code = "20"', "code = 20", 'code is 20; it must be text that keeps its zeros ("09")'),
        ('code = "20"', 'from = "20"', "give code, or both from and to"),
        ('code = "20"', 'from = "22", to = "20"', "which comes after to (20)"),
        ('"cn42", code = "20"', '"any", code = "20"', "classification any means all sectors"),
        ('classification = "cn42", ', "", "classification is missing; it must be the id"),
        ("targets = [{", "targets = 5 #[{", "targets is 5; it must be a list of {"),
        ("share = 0.5 }]", 'share = 0.5 }, { classification = "cn42", from = "19", to = "21" }]',
         "targets, cn42: sector is used twice: 20"),
        ("size = 0.3", 'size = 0.3\norigins = ["A"]', "origins belongs to shipments only"),
        ("size = 0.3", "size = 0.3\nregions = []", 'regions is []; it must be a list of texts'),
        ('kind = "imports"', 'kind = "demand"', "categories is missing; it must be a list"),
        ('kind = "imports"', 'kind = "shipments"', "origins is missing; it must be a list of the"),
        ('kind = "imports"', 'kind = "capital"', "rebuilding is missing; it must be of the form"),
        ('"imports"', '"capital"\nrebuilding = 5', "rebuilding is 5; it must be of the form"),
        ('"imports"', '"capital"\nrebuilding = { time = 0 }', "rebuilding: time is 0"),
        ('"imports"', '"capital"\nrebuilding = { time = 9, sectors = [{ classification = "cn42", '
         'code = "27", share = 0.4 }] }', "shares add up to 0.4; they must add up to 1"),
        ('"imports"', '"capital"\nrebuilding = { time = 9, sectors = [{ classification = "any" }]}',
         "give code and share of each sector"),
        ("[[effect]]", "[effect]", "effect must be written [[effect]]"),
        ('text = "Half', 'txt = "Half', "assumption 1: text is missing"),
        ('source = "Customs, 2023"', "source = 2023", "source is 2023; it must be text"),
        ("duration = 10", "duration = ", "not valid TOML"),
        ("duration = 10", f"duration = {'9' * 5000}", "not TOML that can be read"),
        ("duration = 10", f"duration = {'[' * 50000}", "not TOML that can be read"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_field_value_and_what_was_expected(old, new, said):
    assert said in refusal(old, new)


def test_all_problems_of_a_file_are_listed_at_once():
    text = FINE.replace("start = 3", "start = -1").replace("size = 0.3", "size = 2")
    said = refusal("duration = 10", "duration = 0", text)
    assert "has 3 problem(s)" in said
    assert said.endswith("Correct them and try again.")


def test_problems_are_said_in_chinese_as_well():
    text = FINE.replace("start = 3", "start = -1").replace("size = 0.3", "size = 2")
    text = text.replace("duration = 10", "").replace('"20"', '"77"')
    with pytest.raises(InputError) as raised:
        parse_event(text.encode(), "mine.toml")
    said = raised.value.text("zh")
    assert "mine.toml：事件有 4 处错误" in said
    assert "start 为 -1，应为整数天数，从 0 到 36500" in said
    assert "缺少 duration，应为整数天数，从 1 到 36500" in said
    assert "effect 1 (imports)：size 为 2，应为 0 到 1 之间的数，0.3 即 30 %" in said
    assert "effect 1 (imports), targets 1：cn42 没有部门 77，是否指 07 纺织品？" in said
    assert said.endswith("改正后重试。")


def test_an_event_without_effects_is_refused():
    with pytest.raises(InputError, match="there is no \\[\\[effect\\]\\]"):
        parse_event(b'id = "a"\ntitle = "a"\nduration = 1', "a.toml")


def test_a_surge_of_demand_may_be_negative():
    text = FINE.replace('"imports"', '"demand"\ncategories = ["consumption"]')
    text = text.replace("size = 0.3", "size = -0.2")
    assert parse_event(text.encode(), "a.toml").effects[0].size == -0.2


def test_files_that_are_none(tmp_path: Path):
    with pytest.raises(InputError, match="chip-embarg: no such file, did you mean chip-embargo"):
        load_event("chip-embarg")
    with pytest.raises(InputError, match="is a folder"):
        load_event(tmp_path)
    rubbish = tmp_path / "rubbish.toml"
    rubbish.write_bytes(bytes(range(256)) * 20)
    with pytest.raises(InputError, match="not valid TOML"):
        load_event(rubbish)
    with pytest.raises(InputError, match=r"the file cannot be read|no such file"):
        load_event("x" * 5000)


PIECES = st.sampled_from(
    [
        *("", "0", "-1", "1e999", "nan", '"', "'", "[", "]", "{", "}", "=", "\n", "[[effect]]"),
        *("true", "2020-01-01", '"cn42"', '"any"', "size = 2", "kind = 1", "\x00", "，", "#"),
        *("code = 5", "targets = []", "share", "rebuilding = { time = 1 }", '"shipments"'),
    ]
)


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 12), PIECES), max_size=4))
@pytest.mark.parametrize("name", ["chip-embargo", "flood"])
def test_a_damaged_file_is_an_event_or_an_input_error(name: str, damage):
    folder = Path(__file__).parents[2] / "src" / "xinzhi" / "data" / "events"
    lines = (folder / f"{name}.toml").read_text(encoding="utf-8").split("\n")
    text = "\n".join(line for line in lines if not line.startswith("#"))
    for place, length, piece in damage:
        at = place % len(text)
        text = text[:at] + piece + text[at + length :]
    assert "damaged.toml" in read_or_refused(text)


def read_or_refused(text: str) -> str:
    """Return the words of the refusal, or the file's name where the event could be read."""
    try:
        event = parse_event(text.encode(), "damaged.toml")
    except InputError as error:
        return error.text("en") if error.text("zh") else ""
    assert event.effects
    assert event.duration >= 1
    assert all(effect.size <= 1 for effect in event.effects)
    return "damaged.toml"
