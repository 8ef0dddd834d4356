"""Tables of a frontier: points, payoff, changes, plans, rates and binding limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from xinzhi.core import Text
from xinzhi.plan.case_arrays import Array
from xinzhi.plan.frontier_measures import AIMS, Aim, Measure, amount
from xinzhi.plan.frontier_solve import Candidate, FrontierModel
from xinzhi.plan.transition_tables import Amounts, binding_table


def points_table(
    front: FrontierModel,
    chosen: Sequence[Candidate],
    distance: Array,
    knee: int | None,
    binding: pd.DataFrame,
) -> pd.DataFrame:
    """Return a row for every point: its value in every aim there are figures for, and the knee.

    ``limits`` counts the limits that leave no slack; the table ``binding`` names them.
    """
    rows = []
    for place, candidate in enumerate(chosen):
        values: dict[str, float] = {
            aim: front.value(aim, candidate.solution) if aim in front.measures else np.nan
            for aim in AIMS
        }
        rows.append(
            {
                "point": place + 1,
                **values,
                "knee": place == knee,
                "distance": distance[place],
                "limits": int((binding["point"] == place + 1).sum()),
            }
        )
    return pd.DataFrame(rows)


def payoff_table(
    front: FrontierModel, ends: Sequence[Candidate], points: Sequence[int | None]
) -> pd.DataFrame:
    """Return the ends: the best of an aim, and then the best of the others.

    points : the point that each end is, None where the end is not among them
    """
    rows = []
    for end, point in zip(ends, points, strict=True):
        values: dict[str, float] = dict.fromkeys(AIMS, float("nan"))
        values |= {aim: float(value) for aim, value in zip(front.aims, end.values, strict=True)}
        rows.append({"end": end.end, **values, "point": point})
    return pd.DataFrame(rows).astype({"point": "Int64"})


def plans_table(front: FrontierModel, chosen: Sequence[Candidate]) -> pd.DataFrame:
    """Return capacity and output at the horizon, and the change from the point before."""
    made = front.model.made
    year = made.case.years.index(made.case.horizon)
    frames = []
    before: Array | None = None
    for place, candidate in enumerate(chosen):
        amounts = Amounts(made, candidate.solution.columns)
        capacity = amounts("capacity")[:, year]
        frames.append(
            pd.DataFrame(
                {
                    "point": place + 1,
                    "sector": [t.sector for t in made.case.technologies],
                    "technology": made.technologies,
                    "capacity": capacity,
                    "output": amounts("output_by_technology")[:, year],
                    "change": np.nan if before is None else capacity - before,
                }
            )
        )
        before = capacity
    return pd.concat(frames, ignore_index=True)


def changes_table(
    plans: pd.DataFrame, first: int, others: Mapping[str, int | None]
) -> pd.DataFrame:
    """Return capacity at the horizon at the first end, the knee and the other ends.

    others : where → point; ``change`` is against the first end
    """
    by_point = {point: plans[plans["point"] == point] for point in {first, *others.values()}}
    base = by_point[first]
    frames = []
    for where, point in others.items():
        if point is None:
            continue
        own = by_point[point]
        frames.append(
            pd.DataFrame(
                {
                    "sector": base["sector"].to_numpy(),
                    "technology": base["technology"].to_numpy(),
                    "at": where,
                    "point": point,
                    "capacity": own["capacity"].to_numpy(),
                    "change": own["capacity"].to_numpy() - base["capacity"].to_numpy(),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def limits_table(front: FrontierModel, chosen: Sequence[Candidate]) -> pd.DataFrame:
    """Return the limits that leave no slack, point by point, up to the horizon."""
    made = front.model.made
    frames = []
    for place, candidate in enumerate(chosen):
        own = binding_table(made, candidate.solution)
        own = own[own["year"] <= made.case.horizon].drop(columns="slack")
        own.insert(0, "point", place + 1)
        frames.append(own)
    return pd.concat(frames, ignore_index=True)


def rates_table(
    front: FrontierModel, lines: Mapping[Aim, Sequence[int]], values: Array
) -> pd.DataFrame:
    """Return what each step costs: how much of the first aim a step of another takes.

    lines : aim → points (from 0) from the loosest bound on it to the tightest, others free
    values : (points, aims)
    """
    first = front.measures[front.aims[0]]
    rows = []
    for aim, places in lines.items():
        other = front.measures[aim]
        column = front.aims.index(aim)
        for start, end in pairwise(places):
            gain = other.sign * (values[end, column] - values[start, column])
            given = first.sign * (values[start, 0] - values[end, 0])
            if gain <= 0 or given < 0:  # rounding: the two are the same in this aim
                continue
            words = _step_words(
                first, other, values[[start, end]][:, [0, column]], (start + 1, end + 1)
            )
            rows.append((start + 1, end + 1, aim, gain, front.aims[0], given, given / gain, *words))
    names = ["point", "to_point", "gained", "gain", "given_up", "cost", "substitution_rate"]
    return pd.DataFrame(rows, columns=[*names, "words_zh", "words_en"])


def _step_words(first: Measure, other: Measure, values: Array, points: tuple[int, int]) -> Text:
    """Return a step in words; values : (2, 2) start and end by first and other aim."""
    (had, start), (has, end) = values
    cost, gain = abs(had - has), abs(start - end)
    lost, before, after = amount(first, cost), amount(other, start), amount(other, end)
    share = f" ({cost / abs(had):.2%})" if had and cost / abs(had) >= 5e-5 else ""
    per = amount(first, cost / gain * abs(start) / 100) if start else lost
    less = Text("少", "less") if first.sign > 0 else Text("多", "more")
    return Text(
        f"由点 {points[0]} 到点 {points[1]}：{other.title.zh}由 {spaced(before.zh)}降到 "
        f"{after.zh}，{first.title.zh}{less.zh} {lost.zh}{_full_width(share)}，"
        f"平均每降 1% 值 {per.zh}",
        f"from point {points[0]} to {points[1]}: {other.title.en} from {before.en} to {after.en} "
        f"for {lost.en} {less.en} of {first.title.en}{share}; each 1 % costs {per.en} on average",
    )


def spaced(figure: str) -> str:
    """Return a figure that Chinese may follow: a space behind a digit, none behind a unit."""
    return f"{figure} " if figure[-1].isdigit() else figure


def _full_width(share: str) -> str:
    return share.strip().replace("(", "（").replace(")", "）")
