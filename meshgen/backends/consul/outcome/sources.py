"""Where in Consul and Envoy each rule of the evaluator stands, and steps that rest on it."""

from __future__ import annotations

from meshgen.intent.outcome.facets import Basis, Facet, Step, Value
from meshgen.intent.outcome.wording import worded
from meshgen.resources import Path, Resource

CHAIN = "hashicorp/consul agent/consul/discoverychain/compile.go"
ROUTES = "hashicorp/consul agent/xds/routes.go"
RBAC = "hashicorp/consul agent/xds/rbac.go"
TOKENS = "hashicorp/consul agent/xds/jwt_authn.go"
LISTENERS = "hashicorp/consul agent/xds/listeners.go"
CLUSTERS = "hashicorp/consul agent/xds/clusters.go"
CONFIG = "hashicorp/consul agent/xds/config/config.go"
TOPOLOGY = "hashicorp/consul agent/consul/state/intention.go"
INSTANCES = "hashicorp/consul-k8s control-plane/connect-inject/controllers/endpoints/endpoints_controller.go"
PROBES = "hashicorp/consul-k8s control-plane/connect-inject/webhook/mesh_webhook.go"
LIMITS = "envoyproxy/envoy api/envoy/config/cluster/v3/circuit_breaker.proto"
OUTLIERS = "envoyproxy/envoy api/envoy/config/cluster/v3/outlier_detection.proto"
RETRIES = "envoyproxy/envoy source/common/router/retry_state_impl.cc"
TIMEOUTS = "envoyproxy/envoy api/envoy/config/route/v3/route_components.proto"


def written(resource: Resource, path: Path, source: str) -> Basis:
    """Rest on a part of an object."""
    return Basis(name=str(resource), of=resource, path=path, source=source)


def unasked(source: str) -> Basis:
    """Rest on what Consul does by itself."""
    return Basis(name="Consul", source=source)


def decided(facet: Facet, value: Value, basis: Basis) -> Step:
    """Decide a facet; what rests on no object nobody asked for."""
    return Step(
        says=f"{_WORDS[facet]} {_spelled(facet, value)}",
        basis=basis,
        facet=facet,
        value=value,
        is_ambient=basis.of is None,
    )


def _spelled(facet: Facet, value: Value) -> str:
    match worded(facet, value):
        case dict(shares):
            return ", ".join(f"{where} ({share})" for where, share in shares.items()) or "none"
        case list(every):
            return ", ".join(map(str, every)) or "none"
        case bool(is_so):
            return "yes" if is_so else "no"
        case single:
            return str(single)


_WORDS = {
    Facet.VERDICT: "is",
    Facet.BACKENDS: "goes to",
    Facet.TIMEOUT: "time limit:",
    Facet.RETRY_ATTEMPTS: "further tries:",
    Facet.RETRY_ON: "tried again on:",
    Facet.RETRY_TRY: "time limit of a try:",
    Facet.RETRY_BASE: "first pause between tries:",
    Facet.RETRY_MAX: "longest pause between tries:",
    Facet.FAULT_DELAY: "delay:",
    Facet.FAULT_ABORT: "abort:",
    Facet.MIRROR: "copies:",
    Facet.REQUEST_HEADERS: "edits of request headers:",
    Facet.RESPONSE_HEADERS: "edits of response headers:",
    Facet.REDIRECT: "redirect:",
    Facet.PATH: "path sent on:",
    Facet.HOST: "other host:",
    Facet.TRANSPORT: "travels in mTLS:",
    Facet.LOAD_BALANCING: "load balancing:",
    Facet.MAX_CONNECTIONS: "connections at once:",
    Facet.MAX_PENDING: "waiting requests:",
    Facet.MAX_REQUESTS: "requests at once:",
    Facet.MAX_PER_CONNECTION: "requests of a connection:",
    Facet.CONSECUTIVE_5XX: "ejects after 5xx in a row:",
    Facet.CONSECUTIVE_GATEWAY: "ejects after gateway errors in a row:",
    Facet.EJECTION_INTERVAL: "judged every:",
    Facet.EJECTION_TIME: "ejected for:",
    Facet.EJECTION_PERCENT: "ejected at most:",
    Facet.CONNECT_TIMEOUT: "time limit of connecting:",
    Facet.TOKEN: "the application gets the token:",
    Facet.RATE_LIMIT: "rate limit:",
    Facet.CORS: "CORS:",
}
