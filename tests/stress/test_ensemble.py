"""Ensembles: draws, quantiles, sensitivity and what must not depend on anything but the seed."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.stress.event_cases import effect_of, event_of
from tests.structure.chokepoint_cases import chain_table, two_regions

from xinzhi.core import ComputationError, InputError
from xinzhi.data.tracks import load_tracks
from xinzhi.stress import ensemble, ensemble_plots
from xinzhi.stress.ario_parameters import ArioParameters
from xinzhi.stress.disturbance import Disturbance
from xinzhi.stress.ensemble import shock_ensemble
from xinzhi.stress.ensemble_ranges import TITLES, EnsembleRanges, drawn
from xinzhi.stress.ensemble_tables import total_quantiles
from xinzhi.stress.rank_regression import rank_regression
from xinzhi.stress.shock import shock

SHORT = ArioParameters(stock_days=10.0, restoration_time=20.0)
CUT = event_of(effect_of("imports", 0.5, "01"), duration=30)
STOP = event_of(effect_of("capacity", 0.3, "01"), duration=30)


def seeded(seed=0):
    return np.random.SeedSequence(seed)


@pytest.fixture(scope="module")
def result():
    return shock_ensemble(chain_table(), CUT, draws=60, days=90, parameters=SHORT, seed=3)


def test_the_number_of_workers_changes_nothing(result):
    again = shock_ensemble(
        chain_table(), CUT, draws=60, days=90, parameters=SHORT, seed=3, workers=2
    )
    assert again.to_dict() == result.to_dict()
    assert again.parameters["rank_r_squared"] == result.parameters["rank_r_squared"]


def test_another_seed_draws_otherwise_and_more_draws_begin_alike(result):
    other = shock_ensemble(chain_table(), CUT, draws=3, days=90, parameters=SHORT, seed=4)
    first = shock_ensemble(chain_table(), CUT, draws=3, days=90, parameters=SHORT, seed=3)
    drawn_first = result.tables["draws"].head(3)
    assert not np.allclose(other.tables["draws"]["size_factor"], drawn_first["size_factor"])
    pd.testing.assert_frame_equal(first.tables["draws"], drawn_first)


def test_every_draw_is_the_run_that_it_says(result):
    row = result.tables["draws"].iloc[7]
    parameters, acting = drawn(
        row[list(TITLES)].to_numpy(dtype=float), [CUT], chain_table(), SHORT, 1
    )
    total = shock(chain_table(), acting, days=90, parameters=parameters).tables["total"].iloc[0]
    assert row["value_added_loss"] == pytest.approx(total["value_added_loss"], rel=1e-12)
    assert row["recovery_time"] == total["recovery_time"]


def test_ranges_that_are_fixed_give_the_run_itself_in_every_quantile():
    events = [CUT, STOP, Disturbance(start=2, duration=5, capacity_lost=np.array([0.2, 0.0]))]
    alone = shock(chain_table(), events, days=90, parameters=SHORT)
    many = shock_ensemble(
        chain_table(), events, draws=4, days=90, parameters=SHORT, ranges=EnsembleRanges.fixed()
    )
    total = alone.tables["total"].iloc[0]
    for name in total.index:
        assert many.tables["total"][name].to_numpy() == pytest.approx(
            np.full(5, total[name]), rel=1e-12, nan_ok=True
        )
    for name in ("value_added_share", "output_share"):
        path = many.tables["path"].groupby("day")[name]
        assert (path.max() - path.min()).max() == pytest.approx(0, abs=1e-12)
        expected = alone.tables["path"][name].to_numpy()
        assert path.first().to_numpy() == pytest.approx(expected, rel=1e-12)
    assert many.tables["sensitivity"]["coefficient"].isna().all()
    assert many.central.to_dict() == alone.to_dict()


def test_quantiles_surround_the_run_with_the_assumptions_as_given(result):
    total = result.tables["total"].set_index("quantile")
    loss = result.central.tables["total"]["value_added_loss"].iloc[0]
    assert total["value_added_loss"].is_monotonic_increasing
    assert total.loc[0.05, "value_added_loss"] < loss < total.loc[0.95, "value_added_loss"]
    path = result.tables["path"].pivot(index="day", columns="quantile")["value_added_share"]
    assert (path.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
    sectors = result.tables["sectors"]
    assert list(sectors.columns) == ["quantile", "code", "title_zh", "title_en", "value_added_loss"]
    assert len(sectors) == 10
    assert result.units["value_added_loss"] == "CNY_10k"


def test_an_event_without_size_costs_nothing():
    ranges = replace(EnsembleRanges(), size_factor=(0.0, 0.0))
    none = shock_ensemble(chain_table(), CUT, draws=5, days=60, ranges=ranges)
    assert none.tables["total"]["value_added_loss"].to_numpy() == pytest.approx(0, abs=1e-9)
    assert none.tables["total"]["recovery_time"].tolist() == [0] * 5


def test_a_run_that_does_not_recover_counts_as_the_longest():
    times = pd.DataFrame({"recovery_time": [10.0, np.nan, 20.0, 30.0], "output_loss": 1.0})
    found = total_quantiles(times)
    assert found["recovery_time"].tolist()[:4] == [10.0, 10.0, 20.0, 30.0]
    assert np.isnan(found["recovery_time"].iloc[4])
    lasting = event_of(effect_of("capacity", 0.3, "01"), duration=60)  # at least 30 days
    result = shock_ensemble(chain_table(), lasting, draws=4, days=20, parameters=SHORT)
    assert any("4 draws do not recover" in w.en and "4 次抽样" in w.zh for w in result.warnings)


def test_tracks_and_regions_have_rows_of_their_own():
    given = shock_ensemble(
        two_regions(), STOP, draws=3, days=30, parameters=SHORT, tracks=load_tracks("shanghai")
    )
    tracks, sectors = given.tables["tracks"], given.tables["sectors"]
    assert set(tracks["region"]) == {"A", "B"}
    assert tracks["value_added_loss"].isna().all()  # no track names sectors of this table
    assert len(sectors) == 5 * 4
    assert list(sectors.columns[:2]) == ["quantile", "region"]


# Unstable draws


def test_unstable_draws_are_counted_and_left_out(monkeypatch):
    real, calls = ensemble.run, []

    def sometimes(*given, **named):
        calls.append(1)
        if len(calls) % 2:
            return real(*given, **named)
        raise ComputationError(ensemble.Text("失稳了", "it is unstable"))

    monkeypatch.setattr(ensemble, "run", sometimes)
    result = shock_ensemble(chain_table(), CUT, draws=10, days=60, parameters=SHORT)
    assert result.parameters["stable_draws"] == 5
    draws = result.tables["draws"]
    assert draws["unstable"].sum() == 5
    assert (draws["value_added_loss"].isna() == draws["unstable"]).all()
    assert any("5 of 10 draws were unstable" in w.en for w in result.warnings)
    assert any("10 次抽样中有 5 次失稳" in w.zh for w in result.warnings)


def test_where_every_draw_is_unstable_the_first_says_why(monkeypatch):
    def never(*_, **__):
        raise ComputationError(ensemble.Text("失稳了", "it is unstable"))

    monkeypatch.setattr(ensemble, "run", never)
    with pytest.raises(ComputationError, match="it is unstable"):
        shock_ensemble(chain_table(), CUT, draws=3, days=60)


# Ranges


def test_a_draw_changes_events_and_parameters_as_the_ranges_say():
    given = ArioParameters(stock_days={"*": 60.0, "02": np.inf}, substitution=0.5)
    event = event_of(
        effect_of("capital", 0.8, "01", "rebuilding = { time = 100 }"),
        duration=10,
        recovery='{ function = "linear", time = 40 }',
    )
    table = chain_table()
    investing = replace(table.final_categories[0], kind="investment")
    table = replace(table, final_categories=(investing, table.final_categories[1]))
    row = np.array([1.5, 1.26, 0.5, 0.5, 0.2, 0.5, 2.0, 2.0, 1.5])
    found, (acting,) = drawn(row, [event], table, given, 7)
    assert acting.capital_lost.tolist() == [1.0, 0.0]  # 1.2, but no more than all
    assert (acting.duration, acting.recovery_time, acting.rebuilding_time) == (13, 20, 50)
    assert found.stock_days == {"*": 30.0, "02": np.inf}
    assert found.substitution == pytest.approx(0.6)
    assert found.restoration_time == 30
    assert found.overproduction_limit == 1.5
    assert found.overproduction_time == 730
    assert found.essential_share == pytest.approx(0.0015)
    shortest = np.array([1.0, 0.01, 1, 0.01, 0, 0.01, 0, 0.001, 0])
    found, (acting,) = drawn(shortest, [STOP], chain_table(), ArioParameters(), 7)
    assert acting.duration == 1
    assert acting.recovery_time == 0
    assert (found.stock_days, found.restoration_time, found.overproduction_time) == (7, 7, 7)
    assert found.essential_share == 0
    most = replace(given, essential_share=0.9)
    assert drawn(row, [event], table, most, 7)[0].essential_share == 1


def test_samples_fill_their_ranges():
    ranges = EnsembleRanges(size_factor=(2.0, 3.0))
    found = ranges.sample(2000, seeded())
    low, high = ranges.ends.T
    assert ((found >= low) & (found <= high)).all()
    assert found.mean(axis=0) == pytest.approx((low + high) / 2, rel=0.03)


@pytest.mark.parametrize(
    ("ranges", "words"),
    [
        ({"size_factor": (2.0, 1.0)}, "size_factor: the lower end 2 is above the upper end 1"),
        ({"stock_factor": (0.0, 1.0)}, "stock_factor runs from 0 to 1; it must be above 0"),
        ({"substitution_added": (0.0, 1.5)}, "must be at least 0 and at most 1"),
        ({"duration_factor": (np.nan, 1.0)}, "lower end nan"),
    ],
)
def test_bad_ranges_are_refused(ranges, words):
    with pytest.raises(InputError) as caught:
        EnsembleRanges(**ranges)
    assert words in "\n".join(d.en for d in caught.value.details)
    assert next(iter(ranges)) in caught.value.details[0].zh
    assert caught.value.message.zh == "集合模拟的取值范围有误"


def test_fewer_than_one_draw_and_no_event_are_refused():
    with pytest.raises(InputError, match="0 draws; there must be at least 1"):
        shock_ensemble(chain_table(), CUT, draws=0)
    with pytest.raises(InputError, match="no event"):
        shock_ensemble(chain_table(), [], draws=2)


# Sensitivity


def test_rank_regression_of_one_cause_is_one():
    x = np.random.default_rng(0).random((200, 2))
    found = rank_regression(x, np.exp(9 * x[:, 0]), seeded())
    assert found.coefficient == pytest.approx([1.0, 0.0], abs=1e-9)
    assert found.r_squared == pytest.approx(1.0)
    assert found.low == pytest.approx([1.0, 0.0], abs=1e-9)


def test_rank_regression_finds_a_known_order_and_its_shares():
    # of a sum of independent uniforms a·x, the standardised coefficients are a / |a|
    x = np.random.default_rng(1).random((1500, 4))
    weights = np.array([3.0, -2.0, 1.0, 0.0])
    found = rank_regression(x, x @ weights, seeded())
    assert found.coefficient == pytest.approx(weights / np.sqrt(14), abs=0.05)
    assert (found.coefficient**2).sum() == pytest.approx(found.r_squared, abs=0.03)
    assert (found.low < found.coefficient).all()
    assert (found.coefficient < found.high).all()
    assert found.low[3] < 0 < found.high[3]


def test_an_assumption_that_turns_round_shows_in_r_squared():
    x = np.random.default_rng(2).random((500, 2))
    found = rank_regression(x, np.abs(x[:, 0] - 0.5), seeded())
    assert found.r_squared < 0.05


def test_what_does_not_vary_has_no_coefficient():
    x = np.random.default_rng(0).random((50, 2))
    x[:, 1] = 3.0
    found = rank_regression(x, x[:, 0], seeded())
    assert found.coefficient[0] == pytest.approx(1.0)
    assert np.isnan(found.coefficient[1])
    assert np.isnan(rank_regression(x, np.ones(50), seeded()).coefficient).all()
    assert np.isnan(rank_regression(x[:2], x[:2, 0], seeded()).coefficient).all()


def test_sensitivity_finds_what_drives_the_loss_and_its_sign(result):
    table = result.tables["sensitivity"]
    found = table.set_index("assumption")["coefficient"]
    assert set(found.index[:3]) == {"size_factor", "duration_factor", "stock_factor"}
    assert found["size_factor"] > 0 > found["stock_factor"]
    assert found["duration_factor"] > 0
    assert abs(found["recovery_factor"]) < 0.3  # the event has no recovery of its own


# Charts


def test_charts_draw_bands_and_bars(result):
    fan = result.plot(lang="zh").to_dict()
    assert fan["title"]["text"].startswith("增加值损失中位数")
    assert [layer["mark"]["type"] for layer in fan["layer"]] == ["area", "area", "line"]
    tornado = result.plot("sensitivity").to_dict()
    assert "Standardised rank regression" in str(tornado)
    with pytest.raises(InputError, match="no chart pie; choose from recovery, sensitivity"):
        result.plot("pie")
    still = shock_ensemble(
        chain_table(), CUT, draws=2, days=30, parameters=SHORT, ranges=EnsembleRanges.fixed()
    )
    with pytest.raises(InputError, match="there is no sensitivity"):
        ensemble_plots.ensemble_chart(still, "sensitivity", "zh")
