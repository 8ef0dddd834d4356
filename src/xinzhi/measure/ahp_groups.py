"""The analytic hierarchy process for a whole indicator system: one table of comparisons a group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from xinzhi.core import InputError, Text
from xinzhi.data.system import IndicatorSystem
from xinzhi.measure.ahp import (
    CONSISTENCY_LIMIT,
    RANDOM_INDEX,
    RECONSIDER,
    AHPResult,
    ahp_weights,
    pairwise_comparisons,
    worst_judgements,
)


def comparison_groups(system: IndicatorSystem) -> dict[str, tuple[str, ...]]:
    """Return what has to be compared: node id → its own children, where there are two or more.

    Raises : InputError where there is no such group, or naming the groups of more members than
        there are random indices for
    """
    groups = {node.id: system.children(node.id) for node in system.nodes}
    most = len(RANDOM_INDEX)
    large = [
        Text(f"{name}：{len(below)} 个", f"{name}: {len(below)}")
        for name, below in groups.items()
        if len(below) > most
    ]
    if large:
        raise InputError(
            Text(
                f"体系 {system.id} 有的组超过 {most} 个成员，层次分析法不能比较",
                f"system {system.id} has groups of more than {most} members, "
                "which the analytic hierarchy process cannot compare",
            ),
            large,
            Text("把指标分成更小的组。", "Split the items into smaller groups."),
        )
    found = {name: below for name, below in groups.items() if len(below) > 1}
    if not found:
        raise InputError(
            Text(
                f"体系 {system.id} 没有两个以上成员的组，无可比较",
                f"system {system.id} has no group of two or more members, nothing to compare",
            )
        )
    return found


def ahp_system(
    system: IndicatorSystem,
    comparisons: Mapping[str, pd.DataFrame],
    accept_inconsistent: bool = False,
) -> tuple[IndicatorSystem, AHPResult]:
    """Give a system the weights of pairwise comparisons, one table a group.

    comparisons : node id → comparisons of its own children (nodes and indicators), as
        ``pairwise_comparisons`` takes them; a group of one needs none
    accept_inconsistent : give weights even where the consistency ratio of a group is above 0.1,
        with a warning
    Returns : the system with these weights, for ``Method(weighting="given")``, and an AHPResult
        whose tables are those of ``ahp_weights`` with the ``group`` in front
    Raises : InputError naming groups without comparisons, unknown groups, names that are not the
        group's children, cells that are not valid, and inconsistent groups
    """
    groups = comparison_groups(system)
    tables = _checked(system, groups, comparisons)
    results = {name: ahp_weights(table, accept_inconsistent=True) for name, table in tables.items()}
    inconsistent = [
        _inconsistency(name, result) for name, result in results.items() if result.warnings
    ]
    if inconsistent and not accept_inconsistent:
        raise InputError(
            Text(
                f"{len(inconsistent)} 组成对比较不够一致",
                f"the comparisons of {len(inconsistent)} group(s) are not consistent enough",
            ),
            inconsistent,
            RECONSIDER,
        )
    weight = {name: float(w) for result in results.values() for name, w in result.weights.items()}
    alone = [system.children(node.id) for node in system.nodes if node.id not in groups]
    weight |= {below[0]: 1.0 for below in alone if below}
    weighted = replace(
        system,
        nodes=tuple(replace(n, weight=weight.get(n.id, n.weight)) for n in system.nodes),
        indicators=tuple(replace(i, weight=weight[i.id]) for i in system.indicators),
    )
    return weighted, _joined(weighted, results, accept_inconsistent, inconsistent)


def _checked(
    system: IndicatorSystem,
    groups: Mapping[str, tuple[str, ...]],
    comparisons: Mapping[str, pd.DataFrame],
) -> dict[str, pd.DataFrame]:
    """Return the completed comparisons of every group, or raise all that is wrong with them."""
    problems = [
        Text(f"没有 {name} 组的成对比较", f"no comparisons for group {name}")
        for name in groups
        if name not in comparisons
    ]
    tables: dict[str, pd.DataFrame] = {}
    for name, given in comparisons.items():
        if name not in {node.id for node in system.nodes}:
            problems.append(
                Text(
                    f"{name} 不是体系 {system.id} 的组", f"{name} is no group of system {system.id}"
                )
            )
            continue
        if name not in groups:
            problems.append(
                Text(f"{name} 组只有一个成员，无需比较", f"group {name} has nothing to compare")
            )
            continue
        try:
            table = pairwise_comparisons(given)
        except InputError as error:
            problems += [
                Text(f"{name} 组：{detail.zh}", f"group {name}: {detail.en}")
                for detail in error.details or (error.message,)
            ]
            continue
        odd = sorted(set(table.index) ^ set(groups[name]))
        if odd:
            problems.append(
                Text(
                    f"{name} 组的比较与其下级不符：{'、'.join(odd)}",
                    f"the comparisons of group {name} do not match its children: {', '.join(odd)}",
                )
            )
        tables[name] = table
    if problems:
        raise InputError(
            Text(
                f"成对比较与体系 {system.id} 不符",
                f"the comparisons do not fit system {system.id}",
            ),
            problems,
            Text(
                "每组一张表，行与列为该组的下级；每格填行比列重要几倍（1/9 至 9），只填一半即可。",
                "Give one table a group, whose rows and columns are the group's children; each "
                "cell says how many times as important the row is as the column (1/9 to 9), and "
                "one half of them is enough.",
            ),
        )
    return tables


def _inconsistency(group: str, result: AHPResult) -> Text:
    worst = worst_judgements(result.tables["judgements"])[0]
    ratio = result.consistency_ratio
    return Text(
        f"{group} 组的成对比较不够一致：一致性比率 {ratio:.3f}，高于 {CONSISTENCY_LIMIT}"
        f"（最不合的是 {worst.zh}）",
        f"group {group}: the comparisons are not consistent enough, consistency ratio "
        f"{ratio:.3f}, above {CONSISTENCY_LIMIT} (most at odds: {worst.en})",
    )


def _joined(
    system: IndicatorSystem,
    results: Mapping[str, AHPResult],
    accept_inconsistent: bool,
    warnings: list[Text],
) -> AHPResult:
    tables = {
        table: pd.concat(
            [result.tables[table].assign(group=name) for name, result in results.items()],
            ignore_index=True,
        )
        for table in ("weights", "consistency", "judgements")
    }
    return AHPResult(
        tables={
            name: table[["group", *table.columns.drop("group")]] for name, table in tables.items()
        },
        units={"weight": "ratio"},
        parameters={
            "method": "ahp",
            "system": system.id,
            "consistency_limit": CONSISTENCY_LIMIT,
            "accept_inconsistent": accept_inconsistent,
        },
        warnings=tuple(warnings),
        system=system,
    )
