"""The commands: each parses its options, calls the function of the same name, and renders."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click

import xinzhi
from xinzhi.cli.assessing import assess
from xinzhi.cli.disparities import disparity
from xinzhi.cli.figures import data
from xinzhi.cli.financing import finance
from xinzhi.cli.frontiers import frontier
from xinzhi.cli.innovating import innovation
from xinzhi.cli.language import LANGUAGE, say
from xinzhi.cli.measuring import coupling, index
from xinzhi.cli.producing import productivity
from xinzhi.cli.shocking import shock
from xinzhi.cli.staffing import talent
from xinzhi.cli.strengthening import strengths
from xinzhi.cli.structuring import chokepoints, inputoutput
from xinzhi.cli.transitioning import transition
from xinzhi.cli.watching import watch
from xinzhi.cli.workshop import check, diff, import_, new, pack, template

__all__ = ["cli", "main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(xinzhi.__version__, prog_name="xinzhi")
def cli() -> None:
    """Start here."""


cli.help = say(
    "新质：由官方统计数据得出区域产业战略，每个数字都可追溯。\n\n试试：xinzhi assess 上海",
    "Xinzhi: regional industrial strategy from official statistics, every number traceable.\n\n"
    "Try: xinzhi assess Shanghai",
)


for _command in (
    assess,
    chokepoints,
    coupling,
    data,
    disparity,
    finance,
    frontier,
    index,
    innovation,
    inputoutput,
    new,
    productivity,
    shock,
    strengths,
    talent,
    transition,
    watch,
):
    cli.add_command(_command)
for _command in (check, diff, import_, pack, template):
    data.add_command(_command)


def _fail(message: str, status: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(status)


def main() -> None:
    """Run a command; errors become a short message and an exit status."""
    debug = "--debug" in sys.argv
    try:
        cli.main(standalone_mode=False, prog_name="xinzhi")
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        _fail(f"{say('用法错误：', 'usage: ')}{error.format_message()}", 2)
    except (click.Abort, KeyboardInterrupt):
        _fail(say("已中断。", "interrupted."), 130)
    except BrokenPipeError:
        os._exit(0)  # the reader has what it wanted; nothing more can be printed
    except Exception as error:
        from xinzhi.core import XinzhiError

        if debug:
            raise
        if isinstance(error, XinzhiError):
            _fail(error.text(LANGUAGE), error.exit_status)
        _fail(
            say(
                f"内部错误：{type(error).__name__}：{error}\n加 --debug 查看细节，并请报告。",
                f"internal error: {type(error).__name__}: {error}\n"
                "Add --debug to see where, and please report it.",
            ),
            1,
        )
