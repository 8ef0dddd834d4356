"""Stages in series: what each takes in and turns out, checked and put into arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.measure.productivity.observations import Observations, named, observations

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Stage:
    """One stage of a system.

    name : what it is called, as research, products or finance
    inputs, outputs : (unit, variables) tables of what it takes in and turns out, >= 0, every unit
        with a positive input and a positive output in every stage. A variable keeps its name from
        the stage that makes it to the stages that take it in; what they take in together is at most
        what was made before, and the rest leaves the system
    """

    name: str
    inputs: pd.DataFrame
    outputs: pd.DataFrame


@dataclass(frozen=True)
class Network:
    """Stages as arrays.

    data : the system's units with all that enters and leaves stages, for labels and warnings
    names : of the stages; variables : of all goods
    taken, made : (stages, units, variables), what each stage takes in and turns out
    produced : (variables,), whether some stage makes the good
    """

    data: Observations
    names: tuple[str, ...]
    variables: tuple[str, ...]
    taken: Array
    made: Array
    produced: NDArray[np.bool_]


def network_of(stages: Sequence[Stage]) -> Network:
    """Check stages and put them into arrays.

    Raises : InputError for fewer than two stages, equal names, a good that two stages make or that
        is taken in before it is made, more of it taken in than made, and as ``observations`` does
    """
    names = tuple(stage.name for stage in stages)
    _check_names(names)
    index = stages[0].inputs.index
    checked = []
    for stage in stages:
        if set(stage.inputs.index) != set(index):
            raise InputError(
                Text(
                    f"环节 {stage.name} 的单元与 {names[0]} 不同",
                    f"stage {stage.name} does not have the units of {names[0]}",
                ),
                remedy=Text("各环节应有相同的单元。", "Give all stages the same units."),
            )
        checked.append(observations(stage.inputs.reindex(index), stage.outputs))
    variables = tuple(
        dict.fromkeys(name for data in checked for name in (*data.input_names, *data.output_names))
    )
    _check_order(names, checked)
    taken, made = np.zeros((2, len(stages), len(index), len(variables)))
    for place, data in enumerate(checked):
        taken[place][:, [variables.index(name) for name in data.input_names]] = data.inputs
        made[place][:, [variables.index(name) for name in data.output_names]] = data.outputs
    produced = np.array([any(name in data.output_names for data in checked) for name in variables])
    _check_amounts(checked[0], variables, taken, made, produced)
    warnings = tuple(dict.fromkeys(text for data in checked for text in data.warnings))
    first = checked[0]
    system = Observations(
        first.labels,
        first.inputs,
        first.outputs,
        first.undesirable,
        first.input_names,
        first.output_names,
        first.undesirable_names,
        warnings,
    )
    return Network(system, names, variables, taken, made, produced)


def _check_names(names: tuple[str, ...]) -> None:
    if len(names) < 2:
        raise InputError(
            Text(
                f"网络模型至少需要两个环节，现有 {len(names)} 个",
                f"a network needs at least two stages, got {len(names)}",
            ),
            remedy=Text("只有一个环节时请用 dea。", "With one stage, take dea."),
        )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        zh, en = named(twice)
        raise InputError(
            Text(f"环节重名：{zh}", f"stages named twice: {en}"),
            remedy=Text("每个环节用不同的名称。", "Name every stage differently."),
        )


def _check_order(names: tuple[str, ...], checked: list[Observations]) -> None:
    makers: dict[str, int] = {}
    for place, data in enumerate(checked):
        for variable in data.output_names:
            if variable in makers:
                raise InputError(
                    Text(
                        f"{variable} 由两个环节产出：{names[makers[variable]]}、{names[place]}",
                        f"{variable} is made by two stages: {names[makers[variable]]}, "
                        f"{names[place]}",
                    ),
                    remedy=Text(
                        "一种产品只由一个环节产出；请改名或合并。",
                        "One stage makes a good; rename one, or join the stages.",
                    ),
                )
            makers[variable] = place
    for place, data in enumerate(checked):
        for variable in data.input_names:
            if makers.get(variable, -1) >= place:
                raise InputError(
                    Text(
                        f"环节 {names[place]} 投入的 {variable} 要到环节 "
                        f"{names[makers[variable]]} 才产出",
                        f"stage {names[place]} takes in {variable}, which only stage "
                        f"{names[makers[variable]]} makes",
                    ),
                    remedy=Text(
                        "环节应按先后排列，中间产品先产出后投入。",
                        "Order the stages so that goods are made before they are taken in.",
                    ),
                )


def _check_amounts(
    data: Observations,
    variables: tuple[str, ...],
    taken: Array,
    made: Array,
    produced: NDArray[np.bool_],
) -> None:
    """Refuse more of a good taken in than was made, beyond rounding."""
    used, there = taken.sum(axis=0), made.sum(axis=0)
    units, goods = np.nonzero((used > there * (1 + 1e-9)) & produced)
    if len(units):
        zh, en = named(
            f"{data.names[u]} {variables[g]} {used[u, g]:g} > {there[u, g]:g}"
            for u, g in zip(units, goods, strict=True)
        )
        raise InputError(
            Text(
                f"{len(units)} 处中间产品的投入多于产出：{zh}",
                f"in {len(units)} place(s) more of an intermediate good is taken in than made: "
                f"{en}",
            ),
            remedy=Text(
                "核对数据；来自系统外的部分请作为另一种投入。",
                "Check the data; what comes from outside the system is another input.",
            ),
        )
