"""Errors, results, strict JSON, atomic files, and runs that do not depend on the workers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xinzhi.core import (
    ComputationError,
    InputError,
    InputRecord,
    Result,
    Text,
    dumps,
    replacing,
    run_many,
    text_from,
)


def test_an_error_says_what_where_and_what_to_do_in_both_languages():
    error = InputError(
        Text("文件有误", "the file is wrong"),
        [Text("第 3 行", "row 3")],
        Text("改正。", "Correct it."),
    )
    assert str(error) == "the file is wrong\n  row 3\nCorrect it."
    assert error.text("zh") == "文件有误\n  第 3 行\n改正。"
    assert error.exit_status == 2
    assert ComputationError(Text("无解", "no solution")).exit_status == 1


def test_text_from_toml_values():
    assert text_from("x", "f") == Text("x", "x")
    assert text_from({"zh": "甲"}, "f") == Text("甲", "甲")
    assert text_from({"zh": "甲", "en": "A"}, "f") == Text("甲", "A")
    assert text_from(None, "f") == Text("f", "f")


def test_json_is_strict_and_keeps_chinese():
    value = {
        "nan": float("nan"),
        "inf": np.float64("inf"),
        "array": np.array([1, 2]),
        "text": Text("上海", "Shanghai"),
        "whole": np.int64(3),
        "none": pd.NA,
    }
    text = dumps(value)
    assert "上海" in text
    assert json.loads(text, parse_constant=pytest.fail) == {
        "nan": None,
        "inf": None,
        "array": [1, 2],
        "text": {"zh": "上海", "en": "Shanghai"},
        "whole": 3,
        "none": None,
    }
    with pytest.raises(TypeError, match="no JSON form"):
        dumps(object())


def test_a_result_is_frozen_and_hands_out_copies():
    table = pd.DataFrame({"region": pd.Categorical(["上海"]), "score": [np.nan]})
    result = Result({"scores": table}, inputs=(InputRecord("f", "0" * 64, 1),))
    copy = result.to_frame()
    copy.loc[0, "score"] = 1.0
    assert np.isnan(result.to_frame("scores")["score"][0])
    assert result.to_dict() == {"scores": [{"region": "上海", "score": None}]}
    with pytest.raises(AttributeError):
        result.units = {}  # type: ignore[misc]
    with pytest.raises(TypeError):
        result.tables["scores"] = table  # type: ignore[index]
    with pytest.raises(InputError, match="no table named nothing; there are: scores"):
        result.to_frame("nothing")
    with pytest.raises(InputError, match="has no chart"):
        result.plot()


def test_a_notebook_shows_warnings_and_escapes_them():
    result = Result({"t": pd.DataFrame({"x": ["<b>"]})}, warnings=(Text("<i>", "<i>"),))
    shown = result._repr_html_()
    assert "<i>" not in shown
    assert "&lt;b&gt;" in shown


def _draw(item: int, seeds: np.random.SeedSequence) -> float:
    return item + float(np.random.default_rng(seeds).random())


def test_run_many_does_not_depend_on_the_workers_and_keeps_order():
    alone = run_many(_draw, range(6), seed=7)
    together = run_many(_draw, range(6), seed=7, workers=2)
    assert alone == together
    assert [int(value) for value in alone] == list(range(6))
    assert run_many(_draw, range(6), seed=8) != alone
    assert run_many(_draw, [], seed=0) == []


def test_a_failed_write_leaves_the_old_file_and_no_traces(tmp_path: Path):
    target = tmp_path / "out.txt"
    target.write_text("old")

    def fail() -> None:
        with replacing(target, force=True) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.txt"]
    with pytest.raises(InputError, match="exists already"), replacing(target):
        pass
    with pytest.raises(InputError, match="is a folder"), replacing(tmp_path):
        pass
    with replacing(target, force=True) as temporary:
        temporary.write_text("new")
    assert target.read_text() == "new"
    assert target.stat().st_mode & 0o777 == 0o644
    target.chmod(0o600)  # a private file stays private
    with replacing(target, force=True) as temporary:
        temporary.write_text("newer")
    assert (target.read_text(), target.stat().st_mode & 0o777) == ("newer", 0o600)
    with pytest.raises(InputError, match="cannot be written"), replacing(target / "below" / "x"):
        pass
