"""Layers of the loss: deductible, quota share and cover, which add up for every loss."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinzhi.plan.innovation.mechanisms_risk import (
    Layer,
    hit_probability,
    layer_losses,
    shared_losses,
)

CONTRACT = (
    Layer("deductible", 0.0, 10.0, 0.0, 1.0, 0.0),
    Layer("quota", 10.0, 40.0, 0.5, 0.2, 0.3),
    Layer("rest", 40.0, np.inf, 0.9, 0.1, 0.0),
)


def test_a_deductible_a_quota_share_and_the_rest_by_hand():
    parts = layer_losses([5.0, 25.0, 60.0], CONTRACT)
    np.testing.assert_allclose(parts, [[5, 0, 0], [10, 15, 0], [10, 30, 20]])
    borne = shared_losses(np.array([5.0, 60.0]), np.array([0.5, 0.25]), CONTRACT)
    # expected: 5/2 + 10/4, 30/4, 20/4
    np.testing.assert_allclose(borne[0], [0, 5, 0])
    np.testing.assert_allclose(borne[1], [3.75, 1.5, 2.25])
    np.testing.assert_allclose(borne[2], [4.5, 0.5, 0])
    hit = hit_probability(np.array([5.0, 60.0]), np.array([0.5, 0.25]), CONTRACT)
    np.testing.assert_allclose(hit, [0.75, 0.25, 0.25])


@st.composite
def contracts(draw: st.DrawFn) -> list[Layer]:
    edges = [0.0, *sorted(draw(st.lists(st.floats(0.1, 100), max_size=4, unique=True))), np.inf]
    layers = []
    for k, (start, end) in enumerate(pairwise(edges)):
        weights = np.array([draw(st.floats(0.01, 1)) for _ in range(3)])
        layers.append(Layer(f"l{k}", start, end, *(weights / weights.sum())))
    return layers


@given(contracts(), st.lists(st.floats(0, 500), min_size=1, max_size=6))
@settings(max_examples=60)
def test_losses_split_across_layers_and_parties_add_up(layers, losses):
    np.testing.assert_allclose(layer_losses(losses, layers).sum(axis=-1), losses, atol=1e-9)
    chances = np.full(len(losses), 1 / len(losses))
    borne = shared_losses(np.array(losses), chances, layers)
    assert (borne >= 0).all()
    assert borne.sum() == pytest.approx(np.mean(losses), abs=1e-9)
