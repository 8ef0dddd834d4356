from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.structure.strengths.strengths_cases import capable_regions

from xinzhi.core import InputError, InputRecord, dumps
from xinzhi.structure.strengths.activity import (
    ActivityMatrix,
    activity_matrix,
    activity_matrix_of_array,
)
from xinzhi.structure.strengths.complexity import complexity
from xinzhi.structure.strengths.complexity_options import ComplexityOptions
from xinzhi.structure.strengths.strengths import strengths
from xinzhi.structure.strengths.strengths_options import StrengthsOptions
from xinzhi.structure.strengths.strengths_result import StrengthsResult

FEW = StrengthsOptions(draws=20)


@pytest.fixture(scope="module")
def matrix() -> ActivityMatrix:
    return replace(capable_regions(), inputs=(InputRecord("patents.csv", "0" * 64, 6912),))


@pytest.fixture(scope="module")
def result(matrix: ActivityMatrix) -> StrengthsResult:
    return strengths(matrix, choices=FEW)


def test_the_stable_names_are_there(result: StrengthsResult):
    assert list(result.tables)[:3] == ["regions", "activities", "pairs"]
    assert {"region", "year", "eci", "diversity", "coi"} <= set(result.tables["regions"])
    assert {"activity", "year", "pci", "ubiquity"} <= set(result.tables["activities"])
    assert {"region", "activity", "year", "rca", "density", "cog"} <= set(result.tables["pairs"])
    assert result.inputs[0].name == "patents.csv"
    assert '"eci"' in dumps(result.to_dict())


def test_the_tables_hold_what_complexity_found(matrix: ActivityMatrix, result: StrengthsResult):
    found = complexity(matrix)
    for year in found.years:
        regions = result.tables["regions"].query("year == @year.year")
        assert regions["eci"].to_numpy() == pytest.approx(year.eci)
        assert regions["coi"].to_numpy() == pytest.approx(year.coi)
        assert regions["diversity"].tolist() == year.diversity.tolist()
        activities = result.tables["activities"].query("year == @year.year")
        assert activities["pci"].to_numpy() == pytest.approx(year.pci)
        assert activities["ubiquity"].tolist() == year.ubiquity.tolist()
        pairs = result.tables["pairs"].query("year == @year.year").set_index(["region", "activity"])
        at = pairs.loc[(matrix.regions[3], matrix.activities[7])]
        assert at["rca"] == pytest.approx(year.quotient.toarray()[3, 7])
        assert at["density"] == pytest.approx(year.density[3, 7])
        assert at["cog"] == pytest.approx(year.cog[3, 7], nan_ok=True)


def test_shift_share_adds_up_and_spans_all_years(matrix: ActivityMatrix, result: StrengthsResult):
    table = result.tables["shift_share"].set_index("region")
    own = matrix.slices[-1].sum(axis=1) - matrix.slices[0].sum(axis=1)
    assert table["change"].to_numpy() == pytest.approx(own)
    parts = table.drop(columns=["start", "end", "change"])
    assert parts.sum(axis=1).to_numpy() == pytest.approx(own)


def test_density_foretells_what_was_made_so(result: StrengthsResult):
    prediction = result.tables["prediction"]
    whole = prediction[prediction["start_year"].isna()].set_index("score")
    assert whole.loc["density", "auc_within"] > 0.7
    assert whole.loc["density", "gain_low"] > 0
    assert whole.loc["density", "precision"] > whole.loc["density", "base_rate"]
    rates = result.tables["calibration"]["rate"]
    assert rates.iloc[-3:].mean() > 2 * rates.iloc[:3].mean()
    (record,) = (w for w in result.warnings if "Backtest" in w.en)
    assert f"{whole.loc['density', 'precision']:.1%} were entered within 5 years" in record.en
    assert "better than a ranking by popularity" in record.en
    assert "地区内 AUC 为" in record.zh


