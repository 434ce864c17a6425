"""Conditions on a request: texts, header names, ports, callers and gateways."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission import gateways
from meshgen.backends.istio.admission.terms import (
    ROUTES,
    Body,
    Rule,
    each,
    named,
    no_label,
    no_labels,
    no_port,
    no_regex,
    quoted,
)
from meshgen.diagnostics import Code
from meshgen.grammar import is_token
from meshgen.resources import Complaint, Path

MATCH = Code(
    number="MG433",
    slug="istio-match",
    meaning="A condition of a route cannot be asked of a request.",
)
_RULE = Rule(MATCH, ROUTES)
_CLAIMS = "@request.auth.claims"
_PSEUDO = frozenset({":method", ":scheme", ":authority", ":path", ":status"})


def refused(path: Path, match: Body) -> Iterator[Complaint]:
    """Hold one alternative of a route of HTTP against clause 8."""
    for key in ("headers", "withoutHeaders"):
        for at, name, text in named(match, path, key):
            yield from _header(at, name)
            # upstream: where a header must be absent, and there alone, `*` stands for any value
            if key == "headers" or text.get("regex") != "*":
                yield from _text(at, text)
    yield from _regex((*path, "uri"), match.get("uri", {}))
    for key in ("scheme", "method", "authority"):
        yield from _text((*path, key), match.get(key, {}))
    for at, _, text in named(match, path, "queryParams"):
        yield from _text(at, text)
    yield from refused_source(path, match)


def refused_source(path: Path, match: Body) -> Iterator[Complaint]:
    """Hold against clauses 8 and 19 what tells callers apart."""
    yield from no_port(_RULE, path, match, "port")
    yield from no_labels(_RULE, path, match, "sourceLabels")
    yield from gateways.refused(path, match)
    if match.get("sourceNamespace"):
        yield from no_label(
            _RULE, (*path, "sourceNamespace"), match["sourceNamespace"], "the name of a namespace"
        )


def _header(path: Path, name: str) -> Iterator[Complaint]:
    if name not in _PSEUDO and not is_token(name) and not is_claim(name):
        yield _RULE.broken(path, f"{quoted(name)} is not the name of a header", "write x-user")


def _text(path: Path, text: Body) -> Iterator[Complaint]:
    if text.get("prefix") == "":
        yield _RULE.broken((*path, "prefix"), "the prefix is empty", "write {} for any value that is present")
    yield from _regex(path, text)


def _regex(path: Path, text: Body) -> Iterator[Complaint]:
    if "regex" in text:
        yield from no_regex(_RULE, (*path, "regex"), text["regex"])


def is_claim(name: str) -> bool:
    """Tell a claim of a token, written as `@request.auth.claims.group` or `@request.auth.claims[group]`."""
    # istio/istio pkg/jwt/routing.go
    rest = name[len(_CLAIMS) :] if name.lower().startswith(_CLAIMS) else ""
    return len(rest) > 1 and (rest[0] == "." or (rest[0] == "[" and rest[-1] == "]" and len(rest) > 2))


def no_claims(spec: Body) -> Iterator[Complaint]:
    """Ask routes of sidecars to leave claims of tokens alone, which only gateways read: clause 6."""
    for path, route in each(spec, ("spec",), "http"):
        for at, match in each(route, path, "match"):
            yield from _claims(at, match)


def _claims(path: Path, match: Body) -> Iterator[Complaint]:
    for key in ("headers", "withoutHeaders"):
        for at, name, _ in named(match, path, key):
            if is_claim(name):
                yield _RULE.broken(
                    at,
                    f"{quoted(name)} asks for a claim of a token, which sidecars do not read",
                    "name gateways without mesh",
                )
