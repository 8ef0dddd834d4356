"""``xinzhi shock --draws --resilience``: the tables it adds, the words on a terminal, the costs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from xinzhi.cli import cli
from xinzhi.core import InputError

SHORT = ("--days", "60", "--stock-days", "10")


def invoked(*arguments: str | Path, event: str = "export-slump") -> Result:
    return CliRunner().invoke(cli, ["shock", "--event", event, *SHORT, *map(str, arguments)])


@pytest.fixture(scope="module")
def answer() -> dict[str, Any]:
    done = invoked("--draws", "12", "--seed", "5", "--resilience", "--json")
    assert done.exception is None, done.exception
    found: dict[str, Any] = json.loads(done.stdout, parse_constant=pytest.fail)
    return found


def test_tables_of_ensemble_and_plan_join_those_of_the_shock(answer):
    tables = answer["result"]
    assert next(iter(tables)) == "total"
    assert [row["quantile"] for row in tables["ensemble_total"]] == [0.05, 0.25, 0.5, 0.75, 0.95]
    assert len(tables["ensemble_draws"]) == 12
    assert {row["kind"] for row in tables["options"]} == {"stock", "spare_capacity"}
    assert answer["parameters"]["draws"] == 12
    assert answer["parameters"]["plan_draws"] == 12
    assert answer["parameters"]["seed"] == 5
    assert answer["parameters"]["costs"]["stock"] == 0.2


def test_nothing_joins_where_nothing_is_asked():
    found = json.loads(invoked("--json").stdout)["result"]
    assert not [name for name in found if name.startswith("ensemble") or name == "options"]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("20 draws: median gross loss", "follows most", "\n  spare capacity 2 ")),
        ("zh", ("20 次抽样：增加值总损失中位数", "最敏感的假定", "\n  备用产能 2 ")),
    ],
)
def test_a_terminal_reads_both(lang, words, tmp_path):
    costs = tmp_path / "costs.toml"
    costs.write_text('second_source = false\nspare_capacity = { "2" = 0.05 }\n', encoding="utf-8")
    asked = ("--draws", "20", "--resilience", "--costs", costs, "--lang", lang, "--quiet")
    done = invoked(*asked, event="flood")
    assert done.exception is None, done.exception
    for part in words:
        assert part in done.stdout
    assert "3 " not in done.stdout.split(words[2])[-1]  # the only sector with a cost


def test_a_plan_that_avoids_nothing_says_so():
    assert "No option avoids any loss" in invoked("--resilience", "--lang", "en").stdout


def test_costs_with_mistakes_are_refused(tmp_path):
    costs = tmp_path / "costs.toml"
    costs.write_text("stocks = 0.2\n", encoding="utf-8")
    refused = invoked("--resilience", "--costs", costs)
    assert isinstance(refused.exception, InputError)
    assert "costs have no stocks" in refused.exception.message.en
    costs.write_text("stock = \n", encoding="utf-8")
    assert "not valid TOML" in str(invoked("--resilience", "--costs", costs).exception)
