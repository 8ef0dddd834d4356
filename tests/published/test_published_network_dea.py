"""Kao's example of a network: five units, three processes.

Kao (2009), Efficiency decomposition in network data envelopment analysis: a relational model,
European Journal of Operational Research 192(3), 949-962, section 3: processes 1 and 2 each make a
good of which part leaves the system and part enters process 3; all three use the same two inputs.
Data and results, to four digits, as a public walk-through of the paper prints them
(github.com/wurmen/DEA, Network_DEA/network_dea.md); the paper itself could not be read.
"""

import numpy as np
import pandas as pd
import pytest

from xinzhi.measure.productivity.network import Stage, network_efficiency

UNITS = list("ABCDE")
FIRST = {"x1": [3, 2, 3, 4, 5], "x2": [5, 3, 4, 6, 6], "y1": [4, 2, 2, 3, 4]}
SECOND = {"x1": [4, 2, 5, 5, 5], "x2": [3, 1, 3, 5, 4], "y2": [3, 2, 2, 4, 4]}
THIRD = {
    "x1": [4, 3, 3, 5, 4],
    "x2": [6, 3, 7, 3, 5],
    "y1": [2, 1, 1, 1, 1],
    "y2": [1, 1, 1, 1, 2],
    "y3": [1, 1, 2, 1, 3],
}
SYSTEM = [0.5227, 0.5952, 0.5682, 0.4821, 0.8]
PROCESSES = {
    "1": [1, 0.8333, 0.5, 0.5625, 0.8333],
    "2": [0.75, 1, 0.4, 0.8, 0.5],
    "3": [0.3462, 0.5088, 0.9474, 0.3333, 1],
}
INEFFICIENCY = {
    "1": [0, 0.07143, 0.1364, 0.125, 0.06667],
    "2": [0.09091, 0, 0.2727, 0.07143, 0.1333],
    "3": [0.3864, 0.3333, 0.02273, 0.3214, 0],
}


def stage(name: str, data: dict[str, list[int]], made: str) -> Stage:
    table = pd.DataFrame(data, index=UNITS, dtype=float)
    return Stage(name, table.drop(columns=made), table[[made]])


@pytest.fixture(scope="module")
def result():
    return network_efficiency(
        [stage("1", FIRST, "y1"), stage("2", SECOND, "y2"), stage("3", THIRD, "y3")]
    )


def test_efficiency_of_the_system(result):
    np.testing.assert_allclose(result.to_frame()["efficiency"], SYSTEM, atol=0.5e-4)


@pytest.mark.parametrize("name", PROCESSES)
def test_efficiency_and_inefficiency_of_each_process(result, name):
    rows = result.to_frame("stages")
    rows = rows[rows["stage"] == name]
    np.testing.assert_allclose(rows["efficiency"], PROCESSES[name], atol=0.51e-4)
    slack = rows["weight"] * (1 - rows["efficiency"])
    np.testing.assert_allclose(slack, INEFFICIENCY[name], atol=0.51e-4)


def test_here_they_are_unique(result):
    rows = result.to_frame("stages")
    np.testing.assert_allclose(rows["efficiency_low"], rows["efficiency_high"], atol=1e-7)
