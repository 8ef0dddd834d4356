"""Weights from pairwise comparisons: the analytic hierarchy process (handbook, section 6.7)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.system import IndicatorSystem
from xinzhi.measure.drawing import Asked, ChartedResult

Array = NDArray[np.float64]

# mean consistency index of random reciprocal matrices of size 1 to 15: Saaty (1980)
RANDOM_INDEX = (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
CONSISTENCY_LIMIT = 0.1
# 8 × 0.13 = 1.04: reciprocals printed with two decimals miss 1 by up to 4 %
_ROUNDING = 0.05
_DIAGONAL_ROUNDING = 1e-9
_MOST_NAMED = 3
RECONSIDER = Text(
    "请重新考虑这些比较，或说明理由后接受不一致的矩阵（accept_inconsistent）。",
    "Reconsider these comparisons, or accept them knowingly (accept_inconsistent).",
)


@dataclass(frozen=True)
class AHPResult(ChartedResult):
    """Tables: weights, consistency, judgements (the one most at odds with the weights first).

    Of a whole system each table has a column ``group``. Chart: ``weights``.

    system : the system that was weighted, None for a single table of comparisons
    """

    system: IndicatorSystem | None = None

    @property
    def weights(self) -> pd.Series:
        """Return the weights by name, summing to 1."""
        table = self.tables["weights"]
        return pd.Series(table["weight"].to_numpy(), index=table["name"].to_numpy(), name="weight")

    @property
    def consistency_ratio(self) -> float:
        """Return the consistency ratio, of several groups the highest; 0.1 is usually accepted."""
        return float(self.tables["consistency"]["consistency_ratio"].max())

    def _drawn(self, asked: Asked) -> Any:
        from xinzhi.measure import plots_of_methods

        return plots_of_methods.ahp_chart(self, asked)


def principal_eigenvector(comparisons: Array) -> tuple[Array, float]:
    r"""Solve :math:`A w = \lambda_{max} w` for a positive matrix.

    comparisons : (n, n), > 0
    Returns : w (n,), positive and summing to 1, and :math:`\lambda_{max}`
    """
    values, vectors = np.linalg.eig(comparisons)
    largest = int(np.argmax(values.real))  # of a positive matrix real and simple (Perron)
    vector = np.abs(vectors[:, largest].real)
    return vector / vector.sum(), float(values[largest].real)


def pairwise_comparisons(frame: pd.DataFrame) -> pd.DataFrame:
    """Check a table of pairwise comparisons and complete it.

    frame : square; the names are in the index, or in the first column where that holds text;
        numbers or fractions such as "1/3", the row's importance over the column's. An empty cell
        takes the reciprocal of its mirror image, and the diagonal may be empty
    Returns : (n, n) of float, rows and columns in the order of the rows; of two mirror images
        whose product is 1 but for rounding, the one above 1 is kept and the other made exact
    Raises : InputError listing every cell that is no positive number, both of whose mirror images
        are empty, or that contradicts its mirror image
    """
    table = frame
    # an index of row numbers means that the names, if any, are in the first column
    if isinstance(frame.index, pd.RangeIndex) and frame.shape[1] == len(frame) + 1:
        table = frame.set_index(frame.columns[0])
    elif isinstance(frame.index, pd.RangeIndex) and frame.shape[1] == len(frame):
        table = frame.set_axis(frame.columns, axis=0)
    rows = [str(name).strip() for name in table.index]
    columns = [str(name).strip() for name in table.columns]
    twice = sorted({name for name in rows if rows.count(name) > 1})
    if twice or set(rows) != set(columns) or len(rows) != len(columns):
        odd = twice or sorted(set(rows) ^ set(columns)) or [f"{len(rows)} × {len(columns)}"]
        raise InputError(
            Text(
                f"成对比较表的行名和列名不一致：{'、'.join(odd)}",
                f"rows and columns of the pairwise comparisons do not match: {', '.join(odd)}",
            ),
            remedy=Text("行与列应是同样的名称。", "Rows and columns must have the same names."),
        )
    order = [columns.index(name) for name in rows]
    cells = table.to_numpy(dtype=object)[:, order]
    size = len(rows)
    problems: list[Text] = []
    values = np.full((size, size), np.nan)
    for i in range(size):
        for j in range(size):
            number = _number(cells[i, j])
            if number is None or number <= 0:
                problems.append(
                    Text(
                        f"第 {rows[i]} 行第 {rows[j]} 列：{cells[i, j]} 不是正数",
                        f"row {rows[i]}, column {rows[j]}: {cells[i, j]} is no positive number",
                    )
                )
            else:
                values[i, j] = number
    if not problems:
        problems = _reciprocal_problems(values, rows)
    if problems:
        raise InputError(
            Text("成对比较矩阵有误", "the pairwise comparisons are not valid"),
            problems,
            Text(
                "每格填行比列重要几倍（1/9 至 9），对称格互为倒数，对角线为 1。",
                "Each cell says how many times as important the row is as the column (1/9 to 9); "
                "mirror images are reciprocals and the diagonal is 1.",
            ),
        )
    return pd.DataFrame(_completed(values), index=rows, columns=rows)


def ahp_weights(comparisons: pd.DataFrame, accept_inconsistent: bool = False) -> AHPResult:
    r"""Weights of the analytic hierarchy process with their consistency ratio.

    .. math:: A w = \lambda_{max} w,\quad CI = \frac{\lambda_{max}-n}{n-1},\quad
        CR = \frac{CI}{RI_n}

    comparisons : (n, n), 2 <= n <= 15; see ``pairwise_comparisons``
    accept_inconsistent : give weights even where CR is above 0.1, with a warning
    Returns : AHPResult; tables ``weights`` (name, weight), ``consistency`` (size, lambda_max,
        consistency_index, random_index, consistency_ratio) and ``judgements`` (first, second,
        comparison, implied by the weights, ratio of the two), the worst first
    Raises : InputError for invalid comparisons, CR above 0.1, or a size without a random index
    Limits : CR is 0 for two items by construction; the random indices are Saaty's of 1980
    Source : Saaty (1980), The Analytic Hierarchy Process, McGraw-Hill
    """
    table = pairwise_comparisons(comparisons)
    names = [str(name) for name in table.index]
    size = len(names)
    if not 2 <= size <= len(RANDOM_INDEX):
        raise InputError(
            Text(
                f"层次分析法需要 2 至 {len(RANDOM_INDEX)} 个元素，现有 {size} 个",
                f"the analytic hierarchy process needs 2 to {len(RANDOM_INDEX)} items, "
                f"there are {size}",
            ),
            remedy=Text("把指标分成更小的组。", "Split the items into smaller groups."),
        )
    matrix = table.to_numpy()
    weights, largest = principal_eigenvector(matrix)
    index = (largest - size) / (size - 1)
    ratio = index / RANDOM_INDEX[size - 1] if size > 2 else 0.0
    judgements = _judgements(matrix, weights, names)
    warnings = []
    if ratio > CONSISTENCY_LIMIT:
        message = Text(
            f"成对比较不够一致：一致性比率 {ratio:.3f}，高于 {CONSISTENCY_LIMIT}",
            f"the comparisons are not consistent enough: consistency ratio {ratio:.3f}, "
            f"above {CONSISTENCY_LIMIT}",
        )
        if not accept_inconsistent:
            raise InputError(
                message,
                worst_judgements(judgements),
                RECONSIDER,
            )
        warnings.append(message)
    return AHPResult(
        tables={
            "weights": pd.DataFrame({"name": names, "weight": weights}),
            "consistency": pd.DataFrame(
                {
                    "size": [size],
                    "lambda_max": [largest],
                    "consistency_index": [index],
                    "random_index": [float(RANDOM_INDEX[size - 1])],
                    "consistency_ratio": [ratio],
                }
            ),
            "judgements": judgements,
        },
        units={"weight": "ratio"},
        parameters={
            "method": "ahp",
            "consistency_limit": CONSISTENCY_LIMIT,
            "accept_inconsistent": accept_inconsistent,
        },
        warnings=tuple(warnings),
    )


def worst_judgements(judgements: pd.DataFrame) -> list[Text]:
    """Word the few judgements most at odds with the weights."""
    return [
        Text(
            f"{row.first}／{row.second}：填 {row.comparison:.3g}，权重之比为 {row.implied:.3g}",
            f"{row.first}/{row.second}: given {row.comparison:.3g}, "
            f"while the weights imply {row.implied:.3g}",
        )
        for row in judgements.head(_MOST_NAMED).itertuples()
    ]


def _number(cell: object) -> float | None:
    """Return a cell as a number, nan where it is empty, None where it is neither."""
    if cell is None or (isinstance(cell, float) and np.isnan(cell)) or cell is pd.NA:
        return float("nan")
    text = str(cell).strip()
    if not text:
        return float("nan")
    try:
        number = float(Fraction(text.replace(" ", "")))
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if np.isfinite(number) else None


def _reciprocal_problems(values: Array, names: list[str]) -> list[Text]:
    problems = []
    for i, name in enumerate(names):
        if abs(values[i, i] - 1.0) > _DIAGONAL_ROUNDING:
            problems.append(
                Text(
                    f"第 {name} 行对角线：{values[i, i]:.4g}，应为 1",
                    f"row {name}, diagonal: {values[i, i]:.4g}, must be 1",
                )
            )
        for j in range(i):
            one, other = values[i, j], values[j, i]
            if np.isnan(one) and np.isnan(other):
                problems.append(
                    Text(
                        f"{names[j]} 与 {name} 没有比较",
                        f"{names[j]} and {name} are not compared",
                    )
                )
            elif abs(one * other - 1.0) > _ROUNDING:
                problems.append(
                    Text(
                        f"{names[j]}／{name} 为 {other:.4g}，{name}／{names[j]} 为 {one:.4g}，"
                        "不是倒数",
                        f"{names[j]}/{name} is {other:.4g} and {name}/{names[j]} is {one:.4g}, "
                        "which are not reciprocals",
                    )
                )
    return problems


def _completed(values: Array) -> Array:
    """Fill empty cells from their mirror images, and make rounded reciprocals exact."""
    full = np.where(np.isnan(values), 1.0 / values.T, values)
    full = np.where(full > full.T, full, np.where(full < full.T, 1.0 / full.T, 1.0))
    np.fill_diagonal(full, 1.0)
    return full


def _judgements(matrix: Array, weights: Array, names: list[str]) -> pd.DataFrame:
    first, second = np.triu_indices(len(names), 1)
    given = matrix[first, second]
    implied = weights[first] / weights[second]
    order = np.argsort(-np.abs(np.log(given / implied)), kind="stable")
    return pd.DataFrame(
        {
            "first": [names[k] for k in first[order]],
            "second": [names[k] for k in second[order]],
            "comparison": given[order],
            "implied": implied[order],
            "ratio": (given / implied)[order],
        }
    )
