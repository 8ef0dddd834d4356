"""Value added in exports on a published example.

The table of three countries and three industries ``leather`` of the R packages decompr and icio,
and the figures that icio 1.0.0 prints for it (Krantz, vignette "Global Value Chain Decomposition
with icio", repository SebKrantz/icio, ``articles/icio.md``, GPL-3; read there, and only its
numbers are used). Digits are the vignette's.
"""

import numpy as np
import pytest

from xinzhi.core import Text
from xinzhi.data.io_table import FinalCategory, IOTable, PrimaryCategory, Sector
from xinzhi.structure.trade_decomposition import (
    BORIN_MANCINI_TERMS,
    KOOPMAN_WANG_WEI_TERMS,
    decompose_exports,
)

COUNTRIES = ("Argentina", "Turkey", "Germany")
FLOWS = [
    [16.1, 5.1, 1.8, 3.2, 4.3, 0.4, 3.1, 2.8, 4.9],
    [2.4, 8.0, 3.2, 0.1, 3.2, 1.6, 1.2, 3.9, 11.5],
    [0.9, 0.5, 4.0, 0.0, 0.1, 0.3, 0.0, 0.4, 0.5],
    [1.1, 1.9, 0.2, 18.0, 13.2, 6.1, 9.0, 3.1, 8.9],
    [0.3, 2.8, 0.1, 6.1, 28.1, 6.3, 2.1, 2.5, 25.6],
    [0.0, 0.1, 0.3, 4.1, 3.2, 8.9, 0.2, 0.0, 1.8],
    [1.2, 4.2, 0.3, 4.1, 1.2, 0.6, 29.0, 19.5, 17.9],
    [1.3, 1.1, 0.0, 3.2, 4.8, 2.6, 5.1, 29.1, 24.1],
    [2.1, 1.4, 3.0, 4.1, 3.1, 3.9, 11.3, 8.1, 51.3],
]
FINAL = [
    [21.5, 6.1, 8.4],
    [16.2, 1.9, 5.1],
    [11.0, 0.5, 0.8],
    [7.5, 29.5, 14.2],
    [8.9, 24.9, 16.9],
    [1.2, 18.5, 4.9],
    [9.2, 17.9, 51.2],
    [7.9, 10.1, 38.5],
    [25.1, 35.2, 68.4],
]
OUTPUT = [77.7, 58.3, 19.0, 112.7, 124.6, 43.2, 156.3, 127.8, 217.0]

# kww(): DVA_FIN, DVA_INT, DVA_INTrex, RDV_FIN, RDV_INT, DDC, FVA_FIN, FVA_INT, FDC
NINE = [
    [19.34940, 18.97119, 8.411491, 5.259501, 0.8259724, 0.8723949, 3.450595, 3.388617, 3.770832],
    [43.39461, 26.20678, 7.740053, 10.475795, 2.0075781, 2.6369363, 10.205386, 5.359698, 5.573163],
    [78.73101, 15.23967, 2.748464, 5.689669, 4.4335916, 4.4481800, 26.668992, 4.455024, 5.185401],
]
# bm(): DC, DVA, VAX, DAVAX, REF, DDC, FC, FVA, FDC, GVC, GVCB, GVCF
BY_COUNTRY = """
53.68996 52.81756 46.73209 34.79877 6.085473 0.8723949
10.61004 10.43484 0.1752063 29.50123 11.48244 18.01879
92.46175 89.82482 77.34144 65.50360 12.483373 2.6369363
21.13825 20.55564 0.5826050 48.09640 23.77518 24.32122
111.29058 106.84240 96.71914 89.31689 10.123261 4.4481800
36.30942 35.06489 1.2445289 58.28311 40.75760 17.52551
"""
# bm(aggregation = "bilateral"), rows of the transport equipment of Turkey and of Germany
TURKEY_TO_GERMANY = """
4.8344878 4.5179730 4.152680 3.8422274 0.36529320 0.31651476
2.0655122 1.9947889 0.070723354 3.0577726 2.3820270 0.6757457
"""
GERMANY_TO_ARGENTINA = """
21.2976809 20.0216436 19.072854 18.2515939 0.94879005 1.27603729
10.3023191 9.9457626 0.356556480 13.3484061 11.5783564 1.7700497
"""


def numbers(text):
    return np.array([float(word) for word in text.split()]).reshape(-1, 12)


@pytest.fixture(scope="module")
def decomposed():
    flows, output = np.array(FLOWS), np.array(OUTPUT)
    names = ("Agriculture", "Textile_and_Leather", "Transport_Equipment")
    table = IOTable(
        sectors=tuple(Sector(f"{k}", Text(name, name)) for k, name in enumerate(names, 1)),
        flows=flows,
        final_demand=np.array(FINAL),
        final_categories=tuple(
            FinalCategory("final", "consumption", Text("最终需求", "Final demand"), country)
            for country in COUNTRIES
        ),
        primary_inputs=[output - flows.sum(axis=0)],
        primary_categories=(PrimaryCategory("va", "value_added", Text("增加值", "Value added")),),
        output=output,
        regions=COUNTRIES,
    )
    return decompose_exports(table)


def close(values, printed):
    """Compare with figures that were printed with seven significant digits, or a few fewer."""
    return np.allclose(np.asarray(values, dtype=float), printed, rtol=1e-5, atol=5e-7)


def test_gross_exports(decomposed):
    assert close(decomposed.to_frame()["exports"], [64.3, 113.6, 147.6])


def test_koopman_wang_wei(decomposed):
    found = decomposed.to_frame("koopman_wang_wei")
    assert found["region"].tolist() == list(COUNTRIES)
    assert close(found[list(KOOPMAN_WANG_WEI_TERMS)], NINE)


def test_borin_mancini_by_country(decomposed):
    assert close(decomposed.to_frame()[list(BORIN_MANCINI_TERMS)], numbers(BY_COUNTRY))


@pytest.mark.parametrize(
    ("exporter", "partner", "printed"),
    [("Turkey", "Germany", TURKEY_TO_GERMANY), ("Germany", "Argentina", GERMANY_TO_ARGENTINA)],
)
def test_borin_mancini_by_sector_and_partner(decomposed, exporter, partner, printed):
    rows = decomposed.to_frame("bilateral")
    row = rows[(rows["region"] == exporter) & (rows["partner"] == partner) & (rows["code"] == "3")]
    assert close(row[list(BORIN_MANCINI_TERMS)], numbers(printed))
