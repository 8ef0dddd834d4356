"""Titles of the columns of transition."""

from __future__ import annotations

from collections.abc import Mapping

from xinzhi.core import Text

TRANSITION_COLUMNS: Mapping[str, Text] = {
    "account": Text("账户", "Account"),
    "allowed": Text("容许", "Allowed"),
    "available": Text("现有人数", "Workers available"),
    "build": Text("开工建设", "Building started"),
    "built": Text("投产年份", "Year it came to stand"),
    "cap": Text("上限", "Cap"),
    "capacity": Text("产能", "Capacity"),
    "component": Text("目标的组成", "Component of the objective"),
    "constraint": Text("限制", "Limit"),
    "difference": Text("差", "Difference"),
    "final": Text("最终需求", "Final demand"),
    "intermediate": Text("中间使用", "Intermediate use"),
    "investment": Text("投资", "Investment"),
    "largest_gap": Text("最大差距", "Largest gap"),
    "limit": Text("限额", "Limit of the source"),
    "needed": Text("需要人数", "Workers needed"),
    "of": Text("限制对象", "What it limits"),
    "retire": Text("退出", "Capacity leaving"),
    "retrofit": Text("开始改造", "Retrofit started"),
    "rule": Text("复核的规则", "Rule re-checked"),
    "spent": Text("支出", "Spent"),
    "trained": Text("培训人数", "Workers trained"),
    "training": Text("培训支出", "Spent on training"),
    "with_rule": Text("有规则", "With the rule"),
    "without_rule": Text("无规则", "Without the rule"),
    "words_en": Text("说明（英文）", "In words (English)"),
    "words_zh": Text("说明（中文）", "In words (Chinese)"),
}
