"""Where one effect of an event meets a table: its sectors and regions, or why it cannot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.event_parts import ANY_CLASSIFICATION, Effect, Event, Target
from xinzhi.data.event_targets import nearest_sector
from xinzhi.data.io_table import IOTable
from xinzhi.data.toml_files import guess

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Strike:
    """The effect at a place of an event, and the table that it meets.

    position : of the effect, from 0
    """

    event: Event
    position: int
    table: IOTable

    @property
    def effect(self) -> Effect:
        """Return the effect."""
        return self.event.effects[self.position]

    def refused(self, what: Text, remedy: Text) -> InputError:
        """Return the error that names the event and the effect."""
        event, place, kind = self.event.id, self.position + 1, self.effect.kind
        return InputError(
            Text(
                f"事件 {event}，第 {place} 项（{kind}）：{what.zh}",
                f"event {event}, effect {place} ({kind}): {what.en}",
            ),
            remedy=remedy,
        )

    def chosen(self, targets: tuple[Target, ...]) -> tuple[Target, ...]:
        """Return the targets of the table's classification, else those of ``any``."""
        own = tuple(t for t in targets if t.classification == self.table.classification)
        return own or tuple(t for t in targets if t.classification == ANY_CLASSIFICATION)

    def shares(self) -> Array:
        """Return (S,) the part of each sector that the effect strikes.

        Raises : InputError where the event names no sectors for the table, or unknown ones
        """
        chosen = self.chosen(self.effect.targets)
        if not chosen:
            raise self._not_carried()
        shares = np.zeros(len(self.table.sectors))
        for target in chosen:
            shares[self.span(target)] = target.share
        return shares

    def span(self, target: Target) -> slice:
        """Return the positions of a target's sectors.

        Raises : InputError with the nearest sector
        """
        if target.classification == ANY_CLASSIFICATION:
            return slice(None)
        codes, classification = self.table.codes, self.table.classification
        for code in (target.first, target.last):
            if code not in codes:
                near = nearest_sector(code, self.table.sectors)
                raise self.refused(
                    Text(
                        f"投入产出表（{classification}）中没有部门 {code}{near.zh}",
                        f"the input–output table ({classification}) has no sector {code}{near.en}",
                    ),
                    Text(
                        f"代码从 {codes[0]} 到 {codes[-1]}；请改事件文件。",
                        f"Codes run from {codes[0]} to {codes[-1]}; correct the event's file.",
                    ),
                )
        first, last = codes.index(target.first), codes.index(target.last)
        if first > last:
            raise self.refused(
                Text(
                    f"表中 from（{target.first}）在 to（{target.last}）之后",
                    f"in the table, from ({target.first}) comes after to ({target.last})",
                ),
                Text("请对调。", "Exchange them."),
            )
        return slice(first, last + 1)

    def regions(self, names: tuple[str, ...]) -> Mask:
        """Return (R,) whether each region is one of those named; all where none is.

        Raises : InputError with the nearest region
        """
        there = self.table.regions
        for name in names:
            if name not in there:
                near = guess(name, there)
                raise self.refused(
                    Text(
                        f"表中没有地区 {name}{near.zh}", f"the table has no region {name}{near.en}"
                    ),
                    Text(f"有：{'、'.join(there)}。", f"There are: {', '.join(there)}.")
                    if any(there)
                    else Text(
                        "表中只有一个未命名的地区；请删去 regions。",
                        "The table's only region has no name; leave out `regions`.",
                    ),
                )
        return np.array([not names or region in names for region in there])

    def needs_imports(self) -> None:
        """Refuse a table that does not show imports apart by user.

        Raises : InputError saying how to part them
        """
        if self.table.competitive:
            raise self.refused(
                Text(
                    "竞争型投入产出表不区分各部门使用的进口品，不能计算进口中断",
                    "a competitive input–output table does not tell who uses the imports, so a "
                    "cut of imports cannot be computed",
                ),
                Text(
                    "请使用进口单列的表；或先按比例性假定拆分进口（split_imports_proportionally，"
                    "命令行加 --split-imports），结果会注明这一假定。",
                    "Use a table with imports apart, or split them first by the assumption of "
                    "proportionality (split_imports_proportionally; --split-imports on the "
                    "command line); results then repeat it.",
                ),
            )
        if self.table.imported_flows is None:
            raise self.refused(
                Text("表中没有来自表外的进口", "the table has no imports from outside it"),
                Text(
                    "请使用进口单列的表；地区之间的中断用 shipments。",
                    "Use a table with imports apart; for a cut between its regions use shipments.",
                ),
            )

    def _not_carried(self) -> InputError:
        own, codes = self.table.classification, self.table.codes
        reason = self.event.reason
        because = (f"：{reason.zh}", f": {reason.en}") if reason.en else ("", "")
        able = self.event.classifications
        entry = f'{{ classification = "{own}", code = "…" }}'
        what = Text(
            f"没有为部门分类 {own} 指定部门{because[0]}",
            f"it names no sectors of the classification {own}{because[1]}",
        )
        if not own:
            entry = '{ classification = "any" }'
            what = Text(
                "投入产出表没有注明部门分类，事件只能冲击其全部部门",
                "the input–output table states no classification, and only an event that strikes "
                "all sectors can meet it",
            )
        return self.refused(
            what,
            Text(
                f"可用这些分类的投入产出表：{'、'.join(able)}；或在事件文件的 targets 中加 "
                f"{entry}，表中代码从 {codes[0]} 到 {codes[-1]}。",
                f"Use an input–output table of {', '.join(able)}; or add to targets in the "
                f"event's file {entry}; the table's codes run from {codes[0]} to {codes[-1]}.",
            ),
        )
