"""Side-by-side benchmarks: ours and the peer in turn, several runs each, medians and ratios.

Usage: make bench. Absolute seconds hold for one machine on one day; the ratios travel better.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
OURS = sys.executable
PEERS = HERE.parent / ".venv-peers" / "bin" / "python"
RUNS = 5


def case(python: str | Path, name: str, script: str = "cases.py") -> dict[str, float]:
    done = subprocess.run(
        [python, HERE / script, *name.split()], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def command(*arguments: str) -> float:
    start = time.perf_counter()
    subprocess.run([Path(OURS).parent / "xinzhi", *arguments], check=True, capture_output=True)
    return time.perf_counter() - start


def median_of(runs: list[dict[str, float]]) -> float:
    return median([run["seconds"] for run in runs])


def median(values: list[float]) -> float:
    return statistics.median(values)


def input_output(size: str) -> list[dict[str, dict[str, float]]]:
    """Run the cases of one size in turn; peer and ours must agree."""
    script, names = "inputoutput_case.py", ("accounts", "factorisation", "few")
    runs = []
    for _ in range(3):
        run = {name: case(OURS, f"{name} {size}", script) for name in names}
        run["pymrio"] = case(PEERS, f"pymrio {size}", script)
        assert abs(run["accounts"]["sum"] / run["pymrio"]["sum"] - 1) < 1e-9
        runs.append(run)
    return runs


def print_input_output() -> None:
    """Print medians of ratios run by run, which the load of the machine moves less than seconds."""
    for size in ("50 80", "70 100"):
        runs = input_output(size)
        regions, sectors = map(int, size.split())
        print(
            f"input–output accounts, {regions * sectors:,} region-sectors, median of {len(runs)}:"
        )
        for name in runs[0]:
            seconds = median_of([run[name] for run in runs])
            peak = max(run[name]["peak_mb"] for run in runs)
            print(f"  {name:43} {seconds:12.6f}  peak {peak:,.0f} MB")
        for title, over, under, key, goal in (
            ("pymrio's time over ours", "pymrio", "accounts", "seconds", "at least 4"),
            ("ours over one factorisation", "accounts", "factorisation", "seconds", "at most 1.3"),
            (
                "factorisation over the iterative solve",
                "factorisation",
                "few",
                "seconds",
                "above 1",
            ),
            ("our peak memory over pymrio's", "accounts", "pymrio", "peak_mb", "at most 0.5"),
        ):
            ratio = median([run[over][key] / run[under][key] for run in runs])
            print(f"  {title:43} {ratio:12.2f}  goal {goal}")
    taken = case(OURS, "extraction 50 80", "inputoutput_case.py")["seconds"]
    print(f"extraction of every sector of 4,000: {taken:.1f} s, by rank-one updates of one inverse")


def radial(units: int, returns: str, tools: dict[str, Path | str]) -> list[dict[str, float]]:
    """Time the tools in turn on the same units; all must find the same scores. Seconds by tool."""
    runs = []
    for _ in range(3 if units <= 1_000 else 1):  # a peer needs a minute for the largest
        run = {
            tool: case(python, f"{tool} {units} {returns}", "productivity_case.py")
            for tool, python in tools.items()
        }
        for tool, found in run.items():
            # pyfrontier reads six digits of its solver's output
            assert abs(found["sum_of_scores"] / run["ours"]["sum_of_scores"] - 1) < 1e-5, tool
        runs.append({tool: found["seconds"] for tool, found in run.items()})
    return runs


def print_productivity() -> None:
    """Print seconds of radial frontiers with peers' over ours, of indices, bootstrap and firms."""
    print("radial efficiency, 3 inputs and 2 outputs, medians of up to 3 runs and of their ratios:")
    for units, goals in (
        (50, {"highs": "", "deapack": "at least 1", "pyfrontier": "at least 1"}),
        (1_000, {"highs": "at least 5", "deapack": "at least 50"}),
        (3_000, {"highs": "at least 5", "deapack": "at least 50"}),
    ):
        homes = {"ours": OURS, "highs": OURS, "deapack": PEERS, "pyfrontier": PEERS}
        tools = {tool: homes[tool] for tool in ("ours", *goals)}
        for returns in ("crs", "vrs"):
            runs = radial(units, returns, tools)
            print(f"  {units:,} units, {returns}{median([run['ours'] for run in runs]):>40.6f} s")
            for tool, goal in goals.items():
                ratio = median([run[tool] / run["ours"] for run in runs])
                print(f"    {tool + ' over ours':41} {ratio:12.1f}  goal {goal}")
    for name, title, goal in (
        ("malmquist", "Malmquist, 300 units, 10 years", "under 1 s"),
        ("bootstrap", "2,000 replications, 200 units", "under 10 s"),
    ):
        seconds = median_of([case(OURS, name, "frontier_case.py") for _ in range(3)])
        print(f"  {title:43} {seconds:12.6f}  goal {goal}")
    firms = case(OURS, "100000 0", "firm_case.py")
    print(f"  {'ACF, 1,000,000 firm-years':43} {firms['seconds']:12.6f}  goal under 120 s")


