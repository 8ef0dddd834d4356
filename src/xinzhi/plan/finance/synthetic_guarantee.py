"""Synthetic loans for the guarantee fund: invented firms, which say so in every name."""

from __future__ import annotations

import numpy as np
import pandas as pd

_MARK = "（合成 synthetic）"
_RATINGS = ("A", "B", "C", "D", "E")
_PROBABILITIES = (0.004, 0.01, 0.02, 0.04, 0.08)
_SECTORS = ("电子制造", "软件服务", "生物医药", "机械装备", "商贸物流", "现代农业")


def synthetic_guarantee_tables(seed: int = 0, loans: int = 3_000) -> dict[str, pd.DataFrame]:
    """Generate ``loans``, ``layers`` and ``shocks`` of the guarantee fund.

    loans : how many; small firms' loans of 10 to 1,000 units of money in whole tens, in five
        ratings and six sectors, all called synthetic
    Returns : tables in which state and city bear 20 % each, the fund 40 % and the bank 20 %
        of losses up to 5 % of all exposure, and the bank bears what is above; and two scenarios of
        lost output. The fund is called 担保基金（合成 synthetic）, the bank 银行（合成 synthetic）
    """
    random = np.random.default_rng(seed)
    rating = random.choice(len(_RATINGS), loans, p=(0.15, 0.3, 0.3, 0.18, 0.07))
    sector = random.choice(len(_SECTORS), loans, p=(0.2, 0.18, 0.12, 0.2, 0.2, 0.1))
    size = np.clip(np.round(np.exp(random.normal(4.6, 0.9, loans)) / 10) * 10, 10, 1_000)
    names = np.array([f"{name}{_MARK}" for name in _SECTORS], dtype=object)
    book = pd.DataFrame(
        {
            "loan": [f"L{k + 1}{_MARK}" for k in range(loans)],
            "rating": np.array(_RATINGS, dtype=object)[rating],
            "sector": names[sector],
            "exposure": size,
            "default_probability": np.array(_PROBABILITIES)[rating],
            "loss_given_default": 0.6,
        }
    )
    parties = [f"{name}{_MARK}" for name in ("国家", "市级财政", "担保基金", "银行")]
    layers = pd.DataFrame(
        {
            "layer": [*(["first"] * 4), "excess"],
            "bearer": [*parties, parties[3]],
            "attachment": [0.0] * 4 + [0.05],
            "detachment": [0.05] * 4 + [1.0],
            "share": [0.2, 0.2, 0.4, 0.2, 1.0],
        }
    )
    lost = {
        f"出口下降{_MARK}": (0.12, 0.03, 0.02, 0.08, 0.06, 0.01),
        f"零部件断供{_MARK}": (0.25, 0.02, 0.04, 0.15, 0.03, 0.0),
    }
    shocks = pd.DataFrame(
        {
            "scenario": np.repeat(np.array([*lost], dtype=object), len(names)),
            "sector": np.tile(names, len(lost)),
            "output_loss_share": np.concatenate([*lost.values()]),
        }
    )
    return {"loans": book, "layers": layers, "shocks": shocks}
