"""A file for a report: tried before anything is done, and afterwards whole or as it was."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

# A folder that takes no new file, and a file that was mounted: what is there is written over.
_IN_PLACE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """Where a report goes."""

    path: str
    stream: IO[str] | None  # of a pipe or a device, which is opened once; None: a file

    def write(self, text: str) -> None:
        """Write the report beside its file, then in its place. Raises OSError."""
        if self.stream is not None:
            with self.stream:
                self.stream.write(text)
            return
        try:
            _replace(os.path.realpath(self.path), text)
        except OSError as error:
            if error.errno not in _IN_PLACE:
                raise
            with _open(self.path, "w") as file:
                file.write(text)


def open_sink(path: str) -> Sink:
    """Make sure that a report can be written there, and leave a file as it was. Raises OSError."""
    if os.path.exists(path) and not os.path.isfile(path):
        return Sink(path=path, stream=_open(path, "w"))
    is_new = not os.path.lexists(path)
    _open(path, "a").close()
    if is_new:
        os.unlink(path)
    return Sink(path=path, stream=None)


def is_input(path: str, names: Iterable[str]) -> bool:
    """Tell whether a file is one of the inputs, or one that is found in a folder of them."""
    file = Path(os.path.realpath(path))
    inputs = [Path(os.path.realpath(name)) for name in names]
    is_found = file.suffix in (".yaml", ".yml") and any(map(file.is_relative_to, inputs))
    return os.path.isfile(file) and (file in inputs or is_found)


def _replace(file: str, text: str) -> None:
    aside = f"{file}.meshgen-{os.getpid()}"
    whole = _open(aside, "x")  # what stands there is not ours to remove
    try:
        with whole:
            whole.write(text)
        if os.path.exists(file):
            os.chmod(aside, os.stat(file).st_mode & 0o7777)
        os.replace(aside, file)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(aside)


def _open(path: str, mode: str) -> IO[str]:
    return open(path, mode, encoding="utf-8", errors="backslashreplace", newline="")
