"""RAS and GRAS: margins, signs, the least information distance, and what they refuse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import minimize

from xinzhi.core import ComputationError, InputError
from xinzhi.structure.balancing import gras, ras

ENTRIES = st.floats(0.1, 100.0)


@st.composite
def matrices(draw, elements=ENTRIES, least=2):
    shape = draw(st.integers(least, 5)), draw(st.integers(least, 5))
    return draw(arrays(np.float64, shape, elements=elements))


def cross_product(matrix):
    return matrix[0, 0] * matrix[1, 1] / (matrix[0, 1] * matrix[1, 0])


def test_ras_by_hand():
    """From ones to rows (3, 1) and columns (2, 2): cells are products of shares, 3·2/4."""
    balanced = ras(np.ones((2, 2)), [3.0, 1.0], [2.0, 2.0])
    assert np.allclose(balanced.matrix, [[1.5, 1.5], [0.5, 0.5]])
    assert np.allclose(
        balanced.row_factors[:, np.newaxis] * balanced.column_factors, balanced.matrix
    )


@given(matrices(), st.data())
def test_ras_hits_its_margins_and_keeps_cross_products(matrix, data):
    other = data.draw(arrays(np.float64, matrix.shape, elements=ENTRIES))
    balanced = ras(matrix, other.sum(axis=1), other.sum(axis=0))
    assert np.allclose(balanced.matrix.sum(axis=1), other.sum(axis=1), rtol=1e-9)
    assert np.allclose(balanced.matrix.sum(axis=0), other.sum(axis=0), rtol=1e-9)
    # x11 x22 / (x12 x21) is what no scaling of rows and columns can change
    assert np.isclose(cross_product(balanced.matrix), cross_product(matrix))


@given(matrices(st.one_of(st.just(0.0), ENTRIES)))
def test_ras_of_a_matrix_with_its_own_margins_is_the_identity(matrix):
    balanced = ras(matrix, matrix.sum(axis=1), matrix.sum(axis=0))
    assert np.allclose(balanced.matrix, matrix, rtol=1e-12)
    assert balanced.iterations == 1


def test_ras_is_the_matrix_of_least_information_distance():
    random = np.random.default_rng(7)
    base, other = random.uniform(1, 9, (2, 3, 3))
    rows, columns = other.sum(axis=1), other.sum(axis=0)
    found = minimize(
        lambda x: float((x * np.log(x / base.ravel())).sum()),
        other.ravel(),
        jac=lambda x: np.log(x / base.ravel()) + 1.0,
        bounds=[(1e-9, None)] * 9,
        constraints=[
            {"type": "eq", "fun": lambda x: x.reshape(3, 3).sum(axis=1) - rows},
            {"type": "eq", "fun": lambda x: x.reshape(3, 3).sum(axis=0)[:2] - columns[:2]},
        ],
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert np.allclose(ras(base, rows, columns).matrix.ravel(), found.x, rtol=1e-5)


def test_zero_rows_and_columns_stay_zero():
    matrix = np.array([[1.0, 0.0, 2.0], [0.0, 0.0, 0.0], [3.0, 0.0, 1.0]])
    balanced = ras(matrix, [4.0, 0.0, 4.0], [2.0, 0.0, 6.0])
    assert np.allclose(balanced.matrix.sum(axis=1), [4, 0, 4])
    assert np.allclose(balanced.matrix.sum(axis=0), [2, 0, 6])
    emptied = ras(np.ones((2, 2)), [2.0, 0.0], [1.0, 1.0])
    assert np.allclose(emptied.matrix, [[1, 1], [0, 0]])


@given(matrices(), st.data())
def test_gras_without_negative_entries_is_ras(matrix, data):
    other = data.draw(arrays(np.float64, matrix.shape, elements=ENTRIES))
    rows, columns = other.sum(axis=1), other.sum(axis=0)
    one, two = ras(matrix, rows, columns), gras(matrix, rows, columns)
    assert np.allclose(one.matrix, two.matrix, rtol=1e-7)


@given(matrices(), st.data())
def test_gras_hits_its_margins_and_keeps_signs(matrix, data):
    sign = data.draw(arrays(np.float64, matrix.shape, elements=st.sampled_from([-1.0, 1.0])))
    factors = data.draw(arrays(np.float64, matrix.shape, elements=st.floats(0.5, 2.0)))
    base = sign * matrix
    other = base * factors  # margins that a matrix of the same signs has
    rows, columns = other.sum(axis=1), other.sum(axis=0)
    balanced = gras(base, rows, columns)
    size = np.abs(balanced.matrix)
    assert (np.sign(balanced.matrix) == sign).all()
    assert (np.abs(balanced.matrix.sum(axis=1) - rows) <= 1e-8 * size.sum(axis=1)).all()
    assert (np.abs(balanced.matrix.sum(axis=0) - columns) <= 1e-8 * size.sum(axis=0)).all()


def test_gras_of_a_matrix_with_its_own_margins_is_the_identity():
    matrix = np.array([[7.0, 3.0, -3.0], [2.0, 9.0, 0.0], [-2.0, 0.0, 2.0]])
    assert np.allclose(gras(matrix, matrix.sum(axis=1), matrix.sum(axis=0)).matrix, matrix)


def test_gras_has_the_least_distance_of_lenzen_wood_and_gallego():
    base = np.array([[7.0, 3.0, -3.0], [2.0, -9.0, 4.0], [-2.0, 5.0, 2.0]])
    other = base * np.random.default_rng(3).uniform(0.6, 1.7, (3, 3))
    rows, columns = other.sum(axis=1), other.sum(axis=0)
    weight, signed = np.abs(base).ravel(), base.ravel()
    found = minimize(
        lambda z: float((weight * (z * np.log(z) - z + 1.0)).sum()),
        (other / base).ravel(),
        jac=lambda z: weight * np.log(z),
        bounds=[(1e-9, None)] * 9,
        constraints=[
            {"type": "eq", "fun": lambda z: (signed * z).reshape(3, 3).sum(axis=1) - rows},
            {
                "type": "eq",
                "fun": lambda z: (signed * z).reshape(3, 3).sum(axis=0)[:2] - columns[:2],
            },
        ],
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    ratio = gras(base, rows, columns).matrix / base
    assert np.allclose(ratio.ravel(), found.x, rtol=1e-4)


def test_gras_scales_a_row_without_positive_entries():
    balanced = gras([[4.0, 4.0], [-2.0, -1.0]], [10.0, -6.0], [2.0, 2.0])
    assert np.allclose(balanced.matrix.sum(axis=1), [10, -6])
    assert np.allclose(balanced.matrix.sum(axis=0), [2, 2])
    assert (balanced.matrix[1] < 0).all()


def said(error):
    return error.value.text("zh"), error.value.text("en")


def test_negative_entries_are_refused_with_the_way_out():
    with pytest.raises(InputError) as error:
        ras([[1.0, -1.0], [1.0, 1.0]], [1.0, 1.0], [1.0, 1.0])
    zh, en = said(error)
    assert "(1, 2)" in zh
    assert "请改用 gras" in zh
    assert "(1, 2)" in en
    assert "Use gras" in en


def test_negative_totals_are_refused():
    with pytest.raises(InputError) as error:
        ras([[1.0, 1.0], [1.0, 1.0]], [3.0, -1.0], [1.0, 1.0])
    zh, en = said(error)
    assert "第 2 行" in zh
    assert "row 2" in en


def test_totals_with_different_sums_are_refused():
    with pytest.raises(InputError) as error:
        ras([[1.0, 1.0], [1.0, 1.0]], [3.0, 1.0], [1.0, 1.0])
    zh, en = said(error)
    assert "相差 2" in zh
    assert "differ by 2" in en


def test_wrong_shapes_and_gaps_are_refused():
    with pytest.raises(InputError) as error:
        ras([[1.0, 1.0]], [1.0, 1.0], [1.0, 1.0])
    zh, en = said(error)
    assert "(1, 2)" in zh
    assert "(1, 2)" in en
    with pytest.raises(InputError) as error:
        gras([[1.0, np.nan]], [1.0], [0.5, 0.5])
    zh, en = said(error)
    assert "缺失" in zh
    assert "missing" in en


@pytest.mark.parametrize(
    ("matrix", "rows", "columns", "zh", "en"),
    [
        ([[1, 0], [1, 1]], [3, 1], [1, 3], "第 1 行合计 3", "rows 1 hold 3, but have entries"),
        ([[0, 0], [1, 1]], [1, 1], [1, 1], "没有可用的非零格", "rows 1 hold 1, but have no entry"),
        (
            [[1, 1, 0], [1, 1, 0], [0, 1, 1]],
            [5, 5, 1],
            [2, 2, 7],
            "第 1、2 行合计 10，但它们的非零格只在第 1、2 列，这些列合计仅 4",
            "rows 1, 2 hold 10, but have entries only in columns 1, 2, which hold 4",
        ),
    ],
)
def test_impossible_margins_are_named(matrix, rows, columns, zh, en):
    with pytest.raises(ComputationError) as error:
        ras(matrix, rows, columns, max_iterations=200)
    assert zh in said(error)[0]
    assert en in said(error)[1]


def test_margins_on_the_edge_are_reported_as_not_converged():
    """Only the matrix with a zero in the upper right corner has these margins."""
    with pytest.raises(ComputationError) as error:
        ras([[1.0, 1.0], [0.0, 1.0]], [1.0, 1.0], [1.0, 1.0], max_iterations=50)
    zh, en = said(error)
    assert "50 轮内未收敛" in zh
    assert "max_iterations" in zh
    assert "not converged within 50 rounds" in en


def test_signs_that_cannot_give_a_total_are_named():
    with pytest.raises(ComputationError) as error:
        gras([[1.0, 2.0], [-1.0, -1.0]], [2.0, 1.0], [1.0, 2.0])
    zh, en = said(error)
    assert "第 2 行" in zh
    assert "row 2" in en
    with pytest.raises(ComputationError) as error:
        gras([[1.0, -2.0], [1.0, -1.0]], [2.0, 1.0], [1.0, 2.0])
    zh, en = said(error)
    assert "第 2 列" in zh
    assert "column 2" in en
