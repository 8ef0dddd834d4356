"""The technology achievement index (TAI), the worked example of the OECD/JRC handbook.

OECD/JRC (2008), Handbook on Constructing Composite Indicators: Methodology and User Guide, OECD,
ISBN 978-92-64-04345-9. Data: Table A.2, its first 23 countries; the logarithms of telephones and
electricity have two decimals there, three in Table 35 for the five countries that it holds.
Goalposts of the original index: Saisana, Saltelli and Tarantola (2005), Journal of the Royal
Statistical Society A 168(2), 307-323, Table 1. All numbers were read in these two texts.

Tolerance: the printed rounding. The printed logarithms are too coarse for 21 cells of Tables 6, 7,
9 and 17, which miss the last digit. Each is named in its test, which shows that logarithms within
the rounding of the printed ones reach the printed figure: for each cell by itself, not for all at
once. Table 18 and the ranks come out of the printed logarithms.

What does not come out, and why:

- Table 22, weights by factor analysis: 0.13 for electricity and for schooling are neither
  those of Table 18 (0.12, 0.14) nor any that Table 17 gives; exports 0.06 follows from the text,
  which puts exports with patents (factor 2) although they load more on factor 1 (-0.64 against
  0.56). Table 18 follows the larger loading, as ``pca_weights`` does. The ranks by factor
  analysis in Table 23 follow the text's grouping, with unrounded weights.
- Box 6 keeps three factors by the eigenvalue rule: the third eigenvalue is printed 1.0, but
  12.3 per cent of 8 is less than 1. Taken strictly, as here by default, the rule keeps two. The
  handbook's tables use four.
- Table 23, ranks by the analytic hierarchy process: New Zealand, Israel and Spain (printed 18, 17
  and 19) lie within 0.001 of each other, less than the two decimals of the weights decide.
- Tables 23 and 38 name no normalisation; neither min-max nor z-scores over the 23 countries give
  their ranks, the goalposts of the original index give all but those three. The geometric ranks
  of Table 38 are those of the raw data, which equation (37) allows.
- Table 41 gives the ranks of the United Nations for the original index: Singapore 10th. The data
  of Table A.2 put it 8th, as in Tables 23 and 38.
- Saisana et al., section 4.1: 74.4 for Finland; the printed data give 74.49, and 74.4 only within
  their rounding.
- Section 6.11: 2.54 and 6.23 are cut off, not rounded (2.546 and 6.236).
- Table 15, ranks: equal values take the lowest rank of their group, counted from the worst;
  ``average_rank`` takes the mean of the group.
"""

import numpy as np
import pytest

from xinzhi.measure.aggregation import arithmetic_mean, geometric_mean
from xinzhi.measure.normalisation import (
    average_rank,
    competition_rank,
    goalposts,
    min_max,
    z_score,
)
from xinzhi.measure.weights import pca_weights, rotated_loadings

INDICATORS = [
    "patents",
    "royalties",
    "internet",
    "exports",
    "telephones",
    "electricity",
    "schooling",
    "university",
]
LOGARITHMS = slice(4, 6)

