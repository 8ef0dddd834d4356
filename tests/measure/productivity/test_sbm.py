"""The slacks-based measure against its program written out, and its laws."""

from __future__ import annotations

import numpy as np
import pytest
from tests.measure.productivity.frontier_cases import drawn, plain_sbm, table

from xinzhi.core import InputError
from xinzhi.measure.productivity.dea import dea
from xinzhi.measure.productivity.kernel import RETURNS
from xinzhi.measure.productivity.sbm import SBM_ORIENTATIONS, sbm


@pytest.mark.parametrize("orientation", SBM_ORIENTATIONS)
@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize(("undesirable", "ties"), [(0, False), (1, True), (2, False)])
def test_scores_are_those_of_the_program_written_out(returns, orientation, undesirable, ties):
    tables = drawn(1, units=14, undesirable=undesirable, ties=ties)
    found = sbm(*tables, returns, orientation).tables["efficiency"]
    arrays = [t.to_numpy() for t in tables]
    expected = [
        plain_sbm(*(a[unit] for a in arrays), *arrays, returns, orientation) for unit in range(14)
    ]
    np.testing.assert_allclose(found["efficiency"], expected, atol=1e-8)
    assert (found["status"] == "optimal").all()


def test_slacks_make_up_the_score():
    inputs, outputs, bads = drawn(2, units=30)
    result = sbm(inputs, outputs, bads, "vrs")
    parts = result.tables["slacks"]
    share = (parts["slack"] / parts["observed"]).groupby([parts["unit"], parts["role"]]).sum()
    share = share.unstack().loc[inputs.index]
    kinds = outputs.shape[1] + bads.shape[1]
    rho = (1 - share["input"] / inputs.shape[1]) / (
        1 + (share["output"] + share["undesirable"]) / kinds
    )
    np.testing.assert_allclose(rho, result.tables["efficiency"]["efficiency"], atol=1e-8)
    assert (parts["slack"] >= 0).all()


def test_peers_make_the_targets():
    inputs, outputs, bads = drawn(3, units=30)
    result = sbm(inputs, outputs, bads, "vrs")
    peers = result.tables["peers"].pivot(index="unit", columns="peer", values="weight").fillna(0)
    np.testing.assert_allclose(peers.sum(axis=1), 1.0)
    target = result.tables["slacks"].pivot(index="unit", columns="variable", values="target")
    for data in (inputs, outputs, bads):
        made = peers.to_numpy() @ data.loc[peers.columns].to_numpy()
        np.testing.assert_allclose(target.loc[peers.index, list(data)], made, atol=1e-7)


@pytest.mark.parametrize("returns", RETURNS)
def test_the_measure_never_exceeds_the_radial_score(returns):
    inputs, outputs, _ = drawn(4, units=40)
    radial = dea(inputs, outputs, returns).tables["efficiency"]["efficiency"]
    found = sbm(inputs, outputs, None, returns).tables["efficiency"]["efficiency"]
    assert (found <= radial + 1e-9).all()
    assert (found > 0).all()


def test_units_of_measurement_do_not_matter():
    inputs, outputs, bads = drawn(5)
    plain = sbm(inputs, outputs, bads).tables["efficiency"]["efficiency"]
    rescaled = sbm(inputs * [1e5, 1e-4], outputs * [1e-6, 1e3], bads * 1e7)
    np.testing.assert_allclose(rescaled.tables["efficiency"]["efficiency"], plain, rtol=1e-8)


def test_duplicates_and_dominated_units_change_no_sbm_score():
    inputs, outputs, _ = drawn(6, units=10)
    plain = sbm(inputs, outputs).tables["efficiency"]["efficiency"]
    x, y = inputs.to_numpy(), outputs.to_numpy()
    more = table(np.vstack([x, x, x * 2]), "x"), table(np.vstack([y, y, y / 2]), "y")
    np.testing.assert_allclose(sbm(*more).tables["efficiency"]["efficiency"][:10], plain)


def test_zeros_are_refused_where_a_slack_has_no_share_of_them():
    inputs, outputs = table([[1, 0], [2, 1]], "x"), table([[1], [1]], "y")
    with pytest.raises(InputError) as caught:
        sbm(inputs, outputs)
    assert caught.value.text("en") == (
        "inputs: 1 value(s) are not positive: u0 x2 = 0\n"
        "In this model inputs must be above zero; take another variable or another model."
    )
    assert caught.value.text("zh") == (
        "投入中有 1 个值不为正：u0 x2 = 0\n此模型的投入必须大于零；请换用合适的变量或模型。"
    )


def test_unknown_orientation_of_the_measure_is_refused():
    with pytest.raises(InputError, match="unknown orientation both"):
        sbm(*drawn(7)[:2], orientation="both")
