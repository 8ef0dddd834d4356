"""Writing files so that a reader never meets half of one."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xinzhi.core.errors import InputError
from xinzhi.core.text import Text


@contextmanager
def replacing(path: Path, force: bool = False) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; rename it into place if the block succeeds.

    A file that is replaced keeps its rights; a new one can be read by everyone.

    Raises : InputError if ``path`` exists and ``force`` is false, or its folder cannot be written
    """
    if path.is_dir():
        raise InputError(
            Text(
                f"{path}：这是文件夹，需要的是文件名", f"{path}: is a folder, a file name is needed"
            )
        )
    if path.exists() and not force:
        raise InputError(
            Text(f"{path}：文件已存在", f"{path}: the file exists already"),
            remedy=Text("换一个名字，或加 --force 覆盖。", "Choose another name, or add --force."),
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent
        )
    except OSError as error:
        raise InputError(
            Text(
                f"{path}：无法写入（{error.strerror}）",
                f"{path}: cannot be written ({error.strerror})",
            ),
            remedy=Text("请选择可写的文件夹。", "Choose a folder that can be written to."),
        ) from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
