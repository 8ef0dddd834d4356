"""The picture of what one track imports and where its sectors' output goes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Language, Result, Text, chart
from xinzhi.structure import chokepoints_forms as forms
from xinzhi.structure.chokepoints_drawing import Drawing, names_of, nothing, of_region, when
from xinzhi.structure.flow_layout import layered_flows

USE_TITLES = {
    "intermediate": Text("中间使用", "Intermediate use"),
    "consumption": Text("消费", "Consumption"),
    "investment": Text("投资", "Investment"),
    "other_regions": Text("其他地区", "Other regions"),
    "exports": Text("出口", "Exports"),
}
_OTHER = ""  # no sector has an empty code
_MOST_FLOWS = 7
_PLACES, _BOX = (0.30, 0.46, 0.78), 0.03  # of the width


def supply_drawing(
    result: Result, lang: Language, region: str | None = None, track: str | None = None
) -> Drawing:
    """Draw what one track imports, by product, and where its sectors' output goes."""
    supply = of_region(result, "supply", region)
    tracks = of_region(result, "tracks", region)
    have = [str(name) for name in supply["track"].drop_duplicates()]
    if not have:
        raise nothing(
            Text("结果没有按赛道的供应流量", "the result has no flows of supply by track")
        )
    track = have[0] if track is None else track
    if track not in have:
        raise InputError(
            Text(
                f"结果中没有赛道 {track}；有：{'、'.join(have)}",
                f"no track {track} in the result; it has {', '.join(have)}",
            )
        )
    flows = supply[supply["track"] == track]
    names = names_of(of_region(result, "sectors", region), lang)
    about = tracks[tracks["track"] == track].iloc[0]
    share = f"{100 * about['direct_dependence']:.3g}"
    title = Text(
        f"{about['title_zh']}：进口投入占产出的 {share}%",
        f"{about['title_en']}: imported inputs are {share} % of output",
    )
    at, kind = when(result, region), result.parameters["classification"]
    # a figure of a track never stands without what its sectors hold and what was assumed
    zh = [
        f"进口品 → 部门 → 去向（按产出的使用比例分摊）{at.zh}",
        f"{kind} 部门 {about['members']}",
    ]
    en = [
        f"Imported product → sector → use, shared by the use of output{at.en}",
        f"{kind} sectors {about['members']}",
    ]
    for column, words in (
        ("includes", Text("还包括：", "they also hold ")),
        ("omits", Text("未包括：", "they leave out ")),
        ("assumptions", Text("假定：", "assumed: ")),
    ):
        if about[f"{column}_en"]:
            zh.append(words.zh + about[f"{column}_zh"])
            en.append(words.en + about[f"{column}_en"])
    subtitle = Text("；".join(zh), "; ".join(en))
    return Drawing(forms.flow_diagram(*_diagram(flows, names, lang)), title, subtitle)


def _diagram(
    flows: pd.DataFrame, names: dict[str, str], lang: Language
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the ribbons and boxes of one track, small products and sectors taken together."""
    inputs, passed = flows[flows["stage"] == "input"], flows[flows["stage"] == "use"]
    kept = [
        set(inputs.groupby(end)["value"].sum().nlargest(_MOST_FLOWS).index)
        for end in ("source", "target")
    ]

    def merged(codes: pd.Series, layer: int) -> list[str]:
        return [code if code in kept[layer] else _OTHER for code in codes]

    links = pd.concat(
        [
            inputs.assign(
                layer=0, source=merged(inputs["source"], 0), target=merged(inputs["target"], 1)
            ),
            passed.assign(layer=1, source=merged(passed["source"], 1)),
        ]
    )
    links = links.groupby(["layer", "source", "target"])["value"].sum().reset_index()
    boxes, ribbons = layered_flows(links, _PLACES, _BOX, last=(_OTHER,))
    products = {**names, _OTHER: Text("其他进口品", "Other imports").get(lang)}
    sectors = {**names, _OTHER: Text("其他部门", "Other sectors").get(lang)}
    uses = {use: title.get(lang) for use, title in USE_TITLES.items()}
    titles = (products, sectors, uses)
    boxes["label"] = [
        titles[layer][code] for layer, code in zip(boxes["layer"], boxes["code"], strict=True)
    ]
    ends = zip(ribbons["layer"], ribbons["source"], ribbons["target"], strict=True)
    ribbons["label"] = [f"{titles[n][a]} → {titles[n + 1][b]}" for n, a, b in ends]
    hues = np.array([chart.HUES[0], chart.REGION, chart.QUIET])
    boxes["colour"] = hues[boxes["layer"]]
    ribbons["colour"] = np.array([chart.HUES[0], chart.PEERS])[ribbons["layer"]]
    before = boxes["layer"] == 0
    boxes["align"] = np.where(before, "right", "left")
    boxes["place"] = np.where(before, boxes["x"] - 0.01, boxes["x2"] + 0.01)
    boxes["middle"] = (boxes["top"] + boxes["bottom"]) / 2
    return ribbons, boxes
