"""Packages that only some capabilities need: imported when used, or named with their install."""

from __future__ import annotations

import importlib
from typing import Any

from xinzhi.core.errors import ComputationError
from xinzhi.core.text import Text


def imported(module: str, extra: str) -> Any:
    """Return a module that belongs to an extra of Xinzhi.

    Raises : ComputationError with the install command where it is not installed
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        package = module.split(".", maxsplit=1)[0]
        command = f'pip install "xinzhi[{extra}]"'
        raise ComputationError(
            Text(
                f"此功能需要 {package}，尚未安装", f"this needs {package}, which is not installed"
            ),
            remedy=Text(f"安装：{command}", f"Install it with: {command}"),
        ) from error
