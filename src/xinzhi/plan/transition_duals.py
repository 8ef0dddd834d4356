"""Shadow prices in words: what one more unit of a limit is worth."""

from __future__ import annotations

from collections.abc import Mapping

from xinzhi.core import Text
from xinzhi.data.cases import TransitionCase
from xinzhi.data.units import find_unit
from xinzhi.plan.limit_words import FAMILIES, limit_title, limit_unit
from xinzhi.plan.program import Family
from xinzhi.plan.transition_model import TransitionProgram

_NOTHING = 1e-9


def objective_words(case: TransitionCase, weights: Mapping[str, float]) -> Text:
    """Return what a shadow price is counted in, {} standing for the amount."""
    given = {name: weight for name, weight in weights.items() if weight}
    money = find_unit(case.money).title
    if given == {"value_added": 1.0, "cost": 1.0}:
        return Text(
            f"{{}} {money.zh}（贴现的增加值减成本）",
            f"{{}} × {money.en} of discounted value added less cost",
        )
    if given == {"cost": 1.0}:
        return Text(f"{{}} {money.zh}贴现成本", f"{{}} × {money.en} of discounted cost")
    return Text("目标值 {}", "{} of the objective")


def price_words(
    made: TransitionProgram, family: Family, place: int, price: float, counted: Text
) -> Text:
    """Return what one more unit on a limit changes in the objective.

    price : change of the maximised objective per unit added to the right-hand side
    counted : as ``objective_words`` returns it
    """
    title = limit_title(made, family, place)
    if abs(price) <= _NOTHING:
        return Text(
            f"{title.zh}：再多一点也没有益处", f"{title.en}: a little more is worth nothing"
        )
    unit = find_unit(limit_unit(made, family, place)).title
    amount = f"{abs(price):,.4g}"
    worth = Text(counted.zh.format(amount), counted.en.format(amount))
    if FAMILIES[family.name].relative:
        return Text(
            f"{title.zh}：放宽 1 {unit.zh}，值 {worth.zh}",
            f"{title.en}: loosening it by one {unit.en} is worth {worth.en}",
        )
    effect = Text("值", "is worth") if price > 0 else Text("要付出", "costs")
    return Text(
        f"{title.zh}：再加 1 {unit.zh}，{effect.zh} {worth.zh}",
        f"{title.en}: one more {unit.en} {effect.en} {worth.en}",
    )
