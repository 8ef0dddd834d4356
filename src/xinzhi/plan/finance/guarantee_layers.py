"""Who bears which part of a loss: quota shares within layers that lie upon each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from xinzhi.core import InputError, Text
from xinzhi.plan.finance.guarantee_checks import labels, shares
from xinzhi.plan.table_checks import check_columns, refuse_rows

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

_TABLE = "layers"
_NEEDED = ("layer", "bearer", "share")
_ROUNDING = 1e-9
_ALL = "all"


@dataclass(frozen=True, eq=False)
class LossLayers:
    """Layers from the first loss upwards, and who bears them.

    names : of the layers; bearers : in the order of the table
    attachment, detachment : (layers,) where each begins and ends, as shares of all exposure
    shares : (layers, bearers), one in each layer together
    """

    names: tuple[str, ...]
    bearers: tuple[str, ...]
    attachment: Array
    detachment: Array
    shares: Array


def loss_layers(table: pd.DataFrame | None, fund: str) -> LossLayers:
    """Make layers of their table; without one the fund bears every loss.

    table : layer, bearer, share (of the layer's losses, in [0, 1]); attachment and detachment
        (shares of all exposure) may be absent: one layer from 0 to 1. An empty attachment is 0, an
        empty detachment 1
    Raises : InputError for shares that do not add up to one in a layer, for a layer that ends
        before it begins, begins twice, or leaves a gap to the next, and for losses above the last
        layer or below the first that nobody bears
    """
    if table is None:
        return LossLayers((_ALL,), (fund,), np.zeros(1), np.ones(1), np.ones((1, 1)))
    check_columns(_TABLE, table, _NEEDED)
    layer, bearer = (_named(table, column) for column in ("layer", "bearer"))
    names, bearers = (tuple(dict.fromkeys(found)) for found in (layer, bearer))
    row = np.array([names.index(name) for name in layer])
    column = np.array([bearers.index(name) for name in bearer])
    _refuse_twice(layer, bearer)
    first = np.unique(row, return_index=True)[1]
    begin = _ends(table, "attachment", 0.0, row, first)
    end = _ends(table, "detachment", 1.0, row, first)
    short = (end <= begin)[row]
    above = Text("应大于同一行的 attachment", "expected above the row's attachment")
    refuse_rows(_TABLE, table, "detachment", short, above)
    split = np.zeros((len(names), len(bearers)))
    split[row, column] = shares(_TABLE, table, "share")
    order = np.argsort(begin, kind="stable")
    found = LossLayers(
        names=tuple(names[k] for k in order),
        bearers=bearers,
        attachment=begin[order],
        detachment=end[order],
        shares=split[order],
    )
    _refuse_gaps(found)
    _refuse_sums(found)
    return found


def layer_losses(losses: ArrayLike, attachment: ArrayLike, detachment: ArrayLike) -> Array:
    r"""Part of each loss that falls into each layer.

    .. math:: L_j = \min(\max(L - a_j, 0),\; d_j - a_j)

    losses : (N,) [money]; attachment, detachment : (layers,) a and d [money]
    Returns : (layers, N); layers that follow on each other add up to the loss
    """
    a = np.asarray(attachment, dtype=float)[:, np.newaxis]
    d = np.asarray(detachment, dtype=float)[:, np.newaxis]
    L = np.asarray(losses, dtype=float)
    found: Array = np.minimum(L, d) - np.minimum(L, a)
    return found


def bearer_losses(losses: ArrayLike, layers: LossLayers, exposure: float) -> Array:
    """Part of each loss that each bearer bears.

    losses : (N,) [money]; exposure : of all loans [money]
    Returns : (bearers, N), which add up to the loss; none falls where the loss rises
    """
    within = layer_losses(losses, layers.attachment * exposure, layers.detachment * exposure)
    found: Array = layers.shares.T @ within
    return found


def _named(table: pd.DataFrame, column: str) -> list[str]:
    """Return the labels of a column, all of which are there."""
    found = labels(table, column)
    empty = Text("不能为空", "it must not be empty")
    refuse_rows(_TABLE, table, column, np.asarray(found == ""), empty)
    return [str(label) for label in found]


def _ends(table: pd.DataFrame, column: str, empty: float, row: Indices, first: Indices) -> Array:
    """Return (layers,) where layers begin or end, the same in all rows of a layer."""
    given = table[column] if column in table else pd.Series(np.nan, table.index)
    blank = given.isna() | (given.astype(str) == "")
    filled = table.assign(**{column: given.where(~blank, empty)})
    values = shares(_TABLE, filled, column)
    one = values[first]
    alike = Text(
        f"同一层各行的 {column} 应相同；不同区间用不同的层名",
        f"rows of a layer share their {column}; other ranges are other layers",
    )
    refuse_rows(_TABLE, filled, column, values != one[row], alike)
    return one


def _refuse_twice(layer: list[str], bearer: list[str]) -> None:
    seen = set()
    for k, pair in enumerate(zip(layer, bearer, strict=True)):
        if pair in seen:
            words = " ".join(pair)
            raise InputError(
                Text(
                    f"表 {_TABLE} 第 {k + 1} 行重复：{words}",
                    f"table {_TABLE}, row {k + 1} is there twice: {words}",
                ),
                remedy=Text("每层每个承担方只留一行。", "Keep one row for each layer and bearer."),
            )
        seen.add(pair)


def _refuse_gaps(layers: LossLayers) -> None:
    names, begin, end = layers.names, layers.attachment, layers.detachment
    problems = []
    if begin[0] > _ROUNDING:
        problems.append(
            Text(f"0 到 {begin[0]:g} 之间没有层", f"no layer lies between 0 and {begin[0]:g}")
        )
    for k in range(1, len(names)):
        apart = begin[k] - end[k - 1]
        if abs(apart) > _ROUNDING:
            wrong = ("中间有空档", "there is a gap") if apart > 0 else ("两层重叠", "they overlap")
            problems.append(
                Text(
                    f"{names[k - 1]} 止于 {end[k - 1]:g}，{names[k]} 起于 {begin[k]:g}，{wrong[0]}",
                    f"{names[k - 1]} ends at {end[k - 1]:g} and {names[k]} begins at "
                    f"{begin[k]:g}: {wrong[1]}",
                )
            )
    if end[-1] < 1 - _ROUNDING:
        problems.append(
            Text(f"超过 {end[-1]:g} 的损失无人承担", f"nobody bears losses above {end[-1]:g}")
        )
    if problems:
        raise InputError(
            Text(
                f"表 {_TABLE}：各层应首尾相接，从 0 到 1（占在保余额的比例）",
                f"table {_TABLE}: layers must follow on each other from 0 to 1, as shares of "
                "exposure",
            ),
            problems,
            Text(
                "更正 attachment 和 detachment；最高一层的 detachment 可留空。",
                "Correct attachment and detachment; the highest layer's detachment may be empty.",
            ),
        )


def _refuse_sums(layers: LossLayers) -> None:
    total = layers.shares.sum(axis=1)
    wrong = np.flatnonzero(np.abs(total - 1) > _ROUNDING)
    if len(wrong):
        raise InputError(
            Text(
                f"表 {_TABLE}：有的层分担比例之和不为 1",
                f"table {_TABLE}: shares of a layer do not add up to 1",
            ),
            [
                Text(f"{layers.names[k]}：{total[k]:.9g}", f"{layers.names[k]}: {total[k]:.9g}")
                for k in wrong
            ],
            Text(
                "每层各承担方的 share 之和应为 1；三分之一这类数请写足位数。",
                "Shares of all bearers of a layer add up to 1; write thirds with all their digits.",
            ),
        )
