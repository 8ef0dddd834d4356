"""RAS and GRAS on published examples.

RAS: Miller and Blair (2009), Input–Output Analysis, section 7.4.2, whose data the model IOBALANCE
of the GAMS model library reprints (read in its gamspy form). The library states that RAS solves
the entropy formulation there, so that is solved beside it.

GRAS: the matrix of 3 rows and 4 columns with negative entries on which the R package riot (zauster,
``tests/testthat/test_doGRAS.R``, GPL) checks its doGRAS; its expected figures are quoted with the
package's own tolerance.
"""

import numpy as np
from scipy.optimize import minimize

from xinzhi.structure.balancing import gras, ras

BASE = np.array([[0.120, 0.100, 0.049], [0.210, 0.247, 0.265], [0.026, 0.249, 0.145]])
OUTPUT = np.array([421.0, 284.0, 283.0])
FLOWS = np.array([[98.0, 72.0, 75.0], [65.0, 8.0, 63.0], [88.0, 27.0, 44.0]])


def test_miller_and_blair_7_4_2():
    rows, columns = FLOWS.sum(axis=1), FLOWS.sum(axis=0)
    assert rows.tolist() == [245, 136, 159]
    assert columns.tolist() == [251, 107, 182]
    balanced = ras(BASE * OUTPUT, rows, columns)
    start = (BASE * OUTPUT).ravel()
    entropy = minimize(
        lambda z: float((z * np.log(z / start)).sum()),
        FLOWS.ravel(),
        jac=lambda z: np.log(z / start) + 1.0,
        bounds=[(1.0, None)] * 9,  # the bound of IOBALANCE
        constraints=[
            {"type": "eq", "fun": lambda z: z.reshape(3, 3).sum(axis=1) - rows},
            {"type": "eq", "fun": lambda z: z.reshape(3, 3).sum(axis=0)[:2] - columns[:2]},
        ],
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 500},
    )
    assert np.allclose(balanced.matrix.ravel(), entropy.x, rtol=1e-5)


def test_gras_example_of_riot():
    matrix = [[7.0, 3.0, 5.0, -3.0], [2.0, 9.0, 8.0, 0.0], [-2.0, 0.0, 2.0, 0.0]]
    expected = [
        [8.424340881, 3.375237362, 5.200422021, -2.000000263],
        [3.000997078, 12.624763744, 10.374239178, 0.0],
        [-2.425339135, 0.0, 1.425339135, 0.0],
    ]
    balanced = gras(matrix, [15.0, 26.0, -1.0], [9.0, 16.0, 17.0, -2.0])
    assert np.allclose(balanced.matrix, expected, rtol=0.002, atol=0.0)
    assert np.abs(balanced.matrix - expected).max() < 2e-6  # far closer than it asks