# Table A.2, in the order of INDICATORS
TABLE_A2 = {
    "Finland": (187, 125.6, 200.2, 50.7, 3.08, 4.15, 10, 27.4),
    "United States": (289, 130, 179.1, 66.2, 3.00, 4.07, 12, 13.9),
    "Sweden": (271, 156.6, 125.8, 59.7, 3.10, 4.14, 11.4, 15.3),
    "Japan": (994, 64.6, 49, 80.8, 3.00, 3.86, 9.5, 10),
    "Korea": (779, 9.8, 4.8, 66.7, 2.97, 3.65, 10.8, 23.2),
    "Netherlands": (189, 151.2, 136, 50.9, 3.02, 3.77, 9.4, 9.5),
    "United Kingdom": (82, 134, 57.4, 61.9, 3.02, 3.73, 9.4, 14.9),
    "Canada": (31, 38.6, 108, 48.7, 2.94, 4.18, 11.6, 14.2),
    "Australia": (75, 18.2, 125.9, 16.2, 2.94, 3.94, 10.9, 25.3),
    "Singapore": (8, 25.5, 72.3, 74.9, 2.95, 3.83, 7.1, 24.2),
    "Germany": (235, 36.8, 41.2, 64.2, 2.94, 3.75, 10.2, 14.4),
    "Norway": (103, 20.2, 193.6, 19, 3.12, 4.39, 11.9, 11.2),
    "Ireland": (106, 110.3, 48.6, 53.6, 2.97, 3.68, 9.4, 12.3),
    "Belgium": (72, 73.9, 58.9, 47.6, 2.91, 3.86, 9.3, 13.6),
    "New Zealand": (103, 13, 146.7, 15.4, 2.86, 3.91, 11.7, 13.1),
    "Austria": (165, 14.8, 84.2, 50.3, 2.99, 3.79, 8.4, 13.6),
    "France": (205, 33.6, 36.4, 58.9, 2.97, 3.80, 7.9, 12.6),
    "Israel": (74, 43.6, 43.2, 45, 2.96, 3.74, 9.6, 11),
    "Spain": (42, 8.6, 21, 53.4, 2.86, 3.62, 7.3, 15.6),
    "Italy": (13, 9.8, 30.4, 51, 3.00, 3.65, 7.2, 13),
    "Czech Republic": (28, 4.2, 25, 51.7, 2.75, 3.68, 9.5, 8.2),
    "Hungary": (26, 6.2, 21.6, 63.5, 2.73, 3.46, 9.1, 7.7),
    "Slovenia": (105, 4, 20.3, 49.5, 2.84, 3.71, 7.1, 10.6),
}
COUNTRIES = list(TABLE_A2)
PRINTED = np.array(list(TABLE_A2.values()), dtype=float)

# Table 35: the logarithms of the first five countries
TABLE_35 = np.array(
    [[3.080, 4.150], [2.997, 4.073], [3.096, 4.145], [3.003, 3.865], [2.972, 3.653]]
)
DATA = PRINTED.copy()
DATA[:5, LOGARITHMS] = TABLE_35

# the logarithms that the printed ones allow
LEAST, MOST = PRINTED[:, LOGARITHMS] - 0.005, PRINTED[:, LOGARITHMS] + 0.005
LEAST[:5] = np.maximum(LEAST[:5], TABLE_35 - 0.0005)
MOST[:5] = np.minimum(MOST[:5], TABLE_35 + 0.0005)
MORE = np.ones(8)

# Saisana et al. (2005), Table 1: lowest and highest values; section 3 takes the logarithms
LOW = np.array([0, 0, 0, 0, np.log10(1), np.log10(22), 0.8, 0.1])
HIGH = np.array([994, 272.6, 232.4, 80.8, np.log10(901), np.log10(6969), 12.0, 27.4])

# Tables 9 and 17: rotated loadings on factors 1 to 4
TABLE_9 = np.array(
    [
        [0.07, 0.97, 0.06, 0.06],
        [0.13, 0.07, -0.07, 0.93],
        [0.79, -0.21, 0.21, 0.42],
        [-0.64, 0.56, -0.04, 0.36],
        [0.37, 0.17, 0.38, 0.68],
        [0.82, -0.04, 0.25, 0.35],
        [0.88, 0.23, -0.09, 0.09],
        [0.08, 0.04, 0.96, 0.04],
    ]
)


def agrees(values, printed, decimals):
    """Say whether every value lies within half a unit of the printed last digit."""
    return np.all(np.abs(np.asarray(values) - printed) <= 0.5 * 10.0**-decimals + 1e-9)


def within_rounding(draws):
    """Give the data again and again, their logarithms drawn from those that the print allows."""
    random = np.random.default_rng(2008)
    for _ in range(draws):
        data = DATA.copy()
        data[:, LOGARITHMS] = random.uniform(LEAST, MOST)
        yield data


def assert_printed(compute, printed, decimals, missed, draws=300):
    """Check that all cells agree but those named, and that the logarithms' rounding explains these.

    compute : from the data to cells by name; printed : the same cells, as printed
    """
    ours = compute(DATA)
    assert ours.keys() == printed.keys()
    assert {cell for cell in ours if not agrees(ours[cell], printed[cell], decimals)} == set(missed)
    allowed = [compute(data) for data in within_rounding(draws)]
    half = 0.5 * 10.0**-decimals
    for cell in missed:
        values = [other[cell] for other in allowed]
        assert min(values) <= printed[cell] + half, cell
        assert max(values) >= printed[cell] - half, cell


