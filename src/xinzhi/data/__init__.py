"""Figures and what they mean: panels, regions, units, indicators, readers, embedded figures."""

from xinzhi.data.breaks import series_breaks
from xinzhi.data.figures import (
    Note,
    Vintage,
    embedded_notes,
    embedded_panel,
    embedded_reasons,
    embedded_totals,
    embedded_vintages,
)
from xinzhi.data.indicators import IndicatorInfo, find_indicator, indicators
from xinzhi.data.panel import STATUSES, Panel
from xinzhi.data.readers import read_levels, read_panel
from xinzhi.data.regions import Region, RegionSet, load_region_set
from xinzhi.data.system import Indicator, IndicatorSystem, Node
from xinzhi.data.system_reader import load_system, parse_system, shipped_systems
from xinzhi.data.units import Unit, convert, find_unit, units
from xinzhi.data.writers import write_panel

__all__ = [
    "STATUSES",
    "Indicator",
    "IndicatorInfo",
    "IndicatorSystem",
    "Node",
    "Note",
    "Panel",
    "Region",
    "RegionSet",
    "Unit",
    "Vintage",
    "convert",
    "embedded_notes",
    "embedded_panel",
    "embedded_reasons",
    "embedded_totals",
    "embedded_vintages",
    "find_indicator",
    "find_unit",
    "indicators",
    "load_region_set",
    "load_system",
    "parse_system",
    "read_levels",
    "read_panel",
    "series_breaks",
    "shipped_systems",
    "units",
    "write_panel",
]
