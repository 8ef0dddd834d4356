"""Running the commands on input–output tables within the tests, and the files they run on."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from xinzhi.cli import main
from xinzhi.core import Text
from xinzhi.data import (
    FinalCategory,
    IOTable,
    PrimaryCategory,
    Sector,
    write_io_table,
)

# Imports apart by user; sums worked out by hand.
CITY = """Code,Description,Origin,01,02,03,TC,GCF,EX,GO
01,Chips,Domestic,10,20,5,5,10,50,100
02,Cars,Domestic,2,30,3,65,60,40,200
03,Services,Domestic,15,25,60,150,30,20,300
01,Chips,Imports,20,15,4,3,2,0,44
02,Cars,Imports,1,20,0,6,3,0,30
03,Services,Imports,4,3,10,5,1,0,23
VA001,Compensation,,20,40,110,,,,
VA004,Operating surplus,,28,47,108,,,,
"""
# The same economy with imports as one column.
COMPETITIVE = """Code,Description,01,02,03,TC,GCF,EX,IM,GO
01,Chips,30,35,9,8,12,50,44,100
02,Cars,3,50,3,71,63,40,30,200
03,Services,19,28,70,155,31,20,23,300
TVA,Value added,48,87,218,,,,,
"""
CLASSIFICATION = """
id = "city"
title = { zh = "本市三部门", en = "Three sectors of the city" }
sectors = [
  { code = "01", title = { zh = "芯片", en = "Chips" }, to = { cn3 = "2" } },
  { code = "02", title = { zh = "汽车", en = "Cars" }, to = { cn3 = "2" } },
  { code = "03", title = { zh = "服务", en = "Services" }, to = { cn3 = "3" } },
]
"""
PACK = "china_input_output"


class Done(NamedTuple):
    status: int
    out: str
    err: str


Run = Callable[..., Done]


def runner(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return the program as a function: what it printed, and its exit status."""

    def call(*arguments: str | Path, lang: str = "en") -> Done:
        monkeypatch.setattr(sys, "argv", ["xinzhi", *map(str, arguments)])
        for module in ("xinzhi.cli", "xinzhi.cli.language", "xinzhi.cli.output"):
            monkeypatch.setattr(f"{module}.LANGUAGE", lang)
        status = 0
        try:
            main()
        except SystemExit as stop:
            status = int(stop.code or 0)
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return Done(status, printed.out, printed.err)

    return call


def answer_of(done: Done) -> dict[str, Any]:
    """Return the one strict JSON object on standard output."""
    assert done.status == 0, done.err
    answer: dict[str, Any] = json.loads(done.out, parse_constant=pytest.fail)
    return answer


def table_of(done: Done, name: str) -> pd.DataFrame:
    return pd.DataFrame(answer_of(done)["result"][name])


def two_regions() -> IOTable:
    flows = np.array([[10, 20, 5, 10], [5, 30, 5, 5], [5, 10, 20, 30], [5, 10, 10, 40.0]])
    imported = np.array([[2, 3, 4, 1], [1, 6, 2, 8.0]])
    demand = np.array([[40, 5, 20], [60, 15, 30], [15, 60, 40], [5, 90, 10.0]])
    output = flows.sum(axis=1) + demand.sum(axis=1)
    consumption = Text("消费", "Consumption")
    return IOTable(
        sectors=(
            Sector("01", Text("材料", "Materials")),
            Sector("02", Text("机器", "Machines")),
        ),
        flows=flows,
        final_demand=demand,
        final_categories=(
            FinalCategory("C", "consumption", consumption, "上海"),
            FinalCategory("C", "consumption", consumption, "江苏"),
            FinalCategory("EX", "exports", Text("出口", "Exports")),
        ),
        primary_inputs=(output - flows.sum(axis=0) - imported.sum(axis=0))[np.newaxis],
        primary_categories=(PrimaryCategory("VA", "value_added", Text("增加值", "Value added")),),
        output=output,
        imported_flows=imported,
        imported_final_demand=np.array([[1, 2, 0], [3, 4, 0.0]]),
        regions=("上海", "江苏"),
        year=2020,
        unit="CNY_100m",
    )


def write_tables(folder: Path) -> None:
    """Write tables that are right and wrong into a folder."""
    files = {
        "city.csv": CITY,
        "competitive.csv": COMPETITIVE,
        "city.toml": CLASSIFICATION,
        "unbalanced.csv": CITY.replace("28,47,108", "28,99,108"),
        "words.csv": CITY.replace("10,20,5,5", "ten,20,5,5"),
        "panel.csv": "region,year,gdp\n上海,2020,3\n",
        "empty.csv": "",
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    write_io_table(two_regions(), folder / "two.csv")
