"""How a service that a route leads to stands to the service that has the route."""

from __future__ import annotations

from meshgen.backends.consul.plan.defaults import protocol_of
from meshgen.backends.consul.plan.intentions import admits_all_of, admits_everybody
from meshgen.backends.consul.plan.names import Names
from meshgen.backends.consul.plan.waiting import WAITS_MS
from meshgen.intent.features import Written
from meshgen.intent.resolved import ResolvedService, ToOther
from meshgen.support import Axis, Use


def _target(use: Use) -> str:
    service, index = use.service, use.usage.path[1]
    assert service is not None
    assert isinstance(index, int)
    route = service.routes[index]
    assert isinstance(route.destination, ToOther)
    names = Names(use.set, use.profile)
    target = names.target(route.destination)
    if target is None:
        timeout = route.timeout
        is_slow = timeout is Written.NONE or (timeout is not None and timeout.ms > WAITS_MS)
        is_open = admits_everybody(service, names)
        return f"elsewhere{'' if is_open else ', stricter here'}{', slow' if is_slow else ''}"
    if protocol_of(target) != protocol_of(service):
        return "other protocol"
    if _is_limited(service) or _is_limited(target):
        return "limited"
    return "like it" if admits_all_of(service, target, names) else "stricter here"


def _is_limited(service: ResolvedService) -> bool:
    return service.circuit_breaker is not None or service.outlier_detection is not None


TARGET = Axis(
    name="target",
    values=(
        *("like it", "stricter here", "other protocol", "limited", "elsewhere", "elsewhere, slow"),
        *("elsewhere, stricter here", "elsewhere, stricter here, slow"),
    ),
    of=_target,
)
