"""Integration of services, digital work and manufacturing: what one puts into the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.io_table import IOTable
from xinzhi.structure.leontief import (
    LeontiefSystem,
    coefficients,
    leontief_system,
    value_added_coefficients,
)

Array = NDArray[np.float64]


def _codes(width: int, *spans: tuple[int, int]) -> tuple[str, ...]:
    return tuple(f"{k:0{width}d}" for low, high in spans for k in range(low, high + 1))


# Manufacturing with repair of machinery and use of waste; services from trade on. Digital:
# computers, communication equipment, electronics and components; telecommunications, internet,
# software and data services. The OECD's sector 17 holds optical equipment too; its 33, publishing
# and broadcasting, is left out.
SECTOR_GROUPS: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "cn42": {
            "manufacturing": _codes(2, (6, 23)),
            "services": _codes(2, (28, 42)),
            "digital": ("20", "31"),
        },
        "cn42_2012": {
            "manufacturing": _codes(2, (6, 24)),
            "services": _codes(2, (29, 42)),
            "digital": ("20", "32"),
        },
        "cn139": {
            "manufacturing": _codes(3, (12, 95)),
            "services": _codes(3, (103, 139)),
            "digital": _codes(3, (86, 91), (114, 115)),
        },
        "cn153": {
            "manufacturing": _codes(3, (12, 99)),
            "services": _codes(3, (109, 153)),
            "digital": _codes(3, (90, 95), (125, 129)),
        },
        "oecd45": {
            "manufacturing": _codes(2, (6, 22)),
            "services": _codes(2, (26, 45)),
            "digital": ("17", "34", "35"),
        },
    }
)


def sector_groups(classification: str) -> Mapping[str, tuple[str, ...]] | None:
    """Return the codes of manufacturing, services and digital sectors; None where not shipped."""
    return SECTOR_GROUPS.get(classification)


def integration(
    table: IOTable,
    groups: Mapping[str, Iterable[str]] | None = None,
    system: LeontiefSystem | None = None,
) -> pd.DataFrame:
    r"""What every sector takes of each group, directly and in all: 服务化、数字化 coefficients.

    direct : :math:`\sum_{i \in G} a_{ij}`, inputs from the group per unit of output
    total : :math:`\sum_{i \in G} (l_{ij} - \delta_{ij})`, output of the group that one unit of
        final demand for j needs, its own unit left out (完全消耗系数)
    value_added : :math:`\sum_{i \in G} v_i\, l_{ij}`, value added of the group in one unit of
        final demand for j

    groups : name → sector codes; by default those of ``sector_groups`` for the classification
    Returns : region, code, input_group, direct, total, value_added [1]
    Raises : InputError where no groups are shipped for the classification, or a code is unknown
    Limits : products of the table's regions only, in a separate table; a sector counts as one
        group whatever its firms really do
    Source : direct and total input coefficients as in the tables of the National Bureau of
        Statistics; value added by origin as in Miller and Blair (2009), chapter 6
    """
    system = system or leontief_system(table)
    masks = _masks(table, groups)
    rows = np.vstack(list(masks.values()))
    added = value_added_coefficients(table)
    direct = coefficients(rows @ table.flows, table.output)
    solved = system.solve_rows(np.vstack([rows, rows * added]))
    total, value = solved[: len(rows)] - rows, solved[len(rows) :]
    labels = table.labels.to_frame(index=False)
    frame = pd.concat([labels] * len(rows), ignore_index=True)
    frame["input_group"] = np.repeat(np.array(list(masks), dtype=object), table.size)
    frame["direct"] = direct.ravel()
    frame["total"] = total.ravel()
    frame["value_added"] = value.ravel()
    return frame


def integration_summary(
    table: IOTable,
    groups: Mapping[str, Iterable[str]] | None = None,
    system: LeontiefSystem | None = None,
) -> pd.DataFrame:
    """What each group as a whole takes of each group: the sectors' coefficients by output.

    direct, total and value_added are means over the sectors of ``user_group``, weighted by gross
    output.

    Returns : user_group, input_group, direct, total, value_added [1]
    """
    frame = integration(table, groups, system)
    masks = _masks(table, groups)
    rows = []
    for user, mask in masks.items():
        weights = mask * table.output
        whole = weights.sum()
        for source in masks:
            part = frame.loc[frame["input_group"] == source, ["direct", "total", "value_added"]]
            means = weights @ part.to_numpy() / whole if whole else np.full(3, np.nan)
            rows.append((user, source, *means))
    columns = ["user_group", "input_group", "direct", "total", "value_added"]
    return pd.DataFrame(rows, columns=columns)


def _masks(table: IOTable, groups: Mapping[str, Iterable[str]] | None) -> dict[str, Array]:
    chosen = groups if groups is not None else sector_groups(table.classification)
    if not chosen:
        known = ", ".join(SECTOR_GROUPS)
        raise InputError(
            Text(
                f"分类 {table.classification or '（未注明）'} 没有预设的制造业、服务业和数字部门；"
                f"有：{known.replace(', ', '、')}",
                "no manufacturing, services and digital sectors are set for classification "
                f"{table.classification or '(none)'}; there are: {known}",
            ),
            remedy=Text(
                "请在 groups 中给出各组的部门代码。",
                "Give the sector codes of each group in groups.",
            ),
        )
    masks = {}
    for name, codes in chosen.items():
        mask = np.zeros(table.size)
        for code in codes:
            for region in table.regions:
                mask[table.place(code, region)] = 1.0
        masks[name] = mask
    return masks