def cells(table, rows, columns):
    """Name the cells of a table: "row, column"."""
    return {
        f"{row}, {column}": value
        for row, line in zip(rows, table, strict=True)
        for column, value in zip(columns, line, strict=True)
    }


def scores(weights):
    return arithmetic_mean(goalposts(DATA, LOW, HIGH, MORE), weights / weights.sum())


def ordered(ranking):
    """Put ranks that are printed by country name into the order of the data."""
    return [ranking[country] for country in COUNTRIES]


def loadings(data):
    """Return our four rotated factors in the printed order and with the printed signs."""
    ours = rotated_loadings(data, factors=4)
    likeness = ours.T @ TABLE_9
    partner = np.abs(likeness).argmax(0)
    assert sorted(partner) == [0, 1, 2, 3]
    return ours[:, partner] * np.sign(likeness[partner, range(4)])


def test_table_35_rounds_to_table_a2():
    assert agrees(TABLE_35, PRINTED[:5, LOGARITHMS], 2)


def test_table_6_correlations():
    table_6 = [
        [0.13, -0.09, 0.45, 0.28, 0.03, 0.22, 0.08],
        [0.46, 0.25, 0.56, 0.32, 0.30, 0.06],
        [-0.45, 0.56, 0.84, 0.63, 0.27],
        [0.00, -0.36, -0.35, -0.03],
        [0.64, 0.30, 0.33],
        [0.65, 0.26],
        [0.08],
    ]

    def named(rows):
        return {
            f"{INDICATORS[k]}, {INDICATORS[k + 1 + m]}": value
            for k, row in enumerate(rows)
            for m, value in enumerate(row)
        }

    def correlations(data):
        ours = np.corrcoef(data, rowvar=False)
        return named([ours[k, k + 1 :] for k in range(7)])

    missed = ["royalties, telephones", "electricity, schooling", "electricity, university"]
    assert_printed(correlations, named(table_6), 2, missed)


def test_table_7_variance_of_the_components():
    columns = ["eigenvalue", "per cent", "cumulative"]
    table_7 = [
        [3.3, 41.9, 41.9],
        [1.7, 21.8, 63.7],
        [1.0, 12.3, 76.0],
        [0.9, 11.1, 87.2],
        [0.5, 6.0, 93.2],
        [0.3, 3.7, 96.9],
        [0.2, 2.2, 99.1],
        [0.1, 0.9, 100.0],
    ]

    def variance(data):
        # rotation leaves the variance that k components explain together unchanged
        explained = np.array([(rotated_loadings(data, k) ** 2).sum() for k in range(1, 9)])
        eigenvalues = np.diff(explained, prepend=0)
        table = np.column_stack([eigenvalues, 100 * eigenvalues / 8, 100 * explained / 8])
        return cells(table, range(1, 9), columns)

    missed = ["1, eigenvalue", "4, per cent", "5, per cent", "6, per cent", "5, cumulative"]
    assert_printed(variance, cells(table_7, range(1, 9), columns), 1, missed, draws=50)


def test_table_9_rotated_loadings():
    def table(data):
        ours = loadings(data)
        return cells(ours, INDICATORS, range(1, 5)) | sums(
            (ours**2).sum(0), (ours**2).sum(1), "explained", "communality"
        )

    def sums(by_factor, by_indicator, below, beside):
        return cells([by_factor], [below], range(1, 5)) | cells(
            np.reshape(by_indicator, (8, 1)), INDICATORS, [beside]
        )

    printed = cells(TABLE_9, INDICATORS, range(1, 5)) | sums(
        [2.64, 1.39, 1.19, 1.76],
        [0.95, 0.89, 0.89, 0.86, 0.77, 0.85, 0.85, 0.93],
        "explained",
        "communality",
    )
    missed = [
        "internet, 4",
        "exports, 4",
        "telephones, 3",
        "telephones, 4",
        "electricity, 1",
        "electricity, 3",
        "explained, 1",
        "explained, 3",
        "explained, 4",
        "electricity, communality",
        "schooling, communality",
    ]
    assert_printed(table, printed, 2, missed)


