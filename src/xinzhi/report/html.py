"""report.html: one file that opens offline, in two languages, with a card behind every number."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup, escape

from xinzhi.core import Language, Text
from xinzhi.core.json import plain as plain_json
from xinzhi.report import charts
from xinzhi.report.context import missing
from xinzhi.report.model import Card, Cell, Statement, Table, pieces
from xinzhi.report.sections import SECTIONS
from xinzhi.report.sections.planned import PLANNED
from xinzhi.report.titles import choice_title, column_title, status_title
from xinzhi.report.words import MISSING, full, say, why_not

if TYPE_CHECKING:
    from xinzhi.report.assess import AssessResult

_EXACT = 15  # digits that a double keeps
_LONG, _SHORT = 10, 3  # characters of a column of texts
PARTS = (
    ("why", Text("为什么要行动", "Why act")),
    ("balances", Text("四个平衡", "Four balances")),
    ("chains", Text("水平与耦合", "Level and coupling")),
    ("plan", Text("方案与压力测试", "Plan and stress test")),
    ("data", Text("数据与方法", "Data and method")),
)


def page(assessment: AssessResult) -> str:
    """Return the report as one HTML page with everything in it."""
    from xinzhi import __version__

    context = assessment.context
    assert context is not None
    environment = _environment()
    style, script = _asset("report.css"), _asset("report.js")
    vega = _vega()
    places = {module.ID: (module.PART, module.TITLE) for module in SECTIONS}
    places |= {key: (part, question) for key, part, question, _ in PLANNED}
    picture = next(
        (c for s in assessment.sections for c in s.charts if c.id == "index-profile"), None
    )
    parts = []
    for key, title in PARTS:
        parts.append(
            {
                "id": key,
                "title": title,
                "sections": [s for s in assessment.sections if places[s.id][0] == key],
                "not_run": [
                    (name, places[name][1], reason)
                    for name, reason in assessment.not_run
                    if places[name][0] == key
                ],
            }
        )
    template = environment.get_template("report.html.j2")
    written: str = template.render(
        a=assessment,
        c=context,
        region=context.region_of(context.region),
        name=context.name(context.region),
        peers=charts.peers_text(context),
        peer_names=_listed([context.name(p) for p in context.peers]),
        source=charts.source_line(context),
        version=__version__,
        parts=parts,
        picture=picture,
        policy=_policy([vega, script]),
        style=Markup(style),
        vega=Markup(vega),
        script=Markup(script),
        specs=_json(_specs(assessment)),
        cards=_json(packed(assessment.cards)),
        choices={k: choice_title(k, str(v)) for k, v in _choices(assessment).items()},
        years=[int(year) for year in context.values["year"].values],
        imputed=any(name.endswith("_imputation") for name in assessment.tables),
        ran={section.id for section in assessment.sections},
        forecast=any(name.endswith("trend_forecast") for name in assessment.tables),
    )
    return written


def _choices(assessment: AssessResult) -> Mapping[str, Any]:
    method = dict(assessment.parameters["method"])
    method.pop("floor")
    return method


@cache
def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("xinzhi.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "both": both,
        "sentence": sentence,
        "cell": cell,
        "padded": padded,
        "kinds": kinds,
        "json": _json,
        "full": full,
        "status": status_title,
        "why_not": why_not,
    }
    environment.globals["say"] = say
    return environment


def both(text: Text) -> Markup:
    """Return both languages; the page shows the one chosen. Once where they are the same."""
    if text.zh == text.en:
        return escape(text.zh)
    return Markup('<span lang="zh">{}</span><span lang="en">{}</span>').format(text.zh, text.en)


def sentence(statement: Statement) -> Markup:
    """Return a statement in both languages, its numbers as buttons that open their cards."""
    marked = statement.marked
    return Markup('<span lang="zh">{}</span><span lang="en">{}</span>').format(
        _linked(marked.zh), _linked(marked.en)
    )


def _linked(marked: str) -> Markup:
    return Markup("").join(
        button(card, Text(words, words)) if card else escape(words)
        for card, words in pieces(marked)
    )


def button(card: str, words: Text) -> Markup:
    """Return a number that opens its card."""
    html = '<button type="button" class="number" data-card="{}">{}</button>'
    return Markup(html).format(card, both(words))


def cell(item: Cell, padding: str) -> Markup:
    """Return what stands in a cell: words, a number with its card, or a sparkline."""
    if item.spark:
        return sparkline(item.spark)
    return (button(item.card, item.show) if item.card else both(item.show)) + padding


def padded(table: Table) -> list[list[tuple[Cell, str]]]:
    """Return the rows, each cell with what aligns its number on the decimal sign."""
    places = []
    for column, numeric in enumerate(table.numeric):
        shown = [row[column].show.zh for row in table.rows] if numeric else []
        places.append(max((len(s.partition(".")[2]) for s in shown), default=0))
    rows = []
    for row in table.rows:
        cells: list[tuple[Cell, str]] = []
        for item, numeric, most in zip(row, table.numeric, places, strict=True):
            text = item.show.zh
            lacking = most - len(text.partition(".")[2])
            # figure spaces are as wide as digits, a punctuation space as a full stop
            pad = ("" if "." in text or not most else "\u2008") + "\u2007" * lacking
            cells.append((item, pad if numeric else ""))
        rows.append(cells)
    return rows


def kinds(table: Table) -> list[Markup]:
    """Return the class of each column: numbers, long texts that need room on a phone, texts."""
    found = []
    for column, numeric in enumerate(table.numeric):
        longest = max((len(row[column].show.zh) for row in table.rows), default=0)
        name = "n" if numeric else "w" if longest > _LONG else "t" if longest > _SHORT else ""
        found.append(Markup(' class="{}"').format(name) if name else Markup(""))
    return found


def sparkline(values: tuple[float, ...], width: int = 64, height: int = 18) -> Markup:
    """Return a small line of a series, its last point marked."""
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    step = (width - 6) / max(1, len(values) - 1)
    points = [
        (3 + k * step, height - 3 - (height - 6) * (v - low) / span) for k, v in enumerate(values)
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    html = (
        '<svg class="spark" width="{w}" height="{h}" viewBox="0 0 {w} {h}" aria-hidden="true">'
        '<polyline points="{p}"/><circle cx="{x}" cy="{y}" r="2"/></svg>'
    )
    return Markup(html).format(w=width, h=height, p=path, x=f"{x:.1f}", y=f"{y:.1f}")


def packed(cards: Mapping[str, Card]) -> dict[str, Any]:
    """Return all cards with every text written once: ``texts``, and cards that point into it."""
    texts: dict[Text, int] = {}
    groups: dict[tuple[tuple[Text, Text], ...], int] = {}

    def place(text: Text) -> int:
        return texts.setdefault(text, len(texts))

    def same(text: str) -> int:
        return place(Text(text, text))

    found = {
        card.id: [
            place(card.title),
            full(card.value, _EXACT),
            place(card.unit),
            place(card.region),
            card.year,
            "" if card.low is None else full(card.low, _EXACT),
            "" if card.high is None else full(card.high, _EXACT),
            place(card.band),
            place(card.formula),
            groups.setdefault(card.parameters, len(groups)),
            [
                [
                    place(f.title),
                    full(f.value),
                    place(f.unit),
                    f.year,
                    same(f.vintage),
                    place(f.publisher),
                    same(f.source),
                    place(status_title(f.status)),
                ]
                for f in card.figures
            ],
            list(card.parts),
            [place(status_title(name)) for name in card.status],
            place(card.note),
            card.method,
        ]
        for card in cards.values()
    }
    parameters = [[[place(k), place(v)] for k, v in group] for group in groups]
    return {"texts": [list(text) for text in texts], "parameters": parameters, "cards": found}


def _specs(assessment: AssessResult) -> dict[str, Any]:
    """Return the specs of every chart's pictures."""
    return {
        chart.id: [
            {
                **panel.specs,
                "tiles": panel.tiles,
            }
            for panel in chart.panels
        ]
        for section in assessment.sections
        for chart in section.charts
    }


