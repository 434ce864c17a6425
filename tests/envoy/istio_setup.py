"""Istio's manifests as Envoy's configuration, as istiod would write it; nothing here knows our evaluators."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.envoy.configured import Client, Setup, Tree
from tests.envoy.istio_access import access
from tests.envoy.istio_routes import Outbound, routes
from tests.envoy.places import CALLERS, PORTS, Door, End

IDENTITIES = {str(each): f"spiffe://cluster.local/ns/{each.namespace}/sa/{each.name}" for each in CALLERS}
_DOORS = {"STRICT": Door.STRICT, "PERMISSIVE": Door.PERMISSIVE, "DISABLE": Door.DISABLED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mesh:
    """Manifests by kind, and the Services and pods around them."""

    objects: Sequence[Tree]
    services: Mapping[str, Sequence[tuple[int, int, bool]]]  # ports: number, container port, is it HTTP
    pods: Mapping[str, Mapping[str, str]]  # labels by title
    speed: int

    def of(self, kind: str) -> list[Tree]:
        """List the objects of a kind, the oldest first as far as their names tell."""
        found = [each for each in self.objects if each["kind"] == kind]
        return sorted(found, key=lambda each: (each["metadata"]["name"], each["metadata"]["namespace"]))

    def selecting(self, kind: str, pod: str) -> list[Tree]:
        """List the policies of a kind that speak of a pod."""
        namespace, labels = pod.partition("/")[0], self.pods[pod]
        return [
            each
            for each in self.of(kind)
            if each["metadata"]["namespace"] in (namespace, "istio-system")
            and (each.get("spec") or {}).get("selector", {}).get("matchLabels", {}).items() <= labels.items()
        ]


def setup(mesh: Mesh) -> Setup:
    """Configure callers and pods."""
    ends = {(end.pod, end.port): end for end in _ends(mesh)}
    sides = [Outbound.of(mesh, ends, account) for account in CALLERS]
    clients = {str(side.account): _client(side) for side in sides}
    doors = [end for end in ends.values() if end.door is not Door.BARE]
    return Setup(
        clients=clients,
        filters={end: access(mesh.selecting("AuthorizationPolicy", end.pod)) for end in doors},
        ends=ends,
        identities=IDENTITIES,
        is_normalizing=True,  # istio api mesh/v1alpha1/config.proto: incoming and outgoing requests
        draws=math.lcm(*(total for side in sides for total in side.totals)),
    )


def _client(side: Outbound) -> Client:
    hosts = tuple(
        {"name": domain, "domains": [domain], "routes": routes(side, name, number)}
        for name, ports in side.mesh.services.items()
        for number, _, is_http in ports
        if is_http
        for domain in (f"{name}.shop.svc.cluster.local" + ("" if number == 80 else f":{number}"),)
    )
    return Client(
        identity=IDENTITIES[str(side.account)],
        hosts=hosts,
        clusters=tuple(side.clusters),
    )


def _ends(mesh: Mesh) -> Iterator[End]:
    for pod in mesh.pods:
        peers = mesh.selecting("PeerAuthentication", pod)
        has_proxy = peers or mesh.selecting("AuthorizationPolicy", pod)
        for port in PORTS:
            yield End(pod, port, _DOORS[_mode(peers, port)] if has_proxy else Door.BARE)


def _mode(peers: Sequence[Tree], port: int) -> str:
    """The narrowest policy that says anything decides: mesh, namespace, workload, port."""
    mode = "PERMISSIVE"
    whole = [peer for peer in peers if _is_root(peer) and not _selects(peer)][:1]
    spaced = [peer for peer in peers if not _is_root(peer) and not _selects(peer)][:1]
    picked = [peer for peer in peers if not _is_root(peer) and _selects(peer)][:1]
    for peer in (*whole, *spaced, *picked):
        mode = _said(peer.get("spec") or {}, mode)
    for peer in picked:
        ports: Mapping[str, Any] = peer["spec"].get("portLevelMtls", {})
        if str(port) in ports:
            mode = _said({"mtls": ports[str(port)]}, mode)
    return mode


def _is_root(peer: Tree) -> bool:
    return bool(peer["metadata"]["namespace"] == "istio-system")


def _selects(peer: Tree) -> bool:
    return bool((peer.get("spec") or {}).get("selector", {}).get("matchLabels"))


def _said(spec: Mapping[str, Any], inherited: str) -> str:
    mode = str(spec.get("mtls", {}).get("mode", "UNSET"))
    return inherited if mode == "UNSET" else mode
