"""A route as a value: what it is bound to, which requests it picks, and what it does with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from meshgen.gatewayapi import routes
from meshgen.gatewayapi.conditions import Match, read_match
from meshgen.gatewayapi.routes import Reference, Written, within
from meshgen.grammar import duration_ns
from meshgen.resources import Path, Resource


class FullPath(NamedTuple):
    """The whole path becomes this."""

    text: str


class PrefixPath(NamedTuple):
    """The prefix that was matched becomes this."""

    text: str


PathChange = FullPath | PrefixPath
Headers = tuple[tuple[str, str], ...]  # names in lower case


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderEdits:
    """What is done to headers of requests, or of responses; of equal names the first alone is kept."""

    at: Path
    is_of_request: bool
    set: Headers = ()
    add: Headers = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """An answer that names another address; None stays as it came."""

    at: Path
    scheme: str | None
    hostname: str | None
    port: int | None
    path: PathChange | None
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """Another host or path for what is sent on; None stays as it came."""

    at: Path
    hostname: str | None
    path: PathChange | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """Copies of a share of the requests, whose answers nobody reads."""

    at: Path
    to: Reference
    share: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherFilter:
    """A filter of a type that is not read here."""

    at: Path
    type: str


Filter = HeaderEdits | Redirect | Rewrite | Mirror | OtherFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """Where a share of the requests goes, and what is done to that share."""

    at: Path
    to: Reference
    weight: int
    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What becomes of the requests that one of its matches picks."""

    at: Path
    name: str | None
    matches: tuple[Match, ...]  # never empty: without any written, one that picks everything
    filters: tuple[Filter, ...]
    backends: tuple[Backend, ...]
    timeout: int | None  # ms of the whole request; None: not written; 0: no limit
    backend_timeout: int | None  # ms of one try, in the same way
    written: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """An HTTPRoute or GRPCRoute of any group."""

    resource: Resource
    parents: tuple[Reference, ...]
    hostnames: tuple[str, ...]
    rules: tuple[Rule, ...]

    @property
    def seniority(self) -> tuple[str, str]:
        """What decides between routes that say equally much: the oldest, then the first by name.

        A route that is not in a cluster yet is younger than any that is.
        """
        # kubernetes-sigs/gateway-api apis/v1/httproute_types.go, HTTPRouteRule.matches
        created = self.resource.body["metadata"].get("creationTimestamp")
        return (str(created) if created else "~", f"{self.resource.namespace}/{self.resource.name}")


def read_route(resource: Resource) -> Route:
    """Read an HTTPRoute or GRPCRoute whose body its definition admits; defaults may be missing."""
    is_grpc = resource.kind == "GRPCRoute"
    written = list(routes.rules(resource)) or [(("spec",), {})]
    return Route(
        resource=resource,
        parents=tuple(routes.parents(resource)),
        hostnames=tuple(resource.spec.get("hostnames", ())),
        rules=tuple(_rule(resource, each, is_grpc=is_grpc) for each in written),
    )


def _rule(route: Resource, written: Written, *, is_grpc: bool) -> Rule:
    at, body = written
    timeouts = body.get("timeouts", {})
    matches = list(within(at, body, "matches")) or [(at, {})]
    return Rule(
        at=at,
        name=body.get("name"),
        matches=tuple(read_match(each, is_grpc=is_grpc) for each in matches),
        filters=tuple(_filters(route, at, body)),
        backends=tuple(_backends(route, at, body)),
        timeout=_ms(timeouts.get("request")),
        backend_timeout=_ms(timeouts.get("backendRequest")),
        written=body,
    )


def _ms(text: str | None) -> int | None:
    if text is None:
        return None
    ns = duration_ns(text)
    assert ns is not None  # its definition admits no other text
    return ns // 1_000_000


def _backends(route: Resource, at: Path, rule: Mapping[str, Any]) -> Iterator[Backend]:
    for to, (path, body) in zip(
        routes.backends_of(route, at, rule), within(at, rule, "backendRefs"), strict=True
    ):
        yield Backend(
            at=path, to=to, weight=body.get("weight", 1), filters=tuple(_filters(route, path, body))
        )


def _filters(route: Resource, at: Path, bearer: Mapping[str, Any]) -> Iterator[Filter]:
    for path, body in within(at, bearer, "filters"):
        yield _filter(route, path, body)


def _filter(route: Resource, at: Path, body: Mapping[str, Any]) -> Filter:
    match body["type"]:
        case "RequestHeaderModifier":
            return _edits(at, body.get("requestHeaderModifier", {}), is_of_request=True)
        case "ResponseHeaderModifier":
            return _edits(at, body.get("responseHeaderModifier", {}), is_of_request=False)
        case "RequestRedirect":
            return _redirect(at, body.get("requestRedirect", {}))
        case "URLRewrite":
            said = body.get("urlRewrite", {})
            return Rewrite(at=at, hostname=said.get("hostname"), path=_path(said.get("path")))
        case "RequestMirror":
            return _mirror(route, at, body.get("requestMirror", {}))
        case other:
            return OtherFilter(at=at, type=other)


def _edits(at: Path, said: Mapping[str, Any], *, is_of_request: bool) -> HeaderEdits:
    return HeaderEdits(
        at=at,
        is_of_request=is_of_request,
        set=_headers(said.get("set", ())),
        add=_headers(said.get("add", ())),
        remove=tuple(dict.fromkeys(name.lower() for name in said.get("remove", ()))),
    )


def _headers(said: list[Mapping[str, str]] | tuple[()]) -> Headers:
    first: dict[str, str] = {}
    for header in said:
        first.setdefault(header["name"].lower(), header["value"])
    return tuple(first.items())


def _redirect(at: Path, said: Mapping[str, Any]) -> Redirect:
    return Redirect(
        at=at,
        scheme=said.get("scheme"),
        hostname=said.get("hostname"),
        port=said.get("port"),
        path=_path(said.get("path")),
        status=said.get("statusCode", 302),
    )


def _path(said: Mapping[str, Any] | None) -> PathChange | None:
    if said is None:
        return None
    if said["type"] == "ReplaceFullPath":
        return FullPath(said.get("replaceFullPath", ""))
    return PrefixPath(said.get("replacePrefixMatch", ""))


def _mirror(route: Resource, at: Path, said: Mapping[str, Any]) -> Mirror:
    to = routes.backend_at((*at, "requestMirror", "backendRef"), said["backendRef"], route)
    fraction = said.get("fraction")
    if fraction is not None:
        return Mirror(at=at, to=to, share=Fraction(fraction["numerator"], fraction.get("denominator", 100)))
    return Mirror(at=at, to=to, share=Fraction(said.get("percent", 100), 100))
