"""What a region is good at, what is within reach, where it can leapfrog: the capability."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from xinzhi.structure.strengths.activity import ActivityMatrix
from xinzhi.structure.strengths.complexity import (
    FEWEST_ACTIVITIES,
    FEWEST_REGIONS,
    Complexity,
    complexity,
    complexity_by_year,
)
from xinzhi.structure.strengths.complexity_options import ComplexityOptions
from xinzhi.structure.strengths.eigen import eci_pci
from xinzhi.structure.strengths.entries import (
    EntryTables,
    Presence,
    entry_tables,
    past_entry_rates,
)
from xinzhi.structure.strengths.entry_scores import region_draws
from xinzhi.structure.strengths.leapfrogging import leaders, leapfrogging
from xinzhi.structure.strengths.life_cycle import growth_rates, life_cycles
from xinzhi.structure.strengths.outlook import relatedness_density
from xinzhi.structure.strengths.recommendation import GAP, Evidence, criteria, recommendations
from xinzhi.structure.strengths.relatedness import ProductSpace
from xinzhi.structure.strengths.space import activity_space
from xinzhi.structure.strengths.specialisation import sparse_location_quotient
from xinzhi.structure.strengths.strengths_checks import (
    aligned,
    checked_dependence,
    places_of_regions,
)
from xinzhi.structure.strengths.strengths_options import StrengthsOptions
from xinzhi.structure.strengths.strengths_result import StrengthsResult
from xinzhi.structure.strengths.strengths_tables import (
    overview,
    shift_share_by_region,
    without_complexity,
)
from xinzhi.structure.strengths.strengths_words import strengths_warnings

Array = NDArray[np.float64]

_PREDICTION_DRAWS = 5
_CONVENTIONS = ComplexityOptions()
_CHOICES = StrengthsOptions()


class _Case(NamedTuple):
    """What every part works on; activities are those of the base."""

    matrix: ActivityMatrix
    base: ActivityMatrix
    found: Complexity
    claimed: bool
    choices: StrengthsOptions
    seed: int

    @property
    def labels(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return self.found.regions, self.found.activities


def strengths(
    matrix: ActivityMatrix,
    conventions: ComplexityOptions = _CONVENTIONS,
    choices: StrengthsOptions = _CHOICES,
    *,
    reference: ActivityMatrix | None = None,
    dependence: Mapping[str, float] | pd.DataFrame | None = None,
    regions: Sequence[str] | None = None,
    seed: int = 0,
) -> StrengthsResult:
    """Find what regions are good at, what is within their reach, and where they can leapfrog.

    matrix : volumes by region and activity, and by year where the table has years
    conventions : of location quotients, complexity and relatedness (``ComplexityOptions``)
    choices : windows, criteria and draws (``StrengthsOptions``)
    reference : regions or countries whose totals, PCI and proximities hold; those of ``matrix``
        where None. Growth and life cycles are then the reference's too
    dependence : activity → dependence of its production on inputs from elsewhere [1], or a table of
        ``activity`` and ``dependence`` as ``dependence_of_activities`` makes it of the sectors of
        ``chokepoints``; the security side of the recommendations, left out where None
    regions : of the recommendations; all by default
    seed : of all that is drawn
    Returns : StrengthsResult. Below FEWEST_ACTIVITIES activities or FEWEST_REGIONS regions there is
        no complexity, no relatedness and nothing that rests on them: the tables stay, with missing
        values or without rows, and a warning says so. The same holds of growth and life cycles
        without years, and of predictions where no two years are ``horizon`` apart
    Raises : InputError for unknown regions, activities and options, and as ``complexity`` does
    Limits : what others with such activities also have says what is near, not what is wise: costs,
        markets and policy are not in the table
    Source : Hidalgo et al. (2007), doi:10.1126/science.1144581; Hidalgo and Hausmann (2009),
        doi:10.1073/pnas.0900943106; Balland, Boschma, Crespo and Rigby (2019),
        doi:10.1080/00343404.2018.1437900 (relatedness and complexity as guides)
    """
    base = matrix if reference is None else reference
    claimed = len(base.activities) >= FEWEST_ACTIVITIES and len(base.regions) >= FEWEST_REGIONS
    if claimed:
        found = complexity(matrix, conventions, reference)
        matrix = aligned(matrix, found.activities)
    else:
        found = without_complexity(matrix, conventions)
        base = matrix
    case = _Case(matrix, base, found, claimed, choices, seed)
    wanted = places_of_regions(matrix.regions, regions)
    given = checked_dependence(found.activities, dependence)
    view = overview(found, matrix.slices)
    entries = _entries(case, conventions, reference)
    fields, early = _fields(case)
    recommended, left_out = _recommendations(case, wanted, given, entries)
    nodes, links = _space(case)
    tables = {
        "regions": view.regions,
        "activities": view.activities,
        "pairs": view.pairs,
        "shift_share": shift_share_by_region(matrix),
        "fields": fields,
        **entries._asdict(),
        "leapfrogging": _leapfrogging(case, early),
        "recommendations": recommended,
        "space": nodes,
        "links": links,
    }
    warnings = (
        *found.warnings,
        *view.warnings,
        *strengths_warnings(tables, claimed, len(base.years), choices, left_out, given is None),
    )
    return StrengthsResult(
        tables=tables,
        units=_units(matrix),
        parameters={
            **conventions.parameters(),
            **choices.parameters(),
            "years": list(matrix.years),
            "pair_years": [year for year in view.pair_years if year is not None],
            "claims": claimed,
            "reference": None if reference is None else list(reference.regions),
            "security": given is not None,
            "criteria": list(criteria(len(base.years) > 1, given is not None)),
            "seed": seed,
        },
        inputs=tuple(dict.fromkeys((*matrix.inputs, *(base.inputs)))),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _entries(
    case: _Case, conventions: ComplexityOptions, reference: ActivityMatrix | None
) -> EntryTables:
    """Judge density by what came after; only the year's own data may rank its candidates."""
    years = case.found.years
    if case.claimed and conventions.space == "pooled":
        yearly = replace(conventions, space="yearly")
        if reference is None or reference.years:
            years = tuple(complexity_by_year(case.matrix, yearly, reference))
    choices = case.choices

    def presence(place: int) -> Presence:
        year = years[place]
        return Presence(case.matrix.years[place], year.present, year.density)

    return entry_tables(
        case.matrix.years,
        presence,
        *case.labels,
        horizon=choices.horizon,
        precision_at=choices.precision_at,
        draws=_PREDICTION_DRAWS * choices.draws,
        confidence=choices.confidence,
        seed=case.seed,
    )


