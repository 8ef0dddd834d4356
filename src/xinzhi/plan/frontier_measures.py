"""What a frontier is drawn over: growth, security and emissions as linear measures of a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from xinzhi.core import InputError, Text
from xinzhi.data.cases import TransitionCase
from xinzhi.data.units import find_unit
from xinzhi.plan.case_arrays import Array
from xinzhi.plan.transition_model import TransitionProgram

Aim = Literal["growth", "security", "emissions"]
AIMS: tuple[Aim, ...] = ("growth", "security", "emissions")
GROWTH = {"value_added": 1.0, "cost": 1.0}  # the default objective of a transition


@dataclass(frozen=True, eq=False)
class Measure:
    """A linear measure of a plan.

    component : its name among the components of the program
    sign : 1 where more is better, -1 where less is
    unit : id of the unit
    title : in prose
    """

    aim: Aim
    component: str
    sign: int
    unit: str
    title: Text


def chosen_aims(objectives: Sequence[str]) -> tuple[Aim, ...]:
    """Return two or three different aims in their usual order.

    Raises : InputError for fewer than two, for one named twice and for one that is not there
    """
    unknown = [name for name in objectives if name not in AIMS]
    if unknown or len(set(objectives)) != len(objectives) or len(objectives) < 2:
        given = ", ".join(objectives)
        raise InputError(
            Text(
                f"目标 {given or '（空）'}：权衡需要两个或三个不同的目标",
                f"objectives {given or '(none)'}: a trade-off needs two or three different ones",
            ),
            remedy=Text(
                f"可用：{'、'.join(AIMS)}。",
                f"There are: {', '.join(AIMS)}.",
            ),
        )
    return tuple(aim for aim in AIMS if aim in objectives)


def add_measures(
    made: TransitionProgram, account: str, losses: Mapping[str, float] | None
) -> dict[Aim, Measure]:
    """Add the components of every aim that the case has figures for, and return its measure.

    account : id of the account that emissions are read from
    losses : product → loss of value added when its imports are cut, at the imports of the base
        year; None reads the weights of the case's ``[[exposure]]`` instead
    Raises : InputError for losses of a product that the case does not have or does not import
    """
    program, case = made.program, made.case
    program.components["aim growth"] = program.measure({"value_added": 1.0, "cost": -1.0})
    found: dict[Aim, Measure] = {
        "growth": Measure(
            "growth",
            "aim growth",
            1,
            case.money,
            Text("增长（贴现的增加值减成本）", "growth (discounted value added less cost)"),
        )
    }
    weights = _exposure_weights(made) if losses is None else _loss_weights(made, losses)
    if weights.any():
        program.add_component(
            "aim security", made.at["imports"], weights[:, np.newaxis] / len(case.years)
        )
        found["security"] = Measure(
            "security",
            "aim security",
            -1,
            "ratio" if losses is None else case.money,
            Text("暴露指数", "exposure index")
            if losses is None
            else Text("断供的预计损失", "expected loss when imports are cut"),
        )
    place = {entry.id: entry for entry in case.accounts}.get(account)
    if place is not None:
        found["emissions"] = Measure("emissions", account, -1, place.unit, place.title)
    return found


def _exposure_weights(made: TransitionProgram) -> Array:
    """Return (I,) weights that give imports of chokepoint inputs as an index: 1 = base year."""
    weights = np.zeros(len(made.sectors))
    for exposure in made.case.exposures:
        weights[made.sectors.index(exposure.product)] += exposure.weight
    base = float(weights @ made.arrays.imports)
    return weights / base if base > 0 else np.zeros_like(weights)


def _loss_weights(made: TransitionProgram, losses: Mapping[str, float]) -> Array:
    """Return (I,) loss per unit of imports."""
    weights = np.zeros(len(made.sectors))
    imports = dict(zip(made.sectors, made.arrays.imports, strict=True))
    for product, loss in losses.items():
        if not imports.get(product) or not np.isfinite(loss) or loss < 0:
            able = [name for name, amount in imports.items() if amount > 0]
            raise InputError(
                Text(
                    f"losses，{product}：{loss:g}；应为案例中有进口的产品，损失不小于 0",
                    f"losses, {product}: {loss:g}; it must be a product that the case imports, and "
                    "a loss of at least 0",
                ),
                remedy=Text(f"可用：{'、'.join(able)}。", f"There are: {', '.join(able)}."),
            )
        weights[made.sectors.index(product)] = loss / imports[product]
    return weights


def require(
    case: TransitionCase, measures: Mapping[Aim, Measure], aims: Sequence[Aim], account: str
) -> None:
    """Refuse aims that the case has no figures for.

    Raises : InputError saying what is missing
    """
    if "security" in aims and "security" not in measures:
        raise InputError(
            Text(
                "security：案例没有进口不为 0 的 [[exposure]]，无从度量安全",
                "security: the case has no [[exposure]] of a product that it imports",
            ),
            remedy=Text(
                "请在案例文件中写 [[exposure]]（product、weight），或给出 losses。",
                "Give [[exposure]] (product, weight) in the case, or losses.",
            ),
        )
    if "emissions" in aims and "emissions" not in measures:
        there = [entry.id for entry in case.accounts]
        raise InputError(
            Text(
                f"emissions：案例没有账户 {account}",
                f"emissions: the case has no [[account]] {account}",
            ),
            remedy=Text(
                f"可用：{'、'.join(there) or '无'}。",
                f"There are: {', '.join(there) or 'none'}.",
            ),
        )


def amount(measure: Measure, value: float) -> Text:
    """Return a value of a measure with its unit."""
    if measure.unit == "ratio":
        return Text(f"{value:,.4g}", f"{value:,.4g}")
    unit = find_unit(measure.unit).title
    return Text(f"{value:,.6g} {unit.zh}", f"{value:,.6g} × {unit.en}")
