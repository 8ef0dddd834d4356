"""One front for every method: how much of growth is productivity, and who is on the frontier."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from xinzhi.core import InputError, InputRecord, Language, Result, Text
from xinzhi.data.firm_panel import FirmPanel
from xinzhi.measure.productivity.methods import (
    INPUTS,
    METHODS,
    OUTPUTS,
    PROXY,
    STAGES,
    TIME,
    UNIT,
    Method,
    Question,
    check_given,
)


@dataclass(frozen=True)
class ProductivityResult(Result):
    """The tables of the method, its main one first.

    ``efficiency`` (unit, efficiency), ``indices`` (unit, period, malmquist, efficiency_change,
    technical_change), ``growth`` (…, tfp_growth), ``reallocation`` or ``coefficients``; see the
    function of the method for the rest.
    """

    def plot(self, kind: str | None = None, lang: Language = "en") -> Any:
        """Return an Altair chart of the main table, by whose name its one kind is called.

        Raises : InputError for another kind
        """
        from xinzhi.measure.productivity.productivity_plots import productivity_chart

        return productivity_chart(self, kind, lang)


def productivity(
    data: pd.DataFrame | FirmPanel,
    method: str = "dea",
    *,
    unit: str | None = None,
    time: str | None = None,
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    undesirable: Sequence[str] = (),
    records: Iterable[InputRecord] = (),
    **options: Any,
) -> ProductivityResult:
    """Measure productivity by the method named.

    data : one row a unit (and period); for the proxy estimators also a FirmPanel, which holds all
        columns already
    method : dea, super, sbm, directional, bootstrap, network; malmquist, luenberger,
        malmquist-luenberger; growth-accounting, reallocation; sfa; ols, op, lp, acf, wooldridge
    unit, time : columns of the unit and the period. The frontier methods, network included, compare
        all rows with one frontier where a period is given; reallocation takes the unit or leaves it
    inputs, outputs, undesirable : columns. For growth-accounting and the proxy estimators the
        inputs are capital and labour: of two the first is capital, unless ``labour`` names those
        that are labour. For reallocation the input is labour
    options : those of the method's own function: returns, orientation, direction, reference,
        replications, …; for network ``stages``: name → (inputs, outputs), in order; for
        reallocation ``sector``; for the proxy estimators ``proxy``
    Returns : the tables, units and warnings of that function; parameters are all options in force
    Raises : InputError for an unknown method, an option that the method does not take, a column
        that is absent, a role that it needs and that is not given, and as that function does
    """
    chosen = _method(method)
    question = Question(
        data=data,
        method=method,
        unit=unit,
        time=time,
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        undesirable=tuple(undesirable),
        options=options,
        records=tuple(records),
    )
    _check_options(question, chosen)
    if isinstance(data, FirmPanel):
        _check_no_roles(question)
    else:
        _check_roles(question, chosen)
    found = chosen.run(question)
    return ProductivityResult(
        tables=found.tables,
        units=found.units,
        parameters={**_parameters(question, chosen), **found.parameters, "method": method},
        inputs=found.inputs,
        warnings=(*_pooled(question, chosen), *found.warnings),
    )


def _method(name: str) -> Method:
    if name not in METHODS:
        raise InputError(
            Text(f"没有名为 {name} 的方法", f"no method named {name}"),
            remedy=Text(f"可选：{'、'.join(METHODS)}", f"Choose from: {', '.join(METHODS)}"),
        )
    return METHODS[name]


def _check_options(question: Question, chosen: Method) -> None:
    foreign = [name for name in question.options if name not in chosen.options]
    if foreign:
        raise InputError(
            Text(
                f"{question.method} 没有选项 {'、'.join(foreign)}",
                f"{question.method} has no option {', '.join(foreign)}",
            ),
            remedy=Text(
                f"它的选项：{'、'.join(chosen.options)}",
                f"Its options are: {', '.join(chosen.options)}",
            ),
        )
    if question.undesirable and not chosen.undesirable:
        able = [name for name, method in METHODS.items() if method.undesirable]
        raise InputError(
            Text(
                f"{question.method} 不含非期望产出",
                f"{question.method} has no undesirable outputs",
            ),
            remedy=Text(f"可用：{'、'.join(able)}", f"Take one of: {', '.join(able)}"),
        )


def _check_roles(question: Question, chosen: Method) -> None:
    """Refuse a question that lacks a role, or gives roles to a method that has its own."""
    staged = question.method == "network"
    check_given(
        question.method,
        {
            UNIT: not chosen.by_unit or question.unit is not None,
            TIME: not chosen.over_time or question.time is not None,
            INPUTS: staged or bool(question.inputs),
            OUTPUTS: staged or bool(question.outputs),
            STAGES: not staged or "stages" in question.options,
            PROXY: "proxy" not in chosen.options or "proxy" in question.options,
        },
    )
    if staged and (question.inputs or question.outputs):
        raise InputError(
            Text(
                "network 的投入和产出由各环节给出",
                "the inputs and outputs of network are those of its stages",
            ),
            remedy=Text(
                "去掉 --inputs 和 --outputs，只写 --stage。",
                "Leave out --inputs and --outputs, and give --stage only.",
            ),
        )


def _check_no_roles(question: Question) -> None:
    """Refuse roles of columns beside a panel, which has them."""
    given = [question.unit, question.time, *question.inputs, *question.outputs]
    given += [question.options.get("labour"), question.options.get("proxy")]
    if any(given):
        raise InputError(
            Text(
                "企业面板已含各列，不能再指定列",
                "a panel of firms holds its columns already; no column can be named beside it",
            ),
            remedy=Text(
                "去掉列名，或给出数据表。", "Leave the columns out, or give the table itself."
            ),
        )


def _parameters(question: Question, chosen: Method) -> dict[str, Any]:
    """Return the roles of columns; of capital and labour too, which order may decide."""
    if isinstance(question.data, FirmPanel):
        names, count = list(question.data.names), len(question.data.labour)
        return {"inputs": names, "labour": names[:count], "capital": names[count:]}
    found: dict[str, Any] = {
        "unit": question.unit,
        "time": question.time,
        "inputs": list(question.inputs),
        "outputs": list(question.outputs),
        "undesirable": list(question.undesirable),
        **question.options,
    }
    if chosen.by_role:
        capital, labour = question.roles()
        found |= {"capital": list(capital), "labour": list(labour)}
    return found


def _pooled(question: Question, chosen: Method) -> list[Text]:
    """Say that periods share a frontier, where one is given to a method that has no time."""
    if chosen.over_time or question.time is None or question.method == "sfa":
        return []
    return [
        Text(
            "各时期的单元与同一前沿比较；要逐期的前沿，请逐期计算或用 malmquist",
            "units of all periods are compared with one frontier; for one of each period, compute "
            "period by period, or take malmquist",
        )
    ]
