"""Pairwise comparisons whose weights Saaty prints.

The originals were not at hand: matrices and results are as the test suite of AHPy (Griffith,
github.com/PhilipGriffith/AHPy, tests/test_ahp.py) transcribes them from

- Saaty (2008), Decision making with the analytic hierarchy process, Int. J. Services Sciences 1(1),
  83-98: which drink is consumed more in the United States;
- Saaty (2005), Theory and Applications of the Analytic Network Process: which city to live in.

The random indices are Saaty's of 1980 as public packages for the method quote them. The consistency
ratio of the drinks is given as 0.022.

The OECD/JRC handbook (2008) prints one comparison matrix, Table 20; its weights by the analytic
hierarchy process (Table 22) are averages over several experts, so they are not those of Table 20.
The matrix is only checked for the consistency that the handbook asks for, below 0.1.
"""

import numpy as np
import pandas as pd

from xinzhi.measure.ahp import ahp_weights


def table(names, judgements):
    """Build the matrix from judgements of the row over the column."""
    frame = pd.DataFrame(np.nan, index=names, columns=names)
    for name in names:
        frame.loc[name, name] = 1.0
    for first, second, times in judgements:
        frame.loc[first, second] = times
    return frame


def agrees(values, printed, decimals=3):
    return np.all(np.abs(np.asarray(values) - printed) <= 0.5 * 10.0**-decimals + 1e-9)


DRINKS = ["coffee", "wine", "tea", "beer", "soda", "milk", "water"]
DRINK_JUDGEMENTS = [
    ("coffee", "wine", 9),
    ("coffee", "tea", 5),
    ("coffee", "beer", 2),
    ("coffee", "soda", 1),
    ("coffee", "milk", 1),
    ("tea", "wine", 3),
    ("beer", "wine", 9),
    ("beer", "tea", 3),
    ("beer", "milk", 1),
    ("soda", "wine", 9),
    ("soda", "tea", 4),
    ("soda", "beer", 2),
    ("soda", "milk", 2),
    ("milk", "wine", 9),
    ("milk", "tea", 3),
    ("water", "coffee", 2),
    ("water", "wine", 9),
    ("water", "tea", 9),
    ("water", "beer", 3),
    ("water", "soda", 2),
    ("water", "milk", 3),
]


def test_drinks():
    result = ahp_weights(table(DRINKS, DRINK_JUDGEMENTS))
    assert agrees(result.weights, [0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327])
    assert agrees(result.consistency_ratio, 0.022)


CITIES = ["Bethesda", "Boston", "Pittsburgh", "Santa Fe"]
CITY_TABLES = {
    "culture": [
        ("Bethesda", "Pittsburgh", 1),
        ("Boston", "Bethesda", 2),
        ("Boston", "Pittsburgh", 2.5),
        ("Boston", "Santa Fe", 1),
        ("Santa Fe", "Bethesda", 2),
        ("Santa Fe", "Pittsburgh", 2.5),
    ],
    "family": [
        ("Bethesda", "Boston", 2),
        ("Bethesda", "Santa Fe", 4),
        ("Boston", "Santa Fe", 2),
        ("Pittsburgh", "Bethesda", 3),
        ("Pittsburgh", "Boston", 8),
        ("Pittsburgh", "Santa Fe", 9),
    ],
    "housing": [
        ("Bethesda", "Boston", 5),
        ("Bethesda", "Santa Fe", 2.5),
        ("Pittsburgh", "Bethesda", 2),
        ("Pittsburgh", "Boston", 9),
        ("Pittsburgh", "Santa Fe", 7),
        ("Santa Fe", "Boston", 4),
    ],
    "jobs": [
        ("Bethesda", "Pittsburgh", 3),
        ("Bethesda", "Santa Fe", 4),
        ("Boston", "Bethesda", 2),
        ("Boston", "Pittsburgh", 6),
        ("Boston", "Santa Fe", 8),
        ("Pittsburgh", "Santa Fe", 1),
    ],
    "transportation": [
        ("Bethesda", "Boston", 1.5),
        ("Bethesda", "Santa Fe", 4),
        ("Boston", "Santa Fe", 2.5),
        ("Pittsburgh", "Bethesda", 2),
        ("Pittsburgh", "Boston", 3.5),
        ("Pittsburgh", "Santa Fe", 9),
    ],
}
CRITERIA = [
    ("culture", "housing", 3),
    ("culture", "transportation", 5),
    ("family", "culture", 5),
    ("family", "housing", 7),
    ("family", "transportation", 7),
    ("family", "jobs", 1),
    ("housing", "transportation", 3),
    ("jobs", "culture", 2),
    ("jobs", "housing", 4),
    ("jobs", "transportation", 7),
]


def test_cities_over_two_levels():
    criteria = ahp_weights(table(list(CITY_TABLES), CRITERIA)).weights
    priorities = sum(
        criteria[name] * ahp_weights(table(CITIES, judgements)).weights
        for name, judgements in CITY_TABLES.items()
    )
    assert agrees(priorities, [0.229, 0.275, 0.385, 0.111])


def test_handbook_table_20_is_consistent():
    names = ["patents", "royalties", "internet", "exports"]
    names += ["telephones", "electricity", "schooling", "university"]
    rows = [
        [1, 2, 3, 2, 5, 5, 1, 3],
        ["1/2", 1, 2, "1/2", 4, 4, "1/2", 3],
        ["1/3", "1/2", 1, "1/4", 2, 2, "1/5", "1/2"],
        ["1/2", 2, 4, 1, 4, 4, "1/2", 3],
        ["1/5", "1/4", "1/2", "1/4", 1, 1, "1/5", "1/2"],
        ["1/5", "1/4", "1/2", "1/4", 1, 1, "1/5", "1/2"],
        [1, 2, 5, 2, 5, 5, 1, 4],
        ["1/3", "1/3", 2, "1/3", 2, 2, "1/4", 1],
    ]
    result = ahp_weights(pd.DataFrame(rows, index=names, columns=names, dtype=object))
    assert 0 < result.consistency_ratio < 0.1
    assert result.weights.idxmax() == "schooling"
