"""Authentications: who a caller is, and from where; and the networks of the outside world."""

from __future__ import annotations

import re
from collections.abc import Iterator

from meshgen.backends.linkerd.admission import networks
from meshgen.diagnostics import Code
from meshgen.gatewayapi.routes import CORE, Written, within
from meshgen.profile import Profile
from meshgen.resources import Complaint, Path, Resource

IDENTITY = Code(
    number="MG466",
    slug="linkerd-identity",
    meaning="Linkerd's webhook refuses this identity: no workload of a mesh can have it.",
)

_ADMISSION = "linkerd/linkerd2 policy-controller/runtime/src/admission.rs"
_VALIDATION = "linkerd/linkerd2 policy-controller/runtime/src/validation.rs"

_LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_NAME = re.compile(rf"(?:\*|{_LABEL})(?:\.{_LABEL})*+")
_SPIFFE = re.compile(r"spiffe://[a-z0-9._-]+(?:/[A-Za-z0-9._-]+)*+")


def mesh_tls(resource: Resource, _profile: Profile) -> Iterator[Complaint]:
    """Yield what is wrong with a MeshTLSAuthentication. Reports MG466."""
    for index, identity in enumerate(resource.spec.get("identities", ())):
        if not _is_identity(identity):
            is_spiffe = identity.startswith("spiffe:")
            what = "a SPIFFE ID" if is_spiffe else "a name, nor one with '*.' in front"
            yield Complaint(
                code=IDENTITY,
                path=("spec", "identities", index),
                message=f"{identity!r} is not {what}",
                hint="write spiffe://<trust domain>/<path>" if is_spiffe else _better(identity),
                source=_VALIDATION,
            )
    for ref in within(("spec",), resource.spec, "identityRefs"):
        yield from _reference(ref)


def _is_identity(identity: str) -> bool:
    if identity.startswith("spiffe://"):
        return _SPIFFE.fullmatch(identity) is not None and not {".", ".."} & set(identity.split("/")[3:])
    return _NAME.fullmatch(identity) is not None


def _better(identity: str) -> str:
    if identity.endswith(".*"):
        return "'*' stands in front, as in '*.shop.serviceaccount.identity.linkerd.cluster.local'"
    if identity != identity.lower():
        return "write it in lower case"
    return "refer to ServiceAccounts by identityRefs, which need no such name"


def _reference(ref: Written) -> Iterator[Complaint]:
    at, body = ref
    group, kind = body.get("group", "").lower(), body["kind"].lower()
    if group not in CORE or kind not in ("serviceaccount", "namespace"):
        yield _refused(
            (*at, "kind"), f"{body['kind']} is no identity", "write kind: ServiceAccount, or kind: Namespace"
        )
    elif kind == "namespace" and "namespace" in body:
        yield _refused((*at, "namespace"), "a Namespace lies in no namespace", "write its own name as name")
    if "name" not in body:
        yield _refused(at, "the reference names nobody", "write name")


def _refused(path: Path, message: str, hint: str) -> Complaint:
    return Complaint(code=IDENTITY, path=path, message=message, hint=hint, source=_ADMISSION)


def network(resource: Resource, _profile: Profile) -> Iterator[Complaint]:
    """Yield what is wrong with a NetworkAuthentication. Reports MG467."""
    if not resource.spec["networks"]:
        yield networks.none_listed(("spec", "networks"), "write 0.0.0.0/0 and ::/0 if all are meant")
    for each in within(("spec",), resource.spec, "networks"):
        yield from networks.refused(each)


def egress_network(resource: Resource, _profile: Profile) -> Iterator[Complaint]:
    """Yield what is wrong with an EgressNetwork. Reports MG467."""
    if resource.spec.get("networks") == []:
        yield networks.none_listed(
            ("spec", "networks"), "leave networks out if all outside the cluster are meant"
        )
    for each in within(("spec",), resource.spec, "networks"):
        yield from networks.refused(each)
