"""Build the figures that ship with the package from the published tables beside the repository.

Run: python scripts/build_figures.py [--source FOLDER] [--target FOLDER]

Each table is a CSV ``region,year,indicator,value,unit,source``. The values stay as printed. A row
of figures.csv holds one indicator, vintage (the table's name), year, unit and source.
"""

from __future__ import annotations

import argparse
import csv
import io
from pathlib import Path

from xinzhi.data.indicators import indicators
from xinzhi.data.regions import load_region_set
from xinzhi.data.units import find_unit

REPOSITORY = Path(__file__).resolve().parent.parent
SOURCE = REPOSITORY.parent / "shared" / "data" / "figures"
TARGET = REPOSITORY / "src" / "xinzhi" / "data" / "figures"
NATION = "全国"
KEY = ("indicator", "vintage", "year", "unit", "source")

# The only complete input-output table; it goes into a file of its own.
IO_TABLE = "io_china_2017_3sector"
# Input-output tables are no panels.
LEFT_OUT = {"io_china_2007_17sector_partial", IO_TABLE}
# Printed with a unit that leaves out what the figure is measured per.
UNITS = {
    "gdp_per_capita": "CNY_per_person",
    "sex_ratio_men_per_100_women": "men_per_100_women",
}


def build(source: Path) -> dict[str, str]:
    """Return file name → text of every file that is built."""
    china = load_region_set("china31")
    order = {name: place for place, name in enumerate(indicators())}
    sources: dict[tuple[str, str], str] = {}
    rows: dict[tuple[str, str, int, str, str], dict[str, str]] = {}
    for path in sorted(source.glob("*.csv")):
        if path.stem in LEFT_OUT:
            continue
        count = 0
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                pair = (path.stem, row["source"])
                if pair not in sources:
                    count += 1
                    sources[pair] = f"{path.stem}.{count}"
                name = row["indicator"]
                unit = find_unit(UNITS.get(name, row["unit"])).id
                key = (name, path.stem, int(row["year"]), unit, sources[pair])
                code = "000000" if row["region"] == NATION else china.get(row["region"]).code
                cells = rows.setdefault(key, {})
                if code in cells:
                    raise SystemExit(
                        f"{path.name}: {row['region']} {row['year']} {name} comes twice"
                    )
                cells[code] = row["value"]
    codes = ["000000", *(region.code for region in china.regions)]
    ordered = sorted(rows, key=lambda key: (order[key[0]], *key[1:]))
    figures = [[*map(str, key), *(rows[key].get(code, "") for code in codes)] for key in ordered]
    return {
        "figures.csv": table([*KEY, *codes], figures),
        "sources.csv": table(
            ["id", "vintage", "source"],
            [[name, vintage, text] for (vintage, text), name in sorted(sources.items(), key=place)],
        ),
    }


def build_io_table(source: Path) -> dict[str, str]:
    """Return file name → text of the input-output table: its facts, each with its source."""
    with (source / f"{IO_TABLE}.csv").open(encoding="utf-8", newline="") as file:
        header, *facts = csv.reader(file)
    return {"io_table.csv": table(header, facts)}


def place(item: tuple[tuple[str, str], str]) -> tuple[str, int]:
    """Sort sources by table and number."""
    vintage, number = item[1].rsplit(".", 1)
    return vintage, int(number)


def table(header: list[str], rows: list[list[str]]) -> str:
    """Return CSV text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def main() -> None:
    """Write the built files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", type=Path, default=SOURCE, help="folder of the tables")
    parser.add_argument("--target", type=Path, default=TARGET, help="folder to write to")
    options = parser.parse_args()
    if not options.source.is_dir():
        parser.error(f"{options.source} is not a folder: give the tables' folder with --source")
    for name, text in (build(options.source) | build_io_table(options.source)).items():
        (options.target / name).write_text(text, encoding="utf-8", newline="\n")
        print(f"{options.target / name}: {text.count(chr(10)) - 1} rows")


if __name__ == "__main__":
    main()
