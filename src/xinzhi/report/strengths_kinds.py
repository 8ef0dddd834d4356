"""Which published figures are activities of a region, and how each set of them is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from xinzhi.core import Text
from xinzhi.data import Panel, load_classification
from xinzhi.report.context import Context, title_of_figure, unit_text
from xinzhi.report.words import say
from xinzhi.structure.strengths.activity import ActivityMatrix
from xinzhi.structure.strengths.panel_activities import Activities, activities_of_panel

_INDUSTRIES = ("value_added_{code}", "cn9")


class Source(NamedTuple):
    """Activities of a panel, with their titles."""

    id: str
    title: Text
    activities: Activities
    titles: Mapping[str, Text]


@dataclass(frozen=True)
class Kind:
    """A set of activities as it was read.

    years : of the volumes; unit : in words; nation : what the total is of
    """

    id: str
    title: Text
    activities: Activities
    titles: Mapping[str, Text]
    years: tuple[int, ...]
    unit: Text
    nation: Text

    def read_for(self, activity: str) -> tuple[str, ...]:
        """Return the indicators behind an activity; all of them behind a total or a rest."""
        own = self.activities.indicators.get(activity)
        return self.activities.names if own is None else (own,)


def industries(context: Context) -> Source:
    """Return the industries whose value added the panel may have."""
    nation = context.regions.nation
    pattern, classification = (nation.indicator, nation.weights) if nation else _INDUSTRIES
    sectors = load_classification(classification).sectors
    return Source(
        "industries",
        Text("分行业增加值（现价）", "Value added by industry (nominal)"),
        Activities({one.code: pattern.format(code=one.code) for one in sectors}),
        {one.code: one.title for one in sectors},
    )


def patents(whole: bool) -> Source:
    """Return patents granted by kind.

    whole : whether only inventions and the total are there, and the rest is taken together
    """
    if not whole:
        return _by_name(
            "patents_granted",
            Text("专利授权", "Patents granted"),
            "invention_patents_granted",
            "utility_model_patents_granted",
            "design_patents_granted",
        )
    rest = "other_patents_granted"
    name = "invention_patents_granted"
    return Source(
        "patents_granted",
        Text("专利授权", "Patents granted"),
        Activities({name: name}, "patents_granted", rest),
        {
            name: title_of_figure(name),
            rest: Text("国内实用新型和外观设计授权量", "Utility models and designs granted"),
        },
    )


def of_pack() -> tuple[Source, ...]:
    """Return what the data pack on science and technology adds."""
    return (
        patents(whole=False),
        _by_name(
            "patents_in_force",
            Text("有效专利", "Patents in force"),
            "invention_patents_in_force",
            "utility_model_patents_in_force",
            "design_patents_in_force",
        ),
        _by_name(
            "rd_by_type",
            Text("R&D 经费类型（现价）", "R&D expenditure by type (nominal)"),
            "rd_expenditure_basic_research",
            "rd_expenditure_applied_research",
            "rd_expenditure_experimental_development",
        ),
    )


def read(panel: Panel, source: Source, context: Context) -> tuple[Kind, ActivityMatrix]:
    """Read the volumes of a set of activities.

    Raises : InputError as ``activities_of_panel``
    """
    matrix = activities_of_panel(panel, source.activities, context.region)
    nation = context.regions.nation
    count = f"{len(matrix.regions)}"
    together = say("{n} 个地区合计", "{n} regions together", n=count)
    title = (
        together if nation is None else say("{t}（{s}）", "{t} ({s})", t=nation.title, s=together)
    )
    kind = Kind(
        **source._asdict(),
        years=matrix.years,
        unit=unit_text(matrix.unit),
        nation=title,
    )
    return kind, matrix


def _by_name(id_: str, title: Text, *names: str) -> Source:
    return Source(
        id_,
        title,
        Activities({name: name for name in names}),
        {name: title_of_figure(name) for name in names},
    )
