"""Routes: names of their own, targets that exist, and actions that have what they need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from meshgen.diagnostics import Code, Findings, Span, near_miss
from meshgen.intent.match import PathPrefix
from meshgen.intent.resolve import port_names
from meshgen.intent.resolved import ServiceKey
from meshgen.intent.rules.subjects import Scene, Subject
from meshgen.intent.traffic import Mirror, Redirect, Route

DUPLICATE_ROUTE = Code(
    number="MG232", slug="duplicate-route", meaning="Two routes of a service have one name."
)
TARGET_WITHOUT_PORT = Code(
    number="MG234",
    slug="target-without-port",
    meaning="A target leaves its port out, and it does not follow: it is outside the set, or has several.",
)
UNKNOWN_TARGET_PORT = Code(
    number="MG235",
    slug="unknown-target-port",
    meaning="A target names a port that the service of the set does not have, or that takes no requests.",
)
PREFIX_WITHOUT_MATCH = Code(
    number="MG236",
    slug="prefix-without-match",
    meaning="The matched prefix is to be replaced, and the route also matches without one.",
)
REQUEST_EDITS_OF_REDIRECT = Code(
    number="MG238",
    slug="request-edits-of-redirect",
    meaning="A redirect sends no request on, so edits of it are lost.",
)


class _Target(NamedTuple):
    """A Service that gets requests or copies."""

    text: str
    field: str
    span: Span | None


def check(scene: Scene, findings: Findings) -> None:
    """Report MG232, MG234 to MG236 and MG238."""
    for subject in scene.subjects.values():
        _check_names(subject, findings)
        for target in _targets(subject):
            _check_target(scene, subject, target, findings)
        for route, field in subject.routes():
            _check_prefix(route, field, findings)
            _check_redirect(route, field, findings)


def _check_names(subject: Subject, findings: Findings) -> None:
    first: dict[str, Route] = {}
    for route, field in subject.routes():
        other = first.setdefault(route.name, route)
        if other is not route:
            there = other.span("name")
            findings.add(
                DUPLICATE_ROUTE,
                f"{field}.name is {route.name!r}, as is that of another route",
                span=route.span("name"),
                field=f"{field}.name",
                hint="give each route of a service a name of its own",
                related=() if there is None else (("the first one", there),),
            )


def _targets(subject: Subject) -> Iterator[_Target]:
    mirrors = [(subject.service.mirror, f"{subject.field}.mirror")]
    for route, field in subject.routes():
        if route.service is not None:
            yield _Target(route.service, f"{field}.service", route.span("service"))
        mirrors.append((route.mirror, f"{field}.mirror"))
    for mirror, field in mirrors:
        if isinstance(mirror, Mirror) and mirror.service is not None:
            yield _Target(mirror.service, f"{field}.service", mirror.span("service"))


def _check_target(scene: Scene, subject: Subject, target: _Target, findings: Findings) -> None:
    head, _, rest = target.text.rpartition("/")
    name, _, port = rest.partition(":")
    known = scene.subjects.get(ServiceKey(head or subject.key.namespace, name))
    if known is None:
        _check_outside(scene, subject, target, findings)
    elif not port and len(known.http_ports) != 1:
        names = [port.name for port in known.http_ports]
        findings.add(
            TARGET_WITHOUT_PORT,
            f"{target.field} is {target.text!r}, with {len(known.http_ports)} ports for requests, not one",
            span=target.span,
            field=target.field,
            hint=f"write {target.text}:{names[0]}, or another of its ports"
            if names
            else "name one that has some",
        )
    elif port and not any(port in port_names(found) for found in known.http_ports):
        words = [word for found in known.http_ports for word in port_names(found)]
        findings.add(
            UNKNOWN_TARGET_PORT,
            f"{target.field} names the port {port!r}, on which {known.key} takes no requests",
            span=target.span,
            field=target.field,
            hint=near_miss(port, words) or f"its ports for requests are {', '.join(words) or 'none'}",
        )


def _check_outside(scene: Scene, subject: Subject, target: _Target, findings: Findings) -> None:
    name, _, port = target.text.partition(":")
    if port.isdecimal():
        return
    names = [key.name if key.namespace == subject.key.namespace else str(key) for key in scene.subjects]
    findings.add(
        TARGET_WITHOUT_PORT,
        f"{target.field} is {target.text!r}, which is not in the set, so its port does not follow",
        span=target.span,
        field=target.field,
        hint=near_miss(name, names) or f"write {name}:80, with the number of its Service port",
    )


def _check_prefix(route: Route, field: str, findings: Findings) -> None:
    for action, name in ((route.rewrite, "rewrite"), (route.redirect, "redirect")):
        if action is None or action.prefix is None:
            continue
        lacking = [
            index
            for index, match in enumerate(route.match)
            if not match.paths or not all(isinstance(path, PathPrefix) for path in match.paths)
        ]
        if lacking or not route.match:
            where = f"{field}.match[{lacking[0]}]" if lacking else field
            findings.add(
                PREFIX_WITHOUT_MATCH,
                f"{field}.{name}.prefix replaces the matched prefix, and {where} matches without one",
                span=action.span("prefix"),
                field=f"{field}.{name}.prefix",
                hint="match by paths: [{prefix: ...}] alone in every alternative, or write path",
            )


def _check_redirect(route: Route, field: str, findings: Findings) -> None:
    if (
        isinstance(route.redirect, Redirect)
        and route.headers is not None
        and route.headers.request is not None
    ):
        findings.add(
            REQUEST_EDITS_OF_REDIRECT,
            f"{field}.headers.request stands beside redirect, which sends no request on",
            span=route.headers.span("request"),
            field=f"{field}.headers.request",
            hint="take it away; headers.response may stand",
        )
