"""Authorizations: what is guarded, and by which authentications."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from meshgen.backends.linkerd.admission import networks
from meshgen.diagnostics import Code, Severity
from meshgen.gatewayapi.routes import CORE, within
from meshgen.profile import Profile
from meshgen.resources import Complaint, Path, Resource

AUTHORIZATION = Code(
    number="MG465",
    slug="linkerd-authorization",
    meaning="Linkerd's webhook refuses this authorization, or its controller reads past it.",
)

_ADMISSION = "linkerd/linkerd2 policy-controller/runtime/src/admission.rs"
_INDEX = "linkerd/linkerd2 policy-controller/k8s/index/src/inbound/authorization_policy.rs"
_SERVER_INDEX = "linkerd/linkerd2 policy-controller/k8s/index/src/inbound/server_authorization.rs"

_POLICY = "policy.linkerd.io"
_GATEWAY = "gateway.networking.k8s.io"
_TARGETS = {
    "server": (_POLICY,),
    "httproute": (_POLICY, _GATEWAY),
    "grpcroute": (_GATEWAY,),
    "namespace": CORE,
}
_AUTHENTICATIONS = {
    "meshtlsauthentication": (_POLICY,),
    "networkauthentication": (_POLICY,),
    "serviceaccount": CORE,
}


def policy(resource: Resource, _profile: Profile) -> Iterator[Complaint]:
    """Yield what is wrong with an AuthorizationPolicy. Reports MG465."""
    yield from _target(resource)
    yield from _authentications(resource)


def _target(resource: Resource) -> Iterator[Complaint]:
    target, path = resource.spec["targetRef"], ("spec", "targetRef")
    wrong = _misnamed(path, target, _TARGETS, "is no target of a policy")
    if wrong is not None:
        yield wrong
    elif target["kind"].lower() == "namespace" and resource.namespace not in ("", target["name"]):
        yield _refused(
            (*path, "name"),
            f"a policy of namespace {resource.namespace!r} cannot target namespace {target['name']!r}",
            f"put the policy into namespace {target['name']!r}",
        )


def _misnamed(
    path: Path, ref: Mapping[str, Any], known: Mapping[str, tuple[str, ...]], why: str
) -> Complaint | None:
    """Complain of a reference to another kind, or to a known kind in another group; case does not count."""
    group, kind = ref.get("group", "").lower(), ref["kind"].lower()
    groups = known.get(kind)
    if groups is None:
        kinds = "Server, HTTPRoute, GRPCRoute or Namespace" if known is _TARGETS else _SPELLED
        return _refused((*path, "kind"), f"{ref['kind']} {why}", f"write one of kind {kinds}", _INDEX)
    if group in groups:
        return None
    where = (*path, "group") if "group" in ref else path
    right = 'group: ""' if groups == CORE else f"group: {' or '.join(groups)}"
    return _refused(where, f"{ref['kind']} is not of group {group!r}", f"write {right}", _INDEX)


_SPELLED = "MeshTLSAuthentication, NetworkAuthentication or ServiceAccount"


def _authentications(resource: Resource) -> Iterator[Complaint]:
    at: Path = ("spec", "requiredAuthenticationRefs")
    kinds: list[str] = []
    for path, ref in within(("spec",), resource.spec, "requiredAuthenticationRefs"):
        wrong = _misnamed(path, ref, _AUTHENTICATIONS, "is no authentication")
        if wrong is not None:
            yield wrong
        else:
            kinds.append(ref["kind"].lower())
    for kind, name in (
        ("meshtlsauthentication", "MeshTLSAuthentication"),
        ("serviceaccount", "ServiceAccount"),
        ("networkauthentication", "NetworkAuthentication"),
    ):
        if kinds.count(kind) > 1:
            yield _refused(
                at,
                f"the references demand {kinds.count(kind)} of kind {name} at once, and one is the most",
                _EITHER,
            )
    if "meshtlsauthentication" in kinds and "serviceaccount" in kinds:
        yield _refused(
            at, "the references demand a MeshTLSAuthentication and a ServiceAccount at once", _EITHER
        )


_EITHER = "all of them would have to hold; write a policy for each, or one authentication that lists them"


def _refused(path: Path, message: str, hint: str, source: str = _ADMISSION) -> Complaint:
    return Complaint(code=AUTHORIZATION, path=path, message=message, hint=hint, source=source)


def server_authorization(resource: Resource, _profile: Profile) -> Iterator[Complaint]:
    """Yield what is wrong with a ServerAuthorization. Reports MG465 and MG467."""
    client, at = resource.spec["client"], ("spec", "client")
    tls = client.get("meshTLS")
    if tls is not None and client.get("unauthenticated", False):
        yield _refused(
            (*at, "unauthenticated"),
            "unauthenticated contradicts meshTLS beside it",
            "leave one of the two out",
        )
    elif tls is not None:
        yield from _mesh_tls((*at, "meshTLS"), tls)
    elif not client.get("unauthenticated", False):
        yield _ignored(at, _ADMITS_NOBODY, "write unauthenticated or meshTLS")
    for each in within(at, client, "networks"):
        yield from networks.refused(each)


def _mesh_tls(at: Path, tls: Mapping[str, Any]) -> Iterator[Complaint]:
    named = [key for key in ("identities", "serviceAccounts") if tls.get(key)]
    if tls.get("unauthenticatedTLS", False):
        for key in named:
            yield _refused(
                (*at, key), f"{key} contradicts unauthenticatedTLS beside it", "leave one of the two out"
            )
    elif not named:
        yield _ignored(at, _ADMITS_NOBODY, "write identities or serviceAccounts")


_ADMITS_NOBODY = "the client admits nobody, and the whole object is ignored"


def _ignored(path: Path, message: str, hint: str) -> Complaint:
    return Complaint(
        code=AUTHORIZATION,
        path=path,
        message=message,
        hint=hint,
        source=_SERVER_INDEX,
        severity=Severity.WARNING,
    )
