"""Cards behind the numbers of the section on disparity."""

from __future__ import annotations

from xinzhi.core import NO_TEXT, Result, Text
from xinzhi.data import Indicator
from xinzhi.report import charts
from xinzhi.report.context import Context, Figures, Lookup, missing, publisher_of, unit_text
from xinzhi.report.context import title_of_figure as figure_title
from xinzhi.report.disparity_measures import compared
from xinzhi.report.disparity_workings import (
    beta_working,
    gini_working,
    group_working,
    local_working,
    moran_working,
    pair_working,
    sigma_working,
)
from xinzhi.report.model import Card
from xinzhi.report.structure_parts import Row, rows_of
from xinzhi.report.words import full, listing, measured, number, say
from xinzhi.report.working import working

ID = "disparity"
PARTS = {
    "gini": Text("基尼系数", "Gini coefficient"),
    "within": Text("组内贡献", "Within groups"),
    "between": Text("组间净值贡献", "Net between groups"),
    "transvariation": Text("超变密度贡献", "Transvariation"),
}
MODELS = {
    "absolute": Text("绝对 β 收敛的系数", "Coefficient of absolute beta convergence"),
    "panel_fixed_effects": Text(
        "面板固定效应 β 收敛的系数", "Coefficient of beta convergence with fixed effects"
    ),
}


