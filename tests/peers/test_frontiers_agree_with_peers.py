"""Agreement with deapack 2.0.1 and pyfrontier 1.1.1 on 200 random units.

``record_productivity.py`` has written down their outputs. Every score agrees with deapack to 1e-10
and with pyfrontier to 1e-6. Where the packages differ:

- pyfrontier reads scores from a file of the solver CBC that has six digits, so its scores are right
  to 5e-7 only, and its slacks, whose second stage starts from such a score, to about 1e-3. The same
  second stage from the rounded score gives its slacks, from the exact score ours.
- For an infeasible super-efficiency program pyfrontier returns the value at which CBC stopped as if
  it were a score. Infeasible is right: no mix of the other units reaches the unit's outputs (under
  output orientation: stays within its inputs), which the test shows by a program of its own.
- deapack maximises slacks as shares of the unit's own data, we and pyfrontier in units of
  measurement, as Cooper, Seiford and Tone have it: slacks are compared with pyfrontier alone.
- deapack has no radial super-efficiency.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from xinzhi.measure.productivity.dea import dea, super_efficiency
from xinzhi.measure.productivity.directional import directional_distance
from xinzhi.measure.productivity.kernel import RETURNS
from xinzhi.measure.productivity.sbm import sbm

HERE = Path(__file__).parent
DEAPACK = json.loads((HERE / "deapack.json").read_text(encoding="utf-8"))
PYFRONTIER = json.loads((HERE / "pyfrontier.json").read_text(encoding="utf-8"))
ORIENTATIONS = ("input", "output")
VARIABLES = ["x1", "x2", "x3", "y1", "y2"]

X = pd.DataFrame(DEAPACK["inputs"], columns=VARIABLES[:3])
Y = pd.DataFrame(DEAPACK["outputs"], columns=VARIABLES[3:])
B = pd.DataFrame(DEAPACK["undesirable"], columns=["b1"])


def agrees(ours, theirs, tolerance=1e-10):
    return np.testing.assert_allclose(ours, np.array(theirs, float), rtol=0, atol=tolerance)


@pytest.mark.parametrize("record", [DEAPACK, PYFRONTIER], ids=["deapack", "pyfrontier"])
def test_frontier_records_are_of_the_pinned_versions(record):
    pins = (HERE / "requirements.txt").read_text(encoding="utf-8").lower().split()
    for package, version in record["versions"].items():
        if package != "python":
            assert f"{package}=={version}" in pins, "run make peers"


def test_both_peers_were_given_the_same_units():
    for name in ("inputs", "outputs", "undesirable"):
        assert DEAPACK[name] == PYFRONTIER[name]


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("returns", RETURNS)
def test_radial_scores(returns, orientation):
    found = dea(X, Y, returns, orientation).tables["efficiency"]
    agrees(found["efficiency"], DEAPACK[f"radial {returns} {orientation}"])
    column = "efficiency" if orientation == "input" else "expansion"
    agrees(found[column], PYFRONTIER[f"radial {returns} {orientation}"], 1e-6)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("returns", RETURNS)
def test_slacks(returns, orientation):
    slacks = dea(X, Y, returns, orientation).tables["slacks"]
    ours = slacks.pivot(index="unit", columns="variable", values="slack")[VARIABLES]
    agrees(ours, PYFRONTIER[f"slacks {returns} {orientation}"], 1e-3)


def test_slacks_differ_by_the_rounding_of_the_score_alone():
    ours = dea(X, Y, "vrs", "input")
    slacks = ours.tables["slacks"].pivot(index="unit", columns="variable", values="slack")
    theirs = np.array(PYFRONTIER["slacks vrs input"]).sum(axis=1)
    unit = int(np.abs(slacks.sum(axis=1) - theirs).argmax())
    x, y = X.to_numpy(), Y.to_numpy()

    def largest_slack(score):
        left, right = np.vstack([x.T, -y.T]), np.r_[score * x[unit], -y[unit]]
        solved = linprog(x.sum(1) - y.sum(1), left, right, np.ones((1, len(x))), [1.0])
        return score * x[unit].sum() - y[unit].sum() - solved.fun

    exact = ours.tables["efficiency"]["efficiency"][unit]
    rounded = PYFRONTIER["radial vrs input"][unit]
    assert largest_slack(exact) == pytest.approx(slacks.sum(axis=1)[unit], abs=1e-9)
    assert largest_slack(rounded) == pytest.approx(theirs[unit], abs=1e-6)
    assert abs(largest_slack(exact) - largest_slack(rounded)) > 1e-4


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("returns", RETURNS)
def test_super_efficiency(returns, orientation):
    found = super_efficiency(X, Y, returns, orientation).tables["efficiency"]
    score = found["super_efficiency"]
    ours = score if orientation == "input" else 1 / score
    theirs = np.array(PYFRONTIER[f"super-efficiency {returns} {orientation}"])
    solved = found["status"] == "optimal"
    agrees(ours[solved], theirs[solved], 1e-6)
    assert (found.loc[~solved, "status"] == "infeasible").all()
    for unit in np.flatnonzero(~solved):
        assert not reachable(unit, returns, orientation)


def reachable(unit, returns, orientation):
    """Whether the others can make the outputs (input) or stay within the inputs (output)."""
    x, y = np.delete(X.to_numpy(), unit, 0), np.delete(Y.to_numpy(), unit, 0)
    if orientation == "input":
        left, right = -y.T, -Y.to_numpy()[unit]
    else:
        left, right = x.T, X.to_numpy()[unit]
    ones = np.ones((1, len(x)))
    if returns == "vrs":
        return linprog(np.zeros(len(x)), left, right, ones, [1.0]).success
    sign = {"crs": 0.0, "nirs": 1.0, "ndrs": -1.0}[returns]
    return linprog(np.zeros(len(x)), np.vstack([left, sign * ones]), np.append(right, sign)).success


@pytest.mark.parametrize("orientation", ["none", "input", "output"])
@pytest.mark.parametrize("returns", RETURNS)
def test_slacks_based_measure(returns, orientation):
    found = sbm(X, Y, None, returns, orientation).tables["efficiency"]
    agrees(found["efficiency"], DEAPACK[f"sbm {returns} {orientation}"])


@pytest.mark.parametrize("returns", RETURNS)
def test_slacks_based_measure_with_undesirable_outputs(returns):
    found = sbm(X, Y, B, returns).tables["efficiency"]
    agrees(found["efficiency"], DEAPACK[f"undesirable sbm {returns}"])


@pytest.mark.parametrize("returns", RETURNS)
def test_directional_distance(returns):
    found = directional_distance(X, Y, None, returns, "graph").tables["efficiency"]
    agrees(found["inefficiency"], DEAPACK[f"directional {returns} graph"])


@pytest.mark.parametrize("returns", ["crs", "vrs"])
def test_directional_distance_under_weak_disposability(returns):
    found = directional_distance(X, Y, B, returns).tables["efficiency"]
    agrees(found["inefficiency"], DEAPACK[f"weakly disposable {returns}"])