def _fields(case: _Case) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Return growth, life cycle and leaders of each activity, and which are early."""
    choices = case.choices
    size = len(case.found.activities)
    growth = _growth(case, np.ones(len(case.base.regions)))
    lead = leaders(_base_volumes(case).toarray(), choices.leading)
    first = np.asarray(case.base.regions, dtype=object)[lead.places[0]]
    frame = pd.DataFrame(
        {
            "activity": np.asarray(case.found.activities, dtype=object),
            "growth": np.full(size, np.nan) if growth is None else growth,
            "leader": np.where(np.isfinite(lead.share), first, None),
            "leaders_share": lead.share,
            "effective_regions": lead.effective,
        }
    )
    if not case.base.years:
        return frame, np.zeros(size, dtype=bool)
    cycles = life_cycles(
        case.base, form=choices.form, breaks=choices.breaks, confidence=choices.confidence
    )
    joined = frame.merge(cycles, on="activity", validate="one_to_one")
    return joined, (joined["stage"] == "accelerating").to_numpy()


def _growth(case: _Case, weights: Array) -> Array | None:
    """Return the growth of each activity in the base, its regions weighted, None without years.

    Over the horizon, or from the first year where the data are shorter.
    """
    years = case.base.years
    if len(years) < 2:
        return None
    start = next(k for k, year in enumerate(years) if year >= years[-1] - case.choices.horizon)
    start = min(start, len(years) - 2)
    now, then = (weights @ case.base.slices[place] for place in (-1, start))
    return growth_rates(np.asarray(now), np.asarray(then), years[-1] - years[start])


def _leapfrogging(case: _Case, early: NDArray[np.bool_]) -> pd.DataFrame:
    choices, last = case.choices, case.found.years[-1]
    return leapfrogging(
        case.matrix.slices[-1].toarray(),
        last.present,
        last.density,
        early,
        case.labels,
        (case.base.regions, _base_volumes(case).toarray()),
        leading=choices.leading,
        open_share=choices.open_share,
        closeness=choices.closeness,
    )


def _base_volumes(case: _Case) -> csr_array:
    """Return the base's volumes of the last year."""
    if not case.base.years:
        return case.base.slices[0]
    return case.base.slices[case.base.years.index(case.matrix.years[-1])]