class DisparityCards:
    """Makes the cards of the section; asking again gives the same id."""

    def __init__(self, context: Context, result: Result):
        self.context, self.result = context, result
        tables = result.tables
        present = dict.fromkeys(tables["total"]["indicator"])
        self.indicators: dict[str, Indicator] = {
            one.id: one for one in compared() if one.id in present
        }
        self._figures = {
            name: Figures(context.panel, one.formula.names) for name, one in self.indicators.items()
        }
        self.standing = Lookup(tables["standing"], ("indicator", "region"))
        self.total = Lookup(tables["total"], ("indicator", "year"))
        self.bands = Lookup(tables["intervals"], ("indicator", "year", "measure"))
        self.sigma_of = Lookup(tables["sigma"], ("indicator", "year"))
        self.tests = Lookup(tables["sigma_test"], ("indicator",))
        self.models = Lookup(tables["beta"], ("indicator", "model"))
        self.moran_of = Lookup(tables["moran"], ("indicator", "year"))
        self.local_of = Lookup(tables["local_moran"], ("indicator", "year", "region"))
        by_name = tables["standing"].groupby("indicator")["region"]
        self._regions = {str(name): [str(r) for r in regions] for name, regions in by_name}
        years = tables["total"].groupby("indicator")["year"]
        self.first, self.last = years.min().to_dict(), years.max().to_dict()

    def title(self, name: str) -> Text:
        """Return the title of a quantity."""
        return self.indicators[name].title

    def unit(self, name: str) -> Text:
        """Return its unit in words."""
        return unit_text(self.indicators[name].unit.id)

    def quantity(self, name: str, value: float) -> Text:
        """Return a value with its unit; one that begins with a number is multiplied: 2 × 10,000."""
        unit = self.unit(name)
        times = f"× {unit.en}" if unit.en[:1].isdigit() else unit.en
        return measured(number(value), Text(unit.zh, times))

    def regions(self, name: str) -> list[str]:
        """Return the regions compared, in their own order."""
        return self._regions[name]

    def value(self, name: str, region: str, start: bool = False) -> str:
        """Keep the card of a region's value in the last year, or in the first; its id."""
        row = self.standing.row(name, region)
        year = int(row["first_year" if start else "last_year"])
        context, indicator = self.context, self.indicators[name]
        card = context.card_id(ID, name, context.region_of(region).code, year)
        if card in context.cards:
            return card
        value = float(row["value_start" if start else "value"])
        formula, figures = working(self._figures[name], indicator, region, year, value)
        return context.add(
            Card(
                id=card,
                title=say("{t}：{r}", "{t}: {r}", t=indicator.title, r=context.name(region)),
                value=value,
                unit=unit_text(indicator.unit.id),
                region=context.full_name(region),
                year=f"{year}",
                formula=formula,
                figures=figures,
                status=tuple(dict.fromkeys(figure.status for figure in figures)),
                note=indicator.weakness,
                method=f"method-{ID}",
            )
        )

    def relative(self, name: str, region: str, start: bool = False) -> str:
        """Keep the card of a region's multiple of the mean of regions; its id."""
        row = self.standing.row(name, region)
        year = int(row["first_year" if start else "last_year"])
        own = row["value_start" if start else "value"]
        times = row["relative_start" if start else "relative"]
        mean = self.total.row(name, year)["mean"]
        return self._keep(
            (name, "relative", self.context.region_of(region).code, year),
            say("{t}：与各地区均值之比", "{t}: over the mean of regions", t=self.title(name)),
            times,
            f"{year}",
            _same(f"{full(own)} ÷ {full(mean)} = {full(times)}"),
            region=self.context.full_name(region),
            parts=(self.value(name, region, start),),
        )

    def growth(self, name: str, region: str) -> str:
        """Keep the card of a region's growth a year; its id."""
        row = self.standing.row(name, region)
        length = int(row["last_year"] - row["first_year"])
        start, end = full(row["value_start"]), full(row["value"])
        return self._keep(
            (name, "growth", self.context.region_of(region).code),
            say("{t}：年均增长（对数差）", "{t}: growth a year (log)", t=self.title(name)),
            row["growth"],
            self.span(name),
            _same(f"ln({end} ÷ {start}) ÷ {length} = {full(row['growth'])}"),
            region=self.context.full_name(region),
            parts=(self.value(name, region, start=True), self.value(name, region)),
        )

    def gini(self, name: str, part: str = "gini") -> str:
        """Keep the card of the Gini coefficient of the last year or of one of its parts; its id."""
        year = self.last[name]
        row = self.total.row(name, year)
        interval = self.bands.get(name, year, part)
        return self._keep(
            (name, part, year),
            say("{t}：{p}", "{t}: {p}", t=self.title(name), p=PARTS[part]),
            row[part],
            f"{year}",
            gini_working(row, part, self._terms(name, row, part)),
            low=None if interval is None else interval["low"],
            high=None if interval is None else interval["high"],
            parts=self._values(name, year) if part == "gini" else (self.gini(name),),
        )

    def pair(self, name: str, row: Row) -> str:
        """Keep the card of what two groups contribute; its id."""
        return self._keep(
            (name, "pair", row["first"], row["second"], row["year"]),
            say(
                "{t}：{p}的贡献",
                "{t}: contribution of {p}",
                t=self.title(name),
                p=listing(self.group(str(row[key])) for key in ("first", "second")),
            ),
            row["contribution"],
            f"{row['year']}",
            pair_working(row),
            parts=(self.gini(name),),
        )

    def group_gini(self, name: str, row: Row) -> str:
        """Keep the card of the Gini coefficient within one group; its id."""
        return self._keep(
            (name, "group", row["group"], row["year"]),
            say(
                "{t}：{g}组内的基尼系数",
                "{t}: Gini coefficient within {g}",
                t=self.title(name),
                g=self.group(str(row["group"])),
            ),
            row["gini"],
            f"{row['year']}",
            group_working(row),
            parts=(self.gini(name),),
        )

    def sigma(self, name: str, year: int) -> str:
        """Keep the card of the standard deviation of logarithms in a year; its id."""
        row = self.sigma_of.row(name, year)
        return self._keep(
            (name, "sigma", year),
            say("{t}：对数标准差", "{t}: standard deviation of logarithms", t=self.title(name)),
            row["standard_deviation"],
            f"{year}",
            sigma_working(row, self.tests.get(name)),
            parts=self._values(name, year),
        )

    def beta(self, name: str, model: str) -> str:
        """Keep the card of a coefficient of beta convergence; its id."""
        row = self.models.row(name, model)
        return self._keep(
            (name, model),
            say("{t}：{m}", "{t}: {m}", t=self.title(name), m=MODELS[model]),
            row["coefficient"],
            self.span(name),
            beta_working(row),
            parts=tuple(self.sigma(name, year) for year in (self.first[name], self.last[name])),
        )

    def moran(self, name: str) -> str:
        """Keep the card of Moran's I of the last year; its id."""
        year = self.last[name]
        card = self.context.card_id(ID, name, "moran", year)
        if card in self.context.cards:  # asked for by every region
            return card
        row = self.moran_of.row(name, year)
        return self._keep(
            (name, "moran", year),
            say("{t}：莫兰指数", "{t}: Moran's I", t=self.title(name)),
            row["moran"],
            f"{year}",
            moran_working(row, self.result.parameters["permutations"]),
            parts=self._values(name, year),
        )

    def local(self, name: str, region: str) -> str:
        """Keep the card of a region's local Moran's I of the last year; its id."""
        year = self.last[name]
        row = self.local_of.row(name, year, region)
        return self._keep(
            (name, "local", self.context.region_of(region).code, year),
            say("{t}：局部莫兰指数", "{t}: local Moran's I", t=self.title(name)),
            row["local_moran"],
            f"{year}",
            local_working(row),
            region=self.context.full_name(region),
            parts=(self.value(name, region), self.moran(name)),
        )

    def span(self, name: str) -> str:
        """Return the years compared: 2015–2024."""
        first, last = self.first[name], self.last[name]
        return f"{last}" if first == last else f"{first}–{last}"

    def group(self, name: str) -> Text:
        """Return the title of a group."""
        return self.context.regions.groups.get(name, Text(name, name))

    def pairs(self, name: str) -> list[Row]:
        """Return the pairs of groups in the last year, the largest contribution first."""
        table = self.result.tables["pairs"]
        own = table[(table["indicator"] == name) & (table["year"] == self.last[name])]
        return rows_of(own.sort_values("contribution", ascending=False, kind="stable"))

    def _terms(self, name: str, row: Row, part: str) -> list[float]:
        """Return what the groups, or the pairs of groups, add to a part of the Gini coefficient."""
        if part == "gini":
            return [] if missing(row["within"]) else [row[key] for key in list(PARTS)[1:]]
        table = self.result.tables["groups" if part == "within" else "pairs"]
        chosen = (table["indicator"] == name) & (table["year"] == row["year"])
        return [float(term) for term in table.loc[chosen, part]]

    def _values(self, name: str, year: int) -> tuple[str, ...]:
        """Return the cards of all values of the first or the last year, of sets one can read."""
        names = self.regions(name)
        if len(names) > charts.MOST_ROWS:
            return ()
        start = year == self.first[name] != self.last[name]
        return tuple(self.value(name, region, start) for region in names)

    def _keep(
        self,
        key: tuple[object, ...],
        title: Text,
        value: float,
        year: str,
        formula: Text,
        *,
        region: Text | None = None,
        low: float | None = None,
        high: float | None = None,
        parts: tuple[str, ...] = (),
    ) -> str:
        name = str(key[0])
        count = f"{len(self.regions(name))}"
        banded = low is not None and not missing(low)
        return self.context.add(
            Card(
                id=self.context.card_id(ID, *key),
                title=title,
                value=None if missing(value) else float(value),
                unit=NO_TEXT,
                region=say("{n} 个地区", "{n} regions", n=count) if region is None else region,
                year=year,
                formula=formula,
                low=low if banded else None,
                high=high if banded else None,
                band=self.band if banded else NO_TEXT,
                parameters=((Text("输入", "Inputs"), self._inputs(name)), *self._options()),
                parts=parts,
                method=f"method-{ID}",
            )
        )

    @property
    def band(self) -> Text:
        """Return what an interval is, its known shortness included."""
        return say(
            "自助区间，标称 {s}，试验中实际只覆盖 85–88%",
            "bootstrap interval, {s} as stated, 85–88\u202f% in trials",
            s=self.level,
        )

    @property
    def level(self) -> Text:
        """Return the stated level of the intervals."""
        share = f"{100 * self.result.parameters['level']:g}"
        return Text(f"{share}%", f"{share}\u202f%")

    def _inputs(self, name: str) -> Text:
        """Return the figures behind a quantity with publisher and vintage."""
        found = []
        for indicator, vintage in self._figures[name].vintages.items():
            publisher = publisher_of(vintage)
            gap = Text("，", ", ") if publisher.zh else NO_TEXT
            found.append(
                say(
                    "{t}（{p}{g}{v}）",
                    "{t} ({p}{g}{v})",
                    t=figure_title(indicator),
                    p=publisher,
                    g=gap,
                    v=vintage,
                )
            )
        return listing(found)

    def _options(self) -> tuple[tuple[Text, Text], ...]:
        parameters = self.result.parameters
        named = (
            (Text("各地区权重", "Weights of regions"), Text("相同", "equal")),
            (Text("分组", "Groups"), parameters["groups"]),
            (Text("邻接关系", "Neighbours"), parameters["neighbours"]),
            (Text("自助抽样次数", "Bootstrap draws"), parameters["draws"]),
            (Text("随机种子", "Seed"), parameters["seed"]),
        )
        return tuple(
            (title, value if isinstance(value, Text) else _same(f"{value}"))
            for title, value in named
            if value is not None
        )


def _same(text: str) -> Text:
    return Text(text, text)
