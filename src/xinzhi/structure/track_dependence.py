"""Dependence of tracks, groups of sectors that only partly belong to them, and their supply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import NO_TEXT, InputError, Text
from xinzhi.data.classifications import Classification
from xinzhi.data.io_table import IOTable
from xinzhi.data.tracks import Tracks, track_members
from xinzhi.structure.dependence import Economy, with_region

Array = NDArray[np.float64]

# Where a sector's output goes; stock changes are left out.
USES = ("intermediate", "consumption", "investment", "other_regions", "exports")


@dataclass(frozen=True)
class TrackWeights:
    """A track in the sectors of a table.

    weights : (S,) part of each sector that is counted to the track, in [0, 1]; zero everywhere
        where the table's classification does not carry the track
    coverage : how much of the track these sectors cover, and what else they hold
    includes, omits : the two halves of it: what else they hold, what of the track they leave out
    """

    id: str
    title: Text
    weights: Array
    coverage: Text
    includes: Text
    omits: Text


def tracks_of(table: IOTable, tracks: Tracks) -> tuple[TrackWeights, ...]:
    """Return every track in the sectors of a table, in the order of the tracks.

    A track that the table's classification cannot carry has no weight, and says why.
    Raises : InputError where a track names a sector that the table does not have
    """
    sectors = Classification(
        table.classification, NO_TEXT, table.sectors, NO_TEXT, NO_TEXT, {}, {}, sha256=""
    )
    found = []
    for track in tracks.tracks:
        try:
            weights, coverage = track_members(track, sectors)
        except InputError as reason:
            if table.classification in track.carriers:
                raise
            weights, coverage = np.zeros(len(table.sectors)), reason.message
        carrier = track.carriers.get(table.classification)
        words = (NO_TEXT, NO_TEXT) if carrier is None else (carrier.includes, carrier.omits)
        found.append(TrackWeights(track.id, track.title, weights, coverage, *words))
    return tuple(found)


def track_dependence(
    table: IOTable, economy: Economy, tracks: Sequence[TrackWeights]
) -> pd.DataFrame:
    r"""Return the dependence of each track, with what its sectors cover and what was assumed.

    Members count by weight times output:
    :math:`\sum_j w_j x_j d_j / \sum_j w_j x_j` for direct and for total dependence.

    Returns : region (many regions only), track, title_zh, title_en, output [the table's unit],
        direct_dependence, imported_share_of_inputs, total_dependence, largest_input,
        largest_input_share, members (codes), coverage_zh, coverage_en (all that is to be said of
        the sectors), includes_zh, includes_en, omits_zh, omits_en (parts of it), assumptions_zh,
        assumptions_en (of the table). A track that the classification does not carry has no
        numbers, and a coverage that says so.
    """
    assumed = Text(
        "；".join(text.zh.rstrip("。") for text in table.assumptions),
        "; ".join(text.en.rstrip(".") for text in table.assumptions),
    )
    codes, inputs = np.array(table.codes, dtype=object), economy.uses.sum(axis=0)
    rows = []
    for track in tracks:
        output = track.weights * economy.output
        whole = float(output.sum())
        row: dict[str, object] = {
            "track": track.id,
            "title_zh": track.title.zh,
            "title_en": track.title.en,
            "output": whole if whole > 0 else np.nan,
        }
        if whole > 0:
            bought = float(track.weights @ inputs)
            imported = float(track.weights @ economy.imported.sum(axis=0))
            by_product = economy.total @ output / whole
            total, most = float(by_product.sum()), int(by_product.argmax())
            row["direct_dependence"] = imported / whole
            row["imported_share_of_inputs"] = imported / bought if bought > 0 else np.nan
            row["total_dependence"] = total
            if total > 0:
                row["largest_input"] = codes[most]
                row["largest_input_share"] = float(by_product[most]) / total
        row["members"] = ", ".join(codes[track.weights > 0])
        row["coverage_zh"], row["coverage_en"] = track.coverage
        row["includes_zh"], row["includes_en"] = track.includes
        row["omits_zh"], row["omits_en"] = track.omits
        row["assumptions_zh"], row["assumptions_en"] = assumed
        rows.append(row)
    return with_region(table, economy, pd.DataFrame(rows, columns=list(_COLUMNS)))


_COLUMNS = (
    *("track", "title_zh", "title_en", "output", "direct_dependence", "imported_share_of_inputs"),
    *("total_dependence", "largest_input", "largest_input_share", "members"),
    *("coverage_zh", "coverage_en", "includes_zh", "includes_en", "omits_zh", "omits_en"),
    *("assumptions_zh", "assumptions_en"),
)


def track_supply(table: IOTable, economy: Economy, tracks: Sequence[TrackWeights]) -> pd.DataFrame:
    """Return what the sectors of each track import, and which uses of their output it goes to.

    Imported inputs of a sector follow its output: each use gets the part of them that it takes of
    the output (stock changes and negative uses left out).

    Returns : region (many regions only), track, stage (``input``: imported product → sector;
        ``use``: sector → use), source, target (codes, or one of ``USES``), value [the table's
        unit]; what a sector imports and what it passes on are equal
    """
    shares = _use_shares(table, economy)
    codes = np.array(table.codes, dtype=object)
    frames = [pd.DataFrame(columns=["track", "stage", "source", "target", "value"])]
    for track in tracks:
        bought = economy.imported * track.weights
        product, user = np.nonzero(bought > 0)
        frames.append(_flows(track.id, "input", codes[product], codes[user], bought[product, user]))
        passed = shares * bought.sum(axis=0)
        use, sector = np.nonzero(passed > 0)
        uses = np.array(USES, dtype=object)[use]
        frames.append(_flows(track.id, "use", codes[sector], uses, passed[use, sector]))
    filled = [frame for frame in frames if len(frame)] or frames[:1]
    return with_region(table, economy, pd.concat(filled, ignore_index=True))


def _flows(
    track: str, stage: str, source: NDArray[np.object_], target: NDArray[np.object_], value: Array
) -> pd.DataFrame:
    return pd.DataFrame(
        {"track": track, "stage": stage, "source": source, "target": target, "value": value}
    )


def _use_shares(table: IOTable, economy: Economy) -> Array:
    """Return (uses, S) the part of a sector's output that each use takes; columns sum to one."""
    sectors, position = len(table.sectors), table.regions.index(economy.region)
    own = slice(position * sectors, (position + 1) * sectors)
    alone = len(table.regions) == 1
    mine = np.array([alone or c.region == economy.region for c in table.final_categories])
    final = table.final_demand[own]

    def bought(kinds: Array, where: NDArray[np.bool_]) -> Array:
        return np.asarray(final @ (kinds * where))

    exports = bought(table.of_kind("exports"), np.ones_like(mine))
    elsewhere = bought(table.of_kind("consumption", "investment", "stock_changes"), ~mine)
    used = economy.flows.sum(axis=1)
    amounts = np.stack(
        [
            used,
            bought(table.of_kind("consumption"), mine),
            bought(table.of_kind("investment"), mine),
            table.flows[own].sum(axis=1) - used + elsewhere,
            exports,
        ]
    )
    amounts = np.maximum(0.0, amounts)
    whole = amounts.sum(axis=0)
    # a sector that sells nothing but stocks: all of it stays with producers
    amounts[0] = np.where(whole > 0, amounts[0], 1.0)
    return np.asarray(amounts / np.where(whole > 0, whole, 1.0))
