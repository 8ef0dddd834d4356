"""Figures and what they mean: panels, regions, units, indicators, readers, embedded figures."""

from xinzhi.data.breaks import series_breaks
from xinzhi.data.case_fields import case_fields
from xinzhi.data.case_reader import load_case, parse_case
from xinzhi.data.case_writer import case_text
from xinzhi.data.cases import TransitionCase, cases
from xinzhi.data.classifications import Classification, classifications, load_classification
from xinzhi.data.concordances import Concordance, common, concordance
from xinzhi.data.contiguity import Contiguity, load_contiguity, shipped_contiguities
from xinzhi.data.detection import detect
from xinzhi.data.difference import DifferenceResult, compare_panels, compare_vintages
from xinzhi.data.event_parts import Assumption, Effect, Event, Rebuilding, Target
from xinzhi.data.events import events, load_event
from xinzhi.data.figures import (
    Note,
    Vintage,
    embedded_notes,
    embedded_panel,
    embedded_reasons,
    embedded_totals,
    embedded_vintages,
)
from xinzhi.data.importing import ImportResult, import_files
from xinzhi.data.imputation import IMPUTATION_METHODS, imputation_influence, impute
from xinzhi.data.indicators import IndicatorInfo, find_indicator, indicators
from xinzhi.data.inspection import InspectionResult, finding_text, inspect_table
from xinzhi.data.io_embedded import embedded_io_table
from xinzhi.data.io_pymrio import from_pymrio, to_pymrio
from xinzhi.data.io_readers import io_table_of_frame, io_table_of_pack, read_io_table
from xinzhi.data.io_satellites import read_satellites
from xinzhi.data.io_table import FinalCategory, IOTable, PrimaryCategory, Satellite, Sector
from xinzhi.data.io_writers import write_io_table
from xinzhi.data.joining import join_panels
from xinzhi.data.mapping import Mapping
from xinzhi.data.pack_registry import Pack, find_pack, get_pack, pack_is_present, packs, read_pack
from xinzhi.data.panel import STATUSES, Panel
from xinzhi.data.readers import read_levels, read_panel
from xinzhi.data.regional_weights import RegionalWeights, regional_weights
from xinzhi.data.regions import Nation, Region, RegionSet, load_region_set
from xinzhi.data.repair import RepairResult, repair_table
from xinzhi.data.science_technology import science_technology_panel
from xinzhi.data.system import Indicator, IndicatorSystem, Node
from xinzhi.data.system_reader import load_system, parse_system, shipped_systems
from xinzhi.data.template import write_template
from xinzhi.data.tracks import Track, Tracks, load_tracks, shipped_tracks, track_members
from xinzhi.data.units import Unit, convert, find_unit, units
from xinzhi.data.workspace import Workspace, create_workspace, is_workspace, open_workspace
from xinzhi.data.writers import write_panel

__all__ = [
    "IMPUTATION_METHODS",
    "STATUSES",
    "Assumption",
    "Classification",
    "Concordance",
    "Contiguity",
    "DifferenceResult",
    "Effect",
    "Event",
    "FinalCategory",
    "IOTable",
    "ImportResult",
    "Indicator",
    "IndicatorInfo",
    "IndicatorSystem",
    "InspectionResult",
    "Mapping",
    "Nation",
    "Node",
    "Note",
    "Pack",
    "Panel",
    "PrimaryCategory",
    "Rebuilding",
    "Region",
    "RegionSet",
    "RegionalWeights",
    "RepairResult",
    "Satellite",
    "Sector",
    "Target",
    "Track",
    "Tracks",
    "TransitionCase",
    "Unit",
    "Vintage",
    "Workspace",
    "case_fields",
    "case_text",
    "cases",
    "classifications",
    "common",
    "compare_panels",
    "compare_vintages",
    "concordance",
    "convert",
    "create_workspace",
    "detect",
    "embedded_io_table",
    "embedded_notes",
    "embedded_panel",
    "embedded_reasons",
    "embedded_totals",
    "embedded_vintages",
    "events",
    "find_indicator",
    "find_pack",
    "find_unit",
    "finding_text",
    "from_pymrio",
    "get_pack",
    "import_files",
    "imputation_influence",
    "impute",
    "indicators",
    "inspect_table",
    "io_table_of_frame",
    "io_table_of_pack",
    "is_workspace",
    "join_panels",
    "load_case",
    "load_classification",
    "load_contiguity",
    "load_event",
    "load_region_set",
    "load_system",
    "load_tracks",
    "open_workspace",
    "pack_is_present",
    "packs",
    "parse_case",
    "parse_system",
    "read_io_table",
    "read_levels",
    "read_pack",
    "read_panel",
    "read_satellites",
    "regional_weights",
    "repair_table",
    "science_technology_panel",
    "series_breaks",
    "shipped_contiguities",
    "shipped_systems",
    "shipped_tracks",
    "to_pymrio",
    "track_members",
    "units",
    "write_io_table",
    "write_panel",
    "write_template",
]
