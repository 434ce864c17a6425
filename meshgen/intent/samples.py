"""For each feature id a small intent that uses it, made from one base and one fragment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from meshgen.intent.features import declared
from meshgen.intent.fragments import EVERY, GRPC, PLAIN, RELATIONS, TWO_PORTS, Tree
from meshgen.intent.model import MeshIntent

_BASE: Tree = {
    "apiVersion": "meshgen.dev/v1alpha1",
    "kind": "MeshIntent",
    "metadata": {"name": "sample", "namespace": "shop"},
    "spec": {
        "selectorLabel": "app",
        "accounts": "named",
        "services": {
            "client": {},
            "other": {"port": 81, "versions": {"a": {}, "b": {}}},
            "web": {"port": 80, "versions": {"v1": {}, "v2": {}}},
        },
    },
}

_WHOLE: Tree = {"v1": 100}
_OF_GRPC = frozenset({"cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable"})
_CALLED: Tree = {"callers": ["web"], "mtls": {"mode": "strict"}}


def samples() -> dict[str, Tree]:
    """Give an intent, as JSON-like data, for every id that is declared; KeyError where one is forgotten."""
    return {id: sample(id) for id in sorted(declared(MeshIntent))}


def sample(id: str) -> Tree:
    """Give the intent of one id."""
    if id == "routes.service.split":
        return _merged(
            _BASE, {"spec": {"services": {"other": {"split": {"a": 60, "b": 40}}, "web": RELATIONS[id]}}}
        )
    if id in ("serviceAccount", "versions.serviceAccount"):
        return _merged(_BASE, {"spec": {"services": {"other": _CALLED, "web": _plain(id)}}})
    if id in RELATIONS:
        return _merged(_BASE, _web(RELATIONS[id]))
    if id.startswith("jwtProviders."):
        return _merged(_BASE, _provider(id.removeprefix("jwtProviders.")))
    if id.endswith("scope.namespace"):
        return _merged(_BASE, {"spec": _SCOPED[id]})
    if id.startswith("authorization.rules.when."):
        return _merged(_BASE, _provider("issuer", token=_TOKENS[id.rpartition(".")[2]]))
    return _merged(_BASE, _web(_fragment(id)))


def small(id: str) -> Tree:
    """Give the intent of one id without the services and versions that nothing in it names."""
    whole, base = sample(id), _BASE["spec"]["services"]
    services = {name: _bare(service, base[name]) for name, service in whole["spec"]["services"].items()}
    named = json.dumps(services["web"])
    kept = {
        name: service
        for name, service in services.items()
        if name == "web" or f'"{name}' in named or service != _bare(base[name], base[name])
    }
    return {**whole, "spec": {**whole["spec"], "services": kept}}


def _bare(service: Tree, base: Tree) -> Tree:
    """Take away the versions of the base where nothing beside them names one."""
    versions = base.get("versions")
    rest = {key: value for key, value in service.items() if key != "versions"}
    is_named = any(f'"{version}"' in json.dumps(rest) for version in versions or ())
    return service if is_named or service.get("versions") != versions else rest


def _web(fragment: Tree) -> Tree:
    return {"spec": {"services": {"web": fragment}}}


def _merged(base: Tree, change: Tree) -> Tree:
    """Lay a change over a base: mappings are joined, everything else is replaced, None takes away."""
    joined = {**base, **{key: _laid(base.get(key), value) for key, value in change.items()}}
    return {key: value for key, value in joined.items() if value is not None}


def _laid(base: Any, change: Any) -> Any:
    return _merged(base, change) if isinstance(base, dict) and isinstance(change, dict) else change


def _fragment(id: str) -> Tree:
    head, _, rest = id.partition(".")
    match head:
        case "routes":
            return _route(rest)
        case "authorization":
            return _authorization(rest)
        case _:
            return _plain(id)


def _route(rest: str) -> Tree:
    head, _, below = rest.partition(".")
    if head == "match":
        ports = TWO_PORTS if below == "ports" else {}
        return {**ports, "routes": [{"name": "a", "match": [_condition(below)], "split": _WHOLE}]}
    if head in ("split", "service"):
        value: Any = _WHOLE if head == "split" else "other"
        return {"routes": [{"name": "a", "match": EVERY, head: value}]}
    if head in ("redirect", "rewrite"):
        return {"routes": [{"name": "a", "match": EVERY, head: _block(_ROUTE_BLOCKS, rest)}]}
    whole = _plain(rest)
    port = {key: value for key, value in whole.items() if key in GRPC}
    route = {key: value for key, value in whole.items() if key not in GRPC}
    match = [{"paths": [{"prefix": "/pkg.Svc"}]}] if port else EVERY
    return {**port, "routes": [{"name": "a", "match": match, **route}]}


_ROUTE_BLOCKS: dict[str, Any] = {
    "redirect.scheme.http": {"scheme": "http", "port": 8080},
    "redirect.scheme.https": {"scheme": "https"},
    "redirect.hostname": {"hostname": "shop.example.com"},
    "redirect.port": {"port": 8443},
    "redirect.path": {"path": "/b"},
    "redirect.prefix": {"prefix": "/b"},
    "rewrite.path": {"path": "/b"},
    "rewrite.prefix": {"prefix": "/b"},
    "rewrite.hostname": {"hostname": "shop.example.com"},
}


def _block(blocks: Mapping[str, Any], id: str) -> Any:
    if id.startswith("redirect.statusCode."):
        return {"hostname": "shop.example.com", "statusCode": int(id.rpartition(".")[2])}
    return blocks[id]


def _condition(below: str) -> Tree:
    """One alternative of `match`, or one entry of `to`."""
    head, _, kind = below.partition(".")
    match head:
        case "methods":
            return {"methods": [kind]}
        case "paths":
            return {"paths": [{kind: "/a[0-9]+" if kind == "regex" else "/a"}]}
        case "headers":
            return {"headers": {"x-a": {kind: _VALUES.get(kind, True)}}}
        case "queryParams":
            return {"queryParams": {"a": {kind: _VALUES.get(kind, True)}}}
        case "ports":
            return {"ports": ["80"]}
        case "hostnames":
            return {"hostnames": ["shop.example.com"]}
        case _:
            raise KeyError(below)


_VALUES = {"exact": "one", "prefix": "on", "regex": "o[a-z]+"}


def _authorization(rest: str) -> Tree:
    head, _, below = rest.partition(".")
    if head == "default":
        return {"mtls": {"mode": "strict"}, "authorization": {"default": below}}
    part, _, kind = below.partition(".")
    rule: Tree = {"name": "a", "from": ["client"]}
    match part:
        case "action":
            # under the other default, so that the rule has something to say
            return _ruled({**rule, "action": kind}, default="deny" if kind == "allow" else "allow")
        case "from" if kind == "except.authenticated":
            # no allow rule can need it: what is not authenticated has no identity
            strangers = {**rule, "action": "deny", "from": [{"except": [{"authenticated": True}]}]}
            return {"authorization": {"default": "allow", "rules": [strangers]}}
        case "from":
            return _ruled({**rule, "from": [_caller(kind)]})
        case "to":
            ports = TWO_PORTS if kind in ("ports", "except.ports") else {}
            return {**ports, **_ruled({**rule, "to": [_operation(kind)]})}
        case _:
            raise KeyError(rest)


def _ruled(rule: Tree, default: str = "deny") -> Tree:
    return {"mtls": {"mode": "strict"}, "authorization": {"default": default, "rules": [rule]}}


def _caller(kind: str) -> Tree:
    if kind == "except":
        return {"authenticated": True, "except": [_CALLERS["namespace"]]}
    if kind.startswith("except."):
        return {"authenticated": True, "except": [_CALLERS[kind.removeprefix("except.")]]}
    return _CALLERS[kind]


_CALLERS: dict[str, Tree] = {
    "service": {"service": "client"},
    "serviceAccount": {"serviceAccount": "ingress/gateway"},
    "caller": {"caller": "ingress"},
    "namespace": {"namespace": "ingress"},
    "authenticated": {"authenticated": True},
    "cidr": {"cidr": "10.0.0.0/8"},
}


def _operation(kind: str) -> Tree:
    if kind == "except":
        return {"paths": [{"prefix": "/a"}], "except": [{"paths": [{"exact": "/a/b"}]}]}
    if kind.startswith("except."):
        return {"paths": [{"prefix": "/"}], "except": [_condition(kind.removeprefix("except."))]}
    return _condition(kind)


_TOKENS: dict[str, Tree] = {
    "provider": {"provider": "login"},
    "claims": {"provider": "login", "claims": {"group": ["staff"]}},
}
_PROVIDERS: dict[str, Tree] = {
    "issuer": {},
    "jwksUri": {},
    "jwks": {"jwksUri": None, "jwks": '{"keys": [{"kty": "oct", "kid": "a", "k": "AAAA"}]}'},
    "audiences": {"audiences": ["shop"]},
    "forward.true": {"forward": True},
    "forward.false": {"forward": False},
    "fromHeaders.name": {"fromHeaders": [{"name": "x-token"}]},
    "fromHeaders.prefix": {"fromHeaders": [{"name": "x-token", "prefix": "Token "}]},
    "fromParams": {"fromParams": ["token"]},
}


def _provider(kind: str, *, token: Tree | None = None) -> Tree:
    login = {"issuer": "https://login.example.com", "jwksUri": "https://login.example.com/keys"}
    rule = {"name": "a", "from": ["client"], "when": {"jwt": token or _TOKENS["provider"]}}
    return {
        "spec": {
            "jwtProviders": {"login": _merged(login, _PROVIDERS[kind])},
            "services": {"web": _ruled(rule)},
        }
    }


_SCOPED: dict[str, Tree] = {
    "mtls.scope.namespace": {"mtls": {"mode": "strict", "scope": "namespace"}},
    "authorization.scope.namespace": {"authorization": {"default": "deny", "scope": "namespace"}},
}


def _plain(id: str) -> Tree:
    head, _, rest = id.partition(".")
    if rest == "none":
        return {head: "none"}
    if id in PLAIN:
        return PLAIN[id]
    last = id.rpartition(".")[2]
    if id.startswith("mtls.mode."):
        return {"mtls": {"mode": last}}
    if id.startswith("mtls.ports."):
        return {"mtls": {"mode": "permissive" if last == "strict" else "strict", "ports": {"80": last}}}
    if id.startswith("ports.protocol."):
        return {"port": 80, "protocol": last, "mtls": {"mode": "strict"}}
    if id.startswith("retries.retryOn."):
        condition: Any = 503 if last == "status" else last
        return {**(GRPC if last in _OF_GRPC else {}), "retries": {"attempts": 2, "retryOn": [condition]}}
    if id.startswith("fault.abort.grpcStatus."):
        return {**GRPC, "fault": {"abort": {"grpcStatus": last, "percent": 10}}}
    if id.startswith("loadBalancing.policy."):
        return {"loadBalancing": {"policy": last}}
    if id.startswith("rateLimit.per."):
        return {"rateLimit": {"requests": 100, "per": last}}
    if id.startswith("cors.allowMethods."):
        return {"cors": {"allowOrigins": ["https://a.example.com"], "allowMethods": [last]}}
    if head == "headers":
        message, edit = rest.split(".")
        return {"headers": {message: {edit: ["x-a"] if edit == "remove" else {"x-a": "1"}}}}
    raise KeyError(id)
