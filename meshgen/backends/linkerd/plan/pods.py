"""Container ports that need a Server: those of pods of which an intent says what they admit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from meshgen.backends.linkerd.plan.access import Asked
from meshgen.backends.linkerd.profiles import InboundPolicy, block_of
from meshgen.intent.access import Action, Mode
from meshgen.intent.keys import ServiceKey
from meshgen.intent.resolved import ResolvedService, ResolvedSet, ServicePort
from meshgen.manifest import Pairs
from meshgen.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerPort:
    """One port of some pods."""

    owner: ResolvedService  # whose pods they are
    selectors: tuple[tuple[str | None, Pairs], ...]  # by version; None: the service's own
    asked: Asked


def container_ports(resolved: ResolvedSet, profile: Profile) -> tuple[ContainerPort, ...]:
    """List each container port once, whichever Services front it, where something is asked of it."""
    found: dict[tuple[ServiceKey, int | str], ContainerPort] = {}
    taken: dict[tuple[str, Pairs, int | str], ServiceKey] = {}
    for key in sorted(resolved.services):
        service = resolved.services[key]
        owner = resolved.services[_owner(service)]
        if not asks(owner):
            continue
        for port in service.ports:
            same = (key.namespace, _pairs(service.selector), port.target)
            first = taken.setdefault(same, owner.key)
            place = (first, port.target)
            if place not in found:
                found[place] = ContainerPort(
                    owner=owner, selectors=tuple(_selectors(owner)), asked=_asked(owner, port, profile)
                )
    return tuple(found.values())


def asks(service: ResolvedService) -> bool:
    """Tell whether a service says what its pods admit."""
    return service.mode is not None or bool(service.port_modes) or service.has_authorization


def _owner(service: ResolvedService) -> ServiceKey:
    fronted = service.written.pods_of
    return service.key if fronted is None else ServiceKey(service.key.namespace, fronted)


def _selectors(owner: ResolvedService) -> Iterator[tuple[str | None, Pairs]]:
    """The service's own pods, and those of versions that its selector does not pick."""
    yield None, _pairs(owner.selector)
    for version in owner.versions.values():
        if version.has_own_selector:
            yield version.name, _pairs(version.selector)


def _pairs(labels: Mapping[str, str]) -> Pairs:
    return tuple(sorted(labels.items()))


def _asked(owner: ResolvedService, port: ServicePort, profile: Profile) -> Asked:
    """Join what is asked of a port with what the cluster does unasked: a Server replaces all of it."""
    mode, default = halves(profile)
    return Asked(
        port=port,
        mode=owner.port_modes.get(port.target) or owner.mode or mode,
        default=owner.default or default,
        rules=owner.rules,
    )


def halves(profile: Profile) -> tuple[Mode, Action]:
    """Name the mode and the default of a port that has no Server."""
    match block_of(profile).default_inbound_policy:
        case InboundPolicy.ALL_AUTHENTICATED | InboundPolicy.CLUSTER_AUTHENTICATED:
            return Mode.STRICT, Action.ALLOW
        case InboundPolicy.DENY:
            return Mode.STRICT, Action.DENY
        case _:
            return Mode.PERMISSIVE, Action.ALLOW


def is_listed(service: ResolvedService, resolved: ResolvedSet) -> bool:
    """Tell whether the inputs show the pods of a service, and no container port that has no Server."""
    owner = _owner(service)
    targets = {
        port.target for other in resolved.services.values() if _owner(other) == owner for port in other.ports
    }
    return bool(service.pods) and all(
        shown.number in targets or shown.name in targets for pod in service.pods for shown in pod.ports
    )
