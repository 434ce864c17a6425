"""Boxes and edges: each service, each caller from outside, and each rule, route and mirror between them."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from meshgen.diagnostics import Span
from meshgen.graph.words import (
    Fact,
    RouteWords,
    conditions,
    default_words,
    facts,
    matches,
    port_words,
    route_words,
    shares,
    value_words,
)
from meshgen.intent.access import Action, From, Mode, Rule
from meshgen.intent.dump import dump
from meshgen.intent.keys import Account, ServiceKey
from meshgen.intent.model import Service
from meshgen.intent.resolved import ResolvedRule, ResolvedService, ResolvedSet
from meshgen.intent.traffic import Mirror, Route
from meshgen.scalars import dump as block
from meshgen.source import MapNode, Node


class Kind(enum.Enum):
    """What an edge says."""

    ALLOW = "allow"
    DENY = "deny"
    ROUTE = "route"  # requests of one Service go to another
    MIRROR = "mirror"  # copies of them do
    FRONT = "front"  # a Service fronts another one's pods


class Outsider(NamedTuple):
    """Callers that are no service of the set."""

    name: str
    what: str


EVERYBODY = Outsider("anyone", "with or without identity")
MEMBERS = Outsider("anyone in the mesh", "every identity")
End = ServiceKey | Outsider


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A service, or callers from outside."""

    end: End
    line: str  # what stands below the name
    mode: Mode | None = None
    default: str = ""  # what becomes of a request that no rule covers
    shares: tuple[tuple[str, str], ...] = ()  # of connections and of requests that no route takes
    routes: tuple[RouteWords, ...] = ()
    facts: tuple[Fact, ...] = ()
    span: Span | None = None
    node: Node | None = None  # where it is written

    @property
    def name(self) -> str:
        """What the box is called."""
        return self.end.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Something that leads from one box to another."""

    caller: End
    callee: End
    kind: Kind
    title: str  # name of the rule or of the route
    conditions: str  # on the request; empty: none
    text: str  # as the file could have it
    span: Span | None
    node: Node | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Everything that is drawn, in the order of the set."""

    title: str
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    notes: tuple[str, ...]  # on what reaches beyond the services


def picture(resolved: ResolvedSet) -> Picture:
    """Draw a set: who may call whom by which rule, and what becomes of requests."""
    services = tuple(resolved.services[key] for key in sorted(resolved.services))
    edges = tuple(edge for service in services for edge in _edges(service, resolved))
    ends = dict.fromkeys(end for edge in edges for end in (edge.caller, edge.callee))
    outside = sorted(end for end in ends if isinstance(end, Outsider))
    # A route may lead to a Service that no intent of the set speaks of.
    beyond = sorted(end for end in ends if isinstance(end, ServiceKey) and end not in resolved.services)
    return Picture(
        title=", ".join(dict.fromkeys(service.intent.metadata.name for service in services)) or "no service",
        boxes=(
            *(Box(end=end, line=end.what) for end in outside),
            *map(_box, services),
            *(Box(end=end, line=f"Service of {end.namespace}, not in the set") for end in beyond),
        ),
        edges=edges,
        notes=tuple(_notes(resolved)),
    )


def _box(service: ResolvedService) -> Box:
    spec = service.intent.spec
    written = spec.source.value("services") if isinstance(spec.source, MapNode) else None
    return Box(
        end=service.key,
        line=", ".join(port_words(service)) or "only calls",
        mode=service.mode,
        default=default_words(service) if service.ports else "",
        shares=shares(service.split),
        routes=tuple(map(route_words, service.routes)) if service.http_ports else (),
        facts=facts(service),
        span=spec.span("services", service.key.name),
        node=written.value(service.key.name) if isinstance(written, MapNode) else None,
    )


def _notes(resolved: ResolvedSet) -> Iterator[str]:
    for wide in resolved.wide:
        every = f"every pod of the namespace {wide.namespace}, listed or not"
        if wide.mode is not None:
            yield f"mTLS is {wide.mode.value} on {every}"
        if wide.default is not None:
            word = "allowed" if wide.default is Action.ALLOW else "denied"
            yield f"what no rule covers is {word} at {every}"


def _edges(service: ResolvedService, resolved: ResolvedSet) -> Iterator[Edge]:
    if service.written.pods_of is not None:
        yield _front(service, ServiceKey(service.key.namespace, service.written.pods_of))
    elif service.ports:
        yield from _open(service)
        authorization = service.written.authorization
        written = () if authorization is None else authorization.rules
        for rule, resolved_rule in zip(written, service.rules, strict=True):
            yield from _of_rule(rule, resolved_rule, service, resolved)
    yield from _onward(service)


