"""The input–output table that ships with the package: China 2017, three sectors."""

from __future__ import annotations

import csv
import hashlib
import io
from functools import cache
from importlib import resources

import numpy as np

from xinzhi.core import InputRecord, Text
from xinzhi.data.io_table import (
    Array,
    FinalCategory,
    IOTable,
    PrimaryCategory,
    Sector,
)
from xinzhi.data.units import find_unit

_FILE = "io_table.csv"
_SECTORS = (
    Sector("1", Text("农业", "Agriculture")),
    Sector("2", Text("制造业及其他第二产业", "Manufacturing and other secondary industry")),
    Sector("3", Text("服务业", "Services")),
)
# What the file calls a column or row → what it is.
_FINAL = {
    "国内最终使用": FinalCategory(
        "domestic_final_use", "consumption", Text("国内最终使用", "domestic final use")
    ),
    "出口": FinalCategory("exports", "exports", Text("出口", "exports")),
}
_PRIMARY = {
    "劳动者报酬": PrimaryCategory(
        "compensation", "compensation", Text("劳动者报酬", "compensation of employees")
    ),
    "固定资产折旧（cap）": PrimaryCategory(
        "depreciation", "depreciation", Text("固定资产折旧", "depreciation of fixed assets")
    ),
    "生产税净额（tax）": PrimaryCategory(
        "taxes_on_production",
        "taxes_on_production",
        Text("生产税净额", "net taxes on production"),
    ),
    "营业盈余（dividend）": PrimaryCategory(
        "operating_surplus", "operating_surplus", Text("营业盈余", "operating surplus")
    ),
}
_SOURCE_EN = (
    "Example data IT17 and OT17 of the R package GE, gemInputOutputTable_8_8 and "
    "gemInputOutputTable_7_4, by LI Wu; trillion yuan; no compiling office is named"
)
_ASSUMPTIONS = (
    Text(
        "随附的三部门表取自 R 软件包 GE 的示例数据，未注明编制机构，不是官方发布的表；"
        "年份 2017 与增加值四行的名称是对原数据的解读。",
        "The embedded three-sector table comes from example data of the R package GE; it names no "
        "compiling office and is no official release. The year 2017 and the names of the four "
        "rows of value added are a reading of those data.",
    ),
    Text(
        "进口包含在各项使用之内，只有合计一列：看不出哪个部门用了哪种进口品。",
        "Imports lie inside the uses, as one column: which sector uses which imported product "
        "cannot be told.",
    ),
    Text(
        "“国内最终使用”合并了消费、投资、存货变动和误差，这里全部记作消费。",
        "Domestic final use joins consumption, investment, changes in stocks and the balancing "
        "item; all of it is entered as consumption here.",
    ),
    Text(
        "三个部门看不出产业链、赛道和地区的结构，不能支持这些方面的结论。",
        "Three sectors show nothing of industry chains, tracks or regions, and support no "
        "statement about them.",
    ),
)


@cache
def embedded_io_table() -> IOTable:
    """Return the embedded table of China in 2017: three sectors, trillion yuan, competitive.

    ``assumptions`` say what it is and what it cannot tell; figures have two decimals.
    """
    data = (resources.files("xinzhi.data") / "figures" / _FILE).read_bytes()
    facts = list(csv.DictReader(io.StringIO(data.decode("utf-8"))))
    cells = {(fact["row"], fact["column"]): float(fact["value"]) for fact in facts}
    sectors = [sector.title.zh for sector in _SECTORS]

    def figures(rows: list[str], columns: list[str]) -> Array:
        return np.array([[cells[row, column] for column in columns] for row in rows])

    (source,) = {fact["source"] for fact in facts}
    (year,) = {fact["year"] for fact in facts}
    (unit,) = {fact["unit"] for fact in facts}
    return IOTable(
        sectors=_SECTORS,
        flows=figures(sectors, sectors),
        final_demand=figures(sectors, list(_FINAL)),
        final_categories=tuple(_FINAL.values()),
        primary_inputs=figures(list(_PRIMARY), sectors),
        primary_categories=tuple(_PRIMARY.values()),
        output=figures(sectors, ["总产出"])[:, 0],
        imports=figures(sectors, ["进口"])[:, 0],
        classification="cn3",
        year=int(year),
        unit=find_unit(unit).id,
        source=Text(source, _SOURCE_EN),
        rounding=0.005,
        assumptions=_ASSUMPTIONS,
        inputs=(
            InputRecord(
                "embedded input–output table", hashlib.sha256(data).hexdigest(), len(facts)
            ),
        ),
    )
