"""HTTPRoutes, of Linkerd's own group and of the Gateway API's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from meshgen.backends.linkerd.admission import annotation, matching
from meshgen.backends.linkerd.admission.parents import Attachment, attachment, is_backend, parents
from meshgen.backends.linkerd.admission.scalars import duration_ms
from meshgen.backends.linkerd.admission.verdicts import ignored, refused
from meshgen.gatewayapi import admission, httproute, routes
from meshgen.gatewayapi.routes import Reference, Written, within
from meshgen.grammar import duration_ns
from meshgen.profile import Profile
from meshgen.resources import Complaint, Path, Resource

_ADMISSION = "linkerd/linkerd2 policy-controller/runtime/src/admission.rs"
_OUTBOUND = "linkerd/linkerd2 policy-controller/k8s/index/src/outbound/index/http.rs"
_INDEX = "linkerd/linkerd2 policy-controller/k8s/index/src/outbound/index.rs"
_INBOUND = "linkerd/linkerd2 policy-controller/k8s/index/src/inbound/index/http.rs"
_SUPPORTED = "linkerd/website linkerd.io/content/2-edge/features/gateway-api.md"
_REDIRECT = "linkerd/linkerd2-proxy linkerd/http/route/src/http/filter/redirect.rs"

_FIELDS = {
    "RequestHeaderModifier": "requestHeaderModifier",
    "ResponseHeaderModifier": "responseHeaderModifier",
    "RequestRedirect": "requestRedirect",
}
_WITHOUT_TIMEOUTS = ("2.18", "2.19")  # linkerd/linkerd2 commit b5d6661b9 came after


def policy_route(route: Resource, profile: Profile) -> Iterator[Complaint]:
    """Yield what is wrong with an HTTPRoute of policy.linkerd.io, whose definition has no CEL.

    Reports MG419 to MG425, MG469 to MG471.
    """
    yield from admission.refused(route)
    yield from httproute.refused(route)
    yield from _route(route, profile)
    yield from matching.paths(route)
    yield from _ports(route)
    for at, rule in routes.rules(route):
        yield from _timeouts((*at, "timeouts"), rule.get("timeouts", {}))
        for filter_ in within(at, rule, "filters"):
            yield from _filled(filter_)
        yield from _prefix(at, rule)


def gateway_route(route: Resource, profile: Profile) -> Iterator[Complaint]:
    """Yield what Linkerd makes of an HTTPRoute of the Gateway API. Reports MG469 to MG471."""
    yield from _route(route, profile)
    attached = attachment(route)
    for at, rule in routes.rules(route):
        if attached.outbound:
            yield from _unread(at, rule, profile)
        for filter_ in within(at, rule, "filters"):
            yield from _filter(filter_, attached)
        for path, backend in within(at, rule, "backendRefs"):
            for filter_ in within(path, backend, "filters"):
                yield from _backend_filter(filter_, attached)


def _route(route: Resource, profile: Profile) -> Iterator[Complaint]:
    attached = attachment(route)
    yield from parents(route)
    if attached.outbound:
        yield from annotation.of_route(route, profile)
    yield from matching.conditions(route)
    yield from matching.edits(route)
    yield from backends(route, attached)


def backends(route: Resource, attached: Attachment) -> Iterator[Complaint]:
    """Yield the backends of a route, of any kind, that Linkerd cannot reach. Reports MG469 and MG470."""
    yield from _below_server(route, attached)
    others = sorted({parent.namespace for parent in attached.outbound} - {route.namespace})
    for at, rule in routes.rules(route):
        written = within(at, rule, "backendRefs")
        for backend, (path, body) in zip(routes.backends_of(route, at, rule), written, strict=True):
            yield from _backend(backend, attached)
            if route.namespace and others and "namespace" not in body:
                yield ignored(
                    path,
                    f"{backend.name!r} is looked up in namespace {others[0]!r}, of the parent",
                    f"write namespace: {route.namespace}, or the one that is meant",
                    _INDEX,
                )


def _backend(backend: Reference, attached: Attachment) -> Iterator[Complaint]:
    if attached.outbound and not is_backend(backend):
        yield refused(
            (*backend.path, "kind"),
            f"{backend.kind} of group {backend.group!r} is no backend: its share is answered with 500",
            "write a Service",
            _OUTBOUND,
        )


def _below_server(route: Resource, attached: Attachment) -> Iterator[Complaint]:
    if attached.inbound and not attached.outbound:
        for at, rule in routes.rules(route):
            if rule.get("backendRefs"):
                yield ignored(
                    (*at, "backendRefs"),
                    "backendRefs are not read below a Server, which guards its own pods",
                    "leave them out",
                    _INBOUND,
                )


def _unread(at: Path, rule: Mapping[str, Any], profile: Profile) -> Iterator[Complaint]:
    for field, hint in _UNREAD.items():
        if field in rule:
            yield ignored((*at, field), f"{field} is not read", hint, _OUTBOUND)
    timeouts = rule.get("timeouts", {})
    if "backendRequest" in timeouts:
        yield ignored((*at, "timeouts", "backendRequest"), _NO_TRIES, _TIMEOUT, _OUTBOUND)
    request = timeouts.get("request")
    if request is not None and profile.version in _WITHOUT_TIMEOUTS:
        yield ignored(
            (*at, "timeouts", "request"), "timeouts.request is not read before 2.20", _TIMEOUT, _OUTBOUND
        )
    elif request is not None and duration_ms(request) is None:
        yield ignored(
            (*at, "timeouts", "request"),
            f"{request!r} is not a duration of one unit: there is no timeout",
            "write a whole number and one unit: ms, s, m or h",
            _OUTBOUND,
        )


_NO_TRIES = "timeouts.backendRequest is not read"
_TIMEOUT = "write the annotation timeout.linkerd.io/request"
_UNREAD = {
    "retry": "write the annotations retry.linkerd.io/http and retry.linkerd.io/limit",
    "sessionPersistence": "leave it out; Linkerd has no affinity",
}


def _filter(filter_: Written, attached: Attachment) -> Iterator[Complaint]:
    at, body = filter_
    kind = body["type"]
    if kind not in _FIELDS and attached.is_in_mesh:
        yield ignored(
            (*at, "type"),
            f"Linkerd has no {kind}: the whole route is ignored",
            "leave the filter out",
            _OUTBOUND,
        )
    elif kind == "ResponseHeaderModifier" and attached.inbound:
        yield ignored(
            (*at, "type"), "answers are not edited below a Server", "edit them below a Service", _INBOUND
        )
    elif kind == "RequestRedirect" and attached.is_in_mesh:
        yield from _redirect((*at, "requestRedirect"), body.get("requestRedirect", {}))


def _redirect(at: Path, redirect: Mapping[str, Any]) -> Iterator[Complaint]:
    if redirect.get("statusCode", 302) not in (301, 302):
        yield ignored(
            (*at, "statusCode"),
            f"status {redirect['statusCode']} is younger than the Gateway API that Linkerd knows: the"
            " whole route may be ignored",
            "write 301 or 302",
            _SUPPORTED,
        )
    if "path" in redirect:
        yield ignored(
            (*at, "path"),
            "a redirected path is not what Linkerd passes the conformance tests of",
            "redirect by scheme, hostname or port",
            "kubernetes-sigs/gateway-api conformance/reports/v1.3.0/linkerd-linkerd",
        )


def _backend_filter(filter_: Written, attached: Attachment) -> Iterator[Complaint]:
    at, body = filter_
    kind = body["type"]
    if kind not in _FIELDS and attached.outbound:
        yield refused(
            (*at, "type"),
            f"Linkerd has no {kind}: the share of this backend is answered with 500",
            "leave the filter out",
            _OUTBOUND,
        )


def _ports(route: Resource) -> Iterator[Complaint]:
    for backend in routes.backends(route):
        if backend.is_service and backend.port in (None, 0):
            yield refused(
                backend.path,
                f"Service {backend.name!r} without a port: its share is answered with 500",
                "write port",
                _OUTBOUND,
            )


def _timeouts(at: Path, timeouts: Mapping[str, Any]) -> Iterator[Complaint]:
    read: dict[str, int] = {}
    for key in ("request", "backendRequest"):
        if key not in timeouts:
            continue
        duration = duration_ns(timeouts[key])
        if duration is None or timeouts[key].startswith("-"):
            yield refused(
                (*at, key), f"{timeouts[key]!r} is not a duration", "write something like 1s500ms", _ADMISSION
            )
        else:
            read[key] = duration
    if read.get("backendRequest", 0) > read.get("request", read.get("backendRequest", 0)):
        yield refused(
            (*at, "backendRequest"),
            f"{timeouts['backendRequest']} is longer than the {timeouts['request']} of the whole request",
            "make it shorter",
            _ADMISSION,
        )
    elif "backendRequest" in read:
        yield ignored((*at, "backendRequest"), _NO_TRIES, _TIMEOUT, _OUTBOUND)


def _filled(filter_: Written) -> Iterator[Complaint]:
    at, body = filter_
    field = _FIELDS[body["type"]]
    if field not in body:
        yield refused(at, f"a filter of type {body['type']} has no {field}", f"write {field}", _ADMISSION)
    path = body.get("requestRedirect", {}).get("path", {"replaceFullPath": "/"})
    if "replaceFullPath" not in path and "replacePrefixMatch" not in path:
        yield refused(
            (*at, "requestRedirect", "path"),
            "the redirect replaces the path by nothing",
            "write replaceFullPath or replacePrefixMatch",
            _ADMISSION,
        )


def _prefix(at: Path, rule: Mapping[str, Any]) -> Iterator[Complaint]:
    for path, filter_ in within(at, rule, "filters"):
        where = (*path, "requestRedirect", "path", "replacePrefixMatch")
        replaces = "replacePrefixMatch" in filter_.get("requestRedirect", {}).get("path", {})
        for _, match in within(at, rule, "matches") if replaces else ():
            if match.get("path", {}).get("type", "PathPrefix") != "PathPrefix":
                yield refused(
                    where,
                    "replacePrefixMatch has no prefix to replace where another path matched",
                    "match a PathPrefix",
                    _REDIRECT,
                )
