"""One function over many items, with randomness that does not depend on the workers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

import numpy as np
from tqdm import tqdm

Item = TypeVar("Item")
Value = TypeVar("Value")


def run_many(
    function: Callable[[Item, np.random.SeedSequence], Value],
    items: Iterable[Item],
    seed: int,
    workers: int = 1,
    progress: bool = False,
) -> list[Value]:
    """Return ``[function(item, seed_sequence) for item in items]``, in the order of the items.

    Each item gets its own child of ``SeedSequence(seed)``, so results are the same for any
    number of workers.

    function : picklable if ``workers`` is above 1
    seed : >= 0
    workers : local processes; 1 runs in this one
    progress : show a bar on standard error if the work lasts over two seconds on a terminal
    """
    work = list(items)
    seeds = np.random.SeedSequence(seed).spawn(len(work))

    def watched(values: Iterable[Value]) -> Iterator[Value]:
        disable = None if progress else True  # None: shown only on a terminal
        yield from tqdm(values, total=len(work), delay=2.0, disable=disable, leave=False)

    if workers <= 1 or len(work) <= 1:
        return list(watched(map(function, work, seeds)))
    with ProcessPoolExecutor(min(workers, len(work))) as pool:
        return list(watched(pool.map(function, work, seeds)))
