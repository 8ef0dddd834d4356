"""Every source, every cell not simply as published, every option and what others would give."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from xinzhi.core import NO_TEXT, InputError, Result, Text
from xinzhi.data import embedded_reasons
from xinzhi.measure import IndexResult, Method, index
from xinzhi.measure.coupling import coordination_and_rank
from xinzhi.measure.method import NORMALISATIONS, SCOPES, TREATMENTS, WEIGHTINGS
from xinzhi.report.context import Context, of_pack, publisher_of
from xinzhi.report.data_tables import (
    cell_table,
    source_table,
    treatment_table,
    variant_chart,
    variant_table,
)
from xinzhi.report.imputed import (
    imputation_statements,
    imputation_table,
    imputation_tables,
    reason,
)
from xinzhi.report.innovation_conversions import conversion_figures
from xinzhi.report.model import NotRun, Section, Statement
from xinzhi.report.productivity_chain import chain_figures
from xinzhi.report.productivity_growth import growth_figures
from xinzhi.report.sections.science import ScienceResult
from xinzhi.report.titles import status_title
from xinzhi.report.used import FIGURE, figures_named, figures_read
from xinzhi.report.words import listing, rank_band, say

ID = "data_method"
PART = "data"
TITLE = Text("来源、数值与选项", "Sources, figures and options")
# Sections whose parameter "years" names the published figures they read, and of which years.
_NAMING = {
    "productivity": Text("生产率", "productivity"),
    "strengths": Text("长处", "strengths"),
    "disparity": Text("地区差距", "disparity"),
    "innovation": Text("创新", "innovation"),
    "finance": Text("科技投入与金融", "public money and finance"),
    "talent": Text("人才", "talent"),
}
_OPTIONS = {
    "treatment": TREATMENTS,
    "normalisation": NORMALISATIONS,
    "scope": SCOPES,
    "weighting": WEIGHTINGS,
    "aggregation": ("arithmetic", "geometric", "harmonic", "topsis"),
}


def run(context: Context) -> Result | NotRun:
    """Collect sources and cells, and compute the index once for every other option."""
    used = _used(context)
    return Result(
        tables={
            "sources": _sources(context, used),
            "cells": _cells(context, used),
            "variants": _variants(context),
            **imputation_tables(context, used),
        },
        inputs=context.panel.inputs,
        warnings=context.panel.warnings,
    )


def write(result: Result, context: Context) -> Section:
    """Word the state of the data and what other options would give."""
    sources, cells, variants = (result.tables[n] for n in ("sources", "cells", "variants"))
    statements = [*_counted(context, sources, cells), *_varied(context, variants)]
    imputed = result.tables.get("imputation")
    drawn = variant_chart(context, variants)
    tables = [
        source_table(context, sources),
        cell_table(context, cells),
        variant_table(context, variants),
    ]
    if imputed is not None:
        ranks, count = result.tables["imputed_ranks"], int(sources["cells"].sum())
        statements[1:1] = imputation_statements(context, ID, imputed, ranks, count)
        tables.insert(0, imputation_table(context, ID, imputed))
    main = context.results.get("index")
    if isinstance(main, IndexResult):
        tables.append(treatment_table(context, main))
    return Section(
        id=ID,
        title=TITLE,
        statements=tuple(statements),
        charts=(drawn,) if drawn else (),
        tables=tuple(tables),
        notes=context.panel.warnings,
    )


def _used(context: Context) -> pd.DataFrame:
    """Return the figures behind what ran: a row a figure that is or should be there.

    Returns : the columns of a panel and ``used_by``; status "missing" where there is no figure
    """
    parts = []
    for name, where in _indices(context):
        result = where.results.get(name)
        if not isinstance(result, IndexResult) or result.system is None:
            continue
        years = [int(year) for year in result.levels["year"].values]
        parts += [figures_read(where, one, years) for one in result.system.indicators]
        side = result.system.side if name == "new_quality" else ()
        there = [i for i in side if all(map(where.panel.resolve, i.formula.names))]
        parts += [figures_read(where, one, None) for one in there]
    for name in _NAMING:
        if name in context.results:
            dates = context.results[name].parameters["years"].items()
            parts += [figures_named(context, [one], years, name) for one, years in dates]
    if "growth" in _tables(context, "productivity"):
        parts.append(figures_named(context, growth_figures(context.panel), None, "productivity"))
    if "chain" in _tables(context, "productivity"):
        parts += chain_figures(context)
    if "conversions" in _tables(context, "innovation"):
        parts += conversion_figures(context)
    if not parts:
        return pd.DataFrame(columns=[*FIGURE, "used_by"])
    every = pd.concat(parts, ignore_index=True)
    keys = ["indicator", "vintage", "region", "year"]
    figures = list(zip(*(every[key].tolist() for key in keys), strict=True))
    readers: dict[tuple[Any, ...], dict[str, None]] = {}
    for figure, name in zip(figures, every["used_by"].tolist(), strict=True):
        readers.setdefault(figure, {})[name] = None
    every["used_by"] = [", ".join(readers[figure]) for figure in figures]
    return every.drop_duplicates(keys)


def _tables(context: Context, name: str) -> Mapping[str, pd.DataFrame]:
    """Return the tables of a section, none where it did not run."""
    result = context.results.get(name)
    return {} if result is None else result.tables


def _indices(context: Context) -> Iterator[tuple[str, Context]]:
    """Yield the name of every index that may have run, and the context that holds its result."""
    yield "index", context
    yield "new_quality", context
    science = context.results.get("science")
    if isinstance(science, ScienceResult) and science.context is not None:
        yield "index", science.context


def _sources(context: Context, used: pd.DataFrame) -> pd.DataFrame:
    """Return where every figure in use was published."""
    there = used[used["status"] != "missing"]
    keys = ["indicator", "vintage", "source"]
    table = there.groupby(keys, sort=False, as_index=False).agg(
        first_year=("year", "min"),
        last_year=("year", "max"),
        cells=("value", "size"),
        doubtful=("status", lambda s: int((s == "doubtful").sum())),
        unit=("unit", "first"),
        used_by=("used_by", lambda s: ", ".join(dict.fromkeys(", ".join(s).split(", ")))),
    )
    publishers = [publisher_of(vintage) for vintage in table["vintage"]]
    table.insert(2, "publisher_zh", [p.zh for p in publishers])
    table.insert(3, "publisher_en", [p.en for p in publishers])
    return table


def _cells(context: Context, used: pd.DataFrame) -> pd.DataFrame:
    """Return every cell in use that is missing or is not simply as published, with the reason."""
    table = used[used["status"] != "reported"].reset_index(drop=True)
    reasons = [_reason(row) for row in table.to_dict("records")]
    return table.assign(
        reason_zh=[reason.zh for reason in reasons], reason_en=[reason.en for reason in reasons]
    )


def _reason(row: Mapping[Any, Any]) -> Text:
    if row["status"] == "missing":
        return Text("数据中没有", "absent from the data")
    keys = ("indicator", "vintage", "region", "year", "source")
    found = embedded_reasons(*(row[key] for key in keys))
    if row["status"] == "imputed":
        return reason(str(row["source"]))
    if row["status"] == "corrected" and of_pack(str(row["vintage"])):
        return Text(
            "地区名或单位印错，已更正，见读取数据包时的更正",
            "misprinted region or unit, corrected; see what was corrected in reading the pack",
        )
    if not found:
        return NO_TEXT
    return Text("；".join(t.zh for t in found), "; ".join(t.en for t in found))


def _variants(context: Context) -> pd.DataFrame:
    """Return what the region's level and ranks would be with one option changed at a time."""
    rows = []
    for option, values in _OPTIONS.items():
        own = getattr(context.method, option)
        for value in dict.fromkeys((own, *values)):
            row = _variant(context, replace(context.method, **{option: value}))
            if row is not None:
                rows.append({"option": option, "choice": value, "chosen": value == own, **row})
    columns = ["option", "choice", "chosen", "score", "rank", "coordination", "coordination_rank"]
    return pd.DataFrame(rows, columns=columns)


