"""Record deapack's indices over time and two-stage models for 200 random units over three years.

Run by ``make peers`` through record_productivity.py, which draws the units of the first year.
"""

import deapack
import numpy as np
import pandas as pd

SEED = 20261125
YEARS = (1, 2, 3)
INPUTS, OUTPUTS, UNDESIRABLE, FINAL = ["x1", "x2", "x3"], ["y1", "y2"], ["b1"], ["z1", "z2"]
PARTS = {"index": "productivity_change", "efficiency": "efficiency_change"}
BOTH_PRIORITIES = {
    f"stage {stage}, {first} first": f"stage_{stage}_efficiency_when_stage_{first}_prioritized"
    for stage in (1, 2)
    for first in (1, 2)
}
BOUNDS = {
    f"stage {stage} {end}": f"stage_{stage}_efficiency_{end}"
    for stage in (1, 2)
    for end in ("lower", "upper")
}


def draw_years(first):
    """Draw the years after the first, and what a second stage makes of the outputs.

    first : inputs, outputs and undesirable outputs of the first year
    Returns : year → (200, 6) in the order of the columns, and (200, 2)
    """
    random = np.random.default_rng(SEED)
    years = {1: np.hstack(first)}
    for year in YEARS[1:]:
        moved = random.lognormal(sigma=0.15, size=years[year - 1].shape)
        moved[:, 3:5] *= 1.04
        years[year] = (years[year - 1] * moved).round(4)
    made = years[1][:, 3:5].prod(axis=1, keepdims=True) ** 0.5
    final = (made * random.lognormal(sigma=0.3, size=(len(made), 2))).round(4)
    return years, final


def over_time(years):
    """Return productivity change of every unit from year to year, unit by unit."""
    frame = pd.concat(
        pd.DataFrame(rows, columns=INPUTS + OUTPUTS + UNDESIRABLE).assign(
            unit=range(len(rows)), year=year
        )
        for year, rows in years.items()
    )
    roles = {"dmu": "unit", "period": "year", "inputs": INPUTS}
    plain = deapack.DEAData.from_frame(frame, outputs=OUTPUTS, **roles)
    single = deapack.DEAData.from_frame(frame, outputs=OUTPUTS[:1], **roles)
    polluting = deapack.DEAData.from_frame(frame, outputs=OUTPUTS, bad_outputs=UNDESIRABLE, **roles)
    own = {"input_direction": "observed", "output_direction": "observed"}
    models = {"malmquist adjacent crs output": (deapack.MalmquistDEA(), plain, PARTS)}
    for orientation in ("input", "output"):
        models[f"malmquist adjacent vrs {orientation}"] = (
            deapack.MalmquistDEA(orientation=orientation, returns_to_scale="vrs"),
            plain,
            PARTS,
        )
    for name, kind in (
        ("global", deapack.GlobalMalmquistDEA),
        ("biennial", deapack.BiennialMalmquistDEA),
    ):
        for returns in ("crs", "vrs"):
            model = kind(returns_to_scale=returns)
            models[f"malmquist {name} {returns} output"] = model, plain, {"index": PARTS["index"]}
    models["scale, Färe and others"] = (
        deapack.FGNZEnhancedMalmquist(),
        plain,
        {"pure": "pure_efficiency_change", "scale": "fgnz_scale_change"},
    )
    models["scale, Ray and Desli"] = (
        deapack.RayDesliMalmquist(),
        single,
        {"technical": "vrs_technical_change", "scale": "ray_desli_scale_change"},
    )
    for returns in ("crs", "vrs"):
        model = deapack.LuenbergerDEA(returns_to_scale=returns, **own)
        models[f"luenberger adjacent {returns} graph"] = model, plain, PARTS
    models["malmquist-luenberger adjacent crs"] = deapack.MalmquistLuenbergerDEA(), polluting, PARTS
    models["malmquist-luenberger global crs"] = (
        deapack.GlobalMalmquistLuenbergerDEA(),
        polluting,
        {"index": PARTS["index"]},
    )
    found = {}
    for name, (model, data, parts) in models.items():
        table = model.fit(data).summary_frame.set_index(["dmu_id", "base_period"]).sort_index()
        assert len(table) == len(years[1]) * (len(YEARS) - 1)
        found |= {f"{name}: {part}": table[column] for part, column in parts.items()}
    return found


def two_stages(rows, final):
    """Return efficiencies of systems of two stages, x into y and y into z."""
    frame = pd.DataFrame(
        np.hstack([rows, final]), columns=INPUTS + OUTPUTS + UNDESIRABLE + FINAL
    ).assign(unit=range(len(rows)))
    spec = deapack.TwoStageSeriesSpec(inputs=INPUTS, intermediates=OUTPUTS, outputs=FINAL)
    data = deapack.NetworkData.from_frame(frame, spec=spec, dmu="unit")
    system = {"system": "efficiency"}
    models = {
        "Kao and Hwang": (deapack.KaoHwangDEA(decomposition="bounds"), {**system, **BOUNDS}),
        "Chen and others": (deapack.ChenCookLiZhuAdditiveDEA(), {**system, **BOTH_PRIORITIES}),
        "Färe and Grosskopf": (deapack.FareGrosskopfNetworkRadialDEA(), system),
    }
    return {
        f"{name}: {part}": model.fit(data).summary_frame[column]
        for name, (model, parts) in models.items()
        for part, column in parts.items()
    }


def from_deapack(first):
    """Return the data drawn and the results, of nine digits: name → list."""
    years, final = draw_years(first)
    found = {f"year {year}": rows.tolist() for year, rows in years.items() if year > 1}
    found["final"] = final.tolist()
    for name, values in {**over_time(years), **two_stages(years[1], final)}.items():
        found[name] = [None if pd.isna(value) else float(f"{value:.9g}") for value in values]
    return found
