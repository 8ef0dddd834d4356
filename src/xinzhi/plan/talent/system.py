"""People by field, grade and age, and the rates at which they move: tables made into arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.plan.table_checks import check_amounts, check_columns, check_rates, check_unique
from xinzhi.plan.talent.checks import Problems, positions

Array = NDArray[np.float64]
EXITS = ("retirement", "out_migration", "wastage")
RETIREMENT, OUT_MIGRATION, WASTAGE = range(3)
NO_AGE = "all"
_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class TalentSystem:
    """A manpower system of F fields, G grades (low to high) and A ages.

    heads : (F, G, A) at the end of the base year [persons]
    moves : (F, G, A, G) share of a cell that is in each grade a year later, at the next age
    exits : (F, G, A, 3) share that retires, moves out of the region, or leaves otherwise; with
        ``moves`` every cell adds up to one. Whoever does not leave otherwise in the year of the
        last age retires
    aged : whether there are ages; without them A is one and nobody grows older
    """

    fields: tuple[str, ...]
    grades: tuple[str, ...]
    ages: tuple[int, ...]
    year: int
    heads: Array
    moves: Array
    exits: Array
    aged: bool

    def survivors(self, heads: Array) -> Array:
        """Return (F, G, A) who of ``heads`` is still there a year later, by grade and age then."""
        moved: Array = np.einsum("fga,fgah->fha", heads, self.moves, optimize=True)
        if not self.aged:
            return moved
        older = np.zeros_like(moved)
        older[:, :, 1:] = moved[:, :, :-1]
        return older

    def place(self, field: object, grade: object, age: object) -> tuple[int, int, int]:
        """Return the cell of labels that were checked before."""
        a = self.ages.index(int(str(age))) if self.aged else 0
        return self.fields.index(str(field)), self.grades.index(str(grade)), a


def talent_system(
    stocks: pd.DataFrame, transitions: pd.DataFrame, grades: Sequence[str] | None = None
) -> TalentSystem:
    r"""Make a system of a table of stocks and a table of yearly rates.

    stocks : year, field, grade, heads [persons] and, where known, age (whole years). One year; a
        field has every grade, if with zero heads; ages without a row have nobody
    transitions : grade, to, rate [share a year] and, where they matter, field and age; an empty
        field or age stands for all. ``to`` is a grade or one of retirement, out_migration, wastage;
        what the rates of a cell leave to one stays in its grade
    grades : low to high; by default in the order of the stocks
    Raises : InputError for a missing column, a negative number of heads, a field without anybody, a
        field that lacks a grade, an unknown field, grade or age, a rate outside [0, 1], rates of a
        cell that add up to more than one, and a cell with two rates for the same move
    """
    check_columns("stocks", stocks, ("year", "field", "grade", "heads"))
    check_columns("transitions", transitions, ("grade", "to", "rate"))
    check_amounts("stocks", stocks, "heads")
    aged = "age" in stocks
    years = stocks["year"].unique()
    if len(years) != 1:
        raise InputError(
            Text(
                f"stocks 的年份应只有一个，现为 {'、'.join(map(str, years))}",
                f"stocks must be of one year, not of {', '.join(map(str, years))}",
            ),
            remedy=Text("只留基年的存量。", "Keep the stocks of the base year only."),
        )
    check_unique("stocks", stocks, ["field", "grade", *(["age"] if aged else [])])
    fields = tuple(map(str, stocks["field"].drop_duplicates()))
    found = tuple(map(str, stocks["grade"].drop_duplicates()))
    order = found if grades is None else tuple(grades)
    problems = Problems("stocks")
    rows = positions(problems, stocks, "grade", order)
    problems.refuse()
    ages = _ages(stocks) if aged else (0,)
    heads = np.zeros((len(fields), len(order), len(ages)))
    field_at = pd.Index(fields).get_indexer(pd.Index(stocks["field"].astype(str)))
    age_at = (stocks["age"].astype(int) - ages[0]).to_numpy() if aged else np.zeros_like(field_at)
    heads[field_at, rows, age_at] = stocks["heads"].to_numpy(float)
    _check_cohorts(fields, order, heads, field_at, rows)
    rates = _rates(transitions, fields, order, ages if aged else None)
    exits = rates[..., len(order) :]
    moves = rates[..., : len(order)]
    own = np.arange(len(order))
    moves[:, own, :, own] += (1 - rates.sum(axis=3)).transpose(1, 0, 2)
    if aged:  # whoever is left at the last age retires
        exits[:, :, -1, RETIREMENT] += moves[:, :, -1].sum(axis=2)
        moves[:, :, -1] = 0.0
    return TalentSystem(fields, order, ages, int(years[0]), heads, moves, exits, aged)


def _ages(stocks: pd.DataFrame) -> tuple[int, ...]:
    values = pd.to_numeric(stocks["age"], errors="coerce")
    wrong = stocks.loc[values.isna() | (values % 1 != 0) | (values < 0), "age"]
    if len(wrong):
        raise InputError(
            Text(
                f"stocks 的年龄 {wrong.iloc[0]} 不是整岁",
                f"age {wrong.iloc[0]} of stocks is not a whole number of years",
            ),
            remedy=Text(
                "每行给出一个整岁；没有年龄数据时去掉 age 列。",
                "Give an age in whole years in every row, or leave the column age out.",
            ),
        )
    return tuple(range(int(values.min()), int(values.max()) + 1))


def _check_cohorts(
    fields: tuple[str, ...],
    grades: tuple[str, ...],
    heads: Array,
    field_at: NDArray[np.int64],
    grade_at: NDArray[np.int64],
) -> None:
    """Refuse fields that lack a grade, and fields in which nobody works."""
    there = np.zeros(heads.shape[:2], dtype=bool)
    there[field_at, grade_at] = True
    absent = [f"{fields[f]} {grades[g]}" for f, g in np.argwhere(~there)]
    if absent:
        raise InputError(
            Text(
                f"stocks 缺少这些领域的职级：{'、'.join(absent[:6])}",
                f"stocks lacks grades of fields: {', '.join(absent[:6])}",
            ),
            remedy=Text(
                "每个领域列出全部职级，没有人的填 0。",
                "List every grade of every field, with 0 heads where there is nobody.",
            ),
        )
    empty = [fields[f] for f in np.flatnonzero(heads.sum(axis=(1, 2)) == 0)]
    if empty:
        raise InputError(
            Text(
                f"这些领域没有任何人：{'、'.join(empty[:6])}",
                f"nobody works in these fields: {', '.join(empty[:6])}",
            ),
            remedy=Text(
                "去掉这些领域，或填入最初的人数：空的队列没有结构可言。",
                "Leave them out or enter their first heads: an empty cohort has no structure.",
            ),
        )


def _rates(
    table: pd.DataFrame,
    fields: tuple[str, ...],
    grades: tuple[str, ...],
    ages: tuple[int, ...] | None,
) -> Array:
    """Return (F, G, A, G + 3) the rates, checked."""
    targets = (*grades, *EXITS)
    problems = Problems("transitions")
    g = positions(problems, table, "grade", grades)
    to = positions(problems, table, "to", targets)
    f = positions(problems, table, "field", fields, blank=True)
    if ages is None:
        a = np.full(len(table), -1)
        if "age" in table and table["age"].notna().any():
            raise InputError(
                Text(
                    "transitions 有年龄而 stocks 没有", "transitions has ages but stocks has none"
                ),
                remedy=Text(
                    "两张表都给出 age 列，或都去掉。", "Give the column age in both or none."
                ),
            )
    else:
        a = positions(problems, table, "age", tuple(map(str, ages)), blank=True)
    problems.refuse()
    check_rates("transitions", table, "rate")
    size = (len(fields), len(grades), 1 if ages is None else len(ages), len(targets))
    count = np.zeros(size, dtype=np.int64)
    rates = np.zeros(size)
    values = table["rate"].to_numpy(float)
    plain = (f >= 0) & (a >= 0)
    cells = (f[plain], g[plain], a[plain], to[plain])
    np.add.at(rates, cells, values[plain])
    np.add.at(count, cells, 1)
    for row in np.flatnonzero(~plain):
        where = (_one_or_all(f[row]), g[row], _one_or_all(a[row]), to[row])
        rates[where] += values[row]
        count[where] += 1

    def words(cell: NDArray[np.int64]) -> str:
        age = "" if ages is None else f" {ages[cell[2]]}"
        return f"{fields[cell[0]]} {grades[cell[1]]}{age}"

    twice = np.argwhere(count > 1)
    if len(twice):
        raise InputError(
            Text(
                f"transitions 有 {len(twice)} 格的同一流向给出两次，例如 {words(twice[0])} → "
                f"{targets[twice[0][3]]}",
                f"transitions gives the same move twice in {len(twice)} cells, such as "
                f"{words(twice[0])} → {targets[twice[0][3]]}",
            ),
            remedy=Text(
                "空的 field 或 age 代表全部，不能再单列其中之一。",
                "An empty field or age stands for all of them, so none may be listed again.",
            ),
        )
    none = np.argwhere(count.sum(axis=(2, 3)) == 0)
    if len(none):
        raise InputError(
            Text(
                f"transitions 没有这些职级的流动率："
                f"{'、'.join(f'{fields[i]} {grades[j]}' for i, j in none[:6])}",
                f"transitions has no rates for these grades: "
                f"{', '.join(f'{fields[i]} {grades[j]}' for i, j in none[:6])}",
            ),
            remedy=Text(
                "没有流动的职级写一行 wastage、rate 为 0。",
                "For a grade that nobody leaves, give a row wastage with rate 0.",
            ),
        )
    over = np.argwhere(rates.sum(axis=3) > 1 + _TOLERANCE)
    if len(over):
        total = rates[tuple(over[0])].sum()
        raise InputError(
            Text(
                f"transitions 有 {len(over)} 格的流动率合计大于 1，例如 {words(over[0])} 为 "
                f"{total:.4g}",
                f"rates of {len(over)} cells of transitions add up to more than one, such as "
                f"{total:.4g} of {words(over[0])}",
            ),
            remedy=Text(
                "一年内的流动率合计不超过 1，其余为留在原职级的比例。",
                "Rates of a year add up to at most one; the rest stays in its grade.",
            ),
        )
    return rates


def _one_or_all(place: int) -> int | slice:
    return slice(None) if place < 0 else place
