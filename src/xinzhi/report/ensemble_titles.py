"""Titles of the columns that ensembles and resilience plans have of their own."""

from __future__ import annotations

from collections.abc import Mapping

from xinzhi.core import Text
from xinzhi.stress.ensemble_ranges import TITLES

ENSEMBLE_COLUMNS: Mapping[str, Text] = {
    **{name: Text(title.zh, title.en[0].upper() + title.en[1:]) for name, title in TITLES.items()},
    "amount": Text("一步的数量", "Amount of one step"),
    "avoided_loss": Text("避免的损失", "Loss avoided"),
    "draw": Text("抽样序号", "Draw"),
    "first_five": Text("排进前五名的抽样份额", "Share of draws among the first five"),
    "kind": Text("类别", "Kind"),
    "option": Text("措施", "Option"),
    "quantile": Text("分位点", "Quantile"),
    "second_difference": Text("二阶差分", "Second difference"),
    "unstable": Text("是否失稳", "Unstable"),
    "value_per_cost": Text("每单位年成本避免的损失", "Loss avoided per unit of yearly cost"),
}
