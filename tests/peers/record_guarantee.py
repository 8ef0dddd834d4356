"""Record what creditriskengine and py_vsk compute, for the test beside this file.

Run it by ``make peers``: it needs the packages pinned in requirements.txt and nothing of ours.
"""

import json
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
import py_vsk
from creditriskengine.models.concentration.concentration import granularity_adjustment
from creditriskengine.portfolio.copula import simulate_single_factor
from creditriskengine.portfolio.vasicek import vasicek_loss_quantile

HERE = Path(__file__).parent
SHARES = [0.002, 0.01, 0.03, 0.08]
MODELS = [(0.01, 0.1), (0.03, 0.15), (0.1, 0.3)]
LEVELS = [0.9, 0.99, 0.999]
RATES = [0.011, 0.018, 0.025, 0.009, 0.041, 0.016, 0.013]
# exposure, default probability, loss given default, loans
BOOK = [(2.0, 0.02, 0.5, 60), (4.0, 0.05, 0.5, 40), (10.0, 0.01, 0.6, 10)]
CORRELATION = 0.15
YEARS = 200_000
AMOUNTS = [0, 2, 5, 10, 20, 40]


def main() -> None:
    count = [row[3] for row in BOOK]
    exposure, probability, given = (
        np.repeat([row[k] for row in BOOK], count).astype(float) for k in range(3)
    )
    losses = simulate_single_factor(probability, given, exposure, CORRELATION, YEARS, seed=0)
    models = []
    for p, rho in MODELS:
        models.append(
            {
                "probability": p,
                "correlation": rho,
                "density": [row["pdf"] for row in py_vsk.vsk_pdf(SHARES, rho, p)],
                "distribution": [row["cdf"] for row in py_vsk.vsk_cdf(SHARES, rho, p)],
                "quantile": [row["ppf"] for row in py_vsk.vsk_ppf(LEVELS, rho, p)],
                "loss_quantile": [vasicek_loss_quantile(p, rho, 0.45, level) for level in LEVELS],
            }
        )
    found = {
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("creditriskengine", "py-vsk", "numpy", "scipy")},
        },
        "shares": SHARES,
        "levels": LEVELS,
        "models": models,
        "rates": RATES,
        "fit": py_vsk.vsk_mle(RATES),
        "book": BOOK,
        "correlation": CORRELATION,
        "granularity": [
            granularity_adjustment(exposure, probability, given, CORRELATION, level)
            for level in LEVELS
        ],
        "years": YEARS,
        "amounts": AMOUNTS,
        "exceeding": [float((losses > amount).mean()) for amount in AMOUNTS],
        "mean": float(losses.mean()),
    }
    text = json.dumps(found, indent=1, default=float)
    (HERE / "guarantee.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
