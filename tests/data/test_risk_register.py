"""The technology-risk register: three formats, both languages, and all that is wrong at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from xinzhi.core import InputError
from xinzhi.data.risk_register import CATEGORIES, COLUMNS, STATUSES, date_of, read_risk_register
from xinzhi.data.risk_register_form import write_risk_register_form
from xinzhi.stress.register_table import REGISTER, register_table

ROWS = [
    (
        "R1",
        "训练数据外泄",
        "人工智能",
        "data_security",
        4,
        5,
        "A",
        "甲",
        "分级管理",
        "2026-03-01",
        "open",
    ),
    (
        "R2",
        "基因数据再识别",
        "生物医药",
        "privacy",
        2,
        3,
        "B",
        "乙",
        "",
        "2026-09-01",
        "mitigating",
    ),
    ("R3", "合成生物滥用", "生物医药", "misuse", 1, 5, "C", "丙", "审查", "2025-01-01", "closed"),
]


def toml_of(rows: list[tuple[object, ...]]) -> str:
    parts = []
    for row in rows:
        lines = ["[[risk]]"]
        for name, value in zip(COLUMNS, row, strict=True):
            shown = value if name in ("likelihood", "impact", "review_date") else f'"{value}"'
            lines.append(f"{name} = {shown}")
        parts.append("\n".join(lines))
    return "\n".join(parts)


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    file = tmp_path / "register.toml"
    file.write_text(toml_of(ROWS), encoding="utf-8")
    return file


def test_toml_csv_and_xlsx_say_the_same(toml: Path, tmp_path: Path):
    frame = read_risk_register(toml).frame
    assert frame["review_date"].tolist() == [
        date(2026, 3, 1),
        date(2026, 9, 1),
        date(2025, 1, 1),
    ]
    words = pd.DataFrame(ROWS, columns=[f"{title.zh} {name}" for name, title in COLUMNS.items()])
    words["类别 category"] = [CATEGORIES[row[3]].zh for row in ROWS]
    words["状态 status"] = [STATUSES[row[-1]].en for row in ROWS]
    words["复核日期 review_date"] = ["2026年3月1日", "2026/9/1", "2025.01.01"]
    words["证据等级 evidence"] = ["a", "b", "c"]
    words.to_csv(tmp_path / "register.csv", index=False)
    chinese = pd.DataFrame(ROWS, columns=[title.zh for title in COLUMNS.values()])
    chinese["复核日期"] = pd.to_datetime(chinese["复核日期"])
    with pd.ExcelWriter(tmp_path / "register.xlsx", engine="xlsxwriter") as writer:
        chinese.to_excel(writer, index=False)
    for name in ("register.csv", "register.xlsx"):
        other = read_risk_register(tmp_path / name)
        pd.testing.assert_frame_equal(other.frame, frame)
        assert (other.record.name, other.record.rows) == (name, 3)


@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".toml"])
def test_a_form_is_read_back(ending: str, tmp_path: Path):
    file = tmp_path / f"form{ending}"
    write_risk_register_form(file)
    with pytest.raises(InputError) as caught:
        read_risk_register(file)
    expected = "risk: is empty" if ending == ".toml" else "the register holds no risk"
    assert expected in caught.value.text("en")
    chinese = "为空" if ending == ".toml" else "登记表没有一条风险"
    assert chinese in caught.value.text("zh")
    with pytest.raises(InputError, match="exists"):
        write_risk_register_form(file)
    write_risk_register_form(file, force=True)


def test_a_form_of_another_kind_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="cannot write this kind of register") as caught:
        write_risk_register_form(tmp_path / "form.docx")
    assert "不能写这种登记表" in caught.value.text("zh")


def test_everything_wrong_is_said_at_once(tmp_path: Path):
    bad = [
        ("R1", "x", "y", "dragons", 9, 2.5, "E", "", "", "soon", "asleep"),
        ("R1", "x", "y", "ethics", 1, 1, "A", "甲", "", "2026-02-30", "open"),
    ]
    file = tmp_path / "bad.csv"
    pd.DataFrame(bad, columns=list(COLUMNS)).to_csv(file, index=False)
    with pytest.raises(InputError) as caught:
        read_risk_register(file)
    english, chinese = caught.value.text("en"), caught.value.text("zh")
    assert "bad.csv: 9 problems" in english
    for words in (
        "row 2, column category: no dragons: choose from data_security, privacy",
        "row 2, column likelihood: 9 is not 1, 2, 3, 4 or 5",
        "row 2, column impact: 2.5 is not 1, 2, 3, 4 or 5",
        "row 2, column evidence: unknown grade E: use A to D",
        "row 2, column owner: is empty",
        "row 2, column review_date: soon is no date: write 2026-03-01",
        "row 2, column status: no asleep: choose from open, mitigating",
        "row 3, column review_date: 2026-02-30 is no date",
        "row 3, column id: id R1 is used twice",
    ):
        assert words in english
    for words in ("没有 dragons", "不是 1 到 5 的整数", "未知的等级 E", "为空", "不是日期"):
        assert words in chinese
    assert "编号 R1 重复" in chinese


def test_files_that_are_no_register(tmp_path: Path):
    missing = tmp_path / "none.toml"
    for content, english, chinese in (
        (None, "no such file", "文件不存在"),
        ("[[risk", "not valid TOML", "不是有效的 TOML"),
        ("risk = 3", r"written as [[risk]]", "应写作 [[risk]]"),
        ("x = 1", "holds no risk", "没有一条风险"),
        (
            '[[risk]]\nowners = "x"',
            "[[risk]] 1: unknown key owners, did you mean owner",
            "未知的键",
        ),
    ):
        if content is not None:
            missing.write_text(content, encoding="utf-8")
        with pytest.raises(InputError) as caught:
            read_risk_register(missing)
        assert english in caught.value.text("en")
        assert chinese in caught.value.text("zh")
    table = tmp_path / "table.csv"
    table.write_text("id,risk\nR1,x\n", encoding="utf-8")
    with pytest.raises(InputError, match="no column owner") as caught:
        read_risk_register(table)
    assert "没有列 owner（责任人）" in caught.value.text("zh")


def test_dates_of_cells():
    assert date_of("2026-3-1") == date_of("2026年3月1日") == date(2026, 3, 1)
    assert date_of("2026-03-01 00:00:00") == date(2026, 3, 1)
    assert date_of("March 2026") is None


def test_severity_and_overdue_reviews(toml: Path):
    register = read_risk_register(toml)
    table = register_table(register, date(2026, 3, 31)).set_index("id")
    assert list(table.index) == ["R1", "R2", "R3"]  # severe first, closed last
    assert table["severity"].tolist() == [20, 6, 5]
    assert table["severity_grade"].tolist() == ["very_high", "medium", "medium"]
    assert table["days_overdue"].tolist() == [30, 0, 0]  # a closed risk is never overdue
    assert table["review_date"].tolist() == ["2026-03-01", "2026-09-01", "2025-01-01"]
    undated = register_table(register, None)
    assert undated["days_overdue"].isna().all()
    assert list(undated) == list(REGISTER) == list(register_table(None, None))
