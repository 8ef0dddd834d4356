"""The method of reflections: averages of averages of diversity and ubiquity."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputError, Text

Array = NDArray[np.float64]

STEPS = 18


def method_of_reflections(presence: Array, steps: int = STEPS) -> tuple[Array, Array]:
    r"""Reflections of regions and of activities.

    .. math::
        k_{r,0} &= \sum_p M_{rp}, & k_{r,n} &= \frac{1}{k_{r,0}} \sum_p M_{rp} k_{p,n-1} \\
        k_{p,0} &= \sum_r M_{rp}, & k_{p,n} &= \frac{1}{k_{p,0}} \sum_r M_{rp} k_{r,n-1}

    presence : (region, activity), 0 or 1
    steps : last n, >= 0
    Returns : (n + 1, region) and (n + 1, activity); even n of regions rank as diversity does, odd
        n as the ubiquity of what they have, against it. Missing for what has no link
    Raises : InputError for a negative number of steps
    Limits : all values converge to one number, so that high n lose their digits; standardised, the
        even ones tend to the ECI, and ``eci_pci`` gives that limit itself
    Source : Hidalgo and Hausmann (2009), PNAS 106
    """
    if steps < 0:
        raise InputError(
            Text(f"步数不能为负：{steps}", f"the number of steps cannot be negative: {steps}")
        )
    diversity, ubiquity = presence.sum(axis=1), presence.sum(axis=0)
    with np.errstate(divide="ignore"):
        of_regions = np.where(diversity > 0, 1 / diversity, np.nan)
        of_activities = np.where(ubiquity > 0, 1 / ubiquity, np.nan)
    regions, activities = [diversity], [ubiquity]
    for _ in range(steps):
        last_region, last_activity = np.nan_to_num(regions[-1]), np.nan_to_num(activities[-1])
        regions.append(presence @ last_activity * of_regions)
        activities.append(last_region @ presence * of_activities)
    return np.stack(regions), np.stack(activities)
