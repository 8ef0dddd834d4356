"""Record what packages for economic complexity compute, for the test beside this file.

Run it by ``make peers``: it needs the packages pinned in requirements.txt and nothing of ours.
ecomplexity, econcomplex and economic-complexity are MIT; only their numbers are kept. Two tables:
a random one of 25 regions and 40 activities with a third of the cells empty, and the embedded value
added of nine industries in 31 regions (too few industries for a finding, enough for agreement).
"""

import json
import platform
import warnings
from importlib.metadata import version
from pathlib import Path

import econcomplex
import economic_complexity
import economic_complexity.polars
import numpy as np
import pandas as pd
import polars as pl
from ecomplexity import ecomplexity
from econcomplex.complexity.reflections import _reflect

HERE = Path(__file__).parent
FIGURES = HERE.parents[1] / "src" / "xinzhi" / "data" / "figures" / "figures.csv"
SEED = 20261124
YEAR = 2023
INDUSTRIES = (
    *("agriculture_incl_services", "industry", "construction", "wholesale_retail"),
    *("transport_storage_post", "accommodation_catering", "finance", "real_estate"),
    "other_services",
)
SINGLE = ("diversity", "eci", "coi")
SHARED = ("ubiquity", "pci")


def labelled(values):
    """Return the table with labels that sort in its own order."""
    regions = [f"r{k:02}" for k in range(values.shape[0])]
    activities = [f"a{k:02}" for k in range(values.shape[1])]
    return pd.DataFrame(values, index=regions, columns=activities)


def drawn():
    """Draw regions of growing ability and activities of growing demands."""
    random = np.random.default_rng(SEED)
    able, hard = np.linspace(-1, 1, 25)[:, None], np.linspace(-1, 1, 40)
    volumes = random.lognormal(1.5 * able * hard + able - hard, 1.0, (25, 40))
    return labelled((volumes * (random.random(volumes.shape) > 0.33)).round(4))


def published():
    """Return value added of nine industries, (region, industry)."""
    table = pd.read_csv(FIGURES)
    rows = [
        table[
            (table["indicator"] == f"value_added_{industry}")
            & (table["year"] == YEAR)
            & (table["vintage"] == "nbs_value_added_regions")
        ]
        .iloc[0, 6:]
        .to_numpy(dtype=float)
        for industry in INDUSTRIES
    ]
    return labelled(np.array(rows).T)


def long_of(table):
    rows = table.stack().reset_index()
    rows.columns = ["region", "activity", "value"]
    rows["year"] = YEAR
    return rows


def from_ecomplexity(table):
    columns = {"time": "year", "loc": "region", "prod": "activity", "val": "value"}
    found = {}
    for name, options in (("", {}), ("continuous ", {"continuous": True})):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rows = ecomplexity(
                long_of(table), columns, check_logsupermodularity=False, verbose=False, **options
            )
        for column in (*SINGLE, *SHARED, "rca", "density", "cog"):
            cells = rows.pivot(index="region", columns="activity", values=column)
            values = cells.loc[table.index, table.columns].to_numpy()
            if column in SINGLE:
                values = values[:, 0]
            elif column in SHARED:
                values = values[0]
            found[name + column] = values
    return found


def from_econcomplex(table):
    mcp = econcomplex.mcp(table)
    found = {"rca": econcomplex.rca(table)}
    found["eci"], found["pci"] = econcomplex.eci_pci(table, method="eigenvector")
    for method in ("max", "sqrt"):
        phi = econcomplex.proximity(mcp, use_rca=False, threshold=0.5, method=method)["product"]
        options = {"phi": phi, "use_rca": False, "threshold": 0.5}
        found[f"{method} density"] = econcomplex.relatedness_density(mcp, **options) / 100
        found[f"{method} coi"] = econcomplex.complexity_outlook_index(mcp, found["pci"], **options)
        found[f"{method} cog"] = econcomplex.complexity_outlook_gain(mcp, found["pci"], **options)
    for steps in (1, 2, 5):
        regions, activities = _reflect(mcp.to_numpy(), steps)[:2]
        found[f"reflections {steps} regions"] = regions
        found[f"reflections {steps} activities"] = activities
    found["fitness"], found["complexity"] = econcomplex.fitness_complexity(
        table, iterations=5000, tol=1e-14
    )
    found["krugman"] = econcomplex.krugman_index(table)
    found["herfindahl"] = econcomplex.herfindahl(table, normalize=False)
    found["entropy"] = econcomplex.shannon_entropy(table, base=np.e)
    found["similarity"] = econcomplex.export_similarity(table)
    found["subnational"], _ = econcomplex.subnational_eci(table, found["pci"], standardize=False)
    return found


def from_economic_complexity(table):
    rca = economic_complexity.rca(table)
    wide = pl.from_pandas(rca.ge(1).astype(float).reset_index(names="region"))
    found = {"rca": rca}
    found["eci"], found["pci"] = economic_complexity.complexity(rca, iterations=12)
    # Its pandas form of proximity writes into a view that pandas 3 makes read-only.
    phi = economic_complexity.polars.proximity(wide.drop("region"))
    phi = pd.DataFrame(np.asarray(phi), index=table.columns, columns=table.columns)
    found["proximity"] = phi
    found["density"] = economic_complexity.relatedness(rca, proximities=phi)
    found["gain"] = economic_complexity.opportunity_gain(rca, pci=found["pci"], proximities=phi)
    return found


def write(name, package, computed, tables):
    packages = {item: version(item) for item in (package, "numpy", "pandas")}
    entries = {"versions": {"python": platform.python_version(), **packages}}
    for title, table in tables.items():
        entries[f"{title} volumes"] = table.to_numpy().tolist()
        for key, values in computed(table).items():
            array = np.asarray(values, dtype=float)
            entries[f"{title} {key}"] = np.where(np.isnan(array), None, array).tolist()
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in entries.items()]
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    (HERE / f"{name}.json").write_text(text, encoding="utf-8")


def main():
    tables = {"drawn": drawn(), "published": published()}
    write("ecomplexity", "ecomplexity", from_ecomplexity, tables)
    write("econcomplex", "econcomplex", from_econcomplex, tables)
    write("economic_complexity", "economic-complexity", from_economic_complexity, tables)


if __name__ == "__main__":
    main()
