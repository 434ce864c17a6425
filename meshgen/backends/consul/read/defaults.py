"""ServiceDefaults, ProxyDefaults and Mesh: what a service speaks, admits, limits, and how its pods call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from meshgen.backends.consul.parts import Part
from meshgen.backends.consul.read.matches import Texts, path_of
from meshgen.backends.consul.read.names import Name, Naming
from meshgen.resources import Path, Resource

HTTP_LIKE = frozenset({"http", "http2", "grpc"})


class Bucket(NamedTuple):
    """A rate of one instance."""

    size: int
    per_second: int
    path: Texts | None  # None: every request
    at: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """What pods do as callers of one service, or of all."""

    resource: Resource
    limits: Part | None  # None: unwritten
    health: Part | None
    connect_ms: int  # 0: unwritten
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """The entry of one service; without a resource nothing is written."""

    resource: Resource | None = None
    protocol: str = ""
    mode: str = ""
    local_timeout_ms: int = 0
    is_dialed_directly: bool = False
    buckets: tuple[Bucket, ...] = ()  # those of paths first
    fault: Part | None = None  # of the extension that injects faults
    upstreams: tuple[Upstream, ...] = ()  # of every service
    overrides: Mapping[Name, Upstream] = field(default_factory=dict)


def service_defaults(resource: Resource, naming: Naming) -> Defaults:
    """Read the entry of a service."""
    owner, spec = naming.owner(resource), Part.spec_of(resource)
    upstreams = spec.part("upstreamConfig")
    return Defaults(
        resource=resource,
        protocol=spec.text("protocol").lower(),
        mode=spec.text("mutualTLSMode"),
        local_timeout_ms=int(spec.number("localRequestTimeoutMs")),
        is_dialed_directly=spec.part("transparentProxy").flag("dialedDirectly"),
        buckets=tuple(_buckets(spec.part("rateLimits").part("instanceLevel"))),
        fault=next(
            (
                each.part("arguments").part("config")
                for each in spec.parts("envoyExtensions")
                if each.text("name") == FAULTS
            ),
            None,
        ),
        upstreams=(_upstream(resource, upstreams.part("defaults")),) if upstreams.has("defaults") else (),
        overrides={
            Name(each.text("namespace") or owner.namespace, each.text("name")): _upstream(resource, each)
            for each in upstreams.parts("overrides")
        },
    )


FAULTS = "builtin/fault-injection"


def _buckets(level: Part) -> list[Bucket]:
    found = [_bucket(route, path_of(route)) for route in level.parts("routes")]
    if level.number("requestsPerSecond"):
        found.append(_bucket(level, None))
    return found


def _bucket(part: Part, path: Texts | None) -> Bucket:
    rate = int(part.number("requestsPerSecond"))
    return Bucket(int(part.number("requestsMaxBurst")) or rate, rate, path, part.path)


def _upstream(resource: Resource, part: Part) -> Upstream:
    return Upstream(
        resource=resource,
        limits=part.part("limits") if part.has("limits") else None,
        health=part.part("passiveHealthCheck") if part.has("passiveHealthCheck") else None,
        connect_ms=int(part.number("connectTimeoutMs")),
        path=part.path,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What ProxyDefaults says of every service."""

    resource: Resource | None = None
    protocol: str = ""
    mode: str = ""
    local_timeout_ms: int = 0
    is_dialed_directly: bool = False


def proxy_defaults(resource: Resource) -> Common:
    """Read the entry of all services; its `config` holds anything."""
    spec = Part.spec_of(resource)
    config: Mapping[str, Any] = spec.part("config").fields
    protocol, timeout = config.get("protocol"), config.get("local_request_timeout_ms")
    return Common(
        resource=resource,
        protocol=protocol.lower() if isinstance(protocol, str) else "",
        mode=spec.text("mutualTLSMode"),
        local_timeout_ms=timeout if isinstance(timeout, int) else 0,
        is_dialed_directly=spec.part("transparentProxy").flag("dialedDirectly"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """What Mesh says of the whole cluster."""

    admits_permissive: bool = True  # it may stand elsewhere
    is_normalized: bool = True
    merges_slashes: bool = False
    escaped_slashes: str = ""
    underscores: str = ""


def mesh(resource: Resource) -> Cluster:
    """Read the entry of the cluster."""
    spec = Part.spec_of(resource)
    incoming = spec.part("http").part("incoming").part("requestNormalization")
    return Cluster(
        admits_permissive=spec.flag("allowEnablingPermissiveMutualTLS"),
        is_normalized=not incoming.flag("insecureDisablePathNormalization"),
        merges_slashes=incoming.flag("mergeSlashes"),
        escaped_slashes=incoming.text("pathWithEscapedSlashesAction"),
        underscores=incoming.text("headersWithUnderscoresAction"),
    )
