"""Parents of a route, as Linkerd knows them: what callers address, and what guards a port."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from meshgen.backends.linkerd.admission.verdicts import ignored, refused
from meshgen.gatewayapi import routes
from meshgen.gatewayapi.routes import Reference, within
from meshgen.resources import Complaint, Resource

POLICY = "policy.linkerd.io"
_ADMISSION = "linkerd/linkerd2 policy-controller/runtime/src/admission.rs"
_INBOUND = "linkerd/linkerd2 policy-controller/k8s/index/src/inbound/routes.rs"


class Attachment(NamedTuple):
    """The parents of a route that mean something to Linkerd."""

    outbound: tuple[Reference, ...]  # Services and EgressNetworks, looked up by the callers' proxies
    inbound: tuple[Reference, ...]  # Servers, looked up by the proxy of the pod

    @property
    def is_in_mesh(self) -> bool:
        """Tell whether any of them is Linkerd's."""
        return bool(self.outbound or self.inbound)


def attachment(route: Resource) -> Attachment:
    """Sort the parents of a route; a Gateway's route is another controller's."""
    found = tuple(routes.parents(route))
    return Attachment(
        outbound=tuple(parent for parent in found if parent.is_service or _is(parent, "EgressNetwork")),
        inbound=tuple(parent for parent in found if _is(parent, "Server")),
    )


def _is(reference: Reference, kind: str) -> bool:
    return (reference.group, reference.kind) == (POLICY, kind)


def is_backend(backend: Reference) -> bool:
    """Tell a backend that Linkerd can send requests to."""
    return backend.is_service or _is(backend, "EgressNetwork")


def parents(route: Resource) -> Iterator[Complaint]:
    """Yield what is wrong with the parents of a route. Reports MG469 and MG470."""
    for parent, (at, written) in zip(
        routes.parents(route), within(("spec",), route.spec, "parentRefs"), strict=True
    ):
        if _is(parent, "Server"):
            yield from _server(route, parent, written)
        elif _is(parent, "EgressNetwork"):
            if parent.port is None:
                yield refused(at, "an EgressNetwork is a parent by port alone", "write port", _ADMISSION)
        elif route.group == POLICY and not parent.is_service:
            yield ignored(
                at,
                f"nothing follows a route below {parent.kind} of group {parent.group!r}",
                'write group: "" and kind: Service, or group: policy.linkerd.io and kind: Server',
                _INBOUND,
            )


def _server(route: Resource, parent: Reference, written: Mapping[str, Any]) -> Iterator[Complaint]:
    if route.namespace not in ("", parent.namespace):
        yield ignored(
            (*parent.path, "namespace"),
            f"a Server of namespace {parent.namespace!r} is no parent of a route of {route.namespace!r}:"
            " the whole route is ignored",
            "put the route beside its Server",
            _INBOUND,
        )
    for field in ("port", "sectionName"):
        if field in written:
            yield ignored(
                (*parent.path, field),
                f"{field} has no meaning on a Server: the whole route is ignored",
                "leave it out; a Server has one port",
                _INBOUND,
            )
