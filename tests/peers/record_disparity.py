"""Record what peer packages compute of disparity, for the tests beside this file.

It needs the packages pinned in requirements.txt and nothing of ours, and writes disparity.json:
versions, fixed inputs and outputs. esda and giddy (BSD-3-Clause) are the peers for Moran's I and
Markov chains, inequality (BSD-3-Clause) for Gini, Theil and Atkinson, linearmodels (NCSA) and
statsmodels (BSD-3-Clause) for regressions, convergence-clubs (GPL-3.0), a port of the R package
ConvergenceClubs, for the log t test and its clubs. No package of Python was found that has Dagum's
decomposition.
"""

import json
import platform
from importlib.metadata import version
from pathlib import Path

import convergence_clubs
import numpy as np
import pandas as pd
import statsmodels.api as sm
from esda.moran import Moran, Moran_Local
from giddy.markov import Markov, Spatial_Markov
from inequality.atkinson import atkinson
from inequality.gini import Gini
from inequality.theil import Theil, TheilD
from libpysal.weights import W
from linearmodels.panel import PanelOLS

HERE = Path(__file__).parent
SEED = 20261124
REGIONS, YEARS, CLASSES = 30, 24, 4
PACKAGES = (
    *("esda", "giddy", "libpysal", "inequality", "linearmodels", "statsmodels"),
    *("convergence-clubs", "numpy", "scipy"),
)


def inputs():
    """Draw levels that wander, five groups, a control, gaps, and borders in a ring with chords."""
    random = np.random.default_rng(SEED)
    start = random.normal(9.5, 0.5, (REGIONS, 1))
    steps = random.normal(0.06, 0.05, (REGIONS, YEARS - 1)) - 0.02 * (start - 9.5)
    levels = np.exp(np.hstack([start, start + np.cumsum(steps, axis=1)])).round(2)
    gaps = levels.copy()
    gaps[random.random(levels.shape) < 0.05] = np.nan
    borders = np.zeros((REGIONS, REGIONS))
    for i in range(REGIONS):
        for j in ((i + 1) % REGIONS, (i + 7) % REGIONS if i % 3 == 0 else (i + 1) % REGIONS):
            borders[i, j] = borders[j, i] = 1
    return {
        "levels": levels,
        "gaps": gaps,
        "control": random.normal(size=levels.shape).round(4),
        "groups": random.integers(0, 5, REGIONS),
        "borders": borders.astype(int),
    }


def spatial(levels, borders):
    neighbours = {i: np.flatnonzero(row).tolist() for i, row in enumerate(borders)}
    weights = W(neighbours, silence_warnings=True)
    weights.transform = "r"
    whole = Moran(levels[:, -1], weights, permutations=0)
    local = Moran_Local(levels[:, -1], weights, permutations=0)
    relative = levels / levels.mean(axis=0)
    chains = Spatial_Markov(relative, weights, fixed=True, k=CLASSES, m=CLASSES)
    codes = np.array(chains.class_ids)
    return {
        "moran": [whole.I, whole.EI, whole.seI_rand, whole.z_rand, whole.p_rand],
        "local_moran": local.Is,
        "quadrant": local.q,
        "transitions": Markov(codes, summary=False).transitions,
        "ergodic": Markov(codes, summary=False).steady_state,
        "spatial_transitions": chains.T,
        "homogeneity": [chains.LR, chains.Q, int(chains.dof_hom), chains.LR_p_value],
    }


def unequal(levels, groups):
    last = levels[:, -1]
    t = TheilD(last, groups)
    return {
        "gini": Gini(last).g,
        "theil_t": [Theil(last).T, float(np.ravel(t.wg)[0]), float(np.ravel(t.bg)[0])],
        "atkinson": [atkinson(last, 0.5), atkinson(last, 1)],
    }


def panel(levels, control):
    logs = np.log(levels)
    frame = pd.DataFrame(
        {
            "region": np.repeat(np.arange(REGIONS), YEARS - 1),
            "year": np.tile(np.arange(YEARS - 1), REGIONS),
            "growth": np.diff(logs, axis=1).ravel(),
            "level": logs[:, :-1].ravel(),
            "control": control[:, :-1].ravel(),
        }
    )
    data = frame.dropna().set_index(["region", "year"])
    model = PanelOLS(
        data["growth"], data[["level", "control"]], entity_effects=True, time_effects=True
    )
    clustered = {"cov_type": "clustered", "cluster_entity": True, "group_debias": True}
    fit = model.fit(**clustered, auto_df=False, count_effects=False)
    periods = data.index.get_level_values("year").nunique()
    return {
        "coefficients": fit.params,
        "errors_without_effects": fit.std_errors,
        "observations": len(data),
        "periods": periods,
    }


def cross_section(levels, control):
    logs = np.log(levels)
    growth = (logs[:, -1] - logs[:, 0]) / (YEARS - 1)
    columns = sm.add_constant(np.column_stack([logs[:, 0], control[:, 0]]))
    fit = sm.OLS(growth, columns).fit(cov_type="HC3")
    return {"beta": fit.params, "beta_errors": fit.bse, "beta_r_squared": fit.rsquared}


def clubs():
    """Find clubs in panels that wander, with the core of the largest t, as the papers have it.

    The R package, and so the peer by default, takes the largest absolute t instead.
    """
    found = []
    for seed in range(8):
        random = np.random.default_rng(seed)
        regions, years = int(random.integers(6, 20)), int(random.integers(15, 30))
        trend = random.normal(0, 0.02, (regions, 1)) * np.arange(years)
        paths = 9 + random.normal(0, 0.6, (regions, 1)) + trend
        paths = (paths + random.normal(0, 0.03, (regions, years)).cumsum(axis=1)).round(5)
        answer = convergence_clubs.find_clubs(
            pd.DataFrame(paths), cstar_method="incremental", core_rule="max_t"
        )
        whole = convergence_clubs.log_t_test(convergence_clubs.cross_sectional_variation(paths))
        rows = {"paths": paths, "whole": [whole.beta, whole.std_err, whole.t_value]}
        for name, result in (("clubs", answer), ("merged", answer.merge("PS"))):
            table = result.summary()
            table = table[[str(label).startswith("club") for label in table.index]]
            rows[name] = {
                "members": [int(k) for k in table["n_units"]],
                "coefficients": table["beta"],
                "statistics": table["t_value"],
            }
        found.append(rows)
    return found


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (np.ndarray, pd.Series)):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    return None if isinstance(value, float) and np.isnan(value) else value


def main():
    given = inputs()
    entries = {
        "versions": {"python": platform.python_version(), **{p: version(p) for p in PACKAGES}},
        **given,
        **spatial(given["levels"], given["borders"]),
        **unequal(given["levels"], given["groups"]),
        "panel": panel(given["levels"], given["control"]),
        "panel_with_gaps": panel(given["gaps"], given["control"]),
        **cross_section(given["levels"], given["control"]),
        "log_t": clubs(),
    }
    lines = [f"{json.dumps(key)}: {json.dumps(plain(value))}" for key, value in entries.items()]
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    (HERE / "disparity.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
