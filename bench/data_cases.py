"""The work on users' own tables that is timed, each case in a process of its own.

Usage: python bench/data_cases.py check. Prints seconds and peak memory as JSON. The file that the
case reads is made first and lies outside the timed part; importing lies outside it too.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROWS = 1_000_000
YEARS = range(2000, 2025)


def write_table(path: Path, rows: int = ROWS) -> None:
    """Write a long table of China's 31 regions and the nation, as dirty as yearbooks are.

    Series grow by a few per cent a year. Of the cells, one in 200 is a marker of a missing value,
    one in 5,000 jumps, one in 20,000 is text; in one year in 25 names are spaced out, a name in
    2,000 is misread, one series in 40 changes its unit, one row in 10,000 comes twice.
    """
    from xinzhi.data import load_region_set

    rng = np.random.default_rng(0)
    names = [*load_region_set("china31").names, "全国"]
    series = -(-rows // (len(names) * len(YEARS)))
    growth = rng.normal(0.08, 0.04, (series, len(YEARS), len(names) - 1)).cumsum(axis=1)
    level = np.exp(rng.normal(6, 1, (series, 1, len(names) - 1)) + growth).round(2)
    cells = np.concatenate([level, level.sum(axis=2, keepdims=True)], axis=2)
    chance = rng.random(cells.shape)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("地区,年份,指标,数值,单位\n")
        written = 0
        for k in range(series):
            lines = []
            for y, year in enumerate(YEARS):
                unit = "万元" if k % 40 == 7 and y < 10 else "亿元"
                for r, name in enumerate(names):
                    luck = chance[k, y, r]
                    value = f"{cells[k, y, r]:.2f}"
                    if luck < 0.005:
                        value = ("…", "-", "空", "")[int(luck * 800)]
                    elif luck < 0.0052:
                        value = f"{cells[k, y, r] * 100:.2f}"
                    elif luck < 0.00525:
                        value = f"约{value}"
                    if y == 10:
                        name = "   ".join((name[0], name[1:]))
                    elif 0.5 < luck < 0.5005:
                        name = name[:-1] + "占"
                    line = f"{name},{year},指标{k},{value},{unit}\n"
                    lines += [line, line] if 0.9 < luck < 0.9001 else [line]
            lines = lines[: rows - written]
            written += len(lines)
            file.writelines(lines)


def check(path: Path) -> Callable[[], object]:
    """Find everything that is odd about a million rows."""
    from xinzhi.data.inspection import inspect_table

    return lambda: inspect_table(path)


CASES = {"check": check}


def main() -> None:
    name = sys.argv[1]
    if len(sys.argv) == 2:
        # In a process of its own, so that making the table does not count as memory.
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "table.csv"
            write_table(path)
            subprocess.run([sys.executable, __file__, name, str(path)], check=True)
        return
    work = CASES[name](Path(sys.argv[2]))
    start = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - start
    assert result is not None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak}))


if __name__ == "__main__":
    main()
