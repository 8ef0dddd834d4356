"""Small panels and systems of made-up regions, with names that try to break the page."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from xinzhi.data import IndicatorSystem, Panel, RegionSet, parse_system
from xinzhi.measure import Uncertainty
from xinzhi.report import AssessResult, assess
from xinzhi.report.sections import SECTIONS

HOSTILE = "<script>alert(1)</script>"
FORMULA = "=cmd()"
REGIONS = ("甲县", "乙县", "Kent", HOSTILE, FORMULA, "己县")
QUICK = Uncertainty(draws=200)


def system_of(parts: int, name: str = "mine") -> IndicatorSystem:
    """Return a system of ``parts`` subsystems with two indicators each."""
    lines = [
        f'[system]\nid = "{name}"\ntitle = {{ zh = "{parts} 项体系", en = "System of {parts}" }}'
    ]
    for k in range(parts):
        title = HOSTILE if k == 1 else f"Part {k}"
        lines.append(f'[[node]]\nid = "part{k}"\ntitle = {{ zh = "部分{k}", en = "{title}" }}')
        lines += [
            f'[[indicator]]\nid = "i{k}{j}"\nnode = "part{k}"\nformula = "x{k}{j} / base"\n'
            f'unit = "percent"\nweak = {"true" if j else "false"}'
            for j in range(2)
        ]
    return parse_system("\n".join(lines).encode(), f"{name}.toml")


def panel_of(
    parts: int, *, years: int = 3, missing: tuple[tuple[str, int, str], ...] = ()
) -> Panel:
    """Return figures for ``system_of(parts)``; those listed as ``missing`` are left out."""
    rng = np.random.default_rng(1)
    rows = []
    for region in REGIONS:
        for year in range(2021, 2021 + years):
            names = ["base", *(f"x{k}{j}" for k in range(parts) for j in range(2))]
            for name in names:
                if (region, year, name) in missing:
                    continue
                value = 1_000.0 if name == "base" else float(rng.uniform(10, 90))
                rows.append(
                    (region, year, name, value, "CNY_100m", "=1+1 <b>source</b>", "reported")
                )
    columns = ["region", "year", "indicator", "value", "unit", "source", "status"]
    frame = pd.DataFrame(rows, columns=columns)
    return Panel.from_frame(frame, regions=RegionSet.from_names(REGIONS), name="mine")


@cache
def _panel(parts: int, missing: tuple[tuple[str, int, str], ...]) -> Panel:
    return panel_of(parts, missing=missing)


@cache
def standard(parts: int = 3, region: str = "甲县") -> AssessResult:
    """Return the assessment of a made-up region with the usual options, made once."""
    return assessed(parts, region)


@cache
def without_draws() -> AssessResult:
    """Return the assessment of a made-up region without Monte Carlo, made once."""
    return assessed(uncertainty=None)


def assessed_by(
    names: Iterable[str], panel: Panel, system: IndicatorSystem, region: str, **options: Any
) -> AssessResult:
    """Return an assessment of the index and the named sections alone, for tests of one section."""
    chosen = tuple(m for m in SECTIONS if m.ID in ("index", *names))
    with pytest.MonkeyPatch.context() as patch:
        # by its place among the modules: the package gives the function under this name
        patch.setattr(sys.modules["xinzhi.report.assess"], "SECTIONS", chosen)
        return assess(panel, system, region, **options)


def assessed(parts: int = 3, region: str = "甲县", **options: Any) -> AssessResult:
    """Return the assessment of a made-up region."""
    missing = options.pop("missing", ())
    settings: dict[str, Any] = {"uncertainty": QUICK, **options}
    return assess(_panel(parts, missing), system_of(parts), region, **settings)
