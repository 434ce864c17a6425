"""Edits of headers that no proxy makes: Consul passes them on, and Envoy rejects its configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator

from meshgen.backends.consul.admission.terms import Ground
from meshgen.backends.consul.parts import Part
from meshgen.diagnostics import Code
from meshgen.resources import Complaint, Path

HEADER = Code(
    number="MG488",
    slug="consul-header",
    meaning="Consul checks no header that is to be edited, and Envoy rejects its configuration for some.",
)

_ENVOY = Ground(HEADER, "envoyproxy/envoy source/common/router/header_parser.cc")
_UNSENDABLE = re.compile("[\0\r\n]")
_LONGEST = 16_384  # bytes of a name

# Text, %% for a percent sign, and variables such as %REQ(x-a):8%; possessive, so that it costs one reading.
_VALUE = re.compile(r"(?:[^%]|%%|%[A-Z0-9_]++(?:\([^)]*+\))?+(?::[0-9]++)?+%)*+", re.DOTALL)


def edits(part: Part) -> Iterator[Complaint]:
    """Complain of headers that `requestHeaders` and `responseHeaders` add, set or remove."""
    for modifiers in (part.part("requestHeaders"), part.part("responseHeaders")):
        for verb in ("add", "set"):
            for name, value in modifiers.part(verb).fields.items():
                yield from _name(modifiers.at(verb, name), name)
                yield from _value(modifiers.at(verb, name), value)
        for index, name in enumerate(modifiers.texts("remove")):
            yield from _name(modifiers.at("remove", index), name)


def _name(path: Path, name: str) -> Iterator[Complaint]:
    if name.startswith(":") or name.lower() == "host":
        yield _ENVOY.against(path, f"header {name!r} cannot be edited: Envoy rejects it", "drop it")
    elif not 1 <= len(name.encode(errors="replace")) <= _LONGEST or _UNSENDABLE.search(name) is not None:
        yield _ENVOY.against(path, f"{name!r} is no name of a header: Envoy rejects it", "write a name")


def _value(path: Path, value: str) -> Iterator[Complaint]:
    if _UNSENDABLE.search(value) is not None:
        yield _ENVOY.against(path, "the value goes over a line: Envoy rejects it", "write one line")
    elif _VALUE.fullmatch(value) is None:
        message = f"{value!r} has a % that begins no variable: Envoy rejects it"
        yield _ENVOY.against(path, message, "write %% for a percent sign")
