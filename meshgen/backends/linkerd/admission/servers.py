"""Servers: the ports of pods that Linkerd guards."""

from __future__ import annotations

import json
from collections.abc import Iterator

from meshgen.diagnostics import Code, Severity, near_miss
from meshgen.grammar import is_port
from meshgen.profile import Profile
from meshgen.resources import Complaint, Resource

_ADMISSION = "linkerd/linkerd2 policy-controller/runtime/src/admission.rs"
_SERVER = "linkerd/linkerd2 policy-controller/k8s/api/src/policy/server.rs"

SERVER = Code(
    number="MG464",
    slug="linkerd-server",
    meaning="Linkerd's webhook refuses this Server, or it selects no port of any pod.",
)

_ACCESS = (
    "all-authenticated",
    "all-unauthenticated",
    "audit",
    "cluster-authenticated",
    "cluster-unauthenticated",
    "deny",
)
_PROTOCOLS = ("HTTP/1", "HTTP/2", "TLS", "gRPC", "opaque", "unknown")


def server(resource: Resource, _profile: Profile) -> Iterator[Complaint]:
    """Yield what is wrong with a Server. Reports MG464."""
    yield from _one_of(resource, "accessPolicy", _ACCESS, _ADMISSION)
    yield from _one_of(resource, "proxyProtocol", _PROTOCOLS, _SERVER)
    yield from _port(resource)
    yield from _labels(resource)


def _one_of(resource: Resource, key: str, known: tuple[str, ...], source: str) -> Iterator[Complaint]:
    value = resource.spec.get(key)
    if value is not None and value not in known:
        yield Complaint(
            code=SERVER,
            path=("spec", key),
            message=f"{value!r} is not a value of {key}",
            hint=near_miss(value, known) or f"write one of {', '.join(known)}",
            source=source,
        )


def _port(resource: Resource) -> Iterator[Complaint]:
    port = resource.spec.get("port")
    if isinstance(port, int) and not is_port(port):
        yield Complaint(
            code=SERVER,
            path=("spec", "port"),
            message=f"{port} is not a port",
            hint="write the number of a container's port, 1 to 65535",
            source=_SERVER,
        )
    if isinstance(port, str) and port.isdecimal():
        yield Complaint(
            code=SERVER,
            path=("spec", "port"),
            message=f"{port!r} in quotes is the name of a port, and names are never only digits",
            hint=f"write port: {port}",
            source=_SERVER,
            severity=Severity.WARNING,
        )


def _labels(resource: Resource) -> Iterator[Complaint]:
    for selector in ("externalWorkloadSelector", "podSelector"):
        labels = resource.spec.get(selector, {}).get("matchLabels", {})
        for key in sorted(labels):
            if not isinstance(labels[key], str):
                yield Complaint(
                    code=SERVER,
                    path=("spec", selector, "matchLabels", key),
                    message=f"{json.dumps(labels[key])} is not a string",
                    hint="write it in quotes",
                    source=_SERVER,
                )
