"""Charts of input–output analysis: quadrant of linkages, multipliers, losses by extraction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Language, Text, chart

if TYPE_CHECKING:
    from xinzhi.structure.inputoutput_result import InputOutputResult

KINDS = ("linkages", "multipliers", "extraction")
MOST_BARS = 45
_MOST_NAMED = 18
_HEIGHT = 380  # pixels
_GAP = 9

Box = tuple[float, float, float, float]

_TITLES = {
    "linkages": Text("产业关联", "Linkages of sectors"),
    "multipliers": Text("产出乘数", "Output multipliers"),
    "extraction": Text("抽去一个部门的产出损失", "Output lost without a sector"),
}
_AXES = {
    "multipliers": Text("每单位最终需求带动的总产出", "Output per unit of final demand"),
    "extraction": Text("占全部总产出的份额", "Share of all output"),
}
_BACKWARD = Text("影响力系数（后向）", "Backward linkage (mean 1)")
_FORWARD = Text("感应度系数（前向）", "Forward linkage (mean 1)")
_CLASSES = {
    "key": Text("关键部门", "Key"),
    "backward": Text("拉动型", "Pulls"),
    "forward": Text("支撑型", "Supports"),
    "weak": Text("关联较弱", "Weak links"),
}
_COLOURS = (chart.REGION, chart.HUES[0], chart.HUES[1], chart.PEERS)


def inputoutput_chart(result: InputOutputResult, kind: str, lang: Language) -> Any:
    """Draw the ``linkages`` quadrant, output ``multipliers`` or losses by ``extraction``.

    Raises : InputError for an unknown kind
    """
    if kind not in KINDS:
        raise InputError(
            Text(
                f"没有图 {kind}；可选：{'、'.join(KINDS)}",
                f"no chart {kind}; choose from {', '.join(KINDS)}",
            )
        )
    sectors = result.tables["sectors"]
    if kind == "linkages":
        drawn = linkage_quadrant(sectors, lang)
    else:
        value = {"multipliers": "output_multiplier", "extraction": "output_loss_share"}[kind]
        drawn = sector_bars(sectors, value, _AXES[kind].get(lang), lang)
    year = result.parameters["year"]
    return chart.finished(drawn, _TITLES[kind].get(lang), "" if year is None else str(year))


def linkage_quadrant(sectors: pd.DataFrame, lang: Language) -> Any:
    """Draw sectors by backward and forward linkage, with lines at the mean and key sectors named.

    sectors : the table ``sectors`` of a result
    """
    import altair as alt

    frame = pd.DataFrame(
        {
            "label": sector_labels(sectors, lang),
            "backward": sectors["backward_linkage"],
            "forward": sectors["forward_linkage"],
            "output": sectors["output"],
            "kind": [_CLASSES[name].get(lang) for name in sectors["linkage_class"]],
        }
    )
    named = _with_room(frame, lang)
    scale = alt.Scale(zero=False, padding=12)
    x = alt.X("backward:Q", title=_BACKWARD.get(lang), scale=scale)
    y = alt.Y("forward:Q", title=_FORWARD.get(lang), scale=scale)
    colours = alt.Scale(domain=[c.get(lang) for c in _CLASSES.values()], range=list(_COLOURS))
    points = (
        alt.Chart(frame)
        .mark_circle(opacity=0.8)
        .encode(
            x=x,
            y=y,
            size=alt.Size("output:Q", legend=None, scale=alt.Scale(range=[30, 500])),
            color=alt.Color("kind:N", title=None, scale=colours, legend=alt.Legend(orient="top")),
            tooltip=[
                alt.Tooltip("label:N", title=" "),
                alt.Tooltip("backward:Q", title=_BACKWARD.get(lang), format=".3r"),
                alt.Tooltip("forward:Q", title=_FORWARD.get(lang), format=".3r"),
            ],
        )
    )
    words = [
        alt.Chart(named[named["left"] == left])
        .mark_text(align="right" if left else "left", dx=-_GAP if left else _GAP, fontSize=11)
        .encode(x=x, y=y, text="label:N")
        for left in (False, True)
    ]
    mean: dict[str, Any] = {"color": chart.PEERS, "strokeDash": [4, 3]}
    across = alt.Chart().mark_rule(**mean).encode(y=alt.datum(1.0))
    up = alt.Chart().mark_rule(**mean).encode(x=alt.datum(1.0))
    return alt.layer(across, up, points, *words, width="container", height=_HEIGHT)


def _with_room(frame: pd.DataFrame, lang: Language) -> pd.DataFrame:
    """Return the sectors whose names fit beside their points, those farthest from the mean first.

    frame : label, backward, forward; Returns : the same with ``left``, the side of the name
    """
    across, up = (
        (frame[name] - frame[name].min()) / max(float(np.ptp(frame[name])), 1e-9) * pixels
        for name, pixels in (("backward", chart.ALONE - 60), ("forward", _HEIGHT - 40))
    )
    far = (frame[["backward", "forward"]] - 1).abs().max(axis=1)
    taken = [(x - 5, x + 5, y - 5, y + 5) for x, y in zip(across, up, strict=True)]
    sides = {}
    for place in far.sort_values(ascending=False, kind="stable").index:
        x, y = across[place], up[place]
        width = len(str(frame.at[place, "label"])) * (11.5 if lang == "zh" else 6.2)
        for left, start in ((False, x + _GAP), (True, x - _GAP - width)):
            box = (start, start + width, y - 7, y + 7)
            inside = start >= -30 and start + width <= chart.ALONE - 30
            if inside and not any(_overlap(box, other) for other in taken):
                sides[place] = left
                taken.append(box)
                break
        if len(sides) == _MOST_NAMED:
            break
    return frame.loc[list(sides)].assign(left=list(sides.values()))


def _overlap(first: Box, second: Box) -> bool:
    across = first[0] < second[1] and second[0] < first[1]
    return across and first[2] < second[3] and second[2] < first[3]


def sector_bars(sectors: pd.DataFrame, value: str, title: str, lang: Language) -> Any:
    """Draw one bar a sector, the largest first, at most MOST_BARS of them."""
    frame = pd.DataFrame({"label": sector_labels(sectors, lang), "value": sectors[value]})
    frame = frame.nlargest(MOST_BARS, "value").assign(chosen=False)
    return chart.levels(frame, title, float(frame["value"].max()))


def sector_labels(sectors: pd.DataFrame, lang: Language) -> list[str]:
    """Return the titles of sectors, with their region where the table has many.

    A title that comes twice is told apart by its code.
    """
    titles = sectors[f"title_{lang}"]
    if "region" in sectors:
        titles = sectors["region"] + " " + titles
    twice = titles.duplicated(keep=False)
    return [
        f"{code} {title}" if doubled else str(title)
        for code, title, doubled in zip(sectors["code"], titles, twice, strict=True)
    ]
