"""The door of every frontier model: labelled tables in, checked plain arrays out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text

Array = NDArray[np.float64]

INPUTS = Text("投入", "inputs")
OUTPUTS = Text("产出", "outputs")
UNDESIRABLE = Text("非期望产出", "undesirable outputs")
_MOST_NAMED = 5


@dataclass(frozen=True)
class Observations:
    """Checked data of units: plain arrays, their labels, and what the reader must know.

    labels : one row a unit, with the column unit, and period where there is one
    inputs : (n, k), outputs : (n, m), undesirable : (n, b), b = 0 where none are given
    """

    labels: pd.DataFrame
    inputs: Array
    outputs: Array
    undesirable: Array
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    undesirable_names: tuple[str, ...]
    warnings: tuple[Text, ...]

    @property
    def names(self) -> list[str]:
        """Return how each unit is called in messages."""
        return [" ".join(map(str, row)) for row in self.labels.itertuples(index=False)]


def observations(
    inputs: pd.DataFrame,
    outputs: pd.DataFrame,
    undesirable: pd.DataFrame | None = None,
    positive: bool = False,
) -> Observations:
    """Check labelled data of units and return them as plain arrays.

    inputs, outputs, undesirable : one row a unit, one named column a variable; the index names the
        units, or units and periods. Values finite and >= 0, or > 0 if ``positive``; each unit with
        at least one positive input and one positive output
    Returns : Observations; warnings for constant columns and for fewer units than variables
    Raises : InputError for no unit or variable, duplicate names, tables whose units differ, what is
        not a number, missing values, and values that the model forbids
    """
    given = [(inputs, INPUTS), (outputs, OUTPUTS)]
    if undesirable is not None and undesirable.shape[1]:
        given.append((undesirable, UNDESIRABLE))
    for table, role in given:
        _check_labels(table, role)
    index = inputs.index
    for table, role in given[1:]:
        _check_same_units(index, table.index, role)
    aligned = [table.reindex(index) for table, _ in given]
    _check_names([name for table in aligned for name in map(str, table.columns)])
    arrays = [_numbers(table, role) for table, (_, role) in zip(aligned, given, strict=True)]
    names = [tuple(map(str, table.columns)) for table in aligned]
    called = _called(index)
    for array, columns, (_, role) in zip(arrays, names, given, strict=True):
        _check_sign(array, columns, called, role, positive)
    for array, (_, role) in zip(arrays[:2], given[:2], strict=True):
        _check_some_positive(array, called, role)
    warnings = tuple(_warnings(arrays, names, len(index)))
    none_given = len(given) == 2
    return Observations(
        labels=_labels(index),
        inputs=arrays[0],
        outputs=arrays[1],
        undesirable=np.zeros((len(index), 0)) if none_given else arrays[2],
        input_names=names[0],
        output_names=names[1],
        undesirable_names=() if none_given else names[2],
        warnings=warnings,
    )


def named(names: Iterable[str]) -> tuple[str, str]:
    """Return a list of names for a Chinese and an English sentence, the first few of many."""
    names = list(names)
    rest = ("", "") if len(names) <= _MOST_NAMED else ("等", " …")
    shown = names[:_MOST_NAMED]
    return "、".join(shown) + rest[0], ", ".join(shown) + rest[1]


def check_choice(value: str, choices: tuple[str, ...], what: Text) -> None:
    """Refuse an option that is not one of the choices."""
    if value not in choices:
        raise InputError(
            Text(f"未知的{what.zh} {value}", f"unknown {what.en} {value}"),
            remedy=Text(f"可选：{'、'.join(choices)}", f"Choose from: {', '.join(choices)}"),
        )


def _labels(index: pd.Index) -> pd.DataFrame:
    if isinstance(index, pd.MultiIndex):
        return index.to_frame(index=False, name=["unit", "period"])
    return pd.DataFrame({"unit": index.to_numpy()})


def _called(index: pd.Index) -> list[str]:
    if isinstance(index, pd.MultiIndex):
        return [" ".join(map(str, label)) for label in index]
    return [str(label) for label in index]


def _check_labels(table: pd.DataFrame, role: Text) -> None:
    if not table.shape[0] or not table.shape[1]:
        raise InputError(
            Text(f"{role.zh}表是空的", f"the table of {role.en} is empty"),
            remedy=Text("至少给出一个单元和一个变量。", "Give at least one unit and one variable."),
        )
    if isinstance(table.index, pd.MultiIndex) and table.index.nlevels != 2:
        raise InputError(
            Text(
                f"{role.zh}表的行标签有 {table.index.nlevels} 层",
                f"the rows of the {role.en} have {table.index.nlevels} levels of labels",
            ),
            remedy=Text(
                "行标签应为单元，或单元和时期。", "Label rows by unit, or by unit and period."
            ),
        )
    if table.index.has_duplicates:
        twice = named(dict.fromkeys(_called(table[table.index.duplicated()].index)))
        raise InputError(
            Text(f"{role.zh}表中单元重名：{twice[0]}", f"{role.en}: units named twice: {twice[1]}"),
            remedy=Text(
                "每个单元一行；多个时期请同时给出时期。",
                "Give one row a unit; with several periods, name the period too.",
            ),
        )


def _check_same_units(index: pd.Index, other: pd.Index, role: Text) -> None:
    lacking, extra = index.difference(other), other.difference(index)
    if not len(lacking) and not len(extra):
        return
    details = []
    if len(lacking):
        zh, en = named(_called(lacking))
        details.append(Text(f"{role.zh}表缺：{zh}", f"missing among the {role.en}: {en}"))
    if len(extra):
        zh, en = named(_called(extra))
        details.append(Text(f"投入表缺：{zh}", f"missing among the inputs: {en}"))
    raise InputError(
        Text(f"投入表与{role.zh}表的单元不同", f"inputs and {role.en} do not name the same units"),
        details,
        Text("两张表应有相同的单元。", "Give both tables the same units."),
    )


def _check_names(names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        zh, en = named(twice)
        raise InputError(
            Text(f"变量重名：{zh}", f"variables named twice: {en}"),
            remedy=Text("一个变量只能是一种投入或产出。", "A variable is one input or one output."),
        )


def _numbers(table: pd.DataFrame, role: Text) -> Array:
    for name, column in table.items():
        if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
            raise InputError(
                Text(f"{role.zh} {name} 不是数", f"{role.en}: {name} is not numeric"),
                remedy=Text("请先转换为数。", "Convert it to numbers first."),
            )
    array = table.to_numpy(dtype=float, na_value=np.nan)
    rows, columns = np.nonzero(~np.isfinite(array))
    if len(rows):
        called, titles = _called(table.index), [str(name) for name in table.columns]
        places = named(f"{called[r]} {titles[c]}" for r, c in zip(rows, columns, strict=True))
        raise InputError(
            Text(
                f"{role.zh}中有 {len(rows)} 个缺失或无穷的值：{places[0]}",
                f"{role.en}: {len(rows)} value(s) are missing or infinite: {places[1]}",
            ),
            remedy=Text(
                "先插补，或去掉这些单元；缺失不等于零。",
                "Impute them or leave these units out; missing is not zero.",
            ),
        )
    return np.ascontiguousarray(array)


def _check_sign(
    array: Array, columns: tuple[str, ...], called: list[str], role: Text, positive: bool
) -> None:
    rows, places = np.nonzero(array <= 0 if positive else array < 0)
    if not len(rows):
        return
    zh, en = named(
        f"{called[r]} {columns[c]} = {array[r, c]:g}" for r, c in zip(rows, places, strict=True)
    )
    wrong = Text("不为正", "not positive") if positive else Text("为负", "negative")
    allowed = (
        Text("必须大于零", "must be above zero")
        if positive
        else Text("不能为负", "cannot be negative")
    )
    raise InputError(
        Text(
            f"{role.zh}中有 {len(rows)} 个值{wrong.zh}：{zh}",
            f"{role.en}: {len(rows)} value(s) are {wrong.en}: {en}",
        ),
        remedy=Text(
            f"此模型的{role.zh}{allowed.zh}；请换用合适的变量或模型。",
            f"In this model {role.en} {allowed.en}; take another variable or another model.",
        ),
    )


def _check_some_positive(array: Array, called: list[str], role: Text) -> None:
    none = np.flatnonzero((array <= 0).all(axis=1))
    if len(none):
        zh, en = named(called[unit] for unit in none)
        raise InputError(
            Text(f"以下单元的{role.zh}全为零：{zh}", f"units whose {role.en} are all zero: {en}"),
            remedy=Text(
                "每个单元至少要有一种投入和一种产出为正。",
                "Every unit needs at least one positive input and one positive output.",
            ),
        )


def _warnings(arrays: list[Array], names: list[tuple[str, ...]], units: int) -> list[Text]:
    found = []
    constant = [
        name
        for array, columns in zip(arrays, names, strict=True)
        for name, column in zip(columns, array.T, strict=True)
        if units > 1 and (column == column[0]).all()
    ]
    if constant:
        zh, en = named(constant)
        found.append(
            Text(
                f"各单元取值相同、不起区分作用的变量：{zh}",
                f"variables that are the same for all units and tell none apart: {en}",
            )
        )
    variables = sum(map(len, names))
    if units < variables:
        found.append(
            Text(
                f"{units} 个单元少于 {variables} 个变量，多数单元会落在前沿上",
                f"{units} units are fewer than {variables} variables: most will be on the frontier",
            )
        )
    return found
