"""Dynamic panels and counts of patents against the literature and the programs that print it.

Arellano and Bond (1991), Review of Economic Studies 58, table 4, on their own data, as it is
printed by
- Roodman (2009), How to do xtabond2, Stata Journal 9, sections 3.3 and 3.4 (column a1, more
  instruments, level equations), and the manual of Stata's xtabond, examples 1 and 2, as tests of
  other packages quote it;
- the R package plm, saved output of its test test_pgmm.R (columns a1, a2, b; Windmeijer's
  errors), and the comments of its test_mtest.R, which cite Arellano and Bond, Windmeijer (2005),
  table 2, and DPD for Ox.

Where a printed figure does not come out, the test says by how much.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xinzhi.plan.innovation.knowledge_counts import poisson_fixed_effects
from xinzhi.plan.innovation.knowledge_gmm import GmmEstimate, difference_gmm, system_gmm
from xinzhi.plan.innovation.knowledge_lags import lag_selection

HERE = Path(__file__).parent
A = {"wage": (0, 1), "capital": (0, 1, 2), "output": (0, 1, 2)}
B = {"wage": (0, 1), "capital": (0,), "output": (0, 1)}


@pytest.fixture(scope="module")
def employment() -> pd.DataFrame:
    """Return 140 British firms, 1976 to 1984: data set EmplUK of the R package plm.

    Employment in 1000s, wage and output indices, gross capital; rounded a little more coarsely than
    Stata's copy, so that its seventh decimals cannot agree.
    """
    return pd.read_csv(HERE / "uk_firms_employment.csv").rename(columns={"employment": "emp"})


@pytest.fixture(scope="module")
def patents_346() -> pd.DataFrame:
    """Return patents of 346 firms in the United States, 1975 to 1979, and log R&D from 1970 on.

    Hall, Griliches and Hausman (1986), International Economic Review 27. Source: data set
    PatentsHGH of the R package Ecdat, whose headings of patents and of R&D are exchanged: the
    columns it calls logr to logr4 are whole numbers, the patents, and logr5 to pat4 are log R&D.
    """
    return pd.read_csv(HERE / "patents_346_firms.csv")


@pytest.fixture(scope="module")
def patents_181() -> pd.DataFrame:
    """Return patents, log R&D and log spillovers of 181 firms, 1983 to 1991.

    Cincera (1997), Journal of Applied Econometrics 12. Source: data set PatentsRD of Ecdat.
    """
    return pd.read_csv(HERE / "patents_181_firms.csv")


def estimated(employment: pd.DataFrame, regressors: dict[str, tuple[int, ...]], **options):
    return difference_gmm(employment, "emp", regressors, own_lags=2, unit="firm", **options)


def result_of(estimate: GmmEstimate, name: str, order: int | None = None) -> pd.Series:
    tests = estimate.tests
    wanted = tests["test"] == name
    if order is not None:
        wanted &= (tests["order"] == order).fillna(False)
    return tests[wanted].iloc[0]


# emp(-1), emp(-2), wage, wage(-1), capital to (-2), output to (-2)
COLUMN_A1 = (
    *(0.6862261, -0.0853582, -0.6078208, 0.3926237, 0.3568456, -0.0580012, -0.0199475),
    *(0.6085073, -0.7111651, 0.1057969),
)
ROBUST_A1 = (
    *(0.1445943, 0.0560155, 0.1782055, 0.1679931, 0.0590203, 0.0731797, 0.0327126),
    *(0.1725313, 0.2317163, 0.1412021),
)
CLASSICAL_A1 = (
    *(0.1486163, 0.0444365, 0.0657694, 0.1092374, 0.0370314, 0.0583051, 0.0416274),
    *(0.1345412, 0.1844599, 0.1428568),
)


def test_one_step_column_a1(employment):
    found = estimated(employment, A, steps=1)
    assert (found.observations, found.units, found.instruments) == (611, 140, 41)
    assert found.estimates == pytest.approx(COLUMN_A1, abs=3e-6)
    assert found.standard_errors == pytest.approx(ROBUST_A1, abs=3e-6)
    first, second = (result_of(found, "autocorrelation", order) for order in (1, 2))
    assert first["statistic"] == pytest.approx(-3.5996, abs=5e-5)
    assert second["statistic"] == pytest.approx(-0.51603, abs=5e-6)
    assert second["p_value"] == pytest.approx(0.606, abs=5e-4)
    hansen = result_of(found, "hansen")
    assert hansen["degrees_of_freedom"] == 25
    assert hansen["statistic"] == pytest.approx(31.38, abs=5e-3)
    assert hansen["p_value"] == pytest.approx(0.177, abs=5e-4)
    # xtabond2 prints 67.59: it divides the squared residuals by n, we by n - k as xtabond does
    sargan = result_of(found, "sargan")
    assert sargan["degrees_of_freedom"] == 25
    assert sargan["statistic"] * 611 / 595 == pytest.approx(67.59, abs=5e-3)


def test_one_step_with_classical_errors(employment):
    found = estimated(employment, A, steps=1, errors="classical")
    assert found.standard_errors == pytest.approx(CLASSICAL_A1, abs=3e-6)
    first, second = (result_of(found, "autocorrelation", order) for order in (1, 2))
    assert first["statistic"] == pytest.approx(-3.9394, abs=5e-5)
    assert second["statistic"] == pytest.approx(-0.54239, abs=1e-5)


COLUMN_A2 = (
    *(0.628709, -0.065188, -0.525760, 0.311290, 0.278362, 0.014100, -0.040248),
    *(0.591923, -0.565985, 0.100543),
)
CLASSICAL_A2 = (
    *(0.090454, 0.026501, 0.053769, 0.094012, 0.044908, 0.052805, 0.025804),
    *(0.116211, 0.139674, 0.112675),
)
CORRECTED_A2 = (
    *(0.193413, 0.045050, 0.154610, 0.203000, 0.072802, 0.092458, 0.043274),
    *(0.173091, 0.261100, 0.161098),
)


def test_two_steps_column_a2(employment):
    corrected = estimated(employment, A)
    classical = estimated(employment, A, errors="classical")
    for found, errors in ((corrected, CORRECTED_A2), (classical, CLASSICAL_A2)):
        assert found.estimates == pytest.approx(COLUMN_A2, abs=1e-6)
        assert found.standard_errors == pytest.approx(errors, abs=1e-6)
        assert result_of(found, "hansen")["statistic"] == pytest.approx(31.38142, abs=1e-5)
    first, second = (result_of(classical, "autocorrelation", order) for order in (1, 2))
    assert first["statistic"] == pytest.approx(-2.99977, abs=1e-5)
    assert second["statistic"] == pytest.approx(-0.4157541, abs=1e-6)


# emp(-1), emp(-2), wage, wage(-1), capital, output, output(-1)
COLUMN_B = (0.474151, -0.052967, -0.513205, 0.224640, 0.292723, 0.609775, -0.446373)
CLASSICAL_B = (0.085303, 0.027284, 0.049345, 0.080063, 0.039463, 0.108524, 0.124815)
CORRECTED_B = (0.185398, 0.051749, 0.145565, 0.141950, 0.062627, 0.156263, 0.217302)
ONE_STEP_B = (0.534614, -0.075069, -0.591573, 0.291510, 0.358502, 0.597198, -0.611704)
ROBUST_B = (0.166449, 0.067979, 0.167884, 0.141058, 0.053828, 0.171933, 0.211796)
COLLAPSED_B = (0.853895, -0.169886, -0.533119, 0.352516, 0.271707, 0.612855, -0.682550)
COLLAPSED_ERRORS = (0.562348, 0.123293, 0.245948, 0.432846, 0.089921, 0.242289, 0.612311)


def test_two_steps_column_b(employment):
    corrected = estimated(employment, B)
    classical = estimated(employment, B, errors="classical")
    for found, errors in ((corrected, CORRECTED_B), (classical, CLASSICAL_B)):
        assert found.estimates == pytest.approx(COLUMN_B, abs=1e-6)
        assert found.standard_errors == pytest.approx(errors, abs=1e-6)
        assert result_of(found, "hansen")["statistic"] == pytest.approx(30.11247, abs=1e-5)
        assert result_of(found, "hansen")["p_value"] == pytest.approx(0.22011, abs=1e-5)


def test_one_step_of_column_b_as_windmeijer_prints_it(employment):
    found = estimated(employment, B, steps=1)
    assert found.estimates == pytest.approx(ONE_STEP_B, abs=1e-6)
    assert found.standard_errors == pytest.approx(ROBUST_B, abs=1e-6)
    assert result_of(found, "autocorrelation", 1)["statistic"] == pytest.approx(-2.493, abs=5e-4)
    assert result_of(found, "autocorrelation", 2)["statistic"] == pytest.approx(-0.359, abs=5e-4)


def test_collapsed_instruments(employment):
    found = estimated(employment, B, collapse=True)
    assert found.estimates == pytest.approx(COLLAPSED_B, abs=1e-6)
    assert found.standard_errors == pytest.approx(COLLAPSED_ERRORS, abs=1e-6)
    hansen = result_of(found, "hansen")
    assert (hansen["degrees_of_freedom"], round(hansen["statistic"], 5)) == (5, 11.62681)


@pytest.mark.parametrize(
    ("regressors", "order", "windmeijers", "printed", "ours"),
    [
        (A, 2, False, -0.434, -0.416),
        (B, 1, False, -2.826, -2.428),
        (B, 2, False, -0.327, -0.333),
        (B, 1, True, -1.999, -1.538),
        (B, 2, True, -0.316, -0.280),
    ],
)
def test_autocorrelation_after_two_steps_is_that_of_dpd_not_that_printed(
    employment, regressors, order, windmeijers, printed, ours
):
    """The statistics of two steps that Arellano, Bond and Windmeijer print do not come out.

    DPD for Ox prints -0.4158 and -0.3325 for order 2 of columns a2 and b, and plm all of ours: they
    put the residuals of the second step into the variance. By plm's notes DPD for Ox itself
    explains the difference (its footnote 7). All first-step figures agree.
    """
    errors = "robust" if windmeijers else "classical"
    found = estimated(employment, regressors, errors=errors)
    statistic = result_of(found, "autocorrelation", order)["statistic"]
    assert statistic == pytest.approx(ours, abs=5e-4)
    assert abs(statistic - printed) > 5e-3


MORE = (
    *(0.8179867, -0.1122756, -0.6816685, 0.6557083, 0.3525689, -0.1536626, -0.0304529),
    *(0.6509498, -0.9162028, 0.2786584),
)
MORE_ERRORS = (
    *(0.0859761, 0.0502366, 0.1425813, 0.202368, 0.1217997, 0.0862928, 0.0321355),
    *(0.189582, 0.2639274, 0.1855286),
)


def test_wages_and_capital_instrumented_too(employment):
    lags = dict.fromkeys(("emp", "wage", "capital"), (2, None))
    found = estimated(employment, A, steps=1, instrument_lags=lags)
    assert found.instruments == 90
    assert found.estimates == pytest.approx(MORE, abs=3e-6)
    # the example asks for small-sample errors, which are larger by this factor
    factor = np.sqrt(140 / 139 * 610 / 595)
    assert found.standard_errors * factor == pytest.approx(MORE_ERRORS, rel=3e-5)
    hansen = result_of(found, "hansen")
    assert (hansen["degrees_of_freedom"], round(hansen["statistic"], 2)) == (74, 73.72)
    assert result_of(found, "autocorrelation", 1)["statistic"] == pytest.approx(-5.39, abs=5e-3)
    assert result_of(found, "autocorrelation", 2)["statistic"] == pytest.approx(-0.78, abs=5e-3)


SYSTEM = (0.9356053, -0.6309761, 0.4826203, 0.4839299, -0.4243928)
SYSTEM_ERRORS = (0.026569, 0.1192834, 0.1383132, 0.0544281, 0.059088)


def test_level_equations_as_roodman_prints_them(employment):
    """Roodman (2009), section 3.4: the model of Blundell and Bond (1998) with his H, one step."""
    lags = dict.fromkeys(("emp", "wage", "capital"), (2, None))
    found = system_gmm(
        employment,
        "emp",
        {"wage": (0, 1), "capital": (0, 1)},
        steps=1,
        instrument_lags=lags,
        unit="firm",
    )
    assert (found.observations, found.units, found.instruments) == (891, 140, 113)
    assert found.estimates == pytest.approx(SYSTEM, abs=3e-6)
    factor = np.sqrt(140 / 139 * 890 / 878)
    assert found.standard_errors * factor == pytest.approx(SYSTEM_ERRORS, rel=3e-5)
    first, second = (result_of(found, "autocorrelation", order) for order in (1, 2))
    assert first["statistic"] == pytest.approx(-5.46, abs=5e-3)
    assert second["statistic"] == pytest.approx(-0.25, abs=5e-3)
    assert second["p_value"] == pytest.approx(0.804, abs=5e-4)
    hansen = result_of(found, "hansen")
    assert (hansen["degrees_of_freedom"], round(hansen["statistic"], 2)) == (100, 110.70)
    # he prints 186.90: differenced residuals over 2·891, we over twice the 751 - 13 that are free
    sargan = result_of(found, "sargan")
    assert sargan["statistic"] * 891 / 738 == pytest.approx(186.90, abs=5e-3)


def test_default_error_of_patents_on_research(patents_346):
    """Cameron and Trivedi (2005), Microeconometrics, table 23.1: Poisson-FE, default error 0.033.

    Printed in the head of their program mma23p1pannonlin.do; no years, no lags, 1975 to 1979.
    """
    found = poisson_fixed_effects(
        patents_346,
        "patents",
        {"log_rd": (0,)},
        logarithms=False,
        time_effects=False,
        unit="firm",
    )
    assert np.sqrt(found.model_covariance[0, 0]) == pytest.approx(0.033, abs=5e-4)
    # 22 of the 346 firms have no patent in these years and tell nothing
    assert (found.units, len(found.dropped)) == (324, 22)


def test_alarm_is_there_a_lag(patents_346):
    """Our own figures, a change alarm: no printed estimates of this data could be read.

    The question of the paper is answered as in its title: with five lags nearly all of the effect
    is that of the same year, and BIC wants no lag.
    """
    found = lag_selection(
        patents_346,
        "patents",
        "log_rd",
        max_lag=5,
        method="poisson_fixed_effects",
        logarithms=False,
        unit="firm",
    )
    assert found.lags == 0
    longest = found.table.iloc[-1]
    assert longest["long_run"] == pytest.approx(0.31269, abs=1e-5)
    assert longest["log_likelihood"] == pytest.approx(-3536.3086, abs=1e-4)


def test_alarm_spillovers_between_firms(patents_181):
    """Our own figures, a change alarm: Cincera's tables could not be read, only his abstract.

    It says that returns to own research decrease and that spillovers matter positively: so here.
    """
    found = poisson_fixed_effects(
        patents_181,
        "patents",
        {"log_rd": range(5), "log_spillover": range(5)},
        logarithms=False,
        unit="firm",
    )
    own, error = found.long_run("log_rd")
    others, others_error = found.long_run("log_spillover")
    assert own == pytest.approx(0.386756, abs=1e-6)
    assert own + 1.96 * error < 1
    assert others == pytest.approx(2.121997, abs=1e-6)
    assert others - 1.96 * others_error > 0
    assert found.overdispersion > 5
