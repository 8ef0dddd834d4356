"""The change of dependence over the years of several tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Text
from xinzhi.data.io_table import IOTable
from xinzhi.structure.dependence import dependence_by_sector, economies, with_region

NOMINAL = Text(
    "各年依赖度是现价表中的名义份额：进口品涨价或汇率变动也会使其上升，不等于数量上更依赖。",
    "Dependence in each year is a nominal share at current prices: dearer imports or a weaker "
    "currency raise it too, so a rise need not mean more dependence in quantities.",
)

_CHANGES = {"direct_dependence": "direct_change", "total_dependence": "total_change"}
_MOST_NAMED = 8

NO_CHANGE = pd.DataFrame(
    columns=["year", "code", "title_zh", "title_en", *_CHANGES, *_CHANGES.values()]
)


def change_of_dependence(
    tables: Sequence[IOTable], regions: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return the dependence of every sector in each year, and its change since the first.

    tables : of different years, with the same classification, sectors and regions; in any order
    regions : of tables of many; all by default
    Returns : region (many regions only), year, code (missing in the rows of the whole economy),
        title_zh, title_en, direct_dependence, total_dependence (as in ``dependence_by_sector``;
        of the whole economy imported inputs / output and imported inputs / final output),
        direct_change, total_change (since the first year; times 100, percentage points)
    Raises : InputError for fewer than two tables, a table without a year, a year given twice,
        different classifications, sectors or regions, and a competitive table
    Limits : nominal shares (``NOMINAL``); a table's own changes of method and detail stay in
    """
    ordered = _checked(tables)
    frames = [_of_year(table, regions) for table in ordered]
    for frame in frames:  # each has the same rows in the same order
        for measure, change in _CHANGES.items():
            frame[change] = frame[measure] - frames[0][measure]
    return pd.concat(frames, ignore_index=True)


def _of_year(table: IOTable, regions: Sequence[str] | None) -> pd.DataFrame:
    chosen = economies(table, regions)
    sectors = dependence_by_sector(table, chosen)
    wholes = []
    for economy in chosen:
        imported = float(economy.imported.sum())
        output, final = float(economy.output.sum()), float(economy.final_output.sum())
        whole = pd.DataFrame(
            {
                "code": [None],
                "title_zh": ["全部部门"],
                "title_en": ["All sectors"],
                "direct_dependence": [imported / output if output > 0 else np.nan],
                "total_dependence": [imported / final if final > 0 else np.nan],
            }
        )
        wholes.append(with_region(table, economy, whole))
    columns = list(wholes[0].columns)
    frame = pd.concat([*wholes, sectors[columns]], ignore_index=True)
    frame.insert(columns.index("code"), "year", table.year)
    return frame


def _checked(tables: Sequence[IOTable]) -> list[IOTable]:
    """Return the tables by year, or say why their dependence cannot be compared."""
    if len(tables) < 2:
        raise InputError(
            Text(
                "比较各年依赖度至少需要两张不同年份的投入产出表",
                "the change of dependence needs at least two input–output tables of different "
                "years",
            )
        )
    years = [table.year for table in tables]
    if None in years or len(set(years)) < len(years):
        shown = [str(year) if year is not None else "?" for year in years]
        raise InputError(
            Text(
                f"各表年份须已知且互不相同；现为：{'、'.join(shown)}",
                f"each table needs a year of its own; found: {', '.join(shown)}",
            ),
            remedy=Text(
                "请在读取时给出年份（read_io_table 的 year）。",
                "Give the year when reading the table (year of read_io_table).",
            ),
        )
    ordered = sorted(tables, key=lambda table: table.year or 0)
    first = ordered[0]
    for table in ordered[1:]:
        for zh, en, one, other in (
            ("分类", "classification", (first.classification,), (table.classification,)),
            ("部门", "sectors", first.codes, table.codes),
            ("地区", "regions", first.regions, table.regions),
        ):
            if one != other:
                named = [str(name) for name in sorted(set(one) ^ set(other))[:_MOST_NAMED]]
                raise InputError(
                    Text(
                        f"{first.year} 年与 {table.year} 年的表{zh}不同："
                        f"{'、'.join(named) or '顺序不一'}",
                        f"the tables of {first.year} and {table.year} differ in their {en}: "
                        f"{', '.join(named) or 'another order'}",
                    ),
                    remedy=Text(
                        "请先用 aggregate 把它们归并到同一分类。",
                        "Bring them to one classification with aggregate first.",
                    ),
                )
    return ordered
