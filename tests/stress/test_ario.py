"""ARIO: the compiled kernel against the slow twin, and the laws that any run must keep."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.io_strategies import io_tables, small
from tests.stress.ario_twin import twin

from xinzhi.core import ComputationError, InputError
from xinzhi.stress import ario
from xinzhi.stress.ario import prepare, run
from xinzhi.stress.ario_parameters import CLIENTS, ArioParameters
from xinzhi.stress.disturbance import Disturbance

few = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
tables = io_tables(kinds=("separate", "closed", "many_regions"), most_sectors=4)
PLAIN = ArioParameters(overproduction_limit=1.0)


def amounts(draw, shape, most=1.0):
    count = int(np.prod(shape))
    drawn = draw(st.lists(st.integers(0, 10), min_size=count, max_size=count))
    return most * np.array(drawn, dtype=float).reshape(shape) / 10


@st.composite
def disturbances(draw, table, rebuilding=True):
    """Draw an event that takes one to three things away."""
    size, sectors, regions = table.size, len(table.sectors), len(table.regions)
    stocks = table.of_kind("stock_changes") > 0
    shapes = {
        "capacity_lost": (size,),
        "demand_lost": (size, len(table.final_categories)),
        "shipments_lost": (size, regions),
        "imports_lost": draw(st.sampled_from([(sectors,), (sectors, size)])),
        "imported_final_lost": (sectors,),
    }
    kinds = draw(st.lists(st.sampled_from(list(shapes)), min_size=1, max_size=3, unique=True))
    lost = {kind: amounts(draw, shapes[kind]) for kind in kinds}
    if "demand_lost" in lost:
        lost["demand_lost"][:, stocks] = 0.0
    if rebuilding and draw(st.booleans()):
        lost["capital_lost"] = amounts(draw, (size,), most=0.3)
        made = table.output.reshape(regions, sectors).sum(axis=0) > 0
        lost["rebuilding"] = made / made.sum()
        lost["rebuilding_time"] = draw(st.integers(5, 40))
    recovery = draw(st.sampled_from(["none", "linear", "exponential", "convex", "concave"]))
    return Disturbance(
        start=draw(st.integers(0, 5)),
        duration=draw(st.integers(1, 15)),
        recovery=recovery,
        recovery_time=0 if recovery == "none" else draw(st.integers(1, 20)),
        **lost,
    )


@st.composite
def parameter_sets(draw):
    return ArioParameters(
        stock_days=draw(st.sampled_from([7.0, 20.0, {"*": 30.0, "01": np.inf}])),
        stock_threshold=draw(st.sampled_from([0.0, 0.5, 0.9])),
        restoration_time=draw(st.sampled_from([10.0, 60.0])),
        overproduction_limit=draw(st.sampled_from([1.0, 1.3])),
        overproduction_time=draw(st.sampled_from([30.0, 365.0])),
        overproduction_return=draw(st.sampled_from(["steady", "proportional"])),
        orders=draw(st.sampled_from(["capacity", "base", "held"])),
        priority=draw(st.sampled_from([(), ("intermediate",), ("reconstruction", "exports")])),
        substitution=draw(st.sampled_from([0.0, 0.4])),
        essential_share=draw(st.sampled_from([0.0, 0.1])),
        household_response=draw(st.sampled_from([0.0, 0.8])),
        imported_inputs=draw(st.sampled_from(["separate", "pooled"])),
        rebuilding_origin=draw(st.sampled_from(["investment", "intermediate"])),
    )


@given(st.data(), parameter_sets(), st.sampled_from([1, 7]))
@few
def test_the_kernel_agrees_with_its_slow_twin(data, parameters, step):
    table = data.draw(tables)
    events = data.draw(st.lists(disturbances(table), min_size=1, max_size=2))
    found = run(prepare(table, parameters), events, days=42, step_days=step).record
    output, _, delivered = twin(table, parameters, events, 42, step)
    scale = table.output.max() / 365
    assert found.output == pytest.approx(output, rel=1e-9, abs=1e-9 * scale)
    assert found.intermediate == pytest.approx(delivered[:, 0], rel=1e-9, abs=1e-9 * scale)
    assert found.final == pytest.approx(delivered[:, 1:4].sum(axis=1), rel=1e-9, abs=1e-9 * scale)
    assert found.reconstruction == pytest.approx(delivered[:, 4], rel=1e-9, abs=1e-9 * scale)


@given(tables, parameter_sets())
@few
def test_without_an_event_nothing_is_lost(table, parameters):
    prepared = prepare(table, parameters)
    record = run(prepared, [], days=28).record
    scale = prepared.economy.output.max()
    assert record.output - prepared.economy.output == pytest.approx(0, abs=1e-10 * scale)
    assert record.unmet == pytest.approx(0, abs=1e-10 * scale)
    assert not record.days.any()


@given(st.data(), parameter_sets(), st.sampled_from([1, 7]))
@few
def test_what_is_made_is_delivered_and_stocks_are_never_negative(data, parameters, step):
    table = data.draw(tables)
    events = data.draw(st.lists(disturbances(table), min_size=1, max_size=2))
    prepared = prepare(table, parameters)
    done = run(prepared, events, days=42, step_days=step)
    record, economy = done.record, prepared.economy
    scale = economy.output.max()
    where_it_went = (
        record.intermediate + record.final + record.reconstruction + record.stock_changes
    )
    assert record.output == pytest.approx(where_it_went, rel=1e-12, abs=1e-12 * scale)
    for path in (record.output, record.intermediate, record.final, record.reconstruction):
        assert path.min() >= 0
    # stock changes are never rationed while there is output for them
    kept = (record.output > 0) & (record.output >= economy.held)
    moved = np.abs(record.stock_changes - economy.held)[kept]
    assert moved == pytest.approx(0, abs=1e-9 * scale)
    assert (record.output <= record.possible + 1e-12 * scale).all()
    assert record.least.min() >= -1e-9 * scale
    assert not (done.lowest_stock < 0).any()
    assert record.unmet.min() >= -1e-9 * scale


@given(st.data())
@few
def test_gross_loss_grows_with_the_event_without_rebuilding_and_overproduction(data):
    table = data.draw(tables)
    event = data.draw(disturbances(table, rebuilding=False))
    parameters = replace(PLAIN, orders="held", stock_days=20.0)
    prepared = prepare(table, parameters)
    lost = []
    for size in (0.25, 0.5, 1.0):
        record = run(prepared, [event.scaled(size)], days=42).record
        value = prepared.economy.value_added * (prepared.economy.output - record.output)
        lost.append(np.maximum(0, value).sum())
    scale = prepared.economy.output.sum()
    for smaller, larger in itertools.pairwise(lost):
        assert larger >= smaller - 1e-9 * scale


@given(st.data())
@few
def test_with_unlimited_stocks_and_held_orders_only_the_direct_loss_is_left(data):
    table = data.draw(tables)
    lost = amounts(data.draw, (table.size,))
    event = Disturbance(start=3, duration=10, capacity_lost=lost)
    parameters = replace(PLAIN, stock_days=np.inf, orders="held")
    prepared = prepare(table, parameters)
    record = run(prepared, [event], days=20).record
    share = record.output[5] / np.where(prepared.economy.output > 0, prepared.economy.output, 1)
    expected = np.where(prepared.economy.output > 0, 1 - lost, 0)
    assert share == pytest.approx(expected, abs=1e-9)
    assert record.output[14] == pytest.approx(prepared.economy.output)


def example():
    """Two sectors; the second buys a fifth of its input from the first."""
    return small([[10.0, 20.0], [30.0, 10.0]], [100.0, 100.0])


@pytest.fixture(scope="module")
def prepared():
    return prepare(example())


def test_a_loss_of_capacity_stops_the_user_when_its_stock_is_used_up():
    event = Disturbance(start=0, duration=100, capacity_lost=np.array([1.0, 0.0]))
    parameters = ArioParameters(stock_days=10.0, stock_threshold=0.0, orders="held")
    record = run(prepare(example(), parameters), [event], days=20).record
    assert record.output[0, 0] == 0
    # nothing arrives from the first day on: ten days of stock last ten days
    made = record.output[:, 1] > 0
    assert made[:10].all()
    assert not made[10:].any()
    assert record.first[0, 1] == 10
    assert record.days[0, 1] == 10


def test_reconstruction_repairs_a_constant_share_of_what_is_left_while_capacity_allows():
    event = Disturbance(
        start=1,
        duration=2,
        capital_lost=np.array([1e-3, 0.0]),
        rebuilding=np.array([0.0, 1.0]),
        rebuilding_time=10,
    )
    parameters = ArioParameters(overproduction_limit=1.5, priority=("reconstruction",))
    done = run(prepare(example(), parameters), [event], days=5).record
    broken = 1e-3 * 4.0 * 60.0  # share, capital ratio, value added
    assert done.left.tolist() == pytest.approx([0.0, broken, broken, 0.9 * broken, 0.81 * broken])
    assert done.reconstruction[:, 1].tolist() == pytest.approx(
        [0.0, 0.0, 0.0, 0.1 * broken, 0.09 * broken]
    )
    assert done.possible[1, 0] == pytest.approx(0.999 * 100 / 365)


def test_a_second_event_destroys_a_share_of_what_stands():
    hit = {
        "duration": 400,
        "capital_lost": np.array([0.5, 0.0]),
        "rebuilding": np.array([0.0, 1.0]),
        "rebuilding_time": 10,
    }
    record = run(
        prepare(example(), PLAIN),
        [Disturbance(start=1, **hit), Disturbance(start=1, **hit)],
        days=3,
    ).record
    assert record.possible[:, 0] * 3.65 == pytest.approx([1.0, 0.25, 0.25])


def test_those_named_first_are_served_first():
    event = Disturbance(start=0, duration=9, capacity_lost=np.array([0.5, 0.0]))
    first = {}
    for client in ("intermediate", "consumption"):
        prepared = prepare(example(), ArioParameters(priority=(client,)))
        record = run(prepared, [event], days=1).record
        first[client] = (record.intermediate[0, 0] * 365, record.final[0, 0] * 365)
    assert first["intermediate"] == pytest.approx((30.0, 20.0))
    assert first["consumption"] == pytest.approx((0.0, 50.0))


def test_substitution_replaces_its_share_of_what_is_missing():
    event = Disturbance(start=0, duration=100, capacity_lost=np.array([1.0, 0.0]))
    parameters = ArioParameters(stock_days=1.0, substitution={"*": 0.0, "0": 0.25}, orders="base")
    record = run(prepare(example(), parameters), [event], days=3).record
    # the first sector stands still and orders nothing: 30 of 100 are not asked for
    assert record.output[1, 1] * 3.65 == pytest.approx(0.25 * 0.7)


def test_a_small_input_does_not_stop_its_user():
    event = Disturbance(start=0, duration=100, capacity_lost=np.array([1.0, 0.0]))
    lost = {}
    for share in (0.2, 0.201):  # the first sector's product is a fifth of the second's output
        parameters = ArioParameters(stock_days=1.0, orders="held", essential_share=share)
        done = run(prepare(example(), parameters), [event], days=9)
        lost[share] = 1 - done.record.output[8, 1] * 3.65
        assert done.lowest_stock[0, 1] == 0
    assert lost == pytest.approx({0.2: 1.0, 0.201: 0.0})


def test_household_demand_follows_the_income_of_the_day_before():
    event = Disturbance(start=0, duration=100, capacity_lost=np.array([0.5, 0.0]))
    parameters = ArioParameters(household_response=1.0, overproduction_limit=1.0)
    record = run(prepare(example(), parameters), [event], days=2).record
    # value added is 60 and 70; the first day loses 30 of 130
    made = record.final[1] + record.unmet[1]
    assert made * 365 == pytest.approx(np.array([70.0, 60.0]) * (1 - 30 / 130))


def test_imports_that_are_cut_stop_at_what_is_left_of_the_base_year():
    table = _with_imports()
    event = Disturbance(start=0, duration=200, imports_lost=np.array([0.3, 0.0]))
    given = ArioParameters(stock_days=10.0, restoration_time=5.0)
    done = run(prepare(table, given), [event], days=200)
    user = done.record.output[199] / (table.output / 365)
    assert user[1] == pytest.approx(0.7, abs=1e-3)  # the only user of that import
    assert done.lowest_stock[2, 1] < 0.7
    pooled = prepare(table, replace(given, imported_inputs="pooled"))
    with_others = run(pooled, [event], days=200).record.output[199] / (table.output / 365)
    assert with_others[1] > user[1]


def test_substitutes_spare_the_stock_while_an_input_comes_in_part():
    """With half of what is missing replaced, 30 % less of an input is 15 % less of its user."""
    event = Disturbance(start=0, duration=400, imports_lost=np.array([0.3, 0.0]))
    given = ArioParameters(stock_days=10.0, substitution=0.5, orders="held")
    done = run(prepare(_with_imports(), given), [event], days=400)
    user = done.record.output[399] / (_with_imports().output / 365)
    assert user[1] == pytest.approx(0.85, abs=1e-3)


def _with_imports():
    table = example()
    imported = np.array([[0.0, 20.0], [0.0, 0.0]])
    return replace(
        table,
        imported_flows=imported,
        imported_final_demand=np.zeros((2, 1)),
        primary_inputs=table.primary_inputs - imported.sum(axis=0),
    )


def test_weekly_steps_lose_about_what_daily_steps_do(prepared):
    event = Disturbance(
        start=0, duration=28, recovery="linear", recovery_time=28, capacity_lost=np.array([0.3, 0])
    )
    lost = {}
    for step in (1, 7):
        done = run(prepared, [event], days=364, step_days=step).record
        lost[step] = ((prepared.economy.output - done.output).sum()) * step
    assert lost[7] == pytest.approx(lost[1], rel=0.1)


def test_the_same_table_under_other_assumptions_gives_what_preparing_anew_gives(prepared):
    event = Disturbance(start=0, duration=30, capacity_lost=np.array([0.3, 0.0]))
    other = ArioParameters(stock_days=15.0, capital_ratio={"0": 2.0, "1": 3.0})
    varied = run(prepared.vary(other), [event]).record.output
    assert varied.tolist() == run(prepare(example(), other), [event]).record.output.tolist()
    assert prepared.vary(other).economy.flows is prepared.economy.flows


def test_orders_that_explode_stop_the_run_with_step_sector_and_parameter():
    parameters = ArioParameters(
        stock_days=9000.0,
        restoration_time=1.0,
        overproduction_limit=3.0,
        overproduction_time=1.0,
    )
    event = Disturbance(start=4, duration=3, demand_lost=np.array([[-0.5], [-0.5]]))
    with pytest.raises(ComputationError) as error:
        run(prepare(example(), parameters), [event])
    assert "unstable in step 5, sector 1" in error.value.text("en")
    assert "restoration_time" in error.value.text("en")
    assert "第 5 步失稳，部门 1" in error.value.text("zh")


def test_what_is_not_finite_or_negative_stops_the_run(prepared, monkeypatch):
    broken = prepared.economy.final.copy()
    broken[1, 0] = np.nan
    with pytest.raises(ComputationError) as error:
        run(replace(prepared, economy=prepared.economy._replace(final=broken)), [])
    assert "step 0, sector 1: output or orders are not finite" in error.value.text("en")
    assert "demand_lost" in error.value.text("zh")

    state_of = ario.first_state

    def owing(*given):
        state = state_of(*given)
        state.abroad[0, 1] = -1e6
        return state

    monkeypatch.setattr(ario, "first_state", owing)
    with pytest.raises(ComputationError) as error:
        run(prepare(_with_imports()), [])
    assert "sector 1: a stock is negative" in error.value.text("en")
    assert "stock_days" in error.value.text("zh")


@pytest.mark.parametrize(
    ("given", "english", "chinese"),
    [
        ({"stock_days": 0.5}, "stock_days is 0.5, must be within 1–inf", "stock_days 为 0.5"),
        ({"substitution": {"*": 2}}, "substitution (*) is 2", "substitution（*） 为 2"),
        ({"orders": "none"}, "orders cannot be none; choose from", "orders 不能为 none"),
        ({"priority": ("exports", "exports")}, "each once", "不重复的客户"),
        ({"import_limit": np.nan}, "import_limit is nan", "import_limit 为 nan"),
    ],
)
def test_parameters_out_of_range_are_named(given, english, chinese):
    with pytest.raises(InputError) as error:
        ArioParameters(**given)
    assert english in error.value.text("en")
    assert chinese in error.value.text("zh")


def test_parameters_by_sector_must_fit_the_table():
    with pytest.raises(InputError) as error:
        prepare(example(), ArioParameters(stock_days={"0": 3.0, "7": 3.0}))
    assert "sectors not in the table: 7" in error.value.text("en")
    assert "sectors without a value: 1" in error.value.text("en")
    assert "没有取值的部门：1" in error.value.text("zh")


def test_a_step_longer_than_a_stock_is_refused():
    prepared = prepare(example(), ArioParameters(stock_days=3.0))
    with pytest.raises(InputError) as error:
        run(prepared, [], step_days=7)
    assert "stock_days: 3 days" in error.value.text("en")
    assert "请改用 1 天的步长" in error.value.text("zh")


@pytest.mark.parametrize("given", [{"step_days": 2}, {"days": 3, "step_days": 7}])
def test_steps_are_days_or_weeks_and_fit_the_run(prepared, given):
    with pytest.raises(InputError) as error:
        run(prepared, [], **given)
    assert "a step must be 1 or 7 days" in error.value.text("en")
    assert "步长应为 1 或 7 天" in error.value.text("zh")


def test_an_event_after_the_last_day_is_refused(prepared):
    event = Disturbance(start=40, duration=1, capacity_lost=np.array([0.5, 0.0]))
    with pytest.raises(InputError) as error:
        run(prepared, [event], days=40)
    assert "begins on day 40, but the run has 40 days" in error.value.text("en")
    assert "第 40 天开始" in error.value.text("zh")


def test_a_table_with_imports_inside_its_flows_is_refused():
    table = example()
    competitive = replace(
        table,
        imports=np.array([5.0, 0.0]),
        final_demand=table.final_demand + np.array([[5.0], [0.0]]),
    )
    with pytest.raises(InputError) as error:
        prepare(competitive)
    assert "split_imports_proportionally" in error.value.text("en")
    assert "进口非竞争型表" in error.value.text("zh")


def test_negative_flows_cannot_be_orders():
    table = small([[10.0, -1.0], [30.0, 10.0]], [100.0, 100.0])
    with pytest.raises(InputError) as error:
        prepare(table)
    assert "intermediate inputs are negative and cannot be orders: sectors 1" in error.value.text(
        "en"
    )
    assert "中间投入有负值" in error.value.text("zh")


def test_what_nobody_makes_cannot_rebuild():
    table = small([[50.0, 0.0], [0.0, 0.0]], [100.0, 0.0])
    event = Disturbance(
        start=0,
        duration=1,
        capital_lost=np.array([0.1, 0.0]),
        rebuilding=np.array([0.0, 1.0]),
        rebuilding_time=10,
    )
    with pytest.raises(InputError) as error:
        run(prepare(table), [event])
    assert "nobody in the table makes or imports product 1" in error.value.text("en")
    assert "无人生产或进口" in error.value.text("zh")


def test_clients_are_those_of_final_demand_and_two_more():
    assert CLIENTS == ("intermediate", "consumption", "investment", "exports", "reconstruction")
