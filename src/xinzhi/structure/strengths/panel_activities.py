"""Activities from the figures of a panel: the indicators that add up to a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.data import Panel
from xinzhi.data.findings import listed
from xinzhi.structure.strengths.activity import ActivityMatrix, activity_matrix_of_array

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Activities:
    """Panel indicators that are parts of one whole, such as value added by industry.

    indicators : activity → the panel's indicator
    whole : indicator of the whole, where the rest of it is an activity too
    rest : name of that activity
    """

    indicators: Mapping[str, str]
    whole: str = ""
    rest: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Return every indicator that is read."""
        return (*self.indicators.values(), *((self.whole,) if self.whole else ()))


def activities_of_panel(panel: Panel, activities: Activities, region: str) -> ActivityMatrix:
    """Return the volumes of activities in all regions that have them in the region's years.

    region : whose figures say which years there are: those with all activities
    Returns : regions that lack a figure in one of these years are left out and named in the
        warnings. Imputed figures count as missing
    Raises : InputError if an indicator is absent, units differ, the region has no year with all of
        them, no other region has its years, or the parts exceed the whole
    """
    absent = [name for name in activities.names if panel.resolve(name) is None]
    if absent:
        shown = listed(absent)
        raise InputError(Text(f"数据中没有 {shown.zh}", f"the data lack {shown.en}"))
    array = panel.to_array(activities.names)
    units = set(array.attrs["units"].values())
    if len(units) > 1:
        shown = listed(sorted(units))
        raise InputError(
            Text(
                f"各项活动的单位不同：{shown.zh}",
                f"the activities are in several units: {shown.en}",
            )
        )
    imputed = panel.status_array(activities.names).to_numpy() == "imputed"
    values = np.moveaxis(np.where(imputed, np.nan, array.to_numpy()), 1, 2)
    values = _with_rest(values, activities)
    names = [str(name) for name in array["region"].to_numpy()]
    there = np.asarray(np.isfinite(values).all(axis=1), dtype=bool)
    name = panel.regions.get(region).name
    own = there[names.index(name)] if name in names else np.zeros(there.shape[1], dtype=bool)
    if not own.any():
        raise InputError(
            Text(f"“{region}”的各项活动没有一年齐全", f"no year has all the activities of {region}")
        )
    kept = np.asarray(there[:, own].all(axis=1), dtype=bool)
    if kept.sum() < 2:
        raise InputError(
            Text("没有其他地区可比", "there are no other regions to compare with"),
        )
    labels = [*activities.indicators, *((activities.rest,) if activities.whole else ())]
    matrix = activity_matrix_of_array(
        values[kept][:, :, own],
        [name for name, keep in zip(names, kept.tolist(), strict=True) if keep],
        labels,
        [int(year) for year in array["year"].to_numpy()[own]],
        units.pop(),
        panel.inputs,
    )
    left = [name for name, keep in zip(names, kept.tolist(), strict=True) if not keep]
    if not left:
        return matrix
    shown = listed(left)
    warning = Text(
        f"{len(left)} 个地区缺少其中某年的数值，未计入合计：{shown.zh}",
        f"{len(left)} region(s) lack a figure of these years and are not in the total: {shown.en}",
    )
    return replace(matrix, warnings=(*matrix.warnings, warning))


def _with_rest(values: Array, activities: Activities) -> Array:
    """Put what is left of the whole in place of the whole; (region, activity, year)."""
    if not activities.whole:
        return values
    parts, whole = values[:, :-1], values[:, -1]
    rest = whole - parts.sum(axis=1)
    if (rest < 0).any():
        raise InputError(
            Text(f"各部分之和超过 {activities.whole}", f"the parts exceed {activities.whole}")
        )
    return np.concatenate([parts, rest[:, np.newaxis]], axis=1)
