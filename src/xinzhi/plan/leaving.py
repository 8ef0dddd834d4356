"""Which capacity might leave before the end of its life."""

from __future__ import annotations

from xinzhi.data.cases import TransitionCase


def leaves_early(case: TransitionCase) -> tuple[bool, ...]:
    """Return (K,) whether a plan could gain by retiring a technology before the end of its life.

    Standing capacity costs nothing of itself, and the build-before-retire rule counts what has
    left, so early retirement is worth something only where capacity is held down or must be used:
    by a schedule, an account on capacity, a least utilisation. A retirement cost may be worth
    moving to a year with money to spare, and a retrofit takes capacity away before its life ends.
    All other capacity stands for its life: no plan is better without it, and a program without
    that choice is a quarter smaller.
    """
    scheduled = {schedule.technology for schedule in case.schedules}
    retrofitted = {retrofit.start for retrofit in case.retrofits}
    by_capacity = [account.id for account in case.accounts if account.basis == "capacity"]
    return tuple(
        technology.min_utilisation > 0
        or technology.retire_cost > 0
        or technology.id in scheduled
        or technology.id in retrofitted
        or any(technology.accounts[name] > 0 for name in by_capacity)
        for technology in case.technologies
    )
