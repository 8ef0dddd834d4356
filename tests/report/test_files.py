from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from tests.report.cases import FORMULA, HOSTILE, standard

from xinzhi.core import InputError, Result, Text
from xinzhi.report import AssessResult, write_report
from xinzhi.report.export import sheet_names, write_csv, write_page, write_workbook
from xinzhi.report.html import page
from xinzhi.report.titles import column_title


class Tags(HTMLParser):
    """Collects the tags of a page, and the contents of its scripts."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.lasttag == "script" and self.scripts:
            self.scripts[-1] += data


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("hostile")
    write_report(standard(3, HOSTILE), place)
    return place


def test_the_page_loads_nothing_and_is_small(folder: Path):
    text = (folder / "report.html").read_text("utf-8")
    assert len(text.encode()) < 3_500_000
    tags = Tags(text).tags
    for tag, attributes in tags:
        for name in ("src", "href", "action", "srcset", "poster", "xlink:href"):
            address = attributes.get(name) or ""
            assert address.startswith(("#", "data:")) or not address, (tag, address)
    assert not {tag for tag, _ in tags} & {"iframe", "object", "embed", "base", "img"}
    policy = next(a["content"] for t, a in tags if t == "meta" and "http-equiv" in a)
    assert policy.startswith("default-src 'none'")
    assert "unsafe-inline'; img" in policy  # for styles alone
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style
    assert "url(" not in style[1]
    assert "@import" not in style[1]
    assert "sourceMappingURL" not in text


def test_both_languages_stand_in_the_page(shanghai: AssessResult):
    text = page(shanghai)
    for lang in ("zh", "en"):
        for section in shanghai.sections:
            for figure in section.charts:
                assert getattr(figure.alt, lang)
                assert getattr(figure.title, lang)
                assert figure.panels[0].specs[lang]["layer"]
    zh, en = text.count('<span lang="zh">'), text.count('<span lang="en">')
    assert zh == en > 300


def test_every_number_that_can_be_opened_has_its_card(folder: Path):
    text = (folder / "report.html").read_text("utf-8")
    found = Tags(text)
    asked = {a["data-card"] for t, a in found.tags if t == "button" and "data-card" in a}
    store = json.loads(next(s for s in found.scripts if s.startswith('{"texts"')))
    assert len(asked) > 300
    assert asked <= set(store["cards"])
    assert all(a.get("type") == "button" for t, a in found.tags if t == "button")
    ids = [a["id"] for _, a in found.tags if "id" in a]
    assert len(ids) == len(set(ids))
    anchors = {a["href"][1:] for t, a in found.tags if t == "a" and a["href"].startswith("#")}
    assert anchors <= set(ids)


def test_names_are_written_as_text_and_never_run(hostile: Path):
    text = (hostile / "report.html").read_text("utf-8")
    found = Tags(text)
    kinds = [a.get("type", "code") for t, a in found.tags if t == "script"]
    assert kinds == ["application/json", "application/json", "code", "code"]
    assert HOSTILE not in text
    assert "<b>source</b>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    for script in found.scripts[:2]:
        json.loads(script)
        assert "<" not in script


def test_the_workbook_holds_every_table_with_titles_in_two_languages(
    folder: Path, shanghai: AssessResult
):
    book = openpyxl.load_workbook(folder / "tables.xlsx", read_only=True)
    sheets = sheet_names(shanghai.tables)
    assert book.sheetnames == ["readme", *sheets.values()]
    for name, table in shanghai.tables.items():
        rows = list(book[sheets[name]].iter_rows(values_only=True))
        assert len(rows) == len(table) + 1
        for column, title in zip(table, rows[0], strict=True):
            words = column_title(column, name)
            assert words.zh != column, "a column without a title"
            assert title == f"{words.zh} {words.en}"
    scores = pd.DataFrame(list(book["index_scores"].iter_rows(min_row=2, values_only=True)))
    written = shanghai.tables["index_scores"]["score"].tolist()
    assert scores[3].tolist() == pytest.approx(written, rel=1e-15)  # Excel keeps no more digits
    readme = " ".join(
        str(cell) for row in book["readme"].iter_rows(values_only=True) for cell in row if cell
    )
    for words in ("全国科技经费投入统计公报", "sha256", "seed", "件/万人", "Innovation chain"):
        assert words in readme


def test_the_workbook_runs_no_formula(hostile: Path):
    book = openpyxl.load_workbook(hostile / "tables.xlsx")
    texts = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert not [cell for cell in texts if cell.data_type == "f"]
    assert any(cell.value == FORMULA for cell in texts)
    assert any(cell.value == "=1+1 <b>source</b>" for cell in texts)


def test_long_and_equal_sheet_names_stay_apart(tmp_path: Path):
    table = pd.DataFrame({"region": ["甲"], "value": [float("nan")]})
    names = [f"a_very_long_table_name_that_excel_refuses_{k}" for k in range(3)]
    write_workbook(Result(tables=dict.fromkeys(names, table)), tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert len(book.sheetnames) == 4
    assert max(map(len, book.sheetnames)) <= 31
    assert book.worksheets[1]["B2"].value is None


def test_csv_and_page_of_one_result(tmp_path: Path):
    table = pd.DataFrame({"region": [FORMULA, HOSTILE, "甲"], "value": [-1.5, float("nan"), 2.0]})
    result = Result(tables={"t": table}, warnings=(Text("<注意>", "<note>"),))
    write_csv(result, tmp_path / "t.csv")
    raw = (tmp_path / "t.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.decode("utf-8-sig").splitlines() == [
        "region,value",
        "'=cmd(),-1.5",
        HOSTILE + ",",
        "甲,2.0",
    ]
    for lang in ("zh", "en"):
        write_page(result, tmp_path / "t.html", lang, "index")
        text = (tmp_path / "t.html").read_text("utf-8")
        assert f'<html lang="{lang}">' in text
        assert "<script" not in text
        assert "&lt;注意&gt;" in text if lang == "zh" else "&lt;note&gt;" in text


def test_files_are_not_overwritten_unless_asked(
    folder: Path, shanghai: AssessResult, tmp_path: Path
):
    (tmp_path / "tables.xlsx").write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        write_report(shanghai, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["tables.xlsx"]
    assert (tmp_path / "tables.xlsx").read_text() == "mine"
    paths = write_report(shanghai, tmp_path, force=True)
    assert [p.name for p in paths] == ["report.html", "results.json", "tables.xlsx"]
    for path in paths:
        assert path.read_bytes() == (folder / path.name).read_bytes()


@pytest.mark.parametrize("step", ["page", "write_workbook"])
def test_a_failure_while_writing_leaves_the_old_files(
    step: str, shanghai: AssessResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from xinzhi.report import export, html

    old = {name: f"old {name}" for name in ("report.html", "results.json", "tables.xlsx")}
    for name, text in old.items():
        (tmp_path / name).write_text(text)

    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(html if step == "page" else export, step, broken)
    with pytest.raises(OSError, match="disk full"):
        write_report(shanghai, tmp_path, force=True)
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == old


def test_a_folder_that_is_a_file_is_refused(shanghai: AssessResult, tmp_path: Path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(InputError, match="cannot be written"):
        write_report(shanghai, tmp_path / "out")
