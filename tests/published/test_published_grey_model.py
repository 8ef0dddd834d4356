"""GM(1,1) of two series that textbooks use, with parameters and fitted values worked out in print.

1. 2.874, 3.278, 3.337, 3.390, 3.679: a series of many Chinese teaching texts. Parameters, fitted
   values, S1, S2, C and P are those worked out by hand in a public teaching repository
   (github.com/241880199/MathModel, tests/skills/model-select/verify/gm11.md). A print of Deng's own
   could not be found.
2. Traffic noise of a northern city, 1986 to 1992, in decibels: the class ratios and their range, as
   a lecture prints them (coloradmin.cn/o/1047614.html). Its parameters stand in pictures there and
   could not be read.
"""

import numpy as np

from xinzhi.measure.trend import gm11

DENG = np.array([2.874, 3.278, 3.337, 3.390, 3.679])
NOISE = np.array([71.1, 72.4, 72.4, 72.1, 71.4, 72.0, 71.6])


def test_parameters_and_fitted_values():
    model = gm11(DENG)
    np.testing.assert_allclose(model.a, -0.0372043819436, rtol=1e-9)
    np.testing.assert_allclose(model.b, 3.065363313, rtol=1e-9)
    printed = [2.874, 3.23203891, 3.35454976, 3.4817044, 3.61367885]
    np.testing.assert_allclose(model.fitted, printed, atol=1e-8)
    np.testing.assert_allclose(model.forecast(1), [3.75065581], atol=1e-8)


def test_posterior_check():
    model = gm11(DENG)
    np.testing.assert_allclose(DENG.std(), 0.2586106, atol=1e-7)
    np.testing.assert_allclose((DENG - model.fitted).std(), 0.054947507, atol=1e-8)
    np.testing.assert_allclose(model.variance_ratio, 0.21247199, atol=1e-8)
    assert model.small_error == 1


def test_class_ratios_of_the_traffic_noise():
    model = gm11(NOISE)
    printed = [0.9820, 1.0000, 1.0042, 1.0098, 0.9917, 1.0056]
    np.testing.assert_allclose(model.class_ratios, printed, atol=0.5e-4)
    # printed 0.7788 and 1.2840
    np.testing.assert_allclose(model.class_range, [0.7788, 1.2840], atol=0.5e-4)
    assert model.class_ratio_passes
