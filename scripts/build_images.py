"""Draw the pictures of the README from a run on the embedded figures.

Run: python scripts/build_images.py
"""

from __future__ import annotations

from pathlib import Path

import altair as alt
import vl_convert

from xinzhi.core import Language
from xinzhi.data import embedded_panel, load_system
from xinzhi.measure import Uncertainty, coupling, index

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
REGION, YEAR, WIDTH, SCALE = "上海", 2023, 620, 1.5
TITLES: dict[Language, tuple[str, str]] = {
    "zh": (
        f"上海四条链的水平，{YEAR} 年",
        "红点、红线：上海及 95% 区间；灰带、竖线：其余 30 个地区的中间一半与中位数",
    ),
    "en": (
        f"Level of Shanghai's four chains, {YEAR}",
        "Dot and line: Shanghai and its 95 % interval; band and tick: middle half and median of "
        "the other 30 regions",
    ),
}


def main() -> None:
    system = load_system("four_chains")
    values = system.evaluate(embedded_panel())
    result = coupling(index(values, system, uncertainty=Uncertainty(draws=10_000), seed=0))
    IMAGES.mkdir(exist_ok=True)
    for lang, (title, subtitle) in TITLES.items():
        chart = result.plot("profile", lang, region=REGION, year=YEAR)
        chart = chart.properties(width=WIDTH, title=alt.TitleParams(title, subtitle=subtitle))
        picture = vl_convert.vegalite_to_png(chart.to_json(), scale=SCALE)
        (IMAGES / f"shanghai-{lang}.png").write_bytes(picture)


if __name__ == "__main__":
    main()
