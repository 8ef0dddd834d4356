"""``firm_productivity``: tables, bootstrap by firm, warnings, bad options."""

from __future__ import annotations

import numpy as np
import pytest
from firm_simulation import CAPITAL, LABOUR, simulated_firms

from xinzhi.core import ComputationError, InputError, dumps
from xinzhi.data.firm_panel import FirmPanel, firm_panel
from xinzhi.measure.productivity.firm_bootstrap import firm_bootstrap
from xinzhi.measure.productivity.firm_estimators import estimate
from xinzhi.measure.productivity.firm_level import FIRM_METHODS, firm_productivity

COLUMNS = ("firm", "year", "value_added", "workers", "capital", "proxy")


@pytest.fixture(scope="module")
def panel() -> FirmPanel:
    return firm_panel(simulated_firms(21, firms=500, periods=6, proxy="demand"), *COLUMNS)


@pytest.mark.parametrize("method", FIRM_METHODS)
def test_tables_of_every_method(panel: FirmPanel, method: str):
    result = firm_productivity(panel, method, replications=4)
    table = result.to_frame()
    assert table.columns.tolist() == ["input", "coefficient", "standard_error", "low", "high"]
    assert table["input"].tolist() == ["workers", "capital"]
    assert (table["standard_error"] > 0).all()
    assert (table["low"] <= table["high"]).all()
    tfp = result.to_frame("tfp")
    assert tfp.columns.tolist() == ["unit", "period", "tfp", "omega"]
    assert len(tfp) == panel.rows
    explained = table["coefficient"].to_numpy() @ np.vstack([panel.labour, panel.capital])
    np.testing.assert_allclose(tfp["tfp"], panel.output - explained)
    assert tfp["omega"].isna().all() == (method in ("ols", "wooldridge"))
    counts = result.to_frame("sample").set_index("quantity")["count"]
    assert counts["firm_years"] == 3000
    assert counts["firms"] == 500
    assert counts["pairs"] == 2500
    assert counts["failed_replications"] == 0
    assert result.parameters["method"] == method
    assert ("roots" in result.tables) == (method in ("op", "lp", "acf"))
    if "roots" in result.tables:
        roots = result.to_frame("roots")
        chosen = roots[roots["chosen"]]["coefficient"].tolist()
        assert chosen == table["coefficient"].tolist()
    assert '"NaN"' not in dumps(result.to_dict())


def test_without_replications_there_is_no_interval(panel: FirmPanel):
    table = firm_productivity(panel, "lp", replications=0).to_frame()
    assert table[["standard_error", "low", "high"]].isna().all(axis=None)


def test_results_do_not_depend_on_the_workers(panel: FirmPanel):
    start = estimate(panel, "lp", 2, 2).coefficients
    serial = firm_bootstrap(panel, "lp", 2, 2, start, 4, seed=5)
    parallel = firm_bootstrap(panel, "lp", 2, 2, start, 4, seed=5, workers=2)
    np.testing.assert_array_equal(serial, parallel)
    other = firm_bootstrap(panel, "lp", 2, 2, start, 4, seed=6)
    assert not np.allclose(serial, other)


def test_bootstrap_errors_are_the_spread_over_samples():
    """The mean standard error is near the deviation of estimates over new samples."""
    errors, values = [], []
    for seed in range(16):
        sample = firm_panel(simulated_firms(seed, firms=300, periods=6), *COLUMNS)
        table = firm_productivity(sample, "acf", 2, 2, replications=30).to_frame()
        errors.append(table["standard_error"].to_numpy())
        values.append(table["coefficient"].to_numpy())
    spread = np.std(values, axis=0, ddof=1)
    ratio = np.mean(errors, axis=0) / spread
    assert (ratio > 0.6).all()
    assert (ratio < 1.7).all()


def test_money_units_leave_the_coefficients_alone(panel: FirmPanel):
    frame = simulated_firms(21, firms=500, periods=6, proxy="demand")
    for column in ("value_added", "capital", "proxy"):
        frame[column] *= 1e4
    scaled = firm_panel(frame, *COLUMNS)
    for method in FIRM_METHODS:
        expected = estimate(panel, method, 3, 3).coefficients
        np.testing.assert_allclose(estimate(scaled, method, 3, 3).coefficients, expected, atol=1e-6)


def test_two_kinds_of_labour_and_capital():
    rng = np.random.default_rng(3)
    frame = simulated_firms(3, firms=1500, proxy="demand", wage_deviation=0.3)
    share = np.exp(rng.normal(0, 0.5, len(frame)))
    frame["graduates"] = frame["workers"] * share
    frame["value_added"] *= share**0.2
    columns = ["workers", "graduates"]
    two = firm_panel(frame, "firm", "year", "value_added", columns, "capital", "proxy")
    found = (
        firm_productivity(two, "lp", replications=0).to_frame().set_index("input")["coefficient"]
    )
    np.testing.assert_allclose(found["graduates"], 0.2, atol=0.01)
    np.testing.assert_allclose(found["workers"], LABOUR - 0.2, atol=0.01)
    np.testing.assert_allclose(found["capital"], CAPITAL, atol=0.1)


def messages(result) -> str:
    return "\n".join(f"{note.en}\n{note.zh}" for note in result.warnings)


