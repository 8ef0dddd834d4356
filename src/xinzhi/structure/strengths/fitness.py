"""Fitness of regions and complexity of activities by a non-linear iteration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from xinzhi.core import InputError, Text

Array = NDArray[np.float64]

TOLERANCE = 1e-9
MOST_ITERATIONS = 1000
VANISHED = 1e-6


@dataclass(frozen=True)
class Fitness:
    """Fitness and complexity, and how far the iteration has come.

    fitness : (region,), complexity : (activity,), each with mean 1; missing for what has no link
    iterations : how many were made
    change : the largest change of a fitness or complexity in the last one
    converged : whether it fell below the tolerance
    vanishing : (region,) fitness below VANISHED: the true value is 0, the rank alone has a meaning
    """

    fitness: Array
    complexity: Array
    iterations: int
    change: float
    converged: bool

    @property
    def vanishing(self) -> NDArray[np.bool_]:
        """Tell of each region whether its fitness tends to 0."""
        return np.asarray(self.fitness < VANISHED)

    @property
    def warnings(self) -> tuple[Text, ...]:
        """Return what the reader must know before quoting a fitness."""
        found = []
        if not self.converged:
            found.append(
                Text(
                    f"适合度迭代 {self.iterations} 次后仍变动 {self.change:.1e}，尚未收敛",
                    f"fitness still changes by {self.change:.1e} after {self.iterations}"
                    " iterations: not converged",
                )
            )
        count = int(self.vanishing.sum())
        if count:
            found.append(
                Text(
                    f"{count} 个地区的适合度趋于 0，只有排名有意义",
                    f"the fitness of {count} region(s) tends to 0: only ranks have a meaning",
                )
            )
        return tuple(found)


def fitness(
    presence: Array, tolerance: float = TOLERANCE, most_iterations: int = MOST_ITERATIONS
) -> Fitness:
    r"""Fitness of regions and complexity of activities after Tacchella et al.

    .. math::
        \tilde F_r^{(n)} &= \sum_p M_{rp} Q_p^{(n-1)}, &
            F_r &= \tilde F_r / \langle \tilde F \rangle \\
        \tilde Q_p^{(n)} &= \frac{1}{\sum_r M_{rp} / F_r^{(n-1)}}, &
            Q_p &= \tilde Q_p / \langle \tilde Q \rangle

    from :math:`F^{(0)} = Q^{(0)} = 1`. An activity is worth little as soon as one region of little
    fitness has it.

    presence : (region, activity), >= 0: 0 or 1, or volumes
    tolerance : largest change of a value in one iteration that counts as converged, > 0
    most_iterations : where to stop otherwise, >= 1
    Returns : Fitness, which tells whether it converged
    Raises : InputError for a tolerance or a number of iterations outside its range
    Limits : depending on the shape of the matrix the fitness of some regions falls to 0, at worst
        as slowly as 1/n, so that a small change in one iteration is no proof of a limit
    Source : Tacchella et al. (2012), Scientific Reports 2; Pugliese, Zaccaria and Pietronero
        (2016), European Physical Journal Special Topics 225, on convergence
    """
    if not (tolerance > 0 and most_iterations >= 1):
        raise InputError(
            Text(
                f"容差应大于 0，迭代次数至少为 1，却是 {tolerance} 和 {most_iterations}",
                "the tolerance must be above 0 and iterations at least 1, not"
                f" {tolerance} and {most_iterations}",
            )
        )
    rows = np.asarray(presence.any(axis=1), dtype=bool)
    columns = np.asarray(presence.any(axis=0), dtype=bool)
    linked = csr_array(presence[np.ix_(rows, columns)])
    across = csr_array(linked.T)
    of_regions: Array = np.ones(linked.shape[0])
    of_activities: Array = np.ones(linked.shape[1])
    change, count = np.inf, 0
    while change > tolerance and count < most_iterations:
        new_regions = np.asarray(linked @ of_activities)
        with np.errstate(divide="ignore"):  # a fitness that has fallen to 0
            new_activities = 1 / np.asarray(across @ (1 / of_regions))
        new_regions /= new_regions.mean()
        new_activities /= new_activities.mean()
        change = max(
            float(np.abs(new_regions - of_regions).max()),
            float(np.abs(new_activities - of_activities).max()),
        )
        of_regions, of_activities = new_regions, new_activities
        count += 1
    regions, activities = np.full(len(rows), np.nan), np.full(len(columns), np.nan)
    regions[rows], activities[columns] = of_regions, of_activities
    return Fitness(regions, activities, count, change, change <= tolerance)