def test_recommendations_carry_their_evidence(result: StrengthsResult):
    table = result.tables["recommendations"]
    last = result.tables["pairs"].query("year == 2023").set_index(["region", "activity"])
    fields = result.tables["fields"].set_index("activity")
    for row in table.itertuples(index=False):
        pair = last.loc[(row.region, row.activity)]
        assert bool(pair["present"]) == (row.kind == "strength")
        assert row.density == pytest.approx(pair["density"])
        assert row.growth == pytest.approx(fields.loc[row.activity, "growth"])
        assert np.isfinite(row.past_entry_rate) == (row.kind == "gap")
        assert 0 <= row.front_share <= 1
        assert row.rank_low <= row.rank_high
    assert set(table["kind"]) == {"strength", "gap"}
    assert any("leave security out" in w.en for w in result.warnings)


def test_stages_are_those_that_were_made(result: StrengthsResult):
    stages = result.tables["fields"]["stage"].to_numpy().reshape(-1, 3)
    assert not set(stages[:, 2]) & {"slowing", "saturated"}
    assert (stages[:, 2] == "accelerating").mean() > 0.6
    assert set(stages[:, 1]) <= {"slowing", "saturated", "not_determined"}
    assert np.isin(stages[:, 1], ("slowing", "saturated")).mean() > 0.8


def test_leapfrogging_lists_what_is_early_open_and_close(result: StrengthsResult):
    table = result.tables["leapfrogging"]
    assert len(table)
    fields = result.tables["fields"].set_index("activity")
    assert set(fields.loc[table["activity"], "stage"]) == {"accelerating"}
    assert table["leaders_share"].max() <= 0.5
    assert (table["density_quantile"] > 2 / 3).all()
    assert (table["region"] != table["leader"]).all()
    last = result.tables["pairs"].query("year == 2023").set_index(["region", "activity"])["present"]
    own = [bool(last.loc[key]) for key in zip(table["region"], table["activity"], strict=True)]
    assert [lane == "own" for lane in table["lane"]] == own


def test_growth_is_over_the_horizon(matrix: ActivityMatrix, result: StrengthsResult):
    now, then = (matrix.slices[k].sum(axis=0)[4] for k in (-1, -6))
    growth = result.tables["fields"].set_index("activity").loc["a04", "growth"]
    assert growth == pytest.approx((now - then) / ((now + then) / 2) / 5)


def test_dependence_makes_security_an_objective(matrix: ActivityMatrix):
    risky = dict.fromkeys(matrix.activities, 0.9) | {"a00": 0.01, "a01": 0.02}
    found = strengths(matrix, choices=FEW, dependence=risky, regions=["R01"])
    table = found.tables["recommendations"]
    assert set(table["region"]) == {"R01"}
    # nothing beats the least dependent one
    assert "a00" in set(table["activity"])
    assert not any("leave security out" in w.en for w in found.warnings)
    part = strengths(matrix, choices=FEW, dependence={"a00": 0.1, "a01": 0.2}, regions=["R01"])
    assert any("34 pairs of region and activity lack" in w.en for w in part.warnings)
    assert any("34 个地区—活动组合缺少" in w.zh for w in part.warnings)


def test_the_same_seed_gives_the_same_and_another_does_not(matrix: ActivityMatrix):
    tables = [
        strengths(matrix, choices=FEW, regions=["R02"], seed=seed).tables["recommendations"]
        for seed in (0, 0, 1)
    ]
    assert tables[0].equals(tables[1])
    assert not tables[0].equals(tables[2])
    shared = ["activity", "rank", "density", "pci"]
    assert tables[0][shared].equals(tables[2][shared])


def test_the_order_of_labels_changes_nothing(matrix: ActivityMatrix, result: StrengthsResult):
    rows, columns = (
        np.random.default_rng(3).permutation(12),
        np.random.default_rng(4).permutation(36),
    )
    turned = ActivityMatrix(
        slices=tuple(volumes[rows][:, columns] for volumes in matrix.slices),
        regions=tuple(matrix.regions[k] for k in rows),
        activities=tuple(matrix.activities[k] for k in columns),
        years=matrix.years,
    )
    other = strengths(turned, choices=FEW)
    for name, keys, skipped in (
        ("regions", ["region", "year"], ()),
        ("activities", ["activity", "year"], ()),
        ("pairs", ["region", "activity", "year"], ()),
        ("fields", ["activity"], ()),
        ("changes", ["region", "start_year"], ()),
        ("leapfrogging", ["region", "activity"], ()),
        # which regions are drawn depends on their order
        ("recommendations", ["region", "kind", "activity"], ("_low", "_high", "front_share")),
    ):
        ours, theirs = (
            frame.astype({key: str for key in keys if key not in ("year", "start_year")})
            .set_index(keys)
            .sort_index()
            for frame in (result.tables[name], other.tables[name])
        )
        kept = [c for c in ours if not str(c).endswith(skipped)] if skipped else list(ours)
        pd.testing.assert_frame_equal(ours[kept], theirs[kept], rtol=1e-7, atol=1e-9)


