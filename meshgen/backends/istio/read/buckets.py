"""Local rate limits, in EnvoyFilters of the one shape that is understood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from meshgen.backends.istio.read.objects import milliseconds
from meshgen.intent.outcome.facets import Value
from meshgen.resources import Path, Resource

_CONFIG = "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit"
_ALWAYS = {"numerator": 100, "denominator": "HUNDRED"}
_FIELDS = frozenset(
    (
        "@type",
        "stat_prefix",
        "token_bucket",
        "filter_enabled",
        "filter_enforced",
        "rate_limited_as_resource_exhausted",
    )
)


class Bucket(NamedTuple):
    """A bucket of each instance for one container port."""

    port: int
    size: int
    refill: int  # tokens
    interval: int  # ms
    is_exhausted: bool  # what it answers to gRPC
    of: Resource
    path: Path

    def value(self, *, is_grpc: bool) -> Value:
        """Write its numbers as outcomes do, and the status of gRPC calls where it tells of no limit.

        envoyproxy/envoy api/envoy/extensions/filters/http/local_ratelimit/v3/local_rate_limit.proto
        """
        numbers = (self.size, self.refill, self.interval)
        return (*numbers, "unavailable") if is_grpc and not self.is_exhausted else numbers


def buckets(envoy_filter: Resource) -> Iterator[Bucket]:
    """Read the patches that are understood."""
    for at, patch in enumerate(envoy_filter.spec.get("configPatches") or ()):
        bucket = _bucket(patch, envoy_filter, ("spec", "configPatches", at))
        if bucket is not None:
            yield bucket


def strange(envoy_filter: Resource) -> Iterator[Path]:
    """List the patches that are not understood."""
    if envoy_filter.spec.get("targetRefs"):
        return  # of waypoints and gateways
    known = {bucket.path for bucket in buckets(envoy_filter)}
    for at, patch in enumerate(envoy_filter.spec.get("configPatches") or ()):
        path = ("spec", "configPatches", at)
        if path not in known and (patch.get("match") or {}).get("context") != "GATEWAY":
            yield path


def _bucket(patch: Mapping[str, Any], of: Resource, path: Path) -> Bucket | None:
    match patch:
        case {
            "applyTo": "HTTP_FILTER",
            "match": {
                "context": "SIDECAR_INBOUND",
                "listener": {
                    "filterChain": {
                        "destinationPort": int() as port,
                        "filter": {
                            "name": "envoy.filters.network.http_connection_manager",
                            "subFilter": {"name": "envoy.filters.http.router"},
                        },
                    }
                },
            },
            "patch": {
                "operation": "INSERT_BEFORE",
                "value": {
                    "name": "envoy.filters.http.local_ratelimit",
                    "typed_config": {
                        "@type": kind,
                        "stat_prefix": str(),
                        "token_bucket": {"max_tokens": int(), "fill_interval": str()} as tokens,
                        **rest,
                    } as config,
                },
            },
        } if kind == _CONFIG and config.keys() <= _FIELDS and _is_always(rest):
            interval = milliseconds(tokens["fill_interval"])
            refill = tokens.get("tokens_per_fill", 1)
            is_exhausted = rest.get("rate_limited_as_resource_exhausted") is True
            return Bucket(port, tokens["max_tokens"], refill, interval, is_exhausted, of, path)
        case _:
            return None


def _is_always(config: Mapping[Any, Any]) -> bool:
    """Envoy applies neither to any request unless a share is written."""
    shares = ((config.get(key) or {}).get("default_value") for key in ("filter_enabled", "filter_enforced"))
    return all(share is not None and {"denominator": "HUNDRED", **share} == _ALWAYS for share in shares)
