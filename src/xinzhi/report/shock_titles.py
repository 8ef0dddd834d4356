"""Titles of the columns of shock, and names of its quick measures."""

from __future__ import annotations

from collections.abc import Mapping

from xinzhi.core import Text
from xinzhi.report.ensemble_titles import ENSEMBLE_COLUMNS

MEASURES: Mapping[str, Text] = {
    "partial_extraction": Text("部分抽取", "partial extraction"),
    "inoperability": Text("失能模型", "inoperability"),
    "dynamic_inoperability": Text("动态失能模型", "dynamic inoperability"),
    "supply_cascade": Text("供给侧短缺传导", "supply cascade"),
}

SHOCK_COLUMNS: Mapping[str, Text] = {
    **ENSEMBLE_COLUMNS,
    "classifications": Text("能反映的部门分类", "Classifications that carry it"),
    "day": Text("天", "Day"),
    "days": Text("天数", "Days"),
    "demand_unmet": Text("未满足的最终需求", "Demand unmet"),
    "event": Text("事件", "Event"),
    "first_day": Text("首日", "First day"),
    "last_day": Text("末日", "Last day"),
    "lowest_output_share": Text("最低产出（基年 = 1）", "Lowest output (base year = 1)"),
    "lowest_stock_share": Text("最低库存（基年 = 1）", "Lowest stock (base year = 1)"),
    "lowest_value_added_share": Text(
        "最低增加值（基年 = 1）", "Lowest value added (base year = 1)"
    ),
    "output_share": Text("产出（基年 = 1）", "Output (base year = 1)"),
    "product_title_en": Text("投入名称（英文）", "Input (English)"),
    "product_title_zh": Text("投入名称（中文）", "Input (Chinese)"),
    "production_possible_share": Text(
        "产能允许的增加值（基年 = 1）", "Value added that capacity allows (base year = 1)"
    ),
    "rebuilding_gain": Text("重建与超产增益", "Gain of rebuilding and overproduction"),
    "reconstruction": Text("交付的重建", "Reconstruction delivered"),
    "reconstruction_left": Text("尚待重建", "Reconstruction left"),
    "recovery_time": Text("挽回最大跌幅 99% 的天数", "Days to make up 99 % of the fall"),
    "recovery_time_50": Text("挽回最大跌幅 50% 的天数", "Days to make up 50 % of the fall"),
    "recovery_time_90": Text("挽回最大跌幅 90% 的天数", "Days to make up 90 % of the fall"),
    "remedy_en": Text("怎么办（英文）", "What to do (English)"),
    "remedy_zh": Text("怎么办（中文）", "What to do (Chinese)"),
    "value_added_net_change": Text("增加值净变动", "Net change of value added"),
    "value_added_share": Text("增加值（基年 = 1）", "Value added (base year = 1)"),
}
