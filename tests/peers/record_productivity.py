"""Record what DEA packages compute for 200 random units, for the test beside this file.

Run it by ``make peers``: it needs the packages pinned in requirements.txt and nothing of ours.
deapack is GPL-3.0 and pyfrontier MIT; only their numbers are kept.
"""

import json
import platform
from importlib.metadata import version
from pathlib import Path

import deapack
import numpy as np
import pandas as pd
from Pyfrontier.frontier_model import EnvelopDEA
from record_productivity_panels import from_deapack as panels_from_deapack

HERE = Path(__file__).parent
SEED = 20261124
UNITS = 200
INPUTS, OUTPUTS, UNDESIRABLE = ["x1", "x2", "x3"], ["y1", "y2"], ["b1"]
RETURNS = ("crs", "vrs", "nirs", "ndrs")
IN_PYFRONTIER = {"crs": "CRS", "vrs": "VRS", "nirs": "NIRS", "ndrs": "NDRS"}


def draw():
    """Draw units around a frontier, of sizes that differ by an order of magnitude."""
    random = np.random.default_rng(SEED)
    inputs = random.lognormal(sigma=0.7, size=(UNITS, 3)).round(4)
    level = inputs.prod(axis=1) ** 0.3 * random.beta(6, 2, UNITS)
    outputs = (level[:, None] * random.lognormal(sigma=0.25, size=(UNITS, 2))).round(4)
    undesirable = (level[:, None] * random.lognormal(sigma=0.4, size=(UNITS, 1))).round(4)
    return inputs, outputs, undesirable


def scores(model, data):
    summary = model.fit(data).summary_frame
    assert list(summary["dmu_id"]) == list(range(UNITS))
    return summary


def from_deapack(inputs, outputs, undesirable):
    frame = pd.DataFrame(
        np.hstack([inputs, outputs, undesirable]), columns=INPUTS + OUTPUTS + UNDESIRABLE
    )
    frame["unit"] = range(UNITS)
    plain = deapack.DEAData.from_frame(frame, dmu="unit", inputs=INPUTS, outputs=OUTPUTS)
    polluting = deapack.DEAData.from_frame(
        frame, dmu="unit", inputs=INPUTS, outputs=OUTPUTS, bad_outputs=UNDESIRABLE
    )
    found = {}
    for returns in RETURNS:
        for orientation in ("input", "output"):
            model = deapack.RadialDEA(
                orientation=orientation, returns_to_scale=returns, compute_slacks=False
            )
            found[f"radial {returns} {orientation}"] = scores(model, plain)["efficiency"]
        for name, kind in (
            ("none", deapack.SBM),
            ("input", deapack.InputSBM),
            ("output", deapack.OutputSBM),
        ):
            model = kind(returns_to_scale=returns)
            found[f"sbm {returns} {name}"] = scores(model, plain)["efficiency"]
        model = deapack.UndesirableSBM(returns_to_scale=returns)
        found[f"undesirable sbm {returns}"] = scores(model, polluting)["efficiency"]
        model = deapack.DDF(returns_to_scale=returns, compute_slacks=False)
        found[f"directional {returns} graph"] = scores(model, plain)["score"]
    model = deapack.ChungFareGrosskopfDDF(compute_slacks=False)
    found["weakly disposable crs"] = scores(model, polluting)["score"]
    model = deapack.KuosmanenWeakDisposalDDF(compute_slacks=False)
    found["weakly disposable vrs"] = scores(model, polluting)["score"]
    return found


def from_pyfrontier(inputs, outputs):
    found = {}
    for returns, name in IN_PYFRONTIER.items():
        for orientation, short in (("input", "in"), ("output", "out")):
            for kind, alone in (("radial", False), ("super-efficiency", True)):
                model = EnvelopDEA(name, short, super_efficiency=alone)
                model.fit(inputs, outputs)
                key = f"{kind} {returns} {orientation}"
                found[key] = [unit.score for unit in model.result]
                if not alone:
                    slacks = [list(unit.x_slack) + list(unit.y_slack) for unit in model.result]
                    found[f"slacks {returns} {orientation}"] = slacks
    return found


def listed(found):
    return {
        key: [None if pd.isna(v) else v for v in value]
        if np.ndim(value) == 1
        else np.asarray(value).tolist()
        for key, value in found.items()
    }


def main():
    inputs, outputs, undesirable = draw()
    drawn = {"inputs": inputs, "outputs": outputs, "undesirable": undesirable}
    peers = {
        "deapack": from_deapack(inputs, outputs, undesirable),
        "pyfrontier": from_pyfrontier(inputs, outputs),
    }
    records = {name: (name, listed(drawn) | listed(found)) for name, found in peers.items()}
    panels = panels_from_deapack((inputs, outputs, undesirable))
    records["deapack_panels"] = "deapack", panels
    for name, (peer, found) in records.items():
        versions = {package: version(package) for package in (peer, "numpy", "scipy", "pulp")}
        entries = {"versions": {"python": platform.python_version(), **versions}, **found}
        lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in entries.items()]
        text = "{\n" + ",\n".join(lines) + "\n}\n"
        (HERE / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
