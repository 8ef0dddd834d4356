"""Sigma and beta convergence, the log t test and clubs: known answers, slow twins, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from xinzhi.core import InputError
from xinzhi.measure.disparity import (
    beta_convergence,
    convergence_clubs,
    hodrick_prescott_trend,
    log_t_test,
    panel_beta_convergence,
    sigma_test,
)

YEARS = np.arange(2000.0, 2021.0)


def towards(target: np.ndarray, speed: float, noise: float = 0.0) -> np.ndarray:
    """Return levels whose logarithms close a gap to their targets at a given speed a year."""
    random = np.random.default_rng(3)
    start = target + random.normal(0, 0.6, len(target))
    decay = np.exp(-speed * (YEARS - YEARS[0]))
    logs = target[:, None] + (start - target)[:, None] * decay
    return np.exp(logs + random.normal(0, noise, logs.shape) if noise else logs)


def test_the_speed_of_a_common_target_is_found_exactly():
    found = beta_convergence(towards(np.full(12, 9.0), 0.05), YEARS)
    assert found.model == "absolute"
    assert found.speed == pytest.approx(0.05, abs=1e-12)
    assert found.half_life == pytest.approx(np.log(2) / 0.05)
    assert found.coefficient == pytest.approx(-(1 - np.exp(-0.05 * 20)) / 20)


def test_targets_of_their_own_need_controls_or_effects():
    target = np.linspace(8, 11, 14)
    levels = towards(target, 0.05)
    absolute = beta_convergence(levels, YEARS)
    conditional = beta_convergence(levels, YEARS, target[:, None])
    assert absolute.speed < 0.04
    assert conditional.speed == pytest.approx(0.05, abs=1e-10)
    effects = panel_beta_convergence(levels, YEARS)
    assert effects.speed == pytest.approx(0.05, abs=1e-10)
    assert effects.observations == 14 * 20
    assert effects.nickell_bias == pytest.approx(-(2 + effects.coefficient) / 19)


def test_effects_agree_with_dummies():
    levels = towards(np.linspace(8, 10, 9), 0.04, noise=0.02)
    levels[2, 5] = np.nan
    control = np.random.default_rng(0).normal(size=(*levels.shape, 1))
    found = panel_beta_convergence(levels, YEARS, control)
    logs = np.log(levels)
    growth = np.diff(logs, axis=1)
    known = np.isfinite(growth) & np.isfinite(logs[:, :-1])
    region, period = np.nonzero(known)
    columns = np.column_stack(
        [logs[:, :-1][known], control[:, :-1, 0][known], np.eye(9)[region], np.eye(20)[period]]
    )
    b, gamma = np.linalg.lstsq(columns, growth[known], rcond=None)[0][:2]
    assert found.coefficient == pytest.approx(b, abs=1e-10)
    assert found.controls[0] == pytest.approx(gamma, abs=1e-10)
    assert found.observations == 9 * 20 - 2


def test_the_nickell_bias_is_of_the_size_stated():
    """With rho = 0.5 and 20 steps the estimate falls short of rho by about (1 + rho)/(T - 1)."""
    estimates = []
    for seed in range(40):
        random = np.random.default_rng(seed)
        logs = np.empty((60, 21))
        logs[:, 0] = random.normal(0, 0.1 / np.sqrt(0.75), 60)
        for t in range(1, 21):
            logs[:, t] = 0.5 * logs[:, t - 1] + random.normal(0, 0.1, 60)
        found = panel_beta_convergence(np.exp(9 + logs), YEARS)
        estimates.append(found.coefficient)
        assert found.nickell_bias == pytest.approx(-(2 + found.coefficient) / 19)
    assert np.mean(estimates) - (-0.5) == pytest.approx(-1.5 / 19, rel=0.15)


def test_sigma_is_the_test_of_pitman_and_morgan():
    random = np.random.default_rng(5)
    start = random.lognormal(9, 0.5, 25)
    end = np.exp(9.5 + 0.6 * (np.log(start) - 9) + random.normal(0, 0.05, 25))
    found = sigma_test(start, end)
    x, z = np.log(start), np.log(end)
    r, p = stats.pearsonr(z - x, z + x)
    assert found.p_value == pytest.approx(p, rel=1e-9)
    assert found.statistic < -2
    assert found.ratio == pytest.approx(z.var() / x.var())
    assert np.sign(found.statistic) == np.sign(r)
    same = sigma_test(start, 2 * start)
    assert (same.ratio, same.statistic, same.p_value) == (1.0, 0.0, 1.0)


def test_permuting_regions_changes_nothing():
    levels = towards(np.linspace(8, 10, 9), 0.04, noise=0.02)
    order = np.random.default_rng(0).permutation(9)
    for model in (beta_convergence, panel_beta_convergence):
        first, second = model(levels, YEARS), model(levels[order], YEARS)
        assert second.coefficient == pytest.approx(first.coefficient, abs=1e-12)
        assert second.standard_error == pytest.approx(first.standard_error, abs=1e-12)


def test_money_units_do_not_matter_to_beta():
    levels = towards(np.linspace(8, 10, 9), 0.04, noise=0.02)
    for model in (beta_convergence, panel_beta_convergence):
        one, other = model(levels, YEARS), model(levels * 1e4, YEARS)
        assert other.coefficient == pytest.approx(one.coefficient, abs=1e-10)


def test_what_convergence_cannot_take_is_refused():
    levels = towards(np.full(9, 9.0), 0.05)
    wrong = levels.copy()
    wrong[3, 0] = 0
    cases = {
        "must be positive: region 4, year 1 has 0": lambda: beta_convergence(wrong, YEARS),
        "at least 5 regions, got 3": lambda: beta_convergence(levels[:3], YEARS),
        "at least three years at even distances": lambda: panel_beta_convergence(
            levels[:, [0, 1, 3]], YEARS[[0, 1, 3]]
        ),
        "starting level and the controls are collinear": lambda: beta_convergence(
            levels, YEARS, np.log(levels[:, :1])
        ),
    }
    for message, call in cases.items():
        with pytest.raises(InputError, match=message):
            call()
    with pytest.raises(InputError) as error:
        beta_convergence(wrong, YEARS)
    assert "第 4 个地区、第 1 个年份为 0" in error.value.text("zh")
    with pytest.raises(InputError) as error:
        beta_convergence(levels[:3], YEARS)
    assert "至少需要 5 个地区，现为 3 个" in error.value.text("zh")


def test_the_trend_of_a_straight_line_is_the_line():
    line = np.stack([np.linspace(1, 5, 20), np.linspace(9, 2, 20)])
    np.testing.assert_allclose(hodrick_prescott_trend(line), line, atol=1e-10)
    wave = np.sin(np.arange(30.0))
    system = np.eye(30) + 400 * np.diff(np.eye(30), 2, axis=0).T @ np.diff(np.eye(30), 2, axis=0)
    np.testing.assert_allclose(hodrick_prescott_trend(wave), np.linalg.solve(system, wave))


def paths(ends: np.ndarray, years: int = 25) -> np.ndarray:
    random = np.random.default_rng(2)
    starts = ends + random.normal(0, 0.3, len(ends))
    return ends[:, None] + (starts - ends)[:, None] * np.exp(-0.25 * np.arange(years))


def test_the_coefficient_is_that_of_the_regression():
    data = paths(np.full(8, 9.0))
    found = log_t_test(data)
    relative = data / data.mean(axis=0)
    variance = ((relative - 1) ** 2).mean(axis=0)
    t = np.arange(9, 26)
    y = np.log(variance[0] / variance[t - 1]) - 2 * np.log(np.log(t))
    slope = stats.linregress(np.log(t), y).slope
    assert found.coefficient == pytest.approx(slope)
    assert found.converging


def test_planted_clubs_are_found():
    ends = np.array([9.0] * 5 + [10.0] * 6 + [11.0] * 4)
    found = convergence_clubs(paths(ends))
    assert not found.whole.converging
    assert [sorted(ends[club.members].tolist()) for club in found.clubs] == [
        [11.0] * 4,
        [10.0] * 6,
        [9.0] * 5,
    ]
    assert [len(club.members) for club in found.merged] == [4, 6, 5]
    assert len(found.divergent) == 0


def test_the_order_of_regions_does_not_matter_to_clubs():
    data = paths(np.array([9.0, 10, 11] * 4))
    order = np.random.default_rng(0).permutation(12)
    first, second = convergence_clubs(data), convergence_clubs(data[order])
    for one, other in zip(first.clubs, second.clubs, strict=True):
        assert set(one.members) == set(order[other.members])


def test_regions_on_straight_lines_apart_diverge():
    fans = 9 + np.array([0.0, 0.2, 0.4, 0.6])[:, None] * np.linspace(0.5, 3, 20)
    found = convergence_clubs(fans)
    assert found.clubs == ()
    assert len(found.divergent) == 4


def test_equal_regions_are_one_club():
    found = convergence_clubs(np.tile(np.linspace(9, 10, 20), (4, 1)))
    assert found.whole.converging
    assert [len(club.members) for club in found.clubs] == [4]


def test_clubs_are_refused_where_they_mean_nothing():
    data = paths(np.full(4, 9.0))
    gap = data.copy()
    gap[1, 3] = np.nan
    for bad, message, chinese in (
        (data[:, :14], "at least 15 years, got 14", "至少需要 15 年，现为 14 年"),
        (gap, "no gaps: region 2, year 4", "第 2 个地区、第 4 个年份"),
        (data[:1], "at least two regions, got 1", "至少需要两个地区"),
        (data - 9, "logarithms above 0", "数值大于 1"),
    ):
        with pytest.raises(InputError, match=message) as error:
            convergence_clubs(bad)
        assert chinese in error.value.text("zh")
        with pytest.raises(InputError, match=message):
            log_t_test(bad)
