"""Regular expressions: RE2 reads them, as the meshes do, and something matches them."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.diagnostics import Code, Findings
from meshgen.grammar import RE2_SYNTAX, re2_refusal
from meshgen.intent.access import Operation, To
from meshgen.intent.features import Located
from meshgen.intent.languages import PATHS, VALUES, Matching, example
from meshgen.intent.match import Match, PathRegex, Regex
from meshgen.intent.rules.requests import conditions, wide_conditions
from meshgen.intent.rules.subjects import Scene

REGEX_REFUSED = Code(
    number="MG246",
    slug="regex-refused",
    meaning="RE2, which every mesh uses, does not read a regular expression.",
)
REGEX_WITHOUT_MATCH = Code(
    number="MG272",
    slug="regex-without-match",
    meaning="No value can match a regular expression, which covers the whole value.",
)


def check(scene: Scene, findings: Findings) -> None:
    """Report MG246 and MG272."""
    for subject in scene.subjects.values():
        for found in conditions(subject):
            for regex, holder, field in _regexes(found.match, found.field):
                _check(regex, holder, field, findings)
    for found in wide_conditions(scene):
        for regex, holder, field in _regexes(found.match, found.field):
            _check(regex, holder, field, findings)


def _regexes(match: Match | To | Operation, field: str) -> Iterator[tuple[str, Located, str]]:
    for index, path in enumerate(match.paths):
        if isinstance(path, PathRegex):
            yield path.regex, path, f"{field}.paths[{index}].regex"
    for name, header in (match.headers or {}).items():
        if isinstance(header, Regex):
            yield header.regex, header, f"{field}.headers.{name}.regex"
    for name, query in (match.query_params or {}).items() if isinstance(match, Match) else ():
        if isinstance(query, Regex):
            yield query.regex, query, f"{field}.queryParams.{name}.regex"


def _check(regex: str, holder: Located, field: str, findings: Findings) -> None:
    if (why := re2_refusal(regex)) is not None:
        findings.add(
            REGEX_REFUSED,
            f"{field} is {regex!r}, which RE2 does not read: {why}",
            span=holder.span("regex"),
            field=field,
            hint=RE2_SYNTAX,
        )
        return
    is_path = isinstance(holder, PathRegex)
    if example([Matching(regex)], [], PATHS if is_path else VALUES) is None:
        findings.add(
            REGEX_WITHOUT_MATCH,
            f"{field} is {regex!r}, which no {'path' if is_path else 'value'} matches",
            span=holder.span("regex"),
            field=field,
            hint=_matching(regex)
            if is_path
            else "it covers the whole value, which holds no control characters",
        )


def _matching(regex: str) -> str:
    rooted = f"/{regex.removeprefix('^')}"
    is_healed = example([Matching(rooted)], [], PATHS) is not None
    return f"write {rooted}, since every path begins with '/'" if is_healed else "every path begins with '/'"