def _recommendations(
    case: _Case, wanted: NDArray[np.intp], dependence: Array | None, entries: EntryTables
) -> tuple[pd.DataFrame, int]:
    last = case.found.years[-1]
    labels = tuple(case.found.regions[place] for place in wanted), case.found.activities
    every = np.ones(len(case.base.regions))
    evidence = Evidence(last.density[wanted], last.pci, _growth(case, every), dependence)
    frame, left_out = recommendations(
        last.present[wanted],
        evidence,
        _resampled(case, wanted, dependence) if case.claimed else (),
        labels,
        case.choices.confidence,
    )
    rates = past_entry_rates(frame["density"].to_numpy(dtype=float), entries.calibration)
    gaps = (frame["kind"] == GAP).to_numpy()
    for name, rate in zip(("", "_low", "_high"), rates, strict=True):
        frame[f"past_entry_rate{name}"] = np.where(gaps, rate, np.nan)
    return frame, left_out


def _resampled(
    case: _Case, wanted: NDArray[np.intp], dependence: Array | None
) -> Iterator[Evidence]:
    """Yield what density, complexity and growth are when the base's regions are drawn anew."""
    options, found = case.found.options, case.found.years[-1]
    weights, present = _weights(_last(case), options)
    own = weights
    if case.base is not case.matrix:
        own = found.present.astype(float)
        if options.presence == "continuous":
            own = found.quotient.toarray()
    diversity = present.sum(axis=1)
    for counts in region_draws(len(weights), case.choices.draws, case.seed):
        drawn = np.flatnonzero(counts)
        times = counts[drawn].astype(np.intp)
        rows = np.repeat(drawn, times)
        indices = eci_pci(weights[rows], diversity[rows], options.pci_scale, options.deviation)
        space = ProductSpace(weights[drawn], options.proximity, options.diagonal, times)
        density = relatedness_density(own[wanted], space)
        yield Evidence(density, indices.pci, _growth(case, counts), dependence)


def _last(case: _Case) -> csr_array:
    """Return the base's volumes of which PCI and proximities of the last year are made."""
    if case.found.options.space == "pooled" or not case.base.years:
        return case.base.total()
    return _base_volumes(case)


def _weights(volumes: csr_array, options: ComplexityOptions) -> tuple[Array, NDArray[np.bool_]]:
    quotient = sparse_location_quotient(volumes).toarray()
    present = quotient >= options.threshold
    return (present.astype(float) if options.presence == "binary" else quotient), present


def _space(case: _Case) -> tuple[pd.DataFrame, pd.DataFrame]:
    if not case.claimed:
        return (
            pd.DataFrame(columns=["activity", "x", "y"]),
            pd.DataFrame(columns=["activity", "other", "proximity"]),
        )
    volumes = _last(case)
    weights, _ = _weights(volumes, case.found.options)
    sums = np.asarray(volumes.sum(axis=0), dtype=float)
    return activity_space(weights, sums, case.found.activities, case.found.options.proximity)


def _units(matrix: ActivityMatrix) -> dict[str, str]:
    unit = matrix.unit or "unspecified"
    shares = ("rca", "density", "proximity", "share", "leaders_share", "distance", "dependence")
    parts = ("national_growth", "industry_mix", "competitive")
    return {
        **dict.fromkeys(("volume", "ceiling", "start", "end", "change", *parts), unit),
        **dict.fromkeys(shares, "ratio"),
    }
