"""Synthetic small firms for scoring: invented, which every name says."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit

_MARK = "（合成 synthetic）"
_FIRST_YEAR = 2020
# feature: mean, standard deviation, effect of one standard deviation on the log-odds of default
_FEATURES = {
    "leverage": (0.55, 0.18, 0.7),
    "profit_margin": (0.06, 0.08, -0.6),
    "rd_intensity": (0.07, 0.04, -0.2),
    "tax_growth": (0.05, 0.2, -0.5),
    "patents": (4.0, 3.0, -0.15),
    "firm_age": (8.0, 4.0, -0.3),
}
_BASE = -3.6


def synthetic_scoring_tables(
    seed: int = 0, firms: int = 600, years: int = 6
) -> dict[str, pd.DataFrame]:
    """Generate table ``firms``: so many firms a year, of the last year without outcomes.

    Log-odds of default are linear in the features and move with the year; names are synthetic
    """
    random = np.random.default_rng(seed)
    names = np.array([f"企业{k + 1:04d}{_MARK}" for k in range(firms)], dtype=object)
    lasting = random.standard_normal((firms, len(_FEATURES)))
    effects = [effect for _, _, effect in _FEATURES.values()]
    parts = []
    for t in range(years):
        moved = 0.8 * lasting + 0.6 * random.standard_normal(lasting.shape)
        log_odds = _BASE + 0.3 * random.standard_normal() + moved @ effects
        defaulted = (random.random(firms) < expit(log_odds)).astype(float)
        part = pd.DataFrame({"firm": names, "year": _FIRST_YEAR + t, "default": defaulted})
        for k, (name, (mean, spread, _)) in enumerate(_FEATURES.items()):
            value = mean + spread * moved[:, k]
            part[name] = np.round(np.maximum(value, 0.0) if mean > 1 else value, 4)
        parts.append(part)
    parts[-1]["default"] = np.nan
    return {"firms": pd.concat(parts, ignore_index=True)}
