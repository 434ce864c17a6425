"""How long the receiving proxy has to wait for the application, which cuts every request after 15 s."""

from __future__ import annotations

from collections.abc import Mapping

from meshgen.backends.consul.plan.names import Names
from meshgen.intent.features import Written
from meshgen.intent.keys import ServiceKey
from meshgen.intent.resolved import ToOther
from meshgen.values import Duration

# consul agent/xds/listeners.go: the local route's timeout where localRequestTimeoutMs is 0 or unset
WAITS_MS = 15_000
_A_DAY_MS = 86_400_000  # it can be set long, never off


def longest_waits(names: Names) -> Mapping[ServiceKey, int]:
    """Find the longest written timeout, in ms, by which a request reaches the pods of each service."""
    longest: dict[ServiceKey, int] = {}
    for service in names.resolved.services.values():
        for route in service.routes:
            to = route.destination
            reached = names.target(to) if isinstance(to, ToOther) else service
            if reached is not None and route.timeout is not None:
                key = names.owner(reached).key
                longest[key] = max(longest.get(key, 0), _ms(route.timeout))
    return longest


def _ms(timeout: Duration | Written) -> int:
    return timeout.ms if isinstance(timeout, Duration) else _A_DAY_MS
