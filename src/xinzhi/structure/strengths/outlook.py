"""What is within reach of each region, and what reaching it would open."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from xinzhi.structure.strengths.relatedness import ProductSpace

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

GainWeights = Literal["source", "target"]
GAIN_WEIGHTS: tuple[GainWeights, ...] = get_args(GainWeights)
Gain = Literal["net", "gross"]
GAINS: tuple[Gain, ...] = get_args(Gain)


def relatedness_density(presence: Array, space: ProductSpace) -> Array:
    r"""Density of what a region has around each activity.

    .. math:: d_{rp} = \frac{\sum_q M_{rq} \phi_{qp}}{\sum_q \phi_{qp}}

    presence : (region, activity), 0 or 1, or location quotients
    space : proximities of the same activities, of these regions or of others
    Returns : (region, activity) [1], in [0, 1] for a presence of 0 or 1; missing for an activity
        without proximities
    Source : Hidalgo, Klinger, Barabási and Hausmann (2007), Science 317
    """
    density = space.related(presence)
    density /= _known(space.total)
    return density


def opportunity_outlook(density: Array, present: Flags, pci: Array) -> Array:
    r"""Complexity outlook index (COI): complexity within reach that a region does not have.

    .. math:: COI_r = \sum_p d_{rp} (1 - M_{rp}) PCI_p

    density : (region, activity); present : (region, activity); pci : (activity,); what has no
        density or PCI counts as nothing
    Returns : (region,) [standard deviations of PCI]
    Source : Hausmann, Hidalgo et al. (2014), The Atlas of Economic Complexity
    """
    absent = ~present & np.isfinite(density)
    weighted = np.where(absent, density, 0.0)
    return np.asarray(weighted @ np.nan_to_num(pci), dtype=float)


def opportunity_gain(
    density: Array,
    present: Flags,
    pci: Array,
    space: ProductSpace,
    weights: GainWeights = "source",
    gain: Gain = "net",
) -> Array:
    r"""Complexity outlook gain (COG): how COI changes if a region takes up one activity more.

    .. math::
        COG_{rp} = \sum_{q \ne p} (1 - M_{rq}) \frac{\phi_{pq}}{\sum_k \phi_{kq}} PCI_q
            - d_{rp} PCI_p

    Proximities and PCI held fixed, this is exactly COI after less COI before: density rises around
    each activity q that is still missing, and p itself is missing no longer.

    density, present, pci : as for ``opportunity_outlook``
    weights : "source" divides by the total proximity of q, as the density of q does; "target" by
        that of p, as some packages do, which is no difference of COI
    gain : "net" as above; "gross" leaves out the loss of p's own term and lets p stand among the
        activities that are still missing, as some packages do
    Returns : (region, activity) [standard deviations of PCI]; missing where the region has the
        activity already, or the activity has no proximities
    Source : Hausmann, Hidalgo et al. (2014), The Atlas of Economic Complexity
    """
    value = np.nan_to_num(pci)
    total = _known(space.total)
    missing = np.where(present, 0.0, np.nan_to_num(value / total) if weights == "source" else value)
    found = space.related(missing)
    if gain == "net":
        missing *= space.own
        found -= missing
    if weights == "target":
        found /= total
    if gain == "net":
        found -= np.multiply(density, value, out=missing)
    found[present] = np.nan
    found[:, np.isnan(total)] = np.nan
    return found


def _known(total: Array) -> Array:
    """Return the total proximities, missing where there is none to divide by."""
    return np.where(total > 0, total, np.nan)
