"""A linear program in named blocks of columns and families of rows, scaled, for linopy and HiGHS.

Money and persons are counted in powers of two of the case's units and every row is divided by a
power of two near its largest coefficient, so that HiGHS sees coefficients near one; answers come
back in the case's units, exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from xinzhi.core.optional import imported

Array = NDArray[np.float64]
Places = NDArray[np.int64]
Sense = Literal["<=", ">=", "="]
EXTRA = "plan"
_TERMS = (5, 20, 150)  # bounds of rows that are padded to one length


class Term(NamedTuple):
    """Coefficients of some rows of a family: three arrays that broadcast to one shape."""

    rows: ArrayLike
    columns: ArrayLike
    coefficients: ArrayLike


@dataclass(frozen=True, eq=False)
class Block:
    """Columns of one kind, such as capacity by technology and year.

    labels : of the first axis; the second axis, where there is one, is years
    at : (labels, years) positions of the columns in the program
    scale : the case's units in one unit of the column
    """

    name: str
    labels: tuple[str, ...]
    at: Places
    scale: float
    lower: Array
    upper: Array
    whole: bool


@dataclass(frozen=True, eq=False)
class Family:
    """Rows of one kind, such as the product balance.

    limit : a limit that the planner set and could relax; otherwise an identity of the model
    labels, years : of each row
    matrix : (rows, columns), rhs : (rows,), in the case's units
    """

    name: str
    limit: bool
    labels: tuple[str, ...]
    years: tuple[int, ...]
    sense: Sense
    matrix: sparse.csr_array
    rhs: Array
    start: int

    @property
    def rows(self) -> slice:
        """Return the rows of the program that are the family's."""
        return slice(self.start, self.start + len(self.rhs))


@dataclass(eq=False)
class Program:
    """Blocks, families and components (linear measures of a plan, of which objectives are made)."""

    blocks: dict[str, Block] = field(default_factory=dict)
    families: dict[str, Family] = field(default_factory=dict)
    components: dict[str, Array] = field(default_factory=dict)
    width: int = 0
    height: int = 0

    def add_block(
        self,
        name: str,
        labels: Sequence[str],
        years: int,
        *,
        scale: float = 1.0,
        lower: ArrayLike = 0.0,
        upper: ArrayLike = np.inf,
        whole: bool = False,
    ) -> Places:
        """Add columns and return their (labels, years) positions."""
        shape = (len(labels), years)
        at = self.width + np.arange(shape[0] * shape[1]).reshape(shape)
        self.blocks[name] = Block(
            name,
            tuple(labels),
            at,
            scale,
            np.array(np.broadcast_to(lower, shape), dtype=float),
            np.array(np.broadcast_to(upper, shape), dtype=float),
            whole,
        )
        self.width += at.size
        return at

    def add_family(
        self,
        name: str,
        labels: Sequence[str],
        years: Sequence[int],
        terms: Sequence[Term],
        sense: Sense,
        rhs: ArrayLike,
        *,
        limit: bool = False,
    ) -> None:
        """Add rows; terms on the same cell add up, and a family without rows is not there."""
        count = len(labels)
        if not count:
            return
        nothing = Term(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))
        cells = [np.broadcast_arrays(*map(np.asarray, term)) for term in (*terms, nothing)]
        rows, columns, values = (
            np.concatenate([part[k].ravel() for part in cells]) for k in range(3)
        )
        matrix = sparse.csr_array(
            (values.astype(float), (rows, columns)), shape=(count, self.width)
        )
        matrix.eliminate_zeros()
        self.families[name] = Family(
            name,
            limit,
            tuple(labels),
            tuple(years),
            sense,
            matrix,
            np.array(np.broadcast_to(rhs, count), dtype=float),
            self.height,
        )
        self.height += count

    def add_component(self, name: str, columns: ArrayLike, coefficients: ArrayLike) -> None:
        """Add to a component: a linear measure of the plan in the case's units."""
        measure = self.components.setdefault(name, np.zeros(0))
        if measure.size < self.width:
            measure = np.concatenate([measure, np.zeros(self.width - measure.size)])
        at, values = np.broadcast_arrays(np.asarray(columns), np.asarray(coefficients))
        np.add.at(measure, at.ravel(), values.ravel())
        self.components[name] = measure

    def measure(self, weights: Mapping[str, float]) -> Array:
        """Return (columns,) the weighted sum of components."""
        total = np.zeros(self.width)
        for name, weight in weights.items():
            part = self.components[name]
            total[: part.size] += weight * part
        return total

    @cached_property
    def column_scale(self) -> Array:
        """Return (columns,) the case's units in one unit of each column."""
        sizes = [np.full(block.at.size, block.scale) for block in self.blocks.values()]
        return np.concatenate(sizes)

    @cached_property
    def row_scale(self) -> Array:
        """Return (rows,) what each row is divided by: a power of two near its largest cell."""
        sizes = []
        for family in self.families.values():
            cells = abs(family.matrix) @ sparse.diags_array(
                self.column_scale[: family.matrix.shape[1]]
            )
            largest = np.asarray(cells.max(axis=1).todense()).ravel()
            sizes.append(np.exp2(np.round(np.log2(np.where(largest > 0, largest, 1.0)))))
        return np.concatenate(sizes)


