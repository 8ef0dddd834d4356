"""Record what peer packages compute, for the tests beside this file, which then need no peer.

Run it by ``make peers``: it needs the packages pinned in requirements.txt and nothing of ours.
It writes one JSON file for each peer: the versions, the fixed inputs and the outputs.

pymcdm (MIT) is the peer for weights, TOPSIS, weighted sums and products, and ranks; scipy
(BSD-3-Clause) for means, standard scores and moments; pymrio (LGPL-3.0) for the Leontief and Ghosh
inverses, multipliers and footprints of the small test system that it ships. On PyPI no package was
found that computes coupling coordination or a handbook index; the R package ``coupling`` (GPL-3)
does the former. The standard coupling degree is therefore recorded as what it is, a geometric over
an arithmetic mean.
"""

import json
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pymcdm
import pymrio
import scipy.stats

HERE = Path(__file__).parent
SEED = 20261124


def unchanged(x, cost=False):
    return x


def inputs():
    """Draw a matrix of the size of a regional index: 31 observations, 6 skewed indicators."""
    random = np.random.default_rng(SEED)
    matrix = random.lognormal([0, 1, 2, 4, 6, 8], [0.2, 0.4, 0.6, 0.8, 1.0, 1.2], (31, 6)).round(4)
    matrix[:, 3] += (0.5 * matrix[:, 2]).round(4)  # so that two indicators are correlated
    weights = random.dirichlet(np.ones(6))
    levels = random.uniform(0.05, 0.95, (31, 4)).round(6)
    ties = random.integers(0, 8, 31)
    return matrix, np.array([1, 1, -1, 1, -1, 1]), weights, levels, ties


def from_pymcdm(matrix, direction, weights, ties):
    normalised = pymcdm.helpers.normalize_matrix(matrix, "minmax", direction)
    raised = 0.01 + 0.99 * normalised
    plain = np.ones(6, dtype=int)
    vector = pymcdm.methods.TOPSIS(pymcdm.normalizations.vector_normalization)
    return {
        "matrix": matrix,
        "direction": direction,
        "weights": weights,
        "ties": ties,
        "min_max": normalised,
        "entropy_of_matrix": pymcdm.weights.entropy_weights(matrix),
        # zeros are refused; 1e-15 in their place is the limit 0 ln 0 = 0 to working precision
        "entropy_of_min_max": pymcdm.weights.entropy_weights(np.maximum(normalised, 1e-15)),
        "critic_of_min_max": pymcdm.weights.critic_weights(normalised),
        "critic_of_matrix": pymcdm.weights.critic_weights(matrix),
        "topsis_min_max": pymcdm.methods.TOPSIS()(matrix, weights, direction),
        "topsis_vector": vector(matrix, weights, direction),
        "weighted_sum": pymcdm.methods.WSM(unchanged)(raised, weights, plain),
        "weighted_product": pymcdm.methods.WPM(unchanged)(raised, weights, plain),
        "ranks_of_ties": pymcdm.helpers.rankdata(ties),
    }


def from_scipy(matrix, weights, levels):
    return {
        "matrix": matrix,
        "weights": weights,
        "levels": levels,
        "geometric_mean": scipy.stats.gmean(matrix, axis=1, weights=weights),
        "harmonic_mean": scipy.stats.hmean(matrix, axis=1, weights=weights),
        "standard_scores": scipy.stats.zscore(matrix, ddof=1),
        "skewness": scipy.stats.skew(matrix, bias=False),
        "kurtosis": scipy.stats.kurtosis(matrix, bias=False),
        "coupling_degree": scipy.stats.gmean(levels, axis=1) / levels.mean(axis=1),
    }


def from_pymrio():
    """Return the made-up system of 6 regions and 8 sectors that pymrio ships, and its accounts.

    D_* hold sectors by region; D_cba_reg and D_pba_reg add what final demand itself emits.
    """
    system = pymrio.load_test().calc_all()
    emissions = system.emissions
    shares = pymrio.calc_B(system.Z, system.x)
    names = ("F", "F_Y", "M", "D_cba", "D_pba", "D_imp", "D_exp", "D_cba_reg", "D_pba_reg")
    return {
        "regions": list(system.get_regions()),
        "sectors": list(system.get_sectors()),
        "categories": list(system.get_Y_categories()),
        "stressors": [" ".join(row) for row in emissions.F.index],
        "Z": system.Z,
        "Y": system.Y,
        "x": system.x["indout"],
        "L": system.L,
        "G": pymrio.calc_G(shares),
        **{name: getattr(emissions, name) for name in names},
    }


def write(name, recorded):
    """Write one line for each entry, so that a change can be seen in a comparison of versions."""
    packages = {package: version(package) for package in (name, "numpy")}
    entries = {"versions": {"python": platform.python_version(), **packages}, "seed": SEED}
    entries |= {key: np.asarray(value).tolist() for key, value in recorded.items()}
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(entries[key])}" for key in entries)
    (HERE / f"{name}.json").write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


def main():
    matrix, direction, weights, levels, ties = inputs()
    write("pymcdm", from_pymcdm(matrix, direction, weights, ties))
    write("scipy", from_scipy(matrix, weights, levels))
    write("pymrio", from_pymrio())


if __name__ == "__main__":
    main()
