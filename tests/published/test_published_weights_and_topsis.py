"""Entropy weights, CRITIC weights and TOPSIS: examples printed with their data.

Each test names its source; the tolerance is the printed rounding. No book or paper was read in the
original. Data and results were read where other projects transcribe them, citing the source: the
aircraft in an example file for mcdajs, Tzeng and Huang in the tests of scikit-criteria, the
mountain, the banks and the attendance software in the tests of pymcdm 1.4.0.

What does not come out, and why: Hwang and Yoon's normalised matrix, as transcribed, has a slip in
column 4, which is divided by 10.863 where the square root of the sum of squares is 10.851, and one
in the entry 0.4392, which should be 0.4394. Their third closeness, 0.613, is that of their matrix
(0.61347); without the slips it is 0.61354, so 0.614. The weights that Diakoulaki et al. (1995), who
proposed CRITIC, print for their own example could not be found.
"""

import numpy as np

from xinzhi.measure.aggregation import topsis
from xinzhi.measure.normalisation import min_max
from xinzhi.measure.weights import critic_weights, entropy_weights


def agrees(values, printed, decimals):
    """Say whether every value lies within half a unit of the printed last digit."""
    return np.all(np.abs(np.asarray(values) - printed) <= 0.5 * 10.0**-decimals + 1e-9)


def vector_normalised(matrix):
    """Divide each column by the square root of its sum of squares (Hwang and Yoon 1981)."""
    return matrix / np.sqrt((matrix**2).sum(0))


# Hwang and Yoon (1981), Multiple Attribute Decision Making, pp. 133-134: four fighter aircraft by
# speed, range, payload, cost (the less the better), reliability and manoeuvrability
AIRCRAFT = np.array(
    [
        [2.0, 1500, 20000, 5.5, 5, 9],
        [2.5, 2700, 18000, 6.5, 3, 5],
        [1.8, 2000, 21000, 4.5, 7, 7],
        [2.2, 1800, 20000, 5.0, 5, 5],
    ]
)
AIRCRAFT_NORMALISED = np.array(
    [
        [0.4671, 0.3662, 0.5056, 0.5063, 0.4811, 0.6708],
        [0.5839, 0.6591, 0.4550, 0.5983, 0.2887, 0.3727],
        [0.4204, 0.4882, 0.5308, 0.4143, 0.6736, 0.5217],
        [0.5139, 0.4392, 0.5056, 0.4603, 0.4811, 0.3727],
    ]
)
AIRCRAFT_WEIGHTS = np.array([0.2, 0.1, 0.1, 0.1, 0.2, 0.3])
AIRCRAFT_DIRECTION = np.array([1, 1, 1, -1, 1, 1])


def test_topsis_of_the_aircraft():
    normalised = vector_normalised(AIRCRAFT)
    slips = np.zeros(AIRCRAFT.shape, dtype=bool)
    slips[:, 3] = slips[3, 1] = True
    assert agrees(normalised[~slips], AIRCRAFT_NORMALISED[~slips], 4)
    closeness = topsis(AIRCRAFT_NORMALISED * AIRCRAFT_DIRECTION, AIRCRAFT_WEIGHTS)
    assert agrees(closeness, [0.643, 0.268, 0.613, 0.312], 3)
    # without the slips, so not a printed figure in the third place
    closeness = topsis(normalised * AIRCRAFT_DIRECTION, AIRCRAFT_WEIGHTS)
    assert agrees(closeness, [0.643, 0.268, 0.614, 0.312], 3)


def test_topsis_of_tzeng_and_huang():
    """Tzeng and Huang (2011), Multiple Attribute Decision Making, CRC Press: four decimals."""
    matrix = np.array([[5.0, 8, 4], [7, 6, 8], [8, 8, 6], [7, 4, 6]])
    closeness = topsis(vector_normalised(matrix), np.array([0.3, 0.4, 0.3]))
    assert agrees(closeness, [0.5037, 0.6581, 0.7482, 0.3340], 4)


def test_topsis_of_opricovic_and_tzeng_on_min_max_values():
    """Opricovic and Tzeng (2004), European Journal of Operational Research 156(2), 445-455.

    Climbing a mountain: risk (the less the better) and altitude, equal weights.
    """
    matrix = np.array([[1.0, 3000], [2, 3750], [5, 4500]])
    closeness = topsis(min_max(matrix, np.array([-1, 1])), np.array([0.5, 0.5]))
    assert agrees(closeness, [0.500, 0.617, 0.500], 3)


def test_entropy_weights_of_the_banks():
    """Elsayed, Dawood and Karthikeyan (2017), Int. J. Eng. Trends Technology 46(2), 60-66.

    Twelve banks by five criteria; the shares are of the raw values, not of min-max values.
    """
    matrix = np.array(
        [
            [7, 312, 1891, 6613, 163],
            [72, 88, 728, 941804, 1078],
            [10, 252, 2594, 3466, 117471],
            [10, 145, 980, 2371, 86329],
            [65, 54, 350, 501, 29897],
            [29, 48, 380, 912, 34051],
            [7, 476, 3300, 78470, 2212],
            [70, 87, 650, 733, 819000],
            [4, 86, 591, 3015, 103],
            [12, 79, 579, 3240, 96098],
            [21, 45, 261, 1253, 453],
            [1, 72, 530, 4333, 0.104800],
        ]
    )
    assert agrees(entropy_weights(matrix), [0.104991, 0.069124, 0.071373, 0.449937, 0.304575], 6)


def test_critic_weights_of_the_attendance_software():
    """Tuş and Aytaç Adalı (2019), Opsearch 56(2), 528-538: five programs by six criteria.

    The printed weights come out with every criterion normalised as the more the better.
    """
    matrix = np.array(
        [
            [5000.0, 3, 3, 4, 3, 2],
            [680, 5, 3, 2, 2, 1],
            [2000, 3, 2, 3, 4, 3],
            [600, 4, 3, 1, 2, 2],
            [800, 2, 4, 3, 3, 4],
        ]
    )
    weights = critic_weights(min_max(matrix, np.ones(6)))
    assert agrees(weights, [0.157, 0.249, 0.168, 0.121, 0.154, 0.151], 3)
