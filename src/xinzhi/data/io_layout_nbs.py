"""The layout of China's national tables: imports apart by user, or as one column."""

from __future__ import annotations

from typing import Any

import numpy as np

from xinzhi.core import Text
from xinzhi.data.findings import Finding
from xinzhi.data.io_block import Array, Block, check_doubled, check_sectors, missing_parts
from xinzhi.data.io_draft import Draft
from xinzhi.data.io_table import FinalCategory, FinalKind, PrimaryCategory, PrimaryKind, Sector
from xinzhi.data.names import compact

FINAL: dict[str, tuple[FinalKind, Text]] = {
    "TC": ("consumption", Text("最终消费支出", "final consumption expenditure")),
    "THC": ("consumption", Text("居民消费支出", "household consumption")),
    "FU101": ("consumption", Text("农村居民消费支出", "rural household consumption")),
    "FU102": ("consumption", Text("城镇居民消费支出", "urban household consumption")),
    "FU103": ("consumption", Text("政府消费支出", "government consumption")),
    "GCF": ("investment", Text("资本形成总额", "gross capital formation")),
    "FU201": ("investment", Text("固定资本形成总额", "gross fixed capital formation")),
    "FU202": ("stock_changes", Text("存货变动", "changes in inventories")),
    "EX": ("exports", Text("出口", "exports")),
}
# Every total and what it sums; where a part is not in the file, the total stands in its place.
_PARTS = {
    "TFU": ("TC", "GCF", "EX"),
    "TC": ("THC", "FU103"),
    "THC": ("FU101", "FU102"),
    "GCF": ("FU201", "FU202"),
}
_OTHERS = ("TIU", "TFU", "IM", "ERR", "GO")
PRIMARY: dict[str, tuple[PrimaryKind, Text]] = {
    "VA001": ("compensation", Text("劳动者报酬", "compensation of employees")),
    "VA002": ("taxes_on_production", Text("生产税净额", "net taxes on production")),
    "VA003": ("depreciation", Text("固定资产折旧", "depreciation of fixed assets")),
    "VA004": ("operating_surplus", Text("营业盈余", "operating surplus")),
    "TVA": ("value_added", Text("增加值合计", "total value added")),
}
_TOTAL_ROWS = ("TII", "TVA", "TI")
_ORIGINS = {
    **dict.fromkeys(("domestic", "国内", "国内产品"), "domestic"),
    **dict.fromkeys(("imports", "import", "imported", "进口", "进口产品"), "imports"),
    **dict.fromkeys(("tot", "total", "合计"), "total"),
}
_PRICES = Text("当年生产者价格", "producers' prices, current")
_SEPARATE = Text("国家统计局版式（国内产品与进口产品分列）", "NBS layout, imports apart by user")
_COMPETITIVE = Text("国家统计局版式（进口为一列）", "NBS layout, imports as one column")


def is_nbs(block: Block) -> bool:
    """Tell whether the columns of totals are those of China's national tables."""
    return bool({"GO", "TIU", "TFU"} & set(block.columns))


def nbs_draft(block: Block) -> Draft:
    """Read a sheet in the layout of China's national tables.

    Raises : InputError naming missing columns and rows, sectors that come twice, and cells that
        hold no figure
    """
    missing = [part for part in (*_PARTS["TFU"], "GO") if not _leaves(block, part)]
    if missing:
        raise missing_parts(block.name, missing, Text("列", "columns"))
    final = _leaves(block, "TFU")
    groups = _sector_rows(block)
    rows = groups["domestic"]
    codes = list(rows)
    columns = list(block.columns)
    at = {code: place for place, code in enumerate(columns)}
    primary = _primary_rows(block)
    domestic = block.numbers(list(rows.values()), columns)
    imported = block.numbers([groups["imports"][c] for c in codes if groups["imports"]], columns)
    value_added = block.numbers(list(primary.values()), codes)
    block.refuse_findings()
    sectors, users = [at[code] for code in codes], [at[code] for code in final]
    fields: dict[str, Any] = {
        "sectors": tuple(Sector(code, block.title(row)) for code, row in rows.items()),
        "flows": domestic[:, sectors],
        "final_demand": domestic[:, users],
        "final_categories": tuple(FinalCategory(code, *FINAL[code]) for code in final),
        "primary_inputs": value_added,
        "primary_categories": tuple(PrimaryCategory(code, *PRIMARY[code]) for code in primary),
        "output": domestic[:, at["GO"]],
    }
    if groups["imports"]:
        fields["imported_flows"] = imported[:, sectors]
        fields["imported_final_demand"] = imported[:, users]
    elif "IM" in at:
        fields["imports"] = domestic[:, at["IM"]]
    if "ERR" in at:
        fields["discrepancy"] = domestic[:, at["ERR"]]
    for name, values in (("domestic", domestic), ("imports", imported)):
        _check_columns(block, list(groups[name].values()), values, codes, at)
    _check_rows(block, codes, np.vstack([domestic, imported]), value_added, at)
    return Draft(
        block,
        _SEPARATE if groups["imports"] else _COMPETITIVE,
        fields,
        unit="CNY_10k",
        prices=_PRICES,
        classification=_classification(fields["sectors"]),
        absent=tuple(c for c in ("IM", "ERR") if not groups["imports"] and c not in at),
    )


