"""Record what lifelines estimates on made-up spells, for the test beside this file.

Run it by ``make peers``: it needs the packages pinned in requirements.txt and nothing of ours.
lifelines moves tied times at random before Aalen–Johansen, so those spells have no ties; those for
Kaplan–Meier have.
"""

import json
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
from lifelines import AalenJohansenFitter, KaplanMeierFitter

HERE = Path(__file__).parent
SEED = 20
FIRMS = 60
CAUSES = 3


def spells(ties):
    """Return durations and causes (0 is censored) of firms in one stage."""
    random = np.random.default_rng(SEED + ties)
    stay = random.weibull(1.3, FIRMS) * 2
    cause = random.choice([1, 2, 3], FIRMS, p=[0.5, 0.2, 0.3])
    seen = random.uniform(0.5, 4, FIRMS)
    duration = np.minimum(stay, seen)
    if ties:
        duration = np.ceil(duration * 4) / 4
    return duration, np.where(stay <= seen, cause, 0)


def shown(values):
    return [None if not np.isfinite(value) else float(f"{value:.12g}") for value in values]


def kaplan_meier(duration, cause):
    fitted = KaplanMeierFitter().fit(duration, cause > 0)
    interval = fitted.confidence_interval_.to_numpy()
    return {
        "time": shown(fitted.timeline),
        "at_risk": shown(fitted.event_table["at_risk"]),
        "survival": shown(fitted.survival_function_.iloc[:, 0]),
        "low": shown(interval[:, 0]),
        "high": shown(interval[:, 1]),
    }


def aalen_johansen(duration, cause, kind):
    fitted = AalenJohansenFitter().fit(duration, cause, kind)
    interval = fitted.confidence_interval_.to_numpy()
    return {
        "time": shown(fitted.timeline),
        "incidence": shown(fitted.cumulative_density_.iloc[:, 0]),
        "variance": shown(fitted.variance_),
        "low": shown(interval.min(axis=1)),
        "high": shown(interval.max(axis=1)),
    }


def main():
    tied, apart = spells(1), spells(0)
    written = {
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("lifelines", "numpy", "pandas", "scipy")},
        },
        "tied": {"duration": shown(tied[0]), "cause": tied[1].tolist()},
        "apart": {"duration": shown(apart[0]), "cause": apart[1].tolist()},
        "kaplan_meier": kaplan_meier(*tied),
        "aalen_johansen": [aalen_johansen(*apart, kind + 1) for kind in range(CAUSES)],
    }
    text = json.dumps(written, indent=None, separators=(",", ":"))
    (HERE / "lifelines.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
