"""The analyses that join ``inputoutput`` where its table allows them: trade, accounts, change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xinzhi.core import Result
from xinzhi.data.io_table import IOTable
from xinzhi.structure.decomposition import structural_decomposition
from xinzhi.structure.footprints import footprints
from xinzhi.structure.trade import value_added_in_exports
from xinzhi.structure.trade_decomposition import decompose_exports

# table of the analysis → table of inputoutput
_OF_ONE = {"sectors": "exports", "total": "exports_total"}
_OF_MANY = {"borin_mancini": "exports_decomposed", "bilateral": "exports_bilateral"}
_ACCOUNTS = {"regions": "footprints"}
_CHANGE = {"effects": "effects", "totals": "effects_total"}


def parts(table: IOTable, earlier: IOTable | None) -> Iterator[tuple[Result, Mapping[str, str]]]:
    """Yield each result that the table allows, and which of its tables go under which names.

    Trade and accounts need a table with imports apart.
    """
    if not table.competitive:
        if len(table.regions) > 1:
            yield decompose_exports(table), _OF_MANY
        elif table.final("exports").any():
            yield value_added_in_exports(table), _OF_ONE
        if table.satellite_rows:
            yield footprints(table), _ACCOUNTS
    if earlier is not None:
        yield structural_decomposition(earlier, table), _CHANGE