def test_table_17_squared_loadings_scaled_to_one():
    table_17 = [
        [0.00, 0.67, 0.00, 0.00],
        [0.01, 0.00, 0.00, 0.49],
        [0.24, 0.03, 0.04, 0.10],
        [0.16, 0.23, 0.00, 0.07],
        [0.05, 0.02, 0.12, 0.26],
        [0.25, 0.00, 0.05, 0.07],
        [0.29, 0.04, 0.01, 0.00],
        [0.00, 0.00, 0.77, 0.00],
        [0.38, 0.20, 0.17, 0.25],
    ]
    rows = [*INDICATORS, "share of the variance"]

    def table(data):
        squared = loadings(data) ** 2
        explained = squared.sum(0)
        lines = np.vstack([squared / explained, explained / explained.sum()])
        return cells(lines, rows, range(1, 5))

    missed = ["telephones, 4", "university, 3"]
    assert_printed(table, cells(table_17, rows, range(1, 5)), 2, missed)


def test_table_18_weights_from_principal_components():
    table_18 = [0.17, 0.15, 0.11, 0.07, 0.08, 0.12, 0.14, 0.16]
    assert agrees(pca_weights(DATA, factors=4), table_18, 2)


def test_eigenvalue_rule_taken_strictly_keeps_two_factors():
    assert rotated_loadings(DATA).shape == (8, 2)


def test_table_15_normalisation_of_schooling():
    # rank from the worst, z-score, min-max; in the order of COUNTRIES
    table_15 = np.array(
        [
            [15, 0.26, 0.59],
            [23, 1.52, 1.00],
            [19, 1.14, 0.88],
            [12, -0.06, 0.49],
            [17, 0.76, 0.76],
            [9, -0.12, 0.47],
            [9, -0.12, 0.47],
            [20, 1.27, 0.92],
            [18, 0.83, 0.78],
            [1, -1.58, 0.00],
            [16, 0.38, 0.63],
            [22, 1.46, 0.98],
            [9, -0.12, 0.47],
            [8, -0.19, 0.45],
            [21, 1.33, 0.94],
            [6, -0.76, 0.27],
            [5, -1.08, 0.16],
            [14, 0.00, 0.51],
            [4, -1.46, 0.04],
            [3, -1.52, 0.02],
            [12, -0.06, 0.49],
            [7, -0.31, 0.41],
            [1, -1.58, 0.00],
        ]
    )
    schooling = PRINTED[:, 6:7]
    assert agrees(z_score(schooling, np.ones(1))[:, 0], table_15[:, 1], 2)
    assert agrees(min_max(schooling, np.ones(1))[:, 0], table_15[:, 2], 2)
    group = (schooling == schooling.T).sum(1)
    assert np.array_equal(average_rank(schooling[:, 0]) - (group - 1) / 2, table_15[:, 0])


# Tables 23 and 38: ranks by equal weights, factor analysis, budget allocation and the analytic
# hierarchy process (linear aggregation), and by geometric aggregation with equal weights
RANKS = {
    "Finland": (1, 1, 1, 1, 2),
    "United States": (2, 2, 2, 3, 1),
    "Sweden": (3, 3, 3, 4, 3),
    "Japan": (4, 4, 5, 5, 4),
    "Korea": (5, 5, 4, 2, 16),
    "Netherlands": (6, 6, 8, 11, 5),
    "United Kingdom": (7, 8, 7, 7, 6),
    "Singapore": (8, 11, 6, 6, 18),
    "Canada": (9, 10, 10, 10, 13),
    "Australia": (10, 7, 11, 9, 14),
    "Germany": (11, 12, 9, 8, 8),
    "Norway": (12, 9, 13, 16, 11),
    "Ireland": (13, 14, 12, 12, 7),
    "Belgium": (14, 15, 14, 13, 9),
    "New Zealand": (15, 13, 17, 18, 17),
    "Austria": (16, 16, 15, 15, 12),
    "France": (17, 17, 16, 14, 10),
    "Israel": (18, 18, 18, 17, 15),
    "Spain": (19, 19, 19, 19, 19),
    "Italy": (20, 20, 21, 21, 21),
    "Czech Republic": (21, 21, 22, 22, 23),
    "Hungary": (22, 23, 20, 20, 22),
    "Slovenia": (23, 22, 23, 23, 20),
}
EQUAL, FACTOR, BUDGET, HIERARCHY, GEOMETRIC = np.array(ordered(RANKS)).T

