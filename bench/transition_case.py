"""Times a transition plan against raw HiGHS on the same formulation: seconds and peak MB.

Usage: python bench/transition_case.py ours|model|raw|rows SECTORS TECHNOLOGIES YEARS. ``ours``
is the whole of ``transition``: model, solution, tables, re-check. ``raw`` builds nothing: it reads
the same program, unscaled, as arrays and runs HiGHS with its own options. ``rows`` is raw HiGHS
with every input coefficient written out by technology, the formulation without gross output.
``model`` is ours without tables and check. Making the case is outside the timed part.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import Any

import numpy as np
from scipy import sparse

from xinzhi.core import InputRecord
from xinzhi.data.case_reader import case_of_document
from xinzhi.data.cases import TransitionCase
from xinzhi.plan.transition import transition
from xinzhi.plan.transition_objective import signed
from xinzhi.plan.transition_solve import MANY_COLUMNS, transition_model

WEIGHTS = {"value_added": 1.0, "cost": 1.0}


def case(sectors: int, technologies: int, years: int) -> TransitionCase:
    """Draw a case of full density: three technologies of a sector are existing, the others new."""
    random = np.random.default_rng(0)
    names = [f"s{k}" for k in range(sectors)]
    inputs = random.random((sectors, sectors))
    inputs *= random.uniform(0.4, 0.7, sectors) / inputs.sum(axis=0)
    consumption = random.uniform(50, 150, sectors)
    exports = random.uniform(10, 60, sectors)
    investment = random.uniform(0, 40, sectors) * (np.arange(sectors) < 5)
    share = random.uniform(0.05, 0.3, sectors)  # of imports in supply
    final = consumption + exports + investment
    output = np.linalg.solve(np.eye(sectors) / (1 - share) - inputs, final)
    assumed = {"assumption": True}
    document: dict[str, Any] = {
        "id": "bench",
        "title": "bench",
        "base_year": 2020,
        "horizon": 2020 + years,
        "discount_rate": 0.05,
        "modelled_investment": 1.0,
        "capital_goods": dict.fromkeys(names[:5], 1 / min(5, sectors)),
        "sector": [
            {
                "id": name,
                "title": name,
                "inputs": dict(zip(names, map(float, inputs[:, k]), strict=True)),
                "consumption": float(consumption[k]),
                "consumption_growth": 0.02,
                "investment": float(investment[k]),
                "exports": float(exports[k]),
                "export_growth": 0.02,
                "imports": float(output[k] * share[k] / (1 - share[k])),
                "import_rise": 0.2,
                "replacement_margin": 0.1,
                **assumed,
            }
            for k, name in enumerate(names)
        ],
        "budget": [
            {
                "id": f"b{k}",
                "title": f"b{k}",
                "limit": {
                    "2021": 0.05 * float(output.sum()),
                    str(2020 + years): 0.1 * float(output.sum()),
                },
                "premium": 0.02 * k,
                **assumed,
            }
            for k in range(2)
        ],
        "grade": [
            {
                "id": f"g{k}",
                "title": f"g{k}",
                "workers": 0.8 * float(output.sum()),
                "entrants": 0.02 * float(output.sum()),
                "leaving_rate": 0.02,
                **assumed,
            }
            for k in range(2)
        ],
        "account": [
            {
                "id": "smoke",
                "title": "smoke",
                "unit": "tonnes",
                "cap": {
                    "2021": 1.1 * float(output.sum()),
                    str(2020 + years): 0.9 * float(output.sum()),
                },
                **assumed,
            }
        ],
    }
    made = document["technology"] = []
    for k, name in enumerate(names):
        for number in range(technologies):
            old = number < min(3, technologies - 1)
            parts = min(3, technologies - 1)
            clean = 1.0 if old else float(random.uniform(0.2, 0.8))
            entry = {
                "id": f"{name}-{number}",
                "sector": name,
                "title": name,
                "kind": "existing" if old else "new",
                "lifetime": 30 if old else 20,
                "cost": 0.0 if old else float(random.uniform(0.5, 1.5)),
                "lead_time": 1 + number % 2,
                "labour": {f"g{g}": float(random.uniform(0.2, 0.5)) * clean for g in range(2)},
                "accounts": {"smoke": clean},
                **assumed,
            }
            if old:
                capacity = float(output[k]) / parts * 1.15
                built = range(1996, 2021, 4)
                entry |= {
                    "base_output": float(output[k]) / parts,
                    "capacity": {str(year): capacity / len(built) for year in built},
                }
            else:
                entry["input_factors"] = {
                    names[int(j)]: float(random.uniform(0.6, 1.0))
                    for j in random.choice(sectors, min(3, sectors), replace=False)
                }
                entry["build_limit"] = 0.1 * float(output[k])
            made.append(entry)
    return case_of_document(document, InputRecord("bench.toml", "", sectors * technologies))


def arrays_of(given: TransitionCase, spread: bool) -> Any:
    """Return the program in HiGHS's own form, in the case's units.

    spread : write gross output out by technology, so that every input coefficient stands in the
        rows
    """
    import highspy

    program = transition_model(given, WEIGHTS).made.program
    parts, lower, upper = [], [], []
    for family in program.families.values():
        width = sparse.csr_array((family.matrix.shape[0], program.width - family.matrix.shape[1]))
        parts.append(sparse.hstack([family.matrix, width]))
        lower.append(family.rhs if family.sense != "<=" else np.full(len(family.rhs), -np.inf))
        upper.append(family.rhs if family.sense != ">=" else np.full(len(family.rhs), np.inf))
    matrix = sparse.csc_array(sparse.vstack(parts))
    least, most = (
        np.concatenate([getattr(block, side).ravel() for block in program.blocks.values()])
        for side in ("lower", "upper")
    )
    cost = program.measure(signed(WEIGHTS))
    below, above = np.concatenate(lower), np.concatenate(upper)
    if spread:
        gross, rows = program.blocks["output"].at.ravel(), program.families["sector_output"].rows
        definition = matrix[rows]  # gross output less technologies' output is zero
        expressed = sparse.csc_array(matrix[:, gross] @ definition)
        matrix = sparse.csc_array(matrix - expressed)
        keep = np.ones(program.height, dtype=bool)
        keep[rows] = False
        matrix = sparse.csc_array(matrix[keep])
        below, above = below[keep], above[keep]
        matrix.eliminate_zeros()
    linear = highspy.HighsLp()
    linear.num_row_, linear.num_col_ = matrix.shape
    linear.col_cost_, linear.sense_ = cost, highspy.ObjSense.kMaximize
    linear.col_lower_, linear.col_upper_ = least, most
    linear.row_lower_, linear.row_upper_ = below, above
    linear.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    linear.a_matrix_.num_row_, linear.a_matrix_.num_col_ = matrix.shape
    linear.a_matrix_.start_ = matrix.indptr
    linear.a_matrix_.index_, linear.a_matrix_.value_ = matrix.indices, matrix.data
    return linear


def run_raw(linear: Any) -> dict[str, float]:
    import highspy

    start, used = time.perf_counter(), time.process_time()
    highs = highspy.Highs.__base__()
    highs.setOptionValue("output_flag", False)
    if linear.num_col_ >= MANY_COLUMNS:
        highs.setOptionValue("solver", "ipm")  # its fastest at this size
    highs.passModel(linear)
    highs.run()
    return {
        "seconds": time.perf_counter() - start,
        "cpu_seconds": time.process_time() - used,
        "objective": highs.getInfo().objective_function_value,
        "rows": highs.getNumRow(),
        "columns": highs.getNumCol(),
        "non_zeros": highs.getNumNz(),
    }


def main() -> None:
    name, size = sys.argv[1], [int(value) for value in sys.argv[2:5]]
    given = case(*size)
    transition(case(2, 2, 3))  # imports and compiled parts
    if name in ("raw", "rows"):
        found = run_raw(arrays_of(given, spread=name == "rows"))
    else:
        start, used = time.perf_counter(), time.process_time()
        if name == "model":
            objective = transition_model(given, WEIGHTS).solve().objective
        else:
            objective = transition(given).objective
        found = {
            "seconds": time.perf_counter() - start,
            "cpu_seconds": time.process_time() - used,
            "objective": objective,
        }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**found, "peak_mb": peak}))


if __name__ == "__main__":
    main()
