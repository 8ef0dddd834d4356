"""Data packs: larger public data sets, fetched on demand from their public home and checked.

A pack is a list of files at one commit of one public repository, each with its sha256. A file is
used only when its sha256 is the stated one, wherever it came from; R data files are parsed as data
and nothing in them is ever run.
"""

from __future__ import annotations

import difflib
import hashlib
import logging
import os
import shutil
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from xinzhi.core import ComputationError, InputError, InputRecord, Text, replacing
from xinzhi.core.optional import imported
from xinzhi.data.findings import listed

CACHE_VARIABLE = "XINZHI_CACHE"
_EXTRA = "packs"
_TIMEOUT = 30.0  # seconds without an answer
# Classes that tables carry in R beside data.frame; their content is the same.
_TABLE_CLASSES = ("tbl_df", "spec_tbl_df", "grouped_df", "rowwise_df", "data.table")


@dataclass(frozen=True)
class PackFile:
    """One file of a pack; ``sha256`` in lower-case hexadecimal digits."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Pack:
    """A public data set.

    repository, commit : its public home, owner/name, and the state of it that is meant
    url : where the files lie, ending in a slash
    reader : what the files are, a key of ``READERS``
    """

    id: str
    title: Text
    repository: str
    commit: str
    url: str
    licence: Text
    citation: Text
    reader: str
    files: tuple[PackFile, ...]


@cache
def packs() -> Mapping[str, Pack]:
    """Return every pack in the registry by its id."""
    folder = resources.files("xinzhi.data") / "pack_lists"
    entries = sorted((p for p in folder.iterdir() if p.name.endswith(".toml")), key=str)
    found = [_pack(tomllib.loads(entry.read_text("utf-8"))) for entry in entries]
    return MappingProxyType({pack.id: pack for pack in found})


def find_pack(name: str) -> Pack:
    """Return the pack with this id.

    Raises : InputError with the nearest id and the list of them
    """
    if name in packs():
        return packs()[name]
    near = difflib.get_close_matches(name, list(packs()), 1, 0.5)
    guess = (f"，是否指 {near[0]}？", f", did you mean {near[0]}?") if near else ("", "")
    shown = listed(packs(), 40)
    raise InputError(
        Text(f"没有数据包 {name}{guess[0]}", f"no data pack {name}{guess[1]}"),
        remedy=Text(f"现有数据包：{shown.zh}", f"The packs are: {shown.en}"),
    )


def cache_folder() -> Path:
    """Return the folder of downloaded packs: ``XINZHI_CACHE`` if set, else the user's cache.

    Raises : ComputationError where pooch is not installed and the variable is not set
    """
    given = os.environ.get(CACHE_VARIABLE)
    return Path(given).expanduser() if given else Path(imported("pooch", _EXTRA).os_cache("xinzhi"))


def pack_folder(pack: str | Pack) -> Path:
    """Return where the files of a pack lie, or will lie; one folder for each commit."""
    pack = _known(pack)
    return cache_folder() / "packs" / pack.id / pack.commit[:12]


def pack_is_present(pack: str | Pack) -> bool:
    """Tell whether every file of a pack is in the cache, whole and unchanged."""
    pack = _known(pack)
    try:
        folder = pack_folder(pack)
    except ComputationError:  # without pooch nothing can have been downloaded
        return False
    return all(_is_whole(folder / file.name, file) for file in pack.files)


def get_pack(
    pack: str | Pack, mirror: str | Path | None = None, progress: bool = False
) -> tuple[Path, ...]:
    """Bring the files of a pack into the cache and return their paths.

    Files that are there already and whole are not fetched again, so that an interrupted download
    of a pack goes on with the first missing file; a file that came in part is dropped and fetched
    anew.

    pack : id, or a pack of one's own
    mirror : a folder that holds the files under their own names, instead of the network
    progress : show a progress bar for each file on standard error
    Raises : InputError for an unknown pack, or a mirror that lacks a file or holds another version
        of it (all such files are named); ComputationError where the network fails, the file at the
        address is another one than stated, or pooch is not installed
    """
    pack = _known(pack)
    folder = pack_folder(pack)
    missing = [file for file in pack.files if not _is_whole(folder / file.name, file)]
    if missing and mirror is not None:
        _copy(pack, missing, Path(mirror), folder)
    elif missing:
        _download(pack, missing, folder, progress)
    return tuple(folder / file.name for file in pack.files)


def read_pack(pack: str | Pack, file: str | None = None) -> dict[str, pd.DataFrame]:
    """Read the tables of a pack that is in the cache.

    file : only the file of this name without its ending, if the pack has it; all by default
    Returns : name of the table → table, rows and columns as they stand in the file; the tables of
        a list are called NAME/ELEMENT
    Raises : ComputationError, with the command that fetches it, where the pack is not in the
        cache; where a file holds something else than tables, or rdata is not installed
    """
    pack = _known(pack)
    if not pack_is_present(pack):
        raise ComputationError(
            Text(
                f"数据包 {pack.id}（{pack.title.zh}）不在本机，或其文件已改动",
                f"data pack {pack.id} ({pack.title.en}) is not on this computer, "
                "or its files were changed",
            ),
            remedy=Text(
                f"取得它：xinzhi data pack get {pack.id}", f"Get it: xinzhi data pack get {pack.id}"
            ),
        )
    read, folder = READERS[pack.reader], pack_folder(pack)
    stems = [Path(each.name).stem for each in pack.files]
    tables: dict[str, pd.DataFrame] = {}
    for each, stem in zip(pack.files, stems, strict=True):
        if file not in stems or stem == file:
            tables |= read(folder / each.name)
    return tables


def pack_records(pack: str | Pack, tables: Mapping[str, pd.DataFrame]) -> tuple[InputRecord, ...]:
    """Return what a result states about a pack as its input: each file, its sha256, its rows.

    tables : as ``read_pack`` gives
    """
    pack = _known(pack)
    rows = {name: len(table) for name, table in tables.items()}
    return tuple(
        InputRecord(
            f"{pack.id}/{file.name}",
            file.sha256,
            sum(n for name, n in rows.items() if name.split("/")[0] == Path(file.name).stem),
        )
        for file in pack.files
    )


def read_rda(path: Path) -> dict[str, pd.DataFrame]:
    """Read the tables of one R data file: data frames, matrices, and lists of them.

    Raises : ComputationError for a file that is damaged or holds something else than tables
    """
    rdata = imported("rdata", _EXTRA)
    known = rdata.conversion.DEFAULT_CLASS_MAP
    classes = {**known, **dict.fromkeys(_TABLE_CLASSES, known["data.frame"])}
    try:
        content = rdata.read_rda(path, constructor_dict=classes, default_encoding="utf-8")
    except Exception as error:  # the parser raises whatever a damaged file makes it stumble on
        raise ComputationError(
            Text(
                f"{path.name}：不是可读的 R 数据文件（{type(error).__name__}）",
                f"{path.name}: not a readable R data file ({type(error).__name__})",
            ),
            remedy=Text("删除该文件后重新取得。", "Delete the file and get it again."),
        ) from error
    tables: dict[str, pd.DataFrame] = {}
    for name, value in content.items():
        tables |= dict(_tables(name, value, path.name))
    return tables


READERS: Mapping[str, Callable[[Path], dict[str, pd.DataFrame]]] = MappingProxyType(
    {"rda": read_rda}
)


def _tables(name: str, value: Any, file: str) -> Iterator[tuple[str, pd.DataFrame]]:
    if isinstance(value, pd.DataFrame):
        yield name, value.reset_index(drop=True).rename(columns=str)
    elif isinstance(value, xr.DataArray) and value.ndim == 2:
        yield name, pd.DataFrame(value.to_pandas()).rename(columns=str)
    elif isinstance(value, np.ndarray) and value.ndim == 2:
        yield name, pd.DataFrame(value).rename(columns=str)
    elif isinstance(value, Mapping) and value:
        for key, part in value.items():
            yield from _tables(f"{name}/{key}", part, file)
    elif isinstance(value, list) and value:
        for place, part in enumerate(value, 1):
            yield from _tables(f"{name}/{place}", part, file)
    else:
        kind = type(value).__name__
        raise ComputationError(
            Text(
                f"{file}：{name} 不是表（{kind}）",
                f"{file}: {name} is not a table ({kind})",
            )
        )


def _pack(entry: Mapping[str, Any]) -> Pack:
    return Pack(
        **{key: entry[key] for key in ("id", "repository", "commit", "url", "reader")},
        title=Text(**entry["title"]),
        licence=Text(**entry["licence"]),
        citation=Text(**entry["citation"]),
        files=tuple(PackFile(**file) for file in entry["file"]),
    )


def _known(pack: str | Pack) -> Pack:
    return find_pack(pack) if isinstance(pack, str) else pack


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _is_whole(path: Path, file: PackFile) -> bool:
    return path.is_file() and _sha256(path) == file.sha256


def _copy(pack: Pack, files: list[PackFile], mirror: Path, folder: Path) -> None:
    if not mirror.is_dir():
        raise InputError(
            Text(f"{mirror}：没有这个文件夹", f"{mirror}: no such folder"),
            remedy=_by_hand(pack, files, folder),
        )
    problems = [problem for file in files if (problem := _mirror_problem(mirror, file))]
    if problems:
        raise InputError(
            Text(
                f"{mirror}：数据包 {pack.id} 的文件不全或不符",
                f"{mirror}: files of data pack {pack.id} are missing or different",
            ),
            problems,
            _by_hand(pack, files, folder),
        )
    for file in files:
        with replacing(folder / file.name, force=True) as temporary:
            shutil.copyfile(mirror / file.name, temporary)
            if not _is_whole(temporary, file):  # changed since it was looked at
                raise InputError(_mismatch(file, _sha256(temporary)))


def _mirror_problem(mirror: Path, file: PackFile) -> Text | None:
    path = mirror / file.name
    if not path.is_file():
        return Text(f"{file.name}：没有这个文件", f"{file.name}: no such file")
    found = _sha256(path)
    return None if found == file.sha256 else _mismatch(file, found)


def _mismatch(file: PackFile, found: str) -> Text:
    return Text(
        f"{file.name}：内容不是所要的版本（sha256 应为 {file.sha256}，实为 {found}）",
        f"{file.name}: not the stated version (sha256 should be {file.sha256}, it is {found})",
    )


def _by_hand(pack: Pack, files: list[PackFile], folder: Path) -> Text:
    names = listed((file.name for file in files), 40)
    return Text(
        f"请从 {pack.url} 取得 {names.zh}，放到 {folder}；"
        f"或放在任一文件夹，运行 xinzhi data pack get {pack.id} --mirror 文件夹。",
        f"Take {names.en} from {pack.url} and put them into {folder}; or into any folder, "
        f"and run: xinzhi data pack get {pack.id} --mirror FOLDER",
    )


def _download(pack: Pack, files: list[PackFile], folder: Path, progress: bool) -> None:
    pooch = imported("pooch", _EXTRA)
    fetcher = pooch.create(
        path=folder,
        base_url=pack.url,
        registry={file.name: f"sha256:{file.sha256}" for file in files},
    )
    answers: list[Any] = []
    downloader = pooch.HTTPDownloader(
        progressbar=progress,
        timeout=_TIMEOUT,
        hooks={"response": lambda answer, *_args, **_options: answers.append(answer)},
    )
    for place, file in enumerate(files):
        try:
            with _quiet(pooch.get_logger()):
                fetcher.fetch(file.name, downloader=downloader)
        except (ValueError, OSError) as error:  # what requests raises is an OSError
            raise _failure(pack, file, files[place:], folder, error) from error
        finally:
            for answer in answers:  # pooch leaves the connection of a failed download open
                answer.close()
            answers.clear()


def _failure(
    pack: Pack, file: PackFile, rest: list[PackFile], folder: Path, error: Exception
) -> ComputationError:
    reason = _reason(error)
    return ComputationError(
        Text(
            f"数据包 {pack.id}：未能下载 {file.name}：{reason.zh}",
            f"data pack {pack.id}: {file.name} could not be downloaded: {reason.en}",
        ),
        [Text(f"地址：{pack.url}{file.name}", f"address: {pack.url}{file.name}")],
        Text(
            f"联网后重试，已取得的文件不会重复下载。或者：{_by_hand(pack, rest, folder).zh}",
            "Try again when connected: files that are there are not fetched again. Or: "
            + _by_hand(pack, rest, folder).en,
        ),
    )


def _reason(error: Exception) -> Text:
    from requests import exceptions

    if isinstance(error, exceptions.HTTPError) and error.response is not None:
        code = error.response.status_code
        return Text(f"服务器答复 {code}", f"the server answered {code}")
    if isinstance(error, exceptions.Timeout):
        return Text("服务器没有答复", "the server did not answer")
    if isinstance(error, exceptions.ChunkedEncodingError):
        return Text("传输中断", "the transfer was interrupted")
    if isinstance(error, exceptions.RequestException):
        return Text("无法连接（是否离线？）", "no connection (offline?)")
    if isinstance(error, OSError):
        return Text(f"无法写入缓存（{error}）", f"the cache cannot be written ({error})")
    return Text(
        "所得文件的 sha256 与登记的不符，已丢弃",
        "the file that came has another sha256 than the registered one, and was dropped",
    )


@contextmanager
def _quiet(logger: logging.Logger) -> Iterator[None]:
    """Keep pooch's own messages off the terminal for the time of a download."""
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
