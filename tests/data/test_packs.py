"""Data packs: the registry, fetching them from a server or a folder, and reading R data files."""

from __future__ import annotations

import hashlib
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pandas as pd
import pytest
import rdata
from hypothesis import given
from hypothesis import strategies as st

from xinzhi.core import ComputationError, InputError, Text, XinzhiError
from xinzhi.data.pack_registry import (
    READERS,
    Pack,
    PackFile,
    find_pack,
    get_pack,
    pack_folder,
    pack_is_present,
    pack_records,
    packs,
    read_pack,
    read_rda,
)

# rdata writes the text that Python keeps, not that of pyarrow
with pd.option_context("mode.string_storage", "python"):
    TABLE = pd.DataFrame(
        {
            "province": ["全国", "上   海", "西藏"],
            "year": ["2022", "2022", "2022"],
            "value": [3.5, 1.25, np.nan],
            "units": ["亿元"] * 3,
        }
    )


@dataclass
class Site:
    """A server on 127.0.0.1: what it serves, and what it was asked for."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)


@contextmanager
def serving() -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.lstrip("/")
            site.asked.append(name)
            body = site.files.get(name)
            if body is None:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if name in site.cut else body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.url = f"http://127.0.0.1:{server.server_port}/"
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XINZHI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path / "cache"


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as started:
        yield started


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the bytes of two small R data files."""
    folder = tmp_path_factory.mktemp("rda")
    rdata.write_rda(folder / "table.rda", {"table": TABLE})
    rdata.write_rda(folder / "years.rda", {"years": {"1995": TABLE, "2000": TABLE.head(1)}})
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def small_pack(contents: dict[str, bytes], url: str = "http://127.0.0.1:9/") -> Pack:
    return Pack(
        id="small",
        title=Text("小数据包", "a small pack"),
        repository="nobody/nothing",
        commit="0123456789abcdef0123456789abcdef01234567",
        url=url,
        licence=Text("无", "none"),
        citation=Text("无", "none"),
        reader="rda",
        files=tuple(
            PackFile(name, hashlib.sha256(data).hexdigest())
            for name, data in sorted(contents.items())
        ),
    )


@pytest.fixture
def pack(site: Site, contents: dict[str, bytes]) -> Pack:
    site.files = dict(contents)
    return small_pack(contents, site.url)


def in_both_languages(error: XinzhiError) -> str:
    assert re.search("[\u4e00-\u9fff]", error.text("zh"))
    english = error.text("en")
    assert not re.search("[\u4e00-\u9fff]", english)
    return english


# The registry


def test_the_registry_is_complete_and_pins_every_file():
    assert sorted(packs()) == [
        "china_employment",
        "china_input_output",
        "oecd_input_output",
        "science_technology",
    ]
    assert [len(packs()[name].files) for name in sorted(packs())] == [1, 7, 2, 16]
    for name, pack in packs().items():
        assert pack.id == name
        assert re.fullmatch("[0-9a-f]{40}", pack.commit)
        home = f"https://raw.githubusercontent.com/{pack.repository}/{pack.commit}/data/"
        assert pack.url == home
        assert pack.reader in READERS
        for text in (pack.title, pack.licence, pack.citation):
            assert text.zh
            assert text.en
            assert text.zh != text.en
        for file in pack.files:
            assert re.fullmatch("[0-9a-f]{64}", file.sha256)
            assert re.fullmatch(r"\w+\.rda", file.name)
    files = [file for pack in packs().values() for file in pack.files]
    assert len({file.sha256 for file in files}) == len({file.name for file in files}) == 26


def test_the_registry_is_that_of_the_published_list(official_folder: Path):
    listed = (official_folder.parent / "README.md").read_text("utf-8")
    rows = dict(re.findall(r"\| `(\S+\.rda)` \| `([0-9a-f]{64})` \|", listed))
    assert rows == {file.name: file.sha256 for pack in packs().values() for file in pack.files}
    for pack in packs().values():
        assert pack.commit in listed
        assert pack.repository in listed


def test_an_unknown_pack_gives_the_nearest_one():
    with pytest.raises(InputError) as caught:
        find_pack("science_technolgy")
    message = in_both_languages(caught.value)
    assert "no data pack science_technolgy, did you mean science_technology?" in message
    assert "china_input_output" in message


# Fetching