def print_strengths() -> None:
    """Print the complexity of 20 years, with a peer's time for one of them, and Dagum's parts."""
    ours = case(OURS, "ours 250 5000 20", "strengths_case.py")
    peer = case(PEERS, "ecomplexity 250 5000", "strengths_case.py")
    assert abs(ours["eci"] / peer["eci"] - 1) < 1e-6
    print("complexity, relatedness, outlook and gain, 250 regions × 5,000 activities, one run:")
    print(f"  {'20 years':43} {ours['seconds']:12.6f}  peak {ours['peak_mb']:,.0f} MB")
    print(
        f"  {'ecomplexity 0.5.3, one year':43} {peer['seconds']:12.6f}  "
        f"peak {peer['peak_mb']:,.0f} MB"
    )
    ratio = ours["years"] * peer["seconds"] / ours["seconds"]
    print(f"  {'its time for 20 years over ours':43} {ratio:12.1f}  goal at least 100")
    memory = ours["peak_mb"] / peer["peak_mb"]
    print(f"  {'our peak memory over its':43} {memory:12.2f}  goal at most 0.25")


def print_disparity() -> None:
    """Print Dagum's parts of many observations, and the sums over pairs that others compute."""
    ours = median_of([case(OURS, "ours", "disparity_case.py") for _ in range(3)])
    pairs = case(OURS, "pairs", "disparity_case.py")["seconds"]
    panel = case(OURS, "panel", "disparity_case.py")["seconds"]
    print(f"{'Dagum, 100,000 observations in 30 groups':45} {ours:12.6f}  goal under 1 s")
    print(f"{'  sums over all pairs of a tenth of them':45} {pairs:12.6f}")
    print(f"{'disparity, 31 regions over 19 years':45} {panel:12.6f}")


def print_ensembles() -> None:
    """Print 1,000 runs of a shock under drawn assumptions, and a resilience plan, on 42 sectors."""
    for workers in (1, 2):
        many = [case(OURS, f"ensemble 1000 {workers}", "ensemble_case.py") for _ in range(3)]
        title = f"1,000 shocks of 42 sectors, {workers} process(es)"
        peak = max(run["peak_mb"] for run in many)
        print(f"{title:45} {median_of(many):12.6f}  goal under 60 s; peak {peak:,.0f} MB")
    plan = median_of([case(OURS, "plan 2", "ensemble_case.py") for _ in range(3)])
    print(f"{'resilience plan of 42 sectors, 2 processes':45} {plan:12.6f}")


def print_shock() -> None:
    """Print a year of daily steps after one event, beside boario."""
    for size in ("6 8", "40 30"):
        runs = [
            (
                case(OURS, f"ours {size}", "shock_case.py"),
                case(PEERS, f"boario {size}", "shock_case.py"),
            )
            for _ in range(3 if size == "6 8" else 1)
        ]
        for ours, peer in runs:
            if abs(ours["sum"] / peer["sum"] - 1) > 1e-6:
                raise SystemExit("ours and boario do not simulate the same path")
        ratio = median([peer["seconds"] / ours["seconds"] for ours, peer in runs])
        print(
            f"ARIO, {size.replace(' ', ' x ')}: {median_of([ours for ours, _ in runs]):.3f} s; "
            f"boario's time over ours: {ratio:.0f}"
        )


def print_innovation() -> None:
    """Print simulated projects a second in the pipeline."""
    runs = [case(OURS, "", "innovation_case.py") for _ in range(3)]
    speed = median([run["paths_per_second"] for run in runs])
    print(f"{'simulated projects of five stages a second':45} {speed:12,.0f}  goal 1,000,000")


def print_finance() -> None:
    """Print a guarantee fund of many loans, and cumulative incidences beside lifelines."""
    fund = case(OURS, "fund", "finance_case.py")
    print(
        f"guarantee fund, 100,000 loans, 100,000 scenarios: {fund['seconds']:.2f} s, "
        f"{fund['peak_mb']:.0f} MB; goal under 10 s and 2,048 MB"
    )
    ratios, seconds = [], []
    for _ in range(3):
        ours = case(OURS, "funnel", "finance_case.py")
        peer = case(PEERS, "lifelines", "finance_case.py")
        if abs(ours["error"] / peer["error"] - 1) > 1e-6:
            raise SystemExit("ours and lifelines do not find the same errors")
        ratios.append(peer["seconds"] / ours["seconds"])
        seconds.append(ours["seconds"])
    print(
        f"survival and incidences of 20,000 spells: {median(seconds):.3f} s; "
        f"lifelines' time over ours: {median(ratios):.0f}"
    )


