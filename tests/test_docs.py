"""The pages: their examples run and print what stands there, their links lead somewhere, and the
numbers in the README come from a run."""

from __future__ import annotations

import re
import runpy
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.processes import run_xinzhi
from xinzhi.data import embedded_panel, load_system
from xinzhi.measure import CouplingResult, IndexResult, Uncertainty, coupling, index

REPOSITORY = Path(__file__).resolve().parents[1]
DOCS = SimpleNamespace(**runpy.run_path(str(REPOSITORY / "scripts" / "build_docs.py")))
PAGES = DOCS.pages()
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
README, README_ZH = REPOSITORY / "README.md", REPOSITORY / "README.zh-CN.md"


def title(page: Path) -> str:
    return str(page.relative_to(REPOSITORY))


@pytest.mark.parametrize("page", PAGES, ids=title)
def test_examples_print_what_the_page_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    for example in DOCS.examples(page, tmp_path, run_xinzhi):
        where = f"{title(page)}, line {example.start + 1}"
        assert example.agrees, (
            f"{where}: run python scripts/build_docs.py --examples\n{example.actual}"
        )


def test_an_example_that_prints_something_else_is_found(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n", encoding="utf-8")
    (example,) = DOCS.examples(page, tmp_path)
    assert not example.agrees
    page.write_text("```python\nprint('a b c')\n```\n\n```text\na … c\n```\n", encoding="utf-8")
    (example,) = DOCS.examples(page, tmp_path)
    assert example.agrees


def test_the_help_of_every_command_is_on_its_page():
    assert DOCS.cli_page(run_xinzhi) == DOCS.CLI_PAGE.read_text(encoding="utf-8"), (
        "run python scripts/build_docs.py"
    )


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings as repository hosts make them."""
    found = HEADING.findall(page.read_text(encoding="utf-8"))
    words = (re.sub(r"[^\w\- ]", "", heading.replace("`", "").strip().lower()) for heading in found)
    return {word.replace(" ", "-") for word in words}


@pytest.mark.parametrize("page", [*PAGES, REPOSITORY / "CHANGELOG.md"], ids=title)
def test_links_lead_somewhere(page: Path):
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        other = (page.parent / path).resolve() if path else page
        assert other.exists(), f"{title(page)} links to {target}"
        assert not anchor or anchor in anchors(other), f"{title(page)} links to {target}"


@pytest.mark.parametrize("page", sorted((REPOSITORY / "docs").rglob("*.md")), ids=title)
def test_pages_begin_with_a_summary_in_chinese(page: Path):
    head = page.read_text(encoding="utf-8").splitlines()[2]
    assert head.startswith("**中文摘要。**")
    assert not re.search(r"[\u4e00-\u9fff][,;:?!]", head), "full-width punctuation in Chinese"


@pytest.mark.parametrize(
    "page", sorted((REPOSITORY / "docs" / "capabilities").glob("*.md")), ids=title
)
def test_capability_pages_end_with_limits(page: Path):
    assert HEADING.findall(page.read_text(encoding="utf-8"))[-1] == "Limits"


# The numbers of the README, worded as they stand there.


@cache
def results() -> tuple[IndexResult, CouplingResult]:
    system = load_system("four_chains")
    values = system.evaluate(embedded_panel())
    scores = index(values, system, uncertainty=Uncertainty(draws=10_000), seed=0)
    return scores, coupling(scores)


def sentences() -> list[tuple[Path, str]]:
    scores, coupled = results()
    last = "region == '上海' and year == 2023"
    whole = scores.to_frame().query(f"{last} and node == 'four_chains'").iloc[0]
    joint = coupled.to_frame().query(last).iloc[0]
    largest = coupled.to_frame("obstacles").query(last).nlargest(1, "obstacle").iloc[0]
    panel = embedded_panel()
    unsure = coupled.to_frame().query("year == 2023 and lagging == 'not determined'")
    between = coupled.to_frame("correlations")["spearman"]
    chains = {"talent": ("talent", "人才链")}
    obstacles = {"students_per_head": ("students per head", "每万人在校学生数")}
    place = (f"{whole['rank']:.0f}", f"{whole.rank_low:.0f}", f"{whole.rank_high:.0f}")
    band = (
        f"{joint.coordination:.3f}",
        f"{joint.coordination_low:.3f}",
        f"{joint.coordination_high:.3f}",
    )
    lagging, lagging_zh = chains[joint.lagging]
    obstacle, obstacle_zh = obstacles[largest.indicator]
    agreed, missing = f"{joint.lagging_agreement:.0%}", f"{largest.obstacle:.0%}"
    correlated = f"{between.min():.2f}", f"{between.max():.2f}"
    return [
        (README, f"ranks {place[0]} of 31 ({place[1]} to {place[2]} in 95 % of 10,000 draws)"),
        (README, f"coordination is {band[0]} ({band[1]} to {band[2]})"),
        (README, f"the {lagging} chain lags in {agreed.replace('%', ' %')} of the draws"),
        (README, f"{obstacle}, {missing.replace('%', ' %')} of the distance"),
        (README, f"{len(unsure)} of 31 regions no chain is named"),
        (README, f"{len(panel.frame):,} figures of {len(panel.indicators)} indicators"),
        (README, f"between {correlated[0]} and {correlated[1]}"),
        (
            README_ZH,
            f"31 个地区中居第 {place[0]} 位（1 万次抽样的 95% 区间：第 {place[1]}—{place[2]} 位）",
        ),
        (README_ZH, f"耦合协调度 {band[0]}（{band[1]}—{band[2]}）"),
        (README_ZH, f"{lagging_zh}滞后（{agreed} 的抽样一致）"),
        (README_ZH, f"{obstacle_zh}，占差距的 {missing}"),
        (README_ZH, f"31 个地区中有 {len(unsure)} 个不点名"),
        (README_ZH, f"{len(panel.indicators)} 个指标、{len(panel.frame):,} 个数字"),
        (README_ZH, f"{correlated[0]}—{correlated[1]} 之间"),
    ]


def test_the_numbers_of_the_readme_come_from_a_run():
    for page, sentence in sentences():
        text = " ".join(page.read_text(encoding="utf-8").split())
        assert sentence in text, f"{title(page)}: {sentence}"


@pytest.mark.parametrize("page", [README, README_ZH], ids=title)
def test_a_readme_shows_one_small_picture(page: Path):
    pictures = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    ((words, path),) = pictures
    assert len(words) > 20, "a picture needs words for those who cannot see it"
    assert (page.parent / path).stat().st_size < 200_000
