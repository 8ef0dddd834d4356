"""The conversions from R&D to products that public figures can state, and their weaknesses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from xinzhi.core import Text
from xinzhi.plan.innovation.pipeline import PHASE_OF

Role = Literal["composition", "conversion", "cost"]


@dataclass(frozen=True)
class Conversion:
    """A ratio of two indicators of a region over the same years.

    stage : of the pipeline that it speaks of
    role : ``composition`` (what money is spent on), ``conversion`` (more out of the same in is
        better; regions are compared by it), ``cost`` (money a project)
    lag : years by which the numerator comes later
    unit : of the rate; ``counts`` tells that both are counts of the same things, so that the rate
        is a share of trials; ``part`` that the numerator is part of the denominator
    weakness : what the rate must not be taken for
    """

    id: str
    stage: str
    role: Role
    numerator: str
    denominator: str
    unit: str
    title: Text
    weakness: Text
    lag: int = 0
    counts: bool = False
    part: bool = False

    @property
    def phase(self) -> str:
        """Return the phase of the stage: ``0-1`` or ``1-100``."""
        return PHASE_OF[self.stage]


_RD = "rd_expenditure"
_COMPOSITION = Text(
    "按活动类型划分由填报单位判断，不是项目的先后",
    "who reports decides on the type; types are no sequence of projects",
)

CONVERSIONS: tuple[Conversion, ...] = (
    Conversion(
        "basic_share",
        "basic",
        "composition",
        "rd_expenditure_basic_research",
        _RD,
        "ratio",
        Text("研发经费中的基础研究", "Basic research in R&D"),
        _COMPOSITION,
    ),
    Conversion(
        "applied_share",
        "applied",
        "composition",
        "rd_expenditure_applied_research",
        _RD,
        "ratio",
        Text("研发经费中的应用研究", "Applied research in R&D"),
        _COMPOSITION,
    ),
    Conversion(
        "experimental_share",
        "pilot",
        "composition",
        "rd_expenditure_experimental_development",
        _RD,
        "ratio",
        Text("研发经费中的试验发展", "Experimental development in R&D"),
        _COMPOSITION,
    ),
    Conversion(
        "papers_per_basic",
        "basic",
        "conversion",
        "papers_sci",
        "rd_expenditure_basic_research",
        "papers_per_CNY_100m",
        Text("每亿元基础研究经费的 SCI 论文", "SCI papers per CNY 100 million of basic research"),
        Text(
            "论文也出自应用研究，篇数不论质量",
            "papers come of applied research too, and are counted whatever their quality",
        ),
    ),
    Conversion(
        "applications_per_rd",
        "applied",
        "conversion",
        "invention_patent_applications",
        _RD,
        "patents_per_CNY_100m",
        Text("每亿元研发经费的发明专利申请", "Invention applications per CNY 100 million of R&D"),
        Text(
            "申请随补贴政策起落，一项技术可以申请多件",
            "applications follow subsidies, and one technology may make many",
        ),
    ),
    Conversion(
        "grant_share",
        "applied",
        "conversion",
        "invention_patents_granted",
        "invention_patent_applications",
        "ratio",
        Text("发明专利授权与两年前申请之比", "Invention grants over applications two years before"),
        Text(
            "不是同一批申请，审查时长变动时偏离授权率",
            "not the same applications: where examination changes pace it is no grant rate",
        ),
        lag=2,
        counts=True,
    ),
    Conversion(
        "turnover_per_rd",
        "pilot",
        "conversion",
        "technology_market_turnover",
        _RD,
        "ratio",
        Text("技术合同成交额与研发经费之比", "Technology contracts over R&D"),
        Text(
            "按合同登记地统计，口径有断点",
            "counted where contracts are registered, with breaks in the series",
        ),
    ),
    Conversion(
        "pilot_project_cost",
        "pilot",
        "cost",
        "high_tech_industry_rd_project_expenditure",
        "high_tech_industry_rd_projects",
        "CNY_10k",
        Text("高技术产业每个研发项目的经费", "Money of an R&D project of high-technology industry"),
        Text(
            "当年经费除以在研项目，不是项目全程的成本",
            "a year's money over projects under way, not what a project costs in all",
        ),
    ),
    Conversion(
        "product_project_cost",
        "product",
        "cost",
        "high_tech_industry_new_product_expenditure",
        "high_tech_industry_new_product_projects",
        "CNY_10k",
        Text("高技术产业每个新产品项目的经费", "Money of a new-product project of the industry"),
        Text(
            "当年经费除以在研项目，不是项目全程的成本",
            "a year's money over projects under way, not what a project costs in all",
        ),
    ),
    Conversion(
        "new_product_sales_per_rd",
        "product",
        "conversion",
        "high_tech_industry_new_product_sales",
        "high_tech_industry_rd_expenditure",
        "ratio",
        Text(
            "高技术产业新产品销售收入与研发经费之比", "New-product sales over R&D of the industry"
        ),
        Text(
            "“新”由企业填报，销售来自往年的研发",
            "firms say what is new, and sales come of the R&D of earlier years",
        ),
    ),
    Conversion(
        "new_product_share",
        "scale_up",
        "conversion",
        "high_tech_industry_new_product_sales",
        "high_tech_industry_revenue",
        "ratio",
        Text("高技术产业营业收入中的新产品", "New products in the revenue of the industry"),
        Text(
            "代工多的地区收入大而新产品少",
            "regions that assemble for others have much revenue and few new products",
        ),
        part=True,
    ),
)
FIGURES = tuple(dict.fromkeys(name for c in CONVERSIONS for name in (c.numerator, c.denominator)))


def find_conversion(name: object) -> Conversion:
    """Return a conversion by its id."""
    return next(conversion for conversion in CONVERSIONS if conversion.id == str(name))
