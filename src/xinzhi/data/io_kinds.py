"""What the names of categories in other people's tables mean: kind of demand, of input, unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import get_args

from xinzhi.core import InputError, Text
from xinzhi.data.findings import listed
from xinzhi.data.io_layout_nbs import FINAL as NBS_FINAL
from xinzhi.data.io_layout_nbs import PRIMARY as NBS_PRIMARY
from xinzhi.data.io_layout_oecd import FINAL as OECD_FINAL
from xinzhi.data.io_layout_oecd import PRIMARY as OECD_PRIMARY
from xinzhi.data.io_table import FINAL_KINDS, FinalKind, PrimaryKind
from xinzhi.data.units import UNSPECIFIED, lookup_unit

# The first rule whose words occur decides: "exports" before "consumption of non-residents".
_FINAL_WORDS: tuple[tuple[FinalKind, tuple[str, ...]], ...] = (
    ("exports", ("export", "non-resident", "出口", "流出")),
    ("stock_changes", ("stock", "inventor", "inven", "valuables", "存货")),
    ("investment", ("fixed capital formation", "investment", "gfcf", "资本形成")),
    (
        "consumption",
        ("consumption", "cons_", "household", "government", "residents abroad", "消费"),
    ),
)
_PRIMARY_WORDS: tuple[tuple[PrimaryKind, tuple[str, ...]], ...] = (
    ("taxes_on_products", ("subsidies on products", "taxes on products", "产品税")),
    ("taxes_on_production", ("taxes on production", "net taxes", "生产税")),
    ("compensation", ("compensation", "wages", "salaries", "劳动者报酬")),
    ("depreciation", ("depreciation", "consumption of fixed capital", "折旧")),
    ("operating_surplus", ("operating surplus", "mixed income", "营业盈余")),
)
_MONEY = re.compile(
    r"(?:mill?(?:ion)?s?|mio|m)[ .]*(?:of )?(?P<currency>usd|us\$|us dollars|cny|rmb)"
)
_CURRENCIES = {"usd": "USD_million", "us$": "USD_million", "us dollars": "USD_million"}


def final_kind(name: str) -> FinalKind | None:
    """Return the kind of a category of final demand by its name, None where it does not tell."""
    for known in (NBS_FINAL, OECD_FINAL):
        if name in known:
            return known[name][0]
    if name in FINAL_KINDS:
        return next(kind for kind in FINAL_KINDS if kind == name)
    lowered = name.casefold()
    return next((k for k, words in _FINAL_WORDS if any(word in lowered for word in words)), None)


def primary_row(labels: Sequence[str]) -> tuple[str, PrimaryKind]:
    """Return code and kind of a row of primary inputs; what is not told apart is value added.

    labels : of the row; the last may be the kind itself
    """
    known: tuple[PrimaryKind, ...] = get_args(PrimaryKind)
    name = " ".join(labels)
    if len(labels) > 1 and labels[-1] in known:
        return " ".join(labels[:-1]), next(kind for kind in known if kind == labels[-1])
    for printed in (NBS_PRIMARY, OECD_PRIMARY):
        if name in printed:
            return name, printed[name][0]
    lowered = name.casefold()
    rules = (k for k, words in _PRIMARY_WORDS if any(word in lowered for word in words))
    return name, next(rules, "value_added")


def unit_of(names: Sequence[str]) -> tuple[str, tuple[Text, ...]]:
    """Return the id of a system's unit, and what to say where Xinzhi does not know it.

    Raises : InputError for several units: such a system is in physical terms, at least in part
    """
    if len(names) != 1:
        shown = listed(names)
        raise InputError(
            Text(
                f"pymrio 系统混用了单位：{shown.zh}", f"the pymrio system mixes units: {shown.en}"
            ),
            remedy=Text("需要全部为同一货币单位的表。", "A table in one unit of money is needed."),
        )
    known = lookup_unit(names[0])
    if known is not None:
        return known.id, ()
    money = _MONEY.fullmatch(names[0].casefold().strip())
    if money is not None:
        return _CURRENCIES.get(money["currency"], "CNY_million"), ()
    return UNSPECIFIED, (
        Text(f"单位为 {names[0]}，未作换算。", f"The unit is {names[0]}, not converted."),
    )
