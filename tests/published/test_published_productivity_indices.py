"""Printed Malmquist and Malmquist–Luenberger indices.

1. Example 4 of DEAP (Coelli 1996, A Guide to DEAP Version 2.1, CEPA Working Paper 96/08): the
   program's output file, distances and indices to three decimals. The listing of its data could not
   be read; the units below reproduce all 50 printed distances, and ratios of output to input follow
   from the distances themselves.
2. The worked examples of the package DataEnvelopmentAnalysis.jl (Barbero and Zofío, MIT licence;
   test/malmquist.jl and test/malmluen.jl): five units, one input, one output, and one undesirable
   output in the second. Its Malmquist–Luenberger index lets undesirable outputs rise freely, an
   inequality where weak disposability (Chung, Färe and Grosskopf 1997, and here) has an equation.
   The two agree where the equation binds from the right side, and the first two units show the
   difference: a slow program with the inequality gives the package's numbers, one with the equation
   ours.
"""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from xinzhi.measure.productivity.indices import malmquist, malmquist_luenberger

FIRMS = list("12345")


def panel(name: str, *years: list[float]) -> pd.DataFrame:
    """Return one variable of five units over the years, a row a unit and year."""
    index = pd.MultiIndex.from_product([FIRMS, range(1, len(years) + 1)], names=["unit", "period"])
    return pd.DataFrame({name: np.array(years, dtype=float).T.ravel()}, index=index)


DEAP_OUTPUT = panel("output", [1, 2, 3, 4, 5], [1, 3, 4, 3, 5], [1, 3, 4, 3, 5])
DEAP_INPUT = panel("input", [2, 4, 3, 5, 6], [2, 4, 3, 5, 5], [2, 4, 3, 5, 5])
# year, technology of year, distances of the five firms under constant returns
DEAP_CRS = [
    (1, 1, [0.500, 0.500, 1.000, 0.800, 0.833]),
    (1, 2, [0.375, 0.375, 0.750, 0.600, 0.625]),
    (2, 1, [0.500, 0.750, 1.333, 0.600, 1.000]),
    (2, 2, [0.375, 0.563, 1.000, 0.450, 0.750]),
    (2, 3, [0.375, 0.563, 1.000, 0.450, 0.750]),
    (3, 2, [0.375, 0.563, 1.000, 0.450, 0.750]),
    (3, 3, [0.375, 0.563, 1.000, 0.450, 0.750]),
]
DEAP_VRS = [
    (1, [1.000, 0.545, 1.000, 0.923, 1.000]),
    (2, [1.000, 0.667, 1.000, 0.600, 1.000]),
    (3, [1.000, 0.667, 1.000, 0.600, 1.000]),
]
DEAP_YEAR_2 = {
    "efficiency_change": [0.750, 1.125, 1.000, 0.562, 0.900],
    "technical_change": [1.333, 1.333, 1.333, 1.333, 1.333],
    "pure_efficiency_change": [1.000, 1.222, 1.000, 0.650, 1.000],
    "scale_efficiency_change": [0.750, 0.920, 1.000, 0.865, 0.900],
    "malmquist": [1.000, 1.500, 1.333, 0.750, 1.200],
}
DEAP_MEAN_2 = {
    "efficiency_change": 0.844,
    "technical_change": 1.333,
    "pure_efficiency_change": 0.955,
    "scale_efficiency_change": 0.883,
    "malmquist": 1.125,
}


@pytest.fixture(scope="module")
def deap():
    return malmquist(DEAP_INPUT, DEAP_OUTPUT, returns="vrs", orientation="output")


def test_deap_distances(deap):
    keys = ["returns", "period", "technology_to", "unit"]
    rows = deap.to_frame("distances").set_index(keys).sort_index()
    for year, technology, printed in DEAP_CRS:
        found = rows.loc[("crs", year, technology), "efficiency"]
        np.testing.assert_allclose(found, printed, atol=0.51e-3)
    for year, printed in DEAP_VRS:
        np.testing.assert_allclose(
            rows.loc[("vrs", year, year), "efficiency"], printed, atol=0.51e-3
        )


def test_deap_indices_and_their_means(deap):
    table = deap.to_frame()
    second = table[table["period"] == 2]
    for part, printed in DEAP_YEAR_2.items():
        # 0.5625 is printed as 0.562
        np.testing.assert_allclose(second[part], printed, atol=0.51e-3, err_msg=part)
    third = table[table["period"] == 3]
    np.testing.assert_allclose(third[list(DEAP_YEAR_2)], 1.0)
    means = deap.to_frame("means").set_index("period")
    for part, printed in DEAP_MEAN_2.items():
        assert means.loc[2, part] == pytest.approx(printed, abs=0.51e-3)


