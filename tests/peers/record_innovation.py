"""Record what packages for panels and counts compute, for the test beside this file.

Run it by ``make peers``: it needs the packages pinned in requirements.txt and nothing of ours. The
data are those of tests/published: British firms, and patents of firms.
"""

import json
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from linearmodels.panel import PanelOLS
from statsmodels.discrete.conditional_models import ConditionalPoisson

HERE = Path(__file__).parent
PUBLISHED = HERE.parent / "published"
LAGS = 2


def firms():
    """Return logarithms of the British firms, wage and output also of the year before."""
    table = pd.read_csv(PUBLISHED / "uk_firms_employment.csv").set_index(["firm", "year"])
    logs = np.log(table)
    before = logs[["wage", "output"]].groupby(level="firm").shift(1).add_suffix("1")
    return logs.join(before).dropna()


def patents():
    """Return patents of 346 firms with R&D of the year and the two before."""
    table = pd.read_csv(PUBLISHED / "patents_346_firms.csv")
    for lag in range(1, LAGS + 1):
        table[f"log_rd{lag}"] = table.groupby("firm")["log_rd"].shift(lag)
    return table.dropna()


def within():
    """Return linearmodels' two-way fixed effects with errors clustered by firm, uncorrected."""
    data = firms()
    columns = ["wage", "wage1", "capital", "output", "output1"]
    model = PanelOLS(data["employment"], data[columns], entity_effects=True, time_effects=True)
    # no correction of any kind: otherwise the effects of both ways are counted as parameters
    found = model.fit(
        cov_type="clustered",
        cluster_entity=True,
        group_debias=False,
        debiased=False,
        auto_df=False,
        count_effects=False,
    )
    return {
        "columns": columns,
        "estimates": found.params.tolist(),
        "standard_errors": found.std_errors.tolist(),
        "observations": int(found.nobs),
        "log_likelihood": float(found.loglik),
    }


def dummies():
    """Return statsmodels' Poisson regression with a dummy for each firm and year."""
    data = patents()
    some = data.groupby("firm")["patents"].transform("sum") > 0
    data = data[some]
    columns = ["log_rd", *(f"log_rd{lag}" for lag in range(1, LAGS + 1))]
    effects = pd.get_dummies(data["firm"], prefix="f", dtype=float)
    years = pd.get_dummies(data["year"], prefix="y", dtype=float).iloc[:, 1:]
    design = pd.concat([data[columns], years, effects], axis=1)
    model = sm.GLM(data["patents"], design, family=sm.families.Poisson())
    plain = model.fit(tol=1e-12)
    robust = model.fit(
        tol=1e-12,
        cov_type="cluster",
        cov_kwds={"groups": data["firm"].to_numpy(), "use_correction": False},
    )
    return {
        "columns": columns,
        "estimates": plain.params[columns].tolist(),
        "model_errors": plain.bse[columns].tolist(),
        "clustered_errors": robust.bse[columns].tolist(),
        "overdispersion": float(plain.pearson_chi2 / plain.df_resid),
    }


def conditional():
    """Return statsmodels' conditional Poisson regression, without years."""
    data = patents()
    columns = ["log_rd", *(f"log_rd{lag}" for lag in range(1, LAGS + 1))]
    some = data.groupby("firm")["patents"].transform("sum") > 0
    data = data[some]
    found = ConditionalPoisson(data["patents"], data[columns], groups=data["firm"]).fit(
        method="newton", disp=False
    )
    return {
        "columns": columns,
        "estimates": found.params.tolist(),
        "standard_errors": found.bse.tolist(),
    }


def rounded(value):
    """Keep twelve digits."""
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, list):
        return [rounded(item) for item in value]
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return value


def main():
    written = {
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("statsmodels", "linearmodels", "numpy", "pandas")},
        },
        "lags": LAGS,
        "within": within(),
        "dummies": dummies(),
        "conditional": conditional(),
    }
    text = json.dumps(rounded(written), indent=1)
    (HERE / "innovation.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