def test_a_pack_is_fetched_once_and_read(pack: Pack, site: Site, own_cache: Path):
    assert not pack_is_present(pack)
    paths = get_pack(pack)
    assert [path.name for path in paths] == ["table.rda", "years.rda"]
    assert paths[0].parent == own_cache / "packs" / "small" / "0123456789ab"
    assert pack_is_present(pack)
    get_pack(pack)
    assert site.asked == ["table.rda", "years.rda"]
    tables = read_pack(pack)
    assert list(tables) == ["table", "years/1995", "years/2000"]
    pd.testing.assert_frame_equal(
        tables["table"], TABLE, check_dtype=False, check_exact=True, check_column_type=False
    )
    records = pack_records(pack, tables)
    assert [(r.name, r.rows) for r in records] == [("small/table.rda", 3), ("small/years.rda", 4)]
    assert [r.sha256 for r in records] == [file.sha256 for file in pack.files]


def test_nothing_is_printed_on_the_way(pack: Pack, capfd: pytest.CaptureFixture[str]):
    get_pack(pack)
    assert capfd.readouterr() == ("", "")


def test_a_progress_bar_goes_to_standard_error(pack: Pack, capfd: pytest.CaptureFixture[str]):
    get_pack(pack, progress=True)
    out, err = capfd.readouterr()
    assert out == ""
    assert "100%" in err


def test_another_file_than_stated_is_dropped(pack: Pack, site: Site):
    site.files["years.rda"] = b"another version"
    with pytest.raises(ComputationError) as caught:
        get_pack(pack)
    message = in_both_languages(caught.value)
    assert "years.rda could not be downloaded: the file that came has another sha256" in message
    assert f"address: {site.url}years.rda" in message
    assert [path.name for path in pack_folder(pack).iterdir()] == ["table.rda"]


def test_a_missing_file_gives_the_answer_of_the_server(pack: Pack, site: Site):
    del site.files["table.rda"]
    with pytest.raises(ComputationError) as caught:
        get_pack(pack)
    assert "the server answered 404" in in_both_languages(caught.value)
    assert list(pack_folder(pack).iterdir()) == []


def test_an_interrupted_download_goes_on_with_the_file_it_lacks(pack: Pack, site: Site):
    site.cut = {"years.rda"}
    with pytest.raises(ComputationError) as caught:
        get_pack(pack)
    assert "years.rda could not be downloaded: the transfer was interrupted" in in_both_languages(
        caught.value
    )
    assert [path.name for path in pack_folder(pack).iterdir()] == ["table.rda"]
    assert not pack_is_present(pack)
    site.cut = set()
    get_pack(pack)
    assert site.asked == ["table.rda", "years.rda", "years.rda"]
    assert pack_is_present(pack)


def test_a_file_that_was_changed_in_the_cache_is_fetched_anew(pack: Pack, site: Site):
    path = get_pack(pack)[0]
    path.write_bytes(path.read_bytes()[:-1])
    assert not pack_is_present(pack)
    with pytest.raises(ComputationError, match="its files were changed"):
        read_pack(pack)
    get_pack(pack)
    assert site.asked[2:] == ["table.rda"]
    assert pack_is_present(pack)


def test_offline_says_what_where_and_what_to_do(contents: dict[str, bytes]):
    with socket.socket() as taken:  # bound but not listening: nothing answers there
        taken.bind(("127.0.0.1", 0))
        pack = small_pack(contents, f"http://127.0.0.1:{taken.getsockname()[1]}/")
        with pytest.raises(ComputationError) as caught:
            get_pack(pack)
    message = in_both_languages(caught.value)
    assert "data pack small: table.rda could not be downloaded: no connection" in message
    assert f"address: {pack.url}table.rda" in message
    assert f"Take table.rda, years.rda from {pack.url} and put them into" in message
    assert str(pack_folder(pack)) in message
    assert "xinzhi data pack get small --mirror FOLDER" in message
    assert str(pack_folder(pack)) in caught.value.text("zh")


def test_a_cache_that_cannot_be_written_is_an_error(pack: Pack, own_cache: Path):
    own_cache.write_text("a file where the folder should be", "utf-8")
    with pytest.raises(ComputationError) as caught:
        get_pack(pack)
    assert "the cache cannot be written" in in_both_languages(caught.value)


def test_files_put_in_place_by_hand_count(contents: dict[str, bytes]):
    pack = small_pack(contents)
    pack_folder(pack).mkdir(parents=True)
    for name, data in contents.items():
        (pack_folder(pack) / name).write_bytes(data)
    assert pack_is_present(pack)
    assert get_pack(pack) == tuple(pack_folder(pack) / file.name for file in pack.files)


# From a folder


@pytest.fixture
def mirror(tmp_path: Path, contents: dict[str, bytes]) -> Path:
    folder = tmp_path / "mirror"
    folder.mkdir()
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return folder


def test_a_mirror_takes_the_place_of_the_network(mirror: Path, contents: dict[str, bytes]):
    pack = small_pack(contents)
    paths = get_pack(pack, mirror)
    assert [path.read_bytes() for path in paths] == [contents[path.name] for path in paths]
    assert set(read_pack(pack)) == {"table", "years/1995", "years/2000"}


