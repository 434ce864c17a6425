"""Routes of a service on one of its ports: which one takes a request, and what it makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from meshgen.intent.languages import Below, Exactly, Language, holds
from meshgen.intent.match import Match, PathPrefix
from meshgen.intent.model import Protocol
from meshgen.intent.outcome.call import InHeader, Request
from meshgen.intent.outcome.conditions import Conditions
from meshgen.intent.outcome.requesting import is_of, told_apart
from meshgen.intent.patterns import Pattern, pattern_of
from meshgen.intent.resolve import port_names
from meshgen.intent.resolved import ResolvedRoute, ServicePort
from meshgen.intent.traffic import HeaderEdits, Redirect, Rewrite, Scheme

_DEFAULT_PORTS = {Scheme.HTTP: 80, Scheme.HTTPS: 443}


class _Alternative(NamedTuple):
    pattern: Pattern
    prefixes: tuple[str, ...]  # the longest first

    def takes(self, request: Request) -> bool:
        return is_of(self.pattern, request, path=request.path, host="")


@dataclass(frozen=True, slots=True, kw_only=True)
class PortRoute:
    """A route as it holds on one port."""

    route: ResolvedRoute
    alternatives: tuple[_Alternative, ...]  # empty: every request

    def takes(self, request: Request) -> bool:
        """Tell whether a request is of the route."""
        return not self.alternatives or any(each.takes(request) for each in self.alternatives)

    @property
    def conditions(self) -> Conditions:
        """What it tells apart."""
        return Conditions.of(told_apart(each.pattern) for each in self.alternatives)

    @property
    def prefixes(self) -> tuple[str, ...]:
        """All prefixes of paths that it names."""
        return tuple(prefix for each in self.alternatives for prefix in each.prefixes)

    def behind(self, request: Request, by: str) -> str:
        """Replace the matched prefix of a path, the longest where several match."""
        taking = (each for each in self.alternatives if each.takes(request))
        matched = [
            prefix
            for each in taking
            for prefix in each.prefixes
            if holds(Below(prefix.rstrip("/")), request.path)
        ]
        longest = max(matched, key=len).rstrip("/")
        return by.rstrip("/") + request.path[len(longest) :] or "/"


def port_routes(routes: tuple[ResolvedRoute, ...], port: ServicePort) -> Iterator[tuple[int, PortRoute]]:
    """List the routes that hold on a port, in their order, each with its place among all."""
    for index, route in enumerate(routes):
        if port.protocol is Protocol.GRPC and isinstance(route.destination, Redirect):
            continue  # no gRPC call can be redirected: such a route holds on other ports alone
        here = [match for match in route.matches if _is_on(match, port)]
        if here or not route.matches:
            yield index, PortRoute(route=route, alternatives=tuple(map(_alternative, here)))


def _is_on(match: Match, port: ServicePort) -> bool:
    if port.protocol is Protocol.GRPC and match.query_params is not None:
        return False
    return not match.ports or any(name in match.ports for name in port_names(port))


def _alternative(match: Match) -> _Alternative:
    prefixes = (path.prefix for path in match.paths if isinstance(path, PathPrefix))
    return _Alternative(pattern_of(match), tuple(prefixes))


def sent_on(route: PortRoute, request: Request, protocol: Protocol) -> Request:
    """Give a request as it is sent on: rewritten, and with its headers edited."""
    rewrite, headers = route.route.rewrite, route.route.headers
    if rewrite is not None and protocol is not Protocol.GRPC:
        path = _rewritten(rewrite, route, request)
        request = replace(request, path=path, host=rewrite.hostname or request.host)
    if headers is None or headers.request is None:
        return request
    return _edited(request, headers.request)


def _rewritten(rewrite: Rewrite, route: PortRoute, request: Request) -> str:
    if rewrite.path is not None:
        return rewrite.path
    return request.path if rewrite.prefix is None else route.behind(request, rewrite.prefix)


def _edited(request: Request, edits: HeaderEdits) -> Request:
    """A token goes with the header that carries it; what is added to a header stands behind a comma."""
    gone = {name.lower() for name in (*edits.remove, *(edits.set or {}))}
    headers = {name: value for name, value in request.headers.items() if name not in gone}
    headers |= {name.lower(): value for name, value in (edits.set or {}).items()}
    for name, value in (edits.add or {}).items():
        old = headers.get(name.lower())
        headers[name.lower()] = value if old is None else f"{old},{value}"
    place = None if request.token is None else request.token.place
    is_gone = isinstance(place, InHeader) and place.name in gone
    return replace(request, headers=headers, token=None if is_gone else request.token)


def location(redirect: Redirect, route: PortRoute, request: Request, host: str) -> str:
    """Give the address that a redirect names to a request that came in plain HTTP for a host."""
    name, _, sent_port = host.partition(":")
    scheme = redirect.scheme or Scheme.HTTP
    port = redirect.port
    if port is None:
        stays = redirect.scheme is None and redirect.hostname is None
        port = int(sent_port) if stays and sent_port else _DEFAULT_PORTS[scheme]
    shown = "" if port == _DEFAULT_PORTS[scheme] else f":{port}"
    path = redirect.path or request.path
    if redirect.prefix is not None:
        path = route.behind(request, redirect.prefix)
    target = replace(request, path=path).target
    return f"{scheme.value}://{redirect.hostname or name}{shown}{target}"


def before_rewriting(route: PortRoute, paths: frozenset[Language]) -> frozenset[Language]:
    """Say which paths, as they are sent, a route rewrites into some that are told apart where they arrive."""
    rewrite = route.route.rewrite
    if rewrite is None or rewrite.prefix is None:
        return paths if rewrite is None or rewrite.path is None else frozenset()
    to = rewrite.prefix.rstrip("/")
    return frozenset(
        moved
        for prefix in route.prefixes
        for language in paths
        for moved in _moved(language, to, prefix.rstrip("/"))
    )


def _moved(language: Language, to: str, prefix: str) -> Iterator[Language]:
    match language:
        case Exactly(text=text) if holds(Below(to), text):
            yield Exactly(prefix + text[len(to) :])
        case Below(text=text) if holds(Below(to), text):
            yield Below(prefix + text[len(to) :])
        case _:
            return