def _variant(context: Context, method: Method) -> dict[str, float] | None:
    try:
        result = index(context.values, context.system, method)
    except InputError:  # goalposts that the system does not give, and the like
        return None
    at = {"region": context.region, "year": context.year}
    scores = result.tables["scores"]
    row = scores[
        (scores["region"] == at["region"])
        & (scores["year"] == at["year"])
        & (scores["node"] == context.system.root)
    ].iloc[0]
    found = {"score": row["score"], "rank": row["rank"]}
    try:
        joint, ranks = (float(each.sel(at)) for each in coordination_and_rank(result))
    except InputError:  # z-scores have no levels between 0 and 1
        return found
    place = pd.NA if math.isnan(ranks) else int(ranks)
    return found | {"coordination": joint, "coordination_rank": place}


def _counted(context: Context, sources: pd.DataFrame, cells: pd.DataFrame) -> Iterator[Statement]:
    if sources.empty:
        return
    counts = cells["status"].value_counts()
    named = listing(
        say("{s} {n} 个", "{n} {s}", s=status_title(str(status)), n=f"{count:,}")
        for status, count in counts.items()
    )
    reported = int(sources["cells"].sum()) - int(counts.drop("missing", errors="ignore").sum())
    nothing = (
        Text("；没有插补，也没有拼接不同版本", "; nothing is imputed and no vintages are spliced")
        if "imputed" not in counts
        else NO_TEXT
    )
    text = say(
        "{w}共用到 {n} 个数值，其中公布值 {r} 个{m}{i}。",
        "{w} read {n} figures, {r} of them as published{m}{i}.",
        w=_readers(context),
        i=nothing,
        n=f"{int(sources['cells'].sum()):,}",
        r=f"{reported:,}",
        m=Text(f"，另有{named.zh}", f", besides {named.en}") if len(counts) else "",
    )
    evidence = [(f"{ID}_sources", {"vintage": v}) for v in sources["vintage"].unique()]
    evidence += [(f"{ID}_cells", {"status": str(status)}) for status in counts.index]
    yield Statement(f"{ID}.cells", text, tuple(evidence), see=f"{ID}-cells")


