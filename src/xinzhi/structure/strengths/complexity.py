"""Economic complexity and relatedness of every year of an activity matrix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from xinzhi.core import InputError, Text
from xinzhi.data.findings import listed
from xinzhi.structure.strengths.activity import ActivityMatrix
from xinzhi.structure.strengths.complexity_options import ComplexityOptions
from xinzhi.structure.strengths.eigen import ComplexityIndices, eci_pci
from xinzhi.structure.strengths.outlook import (
    opportunity_gain,
    opportunity_outlook,
    relatedness_density,
)
from xinzhi.structure.strengths.relatedness import ProductSpace
from xinzhi.structure.strengths.specialisation import sparse_location_quotient

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

FEWEST_ACTIVITIES = 30
FEWEST_REGIONS = 3
_DEFAULT = ComplexityOptions()


@dataclass(frozen=True)
class YearComplexity:
    """Complexity of one year; missing where a region or activity has no volume that year.

    quotient : (region, activity) location quotients, those that are not stored are 0
    present : (region, activity) whether the quotient reaches the threshold
    diversity, eci, coi : (region,); ubiquity, pci : (activity,)
    density, cog : (region, activity); cog missing where the activity is present
    warnings : what the reader must know of this year
    """

    year: int | None
    quotient: csr_array
    present: Flags
    diversity: NDArray[np.int64]
    ubiquity: NDArray[np.int64]
    eci: Array
    pci: Array
    density: Array
    coi: Array
    cog: Array
    warnings: tuple[Text, ...]


@dataclass(frozen=True)
class Complexity:
    """Complexity of all years; ``activities`` are those of the reference where there is one."""

    regions: tuple[str, ...]
    activities: tuple[str, ...]
    years: tuple[YearComplexity, ...]
    options: ComplexityOptions
    warnings: tuple[Text, ...]


@dataclass(frozen=True)
class _Basket:
    """What each region has: location quotients, presence by threshold, and presence as used."""

    quotient: csr_array
    present: Flags
    weights: Array


@dataclass(frozen=True)
class _Reference:
    """Whose structure gives PCI and proximities; ``volumes`` are those it was made of."""

    volumes: csr_array
    basket: _Basket
    indices: ComplexityIndices
    space: ProductSpace
    regions: tuple[str, ...]


def complexity(
    matrix: ActivityMatrix,
    options: ComplexityOptions = _DEFAULT,
    reference: ActivityMatrix | None = None,
) -> Complexity:
    """Location quotients, ECI, PCI, density, outlook and gain of each year.

    matrix : the regions; reference : countries or regions whose totals are the base of location
        quotients, and whose PCI and proximities hold; the ECI of ``matrix`` is then the mean PCI
        of what a region has, in units of the reference's ECI. The regions themselves where None
    Returns : Complexity; 2 numbers a region, activity and year are kept: for large tables
        ``complexity_by_year`` gives one year after another
    Raises : InputError below FEWEST_ACTIVITIES activities or FEWEST_REGIONS regions (those of the
        reference, if given): fewer carry no complexity; if activities or years are not among
        those of the reference
    Source : see ``eci_pci``, ``ProductSpace``, ``opportunity_gain``
    """
    years = tuple(complexity_by_year(matrix, options, reference))
    return Complexity(
        regions=matrix.regions,
        activities=matrix.activities if reference is None else reference.activities,
        years=years,
        options=options,
        warnings=(*matrix.warnings, *(warning for year in years for warning in year.warnings)),
    )


def complexity_by_year(
    matrix: ActivityMatrix,
    options: ComplexityOptions = _DEFAULT,
    reference: ActivityMatrix | None = None,
) -> Iterator[YearComplexity]:
    """Yield what ``complexity`` keeps, one year at a time, so that memory does not grow."""
    base = matrix if reference is None else reference
    _check_size(base)
    own = _in_order_of(matrix, base)
    layers = _layers(matrix, base)
    _check_benchmark(matrix, base, own, layers)
    pooled = None
    if options.space == "pooled" or not base.years:
        pooled = _reference_of(base.total(), base.regions, options)
    return _each_year(matrix.periods, own, layers, base.regions, options, pooled)


def _each_year(
    periods: Sequence[int | None],
    own: Sequence[csr_array],
    layers: Sequence[csr_array],
    regions: tuple[str, ...],
    options: ComplexityOptions,
    pooled: _Reference | None,
) -> Iterator[YearComplexity]:
    for period, volumes, layer in zip(periods, own, layers, strict=True):
        # No name is bound to what a year needs, so that it is gone before the next year's is made.
        yield _year(
            period,
            volumes,
            layer,
            _reference_of(layer, regions, options) if pooled is None else pooled,
            options,
        )


def _reference_of(
    volumes: csr_array, regions: tuple[str, ...], options: ComplexityOptions
) -> _Reference:
    basket = _basket(volumes, volumes, options)
    diversity = basket.present.sum(axis=1)
    indices = eci_pci(basket.weights, diversity, options.pci_scale, options.deviation)
    space = ProductSpace(basket.weights, options.proximity, options.diagonal)
    return _Reference(volumes, basket, indices, space, regions)


def _year(
    period: int | None,
    volumes: csr_array,
    base: csr_array,
    reference: _Reference,
    options: ComplexityOptions,
) -> YearComplexity:
    itself = reference.volumes is volumes and base is volumes
    basket = reference.basket if itself else _basket(volumes, base, options)
    present, weights = basket.present, basket.weights
    indices, space = reference.indices, reference.space
    density = relatedness_density(weights, space)
    worth = indices.pci
    if options.outlook_pci == "uncentred":
        worth = indices.raw_pci / indices.deviation
    coi = opportunity_outlook(density, present, worth)
    cog = opportunity_gain(density, present, worth, space, options.gain_weights, options.gain)
    empty = np.diff(volumes.indptr) == 0
    for values in (density, coi, cog):
        values[empty] = np.nan
    if not np.isfinite(indices.deviation):
        coi[:], cog[:] = np.nan, np.nan
    eci = (_mean_of_basket(weights, indices.raw_pci) - indices.mean) / indices.deviation
    if options.outlook_scale == "standardised" and np.isfinite(indices.deviation):
        coi = (coi - np.nanmean(coi)) / np.nanstd(coi, ddof=options.deviation == "sample")
    return YearComplexity(
        year=period,
        quotient=basket.quotient,
        present=present,
        diversity=present.sum(axis=1),
        ubiquity=reference.basket.present.sum(axis=0),
        eci=eci,
        pci=indices.pci,
        density=density,
        coi=coi,
        cog=cog,
        warnings=tuple(_warnings(period, reference)),
    )


def _basket(volumes: csr_array, base: csr_array, options: ComplexityOptions) -> _Basket:
    """Return what each region has, against the totals of ``base``."""
    quotient = sparse_location_quotient(volumes, np.asarray(base.sum(axis=0), dtype=float))
    reached = csr_array(
        (quotient.data >= options.threshold, quotient.indices, quotient.indptr),
        shape=quotient.shape,
    )
    present = np.asarray(reached.toarray(), dtype=bool)
    weights = present if options.presence == "binary" else quotient.toarray()
    return _Basket(quotient, present, np.asarray(weights, dtype=float))


def _in_order_of(matrix: ActivityMatrix, base: ActivityMatrix) -> tuple[csr_array, ...]:
    """Return the yearly volumes with the activities of the reference as columns."""
    if base is matrix:
        return matrix.slices
    place = {name: position for position, name in enumerate(base.activities)}
    absent = [name for name in matrix.activities if name not in place]
    if absent:
        shown = listed(absent)
        raise InputError(
            Text(
                f"参照中没有 {len(absent)} 项活动：{shown.zh}",
                f"{len(absent)} activity(ies) are not in the reference: {shown.en}",
            ),
            remedy=Text("两张表请用同一分类。", "Use one classification in both tables."),
        )
    columns = np.array([place[name] for name in matrix.activities], dtype=np.int32)
    shape = (len(matrix.regions), len(base.activities))
    moved = []
    for volumes in matrix.slices:
        part = csr_array((volumes.data, columns[volumes.indices], volumes.indptr), shape=shape)
        part.sort_indices()
        moved.append(part)
    return tuple(moved)


def _layers(matrix: ActivityMatrix, base: ActivityMatrix) -> tuple[csr_array, ...]:
    """Return the reference's volumes of each year of the matrix."""
    if base is matrix:
        return matrix.slices
    if not base.years:
        return base.slices * len(matrix.slices)
    absent = [period for period in matrix.periods if period not in base.years]
    if absent:
        shown = listed("—" if period is None else period for period in absent)
        raise InputError(
            Text(f"参照中没有这些年份：{shown.zh}", f"years not in the reference: {shown.en}"),
            remedy=Text(
                "请补齐参照，或给出不分年份的参照。",
                "Complete the reference, or give one without years.",
            ),
        )
    found = dict(zip(base.years, base.slices, strict=True))
    return tuple(found[period] for period in matrix.periods if period is not None)


