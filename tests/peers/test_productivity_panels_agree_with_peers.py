"""Agreement with deapack 2.0.1 on indices over time and two-stage models, 200 random units.

``record_productivity_panels.py`` has written down its outputs, of nine digits, for three years.
Everything that both compute agrees to 1e-6, relative, and so do the rows that have no value because
a program is infeasible. Where the two differ in what they call an index:

- Under variable returns deapack's Malmquist and Luenberger indices are made of distances under
  variable returns. Ours are always those of constant returns, because the others leave scale out of
  productivity; deapack's two parts are our pure_efficiency_change and pure_technical_change.
- Where a cross-period program is infeasible there is no index, on the same rows; deapack then drops
  the change of efficiency too, which needs the two own-period programs only; ours stays.
- deapack's Ray and Desli decomposition takes one output; it is compared on the first.
- Färe and Grosskopf's radial efficiency of two stages with intermediate goods chosen freely is the
  dual of Kao and Hwang's, so both have the same system score, which is ours.

deapack and pyfrontier have no bootstrap, so Simar and Wilson's has no peer here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xinzhi.core import Result
from xinzhi.measure.productivity import (
    Stage,
    luenberger,
    malmquist,
    malmquist_luenberger,
    network_efficiency,
)

HERE = Path(__file__).parent
RECORD = json.loads((HERE / "deapack_panels.json").read_text(encoding="utf-8"))
FIRST = json.loads((HERE / "deapack.json").read_text(encoding="utf-8"))
COLUMNS = ["x1", "x2", "x3", "y1", "y2", "b1"]


def years() -> pd.DataFrame:
    drawn = {1: np.hstack([FIRST[name] for name in ("inputs", "outputs", "undesirable")])}
    drawn |= {year: np.array(RECORD[f"year {year}"]) for year in (2, 3)}
    tables = {year: pd.DataFrame(rows, columns=COLUMNS) for year, rows in drawn.items()}
    return pd.concat(tables, names=["period", "unit"]).swaplevel().sort_index()


YEARS = years()
X, Y, B = YEARS[COLUMNS[:3]], YEARS[COLUMNS[3:5]], YEARS[COLUMNS[5:]]


def agrees(ours: pd.Series, name: str) -> None:
    theirs = np.array(RECORD[name], dtype=float)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-9, equal_nan=True)


def test_the_record_is_of_the_pinned_versions():
    pins = (HERE / "requirements.txt").read_text(encoding="utf-8").lower().split()
    for package, version in RECORD["versions"].items():
        if package != "python":
            assert f"{package}=={version}" in pins, "run make peers"


WHOLE, PURE = "efficiency_change", "pure_efficiency_change"
TECHNICAL = {WHOLE: "technical_change", PURE: "pure_technical_change"}
CASES: dict[str, tuple[Callable[[], Result], dict[str, str]]] = {
    "malmquist adjacent crs output": (
        lambda: malmquist(X, Y),
        {"index": "malmquist", "efficiency": WHOLE},
    ),
    "malmquist adjacent vrs output": (
        lambda: malmquist(X, Y, returns="vrs"),
        {"efficiency": PURE},
    ),
    "malmquist adjacent vrs input": (
        lambda: malmquist(X, Y, returns="vrs", orientation="input"),
        {"efficiency": PURE},
    ),
    "malmquist global crs output": (
        lambda: malmquist(X, Y, reference="global"),
        {"index": "malmquist"},
    ),
    "malmquist biennial crs output": (
        lambda: malmquist(X, Y, reference="biennial"),
        {"index": "malmquist"},
    ),
    "scale, Färe and others": (
        lambda: malmquist(X, Y, returns="vrs"),
        {"pure": PURE, "scale": "scale_efficiency_change"},
    ),
    "scale, Ray and Desli": (
        lambda: malmquist(X, Y[["y1"]], returns="vrs"),
        {"technical": "pure_technical_change", "scale": "scale_change"},
    ),
    "luenberger adjacent crs graph": (
        lambda: luenberger(X, Y),
        {"index": "luenberger", "efficiency": WHOLE},
    ),
    "luenberger adjacent vrs graph": (
        lambda: luenberger(X, Y, returns="vrs"),
        {"efficiency": PURE},
    ),
    "malmquist-luenberger adjacent crs": (
        lambda: malmquist_luenberger(X, Y, B),
        {"index": "malmquist_luenberger", "efficiency": WHOLE},
    ),
    "malmquist-luenberger global crs": (
        lambda: malmquist_luenberger(X, Y, B, reference="global"),
        {"index": "malmquist_luenberger"},
    ),
}
# theirs under variable returns: the product, or the sum, of our two pure parts
PURE_INDICES: dict[str, Callable[[], Result]] = {
    "malmquist adjacent vrs output": lambda: malmquist(X, Y, returns="vrs"),
    "malmquist adjacent vrs input": lambda: malmquist(X, Y, returns="vrs", orientation="input"),
    "malmquist global vrs output": lambda: malmquist(X, Y, reference="global", returns="vrs"),
    "malmquist biennial vrs output": lambda: malmquist(X, Y, reference="biennial", returns="vrs"),
    "luenberger adjacent vrs graph": lambda: luenberger(X, Y, returns="vrs"),
}


@pytest.mark.parametrize("name", CASES)
def test_indices_over_time(name: str):
    make, parts = CASES[name]
    found = make().to_frame("indices")
    assert len(found) == 400
    for part, column in parts.items():
        ours = found[column]
        if part == "efficiency":
            assert ours.notna().all()
            ours = ours.where(found[TECHNICAL[column]].notna())
        agrees(ours, f"{name}: {part}")


@pytest.mark.parametrize("name", PURE_INDICES)
def test_indices_of_variable_returns_are_our_pure_parts(name: str):
    found = PURE_INDICES[name]().to_frame("indices")
    pure, technical = found[PURE], found["pure_technical_change"]
    ours = pure + technical if name.startswith("luenberger") else pure * technical
    agrees(ours, f"{name}: index")


@pytest.fixture(scope="module")
def stages() -> list[Stage]:
    first = YEARS.xs(1, level="period")
    final = pd.DataFrame(RECORD["final"], columns=["z1", "z2"], index=first.index)
    goods = first[COLUMNS[3:5]]
    return [Stage("1", first[COLUMNS[:3]], goods), Stage("2", goods, final)]


def test_two_stages_by_one_price_of_the_goods_between_them(stages: list[Stage]):
    result = network_efficiency(stages)
    system = result.to_frame("efficiency")["efficiency"]
    agrees(system, "Kao and Hwang: system")
    agrees(system, "Färe and Grosskopf: system")
    table = result.to_frame("stages").set_index("stage")
    for stage in ("1", "2"):
        agrees(table.loc[stage, "efficiency_low"], f"Kao and Hwang: stage {stage} lower")
        agrees(table.loc[stage, "efficiency_high"], f"Kao and Hwang: stage {stage} upper")


@pytest.mark.parametrize("first", ["1", "2"])
def test_two_stages_by_the_mean_of_both(stages: list[Stage], first: str):
    result = network_efficiency(stages, decomposition="additive", priority=first)
    agrees(result.to_frame("efficiency")["efficiency"], "Chen and others: system")
    table = result.to_frame("stages").set_index("stage")
    for stage in ("1", "2"):
        agrees(table.loc[stage, "efficiency"], f"Chen and others: stage {stage}, {first} first")
