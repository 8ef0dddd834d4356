"""Times radial DEA, 3 inputs and 2 outputs, input orientation, no slacks: seconds, peak MB.

Usage: python bench/productivity_case.py TOOL UNITS RETURNS with TOOL one of ours, highs (one warm
model in HiGHS), deapack, pyfrontier. The last two run in the environment of the peers. Importing,
drawing data and, for ours, loading compiled code are outside the timed part.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable

import numpy as np

SIZES = (50, 1_000, 3_000)
RETURNS = ("crs", "vrs")
INPUTS, OUTPUTS = 3, 2


def units(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw units on and below a frontier."""
    random = np.random.default_rng(0)
    inputs = random.uniform(1, 10, (count, INPUTS))
    level = inputs.prod(axis=1) ** 0.3 * random.beta(5, 2, count)
    return inputs, level[:, None] * random.uniform(0.5, 1.5, (count, OUTPUTS))


def ours(inputs: np.ndarray, outputs: np.ndarray, returns: str) -> np.ndarray:
    from xinzhi.measure.productivity.kernel import radial_efficiency

    return radial_efficiency(inputs, outputs, inputs, outputs, returns, "input").scores


def highs(inputs: np.ndarray, outputs: np.ndarray, returns: str) -> np.ndarray:
    """Keep one model; for each unit change the column of theta and the bounds of the outputs."""
    from xinzhi.measure.productivity.programs import Program, WarmModel

    count = len(inputs)
    total = np.r_[0.0, np.ones(count)]
    rows = [np.c_[-inputs[0], inputs.T], np.c_[np.zeros(OUTPUTS), outputs.T]]
    if returns == "vrs":
        rows.append(total[None])
    matrix = np.vstack(rows)
    lower = np.full(len(matrix), -np.inf)
    upper = np.full(len(matrix), np.inf)
    upper[:INPUTS] = 0.0
    lower[INPUTS + OUTPUTS :] = upper[INPUTS + OUTPUTS :] = 1.0
    model = WarmModel(Program(matrix, total - 1.0, lower, upper, np.zeros(count + 1)))
    scores = np.empty(count)
    for unit in range(count):
        column = np.zeros(len(matrix))
        column[:INPUTS] = -inputs[unit]
        model.change_column(0, column)
        lower[INPUTS : INPUTS + OUTPUTS] = outputs[unit]
        model.change_rows(lower, upper)
        scores[unit] = model.solve().values[0]
    return scores


def deapack(inputs: np.ndarray, outputs: np.ndarray, returns: str) -> np.ndarray:
    import deapack as peer
    import pandas as pd

    names = [f"v{k}" for k in range(INPUTS + OUTPUTS)]
    frame = pd.DataFrame(np.hstack([inputs, outputs]), columns=names)
    frame["unit"] = range(len(frame))
    data = peer.DEAData.from_frame(frame, dmu="unit", inputs=names[:INPUTS], outputs=names[INPUTS:])
    model = peer.RadialDEA(orientation="input", returns_to_scale=returns, compute_slacks=False)
    return model.fit(data).summary_frame["efficiency"].to_numpy()


def pyfrontier(inputs: np.ndarray, outputs: np.ndarray, returns: str) -> np.ndarray:
    from Pyfrontier.frontier_model import EnvelopDEA

    model = EnvelopDEA(returns.upper(), "in")
    model.fit(inputs, outputs)
    return np.array([unit.score for unit in model.result])


TOOLS: dict[str, Callable[[np.ndarray, np.ndarray, str], np.ndarray]] = {
    "ours": ours,
    "highs": highs,
    "deapack": deapack,
    "pyfrontier": pyfrontier,
}


def main() -> None:
    tool, count, returns = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    TOOLS[tool](*units(10), returns)
    data = units(count)
    start = time.perf_counter()
    scores = TOOLS[tool](*data, returns)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak, "sum_of_scores": float(scores.sum())}))


if __name__ == "__main__":
    main()
