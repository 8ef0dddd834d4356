"""The parts of an event: when it strikes, what it strikes, and what is assumed in saying so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from xinzhi.core import NO_TEXT, Text

EffectKind = Literal["capital", "capacity", "imports", "final_imports", "shipments", "demand"]
EFFECT_KINDS: tuple[EffectKind, ...] = get_args(EffectKind)

RecoveryFunction = Literal["none", "linear", "exponential", "concave", "convex"]
RECOVERY_FUNCTIONS: tuple[RecoveryFunction, ...] = get_args(RecoveryFunction)

# A target in every sector of a table of any classification, the user's own included.
ANY_CLASSIFICATION = "any"
TO_REPLACE = Text("待替换的假定", "assumption to replace")


@dataclass(frozen=True)
class Target:
    """Sectors of one classification that an effect strikes.

    classification : its id, or ``any`` for every sector of every table
    first, last : codes of the first and the last sector in the order of the classification; the
        same where one sector is meant, empty under ``any``
    share : part of each of these sectors that is struck [1], in (0, 1]
    covers : what else these sectors hold, or leave out; said wherever the target is used; empty
        where they are just what the event means
    """

    classification: str
    first: str = ""
    last: str = ""
    share: float = 1.0
    covers: Text = NO_TEXT


@dataclass(frozen=True)
class Rebuilding:
    """How destroyed capital is rebuilt.

    time : days, >= 1, in which what must be rebuilt would be delivered at the first pace
    sectors : shares of the products that deliver it, summing to one in each classification named;
        on tables of other classifications they follow the table's own investment demand
    """

    time: int
    sectors: tuple[Target, ...] = ()


@dataclass(frozen=True)
class Effect:
    """One thing that an event does.

    kind : ``capital`` (productive capital destroyed), ``capacity`` (production that cannot run),
        ``imports`` and ``final_imports`` (products from outside the table that do not reach
        producers, or final users), ``shipments`` (deliveries between regions of the table),
        ``demand`` (final demand that falls away)
    size : share lost [1], from 0 to 1; below 0 only for demand, a surge. What a sector loses is
        size times the target's share.
    regions : those struck, all by default: of capital and capacity the place, of imports and
        shipments the receiver, of exports the seller, of other final demand the buyer
    origins : regions whose deliveries stop; only for shipments
    categories : kinds or codes of final demand; only for demand
    rebuilding : only for capital
    """

    kind: EffectKind
    size: float
    targets: tuple[Target, ...]
    regions: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    rebuilding: Rebuilding | None = None


@dataclass(frozen=True)
class Assumption:
    """What an event assumes; ``source`` is empty where a user has to replace it."""

    text: Text
    source: Text = NO_TEXT

    @property
    def stated(self) -> Text:
        """Return the assumption with its source, or that it is one to replace."""
        source = self.source if self.source.en else TO_REPLACE
        return Text(
            f"{self.text.zh.rstrip('。')}（{source.zh}）。",
            f"{self.text.en.rstrip('.')} ({source.en}).",
        )


@dataclass(frozen=True)
class Event:
    """An event that may strike an economy, apart from any table.

    start : day on which it begins, >= 0
    duration : days at full strength, >= 1
    recovery, recovery_time : how what is lost comes back afterwards, and within how many days
        (0 under ``none``: at once)
    reason : why tables of some classifications cannot carry it; empty if nothing is to be said
    sha256 : of the file, hex
    """

    id: str
    title: Text
    description: Text
    start: int
    duration: int
    recovery: RecoveryFunction
    recovery_time: int
    effects: tuple[Effect, ...]
    assumptions: tuple[Assumption, ...]
    reason: Text
    sha256: str

    @property
    def classifications(self) -> tuple[str, ...]:
        """Return the classifications that every effect names sectors of, in the event's order.

        ``any`` stands for all of them.
        """
        named = [{t.classification for t in effect.targets} for effect in self.effects]
        able = [ids for ids in named if ANY_CLASSIFICATION not in ids]
        if not able:
            return (ANY_CLASSIFICATION,)
        order = dict.fromkeys(t.classification for e in self.effects for t in e.targets)
        common = set.intersection(*able)
        return tuple(name for name in order if name in common)
