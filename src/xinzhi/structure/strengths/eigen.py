"""Economic complexity as the second eigenvector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

Array = NDArray[np.float64]
Integers = NDArray[np.int32]

PciScale = Literal["eci", "own"]
PCI_SCALES: tuple[PciScale, ...] = get_args(PciScale)
Deviation = Literal["population", "sample"]
DEVIATIONS: tuple[Deviation, ...] = get_args(Deviation)

NO_COMPONENT = -1
_NO_STRUCTURE = 1e-12
_SAME_EIGENVALUE = 1e-8
_NO_CORRELATION = 1e-9


@dataclass(frozen=True)
class ComplexityIndices:
    """Complexity of regions and activities, and what tells whether it can be trusted.

    eci : (region,), pci : (activity,), standardised; missing outside the largest component
    raw_pci : (activity,) the eigenvector of activities, so scaled that the mean over what a region
        has is the eigenvector of regions, of which ``mean`` and ``deviation`` are
    component : (region,) number of the connected component, 0 = the largest, -1 = no activity
    eigenvalue, next_eigenvalue : the second and third largest, the former in [0, 1]
    signed : whether diversity or ubiquity determined the sign
    """

    eci: Array
    pci: Array
    raw_pci: Array
    mean: float
    deviation: float
    component: Integers
    eigenvalue: float
    next_eigenvalue: float
    signed: bool

    @property
    def unique(self) -> bool:
        """Tell whether one eigenvector, and not a plane of them, belongs to the eigenvalue."""
        gap = self.eigenvalue - self.next_eigenvalue
        return bool(gap > _SAME_EIGENVALUE * self.eigenvalue)


def eci_pci(
    presence: Array,
    diversity: Array | None = None,
    pci_scale: PciScale = "eci",
    deviation: Deviation = "population",
) -> ComplexityIndices:
    r"""Economic complexity index of regions and product complexity index of activities.

    .. math::
        \tilde M &= D^{-1} M U^{-1} M^\top, \quad
            D = \mathrm{diag}(M 1), \ U = \mathrm{diag}(M^\top 1) \\
        \tilde M K &= \lambda_2 K, \quad ECI = \frac{K - \bar K}{\sigma_K}, \quad
            PCI = \frac{Q - \bar K}{\sigma_K}, \ Q = \frac{U^{-1} M^\top K}{\lambda_2}

    so that the ECI is the mean PCI of what a region has. The eigenproblem is solved for the
    symmetric :math:`D^{-1/2} M U^{-1} M^\top D^{-1/2}` (or its counterpart of activities, if those
    are fewer), after the known first eigenvector :math:`D^{1/2} 1` is taken out.

    presence : (region, activity), >= 0: 0 or 1, or continuous such as location quotients
    diversity : (region,) what the sign refers to; the sums of ``presence`` where None
    pci_scale : "eci" as above, or "own", PCI standardised by its own mean and deviation, as some
        packages do; then the ECI is no longer the mean PCI
    deviation : of the population (divisor n) or of a sample (n − 1)
    Returns : sign such that ECI correlates positively with diversity, failing that PCI negatively
        with ubiquity. Regions that share no activity, directly or through others, cannot be
        compared: values are given for the component with most regions. All missing where regions
        do not differ
    Limits : with few activities the eigenvector follows noise; the door of the capability refuses
        fewer than 30
    Source : Hidalgo and Hausmann (2009), PNAS 106; Mealy, Farmer and Teytelboym (2019), Science
        Advances 5
    """
    sums, ubiquity = presence.sum(axis=1), presence.sum(axis=0)
    by_region = presence.shape[0] <= presence.shape[1]
    gram = _gram(presence, _reciprocal_root(sums), _reciprocal_root(ubiquity), by_region)
    component = _components(gram, presence, by_region)
    inside = np.flatnonzero(component == 0)
    reached = np.flatnonzero(presence[inside].any(axis=0))
    side, weights = (inside, sums) if by_region else (reached, ubiquity)
    value, following, vector = _second(gram[np.ix_(side, side)], weights[side])
    eci, pci = np.full(len(sums), np.nan), np.full(len(ubiquity), np.nan)
    if not value > _NO_STRUCTURE:
        return ComplexityIndices(eci, pci, pci, np.nan, np.nan, component, value, following, False)
    part = presence[np.ix_(inside, reached)]
    root = vector / np.sqrt(weights[side])
    of_activities = part.T @ root / ubiquity[reached] / value if by_region else root
    of_regions = root if by_region else part @ root / sums[inside]
    diverse = (sums if diversity is None else diversity)[inside]
    sign = _sign(of_regions, diverse, of_activities, ubiquity[reached])
    if sign < 0:
        of_regions, of_activities = -of_regions, -of_activities
    freedom = 1 if deviation == "sample" else 0
    mean, scale = float(of_regions.mean()), float(of_regions.std(ddof=freedom))
    eci[inside] = (of_regions - mean) / scale
    raw_pci = pci.copy()
    raw_pci[reached] = of_activities
    if pci_scale == "own":
        pci[reached] = (of_activities - of_activities.mean()) / of_activities.std(ddof=freedom)
    else:
        pci[reached] = (of_activities - mean) / scale
    return ComplexityIndices(eci, pci, raw_pci, mean, scale, component, value, following, sign != 0)


def _gram(presence: Array, rows: Array, columns: Array, by_region: bool) -> Array:
    """Return the products of scaled rows with each other, or of scaled columns."""
    scaled = presence * rows[:, np.newaxis]
    scaled *= columns
    return np.asarray(scaled @ scaled.T if by_region else scaled.T @ scaled)


def _reciprocal_root(values: Array) -> Array:
    """Return one over the square root, 0 for 0."""
    return np.asarray(np.where(values > 0, 1 / np.sqrt(np.where(values > 0, values, 1.0)), 0.0))


def _components(gram: Array, presence: Array, by_region: bool) -> Integers:
    """Number the connected components of regions by size; -1 for a region without activity.

    gram : what regions (or activities, unless ``by_region``) have in common
    """
    _, labels = connected_components(csr_array((gram > 0).astype(float)), directed=False)
    if not by_region:
        labels = labels[presence.argmax(axis=1)]
    component = np.full(len(presence), NO_COMPONENT, dtype=np.int32)
    present = presence.any(axis=1)
    if present.any():
        names, first, counts = np.unique(labels[present], return_index=True, return_counts=True)
        rank = np.empty(len(names), dtype=np.int32)
        rank[np.lexsort((first, -counts))] = np.arange(len(names))
        component[present] = rank[np.searchsorted(names, labels[present])]
    return component


def _second(matrix: Array, weights: Array) -> tuple[float, float, Array]:
    """Return the second and third eigenvalue, and the second eigenvector.

    weights : whose square root is the first eigenvector, of eigenvalue 1
    """
    size = len(matrix)
    if size < 2:
        return 0.0, 0.0, np.zeros(size)
    first = np.sqrt(weights / weights.sum())
    values, vectors = eigh(matrix - np.outer(first, first), subset_by_index=[size - 2, size - 1])
    return float(values[1]), max(float(values[0]), 0.0), np.asarray(vectors[:, 1])


def _sign(raw: Array, diversity: Array, raw_pci: Array, ubiquity: Array) -> int:
    """Return 1 or -1 as the sign stands or must turn; 0 where nothing tells."""
    for ours, known in ((raw, diversity), (raw_pci, -ubiquity)):
        ours, known = ours - ours.mean(), known - known.mean()
        length = float(np.linalg.norm(known) * np.linalg.norm(ours))
        product = float(ours @ known)
        if abs(product) > _NO_CORRELATION * length:
            return 1 if product > 0 else -1
    return 0
