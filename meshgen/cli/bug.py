"""A mistake of ours, told like a finding: what happened where, and a request to report it."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

import meshgen
from meshgen.cli.telling import Color
from meshgen.diagnostics import Code, Diagnostic
from meshgen.report import Format, report

INTERNAL_ERROR = Code(
    number="MG901", slug="internal-error", meaning="meshgen has a bug; nothing that it wrote can be trusted."
)


def tell(error: Exception) -> None:
    """Tell an exception on stderr, MG901; the trace too where MESHGEN_DEBUG is set."""
    if os.environ.get("MESHGEN_DEBUG"):
        traceback.print_exception(error)
    told = Diagnostic(
        code=INTERNAL_ERROR,
        message=f"{type(error).__name__} at {_place(error)}: {error}",
        severity=INTERNAL_ERROR.severity,
        hint="this is a bug of meshgen: report it with the command and the intent;"
        " MESHGEN_DEBUG=1 adds the trace",
    )
    sys.stderr.write(report([told], Format.TEXT, is_colored=Color.AUTO.is_on()))


def _place(error: Exception) -> str:
    """Name the last line of ours that ran, without saying where this machine keeps it."""
    package = Path(meshgen.__file__).parent
    frames = traceback.extract_tb(error.__traceback__)
    *_, last = (frame for frame in frames if Path(frame.filename).is_relative_to(package))
    return f"{Path(last.filename).relative_to(package.parent).as_posix()}:{last.lineno} in {last.name}"
