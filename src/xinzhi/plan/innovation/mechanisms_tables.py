"""Tables of the mechanisms: what each brings, how many teams, in which order, who bears losses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from xinzhi.plan.innovation.mechanisms_call import team_cost
from xinzhi.plan.innovation.mechanisms_compare import MECHANISMS, Comparison, Mechanism, compare
from xinzhi.plan.innovation.mechanisms_input import (
    MechanismOptions,
    boxes_of,
    challenges_of,
    contracts_of,
)
from xinzhi.plan.innovation.mechanisms_luck import parallel_success
from xinzhi.plan.innovation.mechanisms_risk import hit_probability, shared_losses
from xinzhi.plan.innovation.mechanisms_simulation import Outcomes, simulate_race, simulate_search

_LOW, _HIGH = 0.05, 0.95
_SEARCH = (
    *("challenge", "box", "rank", "reservation_value", "mean_value", "cost", "duration"),
    *("opened_probability", "chosen_probability"),
)


def mechanism_tables(
    challenges: pd.DataFrame,
    boxes: pd.DataFrame | None,
    risks: pd.DataFrame | None,
    options: MechanismOptions,
    seed: int,
) -> dict[str, pd.DataFrame]:
    """Compare the mechanisms for every challenge.

    challenges : a row each with ``challenge``, ``value``, ``success_probability`` (of one team, in
        the end), ``duration`` (mean time of a delivery), ``deadline`` and ``cost`` (of one team).
        Optional, and empty where unknown: ``duration_sd`` (else 0), ``milestone_probability``
        (1), ``milestone_time`` (0), ``milestone_cost`` (0), ``keep`` (teams after the milestone at
        most), ``correlation`` (else that of the options), ``state_share`` of granted costs (1),
        ``appropriability`` (0), ``prize`` (else the best one), ``prize_state_share`` (0)
    boxes : alternatives to be searched, a row for each outcome: ``challenge``, ``box``, ``value``,
        ``probability``, ``cost``, ``duration`` (optional, 0)
    risks : contracts that share losses, a row for each layer: ``challenge`` (empty for all
        others), ``layer``, ``attachment``, ``limit`` (empty for none), ``state_share``,
        ``firm_share``, ``insurer_share``
    seed : of the simulation
    Returns : ``mechanisms`` (challenge × mechanism), ``teams`` (by number of teams), ``search``
        (boxes in order), ``risk`` (losses by layer and party), ``simulation`` (exact against drawn)
    Raises : InputError for what the tables have wrong
    Limits : see ``race``, ``open_call`` and ``search``
    """
    options.check()
    cases = challenges_of(challenges, options)
    searched = boxes_of(boxes, cases)
    contracts = contracts_of(risks, cases)
    rate = options.discount_rate
    found = [
        compare(
            case, searched.get(case.name, ()), contracts.get(case.name, ()), options.max_teams, rate
        )
        for case in cases
    ]
    drawn = [_draw(one, rate, options.draws, seed, k) for k, one in enumerate(found)]
    return {
        "mechanisms": _mechanisms(found, drawn),
        "teams": pd.concat([_teams(one, rate) for one in found], ignore_index=True),
        "search": _search(found),
        "risk": _risk(found),
        "simulation": _simulation(found, drawn),
    }


def _draw(
    one: Comparison, rate: float, draws: int, seed: int, place: int
) -> dict[str, Outcomes | None]:
    """Simulate every mechanism in which somebody takes part, each with its own stream."""
    case = one.challenge
    drawn: dict[str, Outcomes | None] = {}
    for mechanism in one.mechanisms:
        random = np.random.default_rng([seed, place, MECHANISMS.index(mechanism.name)])
        if mechanism.teams == 0:
            drawn[mechanism.name] = None
        elif mechanism.name == "search":
            drawn[mechanism.name] = simulate_search(one.boxes, rate, case.deadline, draws, random)
        else:
            keep = None if mechanism.name == "open_call" else case.keep
            drawn[mechanism.name] = simulate_race(case, mechanism.teams, keep, rate, draws, random)
    return drawn


def _mechanisms(
    found: Sequence[Comparison], drawn: Sequence[dict[str, Outcomes | None]]
) -> pd.DataFrame:
    rows = []
    for one, outcomes in zip(found, drawn, strict=True):
        net = [mechanism.value - mechanism.cost for mechanism in one.mechanisms]
        for mechanism, worth in zip(one.mechanisms, net, strict=True):
            sample = outcomes[mechanism.name]
            low, high = (
                (0.0, 0.0) if sample is None else np.quantile(sample.net_value(), [_LOW, _HIGH])
            )
            state, firm, insurer = shared_losses(
                mechanism.losses, mechanism.probabilities, mechanism.layers
            ).sum(axis=0)
            called = mechanism.name == "open_call"
            rows.append(
                {
                    "challenge": one.challenge.name,
                    "mechanism": mechanism.name,
                    "teams": mechanism.teams,
                    "prize": mechanism.prize,
                    "participates": mechanism.teams > 0,
                    "success_probability": mechanism.success,
                    "expected_time": mechanism.time,
                    "expected_cost": mechanism.cost,
                    "expected_value": mechanism.value,
                    "net_value": worth,
                    "net_value_low": float(low),
                    "net_value_high": float(high),
                    "cost_state": mechanism.state_cost,
                    "cost_firm": mechanism.cost - mechanism.state_cost,
                    "team_payoff": mechanism.payoff,
                    "expected_loss": float(mechanism.losses @ mechanism.probabilities),
                    "loss_state": float(state),
                    "loss_firm": float(firm),
                    "loss_insurer": float(insurer),
                    "optimal_teams": _optimal_teams(one, mechanism),
                    "optimal_prize": one.call.best_prize if called else np.nan,
                    "best": worth == max(net),
                }
            )
    return pd.DataFrame(rows)


def _optimal_teams(one: Comparison, mechanism: Mechanism) -> float:
    """Return the best number of teams where it is chosen: that of a search is in its table."""
    if mechanism.name == "open_call":
        return float(one.call.best_teams)
    return float(mechanism.teams) if mechanism.name == "parallel" else float("nan")


def _teams(one: Comparison, rate: float) -> pd.DataFrame:
    """Return outcomes by the number of teams, in parallel with grants and under the open call."""
    case, frames = one.challenge, []
    number = np.arange(1, len(one.payoff) + 1)
    alone = float(one.free.success[0])
    independent = [parallel_success(alone, int(n)) for n in number]
    in_use = {mechanism.name: mechanism.teams for mechanism in one.mechanisms}
    for name, found, payoff in (
        ("parallel", one.gated, one.payoff),
        ("open_call", one.free, one.call.payoff),
    ):
        called = name == "open_call"
        cost = number * team_cost(case, rate) if called else found.cost
        value = case.value * found.discounted
        frames.append(
            pd.DataFrame(
                {
                    "challenge": case.name,
                    "mechanism": name,
                    "teams": number,
                    "success_probability": found.success,
                    "independent_success": independent,
                    "expected_time": found.time,
                    "expected_cost": cost,
                    "expected_value": value,
                    "net_value": value - cost,
                    "team_payoff": payoff,
                    "break_even_prize": one.call.break_even if called else np.nan,
                    "payer_net_value": one.call.payer if called else np.nan,
                    "chosen": number == in_use[name],
                }
            )
        )
    table = pd.concat(frames, ignore_index=True)
    return table.replace([np.inf, -np.inf], np.nan)


def _search(found: Sequence[Comparison]) -> pd.DataFrame:
    rows = [
        (
            one.challenge.name,
            box.name,
            rank + 1,
            one.found.reservation[rank],
            float(box.values @ box.probabilities),
            box.cost,
            box.duration,
            one.found.opened[rank],
            one.found.chosen[rank],
        )
        for one in found
        if one.found is not None
        for rank, box in enumerate(one.boxes[place] for place in one.found.order)
    ]
    return pd.DataFrame(rows, columns=[*_SEARCH])


def _risk(found: Sequence[Comparison]) -> pd.DataFrame:
    rows = []
    for one in found:
        for mechanism in one.mechanisms:
            losses, chances, layers = mechanism.losses, mechanism.probabilities, mechanism.layers
            parties = shared_losses(losses, chances, layers)
            hit = hit_probability(losses, chances, layers)
            for layer, borne, probability in zip(layers, parties, hit, strict=True):
                rows.append(
                    {
                        "challenge": one.challenge.name,
                        "mechanism": mechanism.name,
                        "layer": layer.name,
                        "attachment": layer.attachment,
                        "limit": layer.limit if np.isfinite(layer.limit) else np.nan,
                        "hit_probability": float(probability),
                        "expected_loss": float(borne.sum()),
                        "loss_state": float(borne[0]),
                        "loss_firm": float(borne[1]),
                        "loss_insurer": float(borne[2]),
                    }
                )
    return pd.DataFrame(rows)


def _simulation(
    found: Sequence[Comparison], drawn: Sequence[dict[str, Outcomes | None]]
) -> pd.DataFrame:
    """Return what is exact beside the mean of the draws and its standard error."""
    rows = []
    for one, outcomes in zip(found, drawn, strict=True):
        for mechanism in one.mechanisms:
            sample = outcomes[mechanism.name]
            if sample is None:
                continue
            for measure, exact, values in (
                ("success_probability", mechanism.success, np.isfinite(sample.time)),
                ("expected_value", mechanism.value, sample.value),
                ("expected_cost", mechanism.cost, sample.cost),
                ("expected_loss", mechanism.losses @ mechanism.probabilities, sample.loss),
            ):
                rows.append(
                    {
                        "challenge": one.challenge.name,
                        "mechanism": mechanism.name,
                        "measure": measure,
                        "exact": float(exact),
                        "simulated": float(values.mean()),
                        "standard_error": float(values.std(ddof=1) / np.sqrt(len(values))),
                        "draws": len(values),
                    }
                )
    columns = ["challenge", "mechanism", "measure", "exact", "simulated", "standard_error", "draws"]
    return pd.DataFrame(rows, columns=columns)
