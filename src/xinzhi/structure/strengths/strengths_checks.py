"""What ``strengths`` checks and puts in order at its door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from xinzhi.core import InputError, Text
from xinzhi.data.findings import listed
from xinzhi.structure.strengths.activity import ActivityMatrix

Array = NDArray[np.float64]


def aligned(matrix: ActivityMatrix, activities: Sequence[str]) -> ActivityMatrix:
    """Return the matrix with columns for all of ``activities``, in their order.

    activities : hold those of the matrix
    """
    if matrix.activities == tuple(activities):
        return matrix
    place = {name: column for column, name in enumerate(activities)}
    columns = np.array([place[name] for name in matrix.activities], dtype=np.int32)
    shape = (len(matrix.regions), len(activities))
    slices = tuple(
        csr_array((v.data, columns[v.indices], v.indptr), shape=shape) for v in matrix.slices
    )
    return replace(matrix, slices=slices, activities=tuple(activities))


def places_of_regions(names: Sequence[str], wanted: Sequence[str] | None) -> NDArray[np.intp]:
    """Return the places of the regions that were asked for, all by default.

    Raises : InputError for a region that is not there, with a suggestion
    """
    if wanted is None:
        return np.arange(len(names))
    _refuse_unknown(wanted, names, Text("活动表中没有这些地区", "regions not in the table"))
    return np.array([names.index(name) for name in wanted], dtype=np.intp)


def checked_dependence(
    activities: Sequence[str], dependence: Mapping[str, float] | pd.DataFrame | None
) -> Array | None:
    """Return dependence by activity, nan where it is not given; None where none is.

    Raises : InputError for activities that are not in the table or occur twice, and for values
        outside [0, 1]
    """
    if dependence is None:
        return None
    if isinstance(dependence, pd.DataFrame):
        dependence = _by_activity(dependence)
    what = Text("依赖度中有活动表没有的活动", "dependence is given for activities not in the table")
    _refuse_unknown(list(dependence), activities, what)
    wrong = [name for name, value in dependence.items() if not 0 <= value <= 1]
    if wrong:
        shown = listed(f"{name} ({dependence[name]:g})" for name in wrong)
        raise InputError(
            Text(
                f"依赖度应在 0 和 1 之间：{shown.zh}",
                f"dependence must be between 0 and 1: {shown.en}",
            )
        )
    return np.array([dependence.get(name, np.nan) for name in activities], dtype=float)


def _by_activity(frame: pd.DataFrame) -> dict[str, float]:
    """Return activity → dependence of a table, without the activities that have none."""
    absent = [name for name in ("activity", "dependence") if name not in frame]
    if absent:
        shown = listed(absent)
        raise InputError(
            Text(f"依赖度表缺少列：{shown.zh}", f"the table of dependence lacks: {shown.en}")
        )
    names = frame["activity"].astype(str)
    twice = list(dict.fromkeys(names[names.duplicated()]))
    if twice:
        shown = listed(twice)
        raise InputError(
            Text(f"依赖度重复给出：{shown.zh}", f"dependence is given twice for: {shown.en}"),
            remedy=Text("每项活动只留一行。", "Keep one row for each activity."),
        )
    values = frame["dependence"].to_numpy(dtype=float)
    return {
        name: value for name, value in zip(names, values.tolist(), strict=True) if value == value
    }


def _refuse_unknown(wanted: Sequence[str], there: Sequence[str], what: Text) -> None:
    known = set(there)
    absent = [name for name in wanted if name not in known]
    if not absent:
        return
    details = []
    for name in absent[:20]:
        near = get_close_matches(name, there, n=1)
        hint = (f"，是否指 {near[0]}？", f", did you mean {near[0]}?") if near else ("", "")
        details.append(Text(f"{name}{hint[0]}", f"{name}{hint[1]}"))
    some = listed(there, most=12)
    raise InputError(what, details, Text(f"表中有：{some.zh}。", f"The table has: {some.en}."))
