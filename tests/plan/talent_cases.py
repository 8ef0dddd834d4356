"""Small manpower systems for the tests of ``talent``."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import strategies as st

GRADES = ("low", "middle", "high")
# rows: from; the rest of each row leaves the system
P = np.array([[0.5, 0.3, 0.0], [0.0, 0.6, 0.2], [0.0, 0.0, 0.8]])


def stocks(heads: tuple[float, ...] = (100.0, 50.0, 20.0), field: str = "chips") -> pd.DataFrame:
    """Return stocks of one field without ages."""
    return pd.DataFrame({"year": 2025, "field": field, "grade": GRADES, "heads": heads})


def transitions(matrix: np.ndarray = P, out: float = 0.5) -> pd.DataFrame:
    """Return the rates of a matrix; ``out`` of those who leave move away, the rest is wastage."""
    rows = []
    for i, grade in enumerate(GRADES):
        gone = 1 - matrix[i].sum()
        rows += [(grade, "out_migration", out * gone), (grade, "wastage", (1 - out) * gone)]
        rows += [(grade, GRADES[j], matrix[i, j]) for j in range(3) if j != i and matrix[i, j] > 0]
    return pd.DataFrame(rows, columns=["grade", "to", "rate"])


def plain_case(**others: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return stocks and rates of one field without ages, and other tables."""
    return {"stocks": stocks(), "transitions": transitions(), **others}


def targets(*rows: tuple[str, int, float]) -> pd.DataFrame:
    """Return targets of the field: grade, year, heads."""
    frame = pd.DataFrame(rows, columns=["grade", "year", "heads"])
    return frame.assign(field="chips")


def instruments(*rows: tuple[str, str, float, float | None]) -> pd.DataFrame:
    """Return instruments of the field: grade, kind, cost, maximum."""
    frame = pd.DataFrame(rows, columns=["grade", "kind", "cost", "maximum"])
    return frame.assign(field="chips", maximum=frame["maximum"].astype(float))


def history(years: int = 8, noise: float = 0.0, matrix: np.ndarray = P) -> pd.DataFrame:
    """Return stocks and inflow of one field that follow a matrix, with noise in what is seen."""
    random = np.random.default_rng(3)
    heads, rows = np.array([400.0, 250.0, 120.0]), []
    for year in range(years):
        inflow = random.uniform(50, 150, 3)
        if year:
            heads = heads @ matrix + inflow
        seen = heads * np.exp(noise * random.standard_normal(3))
        rows += [
            ("chips", grade, 2015 + year, seen[k], inflow[k] if year else np.nan)
            for k, grade in enumerate(GRADES)
        ]
    return pd.DataFrame(rows, columns=["field", "grade", "year", "heads", "inflow"])


@st.composite
def aged_cases(draw: st.DrawFn) -> dict[str, pd.DataFrame]:
    """Draw stocks, rates, inflow and a school of two fields, two grades and five ages."""
    fields, grades, ages = ("甲", "乙"), ("低", "高"), range(30, 35)
    cells = [(f, g, a) for f in fields for g in grades for a in ages]
    number = st.floats(0, 1_000)
    heads = [draw(number) for _ in cells]
    heads[0] += 1.0
    heads[10] += 1.0
    rates = []
    for f, g, a in cells:
        weights = [draw(st.floats(0, 1)) for _ in range(5)]
        total = max(sum(weights), 1.0)
        to = [grades[1 - grades.index(g)], "retirement", "out_migration", "wastage"]
        rates += [(f, g, a, name, w / total) for name, w in zip(to, weights, strict=False)]
    frame = pd.DataFrame(cells, columns=["field", "grade", "age"])
    inflow = frame.assign(
        kind=[draw(st.sampled_from(["hiring", "in_migration"])) for _ in cells],
        heads=[draw(number) for _ in cells],
    )
    school = pd.DataFrame(
        {
            "pipeline": ["大学"],
            "field": [draw(st.sampled_from(fields))],
            "grade": ["低"],
            "age": [draw(st.sampled_from(list(ages)))],
            "years": [draw(st.integers(1, 4))],
            "completion": [draw(st.floats(0, 1))],
            "local_share": [draw(st.floats(0, 1))],
            "intake": [draw(number)],
        }
    )
    return {
        "stocks": frame.assign(year=2025, heads=heads),
        "transitions": pd.DataFrame(rates, columns=["field", "grade", "age", "to", "rate"]),
        "inflow": inflow,
        "pipelines": school,
    }
