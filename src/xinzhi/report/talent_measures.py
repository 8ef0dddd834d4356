"""What the section on talent measures on a panel."""

from __future__ import annotations

from xinzhi.core import Text
from xinzhi.report.standing import Measure, Standing

ID = "talent"
_POPULATION = "resident_population_year_end"
STANDING = Standing(
    ID,
    (
        Measure(
            "stock",
            Text("大学文化程度人口", "People with university education"),
            "education_university_per_100k",
            "",
            Text(
                "普查的大专及以上文化程度，不分领域、职级和年龄，含在校学生",
                "junior college and above in the census, without field, grade or age, students "
                "counted",
            ),
            unit=Text("人/10 万人", "per 100,000 residents"),
        ),
        Measure(
            "school",
            Text("高等教育在校学生", "Students in higher education"),
            "higher_education_students",
            _POPULATION,
            Text("在本地读书，不等于毕业后留下", "who studies in the region need not stay"),
            unit=Text("人/万人", "per 10,000 residents"),
            scale=10_000.0,
        ),
        Measure(
            "use",
            Text("规上工业研发人员", "R&D people of industry"),
            "rd_personnel_fte_industrial_above_size",
            _POPULATION,
            Text(
                "只含规模以上工业，全时当量",
                "industry above designated size only, full-time equivalent",
            ),
            unit=Text("人年/万人", "person-years per 10,000 residents"),
            scale=10_000.0,
        ),
    ),
    Text(
        "人均水平与各地区中位数之比，各自最近年份",
        "Levels per head over the median of all regions, the last year of each",
    ),
    Text("人才链三面的代理指标", "Proxies of three sides of the talent chain"),
)
