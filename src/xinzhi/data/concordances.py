"""Concordances: from the sectors of one classification to those of another."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.classifications import Classification, classifications, load_classification
from xinzhi.data.findings import listed
from xinzhi.data.io_table import Sector

Array = NDArray[np.float64]

_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class Concordance:
    """Which sectors of one classification go into which of another.

    source, target : ids of the two classifications
    from_sectors, to_sectors : S and T sectors, in the order of the axes of ``shares``
    shares : (S, T) part of a sector of the source that belongs to each of the target [1], >= 0;
        rows add up to 1, or to 0 where a sector is declared to have no counterpart
    path : the classifications passed through, both ends included
    assumptions : what is assumed, where shares or the correspondence are not exact
    """

    source: str
    target: str
    from_sectors: tuple[Sector, ...]
    to_sectors: tuple[Sector, ...]
    shares: Array
    path: tuple[str, ...]
    assumptions: tuple[Text, ...] = ()

    def __post_init__(self) -> None:
        shares = np.asarray(self.shares, dtype=np.float64).view()
        shares.flags.writeable = False
        object.__setattr__(self, "shares", shares)

    @property
    def from_codes(self) -> tuple[str, ...]:
        """Return the codes of the source."""
        return tuple(sector.code for sector in self.from_sectors)

    @property
    def to_codes(self) -> tuple[str, ...]:
        """Return the codes of the target."""
        return tuple(sector.code for sector in self.to_sectors)

    @property
    def many_to_one(self) -> bool:
        """Tell whether every sector goes whole into one sector, so that no share is needed."""
        return _whole(self.shares)

    @property
    def unmatched(self) -> tuple[str, ...]:
        """Return the codes of the source that are declared to have no counterpart."""
        return tuple(
            code for code, row in zip(self.from_codes, self.shares, strict=True) if not row.any()
        )

    def to_frame(self) -> pd.DataFrame:
        """Return from_code, to_code and share of every pair that belongs together."""
        rows, columns = np.nonzero(self.shares)
        return pd.DataFrame(
            {
                "from_code": [self.from_codes[row] for row in rows],
                "to_code": [self.to_codes[column] for column in columns],
                "share": self.shares[rows, columns],
            }
        )


def _whole(shares: Array) -> bool:
    """Tell whether shares are 0 or 1, but for the rounding of products along a chain."""
    return bool((np.minimum(shares, np.abs(shares - 1.0)) < _ROUNDING).all())


def concordance(source: str | Path, target: str | Path) -> Concordance:
    """Return the concordance between two classifications, directly or through others.

    source, target : ids of shipped classifications, or paths of the user's files; a file of the
        user's names in ``to`` the sectors of shipped classifications it belongs to
    Raises : InputError naming the sectors without one counterpart where there is no concordance
    """
    first, last = load_classification(source), load_classification(target)
    path = _paths(first, last).get(last.id)
    if path is None:
        raise _no_concordance(first, last)
    return _along(path)


def common(first: str | Path, second: str | Path) -> tuple[Concordance, Concordance]:
    """Return the concordances from two classifications to the finest that both add up to.

    It may be one of the two. No share is used, so the sums are as exact as the correspondence.

    Raises : InputError if there is no such classification
    """
    one, other = load_classification(first), load_classification(second)
    pair = _finest(one, other)
    if pair is None:
        raise InputError(
            Text(
                f"{one.id} 与 {other.id} 没有共同的汇总分类",
                f"{one.id} and {other.id} do not add up to a common classification",
            ),
            remedy=Text(
                "在自己的分类文件中用 to 写明各部门属于哪个分类的哪个部门。",
                "Say with `to` in a classification file of your own where each sector belongs.",
            ),
        )
    return pair


def _finest(one: Classification, other: Classification) -> tuple[Concordance, Concordance] | None:
    """Return the pair of concordances to the common classification of most sectors, if any."""
    from_one, from_other = _paths(one, other), _paths(other, one)
    pairs = [
        (_along(from_one[name]), _along(from_other[name]))
        for name in from_one
        if name in from_other
    ]
    exact = [pair for pair in pairs if pair[0].many_to_one and pair[1].many_to_one]
    return max(exact, key=lambda pair: len(pair[0].to_sectors), default=None)


def _paths(start: Classification, other: Classification) -> dict[str, tuple[Classification, ...]]:
    """Return id → the shortest chain from ``start`` to every classification it leads to."""
    known = {start.id: start, other.id: other}
    found: dict[str, tuple[Classification, ...]] = {start.id: (start,)}
    waiting = deque([start.id])
    while waiting:
        here = waiting.popleft()
        for name in known[here].to:
            if name in found or not (name in known or name in classifications()):
                continue
            known.setdefault(name, load_classification(name))
            found[name] = (*found[here], known[name])
            waiting.append(name)
    return found


def _along(path: tuple[Classification, ...]) -> Concordance:
    """Return the product of the concordances along a chain."""
    shares = np.eye(len(path[0].sectors))
    assumptions = []
    for here, there in pairwise(path):
        step = _step(here, there)
        shares = shares @ step
        if there.id in here.assumptions:
            assumptions.append(_stated(here, there, here.assumptions[there.id]))
        elif not _whole(step):
            assumptions.append(
                _stated(
                    here, there, Text("按所给份额拆分部门", "sectors split by the shares given")
                )
            )
    return Concordance(
        source=path[0].id,
        target=path[-1].id,
        from_sectors=path[0].sectors,
        to_sectors=path[-1].sectors,
        shares=shares,
        path=tuple(classification.id for classification in path),
        assumptions=tuple(assumptions),
    )


def _stated(here: Classification, there: Classification, words: Text) -> Text:
    return Text(f"{here.id} 到 {there.id}：{words.zh}", f"{here.id} to {there.id}: {words.en}")


def _step(here: Classification, there: Classification) -> Array:
    """Return (S, T) the shares of one direct concordance."""
    columns = {code: column for column, code in enumerate(there.codes)}
    step = np.zeros((len(here.sectors), len(there.sectors)))
    unknown = []
    for row, code in enumerate(here.codes):
        for target, share in here.to[there.id][code].items():
            if target in columns:
                step[row, columns[target]] = share
            else:
                unknown.append(f"{code} → {target}")
    if unknown:
        names = listed(unknown)
        raise InputError(
            Text(
                f"{here.id} 写明的部门不在 {there.id} 中：{names.zh}",
                f"{here.id} names sectors that are not in {there.id}: {names.en}",
            ),
            remedy=Text(f"改正 {here.id} 的 to。", f"Correct `to` in {here.id}."),
        )
    return step


def _no_concordance(first: Classification, last: Classification) -> InputError:
    headline = Text(
        f"没有从 {first.id} 到 {last.id} 的对应",
        f"there is no concordance from {first.id} to {last.id}",
    )
    pair = _finest(first, last)
    if pair is None:
        reached = listed(name for name in _paths(first, last) if name != first.id)
        return InputError(
            headline,
            remedy=Text(
                f"{first.id} 可对应到：{reached.zh or '无'}；可在自己的分类文件中用 to 补充。",
                f"{first.id} leads to: {reached.en or 'none'}; add others with `to` in a "
                "classification file of your own.",
            ),
        )
    one, other = pair
    # A sector has one counterpart where its common sector holds one sector of the target.
    alone = (other.shares > 0).sum(axis=0) == 1
    single = (one.shares > 0) @ alone
    split = listed(code for code, known in zip(one.from_codes, single, strict=True) if not known)
    return InputError(
        headline,
        [
            Text(
                f"在 {last.id} 中没有唯一对应的部门：{split.zh}",
                f"sectors without one counterpart in {last.id}: {split.en}",
            )
        ],
        Text(
            f"两者都可汇总为 {one.target}（{len(one.to_sectors)} 个部门），不需要份额。",
            f"Both add up to {one.target} ({len(one.to_sectors)} sectors) without shares.",
        ),
    )
