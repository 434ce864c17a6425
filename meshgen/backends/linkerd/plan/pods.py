"""Container ports that need a Server: those of pods of which an intent says what they admit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from meshgen.backends.linkerd.plan.access import Asked
from meshgen.backends.linkerd.profiles import InboundPolicy, block_of
from meshgen.intent.access import Action, Mode
from meshgen.intent.features import Located
from meshgen.intent.policy import RateLimit
from meshgen.intent.resolved import NamespaceWide, ResolvedService, ResolvedSet, ServicePort
from meshgen.manifest import Pairs
from meshgen.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerPort:
    """One port of some pods."""

    owner: ResolvedService  # whose pods they are
    selectors: tuple[tuple[str | None, Pairs], ...]  # by version; None: the service's own
    asked: Asked
    requests_per_second: int | None
    whole: InboundPolicy | None  # what it admits by itself where nothing is said of mode and rules


def container_ports(resolved: ResolvedSet, profile: Profile) -> tuple[ContainerPort, ...]:
    """List each container port once, whichever Services front it, where something is asked of it."""
    taken: set[tuple[str, Pairs, int | str]] = set()
    found: list[ContainerPort] = []
    for key in sorted(resolved.services):
        service = resolved.services[key]
        if service.written.pods_of is not None:
            continue
        pods = _pairs(service.selector)
        for port in ports_of(service, resolved, profile):
            place = (key.namespace, pods, port.asked.port.target)
            if place not in taken:
                taken.add(place)
                found.append(port)
    return tuple(found)


def ports_of(owner: ResolvedService, resolved: ResolvedSet, profile: Profile) -> Iterator[ContainerPort]:
    """Yield the container ports of a service's pods of which something is asked."""
    found: dict[int | str, tuple[ServicePort, int | None]] = {}
    for service in (owner, *resolved.fronts.get(owner.key, ())):
        for port in service.ports:
            first, rate = found.get(port.target, (port, None))
            found[port.target] = (first, rate or _rate(service, port))
    for port, rate in found.values():
        if says(owner, port) or rate is not None:
            beside = unsaid(owner.key.namespace, resolved, profile)
            yield ContainerPort(
                owner=owner,
                selectors=tuple(_selectors(owner)),
                asked=_asked(owner, port, beside, profile),
                requests_per_second=rate,
                whole=None if says(owner, port) else beside,
            )


def _rate(service: ResolvedService, port: ServicePort) -> int | None:
    limit = service.rate_limit
    is_limited = port.protocol.is_http and port.number is not None
    return limit.requests if isinstance(limit, RateLimit) and is_limited else None


def says(owner: ResolvedService, port: ServicePort) -> bool:
    """Tell whether anything is said of the mode of a port, or of who may call it."""
    return owner.mode is not None or port.target in owner.port_modes or owner.has_authorization


def _selectors(owner: ResolvedService) -> Iterator[tuple[str | None, Pairs]]:
    """The service's own pods, and those of versions that its selector does not pick."""
    yield None, _pairs(owner.selector)
    for version in owner.versions.values():
        if version.has_own_selector:
            yield version.name, _pairs(version.selector)


def _pairs(labels: Mapping[str, str]) -> Pairs:
    return tuple(sorted(labels.items()))


def _asked(owner: ResolvedService, port: ServicePort, beside: InboundPolicy, profile: Profile) -> Asked:
    """Join what is asked of a port with what holds there without a Server, which replaces all of it."""
    mode, default = halves(beside)
    return Asked(
        port=port,
        mode=owner.port_modes.get(port.target) or owner.mode or mode,
        default=owner.default or default,
        rules=owner.rules,
        probes=tuple(
            probe for probe in owner.probes if probe.port in (str(port.target), _container_name(owner, port))
        ),
        probe_networks=profile.probe_networks,
    )


def _container_name(owner: ResolvedService, port: ServicePort) -> str | None:
    """Find the name that the pods give a container port of this number."""
    names = {shown.name for pod in owner.pods for shown in pod.ports if shown.number == port.target}
    return names.pop() if len(names) == 1 else None


def of_cluster(profile: Profile) -> InboundPolicy:
    """Name what a port without a Server admits where no namespace and no pod says otherwise."""
    return block_of(profile).default_inbound_policy or InboundPolicy.ALL_UNAUTHENTICATED


def unsaid(namespace: str, resolved: ResolvedSet, profile: Profile) -> InboundPolicy:
    """Name what a port without a Server admits by what its namespace says, or else the cluster."""
    wides = [wide for wide in resolved.wide if wide.namespace == namespace]
    mode = next((wide.mode for wide in wides if wide.mode is not None), None)
    default = next((wide.default for wide in wides if wide.default is not None), None)
    return told(mode, default, of_cluster(profile))


def told(mode: Mode | None, default: Action | None, beside: InboundPolicy) -> InboundPolicy:
    """Say a mode and a default in one word; a half that nobody writes stays what it is."""
    if mode is None and default is None:
        return beside
    unwritten_mode, unwritten_default = halves(beside)
    if (default or unwritten_default) is Action.DENY:
        return InboundPolicy.DENY
    is_half = default is None and closes_half(beside)
    if (mode or unwritten_mode) is Mode.STRICT:
        return InboundPolicy.CLUSTER_AUTHENTICATED if is_half else InboundPolicy.ALL_AUTHENTICATED
    return InboundPolicy.CLUSTER_UNAUTHENTICATED if is_half else InboundPolicy.ALL_UNAUTHENTICATED


def halves(policy: InboundPolicy) -> tuple[Mode, Action]:
    """Take what a port without a Server admits apart into a mode and a default."""
    match policy:
        case InboundPolicy.ALL_AUTHENTICATED | InboundPolicy.CLUSTER_AUTHENTICATED:
            return Mode.STRICT, Action.ALLOW
        case InboundPolicy.DENY:
            return Mode.STRICT, Action.DENY
        case _:
            return Mode.PERMISSIVE, Action.ALLOW


def closes_half(policy: InboundPolicy) -> bool:
    """Tell whether a policy admits the cluster's own networks alone, which mode and default cannot say."""
    return policy in (InboundPolicy.CLUSTER_AUTHENTICATED, InboundPolicy.CLUSTER_UNAUTHENTICATED)


def is_asked_by(wide: NamespaceWide, part: Located) -> bool:
    """Tell whether what reaches over a namespace is written in a block of its intent."""
    return part is wide.intent.spec.mtls or part is wide.intent.spec.authorization


def is_closed_beside(service: ResolvedService, resolved: ResolvedSet, profile: Profile) -> bool:
    """Tell whether a service asks ports that it does not list to be closed, and nobody says that they are."""
    if "default-inbound-policy" in profile.holds:
        return False
    mode, default = halves(unsaid(service.key.namespace, resolved, profile))
    return (service.default is Action.DENY and default is not Action.DENY) or (
        service.mode is Mode.STRICT and mode is not Mode.STRICT
    )