def print_plans() -> None:
    """Print a transition plan beside raw HiGHS on its program, and a frontier beside one solve."""
    size = "42 10 30"
    ours, raw, rows = (
        case(OURS, f"{n} {size}", "transition_case.py") for n in ("ours", "raw", "rows")
    )
    for other in (raw, rows):
        if abs(ours["objective"] / other["objective"] - 1) > 1e-6:
            raise SystemExit("the formulations of a transition do not agree")
    print("transition plan, 42 sectors × 10 technologies × 30 years, processor time, one run:")
    for name, run in (("ours, whole", ours), ("raw HiGHS", raw), ("inputs by technology", rows)):
        print(f"  {name:43} {run['cpu_seconds']:12.6f}  peak {run['peak_mb']:,.0f} MB")
    ratio = ours["cpu_seconds"] / raw["cpu_seconds"]
    print(f"  {'ours over raw HiGHS':43} {ratio:12.2f}  goal at most 1.3")
    large = case(OURS, "ours 150 10 30", "transition_case.py")
    print(
        f"  {'150 sectors':43} {large['cpu_seconds']:12.6f}  goal under 600 s; "
        f"peak {large['peak_mb']:,.0f} MB, goal under 8,192"
    )
    front = case(OURS, f"{size} 21", "plan_frontier_case.py")
    print(f"  {'frontier of 21 points over one solve':43} {front['ratio']:12.2f}  goal under 5")


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    sys.path.insert(0, str(HERE))
    from cases import PEER_REPLICATIONS, REPLICATIONS

    ours, peer, counties = [], [], []
    for _ in range(RUNS):
        ours.append(case(OURS, "monte_carlo"))
        peer.append(case(PEERS, "pymcdm_replications"))
        counties.append(case(OURS, "counties"))
    ours_each = median_of(ours) / REPLICATIONS
    peer_each = median_of(peer) / PEER_REPLICATIONS
    ratio = median(
        [
            (p["seconds"] / PEER_REPLICATIONS) / (o["seconds"] / REPLICATIONS)
            for o, p in zip(ours, peer, strict=True)
        ]
    )
    checks = [case(OURS, "check", "data_cases.py") for _ in range(3)]
    imports = [case(OURS, "csv", "import_cases.py") for _ in range(3)]
    books = [case(OURS, "xlsx", "import_cases.py")]
    shares = [case(OURS, "", "sensitivity_case.py") for _ in range(3)]
    help_seconds = [command("--help") for _ in range(RUNS)]
    with tempfile.TemporaryDirectory() as folder:
        assess = [command("assess", "上海", "--out", f"{folder}/{k}", "--quiet") for k in range(3)]
    rows = [
        ("10,000 replications, 31 × 30, 3 levels", ours_each * REPLICATIONS, "under 2 s"),
        ("  one replication", ours_each, ""),
        ("  pymcdm 1.4.0, one replication", peer_each, ""),
        (
            "index and coupling, 3,000 × 20 × 50",
            median([c["seconds"] for c in counties]),
            "under 3 s",
        ),
        ("xinzhi --help", median(help_seconds), "under 0.4 s"),
        ("xinzhi assess 上海, cold", median(assess), "under 30 s"),
        ("check of a CSV of 1,000,000 rows", median_of(checks), "under 10 s"),
        ("import of a CSV of 1,000,000 rows", median_of(imports), "under 10 s"),
        ("import of a workbook of 50 MB", median_of(books), "under 60 s"),
        ("Sobol shares, 31 × 30, 5 choices, N = 1,024", median_of(shares), "under 5 s"),
    ]
    print(f"{'work':45} {'median s':>12}  goal")
    for name, seconds, goal in rows:
        print(f"{name:45} {seconds:12.6f}  {goal}")
    peak = max(run["peak_mb"] for run in counties)
    print(f"peak memory of the 3,000 × 20 × 50 case: {peak:.0f} MB, goal under 1,024")
    peak = max(run["peak_mb"] for run in (*checks, *imports))
    print(f"peak memory of check and import of 1,000,000 rows: {peak:.0f} MB, goal under 1,024")
    print(f"pymcdm's time per replication over ours, run by run, median of {RUNS}: {ratio:.1f}")
    print_input_output()
    print_productivity()
    print_strengths()
    print_disparity()
    print_shock()
    print_ensembles()
    print_plans()
    print_innovation()
    print_finance()


if __name__ == "__main__":
    main()
