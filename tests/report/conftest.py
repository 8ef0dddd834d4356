"""The report of Shanghai, made once, without any data pack."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from xinzhi.data import embedded_panel, load_system
from xinzhi.measure import Uncertainty
from xinzhi.report import AssessResult, assess, write_report


@pytest.fixture(scope="session")
def connections() -> list[str]:
    """Return what was asked of a network while the report of Shanghai was made."""
    return []


@pytest.fixture(scope="session")
def shanghai(no_packs: Path, connections: list[str]) -> AssessResult:
    def refuse(*asked: object) -> None:
        connections.append(repr(asked))
        raise OSError("no network")

    system = load_system("four_chains")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        return assess(embedded_panel(), system, "上海", uncertainty=Uncertainty(draws=600))


@pytest.fixture(scope="session")
def folder(shanghai: AssessResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("report")
    write_report(shanghai, place)
    return place
