"""Firm panels whose production function is known: value added, one unobservable, stated timing."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

LABOUR, CAPITAL = 0.6, 0.4
PERSISTENCE = 0.7
BURN_IN = 30


def simulated_firms(
    seed: int,
    firms: int = 1000,
    periods: int = 10,
    proxy: Literal["materials", "demand", "investment"] = "materials",
    exits: bool = False,
    wage_persistence: float = 0.3,
    wage_deviation: float = 0.1,
    labour_noise: float = 0.37,
) -> pd.DataFrame:
    """Firm-years with columns firm, year, value_added, workers, capital, proxy, productivity.

    Productivity is AR(1) of standard deviation 0.3. Within a period it moves in two steps; labour
    is chosen between them, at a wage of the firm's own that is AR(1), with an error of its own.
    Capital of t is decided in t-1.

    proxy : ``materials`` are in fixed proportion to output before ε, a function of labour too;
        ``demand`` a function of capital and productivity alone; ``investment`` the same, and it
        is what makes next year's capital, which otherwise depends on its cost in the year too
    exits : firms leave for good when productivity falls below a bound that falls with capital
    """
    rng = np.random.default_rng(seed)
    half = np.sqrt(PERSISTENCE)
    step = 0.3 * np.sqrt(1 - PERSISTENCE)  # of either half, so that the variance stays
    omega = rng.normal(0, 0.3, firms)
    wage = rng.normal(0, wage_deviation, firms)
    capital = rng.normal(0, 0.5, firms)
    cost = 0.0 if proxy == "investment" else 0.5  # deviation of what investing costs a firm
    alive = np.ones(firms, dtype=bool)
    years = []
    for year in range(-BURN_IN, periods):
        middle = half * omega + rng.normal(0, step, firms)
        omega = half * middle + rng.normal(0, step, firms)
        wage = wage_persistence * wage + rng.normal(
            0, wage_deviation * np.sqrt(1 - wage_persistence**2), firms
        )
        if exits and year > 0:
            alive = alive & (omega > -0.3 - 0.25 * (capital - 0.8))
        labour = (np.log(LABOUR) + half * middle + CAPITAL * capital - wage) / (1 - LABOUR)
        labour = labour + rng.normal(0, labour_noise, firms)
        output = LABOUR * labour + CAPITAL * capital + omega
        investment = -1.0 + 0.6 * capital + 0.9 * omega + cost * rng.normal(size=firms)
        proxies = {
            "materials": output,
            "demand": 0.5 * capital + omega + 0.2 * np.tanh(omega),
            "investment": investment,
        }
        observed = output + rng.normal(0, 0.1, firms)
        if year >= 0:
            table = {
                "firm": np.arange(firms),
                "year": 2000 + year,
                "value_added": np.exp(observed),
                "workers": np.exp(labour),
                "capital": np.exp(capital),
                "proxy": np.exp(proxies[proxy]),
                "productivity": omega,
            }
            years.append(pd.DataFrame(table)[alive])
        capital = np.log(0.8 * np.exp(capital) + np.exp(investment))
    return pd.concat(years, ignore_index=True)
