"""Titles of the columns of strengths."""

from __future__ import annotations

from collections.abc import Mapping

from xinzhi.core import Text

STRENGTHS_COLUMNS: Mapping[str, Text] = {
    "activity": Text("活动", "Activity"),
    "allocation": Text("配置分量", "Allocation"),
    "competitive": Text("竞争分量", "Competitive component"),
    "competitive_homothetic": Text("同构竞争分量", "Homothetic competitive component"),
    "end": Text("末年", "Last year"),
    "industry_mix": Text("行业结构分量", "Industry mix"),
    "national_growth": Text("全国增长分量", "National growth"),
    "rca": Text("区位商", "Location quotient"),
    "rca_high": Text("历年最高区位商", "Highest location quotient"),
    "rca_low": Text("历年最低区位商", "Lowest location quotient"),
    "rca_start": Text("首年区位商", "Location quotient, first year"),
    "set": Text("类别", "Set"),
    "standing": Text("位置", "Standing"),
    "start": Text("首年", "First year"),
    "steps": Text("年度数", "Steps"),
    "years_ahead": Text("竞争分量为正的年度数", "Steps with a positive component"),
}
