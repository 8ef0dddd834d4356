"""Standing of regions in activities, volumes from a panel, dependence brought over from sectors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xinzhi.core import InputError
from xinzhi.data import Panel, RegionSet
from xinzhi.structure.strengths import (
    Activities,
    activities_of_panel,
    activity_matrix_of_array,
    dependence_of_activities,
    location_quotient,
    region_totals,
    standing,
    strengths,
)
from xinzhi.structure.strengths.standing import COMPONENTS, PARTS_OF_COMPETITIVE

REGIONS = ("A", "B", "C")


def by_hand() -> pd.DataFrame:
    volumes = np.array(
        [
            [[60, 66, 90], [40, 44, 30]],
            [[40, 44, 50], [60, 66, 70]],
            [[50, 50, 50], [50, 50, 50]],
        ],
        dtype=float,
    )
    return standing(activity_matrix_of_array(volumes, REGIONS, ("u", "v"), (2020, 2021, 2022)))


def test_standing_by_hand():
    table = by_hand().set_index(["region", "activity"])
    own = table.loc[("A", "u")]
    # 60 % of A, 50 % of all in the first year; 75 % of A, 190 of 340 in the last
    assert own["rca_start"] == pytest.approx(0.6 / 0.5)
    assert own["rca"] == pytest.approx(0.75 / (190 / 340))
    assert (own["rank"], own["rank_low"], own["rank_high"]) == (1, 1, 1)
    assert own["standing"] == "strength"
    assert table.loc[("A", "v"), "standing"] == "gap"
    assert table.loc[("C", "u"), "standing"] == "mixed"
    # u grew from 150 to 190 in all: 60 would have become 76, and it became 90
    assert own["competitive"] == pytest.approx(14.0)
    # 110/100 against 160/150, then 90/66 against 190/160
    assert (own["years_ahead"], own["steps"]) == (2, 2)
    totals = region_totals(by_hand()).set_index("region")
    assert totals.loc["A", "change"] == 20.0
    assert totals.loc["A", list(COMPONENTS)].sum() == pytest.approx(20.0)


volumes_of = arrays(np.float64, (4, 3, 3), elements=st.integers(1, 50))


@settings(max_examples=25, deadline=None)
@given(volumes_of)
def test_components_sum_and_quotients_are_those_of_each_year(volumes):
    matrix = activity_matrix_of_array(volumes, list("ABCD"), list("uvw"), (2020, 2021, 2022))
    table = standing(matrix)
    np.testing.assert_allclose(table[list(COMPONENTS)].sum(axis=1), table["change"], atol=1e-9)
    parts = table[list(PARTS_OF_COMPETITIVE)].sum(axis=1)
    np.testing.assert_allclose(parts, table["competitive"], atol=1e-9)
    yearly = np.stack([location_quotient(volumes[:, :, t]).ravel() for t in range(3)])
    np.testing.assert_allclose(table["rca_low"], yearly.min(axis=0))
    np.testing.assert_allclose(table["rca_high"], yearly.max(axis=0))
    assert (table["rank_low"] <= table["rank"]).all()
    assert (table["rank"] <= table["rank_high"]).all()


def panel(rows: list[tuple[object, ...]]) -> Panel:
    columns = ["region", "year", "indicator", "value", "unit", "status"]
    frame = pd.DataFrame(rows, columns=columns).assign(source="made up")
    return Panel.from_frame(frame, regions=RegionSet.from_names(REGIONS), name="own")


def figures(status: str = "reported") -> list[tuple[object, ...]]:
    return [
        (
            region,
            year,
            name,
            value,
            "patents",
            status if (region, year) == ("C", 2021) else "reported",
        )
        for region in REGIONS
        for year in (2020, 2021)
        for name, value in (("inventions", 3.0), ("patents", 10.0))
    ]


PATENTS = Activities({"inventions": "inventions"}, whole="patents", rest="other")


def test_the_rest_of_a_whole_is_an_activity():
    matrix = activities_of_panel(panel(figures()), PATENTS, "A")
    assert matrix.activities == ("inventions", "other")
    assert matrix.years == (2020, 2021)
    assert matrix.values[0, :, 0].tolist() == [3.0, 7.0]
    assert matrix.warnings == ()


def test_imputed_figures_count_as_missing():
    matrix = activities_of_panel(panel(figures("imputed")), PATENTS, "A")
    assert matrix.regions == ("A", "B")
    assert "1 region(s) lack a figure" in matrix.warnings[0].en
    assert "1 个地区缺少其中某年的数值" in matrix.warnings[0].zh
    # its own years are those that it has
    assert activities_of_panel(panel(figures("imputed")), PATENTS, "C").years == (2020,)


def test_volumes_that_do_not_fit_are_refused():
    absent = Activities({"x": "papers"})
    with pytest.raises(InputError, match="the data lack papers") as caught:
        activities_of_panel(panel(figures()), absent, "A")
    assert "数据中没有 papers" in caught.value.text("zh")
    over = [(r, y, n, 99.0 if n == "inventions" else v, *t) for r, y, n, v, *t in figures()]
    with pytest.raises(InputError, match="the parts exceed patents") as caught:
        activities_of_panel(panel(over), PATENTS, "A")
    assert "各部分之和超过 patents" in caught.value.text("zh")
    mixed = [(*row[:4], "CNY_100m" if row[2] == "patents" else row[4], row[5]) for row in figures()]
    with pytest.raises(InputError, match="several units") as caught:
        activities_of_panel(panel(mixed), PATENTS, "A")
    assert "单位不同" in caught.value.text("zh")
    alone = [row for row in figures() if row[0] == "A"]
    with pytest.raises(InputError, match="no other regions") as caught:
        activities_of_panel(panel(alone), PATENTS, "A")
    assert "没有其他地区可比" in caught.value.text("zh")
    halves = [row for row in figures() if row[0] != "A" or row[2] == "patents"]
    with pytest.raises(InputError, match="no year has all the activities of A") as caught:
        activities_of_panel(panel(halves), PATENTS, "A")
    assert "“A”的各项活动没有一年齐全" in caught.value.text("zh")


SECTORS = pd.DataFrame({"code": ["01", "02"], "total_dependence": [0.1, 0.3]})


def mapping(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["activity", "code", "share"])


def test_dependence_is_the_mean_of_the_sectors_by_hand():
    found = dependence_of_activities(
        SECTORS, mapping(("b", "02", 0.25), ("a", "01", 1.0), ("b", "01", 0.75))
    )
    assert found["activity"].tolist() == ["b", "a"]
    assert found["dependence"].tolist() == pytest.approx([0.15, 0.1])


@pytest.mark.parametrize(
    ("rows", "en", "zh"),
    [
        ([("a", "9", 1.0)], "no such sector codes: 9", "没有这些部门代码：9"),
        ([("a", "01", 0.5), ("a", "01", 0.5)], "a sector twice for: a", "写了两次的活动：a"),
        ([("a", "01", 0.4), ("a", "02", 0.4)], "sum to 1 for each activity: a (0.8)", "合计为 1"),
        ([("a", "01", -1.0), ("a", "02", 2.0)], "must not be negative", "应不为负"),
    ],
)
def test_mappings_that_do_not_fit_are_refused(rows, en, zh):
    with pytest.raises(InputError) as caught:
        dependence_of_activities(SECTORS, mapping(*rows))
    assert en in caught.value.text("en")
    assert zh in caught.value.text("zh")


def test_sectors_of_several_regions_are_refused():
    with pytest.raises(InputError, match="occur twice") as caught:
        dependence_of_activities(pd.concat([SECTORS, SECTORS]), mapping(("a", "01", 1.0)))
    assert "请只留一个地区" in caught.value.text("zh")


def test_a_table_of_dependence_is_checked_and_its_criteria_recorded():
    volumes = np.random.default_rng(0).integers(1, 90, (5, 31)).astype(float)
    names = [f"a{k}" for k in range(31)]
    matrix = activity_matrix_of_array(volumes, list("ABCDE"), names)
    table = pd.DataFrame({"activity": names, "dependence": np.linspace(0, 1, 31)})
    found = strengths(matrix, dependence=table)
    assert found.parameters["criteria"] == ["density", "pci", "dependence"]
    own = found.tables["recommendations"]
    expected = table.set_index("activity")["dependence"]
    assert own["dependence"].tolist() == expected.reindex(own["activity"]).tolist()
    bare = strengths(matrix)
    assert bare.parameters["criteria"] == ["density", "pci"]
    assert any(
        "Pareto set is over two criteria (relatedness density, complexity)" in w.en
        and "帕累托集只看两项（关联密度、复杂度）" in w.zh
        for w in bare.warnings
    )
    with pytest.raises(InputError, match="given twice for: a0") as caught:
        strengths(matrix, dependence=pd.concat([table, table.head(1)]))
    assert "依赖度重复给出：a0" in caught.value.text("zh")
    with pytest.raises(InputError, match="lacks: dependence") as caught:
        strengths(matrix, dependence=table[["activity"]])
    assert "缺少列：dependence" in caught.value.text("zh")
