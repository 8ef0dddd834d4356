"""Generators of valid panels, and the tables they come from."""

from __future__ import annotations

import pandas as pd
from hypothesis import strategies as st

from xinzhi.data import STATUSES, Panel, load_region_set
from xinzhi.data.longtable import COLUMNS

CHINA = load_region_set("china31")

# Units whose factors are powers of ten, and indicators that allow any value from zero up.
_UNITS = {
    "gdp": ("CNY_100m", "CNY_10k"),
    "patents_granted": ("patents", "10k_patents"),
    "local_measure": ("unspecified",),
}

# Text of sources and versions: anything printable, the signs of spreadsheet formulas included.
_WORDS = st.text(
    alphabet=st.characters(
        codec="utf-8", exclude_categories=("C", "Z"), include_characters="=+-@,;\"'年 "
    ),
    min_size=1,
    max_size=12,
).filter(lambda text: text == text.strip())

# Fifteen digits are what a workbook keeps.
values = st.one_of(
    st.integers(0, 9000).map(float),
    st.floats(0, 9000, allow_nan=False, allow_subnormal=False).map(lambda x: float(f"{x:.14g}")),
)


@st.composite
def panels(draw: st.DrawFn) -> Panel:
    """Draw a panel of some of China's regions."""
    return Panel.from_frame(draw(frames()), regions=CHINA, name="drawn")


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    """Draw a valid long table, one row a key."""
    keys = draw(
        st.lists(
            st.tuples(
                st.sampled_from(CHINA.names),
                st.integers(1990, 2030),
                st.sampled_from(sorted(_UNITS)),
                st.sampled_from(["first", "=second", "-三"]),
            ),
            min_size=1,
            max_size=25,
            unique=True,
        )
    )
    rows = [
        (
            region,
            year,
            indicator,
            draw(values),
            draw(st.sampled_from(_UNITS[indicator])),
            draw(_WORDS),
            draw(st.sampled_from(STATUSES)),
            vintage,
        )
        for region, year, indicator, vintage in keys
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))
