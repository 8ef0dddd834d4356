"""Figures, regions and units inside a workspace's database: read, added, and checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from xinzhi.core import InputError, Text
from xinzhi.data.findings import listed
from xinzhi.data.longtable import COLUMNS, STATUSES
from xinzhi.data.panel import Panel
from xinzhi.data.regions import RegionSet, load_region_set, shipped_region_sets
from xinzhi.data.units import find_unit, same_dimension
from xinzhi.data.workspace_database import setting
from xinzhi.data.workspace_settings import SETTINGS_FILE

# Figures that were made in memory come without a record of a file.
_NEXT_IMPORT = (
    "SELECT coalesce(max(import), 0) + 1 FROM "
    "(SELECT import FROM imports UNION ALL SELECT max(import) FROM figures)"
)
_KEY = "(region, year, indicator, vintage)"
_DIFFERS = "(f.value <> s.value OR f.unit <> s.unit OR f.status <> s.status)"


def stored_regions(connection: Any) -> RegionSet | None:
    """Return the region set of the figures, None where there are none."""
    found = setting(connection, "regions")
    if found is None:
        return None
    if found in shipped_region_sets():
        return load_region_set(found)
    names = connection.execute("SELECT name FROM regions ORDER BY position").fetchall()
    return RegionSet.from_names((name for (name,) in names), found)


def next_import(connection: Any) -> int:
    """Return the number of the next import."""
    return _number(connection, _NEXT_IMPORT)


def _number(connection: Any, query: str) -> int:
    """Return the one whole number that a query gives."""
    # Every row is fetched: a result that is not read to its end blocks the connection.
    return int(connection.execute(query).fetchall()[0][0])


def insert(
    connection: Any, panel: Panel, number: int, overwrite: bool
) -> tuple[tuple[int, int, int], pd.DataFrame]:
    """Add one panel; return how many figures were added, replaced, the same, and the changes."""
    texts = ", ".join(
        f"{column}::VARCHAR AS {column}" if column not in ("year", "value") else column
        for column in COLUMNS
    )
    connection.register("incoming", panel.frame)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE staged AS SELECT {texts} FROM incoming")
    connection.unregister("incoming")
    changed: pd.DataFrame = connection.execute(
        "SELECT s.region, s.year, s.indicator, s.vintage, f.value AS old, s.value AS new, "
        "f.unit AS old_unit, s.unit AS new_unit, f.status AS old_status, s.status AS new_status "
        f"FROM staged s JOIN figures f USING {_KEY} WHERE {_DIFFERS} "
        "ORDER BY s.indicator, s.vintage, s.region, s.year"
    ).df()
    if len(changed) and not overwrite:
        raise _others_there(changed)
    there = _number(connection, f"SELECT count(*) FROM staged JOIN figures USING {_KEY}")
    if len(changed):
        connection.execute(
            "DELETE FROM figures f USING staged s WHERE f.region = s.region AND f.year = s.year "
            f"AND f.indicator = s.indicator AND f.vintage = s.vintage AND {_DIFFERS}"
        )
    connection.execute(
        f"INSERT INTO figures SELECT {', '.join(COLUMNS)}, {number} FROM staged "
        f"ANTI JOIN figures USING {_KEY}"
    )
    connection.execute("DROP TABLE staged")
    added, replaced = len(panel.frame) - there, len(changed)
    return (added, replaced, there - replaced), changed


def _others_there(changed: pd.DataFrame) -> InputError:
    count = len(changed)
    details = [
        Text(
            f"{row.region} {row.year} 年 {row.indicator}（{row.vintage}）：现有 "
            f"{row.old:.15g} {row.old_unit}，新的 {row.new:.15g} {row.new_unit}",
            f"{row.region} {row.year} {row.indicator} ({row.vintage}): there is "
            f"{row.old:.15g} {row.old_unit}, the new one is {row.new:.15g} {row.new_unit}",
        )
        for row in changed.head(10).itertuples()
    ]
    if count > len(details):
        rest = count - len(details)
        details.append(Text(f"……另有 {rest} 个", f"… and {rest} more"))
    return InputError(
        Text(
            f"工作区里同一版本已有 {count} 个不同的数值",
            f"the workspace has {count} other figure(s) of the same vintage already",
        ),
        details,
        Text(
            "若是新版本，请另起文件名或加一列“版本”；若要替换，请加 --force。",
            "If this is a new vintage, rename the file or add a column vintage; "
            "to replace the figures, add --force.",
        ),
    )


def check_units(connection: Any) -> None:
    """Refuse a series in units that do not convert into each other."""
    rows = connection.execute(
        "SELECT indicator, vintage, list(DISTINCT unit ORDER BY unit) FROM figures "
        "GROUP BY ALL HAVING count(DISTINCT unit) > 1 ORDER BY ALL"
    ).fetchall()
    problems = []
    for indicator, vintage, names in rows:
        first, *others = [find_unit(name) for name in names]
        if not all(same_dimension(first, other) for other in others):
            shown = listed(names)
            problems.append(
                Text(
                    f"{indicator}（{vintage}）：{shown.zh}", f"{indicator} ({vintage}): {shown.en}"
                )
            )
    if problems:
        raise InputError(
            Text(
                "加入后，同一序列会有不能互相换算的单位",
                "a series would have units that do not convert into each other",
            ),
            problems,
            Text(
                "请在文件或映射中写明单位，或另用版本名。",
                "State the unit in the file or the mapping, or use another vintage.",
            ),
        )


def check_known(connection: Any, regions: RegionSet) -> None:
    """Refuse a region set, chosen after an import, that lacks regions of the figures."""
    found = connection.execute("SELECT DISTINCT region FROM figures ORDER BY region").fetchall()
    unknown = [name for (name,) in found if name not in regions.names]
    if unknown:
        shown = listed(unknown)
        raise InputError(
            Text(
                f"地区集 {regions.id} 没有数据中的地区：{shown.zh}",
                f"the region set {regions.id} lacks regions of the figures: {shown.en}",
            ),
            remedy=Text(
                f"请改正 {SETTINGS_FILE} 中的 regions。", f"Correct regions in {SETTINGS_FILE}."
            ),
        )


def figures(connection: Any, regions: RegionSet) -> pd.DataFrame:
    """Return all figures as the frame of a panel; DuckDB codes and sorts them."""
    orders = {
        "region": _ordered(connection, "region", regions.names),
        "indicator": [
            name
            for (name,) in connection.execute(
                "SELECT indicator FROM figures GROUP BY indicator ORDER BY min(import), min(rowid)"
            ).fetchall()
        ],
        "unit": _ordered(connection, "unit"),
        "source": _ordered(connection, "source"),
        "status": list(STATUSES),
        "vintage": _ordered(connection, "vintage"),
    }
    if not orders["region"]:
        return pd.DataFrame(columns=list(COLUMNS))
    for column, names in orders.items():
        order = pd.DataFrame({"position": range(len(names)), "name": names})
        connection.register("names", order)
        connection.execute(
            f"CREATE TEMP TYPE {column}_names AS ENUM (SELECT name FROM names ORDER BY position)"
        )
        connection.unregister("names")
    cast = {column: f"{column}::{column}_names AS {column}" for column in orders}
    cast |= {"year": "year::BIGINT AS year", "value": "value"}
    frame: pd.DataFrame = connection.execute(
        f"SELECT {', '.join(cast[column] for column in COLUMNS)} FROM figures ORDER BY "
        "indicator::indicator_names, vintage::vintage_names, region::region_names, year"
    ).df()
    for column, names in orders.items():
        frame[column] = pd.Categorical.from_codes(
            frame[column].cat.codes.to_numpy(), categories=pd.Index(names)
        )
    return frame


def _ordered(connection: Any, column: str, order: Sequence[str] | None = None) -> list[str]:
    """Return the distinct words of a column, in the given order or by spelling."""
    found = connection.execute(f"SELECT DISTINCT {column} FROM figures").fetchall()
    names = {str(name) for (name,) in found}
    return sorted(names) if order is None else [name for name in order if name in names]
