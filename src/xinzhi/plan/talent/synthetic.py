"""Synthetic tables for ``talent``: invented people, which say so in every name."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xinzhi.core import Text

SYNTHETIC = Text(
    "合成数据：随机生成，不是任何地区的统计",
    "Synthetic data: generated at random, statistics of no region",
)
_NAMES = ("集成电路", "生物医药", "人工智能")
_GRADES = ("初级", "中级", "高级")
_BASE_YEAR = 2025
_MARK = "（合成 synthetic）"


def synthetic_talent_tables(
    seed: int = 0,
    fields: int = 3,
    grades: int = 3,
    ages: tuple[int, int] = (22, 59),
    years: int = 10,
) -> dict[str, pd.DataFrame]:
    """Generate all tables of ``talent`` but ``history``; every field is called synthetic.

    fields, grades : how many; ages : youngest and oldest; years : of the plan
    Returns : tables whose targets ask for a tenth more people in the last year, in a pyramid as
        today's, and whose output grows by 5 % a year with 2 % less labour per unit
    """
    random = np.random.default_rng(seed)
    names = [f"{_NAMES[k] if fields <= len(_NAMES) else k + 1}{_MARK}" for k in range(fields)]
    ranks = [*_GRADES] if grades == len(_GRADES) else [f"G{k + 1}" for k in range(grades)]
    F, G = fields, grades
    age = np.arange(ages[0], ages[1] + 1)
    A = len(age)
    width = A - 1.0
    # the higher the grade, the older and the fewer
    centre = ages[0] + width * (0.25 + 0.5 * np.arange(G) / max(1, G - 1))
    shape = np.exp(-(((age - centre[:, np.newaxis]) / (width / 4)) ** 2))
    shape *= (age >= ages[0] + np.arange(G)[:, np.newaxis] * width / (4 * G)).astype(float)
    sizes = random.uniform(2_000, 8_000, F)[:, np.newaxis] * 2.0 ** -np.arange(G)
    heads = np.round(sizes[:, :, np.newaxis] * shape / shape.sum(axis=1)[:, np.newaxis])
    f, g, a = (axis.ravel() for axis in np.indices((F, G, A)))
    cell = {
        "field": np.array(names, dtype=object)[f],
        "grade": np.array(ranks, dtype=object)[g],
        "age": age[a],
    }
    stocks = pd.DataFrame({"year": _BASE_YEAR, **cell, "heads": heads.ravel()})
    speed = random.uniform(0.7, 1.3, F)
    rise = 0.05 * speed[f] * (1 - a / A) * (g < G - 1)
    rates = {
        "out_migration": 0.03 * (1 - 0.7 * a / A) * speed[::-1][f],
        "wastage": np.full(len(f), 0.005),
        "retirement": np.where(age[a] >= ages[1] - 4, 0.25, 0.0),
    }
    above = np.array([*ranks[1:], ranks[-1]], dtype=object)
    transitions = [pd.DataFrame({**cell, "to": above[g], "rate": rise})[rise > 0]]
    transitions += [
        pd.DataFrame({**cell, "to": name, "rate": rate})[rate > 0] for name, rate in rates.items()
    ]
    total = heads.sum(axis=2)
    pairs = pd.MultiIndex.from_product([names, ranks], names=["field", "grade"]).to_frame(
        index=False
    )
    young = age[np.minimum(A - 1, (np.arange(G) * A) // (2 * G) + A // 8)]
    pairs["age"] = np.tile(young, F)
    flat = total.ravel()
    inflow = pd.concat(
        [
            pairs.assign(kind=kind, heads=np.round(share * flat))
            for kind, share in (("hiring", 0.02), ("in_migration", 0.015))
        ],
        ignore_index=True,
    )
    rank = np.tile(np.arange(G), F)
    instruments = pd.concat(
        [
            pairs.assign(kind="hiring", cost=5.0 + 10 * rank, maximum=np.round(0.05 * flat)),
            pairs.assign(kind="in_migration", cost=10.0 + 20 * rank, maximum=np.nan),
            pairs.assign(age=np.nan, kind="retention", cost=4.0 + 6 * rank, maximum=np.nan),
        ],
        ignore_index=True,
    )
    pipelines = pd.DataFrame(
        {
            "pipeline": [f"{name} 本科" for name in names],
            "field": names,
            "grade": ranks[0],
            "age": int(age[min(A - 1, 1)]),
            "years": min(4, years),
            "completion": 0.9,
            "local_share": 0.5,
            "intake": np.round(0.08 * total[:, 0]),
            "cost": 3.0,
            "maximum": np.round(0.04 * total[:, 0]),
        }
    )
    last = _BASE_YEAR + years
    targets = pairs[["field", "grade"]].assign(year=last, heads=np.round(1.1 * flat), most=np.nan)
    horizon = np.arange(_BASE_YEAR + 1, last + 1)
    grown = 1.05 ** (horizon - _BASE_YEAR) * 0.98 ** (horizon - _BASE_YEAR)
    sectors = [f"S{k + 1}{_MARK}" for k in range(F)]
    output = pd.DataFrame(
        {
            "sector": np.repeat(np.array(sectors, dtype=object), years),
            "year": np.tile(horizon, F),
            "output": np.tile(100 * grown, F),
        }
    )
    labour = pairs[["field", "grade"]].assign(
        sector=np.repeat(np.array(sectors, dtype=object), G), coefficient=flat / 100
    )
    budget = pd.DataFrame({"year": horizon, "budget": float(np.round(2.0 * flat.sum()))})
    return {
        "stocks": stocks,
        "transitions": pd.concat(transitions, ignore_index=True),
        "inflow": inflow,
        "pipelines": pipelines,
        "instruments": instruments,
        "targets": targets,
        "budget": budget,
        "output": output,
        "labour": labour,
    }
