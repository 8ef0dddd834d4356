"""The pipeline: closed forms against a loop, the fast simulation and scipy; what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from scipy.stats import binom, gamma
from tests.plan.innovation_cases import one_at_a_time, pipeline, pipelines, single, stages

from xinzhi.core import InputError
from xinzhi.data import load_case
from xinzhi.plan.innovation import (
    arrival_probability,
    available_from,
    case_with_arrivals,
    moments,
    simulate_pipeline,
    wilson_interval,
)
from xinzhi.plan.innovation.pipeline import pipelines_of
from xinzhi.plan.innovation.pipeline_arrival import arrivals_table
from xinzhi.plan.innovation.pipeline_bottleneck import bottleneck_tables
from xinzhi.plan.innovation.pipeline_tables import PipelineOptions, pipeline_tables


def test_means_by_hand():
    found = moments(pipeline())
    assert found.success == pytest.approx(3 / 7 * 0.5 * 5 / 9 * 0.7 * 0.8)
    assert found.time == pytest.approx(4 / 0.7 + 3 / 0.8 + 2 / 0.9 + 1.5 + 2)
    reach = [1, 3 / 7, 3 / 14, 5 / 42, 1 / 12]
    money = [100 / 0.7, 300 / 0.8, 800 / 0.9, 2_000, 5_000]
    np.testing.assert_allclose(found.reach, reach)
    assert found.cost == pytest.approx(np.dot(reach, money))
    assert found.cost_per_arrival == pytest.approx(found.cost / found.success)


@given(pipelines())
@settings(max_examples=15, deadline=None)
def test_the_fast_simulation_agrees_with_the_closed_forms(drawn):
    n = 20_000
    exact, paths = moments(drawn), simulate_pipeline(drawn, n, seed=1)
    share = paths.arrived.mean()
    assert abs(share - exact.success) < 5 * np.sqrt(0.25 / n)
    assert paths.cost.mean() == pytest.approx(exact.cost, abs=5 * exact.cost_sd / np.sqrt(n))
    times = paths.time[paths.arrived]
    if len(times) > 500:
        assert times.mean() == pytest.approx(exact.time, abs=5 * exact.time_sd / len(times) ** 0.5)
        for t in (exact.time - exact.time_sd, exact.time, exact.time + exact.time_sd):
            seen = (paths.arrived & (paths.time <= t)).mean()
            assert abs(seen - arrival_probability(drawn, t)[0]) < 5 * np.sqrt(0.25 / n)


def test_the_fast_simulation_agrees_with_a_loop_over_attempts():
    n = 4_000
    case = pipeline()
    success, time, cost = one_at_a_time(case, n, seed=3)
    exact = moments(case)
    assert success == pytest.approx(exact.success, abs=4 * np.sqrt(exact.success / n))
    assert time == pytest.approx(exact.time, abs=4 * exact.time_sd / np.sqrt(n * exact.success))
    assert cost == pytest.approx(exact.cost, abs=4 * exact.cost_sd / np.sqrt(n))


def test_paths_do_not_depend_on_how_many_follow():
    first, more = (
        simulate_pipeline(pipeline(), 70_000, 5),
        simulate_pipeline(pipeline(), 140_000, 5),
    )
    np.testing.assert_array_equal(first.time[:65_536], more.time[:65_536])
    ended = np.bincount(more.last, minlength=5) / 140_000
    failing = moments(pipeline()).reach * (1 - moments(pipeline()).stage_success)
    np.testing.assert_allclose(ended[:4], failing[:4], atol=0.006)


@pytest.mark.parametrize("sd", [0.02, 0.5, 2.0, 4.0])
def test_one_stage_arrives_as_its_gamma(sd):
    times = np.array([0.1, 1.0, 1.9, 1.99, 2.0, 2.05, 3.0, 8.0, 30.0])
    expected = gamma.cdf(times, (2 / sd) ** 2, scale=sd**2 / 2)
    np.testing.assert_allclose(
        arrival_probability(single(duration_sd=sd), times), expected, atol=1e-6
    )


def test_repeats_of_exponential_attempts_are_exponential():
    # a geometric sum of exponential times is exponential with the mean of the sum
    case = single(success=0.25, repeat=0.75, duration_sd=2.0)
    times = np.array([0.5, 2.0, 10.0, 40.0])
    np.testing.assert_allclose(arrival_probability(case, times), 1 - np.exp(-times / 8), atol=1e-6)


def test_certain_durations_are_a_step_and_shift_the_rest():
    np.testing.assert_array_equal(arrival_probability(single(), [1.9, 2.0, 2.1]), [0, 1, 1])
    both = stages(repeat=0.0, duration_sd=[0.0, 0, 0, 0, 1.5], success=1.0)
    case = pipelines_of(both)[0]
    expected = gamma.cdf(np.array([1.0, 3.0]), (2 / 1.5) ** 2, scale=1.5**2 / 2)
    np.testing.assert_allclose(arrival_probability(case, [11.5, 13.5]), expected, atol=1e-6)


def test_nothing_arrives_where_a_stage_is_never_passed():
    case = pipeline(success=[0.3, 0.0, 0.5, 0.7, 0.8])
    assert np.isnan(moments(case).time)
    assert np.isnan(moments(case).cost_per_arrival)
    np.testing.assert_array_equal(arrival_probability(case, [1, 100]), [0, 0])
    table = stages(success=[0.3, 0.0, 0.5, 0.7, 0.8])
    found = pipeline_tables(table, None, PipelineOptions(paths=100, draws=10), 0)
    assert found["pipeline_quantiles"]["time"].isna().all()
    assert found["available_from"]["available_from"].isna().all()


def test_numbers_of_arrivals_are_binomial():
    case = single(success=0.4)  # arrives after two years, for certain
    table = arrivals_table(case, {2025: 10, 2027: 5}, 4).set_index("year")
    assert list(table["expected_arrivals"]) == pytest.approx([0, 4, 4, 6])
    assert table.loc[2028, "at_least_one"] == pytest.approx(1 - 0.6**15)
    assert table.loc[2028, "low"] == binom.ppf(0.05, 15, 0.4)
    assert table.loc[2028, "high"] == binom.ppf(0.95, 15, 0.4)
    assert table.loc[2026, "high"] == binom.ppf(0.95, 10, 0.4)


def test_a_plan_waits_for_the_pipeline():
    arrivals = arrivals_table(single(success=0.4), {2025: 2}, 4)
    found = available_from(arrivals, 0.6).iloc[0]
    assert (found["available_from"], found["probability"]) == (2027, pytest.approx(0.64))
    never = available_from(arrivals, 0.7)
    assert never["available_from"].isna().all()
    case = load_case("shanghai-2035")
    name = next(one.id for one in case.technologies if one.kind == "new")
    waiting = case_with_arrivals(case, available_from(arrivals, 0.6), {"one": name})
    years = {one.id: one.available_from for one in waiting.technologies}
    assert years[name] == 2027
    lost = case_with_arrivals(case, never, {"one": name})
    assert not next(one for one in lost.technologies if one.id == name).buildable
    with pytest.raises(InputError) as error:
        case_with_arrivals(case, never, {"one": "warp drive"})
    assert "no technology warp drive" in error.value.text("en")
    assert "没有技术 warp drive" in error.value.text("zh")
    with pytest.raises(InputError) as error:
        case_with_arrivals(case, never, {"two": name})
    assert "no pipeline two; there are: one" in error.value.text("en")


def test_the_bottleneck_and_how_sure_it_is():
    counted = pipeline(projects=[400, 400, 400, 400, 400])
    of_stages, of_phases = bottleneck_tables(counted, 500, 0)
    worst = of_stages[of_stages["bottleneck"]].set_index("criterion")
    assert worst["stage"].to_dict() == {"success": "basic", "time": "basic", "cost": "scale_up"}
    assert worst.loc["success", "agreement"] > 0.95
    sums = of_stages.groupby("criterion")["agreement"].sum()
    assert sums.to_numpy() == pytest.approx(1)
    first = of_phases.set_index("phase").loc["0-1"]
    assert first["bottleneck"]
    assert first["success"] == pytest.approx(3 / 14)
    assert first["success_low"] < 3 / 14 < first["success_high"]
    assert of_phases["agreement"].sum() == pytest.approx(1)
    few = bottleneck_tables(pipeline(projects=4), 500, 0)[0]
    assert few.loc[0, "agreement"] < worst.loc["success", "agreement"]
    assert bottleneck_tables(pipeline(), 50, 0)[0]["agreement"].isna().all()


def test_wilson_by_hand():
    # 2 of 10: (0.2 + z²/20 ± z sqrt(0.016 + z²/400)) / (1 + z²/10) with z = 1.96
    low, high = wilson_interval([2, 0], [10, 0])
    assert (low[0], high[0]) == (pytest.approx(0.0567, abs=1e-4), pytest.approx(0.5098, abs=1e-4))
    assert np.isnan(low[1])


def test_tables_hold_exact_and_simulated_values():
    starts = pd.DataFrame({"pipeline": "chips", "year": [2026, 2027], "projects": [3, 0]})
    found = pipeline_tables(stages(projects=30), starts, PipelineOptions(draws=50), 0)
    summary = found["pipelines"].iloc[0]
    assert summary["simulated_success"] == pytest.approx(summary["success_probability"], abs=0.004)
    assert summary["simulated_cost"] == pytest.approx(summary["cost"], rel=0.04)
    assert summary["simulated_time_sd"] == pytest.approx(summary["time_sd"], rel=0.05)
    arrivals = found["arrivals"]
    np.testing.assert_allclose(arrivals["simulated"], arrivals["probability"], atol=0.004)
    assert list(arrivals["year"].iloc[[0, -1]]) == [2026, 2050]
    own = found["stages"]
    for share in ("failure_share", "time_share", "cost_share"):
        assert own[share].sum() == pytest.approx(1)
    assert (own["success_low"] < own["success"]).all()
    middle = found["pipeline_quantiles"].set_index("level").loc[0.5]
    assert middle["arrival_year"] == int(np.floor(2026 + middle["time"]))


@pytest.mark.parametrize(
    ("columns", "english", "chinese"),
    [
        ({"success": 1.2}, "row 1, column success: 1.2, a rate lies between 0 and 1", "比率应在"),
        ({"success": np.nan}, "column success: empty", "列 success"),
        ({"repeat": 1.0, "success": 0.0}, "always repeated has no exit", "没有出口"),
        ({"repeat": 0.8}, "together with success it exceeds 1", "之和超过 1"),
        ({"cost": -1.0}, "column cost: -1.0, expected a number of at least 0", "不小于 0"),
        ({"duration_sd": 0.0}, "may be repeated takes no certain time", "不会是确定的"),
        ({"duration": 0.0}, "the mean is 0 while duration_sd is above 0", "均值为 0"),
        ({"projects": 0.0}, "column projects: 0.0, expected more than 0", "没有项目数则留空"),
        ({"stage": [*"abcde"]}, "There are: 0-1, 1-100", "0-1、1-100"),
        ({"phase": "zero to one"}, "column phase: no zero to one", "列 phase"),
        (
            {"stage": ["applied", "basic", "pilot", "product", "scale_up"]},
            "stages stand in the order applied, basic",
            "阶段次序为 applied、basic",
        ),
        ({"stage": "basic"}, "repeats 4 rows, such as row 2: chips basic", "重复"),
    ],
)
def test_what_is_wrong_is_named(columns, english, chinese):
    with pytest.raises(InputError) as error:
        pipelines_of(stages(**columns))
    assert english in error.value.text("en")
    assert chinese in error.value.text("zh")
    assert "stages" in error.value.text("en")


@pytest.mark.parametrize(
    ("rows", "english", "chinese"),
    [
        (("chip", 2026, 3), "row 1, column pipeline: no chip", "没有 chip"),
        (("chips", 2026, 2.5), "expected a whole number of at least 0", "应为不小于 0 的整数"),
        (("chips", 2026.5, 2), "column year: 2026.5", "列 year"),
        (("chips", 2026, 10**9), "expected at most 100000", "应不超过 100000"),
    ],
)
def test_wrong_starts_are_named(rows, english, chinese):
    starts = pd.DataFrame([rows], columns=["pipeline", "year", "projects"])
    with pytest.raises(InputError) as error:
        pipeline_tables(stages(), starts, PipelineOptions(paths=10, draws=10), 0)
    assert english in error.value.text("en")
    assert chinese in error.value.text("zh")


def test_options_that_make_no_sense_are_refused():
    with pytest.raises(InputError) as error:
        pipeline_tables(stages(), None, PipelineOptions(paths=0), 0)
    assert "paths must be at least 1, not 0" in error.value.text("en")
    assert "应至少为 1" in error.value.text("zh")
    with pytest.raises(InputError) as error:
        available_from(arrivals_table(single(), {2025: 1}, 3), 1.0)
    assert "a confidence lies between 0 and 1" in error.value.text("en")


def test_own_stages_need_a_phase():
    rows = stages(
        stage=["TRL 1", "TRL 3", "TRL 5", "TRL 7", "TRL 9"], phase=["0-1"] * 2 + ["1-100"] * 3
    )
    assert pipelines_of(rows)[0].phases == ("0-1", "0-1", "1-100", "1-100", "1-100")
