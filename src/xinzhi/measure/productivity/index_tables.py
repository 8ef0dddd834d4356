"""From scores over periods to the tables of an index: changes, levels, means, warnings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputRecord, Language, Result, Text
from xinzhi.measure.productivity.dea_result import REASONS
from xinzhi.measure.productivity.index_decompositions import (
    Span,
    changes,
    compared_spans,
    own_spans,
    scale_changes,
)
from xinzhi.measure.productivity.observations import named
from xinzhi.measure.productivity.period_levels import MISSING, PeriodPanel, SpanScores
from xinzhi.measure.productivity.programs import OPTIMAL, STATUSES

Array = NDArray[np.float64]
Statuses = NDArray[np.int8]

INDEX_RETURNS = ("crs", "vrs")
REFERENCE_NAME = Text("参考技术", "reference technology")
_STATUS = dict(enumerate(STATUSES)) | {int(MISSING): "missing"}
_REASON: dict[int, str | None] = {
    OPTIMAL: None,
    **{code: REASONS[name].en for code, name in enumerate(STATUSES) if name in REASONS},
    int(MISSING): "the unit lacks one of the two periods",
}


@dataclass(frozen=True)
class IndicesResult(Result):
    """Tables: indices, means, distances.

    ``indices``: unit, base_period, period, the index, efficiency_change, technical_change, under
    vrs also pure_efficiency_change, scale_efficiency_change, pure_technical_change and
    scale_change; cumulative, status, reason. ``means``: the same parts by period, over the units
    whose row is optimal, and units, their number. ``distances``: every program that was solved.
    """

    def plot(self, kind: str | None = None, lang: Language = "en") -> Any:
        """Return an Altair chart: ``indices``, the mean change of every period in its two parts.

        Raises : InputError for another kind
        """
        from xinzhi.measure.productivity.productivity_plots import productivity_chart

        return productivity_chart(self, kind, lang)


@dataclass(frozen=True)
class IndexForm:
    """What sets one index over time apart from another.

    name : of its column; score : of the column of its scores; level : scores → levels, see
        ``index_decompositions``; ratio : whether levels are logarithms, so that parts multiply
    """

    name: str
    score: str
    level: Callable[[Array], Array]
    ratio: bool


def index_result(
    form: IndexForm,
    panel: PeriodPanel,
    scored: Mapping[str, Mapping[Span, SpanScores]],
    reference: str,
    parameters: Mapping[str, Any],
    records: Iterable[InputRecord],
) -> IndicesResult:
    """Assemble the result of an index.

    scored : returns → technology → scores; crs always, vrs where scale is to be set apart
    """
    indices = _indices(form, panel, scored, reference)
    parts = [name for name in indices if name in _parts(form, "vrs" in scored)]
    return IndicesResult(
        tables={
            "indices": indices,
            "means": _means(indices, parts, form.ratio),
            "distances": _distances(form, panel, scored),
        },
        units=dict.fromkeys([*parts, "cumulative", form.score], "ratio"),
        parameters={
            **parameters,
            "inputs": list(panel.data.input_names),
            "outputs": list(panel.data.output_names),
            "undesirable": list(panel.data.undesirable_names),
        },
        inputs=tuple(records),
        warnings=(
            *panel.data.warnings,
            *_missing_warning(panel),
            *_unsolved_warning(panel, scored),
        ),
    )


def _parts(form: IndexForm, scale: bool) -> list[str]:
    apart = [
        "pure_efficiency_change",
        "scale_efficiency_change",
        "pure_technical_change",
        "scale_change",
    ]
    return [form.name, "efficiency_change", "technical_change", *(apart if scale else [])]


def _indices(
    form: IndexForm,
    panel: PeriodPanel,
    scored: Mapping[str, Mapping[Span, SpanScores]],
    reference: str,
) -> pd.DataFrame:
    """Return one row a unit and pair of periods."""
    pairs = len(panel.periods) - 1
    changed = np.stack([_changes(form, panel, scored, reference, t) for t in range(pairs)])
    status = np.stack([_row_status(panel, scored, reference, t) for t in range(pairs)])
    finished = np.exp if form.ratio else np.asarray
    codes = status.T.ravel().tolist()
    names = _parts(form, "vrs" in scored)
    return pd.DataFrame(
        {
            "unit": np.repeat(panel.units.to_numpy(), pairs),
            "base_period": np.tile(panel.periods.to_numpy()[:-1], len(panel.units)),
            "period": np.tile(panel.periods.to_numpy()[1:], len(panel.units)),
            **{name: finished(changed[:, k].T.ravel()) for k, name in enumerate(names)},
            "cumulative": finished(_chained(changed[:, 0], panel).T.ravel()),
            "status": [_STATUS[code] for code in codes],
            "reason": [_REASON[code] for code in codes],
        }
    )


def _changes(
    form: IndexForm,
    panel: PeriodPanel,
    scored: Mapping[str, Mapping[Span, SpanScores]],
    reference: str,
    t: int,
) -> Array:
    """Return the changes of level from period t to the next, (parts, units)."""
    own = own_spans(reference, len(panel.periods))
    spans = compared_spans(reference, len(panel.periods))[t]

    def levels(found: Mapping[Span, SpanScores]) -> tuple[Array, Array, Array, Array]:
        return (
            form.level(found[own[t]].scores[:, t]),
            form.level(found[own[t + 1]].scores[:, t + 1]),
            form.level(np.stack([found[span].scores[:, t] for span in spans])),
            form.level(np.stack([found[span].scores[:, t + 1] for span in spans])),
        )

    constant = levels(scored["crs"])
    whole = changes(*constant)
    parts = [whole.index, whole.efficiency, whole.technical]
    if "vrs" in scored:
        apart = scale_changes(*zip(constant, levels(scored["vrs"]), strict=True))
        parts += [apart.pure_efficiency, apart.scale_efficiency]
        parts += [apart.pure_technical, apart.scale]
    return np.stack(parts)


def _row_status(
    panel: PeriodPanel, scored: Mapping[str, Mapping[Span, SpanScores]], reference: str, t: int
) -> Statuses:
    """Return the worst status among the programs of each unit, MISSING where it lacks a period."""
    own = own_spans(reference, len(panel.periods))
    spans = compared_spans(reference, len(panel.periods))[t]
    used = [(own[t], t), (own[t + 1], t + 1), *((s, u) for s in spans for u in (t, t + 1))]
    worst = np.stack(
        [found[span].status[:, period] for found in scored.values() for span, period in used]
    ).max(axis=0)
    gone = (panel.rows[:, [t, t + 1]] < 0).any(axis=1)
    return np.where(gone, MISSING, worst)


def _chained(changed: Array, panel: PeriodPanel) -> Array:
    """Add up changes (pairs, units) from each unit's first period on; a gap ends the chain."""
    entered = np.logical_or.accumulate(panel.rows.T[:-1] >= 0, axis=0)
    running = np.cumsum(np.where(entered, changed, 0.0), axis=0)
    return np.where(entered, running, np.nan)


