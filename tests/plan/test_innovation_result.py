"""The whole of ``innovation``: parts that stand alone, the example, charts, what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.plan.innovation_cases import stages

from xinzhi.core import InputError, dumps
from xinzhi.plan.innovation import (
    SYNTHETIC,
    InnovationOptions,
    InnovationResult,
    MechanismOptions,
    PipelineOptions,
    PortfolioOptions,
    innovation,
    synthetic_innovation_tables,
)
from xinzhi.plan.innovation.innovation import PARTS, RESULTS, TABLES

QUICK = InnovationOptions(
    pipeline=PipelineOptions(paths=2_000, draws=100, years=15),
    mechanisms=MechanismOptions(draws=500),
    portfolio=PortfolioOptions(scenarios=100, points=3),
)


def small() -> dict[str, pd.DataFrame]:
    """Return the example with six projects under two kinds of limits, which are chosen at once."""
    tables = synthetic_innovation_tables()
    projects, limits = tables["projects"], tables["limits"]
    few = projects["project"].drop_duplicates().iloc[:6]
    return {
        **tables,
        "projects": projects[projects["project"].isin(few)],
        "limits": limits[limits["limit"].isin(["budget", "cvar"])],
    }


@pytest.fixture(scope="module")
def example() -> InnovationResult:
    return innovation(small(), QUICK, data=SYNTHETIC)


def test_every_part_of_the_example_has_rows(example: InnovationResult):
    assert tuple(example.tables) == RESULTS
    assert all(len(table) for table in example.tables.values())
    assert dumps(example.to_dict())


def test_the_example_says_that_it_is_synthetic():
    tables = synthetic_innovation_tables()
    assert set(tables) == set(TABLES) - {"technology"}  # stands in for proximity
    for name, column in (
        *(("challenges", "challenge"), ("stages", "pipeline"), ("indicators", "region")),
        *(("projects", "project"), ("knowledge", "unit")),
    ):
        assert tables[name][column].str.contains("合成 synthetic").all(), name
    again = synthetic_innovation_tables()
    assert all(again[name].equals(table) for name, table in tables.items())
    other = synthetic_innovation_tables(1)
    assert not other["stages"].equals(tables["stages"])


@pytest.mark.parametrize("part", PARTS)
def test_a_part_stands_alone_and_is_the_same(part: str, example: InnovationResult):
    every = small()
    own = {name: every[name] for name in (part, *PARTS[part]) if name in every}
    found = innovation(own, QUICK)
    there = [name for name in RESULTS if len(found.tables[name])]
    assert next(iter(found.tables)) == there[0]
    assert set(found.tables) == set(RESULTS)
    for name in there:
        pd.testing.assert_frame_equal(found.tables[name], example.tables[name])


def test_the_seed_alone_moves_what_is_drawn():
    own = {"stages": stages(projects=20)}
    first, again, other = (innovation(own, QUICK, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first.tables["pipelines"], again.tables["pipelines"])
    exact = ["success_probability", "time", "cost"]
    pd.testing.assert_frame_equal(
        first.tables["pipelines"][exact], other.tables["pipelines"][exact]
    )
    drawn = "simulated_cost"
    assert first.tables["pipelines"][drawn][0] != other.tables["pipelines"][drawn][0]


def test_changing_the_unit_of_money_leaves_shares_alone():
    thousand = stages(cost=np.array(stages()["cost"]) * 1_000, cost_sd=stages()["cost_sd"] * 1_000)
    small, large = (innovation({"stages": table}, QUICK) for table in (stages(), thousand))
    shares = ["reach", "failure_share", "time_share", "cost_share"]
    pd.testing.assert_frame_equal(small.tables["stages"][shares], large.tables["stages"][shares])
    assert large.tables["pipelines"]["cost_per_arrival"][0] == pytest.approx(
        1_000 * small.tables["pipelines"]["cost_per_arrival"][0]
    )


def test_what_never_comes_is_said():
    lost = innovation({"stages": stages(success=[0.3, 0, 0.5, 0.7, 0.8])}, QUICK)
    assert any("no project arrives: chips" in note.en for note in lost.warnings)
    assert any("没有项目能走完的创新流程：chips" in note.zh for note in lost.warnings)
    late = innovation({"stages": stages()}, QUICK)
    assert any("less than 0.5" in note.en for note in late.warnings)
    assert any("不到 0.5" in note.zh for note in late.warnings)


def test_calibration_is_said():
    every = synthetic_innovation_tables()
    region = every["indicators"]["region"][0]
    empty = every["stages"].assign(
        success=every["stages"]["success"].where(every["stages"]["stage"] != "applied")
    )
    own = {"stages": empty, "indicators": every["indicators"]}
    found = innovation(own, InnovationOptions(pipeline=QUICK.pipeline, region=region))
    assert any("is calibrated from grant_share" in note.en for note in found.warnings)
    with pytest.raises(InputError) as error:
        innovation(own, QUICK)
    assert "Name one by --calibrate-from" in error.value.text("en")


@pytest.mark.parametrize(
    ("tables", "english", "chinese"),
    [
        ({"stage": stages()}, "no table stage, did you mean stages?", "是否指 stages"),
        ({"starts": stages()}, "there is no main table", "没有一张主表"),
        (
            {"stages": stages(), "boxes": stages()},
            "table boxes goes with challenges",
            "表 boxes 要与 challenges 一起给出",
        ),
    ],
)
def test_tables_that_do_not_fit_are_refused(tables, english, chinese):
    with pytest.raises(InputError) as error:
        innovation(tables)
    assert english in error.value.text("en")
    assert chinese in error.value.text("zh")


@pytest.mark.parametrize("kind", ["mechanisms", "arrivals", "stages", "teams", "frontier"])
def test_charts_are_drawn_in_both_languages(kind: str, example: InnovationResult):
    zh, en = (example.plot(kind, lang).to_dict() for lang in ("zh", "en"))
    assert zh["title"]["text"] != en["title"]["text"]
    assert "合成数据" in zh["title"]["subtitle"]
    assert "Synthetic data" in en["title"]["subtitle"]


def test_a_chart_of_one_name_and_what_is_refused(example: InnovationResult):
    name = example.tables["arrivals"]["pipeline"][0]
    drawn = example.plot("arrivals", "en", name).to_dict()
    assert name in drawn["title"]["subtitle"]
    with pytest.raises(InputError) as error:
        example.plot("arrivals", name="nobody")
    assert "no nobody in the result" in error.value.text("en")
    with pytest.raises(InputError) as error:
        example.plot("pie")
    assert "no chart pie" in error.value.text("en")
    alone = innovation({"stages": stages()}, QUICK)
    with pytest.raises(InputError) as error:
        alone.plot("teams")
    assert "Give the table challenges." in error.value.text("en")
    assert "图 teams 没有数据" in error.value.text("zh")


def test_every_unit_is_known(example: InnovationResult):
    from xinzhi.data import find_unit

    assert {find_unit(unit).id for unit in example.units.values()} == set(example.units.values())
