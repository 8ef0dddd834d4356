from __future__ import annotations

from itertools import pairwise
from itertools import product as every

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.io_strategies import io_tables
from tests.structure.chokepoint_cases import chain_table, two_regions

from xinzhi.core import InputError
from xinzhi.data.io_table import IOTable
from xinzhi.structure.dependence import Economy, economies
from xinzhi.structure.paths import strongest_paths, structural_paths


def all_paths(economy: Economy, depth: int) -> dict[tuple[int, ...], float]:
    """Return every path up to a length, by its product and sectors: the slow, obvious way."""
    size, found = len(economy.output), {}
    for length in range(1, depth + 1):
        for chain in every(range(size), repeat=length):
            carried = economy.final_output[chain[-1]]
            for before, after in pairwise(chain):
                carried *= economy.coefficients[before, after]
            for product in range(size):
                found[(product, *chain)] = economy.direct[product, chain[0]] * carried
    return found


def test_paths_worked_by_hand():
    frame = structural_paths(chain_table(), cutoff=1e-6)
    assert frame["path"].tolist() == ["02", "01", "01 > 02"]
    assert frame["product"].tolist() == ["02", "01", "01"]
    # 0.25 · 200, 0.1 · 60 and 0.1 · 0.2 · 200 of 60 imported
    assert frame["value"].tolist() == pytest.approx([50.0, 6.0, 4.0])
    assert frame["share"].tolist() == pytest.approx([50 / 60, 0.1, 4 / 60])
    assert frame["cumulative_share"].tolist() == pytest.approx([50 / 60, 56 / 60, 1.0])
    assert frame["length"].tolist() == [1, 1, 2]
    assert frame["sector"].tolist() == ["02", "01", "02"]


def test_paths_of_one_product_or_into_one_sector_are_shares_of_these():
    one = structural_paths(chain_table(), product="01")
    assert one["share"].tolist() == pytest.approx([0.6, 0.4])
    into = structural_paths(chain_table(), sector="02")
    assert into["path"].tolist() == ["02", "01 > 02"]
    assert into["share"].tolist() == pytest.approx([50 / 54, 4 / 54])


def test_paths_end_at_the_cutoff_and_at_the_depth():
    assert structural_paths(chain_table(), cutoff=0.09)["path"].tolist() == ["02", "01"]
    assert structural_paths(chain_table(), depth=1)["path"].tolist() == ["02", "01"]


def test_a_table_of_many_regions_needs_a_region():
    with pytest.raises(InputError, match="has 2 regions; name one of them: A, B"):
        structural_paths(two_regions())
    frame = structural_paths(two_regions(), "A")
    assert frame["region"].tolist() == ["A"]
    assert frame["value"].tolist() == [40.0]
    assert frame["cumulative_share"].tolist() == [1.0]


def test_nothing_imported_has_no_path():
    frame = structural_paths(two_regions(), "B")
    assert frame.empty
    assert "cumulative_share" in frame


@given(io_tables(kinds=("separate", "many_regions"), most_sectors=4), st.sampled_from([1e-2, 1e-3]))
def test_the_search_finds_exactly_what_is_above_the_cutoff(table: IOTable, cutoff: float):
    depth = 4
    for economy in economies(table):
        found = strongest_paths(
            economy.direct, economy.coefficients, economy.final_output, cutoff, depth
        )
        assert found.total == pytest.approx(economy.imported.sum(), rel=1e-8, abs=1e-8)
        slow = all_paths(economy, depth)
        least = cutoff * abs(found.total)
        fast = {
            (int(product), *(int(k) for k in chain if k >= 0)): float(value)
            for product, chain, value in zip(found.product, found.sectors, found.value, strict=True)
        }
        for path, value in slow.items():
            if abs(value) > least * (1 + 1e-9) and found.total > 1e-6:
                assert fast.pop(path) == pytest.approx(value, rel=1e-9)
        for path, value in fast.items():  # only those that lie on the cut-off itself remain
            assert abs(value) == pytest.approx(least, rel=1e-8)
            assert slow[path] == pytest.approx(value, rel=1e-9)
        assert (np.diff(np.abs(found.value)) <= 0).all()


@given(io_tables(kinds=("separate",), most_sectors=4))
def test_long_enough_paths_explain_nearly_everything(table: IOTable):
    (economy,) = economies(table)
    if economy.imported.sum() <= 0:
        return
    # a tail of the power series bounds what longer paths carry
    powers, tail = economy.final_output.astype(float), economy.final_output.astype(float)
    for _ in range(5):
        powers = economy.coefficients @ powers
        tail = tail + powers
    expected = float((economy.direct @ tail).sum()) / economy.imported.sum()
    found = strongest_paths(
        economy.direct, economy.coefficients, economy.final_output, 1e-9, depth=6
    )
    assert found.value.sum() / found.total == pytest.approx(expected, abs=1e-4)


def test_a_sector_with_negative_final_output_keeps_its_paths():
    imports = np.array([[0.2, 0.3]])
    coefficients = np.array([[0.1, 0.4], [0.2, 0.1]])
    final = np.array([100.0, -20.0])
    found = strongest_paths(imports, coefficients, final, 1e-3, depth=5)
    ends = {
        int(chain[0]): value
        for chain, value in zip(found.sectors, found.value, strict=True)
        if chain[1] < 0
    }
    assert ends[0] == pytest.approx(20.0)
    assert ends[1] == pytest.approx(-6.0)


@pytest.mark.parametrize(
    ("options", "en", "zh"),
    [
        ({"cutoff": 0.0}, "the cut-off is 0; it must lie between 0 and 1", "截断值为 0，应在"),
        ({"cutoff": 1.5}, "the cut-off is 1.5", "截断值为 1.5"),
        ({"depth": 0}, "the greatest length of a path is 0", "路径的最大长度为 0，应不小于 1"),
        ({"product": "99"}, "no sector 99", "没有部门 99"),
        ({"region": "上海"}, "no region 上海", "没有地区 上海"),
    ],
)
def test_wrong_options_are_refused(options, en: str, zh: str):
    with pytest.raises(InputError) as refusal:
        structural_paths(chain_table(), **options)
    assert en in refusal.value.text("en")
    assert zh in refusal.value.text("zh")
