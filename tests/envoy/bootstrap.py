"""The configuration of the one Envoy: every caller's proxy and every pod's, for all scenarios at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tests.envoy.certificates import Authority, Certificate
from tests.envoy.configured import Cluster, Setup, Tree
from tests.envoy.places import ADMIN, NOBODY, NORMALIZING, OUTBOUND, PODS, PORTS, Door, End, app_address
from tests.envoy.scenario import Scenario
from tests.envoy.words import ALLOW, CORS, DENY, FAULT, typed

AT, AS, PICK = "x-at", "x-as", "x-pick"  # scenario, caller and endpoint that the driver asks for
PEER, ATTEMPT, FLAGS = "x-peer", "x-envoy-attempt-count", "x-flags"
INNER = "10.0.0.1"  # an address of which each proxy keeps the headers that another one has set
SERVER = "spiffe://cluster.local/ns/shop/sa/server"  # callers do not look at it


def bootstrap(
    scenarios: Sequence[Scenario], authority: Authority, certificates: Mapping[str, Certificate]
) -> Tree:
    """Write the whole configuration."""
    ends = sorted({end for one in scenarios for end in one.setup.ends.values()}, key=str)
    clusters = sorted({each for one in scenarios for each in _clusters(one.setup)}, key=str)
    apps = [End(f"shop/{pod}", port, Door.BARE) for pod in PODS for port in PORTS]
    return {
        "admin": {"address": _address(*ADMIN)},
        "static_resources": {
            "secrets": [_secret(name, certificate) for name, certificate in certificates.items()],
            "listeners": [
                *(
                    _listener(name, address, {"filters": [_outbound(name, scopes)]})
                    for name, address, scopes in (
                        (name, address, _outbound_scopes(scenarios, is_normalizing=name == "normalizing"))
                        for name, address in (("outbound", OUTBOUND), ("normalizing", NORMALIZING))
                    )
                    if scopes
                ),
                *(_inbound(end, scenarios, authority) for end in ends if end.door is not Door.BARE),
            ],
            "clusters": [
                *(_cluster(cluster, authority) for cluster in clusters),
                *(_static(f"app {end.pod}:{end.port}", [(app_address(end.pod), end.port)]) for end in apps),
            ],
        },
    }


def _clusters(setup: Setup) -> Iterable[Cluster]:
    return (cluster for client in setup.clients.values() for cluster in client.clusters)


def _address(address: str, port: int) -> Tree:
    return {"socket_address": {"address": address, "port_value": port}}


def _secret(name: str, certificate: Certificate) -> Tree:
    chain, key = ({"filename": str(file)} for file in certificate)
    return {"name": name, "tls_certificate": {"certificate_chain": chain, "private_key": key}}


def _static(name: str, addresses: Sequence[tuple[str, int]]) -> Tree:
    ends = [{"endpoint": {"address": _address(*each)}} for each in addresses]
    return {
        "name": name,
        "type": "STATIC",
        "connect_timeout": "5s",
        "circuit_breakers": {"thresholds": [{"max_connections": 9999, "max_pending_requests": 9999}]},
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": ends}] if ends else []},
    }


def _cluster(cluster: Cluster, authority: Authority) -> Tree:
    """Let the driver name the endpoint, so that membership needs no statistics; one that is down is aside."""
    static = _static(cluster.name, [(end.address, end.port) for end in cluster.ends])
    groups = static["load_assignment"]["endpoints"]
    down = [{"priority": 1, "lb_endpoints": [{"endpoint": {"address": _address(NOBODY, 9080)}}]}]
    static["load_assignment"]["endpoints"] = groups and groups + down
    source = {"source_address": {"address": cluster.source, "port_value": 0}}
    tls = {"transport_socket": _tls("Upstream", cluster.identity, authority)}
    return {
        **static,
        "upstream_bind_config": source,
        "load_balancing_policy": {"policies": [_policy("override_host.v3.OverrideHost", **_PICKED)]},
        **(tls if cluster.ends and cluster.ends[0].door.takes_tls else {}),
    }


def _policy(name: str, **fields: object) -> Tree:
    return {
        "typed_extension_config": {
            "name": name,
            "typed_config": typed(f"extensions.load_balancing_policies.{name}", **fields),
        }
    }


_PICKED: Tree = {
    "override_host_sources": [{"header": PICK}],
    "fallback_policy": {"policies": [_policy("round_robin.v3.RoundRobin")]},
}


def _tls(side: str, identity: str, authority: Authority) -> Tree:
    demand = {"require_client_certificate": True} if side == "Downstream" else {}
    common = {
        "tls_certificate_sds_secret_configs": [{"name": identity}],
        "validation_context": {"trusted_ca": {"filename": str(authority.root)}},
    }
    name = f"extensions.transport_sockets.tls.v3.{side}TlsContext"
    return {
        "name": "envoy.transport_sockets.tls",
        "typed_config": typed(name, common_tls_context=common, **demand),
    }


def _listener(name: str, address: tuple[str, int], *chains: Tree) -> Tree:
    return {"name": name, "address": _address(*address), "filter_chains": list(chains)}


def _manager(name: str, filters: Sequence[Tree], scopes: Sequence[Tree], *fragments: str) -> Tree:
    keys = [{"header_value_extractor": {"name": header, "index": 0}} for header in fragments]
    scoped = {
        "name": name,
        "scope_key_builder": {"fragments": keys},
        "scoped_route_configurations_list": {"scoped_route_configurations": list(scopes)},
    }
    manager = typed(
        "extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix="http",
        generate_request_id=False,
        normalize_path=name != "outbound",
        internal_address_config={"cidr_ranges": [{"address_prefix": INNER, "prefix_len": 32}]},
        scoped_routes=scoped,
        http_filters=[*filters, _filter("router", "extensions.filters.http.router.v3.Router")],
    )
    return {"name": "http", "typed_config": manager}


def _filter(name: str, kind: str, **fields: object) -> Tree:
    return {"name": name, "typed_config": typed(kind, **fields)}


def _outbound(name: str, scopes: Sequence[Tree]) -> Tree:
    filters = [
        _filter(CORS, "extensions.filters.http.cors.v3.Cors"),
        _filter(FAULT, "extensions.filters.http.fault.v3.HTTPFault"),
    ]
    return _manager(name, filters, scopes, AT, AS)


def _outbound_scopes(scenarios: Sequence[Scenario], *, is_normalizing: bool) -> list[Tree]:
    flags = {"header": {"key": FLAGS, "value": "%RESPONSE_FLAGS%"}}
    counted = {"include_request_attempt_count": True, "include_attempt_count_in_response": True}
    return [
        _scope(
            (one.name, account),
            [{**host, **counted} for host in client.hosts],
            {"response_headers_to_add": [flags]},
        )
        for one in scenarios
        if one.setup.is_normalizing is is_normalizing
        for account, client in one.setup.clients.items()
        if account in {str(call.caller.account) for call in one.calls}
    ]


def _scope(key: Sequence[str], hosts: Sequence[Tree], extra: Tree) -> Tree:
    name = " ".join(key)
    fragments = [{"string_key": part} for part in key]
    routes = {"name": name, "virtual_hosts": list(hosts), "validate_clusters": False, **extra}
    return {"name": name, "key": {"fragments": fragments}, "route_configuration": routes}


def _inbound(end: End, scenarios: Sequence[Scenario], authority: Authority) -> Tree:
    filters = [
        _filter(DENY, "extensions.filters.http.rbac.v3.RBAC"),
        _filter(ALLOW, "extensions.filters.http.rbac.v3.RBAC"),
    ]
    route: Tree = {
        "match": {"prefix": "/"},
        "route": {"cluster": f"app {end.pod}:{end.port}", "timeout": "0s"},
        "request_headers_to_add": [{"header": {"key": PEER, "value": "%DOWNSTREAM_PEER_URI_SAN%"}}],
    }
    scopes = [
        _scope((one.name,), [{"name": "pod", "domains": ["*"], "routes": [route], **_own(one, end)}], {})
        for one in scenarios
        if one.setup.ends.get((end.pod, end.port)) == end
    ]
    http = {"filters": [_manager(end.door.name, filters, scopes, AT)]}
    encrypted = {**http, "transport_socket": _tls("Downstream", SERVER, authority)}
    name, address = f"{end.door.name} {end.pod}:{end.port}", (end.address, end.port)
    match end.door:
        case Door.STRICT:
            return _listener(name, address, encrypted)
        case Door.PERMISSIVE:
            kind = "extensions.filters.listener.tls_inspector.v3.TlsInspector"
            chains = (
                {**encrypted, "filter_chain_match": {"transport_protocol": "tls"}},
                {**http, "filter_chain_match": {"transport_protocol": "raw_buffer"}},
            )
            return {**_listener(name, address, *chains), "listener_filters": [_filter("tls", kind)]}
        case _:
            return _listener(name, address, http)


def _own(scenario: Scenario, end: End) -> Tree:
    found = scenario.setup.filters.get(end)
    return {"typed_per_filter_config": found} if found else {}
