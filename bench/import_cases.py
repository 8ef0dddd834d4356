"""Importing large files into a workspace: prints seconds and peak memory.

Usage: python bench/import_cases.py csv|xlsx. The file is written, and the workspace made, by a
process of its own before the clock starts; loading the package is inside the timed part.

csv : one million rows of a long table, 40 MB
xlsx : a wide workbook of 50 MB
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

YEARS = range(2001, 2021)
INDICATORS = 20
CSV_REGIONS = 2_500
XLSX_REGIONS = 18_000
SEED = 0


def write_csv(path: Path) -> None:
    """Write regions x years x indicators in long form, one million rows."""
    rng = np.random.default_rng(SEED)
    with path.open("w", encoding="utf-8") as stream:
        stream.write("region,year,indicator,value,unit,source\n")
        for region in range(CSV_REGIONS):
            values = iter(rng.lognormal(3, 1, len(YEARS) * INDICATORS).round(3).tolist())
            stream.writelines(
                f"county{region:04d},{year},x{k:02d},{next(values)},亿元,年鉴\n"
                for year in YEARS
                for k in range(INDICATORS)
            )


def write_xlsx(path: Path) -> None:
    """Write a row for each region and year, a column for each indicator."""
    import xlsxwriter

    rng = np.random.default_rng(SEED)
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet("data")
        headings = [f"x{k:02d} [CNY_100m]" for k in range(INDICATORS)]
        sheet.write_row(0, 0, ["region", "year", *headings])
        row = 0
        for region in range(XLSX_REGIONS):
            values = rng.lognormal(3, 1, (len(YEARS), INDICATORS)).round(3)
            for year, numbers in zip(YEARS, values, strict=True):
                row += 1
                sheet.write_row(row, 0, [f"county{region:05d}", year, *numbers])


WRITERS = {"csv": write_csv, "xlsx": write_xlsx}


def run(kind: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"large.{kind}"
        # A process of its own, so that writing the file leaves no mark on the peak.
        subprocess.run([sys.executable, __file__, kind, str(path)], check=True)
        start = time.perf_counter()
        from xinzhi.data.importing import import_files
        from xinzhi.data.workspace import create_workspace

        result = import_files(create_workspace(Path(folder) / "work"), [path], progress=True)
        seconds = time.perf_counter() - start
        size = path.stat().st_size / 1e6
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak, processor = used.ru_maxrss / 1024, used.ru_utime + used.ru_stime
    figures = int(result.to_frame("files")["figures"].sum())
    return {
        "seconds": seconds,
        "processor_seconds": processor,
        "peak_mb": peak,
        "file_mb": size,
        "figures": figures,
    }


def main() -> None:
    kind, *target = sys.argv[1:]
    if target:
        WRITERS[kind](Path(target[0]))
    else:
        print(json.dumps(run(kind)))


if __name__ == "__main__":
    main()
