"""``finance``: where money dries up between laboratory and listing, and what a fund can carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

import pandas as pd

from xinzhi.core import NO_TEXT, InputError, InputRecord, Text
from xinzhi.plan.finance.finance_units import units_of
from xinzhi.plan.finance.funnel import FUNNEL_INPUTS, FunnelOptions, funnel_tables
from xinzhi.plan.finance.funnel_tables import empty_tables
from xinzhi.plan.finance.guarantee_fund import GuaranteeOptions, guarantee_fund
from xinzhi.plan.finance.guarantee_words import guarantee_warnings
from xinzhi.plan.finance.instruments_tables import InstrumentOptions, instrument_tables
from xinzhi.plan.finance.instruments_words import instrument_warnings
from xinzhi.plan.finance.result import FUNNEL, GUARANTEE, INSTRUMENTS, SCORING, FinanceResult
from xinzhi.plan.finance.scoring_tables import ScoringOptions, loans_with_scores, score_firms
from xinzhi.plan.finance.scoring_words import score_warnings

TABLES = (*FUNNEL_INPUTS, "loans", "layers", "shocks", "instruments", "firms")
_MAIN = ("stages", "gap", "crowding", "fund", "instruments", "scores")
_UNRESOLVED = 0.1  # of a stage's firms, beyond which the tail is worth a word


@dataclass(frozen=True)
class FinanceOptions:
    """How ``finance`` computes; each part has its own options.

    money : unit id of all amounts
    """

    money: str = "CNY_10k"
    funnel: FunnelOptions = field(default_factory=FunnelOptions)
    guarantee: GuaranteeOptions = field(default_factory=GuaranteeOptions)
    instruments: InstrumentOptions = field(default_factory=InstrumentOptions)
    scoring: ScoringOptions = field(default_factory=ScoringOptions)


def finance(
    tables: Mapping[str, pd.DataFrame],
    options: FinanceOptions | None = None,
    *,
    seed: int = 0,
    inputs: Sequence[InputRecord] = (),
    data: Text = NO_TEXT,
) -> FinanceResult:
    """Compute what the tables allow: funnel, guarantee fund, instruments, scores.

    tables : any of these, each part useful alone. Funnel: ``spells``, ``stages``, ``demand``,
        ``supply``, ``crowding`` (see ``funnel_tables``). Guarantee fund: ``loans``, with
        ``layers`` and ``shocks`` (see ``guarantee_fund``; the table ``sectors`` of ``shock`` gives
        losses by sector). ``instruments`` (see ``instrument_tables``). Scores: ``firms`` (see
        ``score_firms``). Loans with a column ``firm`` and no ``default_probability`` take the
        probabilities and ratings of the scores
    seed : of all draws
    data : what the figures are, where they are not observed; repeated in the result
    Raises : InputError for unknown tables, none, and as the parts do; ComputationError where
        scikit-learn is needed and not installed
    Limits : see the parts
    Source : see the parts
    """
    chosen = options or FinanceOptions()
    _check_tables(tables)
    found: dict[str, pd.DataFrame] = {
        **empty_tables(),
        **{name: pd.DataFrame() for name in (*GUARANTEE, *INSTRUMENTS, *SCORING)},
    }
    left_out = 0
    if set(FUNNEL_INPUTS) & set(tables):
        funnel = funnel_tables(tables, chosen.funnel, seed)
        found |= funnel.tables
        left_out = funnel.left_out
    if "firms" in tables:
        found |= score_firms(tables["firms"], chosen.scoring, seed)
    loans = tables.get("loans")
    if loans is not None:
        if "firms" in tables and "firm" in loans and "default_probability" not in loans:
            loans = loans_with_scores(loans, found["scores"])
        found |= guarantee_fund(
            loans, tables.get("layers"), chosen.guarantee, seed, tables.get("shocks")
        )
    if "instruments" in tables:
        found |= instrument_tables(tables["instruments"], chosen.instruments, seed)
    main = next((name for name in _MAIN if len(found[name])), _MAIN[0])
    order = (
        main,
        *(name for name in (*FUNNEL, *GUARANTEE, *INSTRUMENTS, *SCORING) if name != main),
    )
    ordered = {name: found[name] for name in order}
    return FinanceResult(
        tables=ordered,
        units=units_of(ordered, chosen.money),
        parameters={
            "data": data,
            "seed": seed,
            "money": chosen.money,
            "funnel": asdict(chosen.funnel),
            "guarantee": asdict(chosen.guarantee),
            "instruments": asdict(chosen.instruments),
            "scoring": asdict(chosen.scoring),
        },
        inputs=tuple(inputs),
        warnings=(
            *([] if data == NO_TEXT else [data]),
            *_funnel_warnings(ordered, left_out, chosen.funnel.draws),
            *([] if loans is None else guarantee_warnings(loans, ordered, chosen.guarantee)),
            *_part_warnings(tables, ordered, chosen),
        ),
    )


def _check_tables(tables: Mapping[str, pd.DataFrame]) -> None:
    unknown = [name for name in tables if name not in TABLES]
    known = Text(f"可用的表：{'、'.join(TABLES)}。", f"Tables are: {', '.join(TABLES)}.")
    if unknown:
        raise InputError(Text(f"没有表 {unknown[0]}", f"no table {unknown[0]}"), remedy=known)
    if not tables or set(tables) == {"stages"}:
        raise InputError(
            Text("没有可计算的表", "there is no table to compute on"),
            remedy=Text(
                "至少给出 spells（轮次）、demand 和 supply（需求和供给）、crowding（撬动）、"
                "loans（贷款）、instruments（工具）、firms（企业）之一。",
                "Give at least one of spells, demand and supply, crowding, loans, instruments, "
                "firms.",
            ),
        )
    for name in ("layers", "shocks"):
        if name in tables and "loans" not in tables:
            raise InputError(
                Text(f"表 {name} 需要表 loans", f"table {name} needs table loans"),
                remedy=Text("给出贷款，或去掉这张表。", "Give the loans, or leave it out."),
            )


def _funnel_warnings(found: Mapping[str, pd.DataFrame], left_out: int, draws: int) -> list[Text]:
    notes = []
    stages = found["stages"]
    late = [
        (str(stage), float(share))
        for stage, share in zip(stages["stage"], stages["unresolved"], strict=True)
        if share > _UNRESOLVED
    ]
    if late:
        words = [f"{stage} {share:.0%}" for stage, share in late]
        notes.append(
            Text(
                f"最长观察期末仍在阶段中的企业份额：{'、'.join(words)}；假定其去向与已离开的企业相同，"
                "下限见 listing_floor",
                f"share still in the stage at the longest time observed: {', '.join(words)}; they "
                "are taken to leave as the others did, listing_floor is without that",
            )
        )
    if left_out:
        notes.append(
            Text(
                f"{draws} 次抽样中有 {left_out} 次某一阶段没有出口，未计入区间",
                f"{left_out} of {draws} draws had no exit of some stage and are not "
                "in the intervals",
            )
        )
    crowding = found["crowding"]
    assumed = [str(stage) for stage in crowding.loc[crowding["assumed"].astype(bool), "stage"]]
    if assumed:
        notes.append(
            Text(
                f"撬动倍数为假定的阶段：{'、'.join(assumed)}",
                f"crowding-in is an assumption in: {', '.join(assumed)}",
            )
        )
    return notes


def _part_warnings(
    tables: Mapping[str, pd.DataFrame], found: Mapping[str, pd.DataFrame], options: FinanceOptions
) -> list[Text]:
    notes = []
    if "instruments" in tables:
        notes += instrument_warnings(tables["instruments"], found, options.instruments.draws)
    if "firms" in tables:
        notes += score_warnings(found)
    return notes
