"""What the section on innovation measures on a panel."""

from __future__ import annotations

from xinzhi.core import Text
from xinzhi.report.standing import Measure, Standing

ID = "innovation"
STANDING = Standing(
    ID,
    (
        Measure(
            "effort",
            Text("研发经费与地区生产总值之比", "R&D expenditure over GDP"),
            "rd_expenditure",
            "gdp",
            Text(
                "以修订后的地区生产总值为分母，与当年公布的强度不同",
                "over GDP as revised, so that it differs from the intensity published at the time",
            ),
        ),
        Measure(
            "inventions",
            Text("发明专利授权量（三年平均）", "Invention patents granted (three-year mean)"),
            "invention_patents_granted",
            "resident_population_year_end",
            Text(
                "随补贴和审查规则起落，不论质量",
                "moves with subsidies and the rules of examination, whatever the quality",
            ),
            unit=Text("件/万人", "per 10,000 residents"),
            scale=10_000.0,
            window=3,
        ),
        Measure(
            "turnover",
            Text(
                "技术合同成交额与地区生产总值之比（三年中位数）",
                "Technology contracts over GDP (three-year median)",
            ),
            "technology_market_turnover",
            "gdp",
            Text(
                "按合同登记地统计，口径有断点",
                "counted where contracts are registered, with breaks in the series",
            ),
            window=3,
            statistic="median",
        ),
    ),
    Text(
        "与各地区中位数之比，各自最近年份", "Over the median of all regions, the last years of each"
    ),
    Text("研发投入与产出的代理指标", "Proxies of R&D and what comes of it"),
)
