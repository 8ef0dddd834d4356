"""How total losses grow with direct losses: what is printed of Hallegatte (2008).

Hallegatte (2008), Risk Analysis 28(3), 779–799, doi:10.1111/j.1539-6924.2008.01046.x, abstract:
Katrina in Louisiana cost $149 billion in all for $107 billion of direct losses; total losses grow
more than in proportion above $50 billion, and are twice the direct ones above $200 billion. The
table of Louisiana that it uses is not published and its model has no stocks, so its amounts cannot
be reproduced. What can be checked on open data is the shape: on China's table of 2020 with 42
sectors, all hit alike, indirect losses grow more than in proportion to direct ones, under the
default assumptions and with small stocks that are refilled fast. A direct loss of $107 billion is
taken, by assumption, as 0.6 of a year's value added, the others in proportion. Indirect losses at
that size are 0.1 to 0.3 of the direct ones here, of the order of the 0.39 printed; the level hangs
on stocks and rationing, which the paper does not have, and is not tested. With rationing in
proportion (``priority=()``) the economy collapses instead; that set of assumptions is left out.
"""

from pathlib import Path

import numpy as np
import pytest

from xinzhi.data.io_readers import read_io_table
from xinzhi.stress.ario import prepare, run
from xinzhi.stress.ario_parameters import ArioParameters
from xinzhi.stress.disturbance import Disturbance
from xinzhi.stress.shock_tables import losses_of

CAPITAL = 4.0  # years of value added
ASSUMPTIONS = {
    "defaults": ArioParameters(capital_ratio=CAPITAL),
    "small stocks": ArioParameters(stock_days=5.0, restoration_time=5.0, capital_ratio=CAPITAL),
}
DIRECT = {50: 0.28, 107: 0.6, 200: 1.12}  # $ billion: years of value added


@pytest.fixture(scope="module", params=list(ASSUMPTIONS))
def amplification(request: pytest.FixtureRequest, official_folder: Path) -> dict[int, float]:
    """Return value added lost in ten years, net, relative to the direct loss."""
    table = read_io_table(official_folder / "io_china_2020_42.csv")
    prepared = prepare(table, ASSUMPTIONS[request.param])
    invested = np.maximum(table.final("investment") + table.imported_final("investment"), 0.0)
    found = {}
    for billion, years in DIRECT.items():
        event = Disturbance(
            start=0,
            duration=1,
            capital_lost=np.full(table.size, years / CAPITAL),
            rebuilding=invested / invested.sum(),
            rebuilding_time=365,
        )
        losses = losses_of(prepared, run(prepared, [event], days=3650), 0)
        net = losses.value_added_loss.sum() - losses.gain.sum()
        found[billion] = float(net / (years * table.value_added.sum()))
    return found


def test_indirect_losses_grow_more_than_in_proportion(amplification: dict[int, float]):
    assert 0 <= amplification[50] < amplification[107] < amplification[200]
