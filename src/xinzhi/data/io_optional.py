"""The packages that only some forms of input–output tables need."""

from __future__ import annotations

import importlib
from typing import Any

from xinzhi.core import ComputationError, Text


def required(module: str) -> Any:
    """Return a module of the extra ``inputoutput``.

    Raises : ComputationError with the install command where it is not installed
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        package = module.split(".", maxsplit=1)[0]
        raise ComputationError(
            Text(
                f"此功能需要 {package}，尚未安装", f"this needs {package}, which is not installed"
            ),
            remedy=Text(
                '安装：pip install "xinzhi[inputoutput]"',
                'Install it with: pip install "xinzhi[inputoutput]"',
            ),
        ) from error
