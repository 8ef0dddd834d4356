"""Where the boxes and ribbons of a layered flow diagram stand, in a square of side one."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

_GAP = 0.045  # between two boxes of a layer: the height of a line of text
_STEPS = 24  # points of a ribbon's edge


def layered_flows(
    links: pd.DataFrame, places: tuple[float, ...], width: float, last: Collection[str] = ()
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the boxes and ribbons of flows from layer to layer, heights in proportion to values.

    links : layer (from 0), source, target, value (> 0); what enters a box of a middle layer is
        what leaves it
    places : left edge of the boxes of each layer; width : of the boxes
    last : boxes that stand below all others of their layer, however large
    Returns : boxes (layer, code, x, x2, top, bottom, value as a share of the first layer), the
        largest on top; ribbons (flow, layer, source, target, value, x, top, bottom), the points of
        each in order. Tops and bottoms count from the upper edge.
    """
    total = float(links.loc[links["layer"] == 0, "value"].sum())
    flows = links.assign(value=links["value"] / total).reset_index(drop=True)
    sizes = [flows[flows["layer"] == 0].groupby("source")["value"].sum()]
    sizes += [part.groupby("target")["value"].sum() for _, part in flows.groupby("layer")]
    most = max(len(size) for size in sizes)
    scale = 1.0 - _GAP * (most - 1)
    boxes = pd.concat(
        [
            _stacked(size, scale, last).assign(layer=layer, x=place, x2=place + width)
            for layer, (size, place) in enumerate(zip(sizes, places, strict=True))
        ],
        ignore_index=True,
    )
    tops = boxes.set_index(["layer", "code"])["top"]
    flows["from_top"] = [tops[layer, code] for layer, code in flows[["layer", "source"]].to_numpy()]
    flows["to_top"] = [
        tops[layer + 1, code] for layer, code in flows[["layer", "target"]].to_numpy()
    ]
    ordered = flows.sort_values(["layer", "from_top", "to_top"], kind="stable")
    flows["start"] = ordered["from_top"] + scale * _before(ordered, "source")
    ordered = flows.sort_values(["layer", "to_top", "from_top"], kind="stable")
    flows["end"] = ordered["to_top"] + scale * _before(ordered, "target")
    return boxes, _ribbons(flows, places, width, scale)


def _stacked(size: pd.Series, scale: float, last: Collection[str]) -> pd.DataFrame:
    """Return one layer's boxes below each other, in the middle of the height."""
    frame = pd.DataFrame({"code": size.index.astype(str), "value": size.to_numpy(dtype=float)})
    frame["below"] = frame["code"].isin(list(last))
    frame = frame.sort_values(["below", "value"], ascending=[True, False], ignore_index=True)
    heights = scale * frame["value"]
    free = 1.0 - float(heights.sum()) - _GAP * (len(frame) - 1)
    frame["top"] = free / 2 + heights.cumsum() - heights + _GAP * np.arange(len(frame))
    frame["bottom"] = frame["top"] + heights
    return frame.drop(columns="below")


def _before(ordered: pd.DataFrame, end: str) -> pd.Series:
    """Return what other flows of the same box take above each flow."""
    taken: pd.Series = ordered.groupby(["layer", end])["value"].cumsum() - ordered["value"]
    return taken


def _ribbons(
    flows: pd.DataFrame, places: tuple[float, ...], width: float, scale: float
) -> pd.DataFrame:
    along = np.linspace(0.0, 1.0, _STEPS)
    smooth = along * along * (3.0 - 2.0 * along)
    left = np.array(places)[flows["layer"]] + width
    right = np.array(places)[flows["layer"] + 1]
    start, end = flows["start"].to_numpy(), flows["end"].to_numpy()
    top = start[:, np.newaxis] + np.outer(end - start, smooth)
    labels = flows[["layer", "source", "target", "value"]]
    frame = labels.loc[labels.index.repeat(_STEPS)].reset_index(drop=True)
    frame.insert(0, "flow", np.repeat(np.arange(len(flows)), _STEPS))
    frame["x"] = (left[:, np.newaxis] + np.outer(right - left, along)).ravel()
    frame["top"] = top.ravel()
    frame["bottom"] = frame["top"] + scale * frame["value"]
    return frame
