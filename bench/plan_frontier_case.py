"""Times a frontier of a transition against one solve of it, in seconds of processor time.

Usage: python bench/plan_frontier_case.py SECTORS TECHNOLOGIES YEARS POINTS. ``solve`` is HiGHS on
the model that is there already, ``build`` the making of the model, ``frontier`` everything from
the same model to the last point: the payoff table (four solutions, two of them from nothing) and
the grid, ends included. ``ratio`` is frontier over solve; ``whole_ratio`` adds the building to
both, since one solve more needs a model too. The exposure of the drawn case is that of its first
five products, whose imports may rise by 3 and fall by 5 points of supply.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from dataclasses import replace

from transition_case import WEIGHTS
from transition_case import case as drawn

from xinzhi.data.cases import Exposure, TransitionCase
from xinzhi.plan.frontier_measures import add_measures
from xinzhi.plan.frontier_solve import FrontierModel, grid_of, inside, payoff
from xinzhi.plan.transition_solve import transition_model


def exposed(sectors: int, technologies: int, years: int) -> TransitionCase:
    """Return the drawn case with exposures and some room for imports."""
    given = drawn(sectors, technologies, years)
    chosen = [sector.id for sector in given.sectors[:5]]
    return replace(
        given,
        exposures=tuple(Exposure(None, True, name, None, 1.0) for name in chosen),
        sectors=tuple(
            replace(
                sector,
                import_rise=max(sector.import_rise, 0.03),
                import_fall=max(sector.import_fall, 0.05),
            )
            for sector in given.sectors
        ),
    )


def main() -> None:
    sectors, technologies, years, points = (int(value) for value in sys.argv[1:5])
    transition_model(exposed(2, 2, 3), WEIGHTS).solve()  # imports and compiled parts
    given = exposed(sectors, technologies, years)
    start = time.process_time()
    model = transition_model(given, WEIGHTS)
    built = time.process_time()
    model.solve()
    solved = time.process_time()
    front = FrontierModel(model, add_measures(model.made, "", None), ("growth", "security"))
    ends = payoff(front)
    cornered = time.process_time()
    found = [*ends, *inside(front, ends, grid_of(front, ends, points))]
    done = time.process_time()
    build, solve, whole = built - start, solved - built, done - solved
    print(
        json.dumps(
            {
                "build": build,
                "solve": solve,
                "payoff": cornered - solved,
                "frontier": whole,
                "ratio": whole / solve,
                "whole_ratio": (build + whole) / (build + solve),
                "points": len(found),
                "solves": front.counts["solves"],
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


if __name__ == "__main__":
    main()
