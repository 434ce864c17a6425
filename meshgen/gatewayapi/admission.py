"""What is wrong with a route of the Gateway API although its definition admits it, whatever implements it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from meshgen.diagnostics import Code, Severity
from meshgen.gatewayapi import regexes, routes
from meshgen.gatewayapi.routes import Reference, Written, within
from meshgen.grammar import RE2_SYNTAX, duration_ns
from meshgen.resources import Complaint, Path, Resource

GROUP = routes.GROUP  # of the kinds that are judged here

_HTTP = "kubernetes-sigs/gateway-api apis/v1/httproute_types.go"
_SHARED = "kubernetes-sigs/gateway-api apis/v1/shared_types.go"
_MESH = "kubernetes-sigs/gateway-api geps/gep-1294/index.md"

PARENT = Code(
    number="MG418",
    slug="route-parent",
    meaning="A route names its parent, or the hosts beside it, in a way that not every mesh understands.",
    severity=Severity.NOTE,
)
WEIGHTS = Code(
    number="MG419",
    slug="route-weights",
    meaning="The weights of a rule add up to 0, so its requests are answered with 500.",
)
REGEX = Code(
    number="MG420",
    slug="route-regex",
    meaning="A regular expression of a route is one that no implementation can compile.",
)
REPEATED_HEADER = Code(
    number="MG421",
    slug="repeated-header",
    meaning="A header stands twice under names that differ in case alone; only the first entry counts.",
)
EMPTY_FILTER = Code(
    number="MG422",
    slug="empty-filter",
    meaning="A filter of a route says nothing, so it changes nothing.",
    severity=Severity.WARNING,
)
NO_BACKEND = Code(
    number="MG423",
    slug="route-without-backend",
    meaning="A rule behind a Gateway neither names backends nor answers itself: its requests get a 500.",
    severity=Severity.WARNING,
)
RETRY = Code(
    number="MG424",
    slug="route-retry",
    meaning="The retries of a route cannot come to pass as they are written.",
    severity=Severity.WARNING,
)


def refused(route: Resource) -> Iterator[Complaint]:
    """Yield what is wrong with a route; kinds that are no routes are sound.

    Reports MG418 to MG424.
    """
    if route.kind not in routes.KINDS:
        return
    if route.group == GROUP:
        yield from _parents(route)
    for at, rule in routes.rules(route):
        yield from _weights(at, rule)
        yield from _retry(at, rule)
    for match in routes.matches(route):
        yield from _regexes(match)
        yield from _matched_headers(match)
    for filter_ in routes.filters(route):
        yield from _filter(filter_)
    yield from _without_backend(route)


def _parents(route: Resource) -> Iterator[Complaint]:
    for parent in routes.parents(route):
        if parent.kind == "Service" and parent.group in ("core", GROUP):
            yield _group_of_service(parent)
        elif parent.is_service and route.namespace not in ("", parent.namespace):
            yield Complaint(
                code=PARENT,
                path=(*parent.path, "namespace"),
                message=f"the route binds only callers of namespace {route.namespace!r}, not all callers of"
                f" {parent.namespace}/{parent.name}",
                hint=f"put the route into namespace {parent.namespace!r} if all callers are meant",
                source=_MESH,
            )
    if (
        "hostnames" in route.spec
        and route.kind != "TLSRoute"
        and any(p.is_service for p in routes.parents(route))
    ):
        yield Complaint(
            code=PARENT,
            path=("spec", "hostnames"),
            message="beside a parent Service a mesh need not look at host names",
            hint="match the header 'host', or leave the host names out",
            source=_MESH,
        )


def _group_of_service(parent: Reference) -> Complaint:
    is_default = parent.group == GROUP
    return Complaint(
        code=PARENT,
        path=parent.path if is_default else (*parent.path, "group"),
        message=f"a Service is of group '', not {parent.group!r}, and few meshes look it up there",
        hint='write group: ""',
        source=_SHARED,
        severity=Severity.WARNING if is_default else None,
    )


def _weights(at: Path, rule: Mapping[str, Any]) -> Iterator[Complaint]:
    weights = [backend.get("weight", 1) for _, backend in within(at, rule, "backendRefs")]
    if weights and sum(weights) == 0:
        yield Complaint(
            code=WEIGHTS,
            path=(*at, "backendRefs"),
            message="the weights add up to 0, so that every request is answered with 500",
            hint="give one backend a weight of 1 or more",
            source=_HTTP,
        )


def _retry(at: Path, rule: Mapping[str, Any]) -> Iterator[Complaint]:
    retry, timeouts = rule.get("retry", {}), rule.get("timeouts", {})
    attempts = retry.get("attempts")
    if attempts is None:
        return
    if not retry.get("codes"):
        yield Complaint(
            code=RETRY,
            path=(*at, "retry"),
            message="no status code is retried, only what gets no answer",
            hint="list the codes, such as codes: [500, 502, 503, 504]",
            source=_HTTP,
        )
    whole = duration_ns(timeouts.get("request", "0s"))
    each = duration_ns(timeouts.get("backendRequest", "0s"))
    if whole is not None and each is not None and 0 < whole < each * (attempts + 1):
        yield Complaint(
            code=RETRY,
            path=(*at, "retry", "attempts"),
            message=f"{attempts + 1} tries of {timeouts['backendRequest']} do not fit into a request"
            f" of {timeouts['request']}",
            hint="make timeouts.request longer, or timeouts.backendRequest shorter",
            source=_HTTP,
        )


def _regexes(match: Written) -> Iterator[Complaint]:
    for path, pattern in routes.regexes(match):
        reason = regexes.refusal(pattern)
        if reason is not None:
            yield Complaint(
                code=REGEX,
                path=path,
                message=f"{pattern!r} is no regular expression: {reason}",
                hint=RE2_SYNTAX,
                source="kubernetes-sigs/gateway-api geps/gep-4359/index.md",
            )


def _matched_headers(match: Written) -> Iterator[Complaint]:
    at, conditions = match
    for path, name, first in _repeated(list(within(at, conditions, "headers"))):
        yield Complaint(
            code=REPEATED_HEADER,
            path=path,
            message=f"header {name!r} is matched as {first!r} already, and this condition does not count",
            hint="keep one of the two",
            source=_HTTP,
        )


def _filter(filter_: Written) -> Iterator[Complaint]:
    at, body = filter_
    if body.get("urlRewrite") == {}:
        yield Complaint(
            code=EMPTY_FILTER,
            path=(*at, "urlRewrite"),
            message="urlRewrite rewrites nothing",
            hint="write hostname or path, or leave the filter out",
            source=_HTTP,
        )
    for _, verb, edited in routes.headers(filter_):
        for path, name, first in _repeated(edited):
            yield Complaint(
                code=REPEATED_HEADER,
                path=path,
                message=f"{verb} names header {name!r} as {first!r} already, and this entry does not count",
                hint="keep one of the two",
                source=_HTTP,
                severity=Severity.WARNING,
            )


def _repeated(named: list[Written]) -> Iterator[tuple[Path, str, str]]:
    """Yield the place of each name that an earlier one equals but for its case, and both names."""
    first: dict[str, str] = {}
    for path, header in named:
        name = header["name"]
        if first.setdefault(name.lower(), name) != name:
            yield (*path, "name"), name, first[name.lower()]


# What answers by itself, or may: the request then needs no backend.
_ANSWERING = ("RequestRedirect", "ExtensionRef", "ExternalAuth")


def _without_backend(route: Resource) -> Iterator[Complaint]:
    if route.kind not in ("HTTPRoute", "GRPCRoute") or not any(p.is_gateway for p in routes.parents(route)):
        return
    for at, rule in routes.rules(route):
        answers = any(filter_.get("type") in _ANSWERING for _, filter_ in within(at, rule, "filters"))
        if not rule.get("backendRefs") and not answers:
            yield Complaint(
                code=NO_BACKEND,
                path=at,
                message="the rule names no backend and answers nothing itself, so its requests get a 500",
                hint="write backendRefs, or a filter RequestRedirect",
                source=_HTTP,
            )
