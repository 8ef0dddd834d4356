"""What imputed cells do to the rank of the region, by indicator and method."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, cast

import pandas as pd

from xinzhi.core import NO_TEXT, InputError, Text
from xinzhi.data.imputation import ImputationMethod
from xinzhi.measure import imputation_rank_influence, imputed_rank_change
from xinzhi.report.context import Context, figure_names, missing, title_of_figure
from xinzhi.report.index_tables import figure, words
from xinzhi.report.model import Card, Evidence, Statement, Table, cite
from xinzhi.report.titles import IMPUTATIONS
from xinzhi.report.words import full, listing, rank_text, say

_COVARIATE = ("regression on ", " within the region")
_COLUMNS = [
    *("indicator", "imputation", "covariate", "imputed", "tested"),
    *("rank_shift", "mean_absolute_change", "largest_change"),
]


def imputation_of(source: str) -> tuple[str | None, str | None]:
    """Return the method and the covariate that the source of a filled cell names.

    Returns : (None, None) for a cell that was filled in by other means than ``impute``
    """
    _, _, label = source.partition(" / imputed: ")
    if label.startswith(_COVARIATE[0]) and label.endswith(_COVARIATE[1]):
        return "regression", label.removeprefix(_COVARIATE[0]).removesuffix(_COVARIATE[1])
    for method, title in IMPUTATIONS.items():
        if label == title.en or (method == "regression" and label.startswith(title.en)):
            return method, None
    return None, None


def reason(source: str) -> Text:
    """Return the source of a filled cell in each language."""
    zh, _, en = source.partition(" / ")
    return Text(zh, en or zh)


def imputation_tables(context: Context, used: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return tables ``imputation`` and ``imputed_ranks``; none where no cell is imputed.

    used : the figures that the indices read, with ``indicator``, ``status`` and ``source``
    Returns : ``imputation``: for every series of the main system with imputed cells the method, the
        number of imputed cells, the known cells tested, and how far a tested cell moves ranks;
        ``imputed_ranks``: as ``imputed_rank_change``, the region's rows
    """
    known = {context.panel.resolve(name) for name in figure_names(context.system)}
    cells = used[(used["status"] == "imputed") & used["indicator"].isin(known)]
    if cells.empty:
        return {}
    years = [int(year) for year in context.values["year"].values]
    rows = [
        _tested(context, years, str(indicator), str(source), len(part))
        for (indicator, source), part in cells.groupby(["indicator", "source"], sort=False)
    ]
    ranks = imputed_rank_change(context.panel, context.system, years, context.method)
    table = ranks.to_frame("ranks")
    return {
        "imputation": pd.DataFrame(rows, columns=_COLUMNS),
        "imputed_ranks": table[table["region"] == context.region].reset_index(drop=True),
    }


def _tested(
    context: Context, years: list[int], indicator: str, source: str, count: int
) -> dict[str, Any]:
    """Return what the leave-out test says of one series."""
    method, covariate = imputation_of(source)
    row = {
        "indicator": indicator,
        "imputation": method,
        "covariate": covariate,
        "imputed": count,
        "tested": 0,
    }
    none = dict.fromkeys(("rank_shift", "mean_absolute_change", "largest_change"), math.nan)
    if method is None:
        return row | none
    try:
        result = imputation_rank_influence(
            context.panel,
            context.system,
            cast(ImputationMethod, method),
            years,
            context.method,
            indicators=[indicator],
            covariate=covariate,
        )
    except InputError:  # no known cell lies between two others
        return row | none
    summary = result.to_frame("summary").iloc[0]
    ranks = result.to_frame("ranks")
    own = ranks[(ranks["region"] == context.region) & (ranks["runs"] > 0)]
    moves = own[["rank_low", "rank_high"]].sub(own["rank"], axis=0).abs()
    return row | {
        "tested": int(summary["cells"]),
        "rank_shift": float(moves.to_numpy().max()) if len(own) else math.nan,
        "mean_absolute_change": summary["mean_absolute_change"],
        "largest_change": summary["largest_change"],
    }


