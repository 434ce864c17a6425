"""Questions about a use on which Linkerd's answer depends."""

from __future__ import annotations

from meshgen.backends.linkerd.plan.pods import is_listed
from meshgen.backends.linkerd.plan.traffic import has_traffic_split
from meshgen.backends.linkerd.profiles import InboundPolicy, block_of
from meshgen.intent.access import Action
from meshgen.intent.model import Protocol
from meshgen.intent.policy import Backoff, RetryCondition
from meshgen.intent.resolved import ResolvedService
from meshgen.support import Axis, Use
from meshgen.values import Duration


def _service(use: Use) -> ResolvedService:
    assert use.service is not None, f"{use.usage.feature} is asked of a service"
    return use.service


SPLIT_BY = Axis(
    name="split by",
    values=("route", "TrafficSplit"),
    of=lambda use: "TrafficSplit" if has_traffic_split(_service(use), use.profile) else "route",
)


def _unlisted(use: Use) -> str:
    """Say whether a container port that no Service lists could admit more than the intent asks."""
    service = _service(use)
    policy = block_of(use.profile).default_inbound_policy
    is_denied = use.usage.feature == "authorization.default.deny"
    settling = {InboundPolicy.DENY} if is_denied else {InboundPolicy.DENY, InboundPolicy.ALL_AUTHENTICATED}
    # The annotation that closes everything is told of where the default is: one cause, one finding.
    is_told_there = not is_denied and service.default is Action.DENY
    return "closed" if policy in settling or is_told_there or is_listed(service, use.set) else "open"


UNLISTED = Axis(name="unlisted ports", values=("closed", "open"), of=_unlisted)

PATHS = Axis(
    name="paths",
    values=("of gRPC", "any"),
    of=lambda use: (
        "of gRPC" if all(port.protocol is Protocol.GRPC for port in _service(use).http_ports) else "any"
    ),
)


def _is(use: Use, ms: int) -> bool:
    return isinstance(use.usage.holder, Backoff) and use.usage.value == Duration(ms)


REFUSED = Axis(
    name="refused streams",
    values=("retried", "not asked for"),
    of=lambda use: "retried" if RetryCondition.REFUSED_STREAM in _conditions(use) else "not asked for",
)


def _conditions(use: Use) -> tuple[object, ...]:
    assert isinstance(use.usage.value, tuple)
    return use.usage.value


BASE = Axis(name="first wait", values=("25ms", "other"), of=lambda use: "25ms" if _is(use, 25) else "other")
LONGEST = Axis(
    name="longest wait", values=("250ms", "other"), of=lambda use: "250ms" if _is(use, 250) else "other"
)
