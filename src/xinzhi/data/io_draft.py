"""What a layout makes of a sheet, before it is an input–output table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xinzhi.core import Text
from xinzhi.data.io_block import Block


@dataclass(frozen=True)
class Draft:
    """The parts of a table that its sheet gives.

    layout : what the sheet's form is called
    fields : of ``IOTable``
    unit : what the layout is published in
    classification : id, "" where the layout does not say
    absent : columns that the layout may have and this sheet has not
    """

    block: Block
    layout: Text
    fields: Mapping[str, Any]
    unit: str
    prices: Text
    classification: str
    absent: tuple[str, ...] = ()
