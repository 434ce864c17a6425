"""The objects that are written for Linkerd, as values that look like the YAML to come."""

from __future__ import annotations

from dataclasses import dataclass

from meshgen.manifest import Meta, Pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitBackend:
    """A Service that takes a share."""

    service: str
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficSplit:
    """Shares of a Service's traffic, requests and connections alike."""

    meta: Meta
    service: str
    backends: tuple[SplitBackend, ...]
    api_version: str = "split.smi-spec.io/v1alpha2"
    kind: str = "TrafficSplit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """What a route is attached to: a Service port, or a Server."""

    group: str
    kind: str
    name: str
    port: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A path, header or query parameter, and how it is compared."""

    type: str
    name: str | None  # None: a path
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteMatch:
    """One alternative of a rule."""

    path: Compared
    headers: tuple[Compared, ...] | None
    query: tuple[Compared, ...] | None
    method: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """A Service that requests are sent to."""

    name: str
    namespace: str | None  # None: the route's own
    port: int
    weight: int | None  # None: it is the only one


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderEdit:
    """Headers that are set, added or taken away."""

    set: Pairs | None
    add: Pairs | None
    remove: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirection:
    """Another address to ask; what is None stays."""

    scheme: str | None
    hostname: str | None
    port: int | None
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Something that is done on the way, by its type."""

    type: str
    request: HeaderEdit | None
    response: HeaderEdit | None
    redirect: Redirection | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteRule:
    """What becomes of the requests that match one of the alternatives."""

    matches: tuple[RouteMatch, ...] | None  # None: every request
    filters: tuple[Filter, ...] | None
    backends: tuple[Backend, ...] | None  # None: the Service itself, unless a filter answers

    @property
    def begun_by(self) -> object:
        """What stands before the backends."""
        return self.filters if self.matches is None else self.matches


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRoute:
    """Rules for requests to a Service, or conditions for policies on a Server."""

    meta: Meta
    parents: tuple[Parent, ...]
    hostnames: tuple[str, ...] | None
    rules: tuple[RouteRule, ...]
    api_version: str = "gateway.networking.k8s.io/v1"
    kind: str = "HTTPRoute"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrpcMatch:
    """One alternative of a rule for calls."""

    service: str
    method: str | None  # None: every method of the service
    headers: tuple[Compared, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrpcRule:
    """What becomes of the calls that match one of the alternatives."""

    matches: tuple[GrpcMatch, ...] | None  # None: every call
    filters: tuple[Filter, ...] | None
    backends: tuple[Backend, ...] | None  # None: the Service itself

    @property
    def begun_by(self) -> object:
        """What stands before the backends."""
        return self.filters if self.matches is None else self.matches


@dataclass(frozen=True, slots=True, kw_only=True)
class GrpcRoute:
    """Rules for gRPC calls to a Service."""

    meta: Meta
    parents: tuple[Parent, ...]
    rules: tuple[GrpcRule, ...]
    api_version: str = "gateway.networking.k8s.io/v1"
    kind: str = "GRPCRoute"


@dataclass(frozen=True, slots=True, kw_only=True)
class TcpRoute:
    """Shares of the connections to a Service."""

    meta: Meta
    parents: tuple[Parent, ...]
    backends: tuple[Backend, ...]
    api_version: str = "gateway.networking.k8s.io/v1alpha2"
    kind: str = "TCPRoute"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityRef:
    """A service account, or a namespace with all of its accounts."""

    kind: str
    name: str
    namespace: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshTlsAuthentication:
    """Identities, any of which authenticates a client."""

    meta: Meta
    identities: tuple[str, ...] | None
    refs: tuple[IdentityRef, ...] | None
    api_version: str = "policy.linkerd.io/v1alpha1"
    kind: str = "MeshTLSAuthentication"


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """An address block less others inside it."""

    cidr: str
    excepts: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkAuthentication:
    """Networks, any of which authenticates a client."""

    meta: Meta
    networks: tuple[Network, ...]
    api_version: str = "policy.linkerd.io/v1alpha1"
    kind: str = "NetworkAuthentication"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRef:
    """Another object of the namespace."""

    group: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationPolicy:
    """Admits clients that meet every authentication; without any, all of them."""

    meta: Meta
    target: ObjectRef
    authentications: tuple[ObjectRef, ...] | None
    api_version: str = "policy.linkerd.io/v1alpha1"
    kind: str = "AuthorizationPolicy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A container port of some pods, and what it admits by itself."""

    meta: Meta
    selector: Pairs
    port: int | str
    protocol: str
    access: str
    api_version: str = "policy.linkerd.io/v1beta3"
    kind: str = "Server"


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """Requests that each pod behind a Server takes in a second."""

    meta: Meta
    server: str
    requests_per_second: int
    api_version: str = "policy.linkerd.io/v1alpha1"
    kind: str = "HTTPLocalRateLimitPolicy"