def imputation_statements(
    context: Context, home: str, table: pd.DataFrame, ranks: pd.DataFrame, figures: int
) -> Iterator[Statement]:
    """Say how many cells are imputed, by what, and what that does to the rank of the region.

    home : id of the section; figures : number of figures that are read
    """
    methods = listing(
        IMPUTATIONS.get(str(name), Text("其他做法", "other means"))
        for name in dict.fromkeys(table["imputation"])
    )
    count = int(table["imputed"].sum())
    measured = table.dropna(subset=["rank_shift"])
    if measured.empty:
        effect = Text(
            "没有可以照此检验的已知数值，影响大小不明",
            "no known figure can be tested in the same way, so what this does is not known",
        )
    else:
        worst = measured.sort_values("rank_shift", kind="stable").iloc[-1]
        effect = say(
            "把这些序列中的已知数值逐个换成照此填补的值，{r}的排名{k}",
            "where known figures of these series are replaced by what it would fill in, one a "
            "region at a time, the rank of {r} {k}",
            r=context.name(context.region),
            k=_moves(_card(context, worst), worst["rank_shift"]),
        )
    text = say(
        "{m} 个数值中有 {n} 个是插补的（{w}）：{e}。",
        "{n} of {m} figures are imputed ({w}): {e}.",
        n=f"{count:,}",
        m=f"{figures:,}",
        w=methods,
        e=effect,
    )
    evidence: tuple[Evidence, ...] = ((f"{home}_imputation", {}),)
    shift = None if measured.empty else (0.0, float(measured["rank_shift"].max()))
    yield Statement(f"{home}.imputed", text, evidence, shift, f"{home}-imputation")
    row = ranks[ranks["year"] == context.year].iloc[0]
    if missing(row["rank"]):
        return
    if missing(row["rank_without"]):
        without = Text("就没有排名", "has no rank")
    elif row["rank_without"] == row["rank"]:
        without = say("排名同为{k}", "ranks {k} all the same", k=rank_text(row["rank"]))
    else:
        without = say(
            "排名为{w}，而不是{k}",
            "ranks {w} in place of {k}",
            w=rank_text(row["rank_without"]),
            k=rank_text(row["rank"]),
        )
    text = say(
        "不用插补值，{y} 年{r}{w}。",
        "Without imputed figures {r} {w} in {y}.",
        y=f"{context.year}",
        r=context.name(context.region),
        w=without,
    )
    ranked = ((f"{home}_imputed_ranks", {"year": context.year}),)
    yield Statement(f"{home}.imputed_rank", text, ranked, see=f"{home}-imputation")


def _moves(card: str, shift: float) -> Text:
    """Return by how much a rank changes at most, in words."""
    if shift == 0:
        return Text(cite(card, "不变"), cite(card, "does not change"))
    shown = cite(card, f"{shift:.0f}")
    places = Text("位", "place" if shift == 1 else "places")
    return say("最多变动 {k} {p}", "changes by at most {k} {p}", k=shown, p=places)


def imputation_table(context: Context, home: str, table: pd.DataFrame) -> Table:
    """Return the imputed series: method, cells, and how far tested cells move ranks."""
    rows = [
        (
            words(title_of_figure(str(row["indicator"])), str(row["indicator"])),
            words(_method(row), str(row["imputation"])),
            figure(row["imputed"], digits=0),
            figure(row["tested"], digits=0),
            figure(
                row["rank_shift"],
                "" if missing(row["rank_shift"]) else _card(context, row),
                digits=0,
            ),
            figure(row["mean_absolute_change"], digits=2),
            figure(row["largest_change"], digits=0),
        )
        for _, row in table.iterrows()
    ]
    return Table(
        id=f"{home}-imputation",
        title=Text("插补的数值及其对排名的影响", "Imputed figures and what they do to ranks"),
        columns=(
            Text("统计指标", "Figure"),
            Text("方法", "Method"),
            Text("插补个数", "Imputed"),
            Text("检验的已知值", "Known figures tested"),
            say(
                "{r}的最大变动",
                "Largest shift of {r}",
                r=context.name(context.region),
            ),
            Text("全部地区的平均变动", "Mean shift of all regions"),
            Text("全部地区的最大变动", "Largest shift of all regions"),
        ),
        rows=tuple(rows),
        numeric=(False, False, True, True, True, True, True),
        note=Text(
            "检验：把该序列的已知数值逐个（每次每个地区至多一个）换成照此填补的值，重算指数；变动为名次之差。",
            "Test: known figures of the series are replaced, one a region at a time, by what the "
            "method would fill in, and the index is computed anew; shifts are of ranks.",
        ),
        folded=False,
    )


def _method(row: Any) -> Text:
    title = IMPUTATIONS.get(str(row["imputation"]), Text("其他做法", "other means"))
    if missing(row["covariate"]):
        return title
    return say("{t}（{c}）", "{t} ({c})", t=title, c=title_of_figure(str(row["covariate"])))


def _card(context: Context, row: Any) -> str:
    """Return the card of the largest shift of the region's rank."""
    name = str(row["indicator"])
    code = context.region_of(context.region).code
    shown = full(row["rank_shift"])
    return context.add(
        Card(
            id=context.card_id(context.system.id, "imputation", name, code),
            title=say(
                "{t}：插补检验中的最大名次变动",
                "{t}: largest shift of rank in the test of imputation",
                t=title_of_figure(name),
            ),
            value=float(row["rank_shift"]),
            unit=NO_TEXT,
            region=context.full_name(context.region),
            year=f"{context.values['year'].values[0]}–{context.values['year'].values[-1]}",
            formula=Text(
                f"max |换值后的名次 − 名次| = {shown}", f"max |rank after − rank| = {shown}"
            ),
            parameters=(
                (Text("方法", "Method"), _method(row)),
                (Text("插补个数", "Imputed"), Text(f"{row['imputed']}", f"{row['imputed']}")),
                (
                    Text("检验的已知值", "Known figures tested"),
                    Text(f"{row['tested']:,}", f"{row['tested']:,}"),
                ),
            ),
            status=("imputed",),
            method="method-index",
        )
    )