def _check_benchmark(
    matrix: ActivityMatrix,
    base: ActivityMatrix,
    own: Sequence[csr_array],
    layers: Sequence[csr_array],
) -> None:
    """Refuse volumes of an activity that the reference has not in the same year."""
    if base is matrix:
        return
    for period, volumes, layer in zip(matrix.periods, own, layers, strict=True):
        lacking = np.asarray(layer.sum(axis=0)) == 0
        found = np.unique(volumes.indices[lacking[volumes.indices]])
        if len(found):
            shown = listed(base.activities[place] for place in found)
            zh, en = ("", "") if period is None else (f"{period} 年", f" in {period}")
            raise InputError(
                Text(
                    f"{zh}参照中没有数量、地区却有数量的活动：{shown.zh}",
                    f"activities with a volume in a region but none in the reference{en}:"
                    f" {shown.en}",
                ),
                remedy=Text(
                    "参照应包含这些地区，或换用更全的参照。",
                    "The reference should include the regions; use a more complete one.",
                ),
            )


def _mean_of_basket(weights: Array, raw_pci: Array) -> Array:
    """Return the mean raw PCI of what each region has; missing where nothing has one."""
    total = weights @ np.isfinite(raw_pci)
    missing = np.full(len(weights), np.nan)
    mean = np.divide(weights @ np.nan_to_num(raw_pci), total, out=missing, where=total > 0)
    return np.asarray(mean, dtype=float)


