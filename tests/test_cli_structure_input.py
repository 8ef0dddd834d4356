"""Wrong input to the commands on input–output tables: every message, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.structure_commands import PACK, Run, runner, write_tables


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_tables(tmp_path)
    return tmp_path


WRONG = [
    (("inputoutput", "no.csv"), 2, "no.csv: no such file", "no.csv：文件不存在"),
    (("inputoutput", "."), 2, "is a folder, a file is needed", "是文件夹，需要的是文件"),
    (("inputoutput", "empty.csv"), 2, "the file is empty", "文件是空的"),
    (
        ("inputoutput", "panel.csv"),
        2,
        "panel.csv: no input–output table (a panel, or another sheet?)",
        "不是投入产出表（或面板数据、其他工作表）",
    ),
    (
        ("inputoutput", "unbalanced.csv"),
        2,
        "inputs less output\n  02 Cars: 52 10,000 yuan",
        "投入合计减去总产出\n  02 Cars：52 万元",
    ),
    (
        ("chokepoints", "words.csv"),
        2,
        "row 2, column 01: not a number: ten",
        "第 2 行，“01”列：不是数：ten",
    ),
    (
        ("chokepoints", "competitive.csv"),
        2,
        "Add --split-imports to split them by proportionality",
        "加 --split-imports 按比例性假定拆分（结果注明）",
    ),
    (
        ("chokepoints", "city.csv", "--earlier", "competitive.csv"),
        2,
        "Add --split-imports",
        "不能计算进口依赖度",
    ),
    (
        ("chokepoints", "city.csv", "--earlier", "city.csv", "--year", "2020"),
        2,
        "Put the year into the file's name, as in io_2017.csv",
        "把年份写进文件名，例如 io_2017.csv",
    ),
    (
        ("inputoutput", "competitive.csv", "--region", "Shanghai"),
        2,
        "so no regional table is derived from it",
        "不能推算地区表",
    ),
    (
        ("inputoutput", "city.csv", "--classification", "cn43"),
        2,
        "cn43: no such file, did you mean cn3?",
        "cn43：文件不存在，是否指 cn3？",
    ),
    (
        ("inputoutput", "city.csv", "--classification", "cn3"),
        2,
        "city.csv: sectors that are not in cn3: 01, 02, 03",
        "city.csv：这些部门不在 cn3 中：01、02、03",
    ),
    (
        ("inputoutput", "city.csv", "--aggregate", "cn3"),
        2,
        "Give the classification, a name or a TOML file, by --classification.",
        "用 --classification 给出分类的名称或 TOML 文件。",
    ),
    (
        ("inputoutput", "--aggregate", "oecd45"),
        2,
        "there is no concordance from cn3 to oecd45",
        "没有从 cn3 到 oecd45 的对应",
    ),
    (("inputoutput", "--tracks", "no.toml"), 2, "no.toml: no such file", "给出赛道的 TOML 文件"),
    (("inputoutput", "--region", "Shanhai"), 2, "did you mean 上海?", "是否指 上海？"),
    (
        ("inputoutput", "two.csv", "--region", "江西"),
        2,
        "the table has no region 江西, did you mean 江苏?\nThere are: 上海, 江苏.",
        "投入产出表中没有地区 江西，是否指 江苏？\n有：上海、江苏。",
    ),
    (("chokepoints", "two.csv", "--region", "浙江"), 2, "has no region 浙江", "没有地区 浙江"),
    (
        ("chokepoints", "city.csv", "--region", "Shanghai"),
        2,
        "the table is the nation's, not Shanghai's",
        "给出上海自己的表，或去掉 --region 看全国的。",
    ),
    (
        ("inputoutput", "--region", "Shanghai", "--earlier", "city.csv"),
        2,
        "Leave out --earlier or --region",
        "变化只来自权重",
    ),
    (
        ("inputoutput", "city.csv", "--earlier", "two.csv"),
        2,
        "the two input–output tables cannot be compared",
        "两张投入产出表不可比",
    ),
    (("inputoutput", "city.csv", "--data", "two.csv"), 2, "two inputs given", "给了两个输入"),
    (
        ("inputoutput", "city.csv", "--unit", "furlongs"),
        2,
        "unknown unit furlongs",
        "未知单位 furlongs",
    ),
    (
        ("inputoutput", "--year", "2017"),
        2,
        "--year: for files only; the three-sector table that ships has its own year",
        f"去掉它，或指定表，例如 {PACK}/china_2017_42、",
    ),
    (
        ("inputoutput", f"{PACK}/china_2020_42", "--unit", "亿元"),
        2,
        f"--unit: for files only; {PACK}/china_2020_42 has its own year, unit and sectors",
        f"--unit 只用于文件； {PACK}/china_2020_42 自带年份、单位和分类",
    ),
    (
        ("inputoutput", PACK),
        2,
        f"{PACK} is a data pack: which table?",
        f"写作：{PACK}/china_2020_42、",
    ),
    (
        ("assess", "上海", "--table", PACK),
        2,
        f"{PACK} is a data pack: which table?",
        f"写作：{PACK}/china_2020_42、",
    ),
    (
        ("inputoutput", "china_output/china_2020_42"),
        2,
        f"no data pack china_output, did you mean {PACK}?",
        f"没有数据包 china_output，是否指 {PACK}？",
    ),
    (
        ("chokepoints", f"{PACK}/china_2020_42"),
        1,
        f"xinzhi data pack get {PACK}",
        f"xinzhi data pack get {PACK}",
    ),
    (("chokepoints", "--fall", "2"), 2, "Invalid value for '--fall'", "用法错误："),
    (("inputoutput", "--delta", "1"), 2, "Invalid value for '--delta'", "用法错误："),
    (("inputoutput", "--forward", "x"), 2, "Invalid value for '--forward'", "用法错误："),
    (("chokepoints", "--duration", "0"), 2, "duration is 0; it must be above 0", "应大于 0"),
    (("chokepoints", "--elasticity", "nan"), 2, "elasticity is nan", "elasticity 为 nan"),
    (("chokepoints", "--out", "o.pdf"), 2, "o.pdf: cannot write", "o.pdf：不能写这种文件"),
]


@pytest.mark.parametrize(
    ("arguments", "status", "english", "chinese"), WRONG, ids=[" ".join(row[0]) for row in WRONG]
)
def test_wrong_input_is_explained_in_both_languages(
    run: Run, folder: Path, arguments: tuple[str, ...], status: int, english: str, chinese: str
):
    done = run(*arguments)
    assert (done.status, done.out) == (status, "")
    assert english in done.err
    assert "internal error" not in done.err
    done = run(*arguments, lang="zh")
    assert done.status == status
    assert chinese in done.err
