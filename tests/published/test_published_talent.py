"""A printed forecast of a sales force by a Markov chain.

Source : “Markov analysis example”, https://docsbay.net/markov-analysis-example: transition
probabilities of 2010–12, the workforce of 2013, the table “2014 forecasts” and the requirements for
2014. Its totals are rounded to whole heads. The printed gap of part-time sales
(−140) contradicts its own totals (400 wanted, 163 there) and is left out.
"""

from __future__ import annotations

import pandas as pd
import pytest

from xinzhi.plan.talent import TalentOptions, TalentResult, talent

GRADES = ("SP", "SF", "ASM", "RSM")
WORKFORCE = (300, 200, 50, 30)
# from (row) to (column) SP, SF, ASM, RSM, exit
PROBABILITIES = (
    (0.50, 0.10, 0.05, 0.00, 0.35),
    (0.05, 0.60, 0.10, 0.00, 0.25),
    (0.05, 0.00, 0.80, 0.10, 0.05),
    (0.00, 0.00, 0.00, 0.70, 0.30),
)
TOTALS = {"SP": 163, "SF": 150, "ASM": 75, "RSM": 26}
EXITS = {"SP": 105, "SF": 50, "ASM": 2.5, "RSM": 9}
REQUIRED = {"SP": 400, "SF": 150, "ASM": 55, "RSM": 25}
SURPLUS = {"SF": 0, "ASM": 20, "RSM": 1}


@pytest.fixture(scope="module")
def forecast() -> TalentResult:
    stocks = pd.DataFrame({"year": 2013, "field": "sales", "grade": GRADES, "heads": WORKFORCE})
    moves = pd.DataFrame(
        [
            (grade, to, rate)
            for grade, rates in zip(GRADES, PROBABILITIES, strict=True)
            for to, rate in zip((*GRADES, "wastage"), rates, strict=True)
            if to != grade
        ],
        columns=["grade", "to", "rate"],
    )
    output = pd.DataFrame({"sector": ["sales"], "year": 2014, "output": 1.0})
    labour = pd.DataFrame(
        {"sector": "sales", "field": "sales", "grade": GRADES, "coefficient": REQUIRED.values()}
    )
    tables = {"stocks": stocks, "transitions": moves, "output": output, "labour": labour}
    return talent(tables, TalentOptions(years=1))


def test_the_workforce_of_the_next_year(forecast: TalentResult):
    heads = forecast.tables["stocks"].query("year == 2014").set_index("grade")["heads"]
    for grade, printed in TOTALS.items():
        assert heads[grade] == pytest.approx(printed, abs=0.5)


def test_who_leaves(forecast: TalentResult):
    left = forecast.tables["flows"].query("flow == 'wastage'").set_index("grade")["heads"]
    for grade, printed in EXITS.items():
        assert left[grade] == pytest.approx(printed)
    assert left.sum() == pytest.approx(167, abs=0.5)


def test_availability_against_requirements(forecast: TalentResult):
    match = forecast.tables["match"].set_index("grade")
    assert match["demand"].to_dict() == REQUIRED
    for grade, printed in SURPLUS.items():
        assert match["surplus"][grade] == pytest.approx(printed, abs=0.5)
    assert match["vacancies"]["SP"] == pytest.approx(400 - 163, abs=0.5)
