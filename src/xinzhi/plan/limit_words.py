"""The limits of a case in words: what each is called, its unit, what one more of it is worth."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xinzhi.core import Text
from xinzhi.data.units import find_unit
from xinzhi.plan.case_arrays import Array
from xinzhi.plan.program import Family
from xinzhi.plan.transition_model import TransitionProgram


class LimitWords(NamedTuple):
    """A family of limits.

    title : what the limit is called, {} standing for what it limits
    unit : money, persons or account
    relative : the row compares two variables, so its right-hand side says nothing to a reader
    """

    title: Text
    unit: str
    relative: bool = False


FAMILIES: dict[str, LimitWords] = {
    "build_before_retire": LimitWords(
        Text("先立后破：{}", "build before retire: {}"), "money", True
    ),
    "budget": LimitWords(Text("资金来源：{}", "budget: {}"), "money"),
    "workforce": LimitWords(Text("人员：{}", "workforce: {}"), "persons", True),
    "account_cap": LimitWords(Text("上限：{}", "cap: {}"), "account"),
    "capacity_schedule": LimitWords(Text("限制类产能：{}", "capacity schedule: {}"), "money"),
    "output_floor": LimitWords(Text("产出下限：{}", "output floor: {}"), "money"),
    "employment_floor": LimitWords(Text("就业下限：{}", "employment floor: {}"), "persons"),
    "exposure": LimitWords(
        Text("卡脖子投入的暴露上限：{}", "exposure ceiling on chokepoint input: {}"), "money", True
    ),
    "import_ceiling": LimitWords(
        Text("进口份额上限：{}", "ceiling on the import share: {}"), "money", True
    ),
    "import_floor": LimitWords(
        Text("进口份额下限：{}", "floor of the import share: {}"), "money", True
    ),
    "export_ceiling": LimitWords(Text("出口需求：{}", "export demand: {}"), "money"),
    "ramp_up": LimitWords(Text("产出增速上限：{}", "ramp-up limit: {}"), "money", True),
    "ramp_down": LimitWords(Text("产出降速上限：{}", "ramp-down limit: {}"), "money", True),
    "build_limit": LimitWords(Text("开工上限：{}", "building limit: {}"), "money"),
    "retrofit_limit": LimitWords(Text("改造上限：{}", "retrofit limit: {}"), "money"),
    "training_limit": LimitWords(Text("培训上限：{}", "training limit: {}"), "persons"),
    "minimum_utilisation": LimitWords(
        Text("最低利用率：{}", "minimum utilisation: {}"), "money", True
    ),
    "value_added_target": LimitWords(Text("增加值目标：{}", "value-added target: {}"), "money"),
    "output_target": LimitWords(Text("产出目标：{}", "output target: {}"), "money"),
    "product_balance": LimitWords(Text("最终需求：{}", "final demand: {}"), "money"),
}


def limit_unit(made: TransitionProgram, family: Family, place: int) -> str:
    """Return the unit id of a row's right-hand side."""
    kind = FAMILIES[family.name].unit
    if kind == "account":
        return next(a.unit for a in made.case.accounts if a.id == family.labels[place])
    return made.case.money if kind == "money" else made.case.persons


def limit_title(made: TransitionProgram, family: Family, place: int) -> Text:
    """Return what a row limits: kind of limit, sector or technology, year."""
    words = FAMILIES[family.name].title
    label, year = titles(made).get(family.labels[place]), family.years[place]
    name = label or _joined(made, family.labels[place])
    return Text(f"{words.zh.format(name.zh)}（{year} 年）", f"{words.en.format(name.en)} ({year})")


def limit_statement(made: TransitionProgram, family: Family, place: int) -> Text:
    """Return the row as the planner wrote it: what is limited, the year, the figure, the unit."""
    title = limit_title(made, family, place)
    if FAMILIES[family.name].relative:
        return _relative_statement(made, family, place, title)
    unit = find_unit(limit_unit(made, family, place)).title
    figure = f"{family.rhs[place]:,.6g}"
    bound = Text("至多", "at most") if family.sense == "<=" else Text("至少", "at least")
    return Text(
        f"{title.zh}：{bound.zh} {figure} {unit.zh}", f"{title.en}: {bound.en} {figure} {unit.en}"
    )


def _relative_statement(made: TransitionProgram, family: Family, place: int, title: Text) -> Text:
    """Return the row with the coefficient that the planner gave it."""
    case, label = made.case, family.labels[place]
    sector = next((s for s in case.sectors if s.id == label), None)
    if family.name == "workforce":
        return Text(f"{title.zh}：需要的不多于现有的", f"{title.en}: no more needed than there are")
    if family.name == "minimum_utilisation":
        least = next(t.min_utilisation for t in case.technologies if t.id == label)
        return Text(
            f"{title.zh}：产出至少为产能的 {least:.3g}",
            f"{title.en}: output of at least {least:.3g} of capacity",
        )
    assert sector is not None
    base = made.arrays.import_share[made.sectors.index(label)]
    if family.name == "build_before_retire":
        figure = f"{sector.replacement_margin:.3g}"
        return Text(f"{title.zh}：余量 {figure}", f"{title.en}: margin {figure}")
    if family.name in ("ramp_up", "ramp_down"):
        rate = getattr(sector, family.name)
        return Text(f"{title.zh}：每年 {rate:.3g}", f"{title.en}: {rate:.3g} a year")
    if family.name == "exposure":
        ceilings = [
            float(e.ceiling.at([family.years[place]])[0])
            for e in case.exposures
            if e.product == label and e.ceiling is not None
        ]
        share = min(ceilings) * base
    else:
        share = (
            base + sector.import_rise
            if family.name == "import_ceiling"
            else (base - sector.import_fall)
        )
    bound = Text("至少", "at least") if family.sense == ">=" else Text("至多", "at most")
    return Text(
        f"{title.zh}：进口{bound.zh}占供给的 {share:.4g}",
        f"{title.en}: imports of {bound.en} {share:.4g} of supply",
    )


def titles(made: TransitionProgram) -> dict[str, Text]:
    """Return id → title of everything that a limit can be about."""
    case = made.case
    found = {"all": Text("全部部门", "all sectors"), "training": Text("培训", "training")}
    for entries in (case.sectors, case.technologies, case.budgets, case.grades, case.accounts):
        found |= {entry.id: entry.title for entry in entries}
    return found


def _joined(made: TransitionProgram, label: str) -> Text:
    """Return the titles of the two ends of a retrofit or a training."""
    known = titles(made)
    ends = [known.get(part, Text(part, part)) for part in label.split(" → ")]
    return Text(" → ".join(end.zh for end in ends), " → ".join(end.en for end in ends))


def limit_sizes(made: TransitionProgram, family: Family) -> Array:
    """Return (rows,) the size by which a relaxation of each row is measured.

    It is the limit's own figure; where that is zero, the base-year supply, output or number of
    workers that the row is about.
    """
    arrays, case = made.arrays, made.case
    supply = dict(zip(made.sectors, arrays.sector_output + arrays.imports, strict=True))
    supply |= dict(zip(made.technologies, arrays.base_output, strict=True))
    supply |= {grade.id: grade.workers for grade in case.grades}
    usual = float(arrays.sector_output.mean()) or 1.0
    base = np.array([supply.get(label, 0.0) for label in family.labels])
    sizes = np.where(np.abs(family.rhs) > 0, np.abs(family.rhs), base)
    return np.where(sizes > 0, sizes, usual)
