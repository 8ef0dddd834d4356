"""Output at risk when an imported input falls: fixed coefficients, limited substitution, stocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import ComputationError, InputError, Text
from xinzhi.data.io_table import IOTable
from xinzhi.structure.dependence import Economy, economies, labelled, one_region

Array = NDArray[np.float64]

Rationing = Literal["producers_first", "proportional"]
RATIONINGS: tuple[Rationing, ...] = ("producers_first", "proportional")

DAYS_OF_A_YEAR = 365.0
_TOLERANCE = 1e-10
_ROUNDING = 1e-14
_MOST_ROUNDS = 20_000

# What each assumption says, and what it leaves out: every output at risk is read with it.
ASSUMPTIONS: dict[str, tuple[Text, Text]] = {
    "leontief": (
        Text(
            "固定系数：产出按最缺的一种投入同比下降；国产品不增产替代。",
            "Fixed coefficients: output falls as far as the scarcest input; domestic supply of "
            "the product does not rise.",
        ),
        Text(
            "不含替代、库存、价格变化、其他进口来源以及对上游订单的影响；对粗部门是损失的上限。",
            "Leaves out substitution, stocks, prices, other suppliers abroad and the orders that "
            "suppliers lose; with coarse sectors it is a ceiling.",
        ),
    ),
    "ces": (
        Text(
            "有限替代：各投入与初始投入之间为给定弹性的 CES 技术。",
            "Limited substitution: inputs and primary inputs combine by a CES technology of the "
            "stated elasticity.",
        ),
        Text(
            "弹性是假定而非估计，各部门相同；不含库存、价格变化、其他进口来源以及对上游订单的影响。",
            "The elasticity is assumed, not estimated, and the same everywhere; leaves out stocks, "
            "prices, other suppliers abroad and the orders that suppliers lose.",
        ),
    ),
    "inventories": (
        Text(
            "库存：先用完该进口品的库存，其后按固定系数减产。",
            "Stocks: the stock of the imported product is used up first, then output falls by "
            "fixed coefficients.",
        ),
        Text(
            "库存天数是假定而非统计，各用户相同；不含国产品的库存、在途货物、替代和重新补库。",
            "Days of stock are assumed, not measured, and the same for all users; leaves out "
            "stocks of domestic products, goods on the way, substitution and refilling.",
        ),
    ),
}


@dataclass(frozen=True)
class Outage:
    """A fall of one imported input, and what is assumed about its users.

    fall : part of the imported product that does not come, in [0, 1]
    elasticity : of substitution among all inputs in the CES technology, > 0; an assumption
    stock_days : days of normal use of the imported product that users hold, >= 0; an assumption
    duration : days that the fall lasts, > 0
    rationing : who gets what is left of a domestic product: ``producers_first`` lets final output
        take the loss before any user in production does; ``proportional`` cuts every use alike.
        What producers drew from stocks in the base year they draw on.
    Raises : InputError for a value outside these ranges
    """

    fall: float = 0.5
    elasticity: float = 0.2
    stock_days: float = 30.0
    duration: float = DAYS_OF_A_YEAR
    rationing: Rationing = "producers_first"

    def __post_init__(self) -> None:
        for name, value, fits, allowed in (
            ("fall", self.fall, 0 <= self.fall <= 1, Text("在 0 与 1 之间", "from 0 to 1")),
            ("elasticity", self.elasticity, self.elasticity > 0, Text("大于 0", "above 0")),
            ("stock_days", self.stock_days, self.stock_days >= 0, Text("不小于 0", "0 or more")),
            ("duration", self.duration, self.duration > 0, Text("大于 0", "above 0")),
        ):
            if not (fits and np.isfinite(value)):
                raise InputError(
                    Text(
                        f"断供设定中 {name} 为 {value:g}，应{allowed.zh}",
                        f"outage: {name} is {value:g}; it must be {allowed.en}",
                    )
                )
        if self.rationing not in RATIONINGS:
            raise InputError(
                Text(
                    f"没有配给方式 {self.rationing}；可选：{'、'.join(RATIONINGS)}",
                    f"no rationing {self.rationing}; choose from {', '.join(RATIONINGS)}",
                )
            )

    @property
    def days_of_loss(self) -> float:
        """Return how many days of the duration remain when the stock is used up.

        A stock of k days of use makes good a fall s for k/s days.
        """
        if self.fall == 0:
            return 0.0
        return max(0.0, self.duration - self.stock_days / self.fall)


def remaining_output(available: Array, shares: Array, elasticity: float = 0.0) -> Array:
    r"""Return each user's output relative to the base, given what it gets of each input.

    .. math:: r_j = \Big(\alpha_{0j} + \sum_i \alpha_{ij} q_{ij}^{\rho}\Big)^{1/\rho}, \qquad
              \rho = \frac{\sigma - 1}{\sigma}, \qquad
              \alpha_{0j} = 1 - \sum_i \alpha_{ij}

    with the limits :math:`r_j = \min_{i:\,\alpha_{ij} > 0} q_{ij}` at :math:`\sigma = 0`
    (Leontief) and :math:`r_j = \prod_i q_{ij}^{\alpha_{ij}}` at :math:`\sigma = 1`
    (Cobb–Douglas). Primary inputs stay whole.

    available : (S, N) q, in [0, 1], inputs of each product relative to the base
    shares : (S, N) alpha, inputs of each product per unit of output; where they sum to more than
        one they are scaled to one
    elasticity : sigma, >= 0
    Returns : (N,) in [0, 1]
    Source : Arrow, Chenery, Minhas and Solow (1961), doi:10.2307/1927286, for the CES form
    """
    bound = np.where(shares > 0, available, 1.0)
    least: Array = bound.min(axis=0)
    if elasticity == 0:
        return least
    weights = shares / np.maximum(1.0, shares.sum(axis=0))
    primary = np.maximum(0.0, 1.0 - weights.sum(axis=0))
    if elasticity == 1:
        with np.errstate(divide="ignore"):  # an input that is all gone has the logarithm −inf
            logarithms = np.log(bound)
        return np.asarray(np.exp(np.where(weights > 0, weights * logarithms, 0.0).sum(axis=0)))
    exponent = (elasticity - 1) / elasticity
    if exponent > 0:
        inner = primary + (weights * bound**exponent).sum(axis=0)
        return np.asarray(inner ** (1 / exponent))
    # relative to the scarcest input, so that powers stay finite for small elasticities
    left = least > _ROUNDING
    scale = np.where(left, least, 1.0)
    relative = np.where(left, bound, 1.0) / scale
    inner = primary * (1 / scale) ** exponent + (weights * relative**exponent).sum(axis=0)
    return np.where(left, scale * inner ** (1 / exponent), 0.0)


def lost_output(
    economy: Economy, product: int, outage: Outage, elasticity: float = 0.0
) -> tuple[Array, Array]:
    r"""Return the part of each sector's output lost to a fall of one imported product.

    First the users of the product: of the product they get
    :math:`q_{ij} = 1 - s\,\theta_{ij}`, with s the fall and θ the imported part of their use.
    Then, round by round, the users of what these make: deliveries of a domestic product j to
    producers fall to

    .. math:: g_j = 1 - \frac{\max(0, (1 - r_j) x_j - \max(0, y_j))}{z_j}
              \quad\text{or}\quad g_j = r_j

    (producers first, proportional; y is final output, z deliveries to producers), so that
    :math:`q_{jk} = \theta_{jk}(1 - s_j) + (1 - \theta_{jk}) g_j`. The rounds go down from the
    base and end at the largest consistent output.

    No sector loses a larger part than the part of the product that does not come.

    product : position of the imported product
    elasticity : as of ``remaining_output``
    Returns : ((S,), (S,)) direct loss, and loss with the rounds downstream; in [0, 1]
    Raises : ComputationError where the rounds do not settle
    """
    theta, shares = economy.imported_share, economy.direct + economy.coefficients
    deliveries = economy.flows.sum(axis=1)
    final = np.maximum(0.0, economy.final_output)
    falls = np.zeros(len(theta))
    falls[product] = outage.fall
    from_abroad = theta * (1.0 - falls)[:, np.newaxis]
    from_home = 1.0 - theta
    lost = np.zeros_like(final)
    direct = lost
    for round_ in range(_MOST_ROUNDS):
        if outage.rationing == "proportional":
            delivered = 1.0 - lost
        else:
            missing = np.maximum(0.0, lost * economy.output - final)
            delivered = 1.0 - _part(missing, deliveries)
        available = from_abroad + from_home * delivered[:, np.newaxis]
        # rounding must not let output rise again, or the rounds would not end
        new = np.maximum(lost, 1.0 - remaining_output(available, shares, elasticity))
        new = np.where(new > _ROUNDING, new, 0.0)
        if round_ == 0:
            direct = new
        if float(np.abs(new - lost).max()) <= _TOLERANCE:
            return direct, new
        lost = new
    raise ComputationError(
        Text(
            f"断供损失经过 {_MOST_ROUNDS} 轮仍未收敛",
            f"the loss of an outage did not settle within {_MOST_ROUNDS} rounds",
        ),
        remedy=Text(
            "请提高替代弹性，或改用 producers_first 配给。",
            "Raise the elasticity of substitution, or ration by producers_first.",
        ),
    )


def output_at_risk(
    table: IOTable,
    outage: Outage | None = None,
    products: Sequence[str] | None = None,
    region: str | None = None,
) -> pd.DataFrame:
    """Return what a fall of each imported product puts at risk, under three assumptions.

    products : codes of the imported products, one outage each; all by default
    region : the only one by default
    Returns : region (many regions only), code (the imported product), title_zh, title_en,
        assumption (``leontief``, ``ces``, ``inventories``), direct_output_loss (users of the
        product only), output_loss, value_added_loss [the table's unit, over the duration],
        output_loss_share, value_added_loss_share (of the duration's total), most_affected (code
        of the sector that loses the largest part), most_affected_loss (that part)
    Raises : InputError for an unknown product or region, and a competitive table;
        ComputationError where the rounds do not settle
    Limits : see ``ASSUMPTIONS``; value added falls with output; only sectors of the region itself
    """
    outage = outage or Outage()
    (economy,) = economies(table, [one_region(table, region)])
    return at_risk_of(table, economy, outage, table.codes if products is None else products)


def at_risk_of(
    table: IOTable, economy: Economy, outage: Outage, products: Sequence[str]
) -> pd.DataFrame:
    """Return ``output_at_risk`` of one economy of a table."""
    names = labelled(table, economy)
    year = outage.duration / DAYS_OF_A_YEAR
    output, value_added = (
        float(amount.sum()) * year for amount in (economy.output, economy.value_added)
    )
    rows = []
    for code in products:
        product = table.place(code, table.regions[0])
        direct, lost = lost_output(economy, product, outage)
        cases = {
            "leontief": (direct, lost),
            "ces": lost_output(economy, product, outage, outage.elasticity),
        }
        part = outage.days_of_loss / outage.duration
        cases["inventories"] = (direct * part, lost * part)
        for assumption, (first, all_rounds) in cases.items():
            losses = all_rounds * economy.output * year
            worst = int(all_rounds.argmax())
            added = float(all_rounds @ economy.value_added) * year
            rows.append(
                {
                    **names.iloc[product].to_dict(),
                    "assumption": assumption,
                    "direct_output_loss": float(first @ economy.output) * year,
                    "output_loss": float(losses.sum()),
                    "value_added_loss": added,
                    "output_loss_share": float(losses.sum()) / output if output else None,
                    "value_added_loss_share": added / value_added if value_added else None,
                    "most_affected": table.codes[worst] if all_rounds[worst] > 0 else None,
                    "most_affected_loss": float(all_rounds[worst]),
                }
            )
    columns = [*names.columns, *_COLUMNS]
    return pd.DataFrame(rows, columns=columns)


_COLUMNS = (
    *("assumption", "direct_output_loss", "output_loss", "value_added_loss"),
    *("output_loss_share", "value_added_loss_share", "most_affected", "most_affected_loss"),
)


def _part(amount: Array, whole: Array) -> Array:
    return np.divide(amount, whole, out=np.zeros_like(whole), where=whole > 0)
