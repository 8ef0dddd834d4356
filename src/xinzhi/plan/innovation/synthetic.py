"""Synthetic tables for ``innovation``: invented projects, which say so in every name."""

from __future__ import annotations

import pandas as pd

from xinzhi.core import Text
from xinzhi.plan.innovation.synthetic_knowledge import synthetic_knowledge_tables
from xinzhi.plan.innovation.synthetic_mechanisms import synthetic_mechanism_tables
from xinzhi.plan.innovation.synthetic_pipeline import synthetic_pipeline_tables
from xinzhi.plan.innovation.synthetic_portfolio import synthetic_portfolio_tables

SYNTHETIC = Text(
    "合成数据：随机生成，不是任何项目或地区的统计",
    "Synthetic data: generated at random, statistics of no project or region",
)


def synthetic_innovation_tables(seed: int = 0) -> dict[str, pd.DataFrame]:
    """Generate all tables of ``innovation``; every name in them says synthetic."""
    return {
        **synthetic_mechanism_tables(seed),
        **synthetic_pipeline_tables(seed),
        **synthetic_portfolio_tables(seed),
        **synthetic_knowledge_tables(seed),
    }
