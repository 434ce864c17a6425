"""A report file is tried first and written last, and never half."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from meshgen.cli.sink import is_input, open_sink

FULL = Path("/dev/full")


def test_a_file_that_is_not_there_is_tried_without_a_trace(tmp_path: Path) -> None:
    sink = open_sink(str(tmp_path / "report.json"))

    assert [] == list(tmp_path.iterdir())
    sink.write("{}\n")
    assert {"report.json": "{}\n"} == _files(tmp_path)


def test_a_file_stays_as_it_was_until_the_report_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text("old")
    file.chmod(0o640)
    sink = open_sink(str(file))

    assert {"report.json": "old"} == _files(tmp_path)
    sink.write("new")
    assert {"report.json": "new"} == _files(tmp_path)
    assert 0o640 == stat.S_IMODE(file.stat().st_mode)


def _files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_a_link_stays_one(tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    link = tmp_path / "report.json"
    link.symlink_to(folder / "real.json")

    open_sink(str(link)).write("new")

    assert link.is_symlink()
    assert {"real.json": "new"} == _files(folder)


def test_text_that_no_encoding_writes_is_escaped(tmp_path: Path) -> None:
    open_sink(str(tmp_path / "report.txt")).write("\udcff\n")

    assert {"report.txt": "\\udcff\n"} == _files(tmp_path)


@pytest.mark.parametrize(
    ("name", "error"),
    [("nowhere/report.json", errno.ENOENT), ("", errno.ENOENT), (".", errno.EISDIR)],
)
def test_what_cannot_be_written_is_found_out_first(
    name: str, error: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(OSError) as caught:  # noqa: PT011  which one is asserted below
        open_sink(name)

    assert error == caught.value.errno


@pytest.mark.skipif(not FULL.exists(), reason="this system has no full device")
def test_a_device_is_written_to_as_it_is() -> None:
    sink = open_sink(str(FULL))

    with pytest.raises(OSError) as caught:  # noqa: PT011  which one is asserted below
        sink.write("{}\n")

    assert errno.ENOSPC == caught.value.errno


def test_a_pipe_is_opened_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    sink = open_sink(str(pipe))
    sink.write("{}\n")
    reader.join()

    assert ["{}\n"] == read


@pytest.fixture
def shut() -> Iterator[Path]:
    """Make a folder that takes no new file, by nobody: root writes everywhere."""
    folder = Path(tempfile.mkdtemp())
    file = folder / "report.json"
    file.write_text("old")
    file.chmod(0o666)
    folder.chmod(0o555)
    user = os.geteuid()
    try:
        if user == 0:
            os.seteuid(65534)
        yield file
    finally:
        os.seteuid(user)
        folder.chmod(0o700)
        shutil.rmtree(folder)


def test_in_a_folder_that_is_shut_a_file_is_written_over(shut: Path) -> None:
    open_sink(str(shut)).write("new")

    assert {"report.json": "new"} == _files(shut.parent)


@pytest.mark.parametrize(
    ("path", "inputs", "expected"),
    [
        ("intent.yaml", ["intent.yaml"], True),
        ("./folder/../intent.yaml", ["intent.yaml"], True),
        ("link.yaml", ["intent.yaml"], True),
        ("intent", ["intent"], True),
        ("folder/deep.yml", ["folder"], True),
        ("folder/report.json", ["folder"], False),
        ("folder/new.yaml", ["folder"], False),
        ("intent.yaml", ["folder", "-"], False),
        ("intent.yaml", [], False),
    ],
)
def test_a_file_that_is_read_is_told_from_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, inputs: list[str], expected: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    for name in ("intent.yaml", "intent", "folder/deep.yml", "folder/report.json"):
        Path(name).touch()
    Path("link.yaml").symlink_to("intent.yaml")

    assert expected is is_input(path, inputs)


def test_a_file_that_has_the_name_of_the_half_one_stays(tmp_path: Path) -> None:
    file, other = tmp_path / "report.json", tmp_path / f"report.json.meshgen-{os.getpid()}"
    other.write_text("somebody else's")

    with pytest.raises(FileExistsError):
        open_sink(str(file)).write("{}\n")

    assert {other.name: "somebody else's"} == _files(tmp_path)