def test_every_wrong_file_of_a_mirror_is_named(mirror: Path, contents: dict[str, bytes]):
    pack = small_pack(contents)
    (mirror / "table.rda").write_bytes(b"something else")
    (mirror / "years.rda").unlink()
    with pytest.raises(InputError) as caught:
        get_pack(pack, mirror)
    message = in_both_languages(caught.value)
    assert "table.rda: not the stated version (sha256 should be " in message
    assert "years.rda: no such file" in message
    assert not pack_folder(pack).exists()


def test_a_mirror_that_is_no_folder_is_an_input_error(tmp_path: Path, contents: dict[str, bytes]):
    with pytest.raises(InputError) as caught:
        get_pack(small_pack(contents), tmp_path / "nowhere")
    assert "no such folder" in in_both_languages(caught.value)


# What is not there


def test_reading_an_absent_pack_prints_the_command():
    with pytest.raises(ComputationError) as caught:
        read_pack("science_technology")
    message = in_both_languages(caught.value)
    assert "data pack science_technology" in message
    assert "Get it: xinzhi data pack get science_technology" in message


@pytest.mark.parametrize("module", ["pooch", "rdata"])
def test_a_missing_extra_prints_the_install_command(
    module: str, mirror: Path, contents: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
):
    pack = small_pack(contents)
    monkeypatch.setitem(sys.modules, module, None)
    if module == "rdata":
        get_pack(pack, mirror)
    with pytest.raises(ComputationError) as caught:
        read_pack(pack) if module == "rdata" else get_pack(pack)
    assert 'pip install "xinzhi[packs]"' in in_both_languages(caught.value)


def test_without_pooch_the_users_cache_is_unknown_and_no_pack_is_there(
    contents: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("XINZHI_CACHE")
    monkeypatch.setitem(sys.modules, "pooch", None)
    assert not pack_is_present(small_pack(contents))


def test_the_users_cache_is_the_systems_own(
    contents: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("XINZHI_CACHE")
    assert "xinzhi" in pack_folder(small_pack(contents)).parts


# R data files


def test_tables_of_other_r_classes_and_matrices_are_tables(tmp_path: Path):
    plain = tmp_path / "plain.rda"
    rdata.write_rda(plain, {"table": TABLE}, compression=None)
    data = plain.read_bytes()
    # The class is a vector of one string: its length, then the string's header, length and bytes.
    name = b"\x00\x00\x00\x0adata.frame"
    start = data.index(name) - 8
    assert data[start : start + 4] == b"\x00\x00\x00\x01"
    header = data[start + 4 : start + 8]
    two = b"\x00\x00\x00\x02" + header + b"\x00\x00\x00\x06tbl_df" + header + name
    tibble = tmp_path / "tibble.rda"
    tibble.write_bytes(data[:start] + two + data[start + 8 + len(name) :])
    pd.testing.assert_frame_equal(
        read_rda(tibble)["table"], TABLE, check_dtype=False, check_column_type=False
    )

    matrix = tmp_path / "matrix.rda"
    rdata.write_rda(matrix, {"matrix": np.arange(6.0).reshape(2, 3)})
    assert read_rda(matrix)["matrix"].to_numpy().tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]


@pytest.mark.parametrize("content", [np.arange(3.0), "text", [], {"a": 1.0}])
def test_what_is_no_table_is_refused(content: object, tmp_path: Path):
    path = tmp_path / "other.rda"
    rdata.write_rda(path, {"other": content})
    with pytest.raises(ComputationError) as caught:
        read_rda(path)
    assert "is not a table" in in_both_languages(caught.value)


@pytest.fixture(scope="module")
def plain_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("plain") / "plain.rda"
    rdata.write_rda(path, {"table": TABLE}, compression=None)
    return path.read_bytes()


@given(data=st.data())
@pytest.mark.filterwarnings("ignore")
def test_a_damaged_file_gives_a_table_or_an_error(
    data: st.DataObject, plain_bytes: bytes, tmp_path: Path
):
    damaged = bytearray(plain_bytes)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged.rda"
    path.write_bytes(bytes(damaged[: data.draw(st.integers(1, len(damaged)))]))
    try:
        assert all(isinstance(table, pd.DataFrame) for table in read_rda(path).values())
    except ComputationError as error:
        in_both_languages(error)


def test_a_commit_has_a_folder_of_its_own(contents: dict[str, bytes]):
    pack = small_pack(contents)
    assert pack_folder(pack) != pack_folder(replace(pack, commit="f" * 40))
