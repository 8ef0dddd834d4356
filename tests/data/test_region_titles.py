"""The region in a title: named, named inside another place, or not at all."""

from __future__ import annotations

import pytest

from xinzhi.data.region_titles import region_of_title
from xinzhi.data.regions import RegionSet, load_region_set

CHINA = load_region_set("china31")
COUNTIES = RegionSet.from_names(["甲县", "乙县", "苏州市"])


@pytest.mark.parametrize(
    ("texts", "region"),
    [
        (["2-1 上海市国民经济主要指标（2023年）"], "上海"),
        (["表3 上 海 市 历 年 人 口"], "上海"),
        (["上海市城市居民收入"], "上海"),
        (["上海市区人口"], "上海"),
        (["北京地区生产总值"], "北京"),
        (["浙江西部地区生产总值"], "浙江"),
        (["广西壮族自治区主要年份指标"], "广西"),
        (["Main indicators of Shanghai, 2023"], "上海"),
        (["国民经济主要指标", "上海统计年鉴2023"], "上海"),
        (["主要城市人口", "上海"], "上海"),
        # Places inside a region, and places that are no region of the set.
        (["江苏省苏州市主要指标"], ""),
        (["苏州市主要指标", "江苏统计年鉴"], ""),
        (["上海市浦东新区主要指标"], ""),
        (["北京海淀区主要指标"], ""),
        (["吉林市主要指标"], ""),
        (["海南藏族自治州主要指标"], ""),
        (["江苏省各市主要指标", "江苏统计年鉴"], ""),
        # Several, or none.
        (["上海和北京的比较"], ""),
        (["全国主要指标"], ""),
        (["国民经济主要指标"], ""),
        (["Shanghainese habits"], ""),
        ([], ""),
    ],
)
def test_the_region_of_a_title(texts: list[str], region: str) -> None:
    assert region_of_title(texts, CHINA)[0] == region


@pytest.mark.parametrize(
    ("title", "region"),
    [("甲县国民经济主要指标", "甲县"), ("苏州市吴江区主要指标", ""), ("上海市主要指标", "")],
)
def test_the_regions_of_another_set(title: str, region: str) -> None:
    assert region_of_title([title], COUNTIES)[0] == region


def test_the_spelling_is_returned_to_be_taken_off_the_title() -> None:
    assert region_of_title(["1-1 上海市人口"], CHINA) == ("上海", "上海市")
    assert region_of_title(["1-1 人口"], CHINA) == ("", "")
