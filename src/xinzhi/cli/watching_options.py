"""Labelled events and the technology-risk register, as options of ``watch`` and ``assess``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xinzhi.cli.language import say
from xinzhi.cli.options import option_group

if TYPE_CHECKING:
    from xinzhi.data import Panel
    from xinzhi.report.watching import Watching

watching_options = option_group(
    click.option(
        "--events",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=say(
            "标注事件（CSV、TSV、XLSX）：地区、年份两列，可加事件名；没有就只陈述事实，不亮灯",
            "labelled events (CSV, TSV, XLSX): region and year, perhaps a name; without them facts "
            "are shown and no lights",
        ),
    ),
    click.option(
        "--register",
        "register_path",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=say(
            "技术风险登记表（TOML、CSV、XLSX）：数据安全、隐私、技术伦理、滥用风险",
            "technology-risk register (TOML, CSV, XLSX): data security, privacy, ethics, misuse",
        ),
    ),
    click.option(
        "--as-of",
        metavar="2026-03-01",
        help=say("判断复核逾期的日期；缺省为今天", "date of overdue reviews; by default today"),
    ),
)


def watching_of(panel: Panel, options: Mapping[str, Any]) -> Watching:
    """Read the events and the register that the options name."""
    from xinzhi.data.event_labels import read_event_labels
    from xinzhi.data.risk_register import read_risk_register
    from xinzhi.report.watching import Watching

    events, register = options["events"], options["register_path"]
    return Watching(
        events=None if events is None else read_event_labels(events, panel.regions),
        register=None if register is None else read_risk_register(register),
        as_of=None if register is None else _day(options["as_of"]),
    )


def _day(text: str | None) -> date:
    """Return the date against which reviews are overdue; that is the one use of the clock."""
    from xinzhi.core import InputError, Text
    from xinzhi.data.risk_register import date_of

    if text is None:
        return date.today()
    found = date_of(text)
    if found is None:
        raise InputError(
            Text(f"--as-of {text}：不是日期", f"--as-of {text}: not a date"),
            remedy=Text("写作 2026-03-01。", "Write 2026-03-01."),
        )
    return found
