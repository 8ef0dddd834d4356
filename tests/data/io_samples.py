"""Small invented tables in each layout that is read, which balance."""

from __future__ import annotations

import numpy as np

Grid = list[list[str]]

CODES = ["01", "02", "03"]
TITLES = {"01": ("Farms", "农业"), "02": ("Works", "工业"), "03": ("Shops", "服务")}
FLOWS = np.array([[10.0, 20.0, 5.0], [8.0, 60.0, 22.0], [4.0, 30.0, 16.0]])
IMPORTED = np.array([[1.0, 3.0, 0.0], [2.0, 12.0, 4.0], [0.0, 5.0, 3.0]])
FINAL = {"TC": [30.0, 40.0, 70.0], "FU201": [5.0, 50.0, 12.0], "FU202": [1.0, -2.0, 0.0]}
EXPORTS = [4.0, 32.0, 8.0]
IMPORTED_FINAL = {"TC": [2.0, 6.0, 3.0], "FU201": [0.0, 7.0, 0.0], "FU202": [0.0, 1.0, 0.0]}
IMPORTED_EXPORTS = [0.0, 1.0, 0.0]
OUTPUT = FLOWS.sum(axis=1) + np.sum([*FINAL.values(), EXPORTS], axis=0)
VALUE_ADDED = OUTPUT - FLOWS.sum(axis=0) - IMPORTED.sum(axis=0)
PRIMARY = {
    "VA001": VALUE_ADDED * 0.5,
    "VA002": np.array([-2.0, 5.0, 3.0]),
    "VA003": VALUE_ADDED * 0.125,
    "VA004": VALUE_ADDED * 0.375 - np.array([-2.0, 5.0, 3.0]),
}
PRIMARY_TITLES = {
    "VA001": "Compensation of employees",
    "VA002": "Net taxes on production",
    "VA003": "Depreciation of fixed assets",
    "VA004": "Operating surplus",
}


def words(values: object) -> list[str]:
    """Return figures as they are printed."""
    return [repr(float(value)) for value in np.ravel(values)]  # type: ignore[arg-type]


def nbs_separate() -> Grid:
    """Return a table with imports apart by user."""
    head = ["Code", "Description", "DescriptionInChinese", "Origin", *CODES]
    grid = [[*head, "TIU", "TC", "FU201", "FU202", "EX", "TFU", "GO"]]
    parts = (
        ("Domestic", FLOWS, FINAL, EXPORTS),
        ("Imports", IMPORTED, IMPORTED_FINAL, IMPORTED_EXPORTS),
    )
    for origin, flows, final, exports in parts:
        for k, code in enumerate(CODES):
            users = [*(final[use][k] for use in final), exports[k]]
            total = [flows[k].sum(), *users, sum(users), flows[k].sum() + sum(users)]
            grid.append([code, *TITLES[code], origin, *words(flows[k]), *words(total)])
    blank = [""] * 6
    spent = FLOWS.sum(axis=0) + IMPORTED.sum(axis=0)
    grid.append(["TII", "Total", "合计", "TOT", *words([*spent, spent.sum()]), *blank])
    for code, values in PRIMARY.items():
        text = [code, PRIMARY_TITLES[code], "", "TOT"]
        grid.append([*text, *words([*values, values.sum()]), *blank])
    grid.append(["TVA", "", "", "TOT", *words([*VALUE_ADDED, VALUE_ADDED.sum()]), *blank])
    return [*grid, ["TI", "", "", "TOT", *words([*OUTPUT, OUTPUT.sum()]), *blank]]


def nbs_competitive() -> Grid:
    """Return a table with imports as one column and a discrepancy."""
    head = ["Code", "Description", "DescriptionInChinese", *CODES]
    final = ["TIU", "FU101", "FU102", "THC", "FU103", "TC", "FU201", "FU202", "GCF", "EX", "TFU"]
    grid = [[*head, *final, "IM", "ERR", "GO"]]
    flows = FLOWS + IMPORTED
    error = [1.0, -1.0, 0.5]
    for k, code in enumerate(CODES):
        spent = FINAL["TC"][k] + IMPORTED_FINAL["TC"][k]
        home = [spent * 0.25, spent * 0.5, spent * 0.75, spent * 0.25, spent]
        fixed = FINAL["FU201"][k] + IMPORTED_FINAL["FU201"][k] - error[k]
        stocks = FINAL["FU202"][k] + IMPORTED_FINAL["FU202"][k]
        leaving = EXPORTS[k] + IMPORTED_EXPORTS[k]
        imports = IMPORTED[k].sum() + sum(use[k] for use in IMPORTED_FINAL.values())
        imports += IMPORTED_EXPORTS[k]
        uses = [fixed, stocks, fixed + stocks, leaving, spent + fixed + stocks + leaving]
        figures = [*flows[k], flows[k].sum(), *home, *uses, imports, error[k], OUTPUT[k]]
        grid.append([code, *TITLES[code], *words(figures)])
    blank = [""] * 13
    spent_all = flows.sum(axis=0)
    grid.append(["TII", "Total", "合计", *words([*spent_all, spent_all.sum()]), *blank])
    for code, values in PRIMARY.items():
        grid.append([code, PRIMARY_TITLES[code], "", *words([*values, values.sum()]), *blank])
    grid.append(["TVA", "", "", *words([*VALUE_ADDED, VALUE_ADDED.sum()]), *blank])
    return [*grid, ["TI", "", "", *words([*OUTPUT, OUTPUT.sum()]), *blank]]


def oecd() -> Grid:
    """Return a table with one decimal whose sums are off by rounding, and a sector that is idle."""
    final = ["HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "CONS_ABR", "CONS_NONRES", "EXPO", "IMPO"]
    rows = (
        ("01", "Farms", "10.1 20.2 0 30 1 2 5 -1 0.5 0.2 4 -2.1"),
        ("02", "Works", "5.3 40.4 0 20 0 3 30 2 1.5 0.3 50 -22.4"),
        ("03", "Idle", "0 0 0 0 0 0 0 0 0 0 0 0"),
        ("TXS_IMP_FNL", "Taxes abroad", "0 0.1 0 0 0 0 0 0 1.4 0 0 -1.5"),
        ("TXS_INT_FNL", "Taxes at home", "1.2 2.3 0 3 0 0 2 0 0 -0.1 0 0"),
        ("TTL_INT_FNL", "Total", "16.6 63 0 53 1 5 37 1 3.4 0.4 54 -26"),
        ("VALU", "Value added", "53.3 67 0 0 0 0 0 0 0 0 0 0"),
        ("OUTPUT", "Output", "69.9 130.1 0 0 0 0 0 0 0 0 0 0"),
    )
    head = ["Code", "Description", "01", "02", "03", *final]
    return [head, *([code, title, *figures.split()] for code, title, figures in rows)]


LAYOUTS = {"separate": nbs_separate, "competitive": nbs_competitive, "oecd": oecd}


def text_of(grid: Grid) -> str:
    """Return a grid as CSV text."""
    quoted = [['"' + cell.replace('"', '""') + '"' for cell in row] for row in grid]
    return "".join(",".join(row) + "\n" for row in quoted)


def at(grid: Grid, row: str, column: str, number: int = 0) -> tuple[int, int]:
    """Return the place of a cell by its codes; ``number`` counts rows of the same code."""
    rows = [k for k, cells in enumerate(grid) if cells[0] == row]
    return rows[number], grid[0].index(column)
