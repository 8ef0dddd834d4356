"""The layout of the OECD's national tables: all flows with imports inside, taxes as rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from xinzhi.core import Text
from xinzhi.data.io_block import Array, Block, check_doubled, check_sectors, missing_parts
from xinzhi.data.io_draft import Draft
from xinzhi.data.io_table import FinalCategory, FinalKind, PrimaryCategory, PrimaryKind, Sector

FINAL: dict[str, tuple[FinalKind, Text]] = {
    "HFCE": ("consumption", Text("居民最终消费支出", "household final consumption")),
    "NPISH": (
        "consumption",
        Text("为住户服务的非营利机构最终消费支出", "final consumption of non-profit institutions"),
    ),
    "GGFC": ("consumption", Text("政府最终消费支出", "general government final consumption")),
    "GFCF": ("investment", Text("固定资本形成总额", "gross fixed capital formation")),
    "INVNT": ("stock_changes", Text("存货变动", "changes in inventories")),
    "CONS_ABR": ("consumption", Text("居民境外直接购买", "direct purchases abroad by residents")),
    "CONS_NONRES": (
        "exports",
        Text("非居民境内直接购买", "direct purchases by non-residents"),
    ),
    "EXPO": ("exports", Text("出口", "exports")),
}
PRIMARY: dict[str, tuple[PrimaryKind, Text]] = {
    "TXS_IMP_FNL": (
        "taxes_abroad",
        Text("产品税净额（在国外缴纳）", "taxes less subsidies on products, paid abroad"),
    ),
    "TXS_INT_FNL": (
        "taxes_on_products",
        Text("产品税净额（在国内缴纳）", "taxes less subsidies on products, paid at home"),
    ),
    "VALU": ("value_added", Text("增加值（基本价格）", "value added at basic prices")),
}
_TOTAL, _OUTPUT, _IMPORTS = "TTL_INT_FNL", "OUTPUT", "IMPO"
_LAYOUT = Text("经合组织版式（进口为一列）", "OECD layout, imports as one column")
_PRICES = Text("当年基本价格", "basic prices, current")


def is_oecd(block: Block) -> bool:
    """Tell whether the columns of final demand are those of the OECD's tables."""
    return bool({"HFCE", "GFCF", "EXPO"} & set(block.columns))


def oecd_draft(block: Block) -> Draft:
    """Read a sheet in the layout of the OECD's national tables.

    Taxes less subsidies on products stay rows of primary inputs, of industries and of final
    demand. What residents pay abroad in taxes is imported: the file's own entry of it in the
    column of imports is checked and not stored.

    Raises : InputError naming missing columns and rows, sectors that come twice, and cells that
        hold no figure
    """
    final = [code for code in FINAL if code in block.columns]
    missing = [code for code in FINAL if code not in block.columns]
    if missing:
        raise missing_parts(block.name, missing, Text("列", "columns"))
    others = (*PRIMARY, _TOTAL, _OUTPUT)
    check_doubled(block, block.rows)
    block.refuse_findings()
    lines = dict(block.rows)
    rows = {code: row for code, row in lines.items() if code not in others}
    codes = list(rows)
    check_sectors(block, codes, [c for c in block.columns if c not in FINAL and c != _IMPORTS])
    absent = [code for code in ("VALU", _OUTPUT) if code not in lines]
    if absent:
        raise missing_parts(block.name, absent, Text("行", "rows"))
    primary = [code for code in PRIMARY if code in lines]
    columns = [*codes, *final, *([_IMPORTS] if _IMPORTS in block.columns else [])]
    products = block.numbers(list(rows.values()), columns)
    inputs = block.numbers([lines[code] for code in primary], columns)
    output = block.numbers([lines[_OUTPUT]], codes)[0]
    block.refuse_findings()
    size, users = len(codes), len(final)
    fields: dict[str, Any] = {
        "sectors": tuple(Sector(code, block.title(row)) for code, row in rows.items()),
        "flows": products[:, :size],
        "final_demand": products[:, size : size + users],
        "final_categories": tuple(FinalCategory(code, *FINAL[code]) for code in final),
        "primary_inputs": inputs[:, :size],
        "primary_categories": tuple(PrimaryCategory(code, *PRIMARY[code]) for code in primary),
        "primary_final": inputs[:, size : size + users],
        "output": output,
    }
    if _IMPORTS in block.columns:
        # Written as a subtraction; minus zero would be no zero in a file that is written again.
        fields["imports"] = 0.0 - products[:, -1]
        _check_imported_taxes(block, lines, primary, inputs)
    if _TOTAL in lines:
        spent = products[:, : size + users].sum(axis=0) + inputs[
            : len(primary) - 1, : size + users
        ].sum(axis=0)
        total = block.numbers([lines[_TOTAL]], columns[: size + users], blank=True)
        terms = size + len(primary) - 1
        block.check_total(total, spent[None, :], [lines[_TOTAL]], columns[: size + users], terms)
    return Draft(
        block,
        _LAYOUT,
        fields,
        unit="USD_million",
        prices=_PRICES,
        classification="oecd45" if codes == [f"{k:02}" for k in range(1, 46)] else "",
        absent=() if _IMPORTS in block.columns else (_IMPORTS,),
    )


def _check_imported_taxes(
    block: Block, lines: dict[str, int], primary: list[str], inputs: Array
) -> None:
    """Check the column of imports below the products: taxes paid abroad, and nothing else."""
    for place, code in enumerate(primary):
        expected = -inputs[place, :-1].sum() if code == "TXS_IMP_FNL" else 0.0
        terms = inputs.shape[1] - 1 if code == "TXS_IMP_FNL" else 0
        there = inputs[[place], -1:]
        block.check_total(there, np.full((1, 1), expected), [lines[code]], [_IMPORTS], terms)
