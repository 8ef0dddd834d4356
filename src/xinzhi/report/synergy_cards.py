"""Cards behind the numbers of composite-system synergy."""

from __future__ import annotations

from xinzhi.core import NO_TEXT, Text
from xinzhi.measure import SynergyResult
from xinzhi.report.context import Context, Lookup, missing
from xinzhi.report.index_cards import IndexCards
from xinzhi.report.model import Card
from xinzhi.report.titles import choice_title
from xinzhi.report.words import full, say


class SynergyCards:
    """Makes the cards of one synergy result; order parameters lead to the cards of the index."""

    def __init__(self, context: Context, result: SynergyResult, index: IndexCards):
        self.context, self.result, self.index = context, result, index
        tables = result.tables
        self.synergies = Lookup(tables["synergy"], ("region", "year"))
        self.degrees = Lookup(tables["order_degrees"], ("region", "year", "subsystem"))
        self.orders = Lookup(tables["order_parameters"], ("region", "year", "indicator"))
        self.subsystems = [str(s) for s in tables["order_degrees"]["subsystem"].unique()]
        self.weights = result.parameters["weights"]

    def synergy(self, region: str, year: int) -> str:
        """Return the card of the synergy of a region with the base year."""
        row = self.synergies.row(region, year)
        rows = [self.degrees.row(region, year, name) for name in self.subsystems]
        product = " × ".join(f"|{full(r['change'])}|" for r in rows)
        return self._card(
            ("synergy",),
            region,
            year,
            Text("复合系统协同度", "Synergy of the composite system"),
            row["synergy"],
            f"θ × (Π |Δ|)^(1/{len(rows)}) = {full(row['sign'])} × ({product})^(1/{len(rows)})"
            f" = {full(row['synergy'])}",
            parts=tuple(self.change(region, year, name) for name in self.subsystems),
        )

    def change(self, region: str, year: int, subsystem: str) -> str:
        """Return the card of the change of an order degree since the base year."""
        base = int(self.synergies.row(region, year)["base_year"])
        before = self.degrees.row(region, base, subsystem)["order_degree"]
        row = self.degrees.row(region, year, subsystem)
        own = region == self.context.region
        return self._card(
            ("order_change", subsystem),
            region,
            year,
            say(
                "{s}：有序度变化 Δ", "{s}: change of order degree Δ", s=self.index.title(subsystem)
            ),
            row["change"],
            f"u({year}) − u({base}) = {full(row['order_degree'])} − {full(before)} "
            f"= {full(row['change'])}",
            # the workings below stand for the region of the report alone
            parts=tuple(self.order_degree(region, y, subsystem) for y in (year, base) if own),
        )

    def order_degree(self, region: str, year: int, subsystem: str) -> str:
        """Return the card of the order degree of a subsystem."""
        names = self.index.system.indicators_below(subsystem)
        whole = sum(self.weights[name] for name in names)
        row = self.degrees.row(region, year, subsystem)
        terms = " + ".join(
            f"{full(round(self.weights[name] / whole, 12))} × "
            f"{full(self.orders.row(region, year, name)['order_parameter'])}"
            for name in names
        )
        return self._card(
            ("order_degree", subsystem),
            region,
            year,
            say("{s}：有序度 u", "{s}: order degree u", s=self.index.title(subsystem)),
            row["order_degree"],
            f"{terms} = {full(row['order_degree'])}",
            parts=tuple(self._order_parameter(region, year, name) for name in names),
        )

    def _order_parameter(self, region: str, year: int, name: str) -> str:
        row = self.orders.row(region, year, name)
        x = self.index.indicators.row(region, year, name)["value"]
        low, high = self.index.limits(name, "value")
        up = self.index.by_id[name].direction > 0
        top = f"{full(x)} − {full(low)}" if up else f"{full(high)} − {full(x)}"
        return self._card(
            ("order_parameter", name),
            region,
            year,
            say("{t}：序参量 u", "{t}: order parameter u", t=self.index.title(name)),
            row["order_parameter"],
            f"({top}) ÷ ({full(high)} − {full(low)}) = {full(row['order_parameter'])}",
            parts=(self.index.indicator(region, name, year),),
        )

    def _card(
        self,
        kind: tuple[str, ...],
        region: str,
        year: int,
        title: Text,
        value: float,
        formula: str,
        parts: tuple[str, ...],
    ) -> str:
        code = self.context.region_of(region).code
        weighting = str(self.result.parameters["weighting"])
        base = self.synergies.row(region, year)["base_year"]
        known = () if missing(base) else ((Text("基期", "Base period"), _same(f"{int(base)}")),)
        return self.context.add(
            Card(
                id=self.context.card_id(self.index.system.id, *kind, code, year),
                title=title,
                value=None if missing(value) else float(value),
                unit=NO_TEXT,
                region=self.context.full_name(region),
                year=str(year),
                formula=_same(formula),
                parameters=(
                    *known,
                    (Text("赋权", "Weights"), choice_title("weighting", weighting)),
                    (
                        Text("上下限", "Bounds"),
                        Text(
                            "全部地区和年份的最低、最高值",
                            "lowest and highest of all regions and years",
                        ),
                    ),
                ),
                parts=parts,
                method="method-synergy",
            )
        )


def _same(text: str) -> Text:
    return Text(text, text)
