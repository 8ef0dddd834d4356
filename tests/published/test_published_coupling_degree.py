"""Coupling degrees printed by Wang Shujia et al. (2021), and worked values of the three forms.

Wang, Kong, Ren, Zhi and Dai (2021), Journal of Natural Resources 36(3), 793-810, doi
10.31497/zrzyxb.20210319, Table 8: the coupling degree of ecology and economy in 13 cities of the
Beijing-Tianjin-Hebei region by the standard formula and by theirs; 2008 to 2014 here.

The levels behind the table are not printed. Two levels have two unknowns and each cell prints two
degrees, so the levels can be solved for: that they exist within [0, 1], and give both degrees to
the printed rounding, holds for all 91 cells. This shows that the formulas are consistent with the
table; it is not a replication.
"""

import numpy as np
import pytest

from xinzhi.measure import coupling_degree

CITIES = ["北京", "天津", "石家庄", "唐山", "秦皇岛", "邯郸", "邢台", "保定"]
CITIES += ["张家口", "承德", "沧州", "廊坊", "衡水"]
# for each year the standard degree, then the modified one
TABLE_8 = """
2008 0.9989 0.9935 0.8868 0.9073 0.6821 0.8328 0.6816 0.7789 0.6871 0.6101 0.8017 0.7867 0.7191
2008 0.9404 0.8660 0.5440 0.5769 0.3006 0.4780 0.3344 0.4171 0.3278 0.2700 0.4374 0.4196 0.3738
2009 0.9984 0.9997 0.8912 0.9079 0.6790 0.8114 0.6839 0.7786 0.7180 0.6377 0.8018 0.7587 0.7396
2009 0.9238 0.9675 0.5435 0.5716 0.2946 0.4445 0.3224 0.4117 0.3533 0.2731 0.4352 0.3821 0.3906
2010 0.9999 0.9920 0.9071 0.9224 0.6957 0.8309 0.7044 0.7992 0.7556 0.6212 0.8277 0.7707 0.7109
2010 0.9835 0.8497 0.5659 0.5942 0.3041 0.4593 0.3385 0.4245 0.3857 0.2533 0.4574 0.3908 0.3529
2011 0.9939 0.9848 0.9373 0.9468 0.7446 0.8488 0.7437 0.8114 0.7806 0.6469 0.8601 0.8162 0.7560
2011 0.8485 0.7896 0.6271 0.6503 0.3454 0.4767 0.3720 0.4332 0.4123 0.2600 0.4994 0.4361 0.3951
2012 0.9992 0.9913 1.0000 0.9276 0.6720 0.8527 0.7674 0.8211 0.7859 0.6561 0.8749 0.8133 0.7577
2012 0.9445 0.8342 0.9949 0.5937 0.2497 0.4816 0.3967 0.4433 0.4134 0.2615 0.5164 0.4243 0.3931
2013 0.9858 0.9280 0.9867 0.9866 0.7442 0.9215 0.8259 0.8680 0.7819 0.6619 0.9183 0.9025 0.7773
2013 0.7757 0.5868 0.8169 0.8135 0.3519 0.6125 0.4721 0.5160 0.4043 0.2746 0.6006 0.5692 0.4184
2014 0.9942 0.9488 0.9834 0.9815 0.6713 0.8995 0.8283 0.8917 0.7556 0.6955 0.9270 0.9064 0.8257
2014 0.8523 0.6353 0.7939 0.7829 0.2532 0.5627 0.4708 0.5540 0.3797 0.3067 0.6191 0.5750 0.4723
"""
ROWS = np.array([line.split() for line in TABLE_8.strip().splitlines()], dtype=float)
HALF_UNIT = 0.5e-4


def levels_for(standard, modified):
    r"""Solve for two levels U and rU, 0 < r < 1, that have the given degrees.

    .. math:: C = \frac{2\sqrt r}{1+r}, \quad C_{mod}^2 = [1 - U(1-r)]\,r

    Near C = 1 the rounding of C leaves r open, so r is sought within it. Returns the levels in
    [0, 1] found, one row each.
    """
    degree = np.linspace(standard - HALF_UNIT, min(standard + HALF_UNIT, 1 - 1e-9), 401)
    r = ((1 - np.sqrt(1 - degree**2)) / degree) ** 2
    higher = (1 - modified**2 / r) / (1 - r)
    levels = np.stack([higher, r * higher], axis=-1)
    return levels[(higher > 0) & (higher <= 1)]


@pytest.mark.parametrize("year", range(2008, 2015))
def test_table_8_is_consistent_with_the_standard_and_the_modified_form(year):
    printed = ROWS[ROWS[:, 0] == year, 1:]
    for city, standard, modified in zip(CITIES, *printed, strict=True):
        levels = levels_for(standard, modified)
        assert len(levels), f"{city} {year}: no two levels in [0, 1] have the printed degrees"
        close = np.abs(coupling_degree(levels) - standard) <= HALF_UNIT + 1e-9
        assert close.all(), f"{city} {year}"
        close = np.abs(coupling_degree(levels, "wang") - modified) <= HALF_UNIT + 1e-9
        assert close.all(), f"{city} {year}"


@pytest.mark.parametrize(
    ("form", "degree", "degree_of_a_tenth"),
    [("standard", 0.9456, 0.9456), ("wang", 0.6934, 0.7532), ("fan", 0.7764, 0.9776)],
)
def test_worked_values_of_the_three_forms(form, degree, degree_of_a_tenth):
    """Four levels, and a tenth of them: only the standard form does not depend on the scale.

    Worked by hand from the formulas: standard, (0.2·0.3·0.4·0.5)^(1/4) / 0.35; Wang, mean of the
    six differences 1/6 and product of the ratios 0.4·0.6·0.8; Fan (2024), Statistics & Decision
    40(22), standard deviation √0.0125.
    """
    levels = np.array([0.2, 0.3, 0.4, 0.5])
    assert abs(coupling_degree(levels, form) - degree) <= HALF_UNIT
    assert abs(coupling_degree(levels / 10, form) - degree_of_a_tenth) <= HALF_UNIT
