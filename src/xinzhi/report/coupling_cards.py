"""Cards behind the numbers of coupling coordination."""

from __future__ import annotations

import math

import numpy as np

from xinzhi.core import NO_TEXT, Text
from xinzhi.measure import CouplingResult
from xinzhi.report.context import Context, Lookup, missing
from xinzhi.report.index_cards import IndexCards
from xinzhi.report.model import Card
from xinzhi.report.words import full, say


class CouplingCards:
    """Makes the cards of one coupling result; levels lead to the cards of the index."""

    def __init__(self, context: Context, result: CouplingResult, index: IndexCards):
        self.context, self.result, self.index = context, result, index
        tables = result.tables
        self.coupling = Lookup(tables["coupling"], ("region", "year"))
        self.levels = Lookup(tables["levels"], ("region", "year", "subsystem"))
        self.lagging = Lookup(tables["lagging"], ("region", "year", "subsystem"))
        self.obstacles = Lookup(tables["obstacles"], ("region", "year", "indicator"))
        self.relative = Lookup(tables["relative"], ("region", "year", "subsystem", "other"))
        self.combinations = Lookup(tables["combinations"], ("region", "year", "subsystems"))
        self.subsystems = [str(name) for name in result.levels["subsystem"].values]
        self.weights = result.parameters["weights"]

    def degree(self, region: str, year: int) -> str:
        """Return the card of the coupling degree C."""
        row = self.coupling.row(region, year)
        values = [self._level(region, year, name) for name in self.subsystems]
        product = " × ".join(map(full, values))
        total = " + ".join(map(full, values))
        n = len(values)
        return self._card(
            ("degree",),
            region,
            year,
            Text("耦合度 C", "Coupling degree C"),
            row["degree"],
            f"({product})^(1/{n}) ÷ [({total}) ÷ {n}] = {full(row['degree'])}",
            parts=self._level_cards(region, year, self.subsystems),
        )

    def overall(self, region: str, year: int) -> str:
        """Return the card of the overall level T."""
        row = self.coupling.row(region, year)
        terms = " + ".join(
            f"{full(self.weights[name])} × {full(self._level(region, year, name))}"
            for name in self.subsystems
        )
        return self._card(
            ("level",),
            region,
            year,
            Text("综合水平 T", "Overall level T"),
            row["level"],
            f"{terms} = {full(row['level'])}",
            parts=self._level_cards(region, year, self.subsystems),
        )

    def coordination(self, region: str, year: int) -> str:
        """Return the card of the coordination degree D."""
        row = self.coupling.row(region, year)
        c, t, d = (full(row[key]) for key in ("degree", "level", "coordination"))
        band = NO_TEXT
        if not missing(row["coordination_low"]):
            band = self.index.band()
        rank = "—" if missing(row["rank"]) else f"{int(row['rank'])}"
        if not missing(row["rank_low"]):
            rank += f" ({int(row['rank_low'])}–{int(row['rank_high'])})"
        return self._card(
            ("coordination",),
            region,
            year,
            Text("耦合协调度 D", "Coordination degree D"),
            row["coordination"],
            f"√(C × T) = √({c} × {t}) = {d}",
            low=row["coordination_low"],
            high=row["coordination_high"],
            band=band,
            parameters=((Text("排名", "Rank"), Text(rank, rank)),),
            parts=(self.degree(region, year), self.overall(region, year)),
        )

    def share(self, region: str, year: int, subsystem: str) -> str:
        """Return the card of the share of draws in which a subsystem is lowest."""
        row = self.lagging.row(region, year, subsystem)
        draws = self.context.uncertainty.draws if self.context.uncertainty else 0
        count = round(row["share"] * draws)
        return self._card(
            ("lowest", subsystem),
            region,
            year,
            say(
                "{s}为最低的抽样占比",
                "Share of draws in which {s} is the lowest",
                s=self.index.title(subsystem),
            ),
            row["share"],
            f"{count:,} ÷ {draws:,} = {full(row['share'])}",
        )

    def obstacle(self, region: str, year: int, indicator: str) -> str:
        """Return the card of an indicator's obstacle degree."""
        row = self.obstacles.row(region, year, indicator)
        z = self.index.indicators.row(region, year, indicator)["normalised"]
        weight = self.index.weights[indicator]
        short = weight * (1 - z)
        total = short / row["obstacle"] if row["obstacle"] else float("nan")
        return self._card(
            ("obstacle", indicator),
            region,
            year,
            say("{t}：障碍度", "{t}: obstacle degree", t=self.index.title(indicator)),
            row["obstacle"],
            f"w(1 − z) ÷ Σw(1 − z) = {full(weight)} × (1 − {full(z)}) ÷ {full(total)} "
            f"= {full(row['obstacle'])}",
            parts=(self.index.indicator(region, indicator, year),),
        )

    def combination(self, region: str, year: int, names: str) -> str:
        """Return the card of the coordination of a pair or triple."""
        row = self.combinations.row(region, year, names)
        titles = [self.index.title(name) for name in names.split("+")]
        c, t, d = (full(row[key]) for key in ("degree", "level", "coordination"))
        return self._card(
            ("coordination", names.replace("+", "-")),
            region,
            year,
            Text(
                "耦合协调度：" + "—".join(x.zh for x in titles),
                "Coordination: " + " – ".join(x.en for x in titles),
            ),
            row["coordination"],
            f"√(C × T) = √({c} × {t}) = {d}",
            parts=self._level_cards(region, year, names.split("+")),
        )

    def ratio(self, region: str, year: int, first: str, second: str) -> str:
        """Return the card of the level of one subsystem over that of another."""
        row = self.relative.row(region, year, first, second)
        a, b = self._level(region, year, first), self._level(region, year, second)
        return self._card(
            ("relative", first, second),
            region,
            year,
            say(
                "相对发展度：{a} ÷ {b}",
                "Relative development: {a} ÷ {b}",
                a=self.index.title(first),
                b=self.index.title(second),
            ),
            row["ratio"],
            f"{full(a)} ÷ {full(b)} = {full(row['ratio'])}",
            parts=self._level_cards(region, year, [first, second]),
        )

    def correlation(self, first: str, second: str, value: float) -> str:
        """Return the card of the rank correlation of two subsystems over all regions and years."""
        places = self.result.levels
        count = int(np.isfinite(places.values).all(axis=-1).sum())
        years = places["year"].values
        span = f"{years[0]}–{years[-1]}"
        return self.context.add(
            Card(
                id=self.context.card_id(self.index.system.id, "correlation", first, second),
                title=say(
                    "斯皮尔曼相关：{a}与{b}",
                    "Spearman correlation: {a} and {b}",
                    a=self.index.title(first),
                    b=self.index.title(second),
                ),
                value=float(value),
                unit=NO_TEXT,
                region=Text("全部地区", "all regions"),
                year=span,
                formula=Text(
                    f"{count} 个地区—年份的水平排序之间的相关系数",
                    f"correlation of the ranks of {count} levels, one a region and year",
                ),
                method="method-coupling",
            )
        )

    def _level(self, region: str, year: int, subsystem: str) -> float:
        return float(self.levels.row(region, year, subsystem)["level"])

    def _level_cards(self, region: str, year: int, names: list[str]) -> tuple[str, ...]:
        return tuple(self.index.score(region, name, year) for name in names)

    def _card(
        self,
        kind: tuple[str, ...],
        region: str,
        year: int,
        title: Text,
        value: float,
        formula: str,
        *,
        low: float = math.nan,
        high: float = math.nan,
        band: Text = NO_TEXT,
        parameters: tuple[tuple[Text, Text], ...] = (),
        parts: tuple[str, ...] = (),
    ) -> str:
        code = self.context.region_of(region).code
        return self.context.add(
            Card(
                id=self.context.card_id(self.index.system.id, "coupling", *kind, code, year),
                title=title,
                value=None if missing(value) else float(value),
                unit=NO_TEXT,
                region=self.context.full_name(region),
                year=str(year),
                formula=Text(formula, formula),
                low=None if missing(low) else float(low),
                high=None if missing(high) else float(high),
                band=band,
                parameters=(*parameters, *self.index.parameters()),
                parts=parts,
                method="method-coupling",
            )
        )
