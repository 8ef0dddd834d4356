"""Generators of valid objects for property-based tests."""

from __future__ import annotations

import numpy as np
import xarray as xr
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xinzhi.core import Text
from xinzhi.data import Indicator, IndicatorSystem, Node, find_unit
from xinzhi.data.formula import parse_formula


def make_system(
    groups: dict[str, list[str]],
    *,
    unit: str = "ratio",
    direction: dict[str, int] | None = None,
    transform: str = "none",
    weights: dict[str, float] | None = None,
    goalposts: tuple[float, float] | None = None,
) -> IndicatorSystem:
    """Build a two-level system; formulas are the indicators' own names."""
    direction, weights = direction or {}, weights or {}
    return IndicatorSystem(
        id="whole",
        version="1",
        title=Text("整体", "Whole"),
        source=Text("", ""),
        nodes=(
            Node("whole", None, Text("整体", "Whole")),
            *(Node(name, "whole", Text(name, name), weights.get(name)) for name in groups),
        ),
        indicators=tuple(
            Indicator(
                id=name,
                node=group,
                title=Text(name, name),
                formula=parse_formula(name),
                unit=find_unit(unit),
                direction=direction.get(name, 1),
                transform=transform,  # type: ignore[arg-type]
                weight=weights.get(name),
                goalposts=goalposts,
            )
            for group, names in groups.items()
            for name in names
        ),
    )


def make_values(
    data: np.ndarray, names: list[str], regions: list[str] | None = None
) -> xr.DataArray:
    """Label an array (region, year, indicator)."""
    regions = regions or [f"R{k:02d}" for k in range(data.shape[0])]
    return xr.DataArray(
        data,
        dims=("region", "year", "indicator"),
        coords={
            "region": regions,
            "year": list(range(2020, 2020 + data.shape[1])),
            "indicator": names,
        },
        attrs={"statuses": ("reported",)},
    )


FOUR = {"a": ["a1", "a2"], "b": ["b1"], "c": ["c1", "c2"], "d": ["d1"]}
FOUR_NAMES = [name for names in FOUR.values() for name in names]

_values = st.floats(0.01, 1_000, allow_nan=False)


@st.composite
def panels(draw: st.DrawFn, regions: int = 6, years: int = 2) -> xr.DataArray:
    """Positive values of the system FOUR in which no indicator is constant."""
    shape = (regions, years, len(FOUR_NAMES))
    data = draw(arrays(float, shape, elements=_values))
    # a fixed ramp keeps every indicator, and every year of it, from being constant, and its powers
    # keep two indicators from being the same
    ramp = np.linspace(1.0, 2.0, regions)[:, None, None] * np.linspace(1.0, 1.5, years)[:, None]
    ramp = ramp ** np.linspace(0.5, 3.0, len(FOUR_NAMES))
    return make_values(data + ramp * 1_500.0 * draw(st.sampled_from([0.01, 1.0])), FOUR_NAMES)


def levels(subsystems: int, *, least: float = 0.0) -> st.SearchStrategy[np.ndarray]:
    """Levels (n,) in [0, 1]."""
    return arrays(float, subsystems, elements=st.floats(least, 1.0, allow_nan=False))


def weight_vectors(size: int) -> st.SearchStrategy[np.ndarray]:
    """Positive weights summing to 1."""
    return arrays(float, size, elements=st.floats(0.05, 1.0)).map(lambda w: w / w.sum())
