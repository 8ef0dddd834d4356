"""From research to knowledge to the market: two stages, and research over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.data import Panel
from xinzhi.data.findings import listed
from xinzhi.measure.productivity.index_tables import IndicesResult
from xinzhi.measure.productivity.innovation import (
    CONTRACTS,
    MONEY,
    PATENTS,
    InnovationTable,
    figures_of,
    mean_of_years,
    years_with_figures,
)
from xinzhi.measure.productivity.network_structure import Stage

PEOPLE = "rd_personnel_fte"
PAPERS = "papers_sci"
REVENUE = "high_tech_industry_revenue"
RESEARCH = (MONEY, PEOPLE)
KNOWLEDGE = (PATENTS, PAPERS)
MARKET = (REVENUE, CONTRACTS)
STAGES = ("research", "market")


@dataclass(frozen=True)
class InnovationChain:
    """What a network of two stages takes.

    stages : research (money and people into patents and papers) and market (these into high-tech
        revenue and technology contracts), (region, variable) means a year, complete
    periods : variable → the years of which it is the mean
    left_out : regions without a figure that is needed, and what it is
    warnings : what the reader must know before quoting an efficiency
    """

    stages: tuple[Stage, Stage]
    periods: dict[str, tuple[int, ...]]
    left_out: dict[str, Text]
    records: tuple[InputRecord, ...]
    warnings: tuple[Text, ...]


def innovation_chain(
    panel: Panel, knowledge_lags: Sequence[int] = (2, 3), market_lags: Sequence[int] = (3, 4)
) -> InnovationChain:
    r"""Return all R&D money and people, the patents and papers they led to, and what was sold.

    .. math:: x_r = \frac1{|Y|}\sum_{t\in Y} x_{rt},\qquad
        y_r = \frac1{|Y||L|}\sum_{t\in Y}\sum_{l\in L} y_{r,t+l}

    panel : holds rd_expenditure, rd_personnel_fte, invention_patents_granted, papers_sci,
        high_tech_industry_revenue and technology_market_turnover, as does the panel of the data
        pack on science and technology; money and people are of all sectors
    knowledge_lags, market_lags : L in years after the inputs, of each stage's outputs; the market
        comes one year after knowledge by default, which is an assumption
    Returns : with Y the last unbroken run of years whose outputs are all known
    Raises : InputError without such a year, or as ``Panel.to_array`` does
    Limits : all money is nominal. Patents and papers are of all fields, but revenue is of
        high-technology manufacturing only, so regions whose knowledge goes elsewhere look
        inefficient in the second stage. Contracts count where they are registered and their series
        has breaks: all outputs enter as means over years
    Source : for two stages with one price of what lies between: Kao and Hwang (2008),
        doi:10.1016/j.ejor.2006.11.041
    """
    lags = {
        **dict.fromkeys(RESEARCH, (0,)),
        **dict.fromkeys(KNOWLEDGE, tuple(knowledge_lags)),
        **dict.fromkeys(MARKET, tuple(market_lags)),
    }
    years = _last_run(_possible(panel, lags))
    periods = {name: _moved(years, after) for name, after in lags.items()}
    table = pd.DataFrame({name: _mean(panel, name, years, after) for name, after in lags.items()})
    table, left_out = _complete(table)
    research, market = STAGES
    return InnovationChain(
        stages=(
            Stage(research, table[[*RESEARCH]], table[[*KNOWLEDGE]]),
            Stage(market, table[[*KNOWLEDGE]], table[[*MARKET]]),
        ),
        periods=periods,
        left_out=left_out,
        records=panel.inputs,
        warnings=(
            Text(
                "两阶段模型的经费、营业收入和技术合同均为现价；专利和论文不分领域，营业收入只含"
                "高技术制造业，知识用于其他产业的地区在第二阶段显得低效",
                "money, revenue and contracts of the two stages are nominal; patents and papers "
                "are of all fields and revenue of high-technology manufacturing only, so that "
                "regions whose knowledge is used elsewhere look inefficient in the second stage",
            ),
            *_left_out_warning(left_out),
        ),
    )


def innovation_over_time(
    panel: Panel, inputs: Sequence[str] = RESEARCH, lags: Sequence[int] = (2, 3)
) -> InnovationTable:
    """Return R&D money and people of each year, and patents and papers some years later.

    panel : see ``innovation_chain``; inputs : of research, people alone where money, which is
        nominal, is to stay out
    lags : years between inputs and outputs; each output is the mean over all of them
    Returns : one row a region and year of the inputs, over the last unbroken run of years, for the
        regions with all figures in all of them. Technology contracts are no output here, since
        their series has breaks, nor is any other money
    Raises : InputError where fewer than two years have their outputs
    """
    after = {**dict.fromkeys(inputs, (0,)), **dict.fromkeys(KNOWLEDGE, tuple(lags))}
    years = _last_run(_possible(panel, after))
    if len(years) < 2:
        raise InputError(
            Text(
                "只有一年的研发投入有其后的产出，没有变化可言",
                "one year of R&D only has its outputs, so there is no change",
            )
        )
    parts = {
        year: pd.DataFrame({name: _mean(panel, name, [year], lag) for name, lag in after.items()})
        for year in years
    }
    wide = pd.concat(parts, axis=1)
    wide, left_out = _complete(wide)
    rows = pd.DataFrame(wide.stack(level=0, future_stack=True)).rename_axis(["unit", "period"])
    return InnovationTable(
        inputs=rows[[*inputs]],
        outputs=rows[[*KNOWLEDGE]],
        periods={name: _moved(years, lag) for name, lag in after.items()},
        left_out=left_out,
        records=panel.inputs,
        warnings=tuple(_left_out_warning(left_out)),
    )


def yearly_change(result: IndicesResult) -> pd.DataFrame:
    """Return each unit's geometric mean a period of a Malmquist index and its two parts.

    Returns : (unit,) malmquist, efficiency_change, technical_change; nan where a period has none
    """
    parts = ["malmquist", "efficiency_change", "technical_change"]
    logs = result.tables["indices"].set_index("unit")[parts].transform(np.log)
    means = logs.groupby(level="unit", sort=False).mean(skipna=False)
    return means.transform(np.exp)


def _possible(panel: Panel, lags: Mapping[str, Sequence[int]]) -> list[int]:
    known = {name: years_with_figures(figures_of(panel, name)) for name in lags}
    first = next(iter(lags))
    return [
        year
        for year in sorted(known[first])
        if all(year + lag in known[name] for name, after in lags.items() for lag in after)
    ]


def _last_run(years: Sequence[int]) -> list[int]:
    """Return the years after the last gap."""
    if not years:
        raise InputError(
            Text(
                "没有一年的研发投入之后产出齐备",
                "no year of R&D has all of its outputs in the years after it",
            ),
            remedy=Text("缩短滞后，或补充年份。", "Shorten the lags, or add years."),
        )
    start = years[-1]
    while start - 1 in years:
        start -= 1
    return [year for year in years if year >= start]


def _moved(years: Iterable[int], lags: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted({year + lag for year in years for lag in lags}))


def _mean(panel: Panel, name: str, years: Iterable[int], lags: Sequence[int]) -> pd.Series:
    return mean_of_years(figures_of(panel, name), [year + lag for year in years for lag in lags])


def _complete(table: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Text]]:
    """Return the rows in which all is known and above zero, and what the others lack."""
    gone = table.isna() | (table <= 0)
    names = table.columns.get_level_values(-1)
    left_out = {
        str(region): listed(dict.fromkeys(names[row]))
        for region, row in gone[gone.any(axis=1)].iterrows()
    }
    return table[~gone.any(axis=1)], left_out


def _left_out_warning(left_out: Mapping[str, Text]) -> list[Text]:
    if not left_out:
        return []
    shown = listed(f"{region} ({what.en})" for region, what in left_out.items())
    return [
        Text(
            f"科技统计数据不全的 {len(left_out)} 个地区未参加比较：{shown.zh}",
            f"{len(left_out)} region(s) lack figures on science and technology and are left out: "
            f"{shown.en}",
        )
    ]
