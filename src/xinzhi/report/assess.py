"""One region's strategy: run what the data allow, say what could not run, and write it down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from xinzhi.core import NO_TEXT, InputError, Language, Result, Text, XinzhiError, dumps, replacing
from xinzhi.data import IndicatorSystem, IOTable, Panel, impute, load_system
from xinzhi.data.cases import TransitionCase
from xinzhi.data.imputation import ImputationMethod
from xinzhi.measure import Method, Uncertainty
from xinzhi.report.context import Context, figure_names
from xinzhi.report.economy import economy_of
from xinzhi.report.front import KeyNumber, findings, key_numbers, verdict
from xinzhi.report.model import Card, NotRun, Section, Statement
from xinzhi.report.sections import SECTIONS
from xinzhi.report.sections.planned import PLANNED, REASON
from xinzhi.report.sections.science import ScienceResult
from xinzhi.report.watching import NOTHING_WATCHED, Watching
from xinzhi.report.words import say, why_not

DRAWS = Uncertainty(draws=10_000)


@dataclass(frozen=True)
class AssessResult(Result):
    """The strategy of one region; tables are those of its parts, as ``index_scores``.

    sections : in the order of the report; statements : those of the sections
    verdict, numbers, findings : the first page
    cards : what lies behind each number, by id
    not_run : (id, why and what it needs) of every analysis that is not in the report
    failed : ids of the sections that broke
    """

    context: Context | None = None
    sections: tuple[Section, ...] = ()
    verdict: Statement | None = None
    numbers: tuple[KeyNumber, ...] = ()
    findings: tuple[Statement, ...] = ()
    cards: Mapping[str, Card] = field(default_factory=dict)
    not_run: tuple[tuple[str, NotRun], ...] = ()
    failed: tuple[str, ...] = ()

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Return every statement, the verdict first."""
        first = () if self.verdict is None else (self.verdict,)
        return first + tuple(s for section in self.sections for s in section.statements)


def assess(
    panel: Panel,
    system: IndicatorSystem,
    region: str,
    years: Iterable[int] | None = None,
    year: int | None = None,
    peers: Iterable[str] | None = None,
    method: Method | None = None,
    uncertainty: Uncertainty | None = DRAWS,
    seed: int = 0,
    second_system: IndicatorSystem | None = None,
    progress: bool = False,
    imputation: ImputationMethod | None = None,
    table: IOTable | None = None,
    watching: Watching = NOTHING_WATCHED,
    case: TransitionCase | None = None,
) -> AssessResult:
    """Assess one region against its peers and word the result.

    region : any name or code that the panel's region set knows
    years : the years compared, by default those in which every indicator has figures
    year : the one that the report speaks of, by default the last in which the region has a level
    peers : the regions whose quartiles stand beside the region's values, by default all others;
        ranks are among all regions of the panel in any case
    uncertainty : the Monte Carlo behind every interval; None for none
    second_system : the system of the second index, new quality productive forces by default
    imputation : method of ``impute`` that fills the gaps in what the main system reads, and in the
        data pack; None leaves them
    table : the region's own input–output table; by default the nation's, from its data pack or the
        three sectors that ship, scaled by the region's value added
    watching : labelled events and the technology-risk register of ``watch``
    case : a case of ``transition``; without one the report says how to give it
    Returns : AssessResult; what the input does not allow is in ``not_run``, a section that breaks
        in ``failed`` too, and the rest is there all the same
    Raises : InputError for an unknown region or year, and for data that the system cannot use
    """
    name = _known(panel, region)
    others = [n for n in panel.region_names if n != name]
    chosen = others if peers is None else [_known(panel, peer) for peer in peers]
    if imputation is not None:
        panel = impute(panel, imputation, figure_names(system))
    values = system.evaluate(panel, years)
    context = Context(
        panel=panel,
        system=system,
        second_system=second_system or load_system("new_quality"),
        values=values,
        region=name,
        year=_year(values["value"].sel(region=name), year),
        peers=tuple(dict.fromkeys(peer for peer in chosen if peer != name)),
        method=method or Method(),
        uncertainty=uncertainty,
        seed=seed,
        progress=progress,
        imputation=imputation,
        economy=economy_of(panel, name, table),
        watching=watching,
        case=case,
    )
    tables: dict[str, pd.DataFrame] = {}
    sections, not_run, failed = [], [], []
    for module in SECTIONS:
        outcome = _section(module, context, tables)
        if outcome is None:
            continue
        if isinstance(outcome, Section):
            sections.append(outcome)
            continue
        reason, broke = outcome
        not_run.append((module.ID, reason))
        if broke:
            failed.append(module.ID)
    not_run += [(key, NotRun(REASON, needs)) for key, _, _, needs in PLANNED]
    results = list(context.results.values())
    said = [statement for section in sections for statement in section.statements]
    return AssessResult(
        tables=tables,
        units={f"{k}_{c}": u for k, r in context.results.items() for c, u in r.units.items()},
        parameters=_parameters(context),
        inputs=tuple(dict.fromkeys(i for r in results for i in (*panel.inputs, *r.inputs))),
        warnings=tuple(dict.fromkeys(w for r in results for w in (*panel.warnings, *r.warnings))),
        context=context,
        sections=tuple(sections),
        verdict=verdict(context),
        numbers=tuple(key_numbers(context)),
        findings=tuple(findings(said)),
        cards=context.cards,
        not_run=tuple(not_run),
        failed=tuple(failed),
    )


