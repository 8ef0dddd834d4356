"""Neighbours: the shipped list, files of the user's, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xinzhi.core import InputError
from xinzhi.data import load_region_set
from xinzhi.data.contiguity import load_contiguity, shipped_contiguities

CHINA = load_contiguity("china31")


def test_chinas_borders():
    assert shipped_contiguities() == ("china31",)
    names = load_region_set("china31").names
    weights = CHINA.weights(names)
    assert np.array_equal(weights, weights.T)
    assert not weights.diagonal().any()
    assert weights.sum() == 2 * 69  # 68 land borders and one strait
    near = CHINA.neighbours
    assert set(near["上海"]) == {"江苏", "浙江"}
    assert len(near["内蒙古"]) == len(near["陕西"]) == 8
    assert near["海南"] == ("广东",)
    (note,) = CHINA.notes_on(["上海", "Hainan"])
    assert "海南没有陆地邻省" in note.zh
    assert "Qiongzhou Strait" in note.en
    assert CHINA.notes_on(["上海", "nowhere"]) == ()


def test_borders_lie_near_each_other_on_the_tile_map():
    """Neighbours are at most three tiles apart: a border between the wrong two would show."""
    tiles = {region.name: region.tile for region in load_region_set("china31").regions}
    for name, others in CHINA.neighbours.items():
        for other in others:
            (a, b), (c, d) = tiles[name], tiles[other]
            assert max(abs(a - c), abs(b - d)) <= 3, f"{name} {other}"


def test_any_form_of_a_name_is_known_and_order_is_kept():
    weights = CHINA.weights(["Shanghai", "浙江省", "江 苏"])
    assert weights.tolist() == [[0, 1, 1], [1, 0, 1], [1, 1, 0]]
    assert CHINA.knows(["上海", "Zhejiang"])
    assert not CHINA.knows(["上海", "Bavaria"])


def test_regions_that_are_unknown_or_alone_are_named():
    with pytest.raises(InputError, match=r"1 region\(s\) are not in it: Bavaria") as error:
        CHINA.weights(["上海", "江苏", "Bavaria"])
    assert "不含 1 个地区：Bavaria" in error.value.text("zh")
    with pytest.raises(InputError, match="新疆 has no neighbour among the regions given") as error:
        CHINA.weights(["上海", "江苏", "新疆"])
    assert "新疆 没有邻居" in error.value.text("zh")


def test_a_table_of_pairs(tmp_path: Path):
    file = tmp_path / "mine.csv"
    file.write_text("region,neighbour\nA,B\nB,C\nC,B\n", encoding="utf-8")
    own = load_contiguity(file)
    assert own.weights(["A", "B", "C"]).tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]
    assert own.regions is None


def test_a_toml_file(tmp_path: Path):
    file = tmp_path / "mine.toml"
    file.write_text(
        '[contiguity]\nid = "mine"\nregions = "china31"\n[neighbours]\nShanghai = ["江苏省"]\n',
        encoding="utf-8",
    )
    own = load_contiguity(file)
    assert dict(own.neighbours) == {"上海": ("江苏",), "江苏": ("上海",)}


@pytest.mark.parametrize(
    ("name", "text", "message", "chinese"),
    [
        ("a.csv", "a,b\nA,\n", "row 2: two names are needed", "第 2 行：应有且只有两个地区名"),
        ("a.csv", "a,b\nA,A\n", "A cannot be its own neighbour", "A 不能是自己的邻居"),
        ("a.csv", "a,b\n", "no border in it", "没有一行邻接关系"),
        ("a.toml", "[contiguity]\n", r"\[neighbours\] is missing", "缺少 [neighbours]"),
        ("a.toml", '[contiguity]\nid="x"\n[neighbours]\nA="B"\n', "list of names", "地区名的列表"),
        (
            "a.toml",
            '[contiguity]\nid="x"\nregions="china31"\n[neighbours]\n"上海"=["东海"]\n',
            "东海 is not one of China's 31",
            "没有 东海",
        ),
        (
            "a.toml",
            "[contiguity]\nid='x'\n[neighbours]\nA=['B']\n[notes]\nC='c'\n",
            "there is no region C",
            "没有地区 C",
        ),
        ("a.toml", "[contiguity]\nid='x'\nname='y'\n", "unknown key name", "未知的键 name"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, name, text, message, chinese):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message) as error:
        load_contiguity(file)
    assert chinese in error.value.text("zh")


def test_a_list_that_is_not_there_is_refused_with_those_there_are():
    with pytest.raises(InputError, match="china3: no such file, did you mean china31"):
        load_contiguity("china3")
