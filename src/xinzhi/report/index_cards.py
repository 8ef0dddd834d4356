"""Cards behind the numbers of an index: scores, indicators, contributions."""

from __future__ import annotations

from xinzhi.core import NO_TEXT, Text
from xinzhi.data import Indicator
from xinzhi.measure import IndexResult
from xinzhi.measure.method import by_level
from xinzhi.report.context import Context, Figures, Lookup, missing, unit_text
from xinzhi.report.model import Card
from xinzhi.report.titles import CHOICES, choice_title, status_title
from xinzhi.report.words import full, say
from xinzhi.report.working import working


class IndexCards:
    """Makes the cards of one index, each once; asking again gives the same id."""

    def __init__(self, context: Context, result: IndexResult):
        assert result.system is not None
        self.context, self.result, self.system = context, result, result.system
        self.scores = Lookup(result.tables["scores"], ("region", "year", "node"))
        self.indicators = Lookup(result.tables["indicators"], ("region", "year", "indicator"))
        self.added = Lookup(result.tables["contributions"], ("region", "year", "indicator"))
        weights = result.tables["weights"]
        self.weights = dict(zip(weights["indicator"], weights["weight"], strict=True))
        self.figures = Figures(
            context.panel, (n for i in self.system.indicators for n in i.formula.names)
        )
        self.by_id = {indicator.id: indicator for indicator in self.system.indicators}
        indicators = result.tables["indicators"].groupby("indicator", observed=True)
        self._ends = indicators[["value", "treated"]].agg(["min", "max"])
        treatment = result.tables["treatment"]
        self.treatment = dict(zip(treatment["indicator"], treatment["method"], strict=True))

    def score(self, region: str, node: str, year: int) -> str:
        """Return the card of a node's score, with the cards of its parts behind it."""
        card = self.context.card_id(self.system.id, node, self.context.region_of(region).code, year)
        if card in self.context.cards:
            return card
        row = self.scores.row(region, year, node)
        parts = [
            self.indicator(region, child, year)
            if child in self.by_id
            else self.score(region, child, year)
            for child in self.system.children(node)
        ]
        title = self.system.title_of(node)
        rank = "" if missing(row["rank"]) else f"{int(row['rank'])}"
        ranks = (
            NO_TEXT
            if not rank or missing(row["rank_low"])
            else Text(
                f"（{int(row['rank_low'])}–{int(row['rank_high'])}）",
                f" ({int(row['rank_low'])}–{int(row['rank_high'])})",
            )
        )
        return self.context.add(
            Card(
                id=card,
                title=title,
                value=_number(row["score"]),
                unit=NO_TEXT,
                region=self.context.full_name(region),
                year=str(year),
                formula=self._aggregation(region, node, year, row["score"]),
                low=_number(row["score_low"]),
                high=_number(row["score_high"]),
                band=self.band(),
                parameters=(
                    *((Text("排名", "Rank"), say(rank + "{r}", rank + "{r}", r=ranks)),)
                    * bool(rank),
                    *self.parameters(),
                ),
                parts=tuple(parts),
                status=self._worst(region, node, year),
                method="method-index",
            )
        )

    def indicator(self, region: str, name: str, year: int) -> str:
        """Return the card of an indicator's value, with the published figures behind it."""
        code = self.context.region_of(region).code
        card = self.context.card_id(self.system.id, name, code, year)
        if card in self.context.cards:
            return card
        row = self.indicators.row(region, year, name)
        indicator = self.by_id[name]
        value = _number(row["value"])
        formula, figures = working(self.figures, indicator, region, year, value)
        notes = [indicator.weakness] if indicator.weakness.zh else []
        return self.context.add(
            Card(
                id=card,
                title=indicator.title,
                value=value,
                unit=unit_text(indicator.unit.id),
                region=self.context.full_name(region),
                year=str(year if indicator.fixed_year is None else indicator.fixed_year),
                formula=say("{a}\n{b}", "{a}\n{b}", a=formula, b=self._scaled(indicator, row)),
                parameters=(
                    (Text("公式", "Formula"), Text(indicator.formula.text, indicator.formula.text)),
                    (
                        Text("在总体中的权重", "Weight in the whole"),
                        _same(full(self.weights[name])),
                    ),
                    *self.parameters(),
                ),
                figures=figures,
                status=(str(row["status"]),) if not missing(row.get("status")) else (),
                note=notes[0] if notes else NO_TEXT,
                method="method-index",
            )
        )

    def contribution(self, region: str, name: str, year: int) -> str:
        """Return the card of what an indicator adds to the whole."""
        code = self.context.region_of(region).code
        card = self.context.card_id(self.system.id, name, code, year, "contribution")
        row = self.added.row(region, year, name)
        z = self.indicators.row(region, year, name)["normalised"]
        value, weight = _number(row["contribution"]), self.weights[name]
        logged = self.result.parameters["aggregation"] != "arithmetic"
        term = f"ln {full(z)}" if logged else full(z)
        return self.context.add(
            Card(
                id=card,
                title=say(
                    "{t}：对总体的贡献", "{t}: contribution to the whole", t=self.title(name)
                ),
                value=value,
                unit=NO_TEXT,
                region=self.context.full_name(region),
                year=str(year),
                formula=_same(f"{full(weight)} × {term} = {full(value)}"),
                parameters=self.parameters(),
                parts=(self.indicator(region, name, year),),
                method="method-index",
            )
        )

    def title(self, name: str) -> Text:
        """Return the title of a node or an indicator."""
        return self.system.title_of(name)

    def limits(self, name: str, column: str) -> tuple[float, float]:
        """Return the lowest and highest value or treated value of an indicator, of all regions
        and years."""
        ends = self._ends[column].loc[name]
        return float(ends["min"]), float(ends["max"])

    def band(self) -> Text:
        """Return what the interval of a score is."""
        if self.context.uncertainty is None:
            return NO_TEXT
        return say(
            "与指数同一尺度的抽样中居中的 {share}",
            "the central {share} of the draws on the index's own scale",
            share=self.context.share,
        )

    def parameters(self) -> tuple[tuple[Text, Text], ...]:
        """Return the choices behind the index, in words."""
        found = []
        for key in ("treatment", "normalisation", "scope", "weighting", "aggregation"):
            value = str(self.result.parameters[key])
            found.append((CHOICES[key][0], choice_title(key, value)))
        if self.context.uncertainty is not None:
            found.append(
                (
                    Text("蒙特卡洛", "Monte Carlo"),
                    say(
                        "{d}，种子 {s}",
                        "{d}, seed {s}",
                        d=self.context.draws,
                        s=f"{self.context.seed}",
                    ),
                )
            )
        return tuple(found)

    def _weight(self, name: str) -> float:
        if name in self.weights:
            return float(self.weights[name])
        return sum(float(self.weights[i]) for i in self.system.indicators_below(name))

    def _height(self, node: str) -> int:
        below = [c for c in self.system.children(node) if c not in self.by_id]
        return 1 + max((self._height(child) for child in below), default=0)

    def _aggregation(self, region: str, node: str, year: int, score: float) -> Text:
        children = self.system.children(node)
        whole = self._weight(node)
        local = [full(round(self._weight(c) / whole, 12)) for c in children]
        values = [
            full(
                self.indicators.row(region, year, c)["normalised"]
                if c in self.by_id
                else self.scores.row(region, year, c)["score"]
            )
            for c in children
        ]
        levels = self._height(self.system.root)
        method = by_level(self.result.parameters["aggregation"], levels)[self._height(node) - 1]
        pairs = list(zip(local, values, strict=True))
        if method == "arithmetic":
            shown = " + ".join(f"{w} × {v}" for w, v in pairs)
        elif method == "geometric":
            shown = " × ".join(f"{v}^{w}" for w, v in pairs)
        elif method == "harmonic":
            shown = "1 ÷ (" + " + ".join(f"{w} ÷ {v}" for w, v in pairs) + ")"
        else:
            shown = "TOPSIS: D⁻ ÷ (D⁺ + D⁻), v = " + ", ".join(f"{w} × {v}" for w, v in pairs)
        return _same(f"{shown} = {full(score)}")

    def _scaled(self, indicator: Indicator, row: object) -> Text:
        """Return how the value became a normalised one, where a line can say it."""
        assert isinstance(row, dict)
        z = row["normalised"]
        parameters = self.result.parameters
        if (parameters["normalisation"], parameters["scope"]) != ("min-max", "pooled") or missing(
            z
        ):
            return say("标准化值 = {z}", "normalised = {z}", z=full(z))
        low, high = self.limits(indicator.id, "treated")
        x = full(row["treated"])
        top, bottom = (x, full(low)) if indicator.direction > 0 else (full(high), x)
        floor = parameters["floor"]
        lead = f"{full(floor)} + {full(1 - floor)} × " if floor else ""
        logged = self.treatment[indicator.id] == "log"
        ln = f"ln {full(row['value'])} = {x}; " if logged else ""
        text = f"{ln}{lead}({top} − {bottom}) ÷ ({full(high)} − {full(low)}) = {full(z)}"
        return say("标准化：{t}", "normalised: {t}", t=text)

    def _worst(self, region: str, node: str, year: int) -> tuple[str, ...]:
        """Return the statuses of the indicators below a node, each once."""
        rows = (self.indicators.row(region, year, i) for i in self.system.indicators_below(node))
        found = [str(row["status"]) for row in rows if not missing(row.get("status"))]
        return tuple(sorted(set(found), key=lambda name: status_title(name).en))


def _same(text: str) -> Text:
    return Text(text, text)


def _number(value: float | None) -> float | None:
    return None if missing(value) else float(value)  # type: ignore[arg-type]
