"""What the commands that plan on a case share: its name, its structure, the rule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from xinzhi.cli.io_tables import read_table
from xinzhi.cli.language import say

if TYPE_CHECKING:
    from xinzhi.data.io_table import IOTable

structure_option = click.option(
    "--table",
    "table_path",
    type=click.Path(path_type=Path),
    metavar="FILE|PACK/TABLE",
    help=say(
        "用这张投入产出表的投入系数替换案例自带的；结果注明所用结构",
        "an input–output table whose input coefficients replace the case's; the result names "
        "the structure used",
    ),
)

rule_option = click.option(
    "--no-build-before-retire",
    is_flag=True,
    help=say("不加先立后破的规则", "solve without the build-before-retire rule"),
)


def structure_table(path: Path | None) -> IOTable | None:
    """Return the table whose structure replaces the case's, where one is given."""
    return None if path is None else read_table(path)


def named_case(case: str | None) -> str:
    """Return the case named on the command line.

    Raises : InputError listing the shipped cases where none is named
    """
    from xinzhi.core import InputError, Text
    from xinzhi.data.cases import cases

    if case is None:
        known = cases()
        raise InputError(
            Text("没有给出案例", "no case is given"),
            remedy=Text(
                f"给出随附的案例（{'、'.join(known)}）或自己的 TOML 文件；"
                "xinzhi transition --new-case 由投入产出表生成一份。",
                f"Name a shipped case ({', '.join(known)}) or a TOML file of your own; xinzhi "
                "transition --new-case makes one of an input–output table.",
            ),
        )
    return case
