"""Small transition cases that can be solved by hand."""

from __future__ import annotations

import copy
from typing import Any

from xinzhi.core import InputRecord
from xinzhi.data.case_reader import case_of_document
from xinzhi.data.cases import TransitionCase

HAND: dict[str, Any] = {
    "id": "hand",
    "title": "hand",
    "base_year": 2020,
    "horizon": 2023,
    "discount_rate": 0.0,
    "capital_goods": {"tools": 1.0},
    "sector": [
        {
            "id": "goods",
            "title": {"zh": "产品", "en": "Goods"},
            "inputs": {},
            "consumption": 100.0,
            "consumption_growth": {"2021": 0.0, "2022": 0.1},
            "import_rise": 1.0,
            "assumption": True,
        },
        {  # bought abroad, so that building adds nothing to value added
            "id": "tools",
            "title": {"zh": "设备", "en": "Tools"},
            "inputs": {},
            "consumption": 10.0,
            "imports": 10.0,
            "assumption": True,
        },
    ],
    "technology": [
        {
            "id": "old",
            "sector": "goods",
            "title": {"zh": "旧", "en": "Old"},
            "kind": "existing",
            "base_output": 100.0,
            "capacity": {"2015": 100.0},
            "lifetime": 30,
            "assumption": True,
        },
        {
            "id": "new",
            "sector": "goods",
            "title": {"zh": "新", "en": "New"},
            "kind": "new",
            "lifetime": 10,
            "cost": 0.8,
            "lead_time": 1,
            "assumption": True,
        },
    ],
}


def document(**changes: Any) -> dict[str, Any]:
    """Return the case as a document; keys such as ``sector_goods`` change fields of an entry."""
    made = copy.deepcopy(HAND)
    for key, value in changes.items():
        table, _, name = key.partition("_")
        entries = made.get(table)
        if name and isinstance(entries, list) and any(e["id"] == name for e in entries):
            next(e for e in entries if e["id"] == name).update(value)
        else:
            made[key] = value
    return made


def hand(**changes: Any) -> TransitionCase:
    """Return the case, changed as ``document`` does."""
    return case_of_document(document(**changes), InputRecord("hand.toml", "0" * 64, 4))


def budget(limit: Any, **more: Any) -> list[dict[str, Any]]:
    """Return one source of money."""
    title = {"zh": "财政", "en": "Treasury"}
    return [{"id": "treasury", "title": title, "limit": limit, "assumption": True, **more}]


def replacing(**changes: Any) -> TransitionCase:
    """Return a case in which old capacity must fall to 40 in 2023, with a margin of a tenth."""
    return hand(
        sector_goods={"consumption_growth": 0.0, "replacement_margin": 0.1},
        schedule=[
            {
                "technology": "old",
                "maximum": {"2020": 100.0, "2022": 100.0, "2023": 40.0},
                "assumption": True,
            }
        ],
        **changes,
    )


def manned(**changes: Any) -> TransitionCase:
    """Return a case with two grades: new capacity needs experts, who must be trained first."""
    origin = {"assumption": True}
    given = {
        "grade": [
            {"id": "basic", "title": "basic", "workers": 120.0, **origin},
            {"id": "expert", "title": "expert", "workers": 0.0, **origin},
        ],
        "training": [
            {"from": "basic", "to": "expert", "years": 1, "cost": 0.0, "limit": 6.0, **origin}
        ],
        "technology_old": {"labour": {"basic": 1.0, "expert": 0.0}},
        "technology_new": {"labour": {"basic": 0.0, "expert": 1.0}},
    }
    return hand(**{**given, **changes})
