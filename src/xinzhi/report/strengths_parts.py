"""Cards of the section on strengths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from xinzhi.core import NO_TEXT, Text
from xinzhi.data import Panel
from xinzhi.report.context import Context, Figures
from xinzhi.report.model import Card, Figure, cite
from xinzhi.report.strengths_kinds import Kind
from xinzhi.report.structure_parts import Row
from xinzhi.report.words import full, inside, rank_band, rank_text, say, signed

ID = "strengths"
COMPONENTS: Mapping[str, Text] = {
    "national_growth": Text("全国增长分量", "National growth"),
    "industry_mix": Text("行业结构分量", "Industry mix"),
    "competitive": Text("竞争分量", "Competitive component"),
    "competitive_homothetic": Text("同构竞争分量", "Homothetic competitive component"),
    "allocation": Text("配置分量", "Allocation"),
}


class StrengthsCards:
    """Cards of one kind of activities; each leads to the published figures of its region."""

    def __init__(self, context: Context, kind: Kind, panel: Panel, table: pd.DataFrame):
        self.context, self.kind, self.table = context, kind, table
        self._figures = Figures(panel, kind.activities.names)
        self.unit = kind.unit
        self._of_activity = _sums(table, "activity")
        self._of_region = _sums(table, "region")
        self._whole = {key: float(table[key].sum()) for key in ("start", "end")}

    @property
    def years(self) -> str:
        """Return the span of years: 2020–2024."""
        return f"{self.kind.years[0]}–{self.kind.years[-1]}"

    def quotient(self, row: Row) -> str:
        """Keep the card of a location quotient in the last year; its id."""
        of_region = self._of_region[str(row["region"])]["end"]
        of_activity = self._of_activity[str(row["activity"])]["end"]
        formula = (
            f"({full(row['end'])} ÷ {full(of_region)}) ÷ "
            f"({full(of_activity)} ÷ {full(self._whole['end'])}) = {full(row['rca'])}"
        )
        ranks = say(
            "{k}；历年{b}",
            "{k}; {b} over the years",
            k=rank_text(row["rank"]),
            b=rank_band(row["rank_low"], row["rank_high"]),
        )
        return self._add(
            row,
            "rca",
            say("{t}：区位商", "{t}: location quotient", t=self.kind.titles[row["activity"]]),
            row["rca"],
            Text(formula, formula),
            parameters=((Text("位次", "Rank"), ranks),),
            low=row["rca_low"],
            high=row["rca_high"],
        )

    def component(self, row: Row, name: str) -> str:
        """Keep the card of a component of shift-share; its id. Without activity, of the region."""
        activity = str(row.get("activity", ""))
        return self._add(
            row,
            name,
            self._title(COMPONENTS[name], activity),
            row[name],
            self._working(row, name) if activity else self._summed(row, name),
        )

    def shown(self, row: Row, name: str) -> Text:
        """Return a component with its sign, leading to its card; in Chinese with its unit."""
        card, value = self.component(row, name), signed(row[name])
        return Text(cite(card, f"{value} {self.unit.zh}".strip()), cite(card, value))

    def _title(self, title: Text, activity: str) -> Text:
        if not activity:
            return title
        return say("{a}：{t}", "{a}: {t}", a=self.kind.titles[activity], t=inside(title))

    def _working(self, row: Row, name: str) -> Text:
        before, after = full(row["start"]), full(row["end"])
        own = self._of_activity[str(row["activity"])]
        industry = f"{full(own['end'])} ÷ {full(own['start'])}"
        nation = f"{full(self._whole['end'])} ÷ {full(self._whole['start'])}"
        body = {
            "national_growth": f"{before} × ({nation} − 1)",
            "industry_mix": f"{before} × ({industry} − {nation})",
            "competitive": f"{after} − {before} × {industry}",
        }[name]
        text = f"{body} = {full(row[name])}"
        return Text(text, text)

    def _summed(self, row: Row, name: str) -> Text:
        value = full(row[name])
        return {
            "competitive_homothetic": say(
                "Σ h (g_ri − g_i) = {v}，h 为按全国结构分配本地区总量",
                "Σ h (g_ri − g_i) = {v}, with h the region's total spread as the nation's is",
                v=value,
            ),
            "allocation": say(
                "Σ (x − h)(g_ri − g_i) = {v}", "Σ (x − h)(g_ri − g_i) = {v}", v=value
            ),
        }.get(
            name,
            say("各行业之和 = {v}", "sum over the industries = {v}", v=value),
        )

    def _add(
        self,
        row: Row,
        name: str,
        title: Text,
        value: float,
        formula: Text,
        *,
        parameters: tuple[tuple[Text, Text], ...] = (),
        low: float | None = None,
        high: float | None = None,
    ) -> str:
        context, region = self.context, str(row["region"])
        activity = str(row.get("activity", "total"))
        return context.add(
            Card(
                id=context.card_id(
                    ID, self.kind.id, activity, name, context.region_of(region).code
                ),
                title=title,
                value=float(value),
                unit=NO_TEXT if name == "rca" else self.unit,
                region=context.full_name(region),
                year=f"{self.kind.years[-1]}" if name == "rca" else self.years,
                formula=formula,
                low=low,
                high=high,
                band=NO_TEXT
                if low is None
                else say("{y} 年的最低和最高", "lowest and highest of {y}", y=self.years),
                parameters=(
                    *parameters,
                    (Text("活动", "Activities"), self.kind.title),
                    (Text("全国", "Nation"), self.kind.nation),
                ),
                figures=tuple(self._published(activity, region)),
                method=f"method-{ID}",
            )
        )

    def _published(self, activity: str, region: str) -> Iterator[Figure]:
        for name in self.kind.read_for(activity):
            for year in dict.fromkeys((self.kind.years[0], self.kind.years[-1])):
                found = self._figures.figure(name, region, year)
                if found is not None:
                    yield found


def _sums(table: pd.DataFrame, by: str) -> dict[str, dict[str, float]]:
    """Return the volumes of the first and the last year, added up."""
    sums = table.groupby(by, sort=False, observed=True)[["start", "end"]].sum()
    return {
        str(key): {"start": a, "end": b}
        for key, a, b in zip(sums.index, *sums.to_numpy().T, strict=True)
    }
