"""Money by source and year as the budget rows of a transition case."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from xinzhi.core import Text
from xinzhi.plan.finance.guarantee_checks import amounts, shares
from xinzhi.plan.table_checks import check_columns, refuse_rows


def budget_rows(money: pd.DataFrame, unit: str = "CNY_10k") -> list[dict[str, Any]]:
    """Return money by source and year as ``[[budget]]`` rows of a transition case.

    money : source, year, amount [unit a year]; optional premium (cost of the funds, in [0, 1]) and
        basis (where the figures come from; ``assumption`` or empty marks an assumption). Rows of
        one source and year, such as several stages of the funnel, add up; the table ``budget`` of
        a result fits
    unit : unit id of the amounts
    Returns : a list for the key ``budget`` of a case document; between the years of a source its
        limit is linear, after the last it stays (as in every case)
    Raises : InputError naming the row for amounts that are negative or missing, years that are
        none, and two premiums of one source
    Example : ``case_text({**document, "budget": budget_rows(result.to_frame("budget"))})``
    """
    name = "budget"
    check_columns(name, money, ("source", "year", "amount"))
    year = pd.to_numeric(money["year"], errors="coerce").to_numpy(dtype=float)
    refuse_rows(
        name,
        money,
        "year",
        ~np.isfinite(year) | (year % 1 != 0),
        Text("应为整数年份", "expected a whole year"),
    )
    found = pd.DataFrame(
        {
            "source": money["source"].astype(str).to_numpy(),
            "year": year.astype(int),
            "amount": amounts(name, money, "amount"),
            "premium": shares(name, money, "premium") if "premium" in money else 0.0,
            "basis": money["basis"].fillna("").astype(str).to_numpy() if "basis" in money else "",
        }
    )
    if "premium" in money:
        first = found.groupby("source")["premium"].transform("first")
        wrong = (first != found["premium"]).to_numpy()
        expected = Text("一个来源只有一个 premium", "a source has one premium")
        refuse_rows(name, money, "premium", wrong, expected)
    rows = []
    for source, own in found.groupby("source", sort=False):
        limit = own.groupby("year")["amount"].sum()
        basis = "；".join(dict.fromkeys(word for word in own["basis"] if word))
        row: dict[str, Any] = {
            "id": str(source),
            "title": {"zh": str(source), "en": str(source)},
            "limit": {str(when): float(amount) for when, amount in limit.items()},
            "unit": unit,
            "premium": float(own["premium"].iloc[0]),
        }
        if basis in ("", "assumption"):
            row["assumption"] = True
        else:
            row["source"] = {"zh": basis, "en": basis}
        rows.append(row)
    return rows
