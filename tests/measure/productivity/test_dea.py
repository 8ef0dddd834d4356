"""Radial efficiency with labels: slacks, peers, scale, super-efficiency, charts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.measure.productivity.frontier_cases import drawn, largest_slack, table

from xinzhi.core import ComputationError, InputError, Text
from xinzhi.measure.productivity.dea import dea, super_efficiency
from xinzhi.measure.productivity.dea_result import unsolved_warning
from xinzhi.measure.productivity.kernel import RETURNS
from xinzhi.measure.productivity.observations import observations

ORIENTATIONS = ("input", "output")


def wide(result, column, names):
    slacks = result.tables["slacks"].pivot(index="unit", columns="variable", values=column)
    units = result.tables["efficiency"]["unit"]
    return slacks.loc[units, names].to_numpy()


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("returns", RETURNS)
def test_the_second_stage_finds_the_largest_sum_of_slacks(returns, orientation, ties):
    inputs, outputs, _ = drawn(1, ties=ties)
    result = dea(inputs, outputs, returns, orientation)
    theta = result.tables["efficiency"]["efficiency"].to_numpy()[:, None]
    x, y = inputs.to_numpy(), outputs.to_numpy()
    projected = (theta * x, y) if orientation == "input" else (x, y / theta)
    slacks = wide(result, "slack", [*inputs, *outputs])
    assert (slacks >= 0).all()
    for unit, (own_x, own_y) in enumerate(zip(*projected, strict=True)):
        expected = largest_slack(own_x, own_y, x, y, returns)
        assert slacks[unit].sum() == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("returns", RETURNS)
def test_peers_make_the_targets_and_targets_are_strongly_efficient(returns, orientation):
    inputs, outputs, _ = drawn(2, units=40)
    result = dea(inputs, outputs, returns, orientation)
    peers = result.tables["peers"].pivot(index="unit", columns="peer", values="weight").fillna(0.0)
    peers = peers.loc[inputs.index]
    for data in (inputs, outputs):
        made = peers.to_numpy() @ data.loc[peers.columns].to_numpy()
        np.testing.assert_allclose(wide(result, "target", list(data)), made, atol=1e-8)
    again = dea(
        pd.DataFrame(wide(result, "target", list(inputs)), inputs.index, inputs.columns),
        pd.DataFrame(wide(result, "target", list(outputs)), inputs.index, outputs.columns),
        returns,
        orientation,
    ).tables["efficiency"]
    assert again["efficiency"].min() > 1 - 1e-7


def test_observed_radial_and_slack_make_up_the_target():
    inputs, outputs, _ = drawn(3)
    parts = dea(inputs, outputs, "vrs", "input").tables["slacks"]
    used, made = parts[parts["role"] == "input"], parts[parts["role"] == "output"]
    np.testing.assert_allclose(used["observed"] - used["radial"] - used["slack"], used["target"])
    np.testing.assert_allclose(made["observed"] + made["radial"] + made["slack"], made["target"])


def test_scale_efficiency_and_class_of_five_units_on_a_known_frontier():
    """One input, one output: best ratio at B; A below its size, C and D above; E inside."""
    inputs = pd.DataFrame({"x": [2.0, 4.0, 8.0, 12.0, 6.0]}, index=list("ABCDE"))
    outputs = pd.DataFrame({"y": [1.0, 5.0, 8.0, 9.0, 3.0]}, index=list("ABCDE"))
    found = dea(inputs, outputs, "vrs", "input").tables["efficiency"].set_index("unit")
    assert found["scale_class"].tolist() == [
        "increasing",
        "constant",
        "decreasing",
        "decreasing",
        "increasing",
    ]
    np.testing.assert_allclose(found["efficiency_crs"], [0.4, 1.0, 0.8, 0.6, 0.4])
    np.testing.assert_allclose(found["efficiency_vrs"], [1.0, 1.0, 1.0, 1.0, 0.5])
    np.testing.assert_allclose(found["scale_efficiency"], [0.4, 1.0, 0.8, 0.6, 0.8])
    by_output = dea(inputs, outputs, "vrs", "output").tables["efficiency"].set_index("unit")
    assert by_output.loc["E", "expansion"] == pytest.approx(6.5 / 3)
    assert by_output.loc["E", "scale_class"] == "decreasing"


def test_a_unit_on_the_frontier_with_slack_is_not_strongly_efficient():
    inputs, outputs = table([[1, 1], [1, 2]], "x"), table([[1], [1]], "y")
    found = dea(inputs, outputs).tables["efficiency"]
    assert found["efficiency"].tolist() == [1.0, 1.0]
    assert found["strongly_efficient"].tolist() == [True, False]


def test_scores_nest_by_returns_to_scale():
    inputs, outputs, _ = drawn(4, units=60)
    score = {r: dea(inputs, outputs, r).tables["efficiency"]["efficiency"] for r in RETURNS}
    for wider, narrower in (("crs", "nirs"), ("nirs", "vrs"), ("crs", "ndrs"), ("ndrs", "vrs")):
        assert (score[wider] <= score[narrower] + 1e-12).all()


def test_permuting_units_permutes_the_result():
    inputs, outputs, _ = drawn(5)
    order = inputs.index[::-1]
    plain = dea(inputs, outputs).tables["efficiency"].set_index("unit")
    # outputs stay in the old order: rows are matched by name
    turned = dea(inputs.loc[order], outputs).tables["efficiency"].set_index("unit")
    assert turned.index.tolist() == order.tolist()
    np.testing.assert_allclose(turned.loc[plain.index, "efficiency"], plain["efficiency"])


def test_units_of_several_periods_are_compared_with_all():
    inputs, outputs, _ = drawn(6, units=6)
    index = pd.MultiIndex.from_product([["甲", "乙", "丙"], [2020, 2021]])
    result = dea(inputs.set_axis(index), outputs.set_axis(index))
    plain = dea(inputs, outputs).tables["efficiency"]
    found = result.tables["efficiency"]
    assert found.columns[:2].tolist() == ["unit", "period"]
    assert found["period"].tolist() == [2020, 2021] * 3
    np.testing.assert_allclose(found["efficiency"], plain["efficiency"])
    assert {"peer", "peer_period"} <= set(result.tables["peers"])


def test_super_efficiency_of_five_units_by_hand():
    """Output 2 from (1, 5), (2, 2), (4, 1), (6, 1) and (4, 4), scored against the others.

    The first shrinks to an input of 2; the second to the line from the first to the third, on which
    4a + 3b = 19; the third to that from the second to the fourth, a + 4b = 10; the last two stay.
    """
    inputs = table([[1, 5], [2, 2], [4, 1], [6, 1], [4, 4]], "x")
    outputs = table([[2]] * 5, "y")
    result = super_efficiency(inputs, outputs, "crs", "input")
    found = result.tables["efficiency"]
    expected = [2.0, 19 / 14, 10 / 8, 1.0, 0.5]
    np.testing.assert_allclose(found["super_efficiency"], expected)
    np.testing.assert_allclose(found["efficiency"], [1, 1, 1, 1, 0.5])
    peers = result.tables["peers"]
    assert (peers["unit"] != peers["peer"]).all()


def test_super_efficiency_of_a_duplicate_is_one():
    inputs, outputs, _ = drawn(7, units=8)
    double = [pd.concat([t, t.set_axis([f"v{k}" for k in range(8)])]) for t in (inputs, outputs)]
    found = super_efficiency(*double, "vrs").tables["efficiency"]
    assert found["super_efficiency"].max() == 1.0


def test_a_unit_that_others_cannot_reach_is_named():
    inputs, outputs = table([[1], [2], [3]], "x"), table([[1], [2], [9]], "y")
    result = super_efficiency(inputs, outputs, "vrs", "input")
    found = result.tables["efficiency"].set_index("unit")
    assert found.loc["u2", "status"] == "infeasible"
    assert np.isnan(found.loc["u2", "super_efficiency"])
    assert result.to_dict()["efficiency"][2]["super_efficiency"] is None
    warnings = [w for w in result.warnings if "without" in w.en]
    assert [w.en for w in warnings] == [
        "1 unit(s) without a super-efficiency (no point of the reference reaches the unit): u2"
    ]
    assert warnings[0].zh == "1 个单元没有超效率值（参考集中没有可行点）：u2"


def test_the_warning_names_units_and_each_reason():
    data = observations(*drawn(13, units=9)[:2])
    status = np.array([0, 2, 3, 3, 3, 3, 3, 0, 0])
    (warning,) = unsolved_warning(data, status, Text("效率值", "an efficiency"))
    assert warning.en == (
        "6 unit(s) without an efficiency (the program is unbounded, the program was not solved): "
        "u1, u2, u3, u4, u5 …"
    )
    assert warning.zh == "6 个单元没有效率值（规划无界、求解失败）：u1、u2、u3、u4、u5等"
    assert unsolved_warning(data, 0 * status, Text("", "")) == []


def test_parameters_say_what_was_chosen():
    inputs, outputs, _ = drawn(8)
    result = dea(inputs, outputs, "nirs", "output")
    assert dict(result.parameters) == {
        "method": "dea",
        "returns": "nirs",
        "orientation": "output",
        "inputs": ["x1", "x2"],
        "outputs": ["y1", "y2"],
    }
    assert result.tables["efficiency"]["expansion"].min() == 1.0


@pytest.mark.parametrize("function", [dea, super_efficiency])
def test_unknown_options_are_refused(function):
    inputs, outputs, _ = drawn(9)
    with pytest.raises(InputError) as caught:
        function(inputs, outputs, "drs")
    assert caught.value.text("en") == "unknown returns drs\nChoose from: crs, vrs, nirs, ndrs"
    assert caught.value.text("zh") == "未知的规模报酬 drs\n可选：crs、vrs、nirs、ndrs"
    with pytest.raises(InputError) as caught:
        function(inputs, outputs, "crs", "both")
    assert caught.value.text("en") == "unknown orientation both\nChoose from: input, output"
    assert caught.value.text("zh") == "未知的导向 both\n可选：input、output"


def test_the_chart_ranks_units_and_says_how_many_are_on_the_frontier():
    result = dea(*drawn(10)[:2])
    drawing = result.plot().to_dict()
    best = int((result.tables["efficiency"]["efficiency"] == 1).sum())
    assert drawing["title"]["text"] == f"{best} of 25 units on the frontier"
    assert drawing["title"]["subtitle"] == "Efficiency; dea, vrs, input"
    values = [row["value"] for row in next(iter(drawing["datasets"].values()))]
    assert values == sorted(values, reverse=True)
    chinese = result.plot("ranking", lang="zh").to_dict()
    assert chinese["title"]["text"] == f"25 个单元中有 {best} 个在前沿上"
    assert chinese["title"]["subtitle"] == "效率值；dea，vrs，input"
    with pytest.raises(InputError) as caught:
        result.plot("map")
    assert caught.value.text("en") == "no chart named map; there is: ranking"
    assert caught.value.text("zh") == "没有名为 map 的图；可选：ranking"


def test_a_missing_package_names_its_install_command(monkeypatch):
    import importlib

    def absent(name, *rest):
        if name == "highspy":
            raise ModuleNotFoundError(name)
        return found(name, *rest)

    found = importlib.import_module
    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(ComputationError) as caught:
        dea(*drawn(11)[:2])
    assert 'pip install "xinzhi[productivity]"' in caught.value.text("en")


def test_the_solver_prints_nothing(capfd):
    dea(*drawn(12)[:2])
    assert capfd.readouterr() == ("", "")
