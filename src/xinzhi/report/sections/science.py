"""The four chains on the tables of the data pack on science and technology, 2010 to 2023."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import ModuleType

import pandas as pd

from xinzhi.core import NO_TEXT, ComputationError, InputError, Result, Text
from xinzhi.data import (
    IndicatorSystem,
    Panel,
    impute,
    join_panels,
    load_system,
    pack_registry,
    science_technology_panel,
)
from xinzhi.report.context import Context, figure_names
from xinzhi.report.imputed import (
    imputation_statements,
    imputation_table,
    imputation_tables,
)
from xinzhi.report.index_tables import words
from xinzhi.report.model import NotRun, Section, Table, renamed
from xinzhi.report.sections import coupling, index, trend
from xinzhi.report.used import figures_read
from xinzhi.report.words import say, why_not

ID = "science"
PART = "chains"
TITLE = Text("四链 2010—2023：科技统计", "Four chains 2010–2023: science and technology tables")
_SYSTEM = "four_chains_science"
# what the main system's sections say already, or a reader does not need twice
_LEFT_OUT = {"science_coupling.forms", "science_coupling.geometric", "science_coupling.pairs"}
_PARTS: tuple[ModuleType, ...] = (index, coupling, trend)


@dataclass(frozen=True)
class ScienceResult(Result):
    """The tables of index, coupling and trend, as ``index_scores``.

    context : in which they were computed; its ``results`` are those of the parts
    panel : the pack beside the embedded figures, before any imputation
    not_run : (module, why) of the parts that could not run
    """

    context: Context | None = None
    panel: Panel | None = None
    not_run: tuple[tuple[ModuleType, NotRun], ...] = ()


def run(context: Context) -> Result | NotRun | None:
    """Compute index, coupling and trend on the pack, beside the embedded figures alone.

    The pack is read from the cache; nothing is fetched.
    """
    if not context.embedded:
        return None
    system = load_system(_SYSTEM)
    if not pack_registry.pack_is_present(system.pack):
        return _absent(system)
    try:
        pack = science_technology_panel()
    except ComputationError as error:
        return NotRun(error.message, remedy=error.remedy or NO_TEXT)
    panel = filled = join_panels(pack, context.panel)
    if context.imputation is not None:
        filled = impute(panel, context.imputation, figure_names(system))
    inner = _inner(context, filled, system)
    tables: dict[str, pd.DataFrame] = {}
    units: dict[str, str] = {}
    not_run = []
    for module in _PARTS:
        outcome = _outcome(module, inner)
        if isinstance(outcome, NotRun):
            not_run.append((module, outcome))
            continue
        inner.results[module.ID] = outcome
        tables |= {f"{module.ID}_{name}": table for name, table in outcome.tables.items()}
        units |= {f"{module.ID}_{column}": unit for column, unit in outcome.units.items()}
    read = pd.DataFrame([text.to_dict() for text in pack.warnings], columns=["zh", "en"])
    said = (text for result in inner.results.values() for text in result.warnings)
    return ScienceResult(
        tables={**tables, **imputation_tables(inner, _figures(inner)), "reading": read},
        units=units,
        inputs=inner.panel.inputs,
        warnings=tuple(dict.fromkeys(text for text in said if text not in pack.warnings)),
        context=inner,
        panel=panel,
        not_run=tuple(not_run),
    )


def _absent(system: IndicatorSystem) -> NotRun:
    pack = pack_registry.find_pack(system.pack)
    return NotRun(
        say(
            "数据包“{t}”不在本机；有了它，这里就有四链 2010—2023 年的指数、耦合与走势",
            "the data pack “{t}” is not on this computer; with it the index, coupling and trend of "
            "the four chains for 2010–2023 stand here",
            t=pack.title,
        ),
        remedy=say("取得它：{c}", "Get it: {c}", c=f"xinzhi data pack get {pack.id}"),
    )


def _inner(context: Context, panel: Panel, system: IndicatorSystem) -> Context:
    """Return the context of the parts: the same region, peers and choices on other data."""
    values = system.evaluate(panel)
    years = [int(year) for year in values["year"].values]
    return replace(
        context,
        panel=panel,
        system=system,
        values=values,
        year=context.year if context.year in years else years[-1],
        results={},
    )


def _figures(inner: Context) -> pd.DataFrame:
    """Return the figures that the system reads."""
    years = [int(year) for year in inner.values["year"].values]
    read = [figures_read(inner, one, years) for one in inner.system.indicators]
    keys = ["indicator", "vintage", "region", "year"]
    return pd.concat(read, ignore_index=True).drop_duplicates(keys)


def write(result: ScienceResult, context: Context) -> Section:
    """Write the parts as sections of their own and join them."""
    inner = result.context
    assert inner is not None
    sections = [
        renamed(module.write(inner.results[module.ID], inner), ID)
        for module in _PARTS
        if module.ID in inner.results
    ]
    statements = [s for section in sections for s in section.statements if s.rule not in _LEFT_OUT]
    tables = [table for section in sections for table in section.tables]
    notes = [note for section in sections for note in section.notes]
    notes += [
        say("{t}：{w}", "{t}: {w}", t=module.TITLE, w=why_not(reason))
        for module, reason in result.not_run
    ]
    imputed = result.tables.get("imputation")
    if imputed is not None:
        figures = _figures(inner)
        ranks, count = result.tables["imputed_ranks"], int((figures["status"] != "missing").sum())
        statements += imputation_statements(inner, ID, imputed, ranks, count)
        tables.append(imputation_table(inner, ID, imputed))
    shown = {statement.see for statement in statements}
    return Section(
        id=ID,
        title=inner.system.title,
        statements=tuple(statements),
        charts=tuple(c for section in sections for c in section.charts if c.id in shown),
        tables=(*tables, _reading(result)),
        notes=tuple(notes),
    )


def _outcome(module: ModuleType, inner: Context) -> Result | NotRun:
    """Run one part; for a forecast, gaps of the pack are filled on request."""
    try:
        outcome: Result | NotRun = module.run(inner)
    except InputError as error:
        return NotRun(error.message, remedy=error.remedy or NO_TEXT)
    years = inner.values["year"].values
    gaps = len(years) < years[-1] - years[0] + 1
    if module is trend and isinstance(outcome, NotRun) and gaps and inner.imputation is None:
        remedy = Text(
            "按要求填补缺口后可以算：加 --impute linear。",
            "It runs where gaps are filled on request: add --impute linear.",
        )
        return replace(outcome, remedy=remedy)
    return outcome


def _reading(result: ScienceResult) -> Table:
    """Return what was corrected and left out when the pack was read."""
    texts = [Text(str(zh), str(en)) for zh, en in result.tables["reading"].to_numpy()]
    return Table(
        id=f"{ID}-reading",
        title=Text(
            "读取数据包时更正和略去的内容", "What was corrected and left out in reading the pack"
        ),
        columns=(Text("内容", "What"),),
        rows=tuple((words(text, text.zh),) for text in texts),
        numeric=(False,),
    )
