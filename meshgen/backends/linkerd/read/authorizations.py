"""AuthorizationPolicies and ServerAuthorizations: whom they let in, and to what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from meshgen.backends.linkerd.read.grants import (
    ANY_NAME,
    CLUSTER,
    Grant,
    Identities,
    Names,
    Network,
    names,
    networks,
)
from meshgen.backends.linkerd.read.selectors import picks
from meshgen.backends.linkerd.read.servers import POLICY
from meshgen.gatewayapi.routes import CORE, GROUP
from meshgen.intent.keys import Account
from meshgen.intent.outcome.facets import Basis
from meshgen.resources import Resource, Resources

_INDEX = "linkerd/linkerd2 policy-controller/k8s/index/src/inbound/index.rs"
_KINDS = {"server": "Server", "httproute": "HTTPRoute", "grpcroute": "GRPCRoute", "namespace": "Namespace"}
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "Server": (POLICY,),
    "HTTPRoute": (POLICY, GROUP),
    "GRPCRoute": (GROUP,),
    "Namespace": CORE,
}


class Target(NamedTuple):
    """What a policy speaks of; a namespace is every Server in it."""

    group: str
    kind: str
    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class Authorizations:
    """Every grant, by what it is for."""

    by_target: Mapping[Target, tuple[Grant, ...]]
    by_selector: tuple[tuple[Resource, Grant], ...]  # ServerAuthorizations

    def of_server(self, server: Resource) -> Iterator[Grant]:
        """List whom policies let in at a Server."""
        yield from self.by_target.get(Target(POLICY, "Server", server.namespace, server.name), ())
        yield from self.by_target.get(Target("", "Namespace", server.namespace, server.namespace), ())
        for authorization, grant in self.by_selector:
            if authorization.namespace == server.namespace and _is_for(authorization, server):
                yield grant

    def of_route(self, route: Resource) -> tuple[Grant, ...]:
        """List whom policies let in at a route."""
        return self.by_target.get(Target(route.group, route.kind, route.namespace, route.name), ())


def _is_for(authorization: Resource, server: Resource) -> bool:
    chosen = authorization.spec["server"]
    if "name" in chosen:
        return bool(chosen["name"] == server.name)
    return "selector" in chosen and picks(chosen["selector"], server.labels)


def authorizations(resources: Resources, identities: Identities) -> Authorizations:
    """Read every policy; what refers to something that is not there lets nobody in."""
    by_target: dict[Target, list[Grant]] = {}
    for policy in resources.of(POLICY, "AuthorizationPolicy"):
        target = _target(policy)
        if target is not None:
            grants = _policy(policy, resources, identities)
            by_target.setdefault(target, []).extend(grants)
    every = resources.of(POLICY, "ServerAuthorization")
    by_selector = ((each, grant) for each in every for grant in _server_authorization(each, identities))
    return Authorizations({target: tuple(grants) for target, grants in by_target.items()}, tuple(by_selector))


def _target(policy: Resource) -> Target | None:
    ref = policy.spec["targetRef"]
    kind, group = _KINDS.get(ref["kind"].lower()), ref.get("group", "").lower()
    if kind is None or group not in _GROUPS[kind]:
        return None
    return Target("" if kind == "Namespace" else group, kind, policy.namespace, ref["name"])


def _policy(policy: Resource, resources: Resources, identities: Identities) -> Iterator[Grant]:
    basis = Basis(name=str(policy), of=policy, path=("spec", "requiredAuthenticationRefs"), source=_INDEX)
    refs = policy.spec.get("requiredAuthenticationRefs") or ()
    found = [_authentication(ref, policy, resources, identities) for ref in refs]
    by_name = [each for each in found if isinstance(each, Names)]
    by_network = [each for each in found if isinstance(each, tuple) and not isinstance(each, Names)]
    # More than one of a sort is refused by the webhook.
    if None not in found and len(by_name) <= 1 and len(by_network) <= 1:
        yield Grant(
            basis=basis,
            names=by_name[0] if by_name else None,
            networks=by_network[0] if by_network else None,
        )


def _authentication(
    ref: Mapping[str, Any], policy: Resource, resources: Resources, identities: Identities
) -> Names | tuple[Network, ...] | None:
    kind, namespace = ref["kind"], ref.get("namespace", policy.namespace)
    if kind == "ServiceAccount":
        return Names(frozenset((identities.of(Account(namespace, ref["name"])),)))
    found = resources.find(POLICY, kind, namespace, ref["name"])
    if found is None or ref.get("group") != POLICY:
        return None
    match kind:
        case "MeshTLSAuthentication":
            return _mesh_tls(found, identities)
        case "NetworkAuthentication":
            return networks(found.spec["networks"])
        case _:
            return None


def _mesh_tls(authentication: Resource, identities: Identities) -> Names:
    refs = authentication.spec.get("identityRefs") or ()
    written = names(authentication.spec.get("identities") or ())
    accounts = [
        identities.of(Account(ref.get("namespace", authentication.namespace), ref["name"]))
        for ref in refs
        if ref["kind"] == "ServiceAccount" and "name" in ref
    ]
    ends = [identities.end_of(ref["name"]) for ref in refs if ref["kind"] == "Namespace" and "name" in ref]
    return Names(written.exact.union(accounts), (*written.ends, *ends))


def _server_authorization(authorization: Resource, identities: Identities) -> Iterator[Grant]:
    # linkerd/linkerd2 policy-controller/k8s/index/src/inbound/server_authorization.rs
    client = authorization.spec["client"]
    basis = Basis(name=str(authorization), of=authorization, path=("spec", "client"), source=_INDEX)
    blocks = networks(client["networks"]) if "networks" in client else CLUSTER
    mesh = client.get("meshTLS", {})
    if client.get("unauthenticated"):
        yield Grant(basis=basis, networks=blocks)
    elif mesh.get("unauthenticatedTLS"):
        yield Grant(basis=basis, names=ANY_NAME, networks=blocks)
    elif mesh:
        written = names(mesh.get("identities") or ())
        accounts = (
            identities.of(Account(each.get("namespace", authorization.namespace), each["name"]))
            for each in mesh.get("serviceAccounts") or ()
        )
        yield Grant(basis=basis, names=Names(written.exact.union(accounts), written.ends), networks=blocks)
