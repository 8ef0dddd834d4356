"""The sentences of the section on transition: what happens, money, people, limits, the rule."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.core import Result, Text
from xinzhi.data.cases import TransitionCase
from xinzhi.plan.limit_words import FAMILIES
from xinzhi.plan.transition_duals import objective_words
from xinzhi.report.model import Evidence, Statement
from xinzhi.report.structure_parts import itemised, rows_of
from xinzhi.report.transition_cards import TransitionCards
from xinzhi.report.transition_parts import (
    ID,
    TechnologyPlan,
    binding_text,
    binding_years,
    budget_use,
    kind_title,
    name_of,
    names_of,
    shadow_prices,
    unit_title,
    years_text,
)
from xinzhi.report.words import inside, listing, say

_ON_ONE = (
    *("capacity_schedule", "build_limit", "retrofit_limit", "training_limit"),
    "minimum_utilisation",
)


def done(
    case: TransitionCase, result: Result, plans: list[TechnologyPlan], cards: TransitionCards
) -> Iterator[Statement]:
    """Name what is built, retrofitted and retired where a sector has a choice of technologies."""
    names, unit = names_of(result), unit_title(case.money)
    kinds = {technology.id: technology.kind for technology in case.technologies}
    sectors = [technology.sector for technology in case.technologies]
    chosen = [plan for plan in plans if sectors.count(plan.sector) > 1]
    for rule, action, wanted, zh, en in _ACTION_WORDS:
        own = [p for p in chosen if action in p.actions and (kinds[p.id] == "existing") == wanted]
        if not own:
            continue
        pieces = [
            say(
                "{t} {v}（{y}）",
                "{t} {v} ({y})",
                t=inside(names[plan.id]),
                v=cards.number(
                    plan.actions[action].amount,
                    unit,
                    say("{t}：{k}", "{t}: {k}", t=names[plan.id], k=_SUMS[action]),
                    _FORMULAS[action],
                    f"{case.base_year + 1}–{case.horizon}",
                    action,
                    plan.id,
                ),
                y=years_text(plan.actions[action].years),
            )
            for plan in own
        ]
        text = say(zh, en, u=unit, l=itemised(pieces))
        evidence = tuple((f"{ID}_plan", {"technology": plan.id}) for plan in own)
        yield Statement(f"{ID}.{rule}", text, evidence, see=f"{ID}-schedule")


# rule, action, whether of existing technologies, the sentences
_ACTION_WORDS = (
    (
        *("built", "build", False),
        "新建（{u}，年产出）：{l}。",
        "New capacity that is started ({u} of output a year): {l}.",
    ),
    (
        *("upgraded", "retrofit", False),
        "改造（{u}，年产出）：{l}。",
        "Retrofitted ({u} of output a year): {l}.",
    ),
    (
        *("retired", "retire", True),
        "现有产能退出（到期或提前，{u}，年产出）：{l}。",
        "Existing capacity that leaves, at the end of its life or before ({u} of output a year): "
        "{l}.",
    ),
)
_SUMS = {
    "build": Text("开工建设合计", "building started, in all"),
    "retrofit": Text("开始改造合计", "retrofits started, in all"),
    "retire": Text("退出合计", "capacity leaving, in all"),
}
_FORMULAS = {
    "build": Text("Σ b：各年开工的产能之和", "Σ b: capacity whose building starts, over years"),
    "retrofit": Text(
        "Σ q：各年开始改造的产能之和", "Σ q: capacity whose retrofit starts, over years"
    ),
    "retire": Text("Σ r：各年离开的产能之和", "Σ r: capacity that leaves, over years"),
}


def paths(case: TransitionCase, result: Result, cards: TransitionCards) -> Iterator[Statement]:
    """Tell how output of each sector with a choice of technologies moves from base to horizon."""
    names, balance = names_of(result), result.tables["balance"]
    last = balance[balance["year"] == case.horizon].set_index("sector")["output"]
    pieces: list[Text] = []
    evidence: list[Evidence] = []
    for sector in case.sectors:
        own = [t for t in case.technologies if t.sector == sector.id]
        base = sum(t.base_output for t in own)
        if len(own) < 2 or base <= 0:
            continue
        pieces.append(
            say(
                "{t} {x}",
                "{t} {x}",
                t=inside(names[sector.id]),
                x=cards.share(
                    float(last[sector.id]) / base,
                    say("{t}：产出与基年之比", "{t}: output over the base year's", t=sector.title),
                    say(
                        "{y} 年产出 ÷ {b} 年产出",
                        "output of {y} ÷ output of {b}",
                        y=f"{case.horizon}",
                        b=f"{case.base_year}",
                    ),
                    f"{case.horizon}",
                    "path",
                    sector.id,
                ),
            )
        )
        evidence.append((f"{ID}_balance", {"sector": sector.id, "year": case.horizon}))
    if not pieces:
        return
    text = say(
        "{y} 年产出为 {b} 年的：{l}。",
        "Output in {y} as a part of that in {b}: {l}.",
        y=f"{case.horizon}",
        b=f"{case.base_year}",
        l=itemised(pieces),
    )
    yield Statement(f"{ID}.paths", text, tuple(evidence), see=f"{ID}-paths")


def budgets(case: TransitionCase, result: Result, cards: TransitionCards) -> Iterator[Statement]:
    """Tell what part of its limit each source of money spends."""
    names, use = names_of(result), rows_of(budget_use(result))
    if not use:
        return
    span = f"{case.base_year + 1}–{case.horizon}"
    pieces = [
        say(
            "{s} {x}",
            "{s} {x}",
            s=inside(names[row["source"]]),
            x=cards.share(
                row["share"],
                say("{s}：用去的份额", "{s}: part spent", s=names[row["source"]]),
                Text("Σ 支出 ÷ Σ 限额", "Σ spent ÷ Σ limit"),
                span,
                "budget",
                str(row["source"]),
            ),
        )
        for row in use
    ]
    text = say(
        "各来源资金用去限额的：{l}。", "Spent of each source's limit: {l}.", l=itemised(pieces)
    )
    evidence = tuple((f"{ID}_budget", {"source": str(row["source"])}) for row in use)
    yield Statement(f"{ID}.budget", text, evidence, see=f"{ID}-budget")


def people(case: TransitionCase, result: Result, cards: TransitionCards) -> Iterator[Statement]:
    """Tell the workers that are needed in the first and the last year, by grade."""
    names, table = names_of(result), result.tables["employment"]
    if table.empty:
        return
    unit = unit_title(case.persons)
    pieces = []
    for grade in case.grades:
        own = rows_of(table[table["grade"] == grade.id])
        ends = [
            cards.number(
                row["needed"],
                unit,
                say("{g}：需要的人数", "{g}: workers needed", g=names[grade.id]),
                Text("Σ 每单位产出用工 × 产出", "Σ workers per unit of output × output"),
                f"{row['year']}",
                "employment",
                grade.id,
                f"{row['year']}",
            )
            for row in (own[0], own[-1])
        ]
        pieces.append(
            say("{g} {a} → {b}", "{g} {a} → {b}", g=names[grade.id], a=ends[0], b=ends[1])
        )
    text = say(
        "需要的人员（{u}），{a} → {b} 年：{l}。",
        "Workers needed ({u}), {a} → {b}: {l}.",
        u=unit,
        a=f"{case.base_year + 1}",
        b=f"{case.horizon}",
        l=itemised(pieces),
    )
    evidence = tuple((f"{ID}_employment", {"grade": grade.id}) for grade in case.grades)
    yield Statement(f"{ID}.employment", text, evidence, see=f"{ID}-employment")


def worth(case: TransitionCase, result: Result, cards: TransitionCards) -> Iterator[Statement]:
    """Say what one more unit of each kind of limit is worth where it is dearest."""
    rows, names = shadow_prices(result), names_of(result)
    if not rows:
        return
    counted = _counted(case, result)
    pieces, evidence = [], []
    for row in rows:
        kind, year = str(row["constraint"]), f"{row['year']}"
        title = say(
            "{k}：{n}（{y} 年）",
            "{k}: {n} ({y})",
            k=kind_title(kind),
            n=name_of(names, row["of"]),
            y=year,
        )
        price = cards.number(
            abs(row["shadow_price"]),
            counted,
            say("{t}的影子价格", "Shadow price of {t}", t=title),
            Text(
                "对偶变量：限制每增加一单位，目标值变化多少",
                "dual value: change of the objective per unit added to the limit",
            ),
            year,
            "price",
            kind,
            str(row["of"]),
            year,
        )
        loosened = FAMILIES[kind].relative
        gains = loosened or row["shadow_price"] > 0
        pieces.append(
            say(
                "{t}{m} 1 {u}，{e} {v}",
                "{t}: {m} {u} {e} {v}",
                t=title,
                m=Text("放宽", "loosened by one") if loosened else Text("再加", "one more"),
                u=unit_title(str(row["unit"])),
                e=Text("值", "is worth") if gains else Text("要付出", "costs"),
                v=price,
            )
        )
        evidence.append((f"{ID}_duals", {"constraint": kind, "of": row["of"], "year": row["year"]}))
    text = say(
        "每类限制中最值钱的一处（以{c}计）：{l}。",
        "Of each kind of limit the dearest, in {c}: {l}.",
        c=counted,
        l=itemised(pieces),
    )
    yield Statement(f"{ID}.prices", text, tuple(evidence), see=f"{ID}-prices")


def _counted(case: TransitionCase, result: Result) -> Text:
    """Return the unit that the objective is counted in."""
    words = objective_words(case, result.parameters["objective_weights"])
    en = words.en.removeprefix("{} × ").replace("{} of the", "units of the")
    return Text(words.zh.replace("{}", "").strip(), en)


def limits(result: Result) -> Iterator[Statement]:
    """Name the limits that bind, and when: on the whole plan, then on one technology."""
    bound = binding_years(result)
    for part, words in (
        ("binding", Text("起约束作用的限制：{l}。", "Limits that bind: {l}.")),
        (
            "binding_technology",
            Text("起约束作用的单项限制：{l}。", "Limits on one technology that bind: {l}."),
        ),
    ):
        own = {k: v for k, v in bound.items() if (k in _ON_ONE) == (part == "binding_technology")}
        if own:
            listed = itemised(binding_text(result, kind, labels) for kind, labels in own.items())
            evidence = tuple((f"{ID}_binding", {"constraint": kind}) for kind in own)
            text = say(words.zh, words.en, l=listed)
            yield Statement(f"{ID}.{part}", text, evidence, see=f"{ID}-prices")


def rule(case: TransitionCase, result: Result, cards: TransitionCards) -> Iterator[Statement]:
    """Say what the build-before-retire rule costs."""
    cost = result.tables.get("rule_cost")
    if cost is None:
        return
    row = rows_of(cost[cost["component"] == "objective"])[0]
    unit = unit_title(str(row["unit"]))
    margins = [s.title for s in case.sectors if s.replacement_margin is not None]
    text = say(
        "先立后破的规则（{s}）使目标值变化 {d}（{u}），为不加规则时的 {p}。",
        "The build-before-retire rule ({s}) changes the objective by {d} ({u}), {p} of what it is "
        "without the rule.",
        s=listing(margins),
        d=cards.number(
            row["difference"],
            unit,
            Text("先立后破的代价", "Cost of build before retire"),
            Text(
                "有规则的目标值 − 无规则的目标值",
                "objective with the rule − objective without it",
            ),
            f"{case.base_year + 1}–{case.horizon}",
            "rule",
            "difference",
        ),
        u=unit,
        p=cards.share(
            row["difference"] / abs(row["without_rule"]) if row["without_rule"] else 0.0,
            Text("先立后破的代价占目标值", "Cost of build before retire, of the objective"),
            Text(
                "（有规则 − 无规则）÷ 无规则的目标值",
                "(with the rule − without it) ÷ the objective without it",
            ),
            f"{case.base_year + 1}–{case.horizon}",
            "rule",
            "share",
        ),
    )
    evidence = ((f"{ID}_rule_cost", {"component": "objective"}),)
    yield Statement(f"{ID}.rule", text, evidence, see=f"{ID}-table")
