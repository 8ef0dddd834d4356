"""Titles of the columns of talent that no other capability has."""

from __future__ import annotations

from collections.abc import Mapping

from xinzhi.core import Text

TALENT_COLUMNS: Mapping[str, Text] = {
    "age": Text("年龄", "Age"),
    "baseline": Text("无计划的人数", "Heads without a plan"),
    "budget": Text("预算", "Budget"),
    "cost": Text("成本", "Cost"),
    "demand": Text("需求", "Demand"),
    "dropouts": Text("中途退学", "Drop-outs"),
    "enrolled": Text("在校学生", "Students"),
    "entering": Text("毕业后进入", "Graduates who enter"),
    "flow": Text("流动", "Flow"),
    "graduates": Text("毕业生", "Graduates"),
    "graduates_leaving": Text("毕业后离开", "Graduates who leave"),
    "heads": Text("人数", "Heads"),
    "instrument": Text("手段", "Instrument"),
    "intake": Text("招生", "Intake"),
    "least": Text("至少", "At least"),
    "maintainable": Text("招聘能否保持", "Kept by recruitment"),
    "mean_age": Text("平均年龄", "Mean age"),
    "most": Text("至多", "At most"),
    "person_years": Text("空缺人年", "Vacant person-years"),
    "pipeline": Text("培养渠道", "Training pipeline"),
    "planned_shortage": Text("有计划时的缺口率", "Shortage with the plan"),
    "planned_supply": Text("有计划时的供给", "Supply with the plan"),
    "planned_vacancies": Text("有计划时的缺口", "Vacancies with the plan"),
    "rate": Text("流动率", "Rate"),
    "recruits_to_maintain": Text("保持结构所需招聘", "Recruits that keep the structure"),
    "residual": Text("残差", "Residual"),
    "shadow_price": Text("影子价格", "Shadow price"),
    "shortage": Text("缺口率", "Shortage"),
    "shortfall": Text("未达目标", "Short of the target"),
    "steady_heads": Text("稳态人数", "Heads in the steady state"),
    "steady_share": Text("稳态比重", "Share in the steady state"),
    "supply": Text("供给", "Supply"),
    "surplus": Text("富余", "Surplus"),
    "to": Text("去向", "To"),
    "vacancies": Text("缺口", "Vacancies"),
    "worst_vacancies": Text("最大年度缺口", "Most vacancies of a year"),
    "worst_year": Text("缺口最大的年份", "Year of most vacancies"),
}