def _leaves(block: Block, column: str) -> tuple[str, ...]:
    """Return the columns that a total sums: its parts, or itself where it has none in the file."""
    found = tuple(leaf for part in _PARTS.get(column, ()) for leaf in _leaves(block, part))
    return found or ((column,) if column in block.columns else ())


def _sector_rows(block: Block) -> dict[str, dict[str, int]]:
    """Return code → row of domestic products and of imports, which may have no rows of their own.

    The imports are in the order of the domestic products.
    """
    columns = [code for code in block.columns if code not in FINAL and code not in _OTHERS]
    found: dict[str, list[tuple[str, int]]] = {"domestic": [], "imports": []}
    for code, row in block.rows:
        if code in PRIMARY or code in _TOTAL_ROWS:
            continue
        word = block.text(row, "origin")
        origin = _ORIGINS.get(compact(word).casefold(), "") if "origin" in block.texts else ""
        if "origin" not in block.texts:
            found["domestic"].append((code, row))
        elif origin in found:
            found[origin].append((code, row))
        elif origin != "total":
            problem = Text(
                f"来源应为 Domestic、Imports 或 TOT，而不是“{word}”",
                f"origin must be Domestic, Imports or TOT, not '{word}'",
            )
            block.findings.append(Finding(problem, row + 1, "Origin", word))
    for rows in found.values():
        check_doubled(block, rows)
    block.refuse_findings()
    groups = {origin: dict(rows) for origin, rows in found.items()}
    check_sectors(block, list(groups["domestic"]), columns)
    if "origin" in block.texts:
        check_sectors(block, list(groups["imports"]), columns)
        groups["imports"] = {code: groups["imports"][code] for code in groups["domestic"]}
    return groups


def _primary_rows(block: Block) -> dict[str, int]:
    """Return code → row of the parts of value added, or of their total where it has no parts."""
    there = [(code, row) for code, row in block.rows if code in PRIMARY]
    check_doubled(block, there)
    block.refuse_findings()
    found = dict(there)
    if len(found) > 1:
        found.pop("TVA", None)
    if not found:
        raise missing_parts(block.name, list(PRIMARY), Text("行", "rows"))
    return found


def _check_columns(
    block: Block, rows: list[int], values: Array, codes: list[str], at: dict[str, int]
) -> None:
    """Check the totals along every row of products."""
    sums = {total: _leaves(block, total) for total in _PARTS if total in at}
    sums |= {"TIU": tuple(codes)} if "TIU" in at else {}
    sums |= {"GO": (*codes, *_leaves(block, "TFU"))} if "origin" in block.texts else {}
    for total, parts in sums.items():
        there = values[:, [at[total]]]
        added = values[:, [at[part] for part in parts]].sum(axis=1, keepdims=True)
        block.check_total(there, added, rows, [total], len(parts))


def _check_rows(
    block: Block, codes: list[str], products: Array, value_added: Array, at: dict[str, int]
) -> None:
    """Check the totals down every column of users."""
    rows = dict(block.rows)
    columns = list(at)
    sectors = [at[code] for code in codes]
    output = products[: len(codes), at["GO"]]
    if "TII" in rows:
        total = block.numbers([rows["TII"]], columns, blank=True)
        added = products.sum(axis=0, keepdims=True)
        block.check_total(total, added, [rows["TII"]], columns, len(products))
    if "TVA" in rows:
        total = block.numbers([rows["TVA"]], codes, blank=True)
        added = value_added.sum(axis=0, keepdims=True)
        block.check_total(total, added, [rows["TVA"]], codes, len(value_added))
    if "TI" in rows:
        total = block.numbers([rows["TI"]], codes, blank=True)
        block.check_total(total, output[None, :], [rows["TI"]], codes, 1)
    if "TIU" in at:
        lines = [row for code, row in block.rows if code in PRIMARY and code != "TVA"]
        total = block.numbers(lines, ["TIU"], blank=True)
        added = block.numbers(lines, codes).sum(axis=1, keepdims=True)
        block.check_total(total, added, lines, ["TIU"], len(sectors))


def _classification(sectors: tuple[Sector, ...]) -> str:
    """Return the id of the classification that the codes and titles are those of, "" if unsure.

    The 42 sectors of 2012 and 2015 and those from 2017 on differ from 22 to 36; construction is
    number 28 in the former, 27 in the latter.
    """
    count = len(sectors)
    width = len(str(count))
    if [sector.code for sector in sectors] != [f"{k:0{width}}" for k in range(1, count + 1)]:
        return ""
    if count != 42:
        return f"cn{count}" if count in (139, 149, 153) else ""
    for place, name in ((26, "cn42"), (27, "cn42_2012")):
        title = sectors[place].title
        if title.zh.startswith("建筑") or title.en.casefold().startswith("construction"):
            return name
    return ""
