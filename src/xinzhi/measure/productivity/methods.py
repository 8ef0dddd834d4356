"""The methods of ``productivity`` by name: what each needs, and the function that it calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from xinzhi.core import InputError, InputRecord, Result, Text
from xinzhi.data.firm_panel import FirmPanel, firm_panel
from xinzhi.measure.productivity.bootstrap import bootstrap_efficiency
from xinzhi.measure.productivity.columns import sorted_columns
from xinzhi.measure.productivity.dea import dea, super_efficiency
from xinzhi.measure.productivity.directional import directional_distance
from xinzhi.measure.productivity.firm_level import FIRM_METHODS, firm_productivity
from xinzhi.measure.productivity.growth_accounting import growth_accounting
from xinzhi.measure.productivity.indices import malmquist, malmquist_luenberger
from xinzhi.measure.productivity.luenberger import luenberger
from xinzhi.measure.productivity.network import network_efficiency
from xinzhi.measure.productivity.network_structure import Stage
from xinzhi.measure.productivity.reallocation import labour_productivity
from xinzhi.measure.productivity.sbm import sbm
from xinzhi.measure.productivity.stochastic_frontier import stochastic_frontier

UNIT = Text("单元列（--unit）", "the column of units (--unit)")
TIME = Text("时间列（--time）", "the column of periods (--time)")
INPUTS = Text("投入（--inputs）", "inputs (--inputs)")
OUTPUTS = Text("产出（--outputs）", "outputs (--outputs)")
STAGES = Text("环节（--stage）", "stages (--stage)")
PROXY = Text(
    "代理变量（--proxy：中间投入，op 为投资）",
    "a proxy (--proxy: intermediate inputs, for op investment)",
)
Stages = Mapping[str, tuple[Sequence[str], Sequence[str]]]


@dataclass(frozen=True)
class Question:
    """What is asked of a method: a table, the roles of its columns, and the method's options."""

    data: pd.DataFrame | FirmPanel
    method: str
    unit: str | None
    time: str | None
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    undesirable: tuple[str, ...]
    options: Mapping[str, Any]
    records: tuple[InputRecord, ...]

    @property
    def frame(self) -> pd.DataFrame:
        """Return the table; a panel of firms is for the proxy estimators only."""
        if isinstance(self.data, FirmPanel):
            raise InputError(
                Text(
                    f"{self.method} 需要数据表，而不是企业面板",
                    f"{self.method} takes a table, not a panel of firms",
                ),
                remedy=Text(
                    f"企业面板可用：{'、'.join(FIRM_METHODS)}",
                    f"A panel of firms is for: {', '.join(FIRM_METHODS)}",
                ),
            )
        return self.data

    @property
    def output(self) -> str:
        """Return the one output of a method that takes only one."""
        return one_output(self.method, self.outputs)

    @property
    def keys(self) -> list[str]:
        """Return the columns that name a row."""
        return [name for name in (self.unit, self.time) if name is not None]

    def tables(self, *variables: Sequence[str]) -> list[pd.DataFrame]:
        """Return one table for each group of columns, its rows labelled by unit (and period)."""
        every = dict.fromkeys(name for group in variables for name in group)
        table = sorted_columns(
            self.frame, self.keys, list(every), missing=True, time=self.time
        ).set_index(self.keys)
        return [table[list(group)] for group in variables]

    def roles(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the inputs that are capital and those that are labour."""
        return capital_and_labour(self.method, self.inputs, self.options.get("labour"))


@dataclass(frozen=True)
class Method:
    """A method: what it does, the options that it takes, and what it needs of the table."""

    run: Callable[[Question], Result]
    options: tuple[str, ...] = ()
    undesirable: bool = False
    over_time: bool = False
    by_unit: bool = True
    by_role: bool = False


def _frontier(function: Callable[..., Result]) -> Callable[[Question], Result]:
    def run(question: Question) -> Result:
        inputs, outputs = question.tables(question.inputs, question.outputs)
        return function(inputs, outputs, **question.options, records=question.records)

    return run


def _with_undesirable(function: Callable[..., Result]) -> Callable[[Question], Result]:
    def run(question: Question) -> Result:
        tables = question.tables(question.inputs, question.outputs, question.undesirable)
        return function(*tables, **question.options, records=question.records)

    return run


def _network(question: Question) -> Result:
    options = dict(question.options)
    stages: Stages = options.pop("stages", {})
    variables = [group for stage in stages.values() for group in stage]
    tables = iter(question.tables(*variables))
    built = [Stage(name, next(tables), next(tables)) for name in stages]
    return network_efficiency(built, **options, records=question.records)


def _growth_accounting(question: Question) -> Result:
    options = {key: value for key, value in question.options.items() if key != "labour"}
    capital, labour = question.roles()
    return growth_accounting(
        question.frame,
        [*capital, *labour],
        question.output,
        unit=str(question.unit),
        time=str(question.time),
        **options,
        records=question.records,
    )


def _reallocation(question: Question) -> Result:
    options = dict(question.options)
    sector = options.pop("sector", None)
    if sector is None or len(question.inputs) != 1:
        raise InputError(
            Text(
                "reallocation 需要行业列 sector 和一项投入（劳动）",
                "reallocation needs the column of sectors and one input, labour",
            ),
            remedy=Text(
                "例如 --sector 行业 --inputs 从业人员 --outputs 增加值 --time 年份。",
                "For example --sector industry --inputs workers --outputs value_added --time year.",
            ),
        )
    nominal = options.get("nominal_output")
    return labour_productivity(
        question.frame,
        question.output,
        question.inputs[0],
        sector=sector,
        time=str(question.time),
        unit=question.unit,
        form="shift-share" if nominal is None else "tang-wang",
        **options,
        records=question.records,
    )


def _stochastic_frontier(question: Question) -> Result:
    return stochastic_frontier(
        question.frame,
        question.inputs,
        question.output,
        unit=str(question.unit),
        time=question.time,
        **question.options,
        records=question.records,
    )


def _firms(question: Question) -> Result:
    options = {
        key: value for key, value in question.options.items() if key not in ("labour", "proxy")
    }
    panel = question.data
    if not isinstance(panel, FirmPanel):
        panel = firm_panel(
            panel,
            *firm_roles(
                question.method,
                question.unit,
                question.time,
                question.inputs,
                question.outputs,
                question.options.get("labour"),
                question.options.get("proxy"),
            ),
        )
    method: Any = question.method
    return firm_productivity(panel, method, **options, inputs=question.records)


def capital_and_labour(
    method: str, inputs: Sequence[str], labour: str | Sequence[str] | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the inputs that are capital and those that are labour.

    labour : those of the inputs that are labour; where it is left out, the last of two
    Raises : InputError where that leaves no capital, names what is no input, or is undecided
    """
    inputs = tuple(inputs)
    if labour is None:
        if len(inputs) != 2:
            raise InputError(
                Text(
                    f"{method} 的投入有 {len(inputs)} 项，看不出哪些是劳动",
                    f"{method} has {len(inputs)} input(s) and cannot tell which are labour",
                ),
                remedy=Text(
                    "用 labour（命令行 --labour）指明劳动；正好两项时，先资本、后劳动。",
                    "Name labour with labour (--labour on the command line); of exactly two "
                    "inputs the first is capital, the second labour.",
                ),
            )
        return inputs[:1], inputs[1:]
    named = (labour,) if isinstance(labour, str) else tuple(labour)
    capital = tuple(name for name in inputs if name not in named)
    if not capital or not set(named) <= set(inputs):
        raise InputError(
            Text(
                f"劳动（{'、'.join(named)}）应是投入（{'、'.join(inputs)}）的一部分，其余为资本",
                f"labour ({', '.join(named)}) must be some of the inputs ({', '.join(inputs)}), "
                "the rest being capital",
            )
        )
    return capital, named


def one_output(method: str, outputs: Sequence[str]) -> str:
    """Return the only output.

    Raises : InputError if there are more, or none
    """
    if len(outputs) != 1:
        raise InputError(
            Text(
                f"{method} 只取一项产出，现有 {len(outputs)} 项",
                f"{method} takes one output; {len(outputs)} are given",
            )
        )
    return outputs[0]


def firm_roles(
    method: str,
    unit: str | None,
    time: str | None,
    inputs: Sequence[str],
    outputs: Sequence[str],
    labour: str | Sequence[str] | None,
    proxy: str | None,
) -> tuple[str, str, str, tuple[str, ...], tuple[str, ...], str]:
    """Return the columns that a panel of firms is made of, in the order of ``firm_panel``.

    Raises : InputError, naming what is lacking
    """
    check_given(
        method, {UNIT: bool(unit), TIME: bool(time), INPUTS: bool(inputs), PROXY: bool(proxy)}
    )
    capital, named = capital_and_labour(method, inputs, labour)
    return str(unit), str(time), one_output(method, outputs), named, capital, str(proxy)


def check_given(method: str, given: Mapping[Text, bool]) -> None:
    """Refuse a question that lacks something, naming all that is lacking."""
    lacking = [what for what, there in given.items() if not there]
    if lacking:
        raise InputError(
            Text(
                f"{method} 还需要：{'、'.join(what.zh for what in lacking)}",
                f"{method} also needs: {', '.join(what.en for what in lacking)}",
            )
        )


_RADIAL = ("returns", "orientation")
_OVER_TIME = ("reference", "returns")
_FIRM = ("labour", "proxy", "degree", "markov_degree", "replications", "level", "seed", "workers")

METHODS: Mapping[str, Method] = {
    "dea": Method(_frontier(dea), _RADIAL),
    "super": Method(_frontier(super_efficiency), _RADIAL),
    "sbm": Method(_with_undesirable(sbm), _RADIAL, undesirable=True),
    "directional": Method(
        _with_undesirable(directional_distance), ("returns", "direction"), undesirable=True
    ),
    "bootstrap": Method(
        _frontier(bootstrap_efficiency), (*_RADIAL, "replications", "level", "seed", "workers")
    ),
    "network": Method(_network, ("stages", "decomposition", "priority")),
    "malmquist": Method(_frontier(malmquist), (*_OVER_TIME, "orientation"), over_time=True),
    "luenberger": Method(
        _with_undesirable(luenberger),
        (*_OVER_TIME, "direction"),
        undesirable=True,
        over_time=True,
    ),
    "malmquist-luenberger": Method(
        _with_undesirable(malmquist_luenberger), _OVER_TIME, undesirable=True, over_time=True
    ),
    "growth-accounting": Method(
        _growth_accounting,
        (
            *("labour", "capital_share", "shares", "human_capital", "depreciation", "deflator"),
            *("share_margin", "depreciation_margin"),
        ),
        over_time=True,
        by_role=True,
    ),
    "reallocation": Method(
        _reallocation, ("sector", "nominal_output"), over_time=True, by_unit=False
    ),
    "sfa": Method(_stochastic_frontier, ("distribution", "frontier", "time_varying", "trend")),
    **{name: Method(_firms, _FIRM, over_time=True, by_role=True) for name in FIRM_METHODS},
}
