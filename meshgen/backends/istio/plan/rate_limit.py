"""A token bucket in front of the application, in Envoy's own words: Istio has none for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from meshgen.backends.istio.plan.names import pods, service_meta
from meshgen.intent.model import Protocol
from meshgen.intent.policy import Per, RateLimit
from meshgen.intent.resolved import ResolvedService, ResolvedSet
from meshgen.manifest import Meta

_INTERVALS = {Per.SECOND: "1s", Per.MINUTE: "60s", Per.HOUR: "3600s"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One patch: the filter of one container port, with a bucket of its own."""

    port: int | str
    max_tokens: int
    tokens_per_fill: int
    fill_interval: str
    is_exhausted: bool | None  # what gRPC calls are answered; None: requests know a status of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvoyFilter:
    """The rate limit of the pods of one service."""

    meta: Meta
    selector: Mapping[str, str]
    buckets: tuple[Bucket, ...]
    api_version: str = "networking.istio.io/v1alpha3"
    kind: str = "EnvoyFilter"


def envoy_filters(resolved: ResolvedSet) -> tuple[EnvoyFilter, ...]:
    """Plan the rate limits of services."""
    return tuple(planned for service in resolved.services.values() for planned in _of_service(service))


def _of_service(service: ResolvedService) -> Iterator[EnvoyFilter]:
    limit = service.rate_limit
    if not isinstance(limit, RateLimit):
        return
    ports = dict.fromkeys(port.target for port in service.http_ports)
    of_grpc = {port.target for port in service.http_ports if port.protocol is Protocol.GRPC}
    for suffix, selector in pods(service):
        yield EnvoyFilter(
            meta=service_meta(service, suffix),
            selector=selector,
            buckets=tuple(_bucket(port, limit, is_grpc=port in of_grpc) for port in ports),
        )


def _bucket(port: int | str, limit: RateLimit, *, is_grpc: bool) -> Bucket:
    return Bucket(
        port=port,
        max_tokens=limit.requests if limit.burst is None else limit.burst,
        tokens_per_fill=limit.requests,
        fill_interval=_INTERVALS[limit.per],
        is_exhausted=True if is_grpc else None,
    )