def test_warnings(panel: FirmPanel):
    notes = messages(firm_productivity(panel, "ols", replications=0))
    assert "least squares is only a benchmark" in notes
    assert "最小二乘只作对照" in notes
    notes = messages(firm_productivity(panel, "op", replications=0))
    assert "no firm leaves, so Olley–Pakes corrects no exit" in notes
    assert "没有企业退出，Olley–Pakes 未作退出校正" in notes
    notes = messages(firm_productivity(panel, "acf", replications=0))
    assert "the moments have 2 roots" in notes
    assert "矩条件有 2 个解" in notes
    frame = simulated_firms(1, firms=200, periods=4)
    frame.loc[[0, 1], "workers"] = 0.0
    frame.loc[2, "workers"] = np.nan
    notes = messages(firm_productivity(firm_panel(frame, *COLUMNS), "ols", replications=0))
    assert "3 rows were left out: 1 with missing values, 2 with zeros or negatives" in notes
    assert "未使用 3 行：1 行有缺失值，2 行有零或负值" in notes


def test_a_coefficient_near_zero_is_called_suspicious():
    frame = simulated_firms(1, firms=300, periods=5)
    notes = messages(firm_productivity(firm_panel(frame, *COLUMNS), "lp", replications=0))
    assert "the coefficient of workers is near zero or negative" in notes
    assert "workers 的系数接近零或为负" in notes


def test_a_weak_instrument_is_named():
    frame = simulated_firms(
        1, firms=300, periods=4, proxy="demand", wage_deviation=0.01, labour_noise=0.5
    )
    notes = messages(firm_productivity(firm_panel(frame, *COLUMNS), "wooldridge", replications=0))
    assert "weak instrument: F of lagged labour for labour is" in notes
    assert "工具变量弱：滞后劳动对劳动的 F 为" in notes


@pytest.mark.parametrize(
    ("options", "english", "chinese"),
    [
        ({"method": "gnr"}, "no method gnr; there are: ols, op", "没有方法 gnr；可用：ols、op"),
        ({"degree": 0}, "degree must lie between 1 and 5", "degree 应在 1 到 5 之间"),
        ({"markov_degree": 6}, "markov_degree must lie between", "markov_degree 应在 1 到 5 之间"),
        (
            {"replications": 1},
            "replications must be 0 or at least 2",
            "replications 应为 0 或不少于",
        ),
        ({"level": 1.0}, "level must lie between 0 and 1", "level 应在 0 与 1 之间"),
    ],
)
def test_bad_options(panel: FirmPanel, options: dict, english: str, chinese: str):
    with pytest.raises(InputError) as caught:
        firm_productivity(panel, **options)
    assert english in caught.value.text("en")
    assert chinese in caught.value.text("zh")


@pytest.mark.parametrize("method", ["op", "lp", "acf", "wooldridge"])
def test_periods_that_never_follow(method: str):
    frame = simulated_firms(1, firms=200, periods=5, proxy="demand")
    every_other = firm_panel(frame[frame["year"] % 2 == 0], *COLUMNS)
    with pytest.raises(ComputationError) as caught:
        firm_productivity(every_other, method)
    assert "no firm is seen in two consecutive periods" in caught.value.text("en")
    assert "没有一个企业有相邻两期的数据" in caught.value.text("zh")


def test_capital_that_follows_from_investment_is_not_identified_in_one_step():
    frame = simulated_firms(1, firms=200, periods=5, proxy="investment")
    with pytest.raises(ComputationError, match="not identified"):
        firm_productivity(firm_panel(frame, *COLUMNS), "wooldridge", replications=0)


@pytest.mark.parametrize("method", ["op", "lp", "acf", "wooldridge"])
def test_fewer_firm_years_than_terms(method: str):
    frame = simulated_firms(1, firms=3, periods=3, proxy="demand")
    with pytest.raises(ComputationError, match="not identified"):
        firm_productivity(firm_panel(frame, *COLUMNS), method, replications=0)


def test_moments_without_a_plausible_root():
    """More capital, far less output: the only root is no elasticity that a search would accept."""
    frame = simulated_firms(1, firms=200, periods=5, proxy="demand")
    frame["value_added"] /= frame["capital"] ** 8
    with pytest.raises(ComputationError) as caught:
        firm_productivity(firm_panel(frame, *COLUMNS), "lp", replications=0)
    assert "the moments of the second stage have no solution" in caught.value.text("en")
    assert "第二阶段的矩条件从 6 个初值出发都没有解" in caught.value.text("zh")


def test_too_many_failed_replications(panel: FirmPanel, monkeypatch: pytest.MonkeyPatch):
    from xinzhi.measure.productivity import firm_bootstrap as module

    def failing(*_, **__):
        raise ComputationError(module.Text("无", "none"))

    monkeypatch.setattr(module, "estimate", failing)
    with pytest.raises(ComputationError) as caught:
        firm_bootstrap(panel, "lp", 2, 2, np.array([0.6, 0.4]), 4, seed=0)
    assert "4 of 4 bootstrap replications have no estimate" in caught.value.text("en")
    assert "4 次自助抽样中有 4 次没有估计结果" in caught.value.text("zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_chart(panel: FirmPanel, lang: str):
    result = firm_productivity(panel, "lp", replications=4)
    spec = result.plot(lang=lang).to_dict()
    title = {"zh": "产出弹性", "en": "Output elasticity"}[lang]
    assert title in dumps(spec)
    assert "workers" in dumps(spec)
    with pytest.raises(InputError) as caught:
        result.plot("pie")
    assert "no chart pie; choose from coefficients" in caught.value.text("en")
    assert "没有图 pie；可选：coefficients" in caught.value.text("zh")
