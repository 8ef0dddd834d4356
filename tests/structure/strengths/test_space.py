from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from tests.structure.strengths.strengths_cases import capable_regions

from xinzhi.structure.strengths import space as module
from xinzhi.structure.strengths.complexity import complexity
from xinzhi.structure.strengths.relatedness import proximity
from xinzhi.structure.strengths.space import activity_space

NAMES = tuple(f"a{k:02d}" for k in range(36))


@pytest.fixture(scope="module")
def presence() -> np.ndarray:
    return complexity(capable_regions()).years[-1].present.astype(float)


def test_links_join_all_and_are_the_strongest(presence: np.ndarray):
    nodes, links = activity_space(presence, np.ones(36), NAMES)
    assert nodes["activity"].tolist() == list(NAMES)
    near = proximity(presence, diagonal="zero")
    place = {name: k for k, name in enumerate(NAMES)}
    first, second = (links[end].map(place).to_numpy() for end in ("activity", "other"))
    assert links["proximity"].to_numpy() == pytest.approx(near[first, second])
    graph = csr_array((np.ones(len(links)), (first, second)), shape=(36, 36))
    assert connected_components(graph, directed=False)[0] == 1
    assert len(links) == 35 + 36
    # no pair left out is closer than the weakest of the links beyond the tree
    chosen = np.zeros((36, 36), dtype=bool)
    chosen[first, second] = True
    left = np.triu(near, 1)[~(chosen | np.tri(36, dtype=bool))]
    assert left.max() <= np.sort(links["proximity"])[-36:].min() + 1e-12


def test_places_bring_stress_down(presence: np.ndarray, monkeypatch: pytest.MonkeyPatch):
    near = proximity(presence, diagonal="zero")
    first, second = module._links(near)

    def stress(moves: int) -> float:
        """Return the stress once places are scaled back to fit the distances best."""
        monkeypatch.setattr(module, "_MOVES", moves)
        found: list[np.ndarray] = []
        monkeypatch.setattr(module, "_unit_square", lambda p: found.append(p) or p)
        module._layout(near, first, second)
        apart = np.linalg.norm(found[0][:, None] - found[0][None], axis=2)
        wanted = module._distances(near, first, second)
        inside = wanted > 0
        return float(((apart - wanted)[inside] ** 2 / wanted[inside] ** 2).sum())

    values = [stress(moves) for moves in (0, 1, 5, 60)]
    assert values == sorted(values, reverse=True)
    assert values[-1] < 0.7 * values[0]


def test_places_lie_in_the_unit_square_and_are_those_of_any_run(presence: np.ndarray):
    nodes, _ = activity_space(presence, np.ones(36), NAMES)
    again, _ = activity_space(presence, np.ones(36), NAMES)
    assert nodes.equals(again)
    assert nodes[["x", "y"]].min().tolist() == pytest.approx([0, 0])
    assert nodes[["x", "y"]].max().tolist() == pytest.approx([1, 1])


def test_the_largest_are_shown(presence: np.ndarray, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MOST_NODES", 10)
    volumes = np.arange(36.0)[::-1]
    nodes, links = activity_space(presence, volumes, NAMES)
    assert nodes["activity"].tolist() == list(NAMES[:10])
    assert set(links["other"]) <= set(NAMES[:10])


def test_parts_that_nothing_joins_have_places_too():
    presence = np.kron(np.eye(2), np.ones((3, 4)))
    nodes, links = activity_space(presence, np.ones(8), NAMES[:8])
    assert np.isfinite(nodes[["x", "y"]].to_numpy()).all()
    groups = {frozenset(NAMES[:4]), frozenset(NAMES[4:8])}
    assert all(any({a, b} <= g for g in groups) for a, b in links[["activity", "other"]].to_numpy())