def _section(
    module: Any, context: Context, tables: dict[str, pd.DataFrame]
) -> Section | tuple[NotRun, bool] | None:
    """Run and write one section; a broken one leaves a reason and no half of its tables.

    Returns : the section; why there is none, and whether it broke; None where it has no place
    """
    try:
        result = module.run(context)
        if result is None:
            return None
        if isinstance(result, NotRun):
            return result, False
        context.results[module.ID] = result
        own = {f"{module.ID}_{name}": table for name, table in result.tables.items()}
        section: Section = module.write(result, context)
        check_evidence(section.statements, {**tables, **own})
    except InputError as error:
        if module is SECTIONS[0]:  # without the main index there is nothing to report
            raise
        context.results.pop(module.ID, None)
        return NotRun(error.message, remedy=error.remedy or NO_TEXT), False
    except Exception as error:
        context.results.pop(module.ID, None)
        words = error.message if isinstance(error, XinzhiError) else _internal(error)
        return NotRun(words), True
    tables.update(own)
    return section


def check_evidence(statements: Iterable[Statement], tables: Mapping[str, pd.DataFrame]) -> None:
    """Check that the evidence of every statement is there.

    Raises : ValueError naming the rule, the table and the key
    """
    for statement in statements:
        for name, key in statement.evidence:
            rows = tables.get(name)
            if rows is not None:
                for column, value in key.items():
                    rows = rows[rows[column] == value]
            if rows is None or rows.empty:
                raise ValueError(f"statement {statement.rule}: no {name} with {dict(key)}")


def _internal(error: Exception) -> Text:
    shown = f"{type(error).__name__}: {error}"
    return Text(f"内部错误：{shown}", f"internal error: {shown}")


def _known(panel: Panel, region: str) -> str:
    name = panel.regions.get(region).name
    if name not in panel.region_names:
        raise InputError(Text(f"数据中没有地区 {name}", f"the data have no region {name}"))
    return name


def _year(values: xr.DataArray, asked: int | None) -> int:
    """Return the year asked for, else the last in which the region has every indicator."""
    complete = values.notnull().all("indicator").values
    years = values["year"].values
    if asked is None:
        return int(years[complete][-1]) if complete.any() else int(years[-1])
    if asked not in years:
        have = f"{years[0]}–{years[-1]}"
        raise InputError(
            Text(f"没有 {asked} 年的结果，只有 {have}", f"no results for {asked}, only {have}"),
            remedy=Text("选择其中一年。", "Choose one of these years."),
        )
    return asked


def _parameters(context: Context) -> dict[str, Any]:
    science = context.results.get("science")
    inner = science.context if isinstance(science, ScienceResult) else None
    systems = {
        "system": context.system,
        "second_system": context.second_system if "new_quality" in context.results else None,
        "science_system": None if inner is None else inner.system,
    }
    return {
        "region": context.region,
        "year": context.year,
        "years": [int(year) for year in context.values["year"].values],
        "peers": list(context.peers),
        **{
            key: None if s is None else {"id": s.id, "version": s.version, "sha256": s.sha256}
            for key, s in systems.items()
        },
        "method": context.method.to_dict(),
        "uncertainty": context.uncertainty.to_dict() if context.uncertainty else None,
        "seed": context.seed,
        "imputation": context.imputation,
        "case": None if context.case is None else context.case.id,
        "as_of": None if (day := context.watching.as_of) is None else day.isoformat(),
    }


def write_report(assessment: AssessResult, folder: Path | str, force: bool = False) -> list[Path]:
    """Write report.html, results.json and tables.xlsx: all three, or none of them.

    Raises : InputError if one of them exists and ``force`` is false, or ``folder`` is not writable
    """
    from xinzhi.report.export import write_workbook
    from xinzhi.report.html import page

    place = Path(folder)
    paths = [place / name for name in ("report.html", "results.json", "tables.xlsx")]
    with ExitStack() as stack:
        html, json, xlsx = (stack.enter_context(replacing(path, force)) for path in paths)
        html.write_text(page(assessment), encoding="utf-8")
        json.write_text(dumps(document(assessment)) + "\n", encoding="utf-8")
        write_workbook(assessment, xlsx)
    return paths


def document(assessment: AssessResult) -> dict[str, Any]:
    """Return what results.json holds."""
    from xinzhi import __version__

    return {
        "command": "assess",
        "version": __version__,
        "parameters": dict(assessment.parameters),
        "inputs": list(assessment.inputs),
        "result": assessment.to_dict(),
        "statements": [statement.to_dict() for statement in assessment.statements],
        "not_run": [
            {
                "id": key,
                "reason": reason.reason,
                "needs": reason.needs,
                "remedy": reason.remedy,
                "failed": key in assessment.failed,
            }
            for key, reason in assessment.not_run
        ],
        "warnings": list(assessment.warnings),
    }


def summary(assessment: AssessResult, lang: Language = "en") -> str:
    """Return a few lines for the terminal: the verdict, the findings, what did not run."""
    lines = [] if assessment.verdict is None else [assessment.verdict.text.get(lang)]
    lines += [f"- {finding.text.get(lang)}" for finding in assessment.findings]
    for key, reason in assessment.not_run:
        if key not in {planned[0] for planned in PLANNED}:
            lines.append(
                say("未运行 {k}：{w}", "not run, {k}: {w}", k=key, w=why_not(reason)).get(lang)
            )
    count = f"{len(PLANNED)}"
    lines.append(
        say(
            "另有 {n} 项分析此版本尚无，所需数据见报告。",
            "{n} further analyses are not in this version; the report lists the figures they need.",
            n=count,
        ).get(lang)
    )
    return "\n".join(lines)
