"""SARIF 2.1.0 for code scanning: every property that GitHub requires, and nothing that it refuses."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from meshgen import __version__
from meshgen.diagnostics import Code, Diagnostic, Span
from meshgen.report import places
from meshgen.report.fingerprints import fingerprints, line_hashes
from meshgen.report.places import Sources
from meshgen.report.text import printable, sentence
from meshgen.scalars import Json

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"

# github/docs data/reusables/code-scanning/sarif-limits.md: a file with more of either is refused whole.
MOST_RESULTS = 25_000
MOST_LOCATIONS = 1_000  # of one result

_Object = Mapping[str, Json]


class _Placed(NamedTuple):
    """A finding, where it is shown, and what it is known by: for GitHub, and for everybody."""

    found: Diagnostic
    span: Span
    primary: str
    own: str


def write(findings: Sequence[Diagnostic], *, inputs: Sequence[str]) -> str:
    """Write one run; what a server would not take is left out, the least grave first, and told in the run."""
    kept = _gravest(findings)
    rules = sorted({found.code.number: found.code for found in kept}.values(), key=lambda code: code.number)
    index = {code.number: position for position, code in enumerate(rules)}
    sources = Sources()
    driver = {"name": "meshgen", "semanticVersion": __version__, "rules": [_rule(code) for code in rules]}
    run = {
        "tool": {"driver": driver},
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [_warning(text) for text in _left_out(findings, kept)],
            }
        ],
        "columnKind": "utf16CodeUnits",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder in which meshgen ran."}}},
        "results": [
            {"ruleIndex": index[placed.found.code.number], **_result(placed, sources)}
            for placed in _placed(kept, sources, inputs)
        ],
    }
    return f"{json.dumps({'$schema': _SCHEMA, 'version': '2.1.0', 'runs': [run]}, indent=2)}\n"


def _gravest(findings: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
    """Keep as many as a server takes, in the order of their places."""
    ranked = sorted(range(len(findings)), key=lambda at: findings[at].severity.rank)
    return [findings[at] for at in sorted(ranked[:MOST_RESULTS])]


def _rule(code: Code) -> _Object:
    more = f"meshgen explain {code.number}"
    return {
        "id": code.number,
        "name": code.slug,
        "shortDescription": {"text": code.slug.replace("-", " ").capitalize()},
        "fullDescription": {"text": code.meaning},
        "help": {
            "text": f"{code.meaning} For more, type: {more}",
            "markdown": f"{code.meaning}\n\nFor more, type `{more}`.",
        },
        "defaultConfiguration": {"level": code.severity.value},
    }


def _left_out(findings: Sequence[Diagnostic], kept: Sequence[Diagnostic]) -> Iterator[str]:
    if len(kept) < len(findings):
        yield (
            f"{len(findings) - len(kept)} of {len(findings)} findings are left out, the least grave ones:"
            f" GitHub refuses a file with more than {MOST_RESULTS} results."
        )
    for found in kept:
        if len(_related(found)) < len(found.related):
            yield (
                f"{found.code} at {found.span} shows {MOST_LOCATIONS - 1} of {len(found.related)} related"
                f" places: GitHub refuses a result with more than {MOST_LOCATIONS} locations."
            )


def _related(found: Diagnostic) -> Sequence[tuple[str, Span]]:
    return found.related[: MOST_LOCATIONS - 1]


def _warning(text: str) -> _Object:
    return {"level": "warning", "message": {"text": printable(text)}}


def _placed(findings: Sequence[Diagnostic], sources: Sources, inputs: Sequence[str]) -> Iterator[_Placed]:
    """Know findings by their lines; another one of the same code there would be taken for the first."""
    spans = [places.shown_at(found, inputs) for found in findings]
    hashes = _hashes(spans, sources)
    taken: set[tuple[str, str, str]] = set()
    for found, span, own in zip(findings, spans, fingerprints(findings, inputs), strict=True):
        known = hashes.get((span.file, span.line), own)
        identity = (found.code.number, span.file, known)
        yield _Placed(found, span, own if identity in taken else known, own)
        taken.add(identity)


def _hashes(spans: Sequence[Span], sources: Sources) -> Mapping[tuple[str, int], str]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for span in spans:
        wanted[span.file].add(span.line)
    return {
        (file, line): known
        for file, numbers in wanted.items()
        for line, known in line_hashes(sources.lines(file), numbers).items()
    }


def _result(placed: _Placed, sources: Sources) -> _Object:
    found = placed.found
    named = {} if found.field is None else {"logicalLocations": [_field(found.field)]}
    related = [
        {"id": id, **_location(span, sources), "message": {"text": printable(what)}}
        for id, (what, span) in enumerate(_related(found), start=1)
    ]
    more = {"feature": found.feature, "mesh": found.mesh, "hint": found.hint, "source": found.source}
    return {
        "ruleId": found.code.number,
        "level": found.severity.value,
        "message": {"text": _message(found)},
        "locations": [{**_location(placed.span, sources), **named}],
        "relatedLocations": related,
        "partialFingerprints": {"primaryLocationLineHash": placed.primary, "meshgen/v1": placed.own},
        "properties": {key: printable(value) for key, value in more.items() if value is not None},
    }


def _message(found: Diagnostic) -> str:
    """Say everything in one text: of related places, GitHub shows those that are linked there."""
    links = (f"[{_linked(what)}]({id})" for id, (what, _) in enumerate(_related(found), start=1))
    return sentence(found, also=links)


def _linked(text: str) -> str:
    for special in "\\[]":  # the backslash first
        text = text.replace(special, f"\\{special}")
    return text


def _field(field: str) -> _Object:
    return {"fullyQualifiedName": printable(field), "kind": "property"}


def _location(span: Span, sources: Sources) -> _Object:
    line, start, end = sources.region(span)
    region: _Object = {"startLine": line, "startColumn": start, "endLine": line, "endColumn": end}
    return {"physicalLocation": {"artifactLocation": _artifact(span.file), "region": region}}


def _artifact(file: str) -> _Object:
    path = places.path(file)
    if Path(path).is_absolute():
        return {"uri": Path(path).as_uri()}
    return {"uri": quote(path, errors="surrogateescape"), "uriBaseId": _ROOT}
