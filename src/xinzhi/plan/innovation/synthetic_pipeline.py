"""Synthetic tables for the pipeline and its calibration: invented projects and regions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xinzhi.plan.innovation.pipeline import STAGES
from xinzhi.plan.innovation.pipeline_conversions import FIGURES

_MARK = "（合成 synthetic）"
# success, repeat, years and money of an attempt, attempts counted; money in units of 10,000 yuan
_FIGURES = {
    "光刻光源": (
        (0.30, 0.45, 0.50, 0.70, 0.80),
        (0.30, 0.20, 0.10, 0.00, 0.00),
        (4.0, 3.0, 2.0, 1.5, 2.0),
        (300.0, 900.0, 3_000.0, 6_000.0, 40_000.0),
        (80, 50, 24, 12, 8),
    ),
    "靶点药物": (
        (0.40, 0.50, 0.30, 0.55, 0.90),
        (0.20, 0.10, 0.05, 0.00, 0.00),
        (3.0, 2.5, 3.0, 2.5, 1.5),
        (200.0, 800.0, 5_000.0, 12_000.0, 9_000.0),
        (120, 70, 36, 16, 9),
    ),
    "工业软件": (
        (0.60, 0.70, 0.75, 0.60, 0.50),
        (0.10, 0.10, 0.10, 0.00, 0.00),
        (1.5, 1.0, 0.8, 1.0, 2.0),
        (80.0, 150.0, 300.0, 600.0, 2_500.0),
        (60, 45, 30, 20, 14),
    ),
}
_FIRST_YEAR = 2026
_REGIONS, _YEARS = 5, tuple(range(2014, 2024))
# level and yearly growth of each figure, in the unit of the dictionary of indicators
_LEVELS = {
    "rd_expenditure_basic_research": (90_000.0, 0.12),
    "rd_expenditure": (1_100_000.0, 0.10),
    "rd_expenditure_applied_research": (150_000.0, 0.11),
    "rd_expenditure_experimental_development": (860_000.0, 0.10),
    "papers_sci": (3_000.0, 0.09),
    "invention_patent_applications": (6_000.0, 0.10),
    "invention_patents_granted": (2_100.0, 0.10),
    "technology_market_turnover": (90.0, 0.18),
    "high_tech_industry_rd_project_expenditure": (150_000.0, 0.11),
    "high_tech_industry_rd_projects": (400.0, 0.06),
    "high_tech_industry_new_product_expenditure": (200_000.0, 0.11),
    "high_tech_industry_new_product_projects": (500.0, 0.06),
    "high_tech_industry_new_product_sales": (1_900_000.0, 0.09),
    "high_tech_industry_rd_expenditure": (180_000.0, 0.11),
    "high_tech_industry_revenue": (800.0, 0.07),
}


def synthetic_pipeline_tables(seed: int = 0) -> dict[str, pd.DataFrame]:
    """Generate ``stages``, ``starts`` and ``indicators``; every pipeline and region says synthetic.

    Returns : three pipelines of five stages, ten to thirty projects that begin in each of three
        years, and the figures of five regions over ten years
    """
    random = np.random.default_rng(seed)
    parts = []
    for name, (success, repeat, years, money, counted) in _FIGURES.items():
        duration, cost = np.array(years), np.array(money)
        parts.append(
            pd.DataFrame(
                {
                    "pipeline": f"{name}{_MARK}",
                    "stage": STAGES,
                    "success": success,
                    "repeat": repeat,
                    "duration": duration,
                    "duration_sd": (duration * random.uniform(0.3, 0.6, 5)).round(2),
                    "cost": cost,
                    "cost_sd": (cost * random.uniform(0.2, 0.5, 5)).round(0),
                    "projects": counted,
                }
            )
        )
    stages = pd.concat(parts, ignore_index=True)
    starts = pd.DataFrame(
        [
            (pipeline, _FIRST_YEAR + later, int(random.integers(10, 31)))
            for pipeline in stages["pipeline"].drop_duplicates()
            for later in range(3)
        ],
        columns=["pipeline", "year", "projects"],
    )
    return {"stages": stages, "starts": starts, "indicators": _indicators(random)}


def _indicators(random: np.random.Generator) -> pd.DataFrame:
    size = random.lognormal(0.0, 0.6, _REGIONS)
    frames = []
    for name in FIGURES:
        level, growth = _LEVELS[name]
        own = level * size * random.lognormal(0.0, 0.2, _REGIONS)
        path = own[:, np.newaxis] * (1 + growth) ** np.arange(len(_YEARS))
        path *= random.lognormal(0.0, 0.05, path.shape)
        frames.append(
            pd.DataFrame(
                {
                    "region": np.repeat(
                        [f"地区{k + 1}{_MARK}" for k in range(_REGIONS)], len(_YEARS)
                    ),
                    "year": np.tile(_YEARS, _REGIONS),
                    "indicator": name,
                    "value": path.ravel().round(0),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)
