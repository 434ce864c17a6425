"""Edits of headers that no proxy makes: Consul passes them on, and Envoy rejects its configuration."""

from __future__ import annotations

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

# envoyproxy/envoy api/envoy/config/core/v3/base.proto: a key has 1 to 16384 bytes, none of them NUL, CR or LF
_ENVOY = Ground(HEADER, "envoyproxy/envoy source/common/router/header_parser.cc")
_LONGEST = 16_384


def edits(part: Part) -> Iterator[Complaint]:
    """Complain of headers that `requestHeaders` and `responseHeaders` add, set or remove."""
    for modifiers in (part.part("requestHeaders"), part.part("responseHeaders")):
        for verb in ("add", "set"):
            for name in modifiers.part(verb).fields:
                yield from _edited(modifiers.at(verb, name), name)
        for index, name in enumerate(modifiers.texts("remove")):
            yield from _edited(modifiers.at("remove", index), name)


def _edited(path: Path, name: str) -> Iterator[Complaint]:
    if name.startswith(":") or name.lower() == "host":
        yield _ENVOY.against(path, f"header {name!r} cannot be edited: Envoy rejects it", "drop it")
    elif not 1 <= len(name.encode()) <= _LONGEST or any(mark in name for mark in "\0\r\n"):
        yield _ENVOY.against(path, f"{name!r} is no name of a header: Envoy rejects it", "write a name")