def test_the_unit_of_volumes_changes_no_ratio(matrix: ActivityMatrix, result: StrengthsResult):
    scaled = replace(matrix, slices=tuple(1e4 * volumes for volumes in matrix.slices))
    other = strengths(scaled, choices=FEW)
    for name in ("pairs", "changes", "prediction", "leapfrogging", "recommendations"):
        pd.testing.assert_frame_equal(other.tables[name], result.tables[name], rtol=1e-7)


def test_prediction_never_uses_pooled_years(matrix: ActivityMatrix, result: StrengthsResult):
    """A space pooled over all years would know the entries that it is to foretell."""
    pooled = strengths(matrix, ComplexityOptions(space="pooled"), FEW)
    assert pooled.tables["prediction"].equals(result.tables["prediction"])
    assert not pooled.tables["pairs"].equals(result.tables["pairs"])


def test_a_reference_gives_complexity_to_few_regions(matrix: ActivityMatrix):
    own = replace(
        matrix,
        slices=tuple(volumes[:2, 5:] for volumes in matrix.slices),
        regions=("P", "Q"),
        activities=matrix.activities[5:],
    )
    found = strengths(own, choices=FEW, reference=matrix)
    assert found.parameters["claims"]
    assert found.parameters["reference"] == list(matrix.regions)
    assert set(found.tables["regions"]["region"]) == {"P", "Q"}
    assert len(found.tables["fields"]) == 36
    assert set(found.tables["fields"]["leader"]) <= set(matrix.regions)
    expected = complexity(own, reference=matrix).years[-1]
    last = found.tables["regions"].query("year == 2023")
    assert last["eci"].to_numpy() == pytest.approx(expected.eci)
    assert set(found.tables["recommendations"]["region"]) == {"P", "Q"}
    assert found.tables["recommendations"]["front_share"].between(0, 1).all()


def test_continuous_quotients_run_through(matrix: ActivityMatrix):
    options = ComplexityOptions(presence="continuous", proximity="correlation")
    found = strengths(matrix, options, FEW)
    assert found.tables["recommendations"]["rank_low"].notna().all()
    assert found.parameters["presence"] == "continuous"


def test_too_few_activities_carry_no_complexity(matrix: ActivityMatrix):
    nine = replace(
        matrix,
        slices=tuple(volumes[:, :9] for volumes in matrix.slices),
        activities=matrix.activities[:9],
    )
    found = strengths(nine, choices=FEW)
    assert not found.parameters["claims"]
    assert found.tables["regions"]["eci"].isna().all()
    assert found.tables["regions"]["krugman"].notna().all()
    assert found.tables["pairs"]["density"].isna().all()
    assert found.tables["pairs"]["rca"].notna().all()
    assert (found.tables["changes"]["entries"] > 0).any()
    for name in ("prediction", "calibration", "leapfrogging", "recommendations", "space", "links"):
        assert found.tables[name].empty, name
    assert any("fewer than 30 activities" in w.en for w in found.warnings)
    assert any("活动少于 30 项或地区少于 3 个" in w.zh for w in found.warnings)


def test_one_year_only(matrix: ActivityMatrix):
    still = ActivityMatrix(matrix.slices[-1:], matrix.regions, matrix.activities)
    found = strengths(still, choices=FEW)
    assert "year" not in found.tables["regions"]
    assert "year" not in found.tables["pairs"]
    for name in ("shift_share", "changes", "prediction", "calibration", "leapfrogging"):
        assert found.tables[name].empty, name
    assert found.tables["recommendations"]["growth"].isna().all()
    assert len(found.tables["recommendations"])
    told = " ".join(w.en for w in found.warnings)
    assert "Without years there is no growth" in told
    assert "how often the method has been right is not known" in told
    assert any("推荐方法过去的准确率未知" in w.zh for w in found.warnings)
    dated = strengths(replace(still, years=(2023,)), choices=FEW)
    assert dated.tables["fields"]["reason"].unique().tolist() == ["few_years"]
    assert dated.tables["recommendations"]["growth"].isna().all()