def _readers(context: Context) -> Text:
    """Return what reads the figures listed, as the subject of a sentence."""
    indices = Text("各指数、旁证", "The indices, side figures")
    own = [title for name, title in _NAMING.items() if name in context.results]
    if not own:
        return Text("各指数及旁证", "The indices and side figures")
    return listing([indices, *own])


def _varied(context: Context, variants: pd.DataFrame) -> Iterator[Statement]:
    known = variants.dropna(subset=["rank"])
    if len(known) < 2:
        return
    low, high = known["rank"].min(), known["rank"].max()
    pairs = Text("", "")
    both = variants.dropna(subset=["coordination_rank"])
    if len(both):
        ends = both["coordination_rank"].min(), both["coordination_rank"].max()
        pairs = say("；协调度排名为{b}", "; by coordination {b}", b=rank_band(*ends))
    text = say(
        "逐项改换方法（{n} 种做法）时，{r}的水平排名{is_}{b}{c}。",
        "With one option changed at a time ({n} ways) {r} {is_} {b} by level{c}.",
        n=f"{len(known)}",
        r=context.name(context.region),
        is_=Text("始终为", "stays") if low == high else Text("为", "ranks"),
        b=rank_band(low, high),
        c=pairs,
    )
    evidence = ((f"{ID}_variants", {"rank": low}), (f"{ID}_variants", {"rank": high}))
    yield Statement(f"{ID}.variants", text, evidence, (low, high), f"{ID}-variants")
