"""The conventions on which packages for economic complexity disagree, each with a default."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from xinzhi.core import InputError, Text
from xinzhi.structure.strengths.eigen import DEVIATIONS, PCI_SCALES, Deviation, PciScale
from xinzhi.structure.strengths.outlook import GAIN_WEIGHTS, GAINS, Gain, GainWeights
from xinzhi.structure.strengths.relatedness import (
    DIAGONALS,
    PROXIMITY_METHODS,
    Diagonal,
    ProximityMethod,
)

Presence = Literal["binary", "continuous"]
PRESENCES: tuple[Presence, ...] = get_args(Presence)
SpaceYears = Literal["yearly", "pooled"]
SPACE_YEARS: tuple[SpaceYears, ...] = get_args(SpaceYears)
OutlookPci = Literal["pci", "uncentred"]
OUTLOOK_PCIS: tuple[OutlookPci, ...] = get_args(OutlookPci)
OutlookScale = Literal["raw", "standardised"]
OUTLOOK_SCALES: tuple[OutlookScale, ...] = get_args(OutlookScale)


@dataclass(frozen=True)
class ComplexityOptions:
    """Conventions of RCA, ECI, proximity and outlook.

    threshold : a region has an activity if its location quotient is at least this
    presence : "binary" (1 or 0), or "continuous": the location quotients themselves in ECI, PCI and
        density; diversity, ubiquity and what is missing are counted by the threshold either way
    proximity : "minimum" of the two conditional probabilities, "cosine" or "correlation"; a
        continuous presence needs one of the latter two
    diagonal : proximity of an activity to itself, "one" or "zero"
    space : PCI and proximities of each year ("yearly"), or of the volumes of all years together
        ("pooled"), which is steadier and makes the ECI of different years comparable
    pci_scale : PCI in units of the ECI ("eci": ECI = mean PCI of what a region has) or by its own
        mean and deviation ("own")
    deviation : of the "population" or of a "sample"
    outlook_pci : COI and COG of the PCI, or of the PCI before its mean is taken off ("uncentred")
    outlook_scale : COI as it is ("raw": COG is its difference), or "standardised" over the regions
    gain_weights, gain : as for ``opportunity_gain``
    """

    threshold: float = 1.0
    presence: Presence = "binary"
    proximity: ProximityMethod = "minimum"
    diagonal: Diagonal = "one"
    space: SpaceYears = "yearly"
    pci_scale: PciScale = "eci"
    deviation: Deviation = "population"
    outlook_pci: OutlookPci = "pci"
    outlook_scale: OutlookScale = "raw"
    gain_weights: GainWeights = "source"
    gain: Gain = "net"

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            value = getattr(self, name)
            if value not in choices:
                raise InputError(
                    Text(f"选项 {name} 没有 {value}", f"option {name} knows no {value}"),
                    remedy=Text(
                        f"可选：{'、'.join(choices)}", f"Choose from: {', '.join(choices)}"
                    ),
                )
        if not self.threshold > 0:
            raise InputError(
                Text(
                    f"区位商的门槛应大于 0，却是 {self.threshold}",
                    f"the threshold of the location quotient must be above 0, not {self.threshold}",
                ),
                remedy=Text("通常取 1。", "It is 1 as a rule."),
            )
        if self.presence == "continuous" and self.proximity == "minimum":
            raise InputError(
                Text(
                    "连续的区位商不能用最小条件概率计算邻近度",
                    "minimum conditional probabilities need a binary presence",
                ),
                remedy=Text(
                    "请改用 proximity=correlation 或 cosine。",
                    "Choose proximity=correlation or cosine.",
                ),
            )

    def parameters(self) -> dict[str, Any]:
        """Return every option in force, as a result records them."""
        return asdict(self)


_CHOICES: dict[str, tuple[str, ...]] = {
    "presence": PRESENCES,
    "proximity": PROXIMITY_METHODS,
    "diagonal": DIAGONALS,
    "space": SPACE_YEARS,
    "pci_scale": PCI_SCALES,
    "deviation": DEVIATIONS,
    "outlook_pci": OUTLOOK_PCIS,
    "outlook_scale": OUTLOOK_SCALES,
    "gain_weights": GAIN_WEIGHTS,
    "gain": GAINS,
}
