"""Printed survival tables: the 6-MP trial, and deaths of breast cancer against other deaths.

Sources : remissions of 21 pairs of children (Freireich et al., 1963, Blood 21, 699–716, as in Klein
& Moeschberger, 2003, Survival Analysis, Example 4.1; data set ``drug6mp`` of the R package KMsurv).
Survival and Greenwood errors of the treated are those printed by R's ``survfit``; those of the
controls with their intervals by Stata's ``sts list`` (G. Rodríguez, Demographic Methods, Princeton,
data.princeton.edu/eco572/KaplanMeier.html). Satagopan et al. (2004), British Journal of Cancer
91(7), 1229–1235, table 2: 305 patients, of whom the first nine are shown.
"""

from __future__ import annotations

import pytest

from xinzhi.plan.finance.funnel_survival import aalen_johansen, kaplan_meier

# weeks to relapse of controls; of the treated, with 1 for a relapse, in the order of the pairs
CONTROLS = (1, 22, 3, 12, 8, 17, 2, 11, 8, 12, 2, 5, 4, 15, 8, 23, 5, 11, 4, 1, 8)
TREATED = (10, 7, 32, 23, 22, 6, 16, 34, 32, 25, 11, 20, 19, 6, 17, 35, 6, 13, 9, 6, 10)
RELAPSED = (1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0)
# time, at risk, relapses, survival, standard error
PRINTED = (
    (6, 21, 3, 0.857, 0.0764),
    (7, 17, 1, 0.807, 0.0869),
    (10, 15, 1, 0.753, 0.0963),
    (13, 12, 1, 0.690, 0.1068),
    (16, 11, 1, 0.627, 0.1141),
    (22, 7, 1, 0.538, 0.1282),
    (23, 6, 1, 0.448, 0.1346),
)
# time, at risk, relapses, survival, standard error, interval of log(−log S)
PRINTED_CONTROLS = (
    (1, 21, 2, 0.9048, 0.0641, 0.6700, 0.9753),
    (2, 19, 2, 0.8095, 0.0857, 0.5689, 0.9239),
)

# months and outcome of the nine patients shown: 0 breast cancer, 1 another cause, -1 alive
MONTHS = (7, 10, 14, 16, 18, 23, 24, 26, 27)
OUTCOMES = (-1, 0, -1, 0, 1, 0, -1, 1, 0)
PATIENTS = 305
# time, at risk, overall survival in per cent
OVERALL = ((10, 304, 99.7), (16, 302, 99.3), (18, 301, 99.0), (23, 300, 98.7), (26, 298, 98.3))
# time, survival before it and what is added to the cumulative incidence, in per cent
ADDED = ((10, 100.0, 0.3), (16, 99.7, 0.3), (23, 99.0, 0.3), (27, 98.3, 0.3))


def test_survival_of_the_treated_and_greenwood_errors():
    found = kaplan_meier(TREATED, RELAPSED).set_index("time")
    for time, at_risk, relapses, survival, error in PRINTED:
        row = found.loc[time]
        assert (row["at_risk"], row["exits"]) == (at_risk, relapses)
        assert row["survival"] == pytest.approx(survival, abs=5.1e-4)
        assert row["standard_error"] == pytest.approx(error, abs=5.1e-5)
    assert found.loc[35, "survival"] == found.loc[23, "survival"]


def test_intervals_of_the_controls():
    found = kaplan_meier(CONTROLS, [True] * len(CONTROLS)).set_index("time")
    for time, at_risk, relapses, survival, error, low, high in PRINTED_CONTROLS:
        row = found.loc[time]
        assert (row["at_risk"], row["exits"]) == (at_risk, relapses)
        shown = (row["survival"], row["standard_error"], row["low"], row["high"])
        assert shown == pytest.approx((survival, error, low, high), abs=5.1e-5)
    assert found.loc[23, "survival"] == 0


def test_cumulative_incidence_beside_a_competing_cause():
    rest = PATIENTS - len(MONTHS)  # all of them were followed for longer
    durations, causes = (*MONTHS, *(28,) * rest), (*OUTCOMES, *(-1,) * rest)
    survival = kaplan_meier(durations, [cause >= 0 for cause in causes]).set_index("time")
    for time, at_risk, printed in OVERALL:
        assert survival.loc[time, "at_risk"] == at_risk
        assert 100 * survival.loc[time, "survival"] == pytest.approx(printed, abs=0.051)
    found = aalen_johansen(durations, causes, 2)
    cancer = 100 * found[found["cause"] == 0].set_index("time")["incidence"]
    before = 0.0
    for time, alive, added in ADDED:
        earlier = survival.loc[survival.index < time, "survival"].iloc[-1]
        assert 100 * earlier == pytest.approx(alive, abs=0.051)
        assert cancer[time] - before == pytest.approx(added, abs=0.051)
        before = cancer[time]
    other = found[found["cause"] == 1]["incidence"].iloc[-1]
    assert cancer.iloc[-1] / 100 + other + survival["survival"].iloc[-1] == pytest.approx(1)
