"""Where gaps between regions come from, whether they close, and whether neighbours matter."""

from xinzhi.measure.disparity.clubs import Club, Clubs, convergence_clubs
from xinzhi.measure.disparity.convergence import (
    BetaConvergence,
    SigmaTest,
    beta_convergence,
    panel_beta_convergence,
    sigma_test,
)
from xinzhi.measure.disparity.dagum import DagumDecomposition, dagum, gini
from xinzhi.measure.disparity.density import kernel_density, silverman_bandwidth
from xinzhi.measure.disparity.disparity import disparity
from xinzhi.measure.disparity.disparity_result import DisparityResult
from xinzhi.measure.disparity.inequality import (
    TheilDecomposition,
    atkinson,
    coefficient_of_variation,
    theil_l,
    theil_t,
)
from xinzhi.measure.disparity.log_t import LogTTest, hodrick_prescott_trend, log_t_test
from xinzhi.measure.disparity.markov import HomogeneityTest, MarkovChain, markov, spatial_markov
from xinzhi.measure.disparity.moran import LocalMoran, Moran, local_moran, moran

__all__ = [
    "BetaConvergence",
    "Club",
    "Clubs",
    "DagumDecomposition",
    "DisparityResult",
    "HomogeneityTest",
    "LocalMoran",
    "LogTTest",
    "MarkovChain",
    "Moran",
    "SigmaTest",
    "TheilDecomposition",
    "atkinson",
    "beta_convergence",
    "coefficient_of_variation",
    "convergence_clubs",
    "dagum",
    "disparity",
    "gini",
    "hodrick_prescott_trend",
    "kernel_density",
    "local_moran",
    "log_t_test",
    "markov",
    "moran",
    "panel_beta_convergence",
    "sigma_test",
    "silverman_bandwidth",
    "spatial_markov",
    "theil_l",
    "theil_t",
]
