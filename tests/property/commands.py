"""A command line run in this process, with nothing of it lost and an end to what never ends."""

from __future__ import annotations

import io
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NamedTuple

import pytest

from meshgen.cli import run

A_WHILE = 300  # seconds; a net under what never ends, not a measure


class Told(NamedTuple):
    """What a command line came to."""

    status: int
    stdout: bytes
    stderr: str


class Hangs(BaseException):
    """What catches exceptions does not catch this."""


def refuse_to_wait(_number: int, _frame: FrameType | None) -> None:
    raise Hangs(f"still running after {A_WHILE} seconds")


@contextmanager
def a_while() -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, refuse_to_wait)
    signal.alarm(A_WHILE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def tell(arguments: list[str], stdin: bytes) -> Told:
    """Run a command line in this process."""
    stdout, stderr = io.BytesIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, a_while():
        patch.setenv("MESHGEN_DEBUG", "1")
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        patch.setattr(sys, "stdout", io.TextIOWrapper(stdout, write_through=True))
        patch.setattr(sys, "stderr", stderr)
        status = run(arguments)
        return Told(status, stdout.getvalue(), stderr.getvalue())
