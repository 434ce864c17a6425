"""What the container ports of pods admit: mTLS, plaintext, or both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from meshgen.backends.istio.plan.names import OF_NAMESPACE, own_meta, pods, service_meta
from meshgen.intent.access import Mode
from meshgen.intent.resolved import ResolvedService, ResolvedSet
from meshgen.manifest import Meta

_MODES = {Mode.STRICT: "STRICT", Mode.PERMISSIVE: "PERMISSIVE", Mode.DISABLED: "DISABLE"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerAuthentication:
    """The mode of the pods of one service, or without a selector of a namespace."""

    meta: Meta
    selector: Mapping[str, str] | None
    mode: str | None  # None: that of the namespace or the mesh
    ports: tuple[tuple[str, str], ...] | None  # (container port, mode); the field's keys are strings
    api_version: str = "security.istio.io/v1"
    kind: str = "PeerAuthentication"


def peer_authentications(
    resolved: ResolvedSet,
) -> tuple[tuple[PeerAuthentication, ...], tuple[PeerAuthentication, ...]]:
    """Plan the modes of services, and those of whole namespaces, of which each has one at most."""
    wide = {each.namespace: each for each in resolved.wide if each.mode is not None}
    modes = {namespace: each.mode for namespace, each in wide.items()}
    services = tuple(
        planned
        for service in resolved.services.values()
        for planned in _of_service(service, modes.get(service.key.namespace))
    )
    namespaces = tuple(
        PeerAuthentication(
            meta=own_meta(each.intent, OF_NAMESPACE), selector=None, mode=_MODES[each.mode], ports=None
        )
        for each in wide.values()
        if each.mode is not None
    )
    return services, namespaces


def _of_service(service: ResolvedService, of_namespace: Mode | None) -> Iterator[PeerAuthentication]:
    if service.is_caller_only or service.written.pods_of is not None:
        return
    mode = None if service.mode is of_namespace else service.mode
    if mode is None and not service.port_modes:
        return
    ports = sorted((str(port), _MODES[mode]) for port, mode in service.port_modes.items())
    for suffix, selector in pods(service):
        yield PeerAuthentication(
            meta=service_meta(service, suffix),
            selector=selector,
            mode=None if mode is None else _MODES[mode],
            ports=tuple(ports) or None,
        )
