"""Several panels as one, without splicing any series."""

from __future__ import annotations

from types import MappingProxyType

import pandas as pd

from xinzhi.core import InputError, Text
from xinzhi.data.findings import listed
from xinzhi.data.panel import Panel


def join_panels(first: Panel, *others: Panel) -> Panel:
    """Return the figures of several panels of one region set as one panel.

    Nothing is spliced: where an indicator is in several panels all its vintages are kept, and
    computations use that of the earliest panel in the list.

    Raises : InputError where the region sets differ, or two panels hold the same vintage of an
        indicator
    """
    panels = (first, *others)
    for other in others:
        if other.regions.names != first.regions.names:
            raise InputError(
                Text(
                    f"地区集不同：{first.regions.id} 与 {other.regions.id}，不能合并",
                    f"the region sets differ, {first.regions.id} and {other.regions.id}, "
                    "and cannot be joined",
                )
            )
    owner: dict[str, Panel] = {}
    held: set[tuple[str, str]] = set()
    for panel in panels:
        for indicator in panel.indicators:
            owner.setdefault(indicator, panel)
            pairs = {(indicator, vintage) for vintage in panel.vintages(indicator)}
            if pairs & held:
                shown = listed(vintage for _, vintage in sorted(pairs & held))
                raise InputError(
                    Text(
                        f"指标 {indicator} 的版本 {shown.zh} 在两份数据中都有",
                        f"vintage {shown.en} of indicator {indicator} is in two of the panels",
                    )
                )
            held |= pairs
    preferred = {}
    for indicator, panel in owner.items():
        own = panel.vintages(indicator)
        chosen = own[0] if len(own) == 1 else panel.preferred.get(indicator)
        if chosen is not None:
            preferred[indicator] = chosen
    return Panel.from_frame(
        pd.concat([panel.to_frame() for panel in panels], ignore_index=True),
        regions=first.regions,
        inputs=tuple(dict.fromkeys(record for panel in panels for record in panel.inputs)),
        preferred=MappingProxyType(preferred),
        warnings=tuple(dict.fromkeys(text for panel in panels for text in panel.warnings)),
    )
