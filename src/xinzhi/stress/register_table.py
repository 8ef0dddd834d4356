"""The technology-risk register as a table: severity, and reviews overdue at a given date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from xinzhi.data.risk_register import RiskRegister

if TYPE_CHECKING:
    from datetime import date

REGISTER = (
    *("id", "risk", "field", "category", "likelihood", "impact", "severity", "severity_grade"),
    *("evidence", "owner", "measures", "review_date", "days_overdue", "status"),
)
# The lowest severity (likelihood × impact) of each grade; a convention.
SEVERITY_GRADES = {"very_high": 15, "high": 10, "medium": 5, "low": 1}


def register_table(register: RiskRegister | None, as_of: date | None) -> pd.DataFrame:
    """Return every risk with its severity and how long its review is overdue, the worst first.

    as_of : the date against which reviews are overdue; None leaves that open (missing)
    Returns : REGISTER; severity = likelihood × impact in 1 … 25; days_overdue >= 0, 0 where a
        review is not due yet or the risk is closed; review_date as 2026-03-01
    """
    if register is None:
        return pd.DataFrame(columns=list(REGISTER))
    table = register.frame.copy()
    table["severity"] = table["likelihood"] * table["impact"]
    table["severity_grade"] = [
        next(grade for grade, least in SEVERITY_GRADES.items() if value >= least)
        for value in table["severity"]
    ]
    overdue: list[int | None] = []
    for day, status in zip(table["review_date"], table["status"], strict=True):
        if as_of is None:
            overdue.append(None)
        else:
            overdue.append(0 if status == "closed" else max(0, (as_of - day).days))
    table["days_overdue"] = pd.array(overdue, dtype="Int64")
    table["review_date"] = [day.isoformat() for day in table["review_date"]]
    table = table.assign(closed=table["status"] == "closed")
    table = table.sort_values(["closed", "severity"], ascending=[True, False], kind="stable")
    return table[list(REGISTER)].reset_index(drop=True)
