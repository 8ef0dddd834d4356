"""Ackerberg–Caves–Frazer on many firm-years: prints seconds, peak memory and the coefficients.

Usage: python bench/firm_case.py FIRMS REPLICATIONS [parquet|csv]. Ten years a firm are simulated
and written by a process of its own before the clock starts; loading the package, reading the file,
estimation and TFP of every firm-year are inside the timed part. True coefficients: 0.6 and 0.4.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIMULATION = Path(__file__).resolve().parent.parent / "tests" / "measure" / "productivity"
COLUMNS = ("firm", "year", "value_added", "workers", "capital", "proxy")
SEED = 0


def write(path: Path, firms: int) -> None:
    """Write the simulated firm-years, ten a firm, in random order."""
    sys.path.insert(0, str(SIMULATION))
    import duckdb
    from firm_simulation import simulated_firms

    frame = simulated_firms(SEED, firms)  # DuckDB finds it by its name
    options = "FORMAT parquet" if path.suffix == ".parquet" else "FORMAT csv, HEADER"
    columns = ", ".join(COLUMNS)
    duckdb.sql(
        f"COPY (SELECT {columns} FROM frame ORDER BY hash(value_added)) TO '{path}' ({options})"
    )
    assert len(frame) == firms * 10


def run(firms: int, replications: int, kind: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"firms.{kind}"
        subprocess.run([sys.executable, __file__, str(path), str(firms)], check=True)
        start = time.perf_counter()
        from xinzhi.data.firm_data import read_firm_panel
        from xinzhi.measure.productivity.firm_level import firm_productivity

        panel = read_firm_panel(path, *COLUMNS)
        read = time.perf_counter() - start
        result = firm_productivity(panel, "acf", replications=replications)
        seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    labour, capital = result.to_frame()["coefficient"]
    return {
        "seconds": seconds,
        "read_seconds": read,
        "processor_seconds": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss / 1024,
        "rows": panel.rows,
        "labour": labour,
        "capital": capital,
    }


def main() -> None:
    first, second, *kind = sys.argv[1:]
    if Path(first).suffix:
        write(Path(first), int(second))
    else:
        print(json.dumps(run(int(first), int(second), *(kind or ["parquet"]))))


if __name__ == "__main__":
    main()
