"""Limits and ejection, which Consul writes at each caller, and what the receiving proxy refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from meshgen.backends.consul.plan.names import Names
from meshgen.backends.consul.plan.objects import (
    Abort,
    Delay,
    FaultInjection,
    Limits,
    PassiveHealthCheck,
    RateLimit,
    Upstream,
)
from meshgen.intent.features import Written
from meshgen.intent.keys import ServiceKey
from meshgen.intent.policy import CircuitBreaker, OutlierDetection
from meshgen.intent.resolved import ResolvedService
from meshgen.intent.traffic import Fault, GrpcStatus
from meshgen.values import Percent

Overrides = Mapping[ServiceKey, tuple[Upstream, ...]]


def overrides(names: Names) -> Overrides:
    """List for each caller what it does towards the services that ask for limits or ejection."""
    found: dict[ServiceKey, dict[str, Upstream]] = {}
    for callee in names.resolved.services.values():
        upstream = _upstream(callee, names)
        if upstream.limits is None and upstream.passive_health_check is None:
            continue
        for caller in names.callers_of(callee):
            is_near = caller.key.namespace == callee.key.namespace
            seen = replace(upstream, namespace=None) if is_near else upstream
            found.setdefault(caller.key, {})[f"{upstream.namespace}/{upstream.name}"] = seen
    return {key: tuple(value for _, value in sorted(upstreams.items())) for key, upstreams in found.items()}


def _upstream(callee: ResolvedService, names: Names) -> Upstream:
    return Upstream(
        name=callee.key.name,
        namespace=names.namespace(callee.key.namespace) or None,
        limits=_limits(callee.circuit_breaker),
        passive_health_check=_check(callee.outlier_detection),
    )


_UNLIMITED = 2**31 - 1  # unset would be Envoy's 1,024


def _limits(breaker: CircuitBreaker | Written | None) -> Limits | None:
    match breaker:
        case None:
            return None
        case Written.NONE:
            return Limits(
                max_connections=_UNLIMITED,
                max_pending_requests=_UNLIMITED,
                max_concurrent_requests=_UNLIMITED,
            )
        case CircuitBreaker():
            return Limits(
                max_connections=breaker.max_connections,
                max_pending_requests=breaker.max_pending_requests,
                max_concurrent_requests=breaker.max_requests,
            )


def _check(detection: OutlierDetection | Written | None) -> PassiveHealthCheck | None:
    match detection:
        case None:
            return None
        case Written.NONE:
            # consul agent/xds/config/config.go ToOutlierDetection: without an entry Envoy's own is on
            return PassiveHealthCheck(enforcing_consecutive_5xx=0)
        case OutlierDetection():
            percent = detection.max_ejection_percent
            check = PassiveHealthCheck(
                interval=None if detection.interval is None else str(detection.interval),
                max_failures=detection.consecutive5xx,
                max_ejection_percent=None if percent is None else round(percent.hundredths / 100),
                base_ejection_time=None
                if detection.base_ejection_time is None
                else str(detection.base_ejection_time),
            )
            return None if check == PassiveHealthCheck() else check


def rate_limit(service: ResolvedService) -> RateLimit | None:
    """Plan the bucket of each instance: on the enterprise edition, by second."""
    limit = service.rate_limit
    if limit is None or limit is Written.NONE:
        return None
    # hashicorp/consul api/config_entry.go: a burst that is not written is as large as the rate
    burst = None if limit.burst == limit.requests else limit.burst
    return RateLimit(requests_per_second=limit.requests, requests_max_burst=burst)


def fault_injection(service: ResolvedService) -> FaultInjection | None:
    """Plan the faults of a whole service, drawn by its own proxy: on the enterprise edition."""
    fault = service.written.fault
    if not isinstance(fault, Fault):
        return None
    delay, abort = fault.delay, fault.abort
    return FaultInjection(
        delay=None
        if delay is None
        else Delay(duration_ms=delay.duration.ms, percentage=_whole(delay.percent)),
        abort=None
        if abort is None
        else Abort(
            http_status=abort.status,
            grpc_status=None if abort.grpc_status is None else _GRPC[abort.grpc_status],
            percentage=_whole(abort.percent),
        ),
    )


def _whole(percent: Percent) -> int:
    """Round up to whole percents, the only ones that the extension documents, so that none vanishes."""
    return -(-percent.hundredths // 100)


# The numbers of gRPC's codes follow the order in which they are declared.
_GRPC = {status: number for number, status in enumerate(GrpcStatus)}