def _json(value: Any) -> Markup:
    """Return JSON that may stand inside a script element."""
    text = json.dumps(plain_json(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


def _policy(scripts: list[str]) -> str:
    """Return a content security policy: only these scripts run, and nothing is ever fetched."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'"
        for s in scripts
    )
    # Vega compiles its expressions, hence unsafe-eval; charts set styles of their own
    return (
        f"default-src 'none'; script-src {hashes} 'unsafe-eval'; "
        "style-src 'unsafe-inline'; img-src data: blob:"
    )


def _asset(name: str) -> str:
    return (resources.files("xinzhi.report") / "templates" / name).read_text("utf-8").strip()


@cache
def _vega() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script."""
    import vl_convert

    bundle: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    # a script element ends at the first such tag, even inside a string
    return bundle.replace("</script", "<\\/script").replace("<!--", "<\\!--").strip()


def _listed(names: list[Text]) -> Text:
    return Text("、".join(n.zh for n in names), ", ".join(n.en for n in names))


def result_page(result: Any, lang: Language, command: str, version: str) -> str:
    """Return the tables of one result as a plain page in one language."""
    tables = []
    for name, table in result.tables.items():
        columns = [column_title(str(column), name).get(lang) for column in table]
        rows = [
            [_shown(value) for value in row] for row in table.itertuples(index=False, name=None)
        ]
        tables.append((name, columns, rows))
    return str(
        _environment()
        .get_template("result.html.j2")
        .render(
            lang=lang,
            command=command,
            version=version,
            tables=tables,
            warnings=[warning.get(lang) for warning in result.warnings],
            parameters=_json(dict(result.parameters)),
            inputs=result.inputs,
            style=Markup(_asset("report.css")),
        )
    )


def _shown(value: Any) -> tuple[str, bool]:
    """Return a value of a table in words, and whether it is a number."""
    if missing(value):
        return MISSING, False
    number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    return (f"{value:.10g}" if isinstance(value, (float, np.floating)) else str(value)), number
