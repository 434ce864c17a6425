"""Consul's objects as they are planned: values that look like the YAML to come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from meshgen.manifest import Meta, Pairs

_API_VERSION = "consul.hashicorp.com/v1alpha1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of one caller towards one service; None is Envoy's default."""

    max_connections: int | None = None
    max_pending_requests: int | None = None
    max_concurrent_requests: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PassiveHealthCheck:
    """When a caller leaves out an instance; None is Envoy's default."""

    interval: str | None = None
    max_failures: int | None = None
    enforcing_consecutive_5xx: int | None = None
    max_ejection_percent: int | None = None
    base_ejection_time: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """What one caller does towards one service."""

    name: str
    namespace: str | None
    limits: Limits | None
    passive_health_check: PassiveHealthCheck | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """A token bucket of each instance, refilled every second."""

    requests_per_second: int
    requests_max_burst: int | None  # None: as many as the rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """How long and how often a request waits."""

    duration_ms: int
    percentage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Abort:
    """With what and how often a request is refused."""

    http_status: int | None
    grpc_status: int | None
    percentage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultInjection:
    """The enterprise edition's extension of the receiving proxy."""

    delay: Delay | None
    abort: Abort | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDefaults:
    kind: ClassVar[str] = "ServiceDefaults"
    api_version: ClassVar[str] = _API_VERSION

    meta: Meta
    protocol: str  # always written: an entry without one means tcp, whatever ProxyDefaults say
    mutual_tls_mode: str | None = None
    local_request_timeout_ms: int | None = None
    dialed_directly: bool | None = None
    rate_limit: RateLimit | None = None
    overrides: tuple[Upstream, ...] | None = None
    fault_injection: FaultInjection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subset:
    """A version's pods, picked by what they say of themselves."""

    name: str
    filter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieConfig:
    """A cookie that the mesh sets; exactly one of the first two."""

    ttl: str | None
    session: bool | None
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HashPolicy:
    """What picks the instance: a field of the request, or the caller's address."""

    field: str | None = None
    field_value: str | None = None
    cookie_config: CookieConfig | None = None
    source_ip: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalancer:
    """How an instance is picked."""

    policy: str
    hash_policies: tuple[HashPolicy, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceResolver:
    kind: ClassVar[str] = "ServiceResolver"
    api_version: ClassVar[str] = _API_VERSION

    meta: Meta
    subsets: tuple[Subset, ...] | None = None
    redirect: str | None = None  # the service that gets the requests instead
    connect_timeout: str | None = None
    load_balancer: LoadBalancer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A share of the traffic and who gets it; without `service` a subset of its own."""

    weight: int | float
    service: str | None
    service_subset: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSplitter:
    kind: ClassVar[str] = "ServiceSplitter"
    api_version: ClassVar[str] = _API_VERSION

    meta: Meta
    splits: tuple[Split, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueMatch:
    """One condition on a header or a query parameter, by name; one of the comparisons is set."""

    name: str
    exact: str | None = None
    prefix: str | None = None
    regex: str | None = None
    present: bool | None = None
    invert: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderModifiers:
    """Edits of one message's headers."""

    values: tuple[tuple[str, Pairs], ...]  # under `add` and `set`; one without entries is not written
    remove: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpMatch:
    """Which requests a route takes; one kind of path at most, everything that is set holds."""

    path_exact: str | None = None
    path_prefix: str | None = None
    path_regex: str | None = None
    header: tuple[ValueMatch, ...] | None = None
    query_param: tuple[ValueMatch, ...] | None = None
    methods: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteDestination:
    """Where a route's requests go and how they are sent; without `service` to the router's own."""

    service: str | None = None
    namespace: str | None = None
    service_subset: str | None = None
    prefix_rewrite: str | None = None
    request_timeout: str | None = None
    num_retries: int | None = None
    retry_on: tuple[str, ...] | None = None
    retry_on_status_codes: tuple[int, ...] | None = None
    headers: tuple[tuple[str, HeaderModifiers], ...] = ()  # under `requestHeaders` and `responseHeaders`


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRoute:
    """One route: the first whose match holds decides; None takes every request."""

    match: HttpMatch | None
    destination: RouteDestination | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRouter:
    kind: ClassVar[str] = "ServiceRouter"
    api_version: ClassVar[str] = _API_VERSION

    meta: Meta
    routes: tuple[ServiceRoute, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim at the top of a token, and the value that it must have."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenProvider:
    """A provider whose valid token opens a permission, with claims that all hold."""

    name: str
    verify_claims: tuple[Claim, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentionPermission:
    """What becomes of the requests that it covers; the first that covers a request decides."""

    action: str
    path_exact: str | None = None
    path_prefix: str | None = None
    path_regex: str | None = None
    header: tuple[ValueMatch, ...] | None = None
    methods: tuple[str, ...] | None = None
    providers: tuple[TokenProvider, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentionSource:
    """A caller with its action, or with the permissions that decide by request: never both."""

    name: str
    namespace: str | None
    action: str | None
    permissions: tuple[IntentionPermission, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceIntentions:
    kind: ClassVar[str] = "ServiceIntentions"
    api_version: ClassVar[str] = _API_VERSION

    meta: Meta
    destination: str
    sources: tuple[IntentionSource, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenHeader:
    """A header that carries a token."""

    name: str
    value_prefix: str | None
    forward: bool | None  # None: Envoy takes the token away


@dataclass(frozen=True, slots=True, kw_only=True)
class JWTProvider:
    kind: ClassVar[str] = "JWTProvider"
    api_version: ClassVar[str] = _API_VERSION

    meta: Meta
    issuer: str
    audiences: tuple[str, ...] | None
    jwks_uri: str | None
    jwks: str | None  # in base64
    headers: tuple[TokenHeader, ...]
    query_params: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mesh:
    """What is asked of the whole cluster, which has one such object; None is not asked."""

    kind: ClassVar[str] = "Mesh"
    api_version: ClassVar[str] = _API_VERSION

    meta: Meta
    allow_permissive: bool | None
    merge_slashes: bool | None