# Table 22
BUDGET_WEIGHTS = np.array([0.11, 0.11, 0.11, 0.18, 0.10, 0.06, 0.15, 0.18])
HIERARCHY_WEIGHTS = np.array([0.09, 0.10, 0.07, 0.21, 0.05, 0.06, 0.18, 0.25])


@pytest.mark.parametrize(
    ("weights", "printed"),
    [(np.ones(8), EQUAL), (BUDGET_WEIGHTS, BUDGET)],
    ids=["equal", "budget"],
)
def test_table_23_ranks(weights, printed):
    assert np.array_equal(competition_rank(scores(weights)), printed)


def test_table_23_ranks_by_factor_analysis_with_the_groups_of_the_text():
    squared = loadings(DATA) ** 2
    factor = np.array([1, 3, 0, 1, 3, 0, 0, 2])  # section 6.1: exports with patents
    # the factor's variance cancels: squared / explained * explained / total
    weights = squared[range(8), factor]
    assert np.array_equal(competition_rank(scores(weights)), FACTOR)


def test_table_23_ranks_by_analytic_hierarchy_process():
    printed = HIERARCHY
    z = goalposts(DATA, LOW, HIGH, MORE)
    ours = arithmetic_mean(z, HIERARCHY_WEIGHTS)
    for better in range(23):
        for worse in np.flatnonzero(printed > printed[better]):
            # half a unit of the second decimal of each weight
            slack = 0.005 * np.abs(z[better] - z[worse]).sum()
            assert ours[better] - ours[worse] >= -slack
    differing = np.flatnonzero(competition_rank(ours) != printed)
    assert [COUNTRIES[k] for k in differing] == ["New Zealand", "Israel", "Spain"]


def test_table_38_ranks_by_geometric_aggregation_of_the_raw_data():
    ours = geometric_mean(PRINTED, np.full(8, 1 / 8))
    assert np.array_equal(competition_rank(ours), GEOMETRIC)


def test_table_41_ranks_without_telephones_and_electricity():
    ranking = dict(zip(COUNTRIES, range(1, 24), strict=True))
    ranking |= {"Canada": 9, "Australia": 10, "Singapore": 8, "Italy": 22, "Hungary": 20}
    kept = np.array([1, 1, 1, 1, 0, 0, 1, 1])
    assert np.array_equal(competition_rank(scores(kept)), ordered(ranking))


def test_original_index_of_two_countries():
    """Saisana et al. (2005), section 4.1: 74.4 for Finland, 73.3 for the United States.

    The printed data are rounded; the index that they allow is an interval, which must reach the
    printed figure's own. Telephones and electricity of both countries lie above the goalposts.
    """
    half = np.array([0.5, 0.05, 0.05, 0.05, 0, 0, 0.05, 0.05])
    low, high = DATA - half, DATA + half
    low[:, LOGARITHMS], high[:, LOGARITHMS] = LEAST, MOST
    least, most = (
        100 * arithmetic_mean(goalposts(end, LOW, HIGH, MORE), np.full(8, 1 / 8))
        for end in (low, high)
    )
    for country, printed in (("Finland", 74.4), ("United States", 73.3)):
        k = COUNTRIES.index(country)
        assert least[k] <= printed + 0.05
        assert most[k] >= printed - 0.05


def test_section_6_11_geometric_aggregation():
    equal = np.full(4, 0.25)
    uneven, even = np.array([21.0, 1, 1, 1]), np.full(4, 6.0)
    assert arithmetic_mean(uneven, equal) == arithmetic_mean(even, equal) == 6
    first, second = geometric_mean(uneven, equal), geometric_mean(even, equal)
    assert agrees([first, second], [2.14, 6], 2)
    one_more = np.array([0.0, 1, 0, 0])
    higher = [geometric_mean(uneven + one_more, equal), geometric_mean(even + one_more, equal)]
    assert np.array_equal(np.floor(np.array(higher) * 100), [254, 623])
    assert agrees(100 * (np.array(higher) / [first, second] - 1), [19, 4], 0)
