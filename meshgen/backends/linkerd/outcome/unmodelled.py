"""What decides about requests in ways that are not worked out here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from meshgen.gatewayapi import routes
from meshgen.gatewayapi.routes import GROUP, within
from meshgen.grammar import is_re2
from meshgen.modelled import not_modelled
from meshgen.resources import Complaint, Path, Resource, Resources

_POLICY = "policy.linkerd.io"
_ROUTES = ((_POLICY, ("HTTPRoute",)), (GROUP, ("GRPCRoute", "HTTPRoute")))
_READ = {
    _POLICY: (
        "AuthorizationPolicy",
        "HTTPLocalRateLimitPolicy",
        "HTTPRoute",
        "MeshTLSAuthentication",
        "NetworkAuthentication",
        "Server",
        "ServerAuthorization",
    ),
    "linkerd.io": ("ServiceProfile",),
    "split.smi-spec.io": ("TrafficSplit",),
}
_OTHERS: Mapping[tuple[str, str], str] = {
    (_POLICY, "EgressNetwork"): "decides about calls that leave the cluster, which nobody makes here",
    ("workload.linkerd.io", "ExternalWorkload"): "stands for what runs outside the cluster",
    ("multicluster.linkerd.io", "Link"): "adds Services of another cluster",
}
_MODE = "balancer.linkerd.io/failure-accrual"
_PENALIZE = "balancer.alpha.linkerd.io/penalize-failures"


def unmodelled(resources: Resources) -> Iterator[Complaint]:
    """Yield what nobody can count on. Reports MG601."""
    for each in resources.every:
        yield from _kind(each)
    for group, kinds in _ROUTES:
        for route in resources.of(group, *kinds):
            if any(parent.is_service or parent.group == _POLICY for parent in routes.parents(route)):
                yield from _route(route)
    for profile in resources.of("linkerd.io", "ServiceProfile"):
        yield from _profile(profile)
    for service in resources.of("", "Service"):
        yield from _balancing(service)


def _kind(each: Resource) -> Iterator[Complaint]:
    known = _READ.get(each.group)
    why = _OTHERS.get((each.group, each.kind))
    if (
        why is None
        and (each.group.endswith(".linkerd.io") or known is not None)
        and each.kind not in (known or ())
    ):
        why = "is a kind that is not known here"
    if why is not None:
        yield not_modelled(each, ("kind",), f"{each.kind} {why}")


def _route(route: Resource) -> Iterator[Complaint]:
    for match in routes.matches(route):
        for path, pattern in routes.regexes(match):
            if not is_re2(pattern):
                yield not_modelled(route, path, f"{pattern!r} is an expression that RE2 does not read")
    backends = (found for at, rule in routes.rules(route) for found in within(at, rule, "backendRefs"))
    for path, backend in backends:
        for where, filter_ in within(path, backend, "filters"):
            if filter_["type"] == "RequestRedirect":
                yield not_modelled(route, where, "the redirect holds for a share of the requests alone")


def _profile(profile: Resource) -> Iterator[Complaint]:
    for at, route in within(("spec",), profile.spec, "routes"):
        for path, pattern in _paths((*at, "condition"), route.get("condition", {})):
            if not is_re2(pattern):
                yield not_modelled(profile, path, f"{pattern!r} is an expression that RE2 does not read")


def _paths(at: Path, said: Mapping[str, object]) -> Iterator[tuple[Path, str]]:
    if isinstance(said.get("pathRegex"), str):
        yield (*at, "pathRegex"), str(said["pathRegex"])
    for key in ("all", "any"):
        for path, each in within(at, said, key):
            yield from _paths(path, each)
    negated = said.get("not")
    if isinstance(negated, Mapping):
        yield from _paths((*at, "not"), negated)


def _balancing(service: Resource) -> Iterator[Complaint]:
    noted = service.annotations
    if noted.get(_MODE) == "unified":
        why = "by success rates, too, instances are left out"
        yield not_modelled(service, ("metadata", "annotations", _MODE), why)
    if _PENALIZE in noted:
        why = "which instance is chosen hangs on failures, too"
        yield not_modelled(service, ("metadata", "annotations", _PENALIZE), why)
