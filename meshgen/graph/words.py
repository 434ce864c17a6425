"""What becomes of requests, in short words for a person who looks at a drawing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from meshgen.intent.access import Action
from meshgen.intent.dump import dump
from meshgen.intent.features import Located, Written
from meshgen.intent.match import (
    Absent,
    Exact,
    HeaderMatch,
    Match,
    PathExact,
    PathMatch,
    PathPrefix,
    PathRegex,
    Prefix,
    Present,
    Regex,
)
from meshgen.intent.resolved import (
    Destination,
    Request,
    ResolvedRoute,
    ResolvedRule,
    ResolvedService,
    Target,
    Token,
    ToOther,
    ToService,
    ToVersions,
)
from meshgen.intent.traffic import Redirect
from meshgen.scalars import Json
from meshgen.values import Duration

_AND, _OR, _ANY = " · ", " or ", ", "  # alternatives of conditions, of which each may list values
Fact = tuple[str, str]  # what, and how it is


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteWords:
    """A route, as a row of a table."""

    name: str
    match: str
    is_implied: bool  # the last one, for what no written route takes
    destination: str
    effects: tuple[Fact, ...]


def route_words(route: ResolvedRoute) -> RouteWords:
    """Say which requests a route takes, where they go, and what is done to them."""
    return RouteWords(
        name=route.name or "all others",
        match=matches(route.matches),
        is_implied=route.name is None,
        destination=_destination(route.destination),
        effects=tuple(
            (name, value_words(value))
            for name, value in (
                ("timeout", route.timeout),
                ("retries", route.retries),
                ("rewrite", route.rewrite),
                ("fault", route.fault),
                ("mirror", route.mirror),
                ("headers", route.headers),
                ("cors", route.cors),
            )
            if value is not None
        ),
    )


def matches(alternatives: Iterable[Match]) -> str:
    """Say which requests any of several alternatives covers; none is every request."""
    return _OR.join(map(_match, alternatives)) or "every request"


def value_words(value: Located | Written | Duration) -> str:
    """Say a policy on one line: `attempts 2, retryOn 5xx or reset`."""
    return _said(dump(value))


def _said(value: Json) -> str:
    match value:
        case Mapping():
            return ", ".join(f"{key} {_inner(inner)}" for key, inner in value.items())
        case list():
            return _OR.join(map(_said, value))
        case _:
            return str(value)


def _inner(value: Json) -> str:
    return f"({_said(value)})" if isinstance(value, Mapping) else _said(value)


def shares(destination: ToService | ToVersions) -> tuple[tuple[str, str], ...]:
    """List versions with their percents; empty where the whole Service answers."""
    if isinstance(destination, ToService):
        return ()
    return tuple((share.version, str(share.percent)) for share in destination.shares)


def _destination(destination: Destination) -> str:
    match destination:
        case ToService():
            return "the whole Service"
        case ToVersions():
            return ", ".join(f"{version} {percent} %" for version, percent in shares(destination))
        case ToOther(key=key, port=port):
            return str(key) if port is None else f"{key}:{port}"
        case Redirect():
            return f"redirect ({_said(dump(destination))})"
        case _:
            assert_never(destination)


def _match(match: Match) -> str:
    return _AND.join(
        (
            *_methods_and_paths(match),
            *_headers(match.headers or {}),
            *(f"?{_header(name, value)}" for name, value in (match.query_params or {}).items()),
            *_ports(match.ports),
        )
    )


def _methods_and_paths(asked: Match | Request) -> Iterator[str]:
    if asked.methods:
        yield _ANY.join(method.value for method in asked.methods)
    if asked.paths:
        yield _ANY.join(map(_path, asked.paths))


def _path(path: PathMatch) -> str:
    match path:
        case PathExact(exact=text):
            return text
        case PathPrefix(prefix=text):
            return f"{text.rstrip('/')}/*"
        case PathRegex(regex=text):
            return f"~ {text}"
        case _:
            assert_never(path)


def _headers(headers: Mapping[str, HeaderMatch]) -> tuple[str, ...]:
    return tuple(_header(name, match) for name, match in headers.items())


def _header(name: str, match: HeaderMatch) -> str:
    match match:
        case Exact(exact=text):
            return f"{name} = {text}"
        case Prefix(prefix=text):
            return f"{name} = {text}*"
        case Regex(regex=text):
            return f"{name} ~ {text}"
        case Present():
            return f"{name} present"
        case Absent():
            return f"{name} absent"
        case _:
            assert_never(match)


def _ports(ports: Iterable[object]) -> tuple[str, ...]:
    listed = _ANY.join(map(str, ports))
    return (f"port {listed}",) if listed else ()


def conditions(rule: ResolvedRule) -> str:
    """Say what a rule asks of a request beside its caller; empty where it asks nothing."""
    asked = _OR.join(map(_target, rule.targets))
    return _AND.join((*((asked,) if asked else ()), *(() if rule.token is None else (_token(rule.token),))))


def _target(target: Target) -> str:
    excepted = _OR.join(map(_request, target.excepts))
    whole = _request(target.request) or "anything"
    return f"{whole} except {excepted}" if excepted else whole


def _request(request: Request) -> str:
    return _AND.join(
        (
            *_methods_and_paths(request),
            *_headers(request.headers),
            *((_ANY.join(request.hostnames),) if request.hostnames else ()),
            *_ports(port.name for port in request.ports),
        )
    )


def _token(token: Token) -> str:
    claims = (f"{name} = {_ANY.join(values)}" for name, values in token.claims.items())
    return " ".join((f"token of {token.provider}", *(f"with {claim}" for claim in claims)))


def facts(service: ResolvedService) -> tuple[Fact, ...]:
    """List what holds for a service beside its routes and rules."""
    written = service.written
    policies = (
        ("circuit breaker", service.circuit_breaker),
        ("outlier detection", service.outlier_detection),
        ("load balancing", service.load_balancing),
        ("connect timeout", service.connect_timeout),
        ("rate limit", service.rate_limit),
    )
    return (
        ("namespace", service.key.namespace),
        ("account", ", ".join(map(str, service.accounts))),
        *((("ports", ", ".join(ports)),) if (ports := port_words(service)) else ()),
        *((("mTLS", mode_words(service)),) if service.ports else ()),
        *((("by default", default_words(service)),) if service.ports else ()),
        *((("pods of", written.pods_of),) if written.pods_of is not None else ()),
        *((("headless", "callers reach pods directly"),) if written.headless is not None else ()),
        *((name, value_words(value)) for name, value in policies if value is not None),
        *(("probe", value_words(probe)) for probe in service.probes),
    )


def port_words(service: ResolvedService) -> tuple[str, ...]:
    """Name each port by protocol and number, and the container port where it differs."""
    return tuple(
        f"{port.protocol.value} {port.target} (container)"
        if port.number is None
        else f"{port.protocol.value} {port.number}" + (f" to {port.target}" * (port.target != port.number))
        for port in service.ports
    )


def mode_words(service: ResolvedService) -> str:
    """Say what the pods admit, and where single ports differ."""
    whole = "as the mesh has it" if service.mode is None else service.mode.value
    return ", ".join((whole, *(f"{port} {mode.value}" for port, mode in service.port_modes.items())))


def default_words(service: ResolvedService) -> str:
    """Say what becomes of a request that no rule covers."""
    match service.default:
        case None:
            return "as the mesh has it"
        case Action.ALLOW:
            return "allowed"
        case Action.DENY:
            return "denied"
        case _:
            assert_never(service.default)
