"""What a router, a permission or a rate limit asks of a request, as sets of texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from meshgen.backends.consul.parts import Part
from meshgen.intent.languages import Beginning, Exactly, Matching

Texts = Exactly | Beginning | Matching  # of the languages those that Consul knows


class Asking(NamedTuple):
    """What is asked of one header or query parameter."""

    name: str  # in lower case for headers
    language: Texts | None  # None: that it is there
    is_inverted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpMatch:
    """Everything that is asked of one request, all of it at once."""

    path: Texts | None = None
    methods: frozenset[str] = frozenset()
    headers: tuple[Asking, ...] = ()
    query: tuple[Asking, ...] = ()


def http_match(part: Part) -> HttpMatch:
    """Read the `http` of a route or permission."""
    return HttpMatch(
        path=path_of(part),
        methods=frozenset(part.texts("methods")),
        headers=tuple(_asking(each, is_header=True) for each in part.parts("header")),
        query=tuple(_asking(each, is_header=False) for each in part.parts("queryParam")),
    )


def path_of(part: Part) -> Texts | None:
    """Read a condition on the path; a prefix is one of characters, `/foo` covers `/foobar`."""
    # hashicorp/consul agent/xds/routes.go: exact and prefix alone can ignore case
    ignores_case = part.flag("caseInsensitive")
    exact, prefix, regex = (part.text(key) for key in ("pathExact", "pathPrefix", "pathRegex"))
    if exact:
        return Matching(f"(?i){literal(exact)}") if ignores_case else Exactly(exact)
    if prefix:
        return Matching(f"(?i){literal(prefix)}.*") if ignores_case else Beginning(prefix)
    return Matching(regex) if regex else None


def _asking(part: Part, *, is_header: bool) -> Asking:
    name = part.text("name")
    return Asking(name.lower() if is_header else name, _value(part), part.flag("invert"))


def _value(part: Part) -> Texts | None:
    """Read what is asked of a value; Go takes an empty text for none at all."""
    case = "(?i)" if part.flag("ignoreCase") else ""
    exact, prefix, suffix = (part.text(key) for key in ("exact", "prefix", "suffix"))
    if exact:
        return Matching(f"{case}{literal(exact)}") if case else Exactly(exact)
    if part.text("regex"):
        return Matching(part.text("regex"))
    if prefix:
        return Matching(f"{case}{literal(prefix)}.*") if case else Beginning(prefix)
    if suffix:
        return Matching(f"{case}.*{literal(suffix)}")
    if part.text("contains"):
        return Matching(f"{case}.*{literal(part.text('contains'))}.*")
    return None


def literal(text: str) -> str:
    """Write a text as an expression that it alone matches."""
    return "".join(f"\\{char}" if char in "\\[]|(){}.?*+^$" else char for char in text)