def _check_size(base: ActivityMatrix) -> None:
    if len(base.activities) < FEWEST_ACTIVITIES:
        raise InputError(
            Text(
                f"只有 {len(base.activities)} 项活动；少于 {FEWEST_ACTIVITIES} 项时复杂度没有意义",
                f"only {len(base.activities)} activities; fewer than {FEWEST_ACTIVITIES} carry no"
                " complexity",
            ),
            remedy=Text(
                "请用更细的分类，如出口商品、专利小类或行业小类。",
                "Use a finer classification: exported products, patent classes, detailed"
                " industries.",
            ),
        )
    if len(base.regions) < FEWEST_REGIONS:
        raise InputError(
            Text(
                f"只有 {len(base.regions)} 个地区，至少需要 {FEWEST_REGIONS} 个",
                f"only {len(base.regions)} region(s), at least {FEWEST_REGIONS} are needed",
            ),
            remedy=Text("请加入可比地区，或给出参照。", "Add peers, or give a reference."),
        )


def _warnings(period: int | None, reference: _Reference) -> Iterator[Text]:
    indices = reference.indices
    zh, en = ("", "") if period is None else (f"{period} 年：", f"{period}: ")
    count = int(indices.component.max()) + 1
    if count > 1:
        outside = [
            name
            for name, component in zip(reference.regions, indices.component, strict=True)
            if component > 0
        ]
        shown = listed(outside)
        yield Text(
            f"{zh}地区分为 {count} 个互不相连的部分，只有最大的部分有 ECI；其余：{shown.zh}",
            f"{en}the regions fall into {count} parts that share no activity; only the largest has"
            f" an ECI; outside it: {shown.en}",
        )
    if not np.isfinite(indices.deviation):
        yield Text(f"{zh}各地区没有差异，没有 ECI", f"{en}the regions do not differ: no ECI")
        return
    if not indices.unique:
        yield Text(
            f"{zh}第二、第三特征值相同，ECI 不唯一",
            f"{en}the second and third eigenvalue are equal: the ECI is not unique",
        )
    if not indices.signed:
        yield Text(
            f"{zh}ECI 的正负无法由多样性或普遍性确定",
            f"{en}neither diversity nor ubiquity tells the sign of the ECI",
        )
