"""The technology-risk register that a user keeps: its scales, and reading it with checks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.data.cells import number_of, text_of
from xinzhi.data.findings import Finding, refuse
from xinzhi.data.names import compact
from xinzhi.data.tables import open_grid
from xinzhi.data.toml_files import guess, parse_toml

COLUMNS: Mapping[str, Text] = {
    "id": Text("编号", "Id"),
    "risk": Text("风险", "Risk"),
    "field": Text("领域", "Field"),
    "category": Text("类别", "Category"),
    "likelihood": Text("可能性", "Likelihood"),
    "impact": Text("影响", "Impact"),
    "evidence": Text("证据等级", "Evidence"),
    "owner": Text("责任人", "Owner"),
    "measures": Text("措施", "Measures"),
    "review_date": Text("复核日期", "Review date"),
    "status": Text("状态", "Status"),
}
CATEGORIES: Mapping[str, Text] = {
    "data_security": Text("数据安全", "Data security"),
    "privacy": Text("隐私", "Privacy"),
    "ethics": Text("技术伦理", "Ethics of technology"),
    "misuse": Text("滥用风险", "Misuse"),
    "other": Text("其他", "Other"),
}
STATUSES: Mapping[str, Text] = {
    "open": Text("待处理", "Open"),
    "mitigating": Text("处理中", "Being mitigated"),
    "accepted": Text("已接受", "Accepted"),
    "closed": Text("已关闭", "Closed"),
}
LIKELIHOODS: Mapping[int, Text] = {
    1: Text("五年内几乎不会发生", "Hardly within five years"),
    2: Text("五年内不太可能发生", "Unlikely within five years"),
    3: Text("五年内可能发生", "Possible within five years"),
    4: Text("五年内很可能发生", "Likely within five years"),
    5: Text("一年内很可能发生，或已经发生", "Likely within a year, or happening already"),
}
IMPACTS: Mapping[int, Text] = {
    1: Text("轻微，日常工作即可处理", "Slight, dealt with in daily work"),
    2: Text("一家单位受扰", "One organisation is disturbed"),
    3: Text("多家单位受扰，或少数人权益受损", "Several are, or the rights of some people suffer"),
    4: Text(
        "一个产业受扰，或许多人权益受损", "An industry is, or the rights of many people suffer"
    ),
    5: Text("全市受扰，或损害不可逆", "The whole region is, or the harm cannot be undone"),
}
EVIDENCE: Mapping[str, Text] = {
    "A": Text(
        "实测：本领域的事件记录、审计或独立检测",
        "Measured: records of incidents, audits or independent tests in the field",
    ),
    "B": Text(
        "有据：官方报告，或同行评议的可比案例",
        "Documented: official reports, or peer-reviewed studies of comparable cases",
    ),
    "C": Text("专家判断：两人以上、具名", "Judgement of two named experts or more"),
    "D": Text("一人之见或推测", "One opinion, or conjecture"),
}
_MAY_BE_EMPTY = frozenset(("measures",))
_TEXTS = ("id", "risk", "field", "owner")
_WORDS = {
    column: {compact(name).casefold() for name in (column, title.zh, title.en)}
    for column, title in COLUMNS.items()
}
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?")
_SEARCHED_ROWS = 20


@dataclass(frozen=True, eq=False)
class RiskRegister:
    """Risks as their owners entered them.

    frame : columns as ``COLUMNS``; category and status by id, grades as numbers 1 to 5, evidence A
        to D, review_date a date
    record : the file
    """

    frame: pd.DataFrame
    record: InputRecord


def read_risk_register(path: str | Path) -> RiskRegister:
    """Read a register from a TOML file with [[risk]] entries, or from a CSV, TSV or XLSX table.

    Headings, categories and statuses may be ids, Chinese or English titles.
    Raises : InputError as ``open_grid`` or for invalid TOML; for everything wrong at once, with row
        and column: a column that is absent, an empty cell, an id given twice, a grade outside its
        scale, an unknown category or status, a review date that is no date
    """
    file = Path(path)
    if file.suffix.lower() == ".toml":
        entries, record = _toml_entries(file)
    else:
        entries, record = _table_entries(file)
    if not entries:
        raise InputError(
            Text(f"{file.name}：登记表没有一条风险", f"{file.name}: the register holds no risk"),
            remedy=Text("至少登记一条。", "Enter at least one."),
        )
    findings: list[Finding] = []
    rows = [_row(place, entry, findings) for place, entry in entries]
    ids = [row["id"] for row in rows]
    for position, ((place, _), own) in enumerate(zip(entries, ids, strict=True)):
        if own and own in ids[:position]:
            row = place if isinstance(place, int) else None
            findings.append(Finding(Text(f"编号 {own} 重复", f"id {own} is used twice"), row, "id"))
    if findings:
        raise refuse(record.name, findings)
    return RiskRegister(pd.DataFrame(rows, columns=list(COLUMNS)), record)


def _toml_entries(file: Path) -> tuple[list[tuple[int | str, dict[str, Any]]], InputRecord]:
    try:
        data = file.read_bytes()
    except OSError:
        raise InputError(
            Text(f"{file}：文件不存在或不能读取", f"{file}: no such file, or it cannot be read"),
            remedy=Text(
                "用 xinzhi watch --new-register FILE 写一份空表。",
                "Write an empty form by xinzhi watch --new-register FILE.",
            ),
        ) from None
    document = parse_toml(data, file.name, "xinzhi watch --new-register register.toml")
    listed = document.get("risk", [])
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise InputError(
            Text(f"{file.name}：风险应写作 [[risk]]", f"{file.name}: risks are written as [[risk]]")
        )
    findings = []
    for place, entry in enumerate(listed, 1):
        for key in entry:
            if key not in COLUMNS:
                near, where = guess(key, COLUMNS), f"[[risk]] {place}"
                findings.append(
                    Finding(
                        Text(
                            f"{where}：未知的键 {key}{near.zh}",
                            f"{where}: unknown key {key}{near.en}",
                        )
                    )
                )
    if findings:
        raise refuse(file.name, findings)
    entries: list[tuple[int | str, dict[str, Any]]] = [
        (f"[[risk]] {place}", entry) for place, entry in enumerate(listed, 1)
    ]
    return entries, InputRecord(file.name, sha256(data).hexdigest(), len(entries))


def _table_entries(file: Path) -> tuple[list[tuple[int | str, dict[str, Any]]], InputRecord]:
    grid = open_grid(file)
    heading, places = _headings(grid.cells)
    absent = [name for name in COLUMNS if name not in places]
    if absent:
        raise refuse(
            grid.name,
            [
                Finding(Text(f"没有列 {name}（{COLUMNS[name].zh}）", f"no column {name}"))
                for name in absent
            ],
            Text(
                "用 xinzhi watch --new-register FILE 写一份空表。",
                "Write an empty form by xinzhi watch --new-register FILE.",
            ),
        )
    entries: list[tuple[int | str, dict[str, Any]]] = []
    for number, row in enumerate(grid.cells[heading + 1 :], heading + 2):
        cells = {name: row[at] if at < len(row) else "" for name, at in places.items()}
        if any(text_of(cell) for cell in cells.values()):
            entries.append((number, cells))
    return entries, InputRecord(grid.name, grid.sha256, len(entries))


def _headings(cells: Sequence[Sequence[Any]]) -> tuple[int, dict[str, int]]:
    """Return the row with the most known headings, and where each of them stands."""
    found: list[dict[str, int]] = []
    for row in cells[:_SEARCHED_ROWS]:
        places: dict[str, int] = {}
        for at, cell in enumerate(row):
            # a form's headings hold both languages: 编号 id
            parts = {compact(part).casefold() for part in text_of(cell).split(" ", 1)}
            words = {compact(text_of(cell)).casefold()} | parts
            for name, known in _WORDS.items():
                if words & known:
                    places.setdefault(name, at)
        found.append(places)
    best = max(range(len(found)), key=lambda place: len(found[place]), default=0)
    return best, found[best] if found else {}


def _row(place: int | str, entry: Mapping[str, Any], findings: list[Finding]) -> dict[str, Any]:
    """Return the checked cells of one risk; what is wrong joins the findings."""

    def wrong(column: str, problem: Text) -> None:
        cell = text_of(entry.get(column, ""))
        if isinstance(place, int):
            findings.append(Finding(problem, place, column, cell))
            return
        where = Text(f"{place} {column}：{problem.zh}", f"{place} {column}: {problem.en}")
        findings.append(Finding(where, value=cell))

    row: dict[str, Any] = {}
    for column in COLUMNS:
        cell = entry.get(column, "")
        text = text_of(cell)
        row[column] = text
        if not text:
            if column not in _MAY_BE_EMPTY:
                wrong(column, Text("为空", "is empty"))
        elif column in ("likelihood", "impact"):
            grade = number_of(cell)
            row[column] = int(grade) if grade in (1, 2, 3, 4, 5) else 0
            if not row[column]:
                wrong(column, Text(f"{text} 不是 1 到 5 的整数", f"{text} is not 1, 2, 3, 4 or 5"))
        elif column == "evidence":
            row[column] = text.upper()
            if row[column] not in EVIDENCE:
                wrong(
                    column,
                    Text(f"未知的等级 {text}（应为 A 到 D）", f"unknown grade {text}: use A to D"),
                )
        elif column in ("category", "status"):
            known = CATEGORIES if column == "category" else STATUSES
            row[column] = _id_of(text, known)
            if not row[column]:
                names = Text("、".join(known), ", ".join(known))
                problem = Text(
                    f"没有 {text}；可选：{names.zh}", f"no {text}: choose from {names.en}"
                )
                wrong(column, problem)
        elif column == "review_date":
            row[column] = date_of(cell)
            if row[column] is None:
                wrong(
                    column,
                    Text(
                        f"{text} 不是日期，写作 2026-03-01", f"{text} is no date: write 2026-03-01"
                    ),
                )
    return row


def _id_of(text: str, known: Mapping[str, Text]) -> str:
    key = compact(text).casefold().replace("_", "")
    for name, title in known.items():
        words = (name.replace("_", ""), title.zh, title.en)
        if key in {compact(word).casefold() for word in words}:
            return name
    return ""


def date_of(cell: object) -> date | None:
    """Return the date of a cell: 2026-03-01, 2026/3/1, 2026年3月1日; None if it holds none."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    match = _DATE.fullmatch(text_of(cell))
    if match is None:
        return None
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        return None
