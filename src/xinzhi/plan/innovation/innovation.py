"""``innovation``: which R&D to fund, by which mechanism, with whom carrying the risk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches

import pandas as pd

from xinzhi.core import NO_TEXT, InputError, InputRecord, Text
from xinzhi.plan.innovation.knowledge_tables import (
    KnowledgeOptions,
    knowledge_tables,
    knowledge_warnings,
)
from xinzhi.plan.innovation.mechanisms_input import MechanismOptions
from xinzhi.plan.innovation.mechanisms_tables import mechanism_tables
from xinzhi.plan.innovation.pipeline_calibration import calibrated_stages, conversion_tables
from xinzhi.plan.innovation.pipeline_tables import PipelineOptions, pipeline_tables
from xinzhi.plan.innovation.portfolio_input import PortfolioOptions
from xinzhi.plan.innovation.portfolio_tables import portfolio_tables
from xinzhi.plan.innovation.result import InnovationResult

# main table of each part → what may stand beside it
PARTS: Mapping[str, tuple[str, ...]] = {
    "challenges": ("boxes", "risks"),
    "stages": ("starts",),
    "indicators": (),
    "projects": ("limits",),
    "knowledge": ("proximity", "technology"),
}
TABLES = tuple(name for main, others in PARTS.items() for name in (main, *others))
RESULTS = (
    *("mechanisms", "teams", "search", "risk", "simulation"),
    *("stages", "pipelines", "arrivals", "pipeline_quantiles", "bottlenecks", "phases"),
    *("available_from", "conversions", "conversion_bottlenecks"),
    *("portfolio", "portfolio_total", "portfolio_frontier", "portfolio_limits"),
    *("stock", "elasticities", "lags", "tests", "fits"),
)


@dataclass(frozen=True)
class InnovationOptions:
    """How ``innovation`` computes.

    region : whose conversion rates fill empty cells of stages; by default the only one
    money : unit id of all money
    """

    pipeline: PipelineOptions = field(default_factory=PipelineOptions)
    mechanisms: MechanismOptions = field(default_factory=MechanismOptions)
    portfolio: PortfolioOptions = field(default_factory=PortfolioOptions)
    knowledge: KnowledgeOptions = field(default_factory=KnowledgeOptions)
    region: str | None = None
    money: str = "CNY_10k"


def innovation(
    tables: Mapping[str, pd.DataFrame],
    options: InnovationOptions | None = None,
    *,
    seed: int = 0,
    inputs: Sequence[InputRecord] = (),
    data: Text = NO_TEXT,
) -> InnovationResult:
    """Compute the pipeline, mechanisms, a portfolio and what knowledge brings.

    Each part needs its own main table and stands alone:

    tables : ``challenges`` with ``boxes`` and ``risks`` (see ``mechanism_tables``); ``stages`` with
        ``starts`` (see ``pipeline_tables``); ``indicators`` (see ``conversion_tables``), which also
        fills empty success rates and costs of stages; ``projects`` with ``limits`` (see
        ``portfolio_tables``); ``knowledge`` with ``proximity`` or ``technology`` (see
        ``knowledge_tables``)
    seed : of all draws
    data : what the figures are, where they are not observed; repeated in the result
    Raises : InputError for tables that are wrong; ComputationError where no portfolio fits, or the
        extra ``plan`` is missing for one
    Limits : those of the parts; projects of different pipelines do not affect each other
    """
    chosen = options or InnovationOptions()
    _check_tables(tables)
    found: dict[str, pd.DataFrame] = {}
    notes = [data] if data != NO_TEXT else []
    if "challenges" in tables:
        found |= mechanism_tables(
            tables["challenges"],
            tables.get("boxes"),
            tables.get("risks"),
            chosen.mechanisms,
            seed,
        )
    if "indicators" in tables:
        found |= conversion_tables(tables["indicators"], chosen.pipeline.draws, seed)
    if "stages" in tables:
        stages = tables["stages"]
        if "conversions" in found:
            stages, filled = calibrated_stages(
                stages, found["conversions"], chosen.region, chosen.money
            )
            notes += filled
        found |= pipeline_tables(stages, tables.get("starts"), chosen.pipeline, seed)
        notes += _pipeline_notes(found)
    if "projects" in tables:
        found |= portfolio_tables(tables["projects"], tables.get("limits"), chosen.portfolio, seed)
    if "knowledge" in tables:
        knowledge = knowledge_tables(
            tables["knowledge"],
            chosen.knowledge,
            proximity=tables.get("proximity"),
            technology=tables.get("technology"),
        )
        found |= knowledge
        notes += knowledge_warnings(knowledge)
    absent = {name: pd.DataFrame() for name in RESULTS if name not in found}
    order = [name for name in RESULTS if name in found and len(found[name])]
    return InnovationResult(
        tables={**{name: found[name] for name in order}, **found, **absent},
        units=_units(chosen.money),
        parameters={
            "data": data,
            "seed": seed,
            "region": chosen.region,
            "money": chosen.money,
            **{
                name: asdict(getattr(chosen, name))
                for name in ("pipeline", "mechanisms", "portfolio", "knowledge")
            },
        },
        inputs=tuple(inputs),
        warnings=tuple(notes),
    )


def _check_tables(tables: Mapping[str, pd.DataFrame]) -> None:
    unknown = [name for name in tables if name not in TABLES]
    if unknown:
        close = get_close_matches(unknown[0], TABLES, n=1)
        hint = (f"，是否指 {close[0]}？", f", did you mean {close[0]}?") if close else ("", "")
        raise InputError(
            Text(f"没有表 {unknown[0]}{hint[0]}", f"no table {unknown[0]}{hint[1]}"),
            remedy=Text(f"可用的表：{'、'.join(TABLES)}。", f"Tables are: {', '.join(TABLES)}."),
        )
    if not set(tables) & set(PARTS):
        raise InputError(
            Text("没有一张主表", "there is no main table"),
            remedy=Text(
                f"至少给出一张：{'、'.join(PARTS)}。", f"Give at least one of {', '.join(PARTS)}."
            ),
        )
    for main, others in PARTS.items():
        for name in others:
            if name in tables and main not in tables:
                raise InputError(
                    Text(f"表 {name} 要与 {main} 一起给出", f"table {name} goes with {main}"),
                    remedy=Text(f"加上表 {main}。", f"Add the table {main}."),
                )


def _pipeline_notes(found: Mapping[str, pd.DataFrame]) -> list[Text]:
    notes = []
    lost = found["pipelines"]["pipeline"][found["pipelines"]["success_probability"] == 0]
    if len(lost):
        notes.append(
            Text(
                f"没有项目能走完的创新流程：{'、'.join(lost)}",
                f"pipelines in which no project arrives: {', '.join(lost)}",
            )
        )
    late = found["available_from"]
    late = late[late["available_from"].isna() & ~late["pipeline"].isin(lost)]
    for name, confidence, probability in zip(
        late["pipeline"], late["confidence"], late["probability"], strict=True
    ):
        notes.append(
            Text(
                f"{name}：所算各年内有项目成功的概率只到 {probability:.3g}，不到 {confidence:g}",
                f"{name}: within these years a project arrives with probability "
                f"{probability:.3g}, less than {confidence:g}",
            )
        )
    return notes


def _units(money: str) -> dict[str, str]:
    amounts = (
        *("expected_cost", "expected_value", "net_value", "net_value_low", "net_value_high"),
        *("cost_state", "cost_firm", "team_payoff", "expected_loss", "loss_state", "loss_firm"),
        *("loss_insurer", "prize", "optimal_prize", "break_even_prize", "payer_net_value"),
        *("reservation_value", "mean_value", "attachment", "limit", "cost", "cost_sd"),
        *("cost_per_arrival", "simulated_cost", "simulated_cost_sd", "portfolio.value", "payment"),
        *("cvar", "cvar_out_of_sample", "cvar_all", "bound"),
    )
    years = ("expected_time", "time", "time_sd", "simulated_time", "simulated_time_sd", "duration")
    shares = (
        *("success_probability", "independent_success", "success", "success_low", "success_high"),
        *("stage_success", "reach", "failure_share", "time_share", "cost_share", "agreement"),
        *("probability", "at_least_one", "simulated_success", "confidence", "hit_probability"),
        *("relative", "phase_relative", "phase_agreement", "frontier_share", "gap"),
    )
    return {
        **dict.fromkeys(amounts, money),
        **dict.fromkeys(years, "years"),
        **dict.fromkeys(shares, "ratio"),
    }