def _means(indices: pd.DataFrame, parts: list[str], ratio: bool) -> pd.DataFrame:
    """Return geometric (or arithmetic) means by period over the rows without any gap."""
    solved = indices[indices["status"] == STATUSES[OPTIMAL]]
    keys = [solved["base_period"], solved["period"]]
    values = solved[parts].transform(np.log) if ratio else solved[parts]
    means = values.groupby(keys).mean()
    counts = values.groupby(keys).size().rename("units")
    return (means.transform(np.exp) if ratio else means).join(counts).reset_index()


def _distances(
    form: IndexForm, panel: PeriodPanel, scored: Mapping[str, Mapping[Span, SpanScores]]
) -> pd.DataFrame:
    """Return every program: unit, period, technology, returns, score and status."""
    frames = []
    for kind, found in scored.items():
        for (first, last), scores in found.items():
            units, periods = np.nonzero(scores.status != MISSING)
            codes = scores.status[units, periods].tolist()
            frames.append(
                pd.DataFrame(
                    {
                        "unit": panel.units[units],
                        "period": panel.periods[periods],
                        "technology_from": panel.periods[first],
                        "technology_to": panel.periods[last],
                        "returns": kind,
                        form.score: scores.scores[units, periods],
                        "status": [_STATUS[code] for code in codes],
                    }
                )
            )
    return pd.concat(frames, ignore_index=True)


def _missing_warning(panel: PeriodPanel) -> list[Text]:
    gaps = np.argwhere(panel.rows < 0).tolist()
    if not gaps:
        return []
    zh, en = named(f"{panel.units[unit]} {panel.periods[period]}" for unit, period in gaps)
    return [
        Text(
            f"缺少 {len(gaps)} 个单元与时期的数据，相应的指数为空，链接中断：{zh}",
            f"{len(gaps)} pair(s) of unit and period are missing; the indices that need them are "
            f"null and chains end there: {en}",
        )
    ]


def _unsolved_warning(
    panel: PeriodPanel, scored: Mapping[str, Mapping[Span, SpanScores]]
) -> list[Text]:
    """Return one warning that names the units and periods without a solution."""
    places: dict[str, None] = {}
    kinds: dict[int, None] = {}
    for found in scored.values():
        for scores in found.values():
            for unit, period in np.argwhere(scores.status > OPTIMAL).tolist():
                places[f"{panel.units[unit]} {panel.periods[period]}"] = None
                kinds[int(scores.status[unit, period])] = None
    if not places:
        return []
    zh, en = named(places)
    why = [REASONS[STATUSES[code]] for code in sorted(kinds)]
    return [
        Text(
            f"{len(places)} 个单元与时期的规划无解（{'、'.join(text.zh for text in why)}），"
            f"用到它们的指数为空，详见 distances 表：{zh}",
            f"{len(places)} pair(s) of unit and period have a program without a solution "
            f"({', '.join(text.en for text in why)}); the indices that need them are null, see the "
            f"table distances: {en}",
        )
    ]
