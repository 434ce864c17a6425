"""What Istio asks of Services that are not ours, as patches."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.patches import Patch, Unnamed, on_port
from meshgen.support import Use


def declared_tcp(use: Use) -> Iterator[Patch | Unnamed]:
    """Declare a port as one of connections: `appProtocol` wins over whatever the port is named."""
    assert use.service is not None, f"{use.usage.feature} is asked of a service"
    number = use.service.ports[int(use.usage.path[1])].number
    if number is not None:
        # istio/istio pkg/config/kube/conversion.go: ConvertProtocol
        yield on_port(use.service, number, "tcp")
