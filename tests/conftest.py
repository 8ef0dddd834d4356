"""What tests share: the official files beside the repository, and the rule that CI never skips."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from xinzhi.data.pack_registry import CACHE_VARIABLE

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"

settings.register_profile(
    "xinzhi",
    deadline=None,  # machines differ; speed is measured in bench/
    derandomize=True,
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("xinzhi")


def skip_or_fail(reason: str) -> None:
    """Skip where something outside the repository is absent; in CI that is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"in CI this must not be skipped: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def figures_folder() -> Path:
    """Return the folder of published figures that the embedded ones are built from."""
    folder = SHARED / "data" / "figures"
    if not folder.is_dir():
        skip_or_fail("the published figures do not lie beside the repository")
    return folder


@pytest.fixture(scope="session")
def official_folder() -> Path:
    """Return the folder of official tables, which are read in place and never copied."""
    folder = SHARED / "data" / "official"
    if not folder.is_dir():
        skip_or_fail("the official tables do not lie beside the repository")
    return folder


@pytest.fixture(scope="session", autouse=True)
def no_packs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the user's own cache out of the tests."""
    place = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(place))
        yield place