def _front(service: ResolvedService, pods_of: ServiceKey) -> Edge:
    return Edge(
        caller=service.key,
        callee=pods_of,
        kind=Kind.FRONT,
        title="the same pods",
        conditions="",
        text=block({"podsOf": pods_of.name}),
        span=service.written.span("podsOf"),
        node=None,
    )


def _open(service: ResolvedService) -> Iterator[Edge]:
    """Under `default: allow` everybody may call whom no rule turns away."""
    if service.default is Action.ALLOW and service.written.authorization is not None:
        yield Edge(
            caller=EVERYBODY,
            callee=service.key,
            kind=Kind.ALLOW,
            title="by default",
            conditions="",
            text=block({"default": "allow"}),
            span=service.written.authorization.span("default"),
            node=None,
        )


def _of_rule(
    rule: Rule, resolved_rule: ResolvedRule, service: ResolvedService, resolved: ResolvedSet
) -> Iterator[Edge]:
    """Yield an edge for each caller that a rule names; callers without a name are everybody."""
    asked = conditions(resolved_rule)
    is_short = rule.source is service.written.source  # `callers`, short for a rule
    for caller, entry in _callers(rule, service.key.namespace, resolved):
        excepted = "" if entry is None else _excepted(entry)
        place = rule if entry is None else entry
        yield Edge(
            caller=caller,
            callee=service.key,
            kind=Kind.ALLOW if resolved_rule.action is Action.ALLOW else Kind.DENY,
            title=rule.name,
            conditions=" · ".join(part for part in (asked, excepted) if part),
            text=block({"callers": [dump(entry)]} if is_short else dump(rule)),
            span=place.span(),
            node=place.source if is_short else rule.source,
        )


def _callers(rule: Rule, namespace: str, resolved: ResolvedSet) -> Iterator[tuple[End, From | None]]:
    if not rule.from_:
        yield EVERYBODY, None
    for entry in rule.from_:
        yield from ((end, entry) for end in _ends(entry, namespace, resolved))


def _ends(entry: From, namespace: str, resolved: ResolvedSet) -> tuple[End, ...]:
    if entry.service is not None:
        head, _, name = entry.service.rpartition("/")
        return (ServiceKey(head or namespace, name),)
    if entry.service_account is not None:
        owners = resolved.by_account.get(Account(*entry.service_account.split("/")), ())
        within = tuple(owner.key for owner in owners if owner.written.pods_of is None)
        return within or (Outsider(entry.service_account, "service account"),)
    if entry.caller is not None:
        return (Outsider(entry.caller, "caller that the profile names"),)
    if entry.namespace is not None:
        return (Outsider(entry.namespace, "every identity of the namespace"),)
    if entry.cidr is not None:
        return (Outsider(entry.cidr, "addresses"),)
    return (EVERYBODY if entry.authenticated is None else MEMBERS,)


def _excepted(entry: From) -> str:
    words = (value_words(caller).replace("authenticated True", MEMBERS.name) for caller in entry.except_)
    return f"except {', '.join(words)}" if entry.except_ else ""


def _onward(service: ResolvedService) -> Iterator[Edge]:
    """Yield where requests, or copies of them, go on to another Service."""
    written = service.written
    if isinstance(written.mirror, Mirror) and written.mirror.service is not None:
        yield _lead(service.key, written, Kind.MIRROR, "every route without its own", written.mirror.service)
    for route in written.routes:
        if route.service is not None:
            yield _lead(service.key, route, Kind.ROUTE, route.name, route.service)
        if isinstance(route.mirror, Mirror) and route.mirror.service is not None:
            yield _lead(service.key, route, Kind.MIRROR, route.name, route.mirror.service)


def _lead(key: ServiceKey, written: Service | Route, kind: Kind, title: str, target: str) -> Edge:
    head, _, name = target.partition(":")[0].rpartition("/")
    is_inherited = isinstance(written, Service)  # by every route that has no mirror of its own
    return Edge(
        caller=key,
        callee=ServiceKey(head or key.namespace, name),
        kind=kind,
        title=title,
        conditions="" if isinstance(written, Service) else matches(written.match),
        text=block({"mirror": dump(written.mirror)} if is_inherited else dump(written)),
        span=written.span("service" if kind is Kind.ROUTE else "mirror"),
        node=None if is_inherited else written.source,
    )
