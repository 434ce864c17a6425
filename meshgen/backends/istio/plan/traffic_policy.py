"""Limits, ejection and balancing of one Service, as each caller's proxy applies them."""

from __future__ import annotations

from dataclasses import dataclass

from meshgen.intent import policy
from meshgen.intent.policy import CircuitBreaker, HashOn, LoadBalancing, OutlierDetection, Policy
from meshgen.intent.resolved import ResolvedService
from meshgen.values import Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class TcpPool:
    """`connectionPool.tcp`."""

    max_connections: int | None
    connect_timeout: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpPool:
    """`connectionPool.http`."""

    pending: int | None
    requests: int | None
    per_connection: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionPool:
    """`connectionPool`, of which one part at least is written."""

    tcp: TcpPool | None
    http: HttpPool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HashCookie:
    """`httpCookie`; without `ttl` it is only read."""

    name: str
    ttl: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalancer:
    """`loadBalancer`: one of its fields is written."""

    simple: str | None = None
    header: str | None = None
    cookie: HashCookie | None = None
    query_parameter: str | None = None
    source_ip: bool | None = None

    @property
    def is_of_requests(self) -> bool:
        """True where it hashes what connections do not have."""
        return any(part is not None for part in (self.header, self.cookie, self.query_parameter))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ejection:
    """`outlierDetection`; 0 server errors switch a detector off that is on by itself."""

    gateway_errors: int | None  # None: its detector stays off
    server_errors: int
    interval: str | None
    base_ejection_time: str | None
    max_ejection_percent: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficPolicy:
    """`trafficPolicy`, of which one block at least is written."""

    connection_pool: ConnectionPool | None
    load_balancer: LoadBalancer | None
    outlier_detection: Ejection | None
    unhashed_ports: tuple[int, ...] | None  # `portLevelSettings`: the same there, but for what is hashed
    unhashed_balancer: str | None = None  # of those ports; None: they write something else, which is enough


def traffic_policy(service: ResolvedService) -> TrafficPolicy | None:
    """Write what a service asks of its callers' connections; None where it asks for nothing.

    Without limits and outlier detection Istio has none, so `none` asks for nothing (istio/istio
    pilot/pkg/networking/core/cluster_traffic_policy.go).
    """
    breaker, detection = service.circuit_breaker, service.outlier_detection
    pool = _pool(breaker if isinstance(breaker, CircuitBreaker) else None, service.connect_timeout)
    balancer = None if service.load_balancing is None else _balancer(service.load_balancing)
    ejection = _ejection(detection) if isinstance(detection, OutlierDetection) else None
    if pool is None and balancer is None and ejection is None:
        return None
    is_hashed = balancer is not None and balancer.is_of_requests
    is_more_written = ejection is not None or (pool is not None and pool.tcp is not None)
    return TrafficPolicy(
        connection_pool=pool,
        load_balancer=balancer,
        outlier_detection=ejection,
        unhashed_ports=(_connection_ports(service) or None) if is_hashed else None,
        # istio/api networking/v1alpha3/destination_rule.proto: settings of a port take nothing over
        unhashed_balancer=None if is_more_written else "UNSPECIFIED",
    )


def _connection_ports(service: ResolvedService) -> tuple[int, ...]:
    """A connection has no header to hash: it would go to any pod instead of the less busy of two.

    envoyproxy/envoy source/extensions/load_balancing_policies/common/thread_aware_lb_impl.cc: without a hash
    one is drawn.
    """
    ports = (port for port in service.service_ports if not port.protocol.is_http)
    return tuple(sorted(port.number for port in ports if port.number is not None))


def _pool(breaker: CircuitBreaker | None, connect_timeout: Duration | None) -> ConnectionPool | None:
    tcp = TcpPool(
        max_connections=None if breaker is None else breaker.max_connections,
        connect_timeout=_text(connect_timeout),
    )
    http = HttpPool(
        pending=None if breaker is None else breaker.max_pending_requests,
        requests=None if breaker is None else breaker.max_requests,
        per_connection=None if breaker is None else breaker.max_requests_per_connection,
    )
    has_tcp = tcp != TcpPool(max_connections=None, connect_timeout=None)
    has_http = http != HttpPool(pending=None, requests=None, per_connection=None)
    if not has_tcp and not has_http:
        return None
    return ConnectionPool(tcp=tcp if has_tcp else None, http=http if has_http else None)


_SIMPLE = {
    Policy.ROUND_ROBIN: "ROUND_ROBIN",
    Policy.LEAST_REQUEST: "LEAST_REQUEST",
    Policy.RANDOM: "RANDOM",
}


def _balancer(balancing: LoadBalancing) -> LoadBalancer:
    if balancing.policy is not None:
        return LoadBalancer(simple=_SIMPLE[balancing.policy])
    hashed = balancing.hash_on or HashOn()
    return LoadBalancer(
        header=hashed.header,
        cookie=None if hashed.cookie is None else _cookie(hashed.cookie),
        query_parameter=hashed.query_param,
        source_ip=hashed.source_ip,
    )


def _cookie(cookie: policy.HashCookie) -> HashCookie:
    match cookie.ttl:
        case None:
            return HashCookie(name=cookie.name, ttl=None)
        case policy.Session.SESSION:
            return HashCookie(name=cookie.name, ttl="0s")
        case Duration():
            return HashCookie(name=cookie.name, ttl=str(cookie.ttl))


def _ejection(detection: OutlierDetection) -> Ejection | None:
    percent = detection.max_ejection_percent
    if percent is not None and percent.hundredths == 0:
        return None  # nobody may be ejected, and Istio would read 0 as its default
    return Ejection(
        gateway_errors=detection.consecutive_gateway_errors,
        server_errors=detection.consecutive5xx or 0,
        interval=_text(detection.interval),
        base_ejection_time=_text(detection.base_ejection_time),
        max_ejection_percent=None if percent is None else max(1, percent.hundredths // 100),
    )


def _text(duration: Duration | None) -> str | None:
    return None if duration is None else str(duration)
