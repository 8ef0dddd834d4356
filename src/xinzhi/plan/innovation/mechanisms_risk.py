"""Risk-sharing between state, firm and insurer: layers of the loss and who bears each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from xinzhi.plan.innovation.mechanisms_luck import Array

PARTIES = ("state", "firm", "insurer")


@dataclass(frozen=True)
class Layer:
    """A part of the loss, from ``attachment`` to ``limit``, and the shares of those who bear it.

    A deductible is a lowest layer that the firm bears alone, a quota share a layer with several
    shares, cover up to a limit one that ends before the next begins.
    """

    name: str
    attachment: float
    limit: float
    state_share: float
    firm_share: float
    insurer_share: float

    def shares(self) -> Array:
        """Return (3,) shares of state, firm and insurer, which sum to one."""
        return np.array([self.state_share, self.firm_share, self.insurer_share])


def layer_losses(losses: ArrayLike, layers: Sequence[Layer]) -> Array:
    r"""Return what of each loss falls into each layer.

    .. math:: \ell_j(L)=\min\bigl(\max(L-a_j,0),\ b_j-a_j\bigr)

    losses : (...); Returns : (..., layers), which sum to the loss where layers leave no gap
    """
    loss = np.asarray(losses, dtype=float)[..., np.newaxis]
    start = np.array([layer.attachment for layer in layers])
    end = np.array([layer.limit for layer in layers])
    return np.asarray(np.clip(loss - start, 0.0, end - start))


def shared_losses(losses: Array, probabilities: Array, layers: Sequence[Layer]) -> Array:
    """Return (layers, 3) expected losses of state, firm and insurer in each layer."""
    expected = probabilities @ layer_losses(losses, layers)
    return np.stack([layer.shares() for layer in layers]) * expected[:, np.newaxis]


def hit_probability(losses: Array, probabilities: Array, layers: Sequence[Layer]) -> Array:
    """Return (layers,) the probability that a loss reaches into each layer."""
    return np.asarray(probabilities @ (layer_losses(losses, layers) > 0))
