"""TLSRoutes and TCPRoutes: one rule, for whole connections."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.linkerd.admission.parents import attachment, parents
from meshgen.backends.linkerd.admission.requests import backends
from meshgen.backends.linkerd.admission.verdicts import ignored, refused
from meshgen.profile import Channel, GatewayApi, Profile
from meshgen.resources import Complaint, Resource

_BINDINGS = "linkerd/linkerd2 policy-controller/k8s/api/src/lib.rs"
_ADMISSION = "linkerd/linkerd2 policy-controller/runtime/src/admission.rs"


def route(resource: Resource, profile: Profile) -> Iterator[Complaint]:
    """Yield what is wrong with a TLSRoute or a TCPRoute. Reports MG469 and MG470."""
    yield from parents(resource)
    attached = attachment(resource)
    yield from backends(resource, attached)
    if attached.is_in_mesh and profile.gateway_api is not None:
        yield from _unwatched(resource, profile.gateway_api)
    count = len(resource.spec.get("rules", ()))
    if count != 1:
        yield refused(
            ("spec", "rules"),
            f"the route holds {count} rules, and one is what a {resource.kind} has",
            "write one",
            _ADMISSION,
        )


def _unwatched(route: Resource, gateway_api: GatewayApi) -> Iterator[Complaint]:
    # The standard channel serves these kinds as v1 alone; the controller asks for v1alpha2.
    if gateway_api.channel is Channel.STANDARD:
        yield ignored(
            (),
            f"Linkerd does not see a {route.kind} of the standard channel",
            "install the experimental channel of the Gateway API",
            _BINDINGS,
        )
