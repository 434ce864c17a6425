"""Header names: compared without case, never those that are no header of a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from meshgen.diagnostics import Code, Findings, Span
from meshgen.intent.features import Located
from meshgen.intent.match import Match
from meshgen.intent.rules.requests import conditions, wide_conditions
from meshgen.intent.rules.subjects import Scene, Subject
from meshgen.intent.traffic import HeaderEdits, Headers

HOST_HEADER = Code(
    number="MG240",
    slug="host-header",
    meaning="`host` is named as a header; meshes keep it apart, under another name.",
)
HEADER_TWICE = Code(
    number="MG241",
    slug="header-twice",
    meaning="One header stands twice, in two spellings; names compare without case.",
)
HEADER_EDITED_TWICE = Code(
    number="MG242",
    slug="header-edited-twice",
    meaning="One header is edited in two ways, and the outcome depends on an order that no mesh promises.",
)


def check(scene: Scene, findings: Findings) -> None:
    """Report MG240 to MG242."""
    for subject in scene.subjects.values():
        for found in conditions(subject):
            hint = _APART if isinstance(found.match, Match) else _HOSTNAMES
            _check_names(found.match, "headers", found.field, hint=hint, findings=findings)
        for edits, field in _edits(subject):
            for key in ("set", "add", "remove"):
                _check_names(edits, key, field, hint=_REWRITE, findings=findings)
            _check_edits(edits, field, findings)
    for found in wide_conditions(scene):
        _check_names(found.match, "headers", found.field, hint=_HOSTNAMES, findings=findings)


_HOSTNAMES = "tell hosts apart with hostnames"
_REWRITE = "write rewrite.hostname on a route"
_APART = "a route cannot tell hosts apart; in authorization rules hostnames can"


def _check_names(holder: Located, key: str, field: str, *, hint: str, findings: Findings) -> None:
    names: Iterable[str] = getattr(holder, key) or ()
    first: dict[str, str] = {}
    for index, name in enumerate(names):
        is_list = key == "remove"
        place = f"{field}.{key}[{index}]" if is_list else f"{field}.{key}.{name}"
        span = holder.span(key, index if is_list else name)
        if name.lower() == "host":
            findings.add(HOST_HEADER, f"{place} names the host", span=span, field=place, hint=hint)
        known = first.setdefault(name.lower(), name)
        if known is not name and known != name:
            findings.add(
                HEADER_TWICE,
                f"{place} is the header {known!r} once more: names compare without case",
                span=span,
                field=place,
                hint=f"keep one of {known} and {name}",
            )


def _edits(subject: Subject) -> Iterator[tuple[HeaderEdits, str]]:
    places: list[tuple[Headers | None, str]] = [(subject.service.headers, f"{subject.field}.headers")]
    places += [(route.headers, f"{field}.headers") for route, field in subject.routes()]
    for headers, field in places:
        if headers is not None and headers.request is not None:
            yield headers.request, f"{field}.request"
        if headers is not None and headers.response is not None:
            yield headers.response, f"{field}.response"


def _check_edits(edits: HeaderEdits, field: str, findings: Findings) -> None:
    spans: dict[str, dict[str, Span | None]] = {
        "set": {name.lower(): edits.span("set", name) for name in edits.set or {}},
        "add": {name.lower(): edits.span("add", name) for name in edits.add or {}},
        "remove": {name.lower(): edits.span("remove", index) for index, name in enumerate(edits.remove)},
    }
    for one, other in combinations(spans, 2):
        for name in spans[one]:
            if name in spans[other]:
                findings.add(
                    HEADER_EDITED_TWICE,
                    f"{field} edits {name!r} with {one} and with {other}",
                    span=spans[other][name],
                    field=f"{field}.{other}",
                    hint=f"keep it under one of {one} and {other}",
                )
