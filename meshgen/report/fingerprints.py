"""What a finding is known by from one run to the next, however the lines above it shift."""

from __future__ import annotations

import hashlib
import struct
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from meshgen.diagnostics import Diagnostic
from meshgen.report import places

_WINDOW = 100  # UTF-16 code units
_FACTOR = 37
_BLANKS = str.maketrans("", "", " \t")
_END = "\uffff"


def fingerprints(findings: Sequence[Diagnostic], inputs: Sequence[str]) -> Iterator[str]:
    """Hash what each finding says of which field of which file; equal ones are counted."""
    seen: Counter[tuple[str, ...]] = Counter()
    for found in findings:
        identity = (
            found.code.number,
            places.path(places.shown_at(found, inputs).file),
            found.field or "",
            found.mesh or "",
            found.message,
        )
        seen[identity] += 1
        text = "\0".join((*identity, str(seen[identity])))
        yield hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()[:32]


def line_hashes(lines: Sequence[str], wanted: Collection[int]) -> Mapping[int, str]:
    """Hash lines by what follows them, as GitHub's upload does, which warns of any other hash.

    Equal ones are counted from the top of the file (github/codeql-action src/fingerprints.ts).
    """
    squeezed = [line.translate(_BLANKS) for line in lines]
    units = ("\n".join(squeezed) + _END).encode("utf-16-le", errors="surrogatepass")
    seen: Counter[bytes] = Counter()
    hashes: dict[int, str] = {}
    start = 0
    for number, line in enumerate(squeezed, start=1):
        window = units[start : start + 2 * _WINDOW]
        seen[window] += 1
        if number in wanted:
            hashes[number] = f"{_rolled(window):x}:{seen[window]}"
        start += len(f"{line}\n".encode("utf-16-le", errors="surrogatepass"))
    return hashes


def _rolled(window: bytes) -> int:
    rolled = 0
    for unit in struct.unpack(f"<{_WINDOW}H", window.ljust(2 * _WINDOW, b"\0")):
        rolled = (rolled * _FACTOR + unit) % 2**64
    return rolled
