"""What growth owes to productivity, where a panel has what it takes; else what is missing."""

from __future__ import annotations

from xinzhi.core import NO_TEXT, Result, Text
from xinzhi.data import Panel
from xinzhi.measure.productivity import growth_accounting, missing_for_tfp
from xinzhi.measure.productivity.growth_accounting import CAPITAL_SHARE
from xinzhi.report.context import Context, Lookup, missing
from xinzhi.report.model import Statement
from xinzhi.report.structure_parts import itemised
from xinzhi.report.words import percent, say, signed

_ACCOUNTED = ("gdp_real", "capital_stock", "employment")
_PAID = ("labour_compensation", "gdp")


def growth_figures(panel: Panel) -> tuple[str, ...]:
    """Return the figures that growth is accounted for by; none where one of them is missing."""
    there = set(panel.indicators)
    if not set(_ACCOUNTED) <= there:
        return ()
    return (*_ACCOUNTED, *_PAID) if set(_PAID) <= there else _ACCOUNTED


def growth_of(panel: Panel) -> Result | None:
    """Account for growth where output at constant prices, capital and all workers are known."""
    names = growth_figures(panel)
    if not names:
        return None
    paid = set(_PAID) <= set(names)
    array = panel.to_array(names)
    units = array.attrs["units"]
    frame = array.to_dataset("indicator").to_dataframe().dropna().reset_index()
    frame = frame[frame.groupby("region")["year"].transform("size") > 1]
    if frame.empty:
        return None
    share: str | float = CAPITAL_SHARE
    if paid and units[_PAID[0]] == units[_PAID[1]]:
        frame["capital_share"] = 1 - frame[_PAID[0]] / frame[_PAID[1]]
        share = "capital_share"
    output, *inputs = _ACCOUNTED
    return growth_accounting(frame, inputs, output, unit="region", time="year", capital_share=share)


def growth_statements(result: Result, context: Context) -> list[Statement]:
    """State what growth owes to TFP, where the panel has what it takes."""
    if "total" not in result.tables:
        return []
    row = Lookup(result.tables["total"], ("unit",)).get(context.region)
    if row is None:
        return []
    share = (
        say(
            "，占增长的 {s}（资本份额变动时 {a} 到 {b}）",
            ", {s} of growth ({a} to {b} with other capital shares)",
            s=percent(row["tfp_share"]),
            a=percent(row["tfp_share_low"]),
            b=percent(row["tfp_share_high"]),
        )
        if not missing(row["tfp_share"])
        else NO_TEXT
    )
    text = say(
        "{f}—{t} 年{r}的产出年均增长 {g}（对数），其中资本 {k}、劳动 {l}、全要素生产率 {x}{s}。",
        "From {f} to {t} output of {r} grew by {g} a year (logarithms): capital {k}, labour {l}, "
        "total factor productivity {x}{s}.",
        f=f"{row['from_period']}",
        t=f"{row['period']}",
        r=context.name(context.region),
        g=percent(row["output_growth"]),
        k=signed(100 * row["capital_contribution"]),
        l=signed(100 * row["labour_contribution"]),
        x=signed(100 * row["tfp_growth"]),
        s=share,
    )
    interval = (row["tfp_growth_low"], row["tfp_growth_high"])
    return [
        Statement(
            "productivity.tfp", text, (("productivity_total", {"unit": context.region}),), interval
        )
    ]


def lacking_for_growth(result: Result, context: Context) -> list[Text]:
    """Say what is missing before growth can be split into inputs and TFP."""
    if "total" in result.tables:
        return []
    lacking = missing_for_tfp(context.panel)
    if lacking:
        return [
            say(
                "没有计算全要素生产率和劳动生产率，增长中有多少来自投入无从得知。缺少：{l}。",
                "Total factor productivity and labour productivity are not computed, so nothing is "
                "said of how much of growth came from inputs. Missing: {l}.",
                l=itemised(lacking),
            )
        ]
    return [
        Text(
            "没有计算全要素生产率：报告只用现成的不变价产出、资本存量和全部就业人员。由指数或投资"
            "推算要先给定折旧率和价格指数，请用 xinzhi productivity --method growth-accounting。",
            "Total factor productivity is not computed: the report takes output at constant "
            "prices, capital stock and all people employed as they are. To build them of an index "
            "or of investment, a rate of depreciation and prices must be given: see xinzhi "
            "productivity --method growth-accounting.",
        )
    ]
