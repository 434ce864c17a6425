"""Servers, and what a port without one admits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from meshgen.backends.linkerd.read.grants import ANY_NAME, CLUSTER, Grant
from meshgen.backends.linkerd.read.selectors import picks
from meshgen.intent.outcome.facets import Basis
from meshgen.intent.outcome.world import Pod
from meshgen.resources import Resource, Resources

POLICY = "policy.linkerd.io"
DEFAULT_POLICY = "config.linkerd.io/default-inbound-policy"
REQUIRE_IDENTITY = "config.linkerd.io/proxy-require-identity-inbound-ports"
SKIP_INBOUND = "config.linkerd.io/skip-inbound-ports"
OPAQUE_PORTS = "config.linkerd.io/opaque-ports"
INJECT = "linkerd.io/inject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One container port of some pods, and who may use it before any policy speaks."""

    resource: Resource
    protocol: str
    access: str

    def guards(self, pod: Pod, port: int) -> bool:
        """Tell whether it stands for a container port of a pod."""
        return self.port(pod) == port

    def port(self, pod: Pod) -> int | None:
        """Give the container port of a pod that it stands for; None: it does not pick the pod."""
        selector = self.resource.spec.get("podSelector")  # without one it picks what runs outside
        if self.resource.namespace != pod.namespace or selector is None or not picks(selector, pod.labels):
            return None
        wanted = self.resource.spec["port"]
        return wanted if isinstance(wanted, int) else pod.ports.get(wanted)


def servers(resources: Resources) -> tuple[Server, ...]:
    """List the Servers, of which the first that guards a port has it."""
    # linkerd/linkerd2 policy-controller/k8s/index/src/inbound/index.rs
    found = sorted(resources.of(POLICY, "Server"), key=age)
    return tuple(
        Server(
            resource=each,
            protocol=each.spec.get("proxyProtocol", "unknown"),
            # Of versions before v1beta3 the field is cut off, and then has its default.
            access=each.spec.get("accessPolicy", "deny") if each.version == "v1beta3" else "deny",
        )
        for each in found
    )


def age(resource: Resource) -> tuple[str, str]:
    """Give what decides between objects of one kind: the older, then the first by name."""
    created = resource.body["metadata"].get("creationTimestamp")
    return (str(created) if created else "~", resource.name)


def access(policy: str, basis: Basis) -> tuple[Grant, ...]:
    """Say whom a default policy lets in."""
    # linkerd/linkerd2 policy-controller/k8s/index/src/defaults.rs
    match policy:
        case "deny":
            return ()
        case "all-authenticated":
            return (Grant(basis=basis, names=ANY_NAME),)
        case "cluster-authenticated":
            return (Grant(basis=basis, names=ANY_NAME, networks=CLUSTER),)
        case "cluster-unauthenticated":
            return (Grant(basis=basis, networks=CLUSTER),)
        case _:
            return (Grant(basis=basis),)


def annotated(pod: Pod, key: str, namespaces: Mapping[str, Resource]) -> str | None:
    """Read an annotation of a pod, or the one that it has from its namespace when it is injected."""
    namespace = namespaces.get(pod.namespace)
    inherited = None if namespace is None else namespace.annotations.get(key)
    return pod.annotations.get(key, inherited)


def lists(ports: str | None, port: int) -> bool:
    """Tell whether a list of ports and ranges such as `80,9000-9010` holds a port."""
    parts: Iterable[str] = () if ports is None else ports.split(",")
    bounds = [part.strip().partition("-") for part in parts]
    return any(
        first.isdecimal() and int(first) <= port <= int(last if last.isdecimal() else first)
        for first, _, last in bounds
    )
