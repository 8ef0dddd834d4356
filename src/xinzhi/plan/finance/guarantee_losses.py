"""The distribution of a year's loss: drawn year by year, or exactly on a lattice of money."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.fft import irfft, next_fast_len
from scipy.special import ndtri
from scipy.stats import binom

from xinzhi.core import InputError, Text, run_many
from xinzhi.plan.finance.guarantee_pools import LoanPools
from xinzhi.plan.finance.guarantee_vasicek import conditional_probability

Array = NDArray[np.float64]

_BLOCK = 1_000_000  # cells of a block of years × pools, or of pools × frequencies
_WIDEST_STEP = 0.25  # of the factor's quadrature, in its standard deviations
_FURTHEST = 8.5  # standard deviations of the factor that are looked at
_MOST_WORK = 300_000_000  # points × pools × factors
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class LossDistribution:
    """A discrete distribution of losses.

    losses : (N,) ascending [money]; probabilities : (N,) of each, adding up to one
    draws : independent years behind it, 0 where it is exact
    """

    losses: Array
    probabilities: Array
    draws: int

    def mean(self) -> float:
        """Return the expected loss [money]."""
        return float(self.losses @ self.probabilities)

    def standard_deviation(self) -> float:
        """Return the standard deviation of the loss [money]."""
        return float(np.sqrt((self.losses - self.mean()) ** 2 @ self.probabilities))

    def quantile(self, level: ArrayLike) -> Array:
        """Return the least loss not exceeded with at least this probability [money]."""
        reached = np.cumsum(self.probabilities)
        at = np.searchsorted(reached, np.asarray(level, dtype=float) - 1e-12)
        found: Array = self.losses[np.minimum(at, len(self.losses) - 1)]
        return found

    def interval(self, level: float, coverage: float = 0.95) -> tuple[float, float]:
        """Return the interval of a quantile that chance in the draws leaves open [money].

        From order statistics, without any assumption on the shape; both ends are the quantile
        where the distribution is exact
        """
        if not self.draws:
            exact = float(self.quantile(level))
            return exact, exact
        tail = (1 - coverage) / 2
        ranks = binom.ppf([tail, 1 - tail], self.draws, level) / self.draws
        low, high = self.quantile(np.minimum(ranks, 1.0))
        return float(low), float(high)

    def shortfall(self, level: float) -> float:
        r"""Return the mean loss of the worst years [money].

        .. math:: ES_\alpha = \frac{E[L;\,L>q_\alpha] + q_\alpha\,(P(L\le q_\alpha)-\alpha)}
                  {1-\alpha}

        Source : Acerbi & Tasche (2002), On the coherence of expected shortfall
        """
        quantile = float(self.quantile(level))
        beyond = self.losses > quantile
        worst = float(self.losses[beyond] @ self.probabilities[beyond])
        below = 1 - float(self.probabilities[beyond].sum())
        return (worst + quantile * (below - level)) / (1 - level)

    def exceeding(self, amount: float) -> float:
        """Return the probability of a loss above an amount [1]."""
        return float(self.probabilities[self.losses > amount].sum())


def loss_distribution(
    pools: LoanPools,
    *,
    scenarios: int = 100_000,
    seed: int = 0,
    lattice_unit: float | None = None,
    progress: bool = False,
) -> LossDistribution:
    r"""Distribution of the loss of a year, exact given the common factor.

    .. math:: L = \sum_k u_k\,B_k, \qquad B_k \mid y \sim \text{Bin}(n_k,\, p_k(y))

    pools : see ``loan_pools``
    scenarios : years drawn. Their factors come one from each of as many equally likely strata,
        which leaves hardly any chance in the factor; defaults are binomial draws
    seed : of the draws; progress : a bar on standard error where it takes over two seconds
    lattice_unit : instead of drawing, compute exactly on multiples of this amount [money], of which
        every pool's unit loss must be one: the characteristic function given the factor,
        :math:`\prod_k(1+p_k(y)(e^{i\theta u_k}-1))^{n_k}`, integrated over the factor by the
        trapezoid rule and inverted once
    Raises : InputError for fewer than 1000 scenarios, for unit losses off the lattice, and for
        a lattice of too many points for as many kinds of loans
    """
    if lattice_unit is not None:
        return _exact(pools, lattice_unit)
    if scenarios < 1_000:
        raise InputError(
            Text(
                f"情景数为 {scenarios}，至少应为 1000",
                f"{scenarios} scenarios; at least 1000 count",
            )
        )
    size = max(1, _BLOCK // len(pools.count))
    blocks = [(k, min(k + size, scenarios)) for k in range(0, scenarios, size)]
    drawn = run_many(partial(_drawn, pools, scenarios), blocks, seed, progress=progress)
    losses = np.sort(np.concatenate(drawn))
    return LossDistribution(losses, np.full(scenarios, 1.0 / scenarios), scenarios)


def _drawn(
    pools: LoanPools, scenarios: int, block: tuple[int, int], seed: np.random.SeedSequence
) -> Array:
    """Return (years,) losses of the strata of one block."""
    random = np.random.default_rng(seed)
    place = np.arange(*block) + random.random(block[1] - block[0])
    factor = ndtri(np.clip(place / scenarios, 1e-300, 1 - 1e-16))
    given = conditional_probability(pools.threshold, pools.correlation, factor[:, np.newaxis])
    found: Array = random.binomial(pools.count, given) @ pools.unit_loss
    return found


def _exact(pools: LoanPools, unit: float) -> LossDistribution:
    steps = _steps(pools, unit)
    top = int(pools.count @ steps)
    factor, weight = _quadrature(pools)
    _refuse_work(top + 1, len(steps), len(factor))
    given = conditional_probability(pools.threshold, pools.correlation, factor[:, np.newaxis])
    size = next_fast_len(top + 1, real=True)
    frequencies = size // 2 + 1
    transform = np.zeros(frequencies, dtype=complex)
    width = max(1, _BLOCK // len(steps))
    for first in range(0, frequencies, width):
        at = np.arange(first, min(first + width, frequencies))
        # whole turns taken off before they lose digits
        angle = -2 * np.pi / size * ((steps[:, np.newaxis] * at) % size)
        along, across = np.cos(angle) - 1, np.sin(angle)
        for w, p in zip(weight, given[:, :, np.newaxis], strict=True):
            real, imaginary = 1 + p * along, p * across
            with np.errstate(divide="ignore"):
                size_of = pools.count @ np.log(real**2 + imaginary**2) / 2
            turn = pools.count @ np.arctan2(imaginary, real)
            transform[at] += w * np.exp(size_of + 1j * turn)
    chances = np.maximum(irfft(transform, size)[: top + 1], 0.0)
    lattice = unit * np.arange(top + 1, dtype=np.float64)
    return LossDistribution(lattice, chances / chances.sum(), 0)


def _steps(pools: LoanPools, unit: float) -> NDArray[np.int64]:
    """Return (K,) unit losses in steps of the lattice."""
    if not unit > 0:
        raise InputError(
            Text(f"格点单位 {unit} 应大于 0", f"the lattice unit {unit} must be above 0")
        )
    exact = pools.unit_loss / unit
    steps = np.rint(exact)
    off = np.abs(exact - steps) > _ROUNDING * np.maximum(1.0, exact)
    if off.any():
        wrong = pools.unit_loss[off][0]
        raise InputError(
            Text(
                f"单笔损失 {wrong:g} 不是格点单位 {unit:g} 的整数倍",
                f"the loss {wrong:g} of a loan is no multiple of the lattice unit {unit:g}",
            ),
            remedy=Text(
                "单笔损失等于余额乘以违约损失率；换一个单位，或不设单位而用抽样。",
                "It is exposure times loss given default; take another unit, or none, to draw.",
            ),
        )
    return steps.astype(np.int64)


def _refuse_work(points: int, kinds: int, factors: int) -> None:
    if points * kinds * factors > _MOST_WORK:
        raise InputError(
            Text(
                f"格点 {points:,} 个、贷款 {kinds:,} 种、因子取值 {factors:,} 个，精确计算太慢",
                f"{points:,} points of the lattice, {kinds:,} kinds of loans and {factors:,} "
                "values of the factor: too slow to be exact",
            ),
            remedy=Text(
                "换大一些的单位，或不设单位而用抽样。", "Take a larger unit, or none, to draw."
            ),
        )


def _quadrature(pools: LoanPools) -> tuple[Array, Array]:
    """Return factors and weights fine enough for the narrowest step of the loss over the factor."""
    factor = np.linspace(-_FURTHEST, _FURTHEST, 341)
    lost = pools.count * pools.unit_loss
    given = conditional_probability(pools.threshold, pools.correlation, factor[:, np.newaxis])
    mean = given @ lost
    spread = np.sqrt((given * (1 - given)) @ (lost * pools.unit_loss))
    slope = np.gradient(mean, factor)
    moving = slope > 1e-12 * lost.sum()
    step = min(_WIDEST_STEP, float(np.min(spread[moving] / slope[moving], initial=np.inf)))
    places = np.linspace(-_FURTHEST, _FURTHEST, 2 * int(np.ceil(_FURTHEST / step)) + 1)
    weight = np.exp(-(places**2) / 2)
    return places, weight / weight.sum()
