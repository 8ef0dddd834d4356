r"""Productivity indices over time and their parts, as plain arrays of levels.

A level says how near a unit is to a technology, so that more is better and differences are changes:
the logarithm of a radial efficiency (Malmquist), :math:`-\ln(1+\beta)` of a directional distance
(Malmquist–Luenberger), or :math:`-\beta` (Luenberger). One arithmetic then serves all indices;
where levels are logarithms, the exponential of a difference is a ratio.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

REFERENCES = ("adjacent", "sequential", "biennial", "global")
Span = tuple[int, int]


@dataclass(frozen=True)
class Changes:
    """Changes of level between two periods, index = efficiency + technical, all (units,)."""

    index: Array
    efficiency: Array
    technical: Array


@dataclass(frozen=True)
class ScaleChanges:
    """The same index with scale apart, all (units,).

    index = pure_efficiency + scale_efficiency + technical, where technical is that of ``Changes``
        (Färe, Grosskopf, Norris and Zhang)
    index = pure_efficiency + pure_technical + scale (Ray and Desli)
    """

    pure_efficiency: Array
    scale_efficiency: Array
    pure_technical: Array
    scale: Array


def own_spans(reference: str, periods: int) -> list[Span]:
    """Return the technology that each period's own efficiency is measured against.

    Returns : (first, last) position of the periods whose units make the technology
    """
    return [(0 if reference == "sequential" else t, t) for t in range(periods)]


def compared_spans(reference: str, periods: int) -> list[list[Span]]:
    """Return, for each pair of neighbouring periods, the technologies that both are held against.

    Adjacent and sequential indices average over the technologies of both periods; biennial ones
    pool the two periods, global ones all.
    """
    own = own_spans(reference, periods)
    pairs = range(periods - 1)
    if reference == "biennial":
        return [[(t, t + 1)] for t in pairs]
    if reference == "global":
        return [[(0, periods - 1)] for _ in pairs]
    return [[own[t], own[t + 1]] for t in pairs]


def changes(own_before: Array, own_after: Array, before: Array, after: Array) -> Changes:
    r"""Index, efficiency change and technical change from period t to t + 1.

    .. math:: I = \frac1R \sum_r [e^r(t+1) - e^r(t)], \quad EC = e^{t+1}(t+1) - e^t(t), \quad
        TC = \frac1R \sum_r [(e^r(t+1) - e^{t+1}(t+1)) - (e^r(t) - e^t(t))]

    With the technologies of both periods as r, and logarithms of radial efficiencies as levels e,
    these are the index of Färe et al. and its two parts; with one common technology TC is the
    best-practice change of Pastor and Lovell.

    own_before, own_after : (units,), levels against the technology of the unit's own period
    before, after : (technologies, units), levels of both periods against the compared technologies
    """
    return Changes(
        index=(after - before).mean(axis=0),
        efficiency=own_after - own_before,
        technical=((after - own_after) - (before - own_before)).mean(axis=0),
    )


def scale_changes(
    own_before: tuple[Array, Array],
    own_after: tuple[Array, Array],
    before: tuple[Array, Array],
    after: tuple[Array, Array],
) -> ScaleChanges:
    r"""Split an index under constant returns into efficiency, technology and scale.

    .. math:: PEC = e_v^{t+1}(t+1) - e_v^t(t), \quad SEC = s^{t+1}(t+1) - s^t(t), \quad
        PTC = \frac1R \sum_r [(e_v^r(t+1) - e_v^{t+1}(t+1)) - (e_v^r(t) - e_v^t(t))], \quad
        SCH = \frac1R \sum_r [s^r(t+1) - s^r(t)], \quad s = e_c - e_v

    Each argument is a pair of levels under constant (c) and under variable returns (v); shapes as
    in ``changes``.
    """
    (_, v0), (_, v1) = own_before, own_after
    s0, s1 = own_before[0] - v0, own_after[0] - v1
    return ScaleChanges(
        pure_efficiency=v1 - v0,
        scale_efficiency=s1 - s0,
        pure_technical=((after[1] - v1) - (before[1] - v0)).mean(axis=0),
        scale=((after[0] - after[1]) - (before[0] - before[1])).mean(axis=0),
    )
