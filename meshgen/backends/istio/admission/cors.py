"""What other origins may ask for: a route's CORS policy."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission import durations
from meshgen.backends.istio.admission.terms import WEBHOOK, Body, Rule, each, no_regex, quoted
from meshgen.diagnostics import Code, near_miss
from meshgen.grammar import is_token
from meshgen.intent.match import Method
from meshgen.resources import Complaint, Path

CORS = Code(
    number="MG435",
    slug="istio-cors",
    meaning="A CORS policy lists what no browser can ask for.",
)
_RULE = Rule(CORS, WEBHOOK)
_METHODS = frozenset({"*", *(method.value for method in Method)})


def refused(path: Path, route: Body) -> Iterator[Complaint]:
    """Hold a policy against clause 10."""
    policy, at = route.get("corsPolicy", {}), (*path, "corsPolicy")
    for where, origin in each(policy, at, "allowOrigins"):
        yield from _origin(where, origin)
    for where, method in each(policy, at, "allowMethods"):
        if method not in _METHODS:
            hint = near_miss(method, _METHODS) or "write a method in capitals"
            yield _RULE.broken(where, f"{quoted(method)} is not a method of HTTP", hint)
    for key in ("allowHeaders", "exposeHeaders"):
        for where, name in each(policy, at, key):
            if not is_token(name):  # `*` is one
                yield _RULE.broken(
                    where, f"{quoted(name)} is not the name of a header", "write x-user, or * for all"
                )
    yield from durations.refused_age(at, policy, "maxAge")


def _origin(path: Path, origin: Body) -> Iterator[Complaint]:
    if not any(origin.get(key) for key in ("exact", "prefix", "regex")):
        yield _RULE.broken(path, "the origin is empty", "write exact: https://example.com")
    elif "regex" in origin:
        yield from no_regex(_RULE, (*path, "regex"), origin["regex"])
