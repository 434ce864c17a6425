"""What Consul does where an intent says nothing."""

from __future__ import annotations

from meshgen.ambient import Default
from meshgen.backends.consul.profiles import unwritten_mode
from meshgen.profile import Profile

_CONFIG = "hashicorp/consul agent/xds/config/config.go"

_DEFAULTS = (
    Default(
        field="timeout",
        value="15s, at the caller and at the receiver",
        source="hashicorp/consul agent/xds/routes.go",
    ),
    Default(field="retries", value="none", source="hashicorp/consul agent/xds/routes.go"),
    Default(
        field="circuitBreaker",
        value="1024 connections, 1024 waiting requests and 1024 requests at once, of each caller",
        source="envoyproxy/envoy api/envoy/config/cluster/v3/circuit_breaker.proto",
    ),
    Default(
        field="outlierDetection",
        value="5 answers of 5xx in a row eject an instance for 30s, judged every 10s, 10 % of them at most",
        source=_CONFIG,
    ),
    Default(field="loadBalancing", value="round-robin", source=_CONFIG),
    Default(
        field="connectTimeout",
        value="5s",
        source="hashicorp/consul agent/structs/config_entry_discoverychain.go",
    ),
    Default(
        field="authorization",
        value="default: allow, or deny where the chart switches ACLs on",
        source="hashicorp/consul-k8s charts/consul/values.yaml",
    ),
)


def ambient(profile: Profile) -> tuple[Default, ...]:
    """Name what is in force of a fresh install; ProxyDefaults may say else."""
    mode = Default(
        field="mtls", value=unwritten_mode(profile).value, source="hashicorp/consul agent/xds/listeners.go"
    )
    return (*_DEFAULTS, mode)
