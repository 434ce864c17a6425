"""GRPCRoutes: what takes the whole Service down counts most."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.linkerd.admission import annotation, matching
from meshgen.backends.linkerd.admission.parents import Attachment, attachment, parents
from meshgen.backends.linkerd.admission.requests import backends
from meshgen.backends.linkerd.admission.verdicts import ignored, refused
from meshgen.gatewayapi import routes
from meshgen.gatewayapi.routes import Written
from meshgen.profile import Profile
from meshgen.resources import Complaint, Resource

_GRPC = "linkerd/linkerd2 policy-controller/k8s/index/src/routes/grpc.rs"
_OUTBOUND = "linkerd/linkerd2 policy-controller/grpc/src/outbound/grpc.rs"
_CLIENT = "linkerd/linkerd2-proxy linkerd/proxy/client-policy/src/grpc.rs"
_INDEX = "linkerd/linkerd2 policy-controller/k8s/index/src/outbound/index/grpc.rs"


def route(resource: Resource, profile: Profile) -> Iterator[Complaint]:
    """Yield what is wrong with a GRPCRoute. Reports MG469 to MG471."""
    attached = attachment(resource)
    yield from parents(resource)
    if attached.outbound:
        yield from annotation.of_route(resource, profile)
    yield from matching.conditions(resource)
    yield from matching.edits(resource)
    yield from backends(resource, attached)
    for match in routes.matches(resource):
        yield from _match(match, attached)
    for filter_ in routes.filters(resource):
        yield from _filter(filter_, attached)
    for at, rule in routes.rules(resource):
        if attached.outbound and "sessionPersistence" in rule:
            where = (*at, "sessionPersistence")
            yield ignored(
                where, "sessionPersistence is not read", "leave it out; Linkerd has no affinity", _INDEX
            )


def _match(match: Written, attached: Attachment) -> Iterator[Complaint]:
    at, body = match
    method = body.get("method")
    if method is not None and method.get("type", "Exact") == "RegularExpression":
        yield refused(
            (*at, "method", "type"), "methods are not matched by regular expression", "write Exact", _GRPC
        )
    elif method is None and attached.is_in_mesh:
        yield refused(
            at,
            "a match without a method makes every request to the port fail",
            "write method, or match headers in an HTTPRoute",
            _CLIENT,
        )


def _filter(filter_: Written, attached: Attachment) -> Iterator[Complaint]:
    at, body = filter_
    kind = body["type"]
    if kind == "ResponseHeaderModifier" and attached.outbound:
        yield refused(
            (*at, "type"),
            "editing the headers of answers makes every request to the Service fail",
            "leave the filter out, or use an HTTPRoute",
            _OUTBOUND,
        )
    elif kind in ("RequestMirror", "ExtensionRef") and attached.is_in_mesh:
        yield ignored(
            (*at, "type"),
            f"Linkerd has no {kind}: the whole route is ignored",
            "leave the filter out",
            _INDEX,
        )
