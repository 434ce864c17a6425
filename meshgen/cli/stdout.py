"""Standard output: manifests alone, and a reader that may go before it has read them all."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from meshgen import folder
from meshgen.diagnostics import Findings
from meshgen.report import Format, report

BROKEN_PIPE = 128 + 13  # as a shell says that a command died of SIGPIPE


def write_out(text: str, findings: Findings) -> bool:
    """Write to stdout; False where its reader has gone. Reports MG704."""
    if text == "":  # which takes no reader
        return True
    if sys.stdout is None:  # what Python makes of a closed one
        findings.add(folder.UNWRITABLE, "standard output cannot be written: it is closed")
        return True
    try:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    except OSError as error:
        # Else the flush at exit fails once more, says the note on SIGPIPE in the docs of `signal`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return False
        findings.add(folder.UNWRITABLE, f"standard output cannot be written: {error.strerror}")
    return True


def print_out(text: str) -> int:
    """Write to stdout for a command that has no findings of its own, and give its exit code."""
    unwritten = Findings()
    if not write_out(text, unwritten):
        return BROKEN_PIPE
    sys.stderr.write(report(unwritten, Format.TEXT))
    return 1 if unwritten.has_errors else 0


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Lay rows out below each other, each column as wide as it must be."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    cells = ((cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "".join(f"{'  '.join(row).rstrip()}\n" for row in cells)