def test_malmquist_over_three_periods():
    inputs = panel("x", [2, 3, 5, 4, 4], [1, 2, 4, 3, 4], [0.5, 1.5, 3, 2, 4])
    outputs = panel("y", [1, 4, 6, 3, 5], [1, 4, 6, 3, 3], [2, 4, 6, 3, 1])
    table = malmquist(inputs, outputs).to_frame().set_index(["unit", "period"])
    printed = {
        "malmquist": (
            [2.0, 1.5, 1.25, 1.3333333, 0.6],
            [4.0, 1.3333333, 1.3333333, 1.5, 0.3333333],
        ),
        "efficiency_change": (
            [1.3333333, 1.0, 0.8333333, 0.8888889, 0.4],
            [2.0, 0.6666667, 0.6666667, 0.75, 0.1666667],
        ),
        "technical_change": ([1.5] * 5, [2.0] * 5),
    }
    for part, years in printed.items():
        for year, values in zip((2, 3), years, strict=True):
            np.testing.assert_allclose(table[part].xs(year, level="period"), values, atol=1e-7)


LABOUR = panel("x", [1] * 5, [1] * 5, [1] * 5)
GOOD = panel("y", [7, 5, 1, 3, 4], [8, 5.5, 2, 2, 4], [8, 5.5, 2, 2, 4])
BAD = panel("b", [2, 5, 3, 3, 2], [1, 3, 2, 4, 1], [0.5, 2, 0.5, 3, 0.5])
PRINTED_INDEX = {
    2: [1.3702375781, 1.1, 1.1259778360, 0.91624569458, 1.2792042981],
    3: [1.22474, 1.0, 1.25245, 1.01484, 1.26491],
}
PRINTED_EFFICIENCY_CHANGE = {
    2: [1.0, 0.9625, 1.027173913, 119 / 144, 21 / 22],
    3: [1.0, 1.0, 1.11111, 0.980392, 1.0],
}


def test_malmquist_luenberger_where_both_forms_of_disposability_agree():
    table = malmquist_luenberger(LABOUR, GOOD, BAD).to_frame().set_index(["unit", "period"])
    for year, tolerance in ((2, 1e-9), (3, 1e-5)):
        found = table.xs(year, level="period")
        for part, printed in (
            ("malmquist_luenberger", PRINTED_INDEX),
            ("efficiency_change", PRINTED_EFFICIENCY_CHANGE),
        ):
            np.testing.assert_allclose(found[part][2:], printed[year][2:], atol=tolerance)


def slow_index(unit: int, weak: bool) -> float:
    """Index of period 2 by linprog, undesirable outputs by an equation or an inequality."""
    y, b = (table.to_numpy().reshape(5, 3) for table in (GOOD, BAD))

    def distance(technology: int, period: int) -> float:
        unequal = [np.r_[0.0, np.ones(5)], np.r_[y[unit, period], -y[:, technology]]]
        right = [1.0, -y[unit, period]]
        row = np.r_[b[unit, period], b[:, technology]]
        found = linprog(
            np.r_[-1.0, np.zeros(5)],
            A_ub=unequal if weak else [*unequal, row],
            b_ub=right if weak else [*right, b[unit, period]],
            A_eq=[row] if weak else None,
            b_eq=[b[unit, period]] if weak else None,
            bounds=[(None, None)] + [(0, None)] * 5,
        )
        return 1 - found.fun if found.status == 0 else np.nan

    first = distance(0, 0) / distance(0, 1)
    return float(np.sqrt(first * distance(1, 0) / distance(1, 1)))


def test_where_they_differ_the_package_has_an_inequality_and_we_the_equation():
    table = malmquist_luenberger(LABOUR, GOOD, BAD).to_frame().set_index(["unit", "period"])
    found = table["malmquist_luenberger"].xs(2, level="period").to_numpy()
    for unit in (0, 1):
        assert slow_index(unit, weak=False) == pytest.approx(PRINTED_INDEX[2][unit])
        np.testing.assert_allclose(found[unit], slow_index(unit, weak=True))
    # with the equation, no mix of period 2 emits as much as the second unit did in period 1
    assert np.isnan(found[1])
    assert table.loc[("2", 2), "status"] == "infeasible"