def test_regions_that_share_nothing_are_reported():
    blocks = np.zeros((6, 32))
    generator = np.random.default_rng(0)
    blocks[:4, :20] = generator.random((4, 20)) * 10
    blocks[4:, 20:] = generator.random((2, 12)) * 10
    names = [f"r{k}" for k in range(6)]
    found = strengths(
        activity_matrix_of_array(blocks, names, [f"a{k}" for k in range(32)]), choices=FEW
    )
    assert any("fall into" in w.en and "r4" in w.en for w in found.warnings)
    eci = found.tables["regions"].set_index("region")["eci"]
    assert eci[["r4", "r5"]].isna().all()
    assert found.tables["recommendations"]["pci"].notna().all()


def test_dropped_labels_are_in_the_warnings():
    frame = pd.DataFrame(
        {"place": ["A", "A", "B", "C"], "field": ["x", "y", "x", "x"], "n": [1.0, 2.0, 3.0, 0.0]}
    )
    found = strengths(activity_matrix(frame, "place", "field", "n"))
    assert any("1 region(s) without any volume dropped: C" in w.en for w in found.warnings)


@pytest.mark.parametrize(
    ("options", "zh", "en"),
    [
        ({"regions": ["R0O"]}, "R0O，是否指 R", "R0O, did you mean R"),
        ({"dependence": {"a99": 0.1}}, "依赖度中有活动表没有的活动", "not in the table"),
        ({"dependence": {"a01": 1.5}}, "依赖度应在 0 和 1 之间：a01 (1.5)", "between 0 and 1: a01"),
    ],
)
def test_what_does_not_fit_the_table_is_refused(
    matrix: ActivityMatrix, options: dict, zh: str, en: str
):
    with pytest.raises(InputError) as refusal:
        strengths(matrix, choices=FEW, **options)
    assert zh in refusal.value.text("zh")
    assert en in refusal.value.text("en")


@pytest.mark.parametrize("name", ["horizon", "precision_at", "draws"])
def test_options_below_one_are_refused(name: str):
    with pytest.raises(InputError) as refusal:
        StrengthsOptions(**{name: 0})
    assert f"{name} 为 0，应不小于 1" in refusal.value.text("zh")
    assert f"{name} is 0; it must be 1 or more" in refusal.value.text("en")


def patents(folder: Path) -> pd.DataFrame:
    """Return patents applied for by kind, as the yearbooks print them."""
    table = pd.read_csv(folder / "provinces_science_technology_2000_2023.csv", dtype=str)
    own = table[(table["table"] == "RDPatentAccept") & ~table["code"].str.endswith("_hj")]
    own = own[(own["region"] != "全国") & own["value"].notna()].drop_duplicates(
        ["region", "year", "code"]
    )
    return own.assign(value=own["value"].astype(float), year=own["year"].astype(int))


def test_patents_of_31_regions(official_folder: Path):
    table = patents(official_folder)
    kinds = activity_matrix(table, "region", "label_zh", "value", "year", "patents")
    found = strengths(kinds, choices=replace(FEW, breaks=(2021,)))
    last = int(table["year"].max())
    now = table[table["year"] == last].pivot_table(
        index="region", columns="label_zh", values="value", aggfunc="sum"
    )
    share = now.div(now.sum(axis=1), axis=0) / (now.sum() / now.sum().sum())
    pairs = found.tables["pairs"].query("year == @last").set_index(["region", "activity"])["rca"]
    assert pairs.loc[("北京", "发明")] == pytest.approx(share.loc["北京", "发明"])
    assert pairs.loc[("北京", "发明")] > 1.5
    assert set(found.tables["fields"]["reason"]) == {"after_break"}
    parts = found.tables["shift_share"].set_index("region")
    summed = parts.drop(columns=["start", "end", "change"]).sum(axis=1)
    assert summed.to_numpy() == pytest.approx(parts["change"].to_numpy())
    assert not found.parameters["claims"]
