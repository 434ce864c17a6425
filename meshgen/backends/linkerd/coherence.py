"""What Linkerd's objects say of each other that other files contradict; absence is silence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from meshgen.backends.linkerd.pairs import overlaps, shadows, unfit
from meshgen.diagnostics import Code, Severity, near_miss
from meshgen.gatewayapi import coherence, routes
from meshgen.gatewayapi.routes import CORE, within
from meshgen.profile import Profile
from meshgen.resources import Complaint, Path, Resource, Resources

_POLICY = "policy.linkerd.io"
_INDEX = "linkerd/linkerd2 policy-controller/k8s/index/src/inbound/index.rs"
_STATUS = "linkerd/linkerd2 policy-controller/k8s/status/src/index.rs"

MISSING_TARGET = Code(
    number="MG474",
    slug="linkerd-missing-target",
    meaning="An object of Linkerd names another that is not among those of its kind and namespace.",
    severity=Severity.WARNING,
)

_HELD = (_POLICY, routes.GROUP)
_TARGETS = {"server": "Server", "httproute": "HTTPRoute", "grpcroute": "GRPCRoute"}


def incoherent(resources: Resources, profile: Profile) -> Iterator[Complaint]:
    """Yield what contradicts itself. Reports MG426 to MG429 and MG474 to MG477.

    An object counts as absent where the files hold others of its kind and namespace.
    """
    every = (
        *resources.of(_POLICY, "HTTPRoute"),
        *resources.of(routes.GROUP, "GRPCRoute", "HTTPRoute", "TLSRoute", "TCPRoute"),
    )
    yield from coherence.incoherent(every, resources)
    yield from coherence.without_backends(resources.of(_POLICY, "HTTPRoute"), resources)
    held = _held(resources)
    for resource, path, wanted in (*_of_policies(resources), *_of_routes(every), *_of_limits(resources)):
        if not any(resources.is_hidden(group, wanted.kind, wanted.namespace) for group in _HELD):
            yield from _missing(resource, path, wanted, held)
    yield from shadows(every, resources, profile)
    yield from overlaps(resources)
    yield from unfit(every, resources)


class _Wanted(NamedTuple):
    """What an object names."""

    group: str
    kind: str
    namespace: str
    name: str


_Naming = tuple[Resource, Path, _Wanted]
_Held = Mapping[tuple[str, str], Mapping[str, set[str]]]  # by kind and namespace: the groups of each name


def _held(resources: Resources) -> _Held:
    held: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for each in resources.every:
        if each.group in _HELD:
            held[each.kind, each.namespace][each.name].add(each.group)
    return held


def _of_policies(resources: Resources) -> Iterator[_Naming]:
    for policy in resources.of(_POLICY, "AuthorizationPolicy"):
        target = policy.spec["targetRef"]
        kind = _TARGETS.get(target["kind"].lower())
        if kind is not None:
            wanted = _Wanted(target.get("group", "").lower(), kind, policy.namespace, target["name"])
            yield policy, ("spec", "targetRef"), wanted
        for path, ref in within(("spec",), policy.spec, "requiredAuthenticationRefs"):
            if ref["kind"] in ("MeshTLSAuthentication", "NetworkAuthentication"):
                namespace = ref.get("namespace", policy.namespace)
                yield policy, path, _Wanted(_POLICY, ref["kind"], namespace, ref["name"])
    for authorization in resources.of(_POLICY, "ServerAuthorization"):
        name = authorization.spec["server"].get("name")
        if name is not None:
            path = ("spec", "server", "name")
            yield authorization, path, _Wanted(_POLICY, "Server", authorization.namespace, name)


def _of_routes(every: Iterable[Resource]) -> Iterator[_Naming]:
    for route in every:
        for parent in routes.parents(route):
            if parent.group == _POLICY and parent.kind in ("EgressNetwork", "Server"):
                yield route, parent.path, _Wanted(_POLICY, parent.kind, parent.namespace, parent.name)


def _of_limits(resources: Resources) -> Iterator[_Naming]:
    for limit in resources.of(_POLICY, "HTTPLocalRateLimitPolicy"):
        name = limit.spec["targetRef"]["name"]
        yield limit, ("spec", "targetRef"), _Wanted(_POLICY, "Server", limit.namespace, name)


def _missing(resource: Resource, path: Path, wanted: _Wanted, held: _Held) -> Iterator[Complaint]:
    beside = held.get((wanted.kind, wanted.namespace))
    groups = set() if beside is None else beside.get(wanted.name, set())
    if beside is None or wanted.group in (*CORE, *groups):
        return
    what = f"there is no {wanted.kind} {wanted.name!r}"
    yield Complaint(
        code=MISSING_TARGET,
        path=path,
        message=f"{what} of group {wanted.group}" if groups else f"{what} in namespace {wanted.namespace!r}",
        hint=f"write group: {min(groups)}" if groups else near_miss(wanted.name, beside) or None,
        source=_INDEX if resource.kind == "AuthorizationPolicy" else _STATUS,
        of=resource,
    )