def linopy_model(program: Program, objective: Array, scale: float) -> tuple[Any, Places]:
    """Return the program as a linopy model, in scaled units, and the program's row of each of its.

    objective : (columns,) to be maximised, in the case's units; it is divided by ``scale``
    """
    linopy = imported("linopy", EXTRA)
    imported("highspy", EXTRA)
    import pandas as pd
    import xarray as xr

    model = linopy.Model(force_dim_names=True)
    for block in program.blocks.values():
        index = pd.RangeIndex(block.at.size, name=f"{block.name}_column")
        model.add_variables(
            lower=block.lower.ravel() / block.scale,
            upper=block.upper.ravel() / block.scale,
            coords=[index],
            name=block.name,
            integer=block.whole,
        )

    def expression(matrix: sparse.csr_array, dim: str, names: Places) -> Any:
        columns, coefficients = _padded(matrix)
        data = xr.Dataset(
            {
                "coeffs": ((dim, "_term"), coefficients),
                "vars": ((dim, "_term"), columns),
                "const": ((dim,), np.zeros(matrix.shape[0])),
            },
            coords={dim: names},
        )
        return linopy.LinearExpression(data, model)

    matrix, senses, rhs = _scaled_rows(program)
    # a linopy constraint costs far more than its rows, so rows of like length share one
    classes = _alike(matrix)
    for place, rows in enumerate(classes):
        dim = f"rows{place}"
        model.add_constraints(
            expression(matrix[rows], dim, rows),
            xr.DataArray(senses[rows], dims=(dim,), coords={dim: rows}),
            xr.DataArray(rhs[rows], dims=(dim,), coords={dim: rows}),
            name=dim,
        )
    costs = sparse.csr_array((objective * program.column_scale / scale)[np.newaxis])
    model.add_objective(
        expression(costs, "objective_row", np.zeros(1, dtype=np.int64)).sum(), sense="max"
    )
    return model, np.concatenate(classes)


def _scaled_rows(program: Program) -> tuple[sparse.csr_array, NDArray[np.str_], Array]:
    """Return (rows, columns) coefficients, (rows,) senses and right-hand sides, scaled."""
    families = program.families.values()
    # a family made before the last columns were there is narrower
    parts = [
        sparse.csr_array((m.data, m.indices, m.indptr), shape=(m.shape[0], program.width))
        for m in (family.matrix for family in families)
    ]
    matrix = sparse.csr_array(
        sparse.diags_array(1 / program.row_scale)
        @ sparse.vstack(parts, format="csr")
        @ sparse.diags_array(program.column_scale)
    )
    senses = np.concatenate([np.full(len(f.rhs), f.sense) for f in families])
    return matrix, senses, np.concatenate([f.rhs for f in families]) / program.row_scale


def _alike(matrix: sparse.csr_array) -> list[Places]:
    """Return the rows by how many terms they have, so that little room is lost to padding."""
    classes = np.digitize(np.diff(matrix.indptr), _TERMS)
    return [np.flatnonzero(classes == k) for k in np.unique(classes)]


def _padded(matrix: sparse.csr_array) -> tuple[Places, Array]:
    """Return (rows, terms) columns and coefficients; -1 and NaN where a row has fewer terms."""
    counts = np.diff(matrix.indptr)
    terms = max(1, int(counts.max(initial=0)))
    columns = np.full((matrix.shape[0], terms), -1, dtype=np.int64)
    coefficients = np.full((matrix.shape[0], terms), np.nan)
    rows = np.repeat(np.arange(matrix.shape[0]), counts)
    places = np.arange(matrix.nnz) - np.repeat(matrix.indptr[:-1], counts)
    columns[rows, places] = matrix.indices
    coefficients[rows, places] = matrix.data
    columns[counts == 0, 0], coefficients[counts == 0, 0] = 0, 0.0  # linopy drops rows of nothing
    return columns, coefficients
