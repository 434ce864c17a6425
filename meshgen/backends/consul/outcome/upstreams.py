"""Connection limits and ejection, which Consul has at each caller."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from meshgen.backends.consul.outcome.sources import (
    CLUSTERS,
    CONFIG,
    LIMITS,
    OUTLIERS,
    decided,
    unasked,
    written,
)
from meshgen.backends.consul.parts import Part
from meshgen.backends.consul.read.defaults import Upstream
from meshgen.backends.consul.read.durations import milliseconds
from meshgen.intent.outcome.facets import Facet, Step

_MOST = 1_024  # envoyproxy/envoy api/envoy/config/cluster/v3/circuit_breaker.proto: Thresholds
_UNLIMITED = 2**31 - 1  # what no proxy reaches


def limits(upstreams: tuple[Upstream, ...], *, is_http: bool) -> Iterator[Step]:
    """Say how much a caller's proxy sends at once."""
    found = next(((each, each.limits) for each in upstreams if each.limits is not None), None)
    for facet, key in (
        (Facet.MAX_CONNECTIONS, "maxConnections"),
        (Facet.MAX_PENDING, "maxPendingRequests"),
        (Facet.MAX_REQUESTS, "maxConcurrentRequests"),
    ):
        if facet is not Facet.MAX_CONNECTIONS and not is_http:
            return
        if found is None or not found[1].has(key):
            yield decided(facet, _MOST, unasked(LIMITS))
        else:
            upstream, part = found
            value = int(part.number(key))
            at = written(upstream.resource, part.at(key), CLUSTERS)
            yield decided(facet, None if value >= _UNLIMITED else value, at)
    yield decided(Facet.MAX_PER_CONNECTION, None, unasked(CLUSTERS))


def health(upstreams: tuple[Upstream, ...]) -> Iterator[Step]:
    """Say when a caller's proxy leaves an instance out; without an entry Envoy's own rules are on."""
    # hashicorp/consul agent/xds/config/config.go: ToOutlierDetection
    found = next(((each, each.health) for each in upstreams if each.health is not None), None)
    upstream, part = found or (None, Part({}))
    is_off = part.has("enforcingConsecutive5xx") and not part.number("enforcingConsecutive5xx")
    for facet, keys, value, otherwise in (
        (
            Facet.CONSECUTIVE_5XX,
            ("maxFailures", "enforcingConsecutive5xx"),
            None if is_off else int(part.number("maxFailures")) or 5,
            5,
        ),
        (Facet.EJECTION_INTERVAL, ("interval",), milliseconds(part.text("interval")) or 10_000, 10_000),
        (
            Facet.EJECTION_TIME,
            ("baseEjectionTime",),
            milliseconds(part.text("baseEjectionTime")) or 30_000,
            30_000,
        ),
        (Facet.EJECTION_PERCENT, ("maxEjectionPercent",), _percent(part), _percent(Part({}))),
    ):
        key = next((key for key in keys if part.has(key)), None)
        if upstream is None or key is None:
            yield decided(facet, otherwise, unasked(OUTLIERS))
        else:
            yield decided(facet, value, written(upstream.resource, part.at(key), CONFIG))
    # envoyproxy/envoy outlier_detection.proto: gateway failures are counted, and not enforced
    yield decided(Facet.CONSECUTIVE_GATEWAY, None, unasked(OUTLIERS))


def _percent(part: Part) -> Fraction:
    return Fraction(int(part.number("maxEjectionPercent")) if part.has("maxEjectionPercent") else 10, 100)
