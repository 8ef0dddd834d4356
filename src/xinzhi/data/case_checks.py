"""What a transition case is refused for: names that lead nowhere, coefficients that are missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from xinzhi.core import Text
from xinzhi.data.case_base_year import check_base_year
from xinzhi.data.cases import TRAINING, TransitionCase
from xinzhi.data.toml_files import Problems, guess

_SUM_TOLERANCE = 1e-9
COMPONENTS = ("value_added", "cost", "employment")

Entries = dict[str, list[dict[str, Any]]]


def check_references(
    values: Mapping[str, Any],
    entries: Entries,
    mappings: Mapping[str, Mapping[str, Mapping[str, float]]],
    problems: Problems,
) -> None:
    """Note ids that come twice, ids that no entry has, and coefficients that are not given."""
    ids = {
        table: [entry["id"] for entry in entries[table]]
        for table in ("sector", "technology", "budget", "grade", "account")
    }
    for table, listed in ids.items():
        problems.doubled(Text(f"[[{table}]] 的 id", f"id of [[{table}]]"), listed)
    sectors, technologies, grades = ids["sector"], ids["technology"], ids["grade"]
    accounts = ids["account"]

    def known(place: str, names: Iterable[str | None], allowed: list[str]) -> None:
        for name in names:
            if name is not None and name not in allowed:
                suggestion = guess(name, allowed)
                listed = "、".join(allowed), ", ".join(allowed)
                problems.add(
                    f"{place}：没有 {name}{suggestion.zh}；可用：{listed[0] or '无'}",
                    f"{place}: there is no {name}{suggestion.en}; allowed: {listed[1] or 'none'}",
                )

    def complete(place: str, given: Mapping[str, float], needed: list[str]) -> None:
        for name in needed:
            if name not in given:
                problems.add(
                    f"{place}：缺少 {name} 的系数；应为不小于 0 的数，没有则写 0",
                    f"{place}: the coefficient of {name} is missing; it must be a number of at "
                    "least 0, and 0 where there is none",
                )

    known("objective", values["objective"], [*COMPONENTS, *accounts])
    goods: list[tuple[str, Mapping[str, float] | None]] = [
        ("capital_goods", values["capital_goods"])
    ]
    for entry in entries["sector"]:
        where = f"[[sector]] {entry['id']}"
        known(f"{where}, inputs", entry["inputs"], sectors)
        goods.append((f"{where}, capital_goods", entry["capital_goods"]))
    for place, bought in goods:
        if bought is not None:
            known(place, bought, sectors)
            total = sum(bought.values())
            if abs(total - 1) > _SUM_TOLERANCE:
                problems.add(
                    f"{place}：合计为 {total:g}，应为 1",
                    f"{place}: they sum to {total:g}, not to 1",
                )
    for entry in entries["technology"]:
        where = f"[[technology]] {entry['id']}"
        known(f"{where}, sector", [entry["sector"]], sectors)
        known(f"{where}, input_factors", entry["input_factors"], sectors)
        known(f"{where}, imported_shares", entry["imported_shares"], sectors)
        known(f"{where}, labour", entry["labour"], grades)
        known(f"{where}, accounts", entry["accounts"], accounts)
        complete(f"{where}, labour", entry["labour"], grades)
        complete(f"{where}, accounts", entry["accounts"], accounts)
    for kind, keys, allowed in (
        ("retrofit", ("from", "to"), technologies),
        ("training", ("from", "to"), grades),
        ("schedule", ("technology",), technologies),
        ("floor", ("sector",), sectors),
        ("target", ("sector",), sectors),
        ("exposure", ("product",), sectors),
    ):
        for number, entry in enumerate(entries[kind], start=1):
            for key in keys:
                known(f"[[{kind}]] {number}, {key}", [entry[key]], allowed)
    for entry in entries["budget"]:
        known(f"[[budget]] {entry['id']}, sectors", entry["sectors"] or (), [*sectors, TRAINING])
    for classification, mapping in mappings.items():
        known(f"[mapping.{classification}]", mapping, sectors)
        for sector in sectors:
            if sector not in mapping:
                problems.add(
                    f"[mapping.{classification}]：缺少部门 {sector}；取其余部门的写 []",
                    f"[mapping.{classification}]: sector {sector} is missing; the one that takes "
                    "the rest is written []",
                )
        rest = [sector for sector, codes in mapping.items() if not codes]
        if len(rest) > 1:
            problems.add(
                f"[mapping.{classification}]：只能有一个部门取其余：{'、'.join(rest)}",
                f"[mapping.{classification}]: only one sector can take the rest: {', '.join(rest)}",
            )


def check_case(case: TransitionCase, problems: Problems) -> None:
    """Note what contradicts itself: years, capacities, rules, the base year."""
    if case.horizon <= case.base_year:
        problems.add(
            f"horizon：{case.horizon}；应晚于基年 {case.base_year}",
            f"horizon: {case.horizon}; it must be later than the base year {case.base_year}",
        )
        return
    if not {"value_added", "employment"} & set(case.objective) and not case.targets:
        problems.add(
            "objective：只求成本最低而没有目标，最好的计划是什么都不做；请写 [[target]]",
            "objective: least cost without a target is to do nothing; give a [[target]]",
        )
    margins = {sector.id: sector.replacement_margin for sector in case.sectors}
    for technology in case.technologies:
        where = f"[[technology]] {technology.id}"
        _check_vintages(case, where, technology.capacity, technology.lifetime, problems)
        for year in technology.pipeline:
            if year <= case.base_year:
                problems.add(
                    f"{where}, pipeline：{year}；应晚于基年 {case.base_year}",
                    f"{where}, pipeline: {year}; it must be later than the base year "
                    f"{case.base_year}",
                )
        if technology.buildable and technology.cost <= 0:
            problems.add(
                f"{where}, cost：{technology.cost:g}；可新建的技术应大于 0",
                f"{where}, cost: {technology.cost:g}; it must be above 0 where building is allowed",
            )
        if technology.min_utilisation > technology.max_utilisation:
            problems.add(
                f"{where}, min_utilisation：{technology.min_utilisation:g}；"
                f"应不大于 max_utilisation（{technology.max_utilisation:g}）",
                f"{where}, min_utilisation: {technology.min_utilisation:g}; it must be at most "
                f"max_utilisation ({technology.max_utilisation:g})",
            )
        if (
            technology.kind == "existing"
            and technology.buildable
            and margins[technology.sector] is not None
        ):
            problems.add(
                f"{where}, buildable：true；部门 {technology.sector} 受先立后破约束，"
                "现有技术应为 false",
                f"{where}, buildable: true; it must be false for existing technologies of "
                f"{technology.sector}, which the build-before-retire rule binds",
            )
    sector_of = {technology.id: technology.sector for technology in case.technologies}
    for place, retrofit in enumerate(case.retrofits, start=1):
        if sector_of[retrofit.start] != sector_of[retrofit.end] or retrofit.start == retrofit.end:
            problems.add(
                f"[[retrofit]] {place}：{retrofit.start} 与 {retrofit.end} 应是同一部门的两种技术",
                f"[[retrofit]] {place}: {retrofit.start} and {retrofit.end} must be two "
                "technologies of one sector",
            )
    for place, target in enumerate(case.targets, start=1):
        if target.year not in case.years:
            problems.add(
                f"[[target]] {place}, year：{target.year}；应在 {case.years[0]} 至 {case.horizon}",
                f"[[target]] {place}, year: {target.year}; it must lie from {case.years[0]} to "
                f"{case.horizon}",
            )
    check_base_year(case, problems)


def _check_vintages(
    case: TransitionCase,
    where: str,
    capacity: Mapping[int, float],
    lifetime: int,
    problems: Problems,
) -> None:
    oldest = case.base_year - lifetime + 1
    for year in capacity:
        if not oldest <= year <= case.base_year:
            problems.add(
                f"{where}, capacity：{year}；使用年限 {lifetime} 年，基年在役的应建于 "
                f"{oldest} 至 {case.base_year}",
                f"{where}, capacity: {year}; with a lifetime of {lifetime} years, what stands in "
                f"the base year was built from {oldest} to {case.base_year}",
            )
