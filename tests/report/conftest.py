"""The report of Shanghai, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from xinzhi.data import embedded_panel, load_system
from xinzhi.measure import Uncertainty
from xinzhi.report import AssessResult, assess, write_report


@pytest.fixture(scope="session")
def shanghai() -> AssessResult:
    system = load_system("four_chains")
    return assess(embedded_panel(), system, "上海", uncertainty=Uncertainty(draws=600))


@pytest.fixture(scope="session")
def folder(shanghai: AssessResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("report")
    write_report(shanghai, place)
    return place
