"""Words of other languages with ours, and words that are reserved with the reason."""

from __future__ import annotations

from collections.abc import Collection

# Each word with what it may be here; the first whose key stands at that place is offered.
_FOREIGN: dict[str, tuple[str, ...]] = {
    "abortPercent": ("percent: 10",),
    "action": ("authorization: {rules: [{name: a, action: deny}]}",),
    "allow": ("callers: [name]", "rules: [{name: a, from: [name]}]"),
    "allowOrigin": ("allowOrigins: [https://a.example]",),
    "allowedRoutes": ("callers: [name]",),
    "authority": ("hostnames: [a.example]", "hostname: a.example"),
    "backendRefs": ("split: {v1: 80, v2: 20}", "service: name:80"),
    "baseInterval": ("backoff: {base: 25ms}", "base: 25ms"),
    "connectionPool": ("circuitBreaker: {maxConnections: 100}",),
    "consecutive5xxErrors": ("consecutive5xx: 5",),
    "consecutiveErrors": ("consecutive5xx: 5",),
    "consecutiveGatewayFailure": ("consecutiveGatewayErrors: 5",),
    "consistentHash": ("hashOn: {header: name}",),
    "corsPolicy": ("cors: {allowOrigins: [https://a.example]}",),
    "deny": ("authorization: {rules: [{name: a, action: deny}]}", "rules: [{name: a, action: deny}]"),
    "destination": ("service: name:80", "split: {v1: 100}", "to: [{methods: [GET]}]"),
    "enforcingConsecutive5xx": ("consecutive5xx: 5",),
    "filters": ("redirect: {hostname: a.example}",),
    "fixedDelay": ("duration: 1s",),
    "host": ("hostnames: [a.example]", "hostname: a.example", "service: name:80"),
    "hosts": ("hostnames: [a.example]", "hostname: a.example"),
    "http1MaxPendingRequests": ("maxPendingRequests: 100",),
    "http2MaxRequests": ("maxRequests: 100",),
    "httpCookie": ("cookie: {name: a}",),
    "httpHeaderName": ("header: name",),
    "httpQueryParameterName": ("queryParam: name",),
    "httpStatus": ("status: 503",),
    "intentions": ("authorization: {default: deny}", "callers: [name]"),
    "interface": ("protocol: http",),
    "ipBlocks": ("cidr: 10.0.0.0/8",),
    "isRetryable": ("retries: {attempts: 1}",),
    "loadBalancer": ("loadBalancing: {policy: random}",),
    "matches": ("match: [{paths: [{prefix: /a}]}]",),
    "maxInterval": ("max: 250ms",),
    "maxRetries": ("retries: {attempts: 2}", "attempts: 2"),
    "method": ("methods: [GET]",),
    "mirrorPercentage": ("mirror: {version: v2, percent: 10}", "percent: 10"),
    "namespaces": ("namespace: name",),
    "notMethods": ("except: [{methods: [PUT]}]",),
    "notNamespaces": ("except: [{namespace: name}]",),
    "notPaths": ("except: [{paths: [{prefix: /a}]}]",),
    "notPrincipals": ("except: [{serviceAccount: namespace/name}]",),
    "numRetries": ("attempts: 2", "retries: {attempts: 2}"),
    "operation": ("methods: [GET]",),
    "path": ("paths: [{prefix: /a}]",),
    "pathExact": ("paths: [{exact: /a}]",),
    "pathPrefix": ("paths: [{prefix: /a}]",),
    "pathRegex": ("paths: [{regex: /a.*}]",),
    "percentage": ("percent: 10",),
    "permissions": ("to: [{methods: [GET]}]",),
    "podSelector": ("selector: {app: name}",),
    "prefixRewrite": ("rewrite: {prefix: /}",),
    "principals": ("serviceAccount: namespace/name", "from: [{serviceAccount: namespace/name}]"),
    "proxyProtocol": ("protocol: http",),
    "queryParameters": ("queryParams: {name: {exact: a}}",),
    "redirectCode": ("statusCode: 302",),
    "remoteIpBlocks": ("cidr: 10.0.0.0/8",),
    "requestMirror": ("mirror: {service: name:80}",),
    "requestPrincipals": ("when: {jwt: {provider: name}}",),
    "requestRedirect": ("redirect: {hostname: a.example}",),
    "requestTimeout": ("timeout: 5s",),
    "responseCode": ("statusCode: 302",),
    "retryCount": ("attempts: 2",),
    "retryOnStatusCodes": ("retryOn: [503]",),
    "route": ("routes: [{name: a}]", "split: {v1: 100}"),
    "serviceSubset": ("split: {v1: 100}", "version: v1"),
    "simple": ("policy: random",),
    "source": ("from: [name]", "service: name"),
    "sources": ("from: [name]",),
    "subset": ("split: {v1: 100}", "version: v1"),
    "subsets": ("versions: {v1: {}}",),
    "tls": ("mtls: {mode: strict}",),
    "trafficPolicy": ("loadBalancing: {policy: random}",),
    "uri": ("paths: [{prefix: /a}]", "path: /a"),
    "useSourceIp": ("sourceIP: true",),
    "weight": ("split: {v1: 80, v2: 20}",),
    "weights": ("split: {v1: 80, v2: 20}",),
}

# By the class that they would stand in; "" stands for every one.
_RESERVED: dict[tuple[str, str], str] = {
    (
        "",
        "egress",
    ): "callers outside the mesh and what they call have no identity that an intent could name yet",
    ("", "extensions"): "an extension of one mesh would bind an intent to it",
    ("", "failover"): "clusters and regions are no part of an intent yet",
    ("", "gateways"): "what a gateway serves belongs to whoever runs it; its callers are named in callers",
    ("", "idleTimeout"): "meshes count it per stream, per connection or not at all",
    ("", "respond"): "an answer without an upstream is not carried alike by any two meshes",
    (
        "",
        "rollout",
    ): "a rollout is a sequence of intents; tools such as Flagger or Argo Rollouts write the split",
    (
        "",
        "sticky",
    ): "loadBalancing.hashOn.cookie keeps an instance, and no mesh keeps a version",
    ("", "telemetry"): "what is measured changes no outcome of a request",
    ("Accept", "until"): "a date would change what an intent means without a change of the file",
    ("Authorization", "mode"): "a trial run of rules is no outcome that meshes agree on",
    ("SpecAuthorization", "mode"): "a trial run of rules is no outcome that meshes agree on",
    ("Match", "from"): "routes by caller are not carried alike; who may call is said in authorization",
    ("Retries", "budget"): "meshes count budgets in ways that cannot be compared",
    ("Retries", "methods"): "every method is retried alike: to spare writes, give them a route",
}
_RESERVED_VALUES = {
    ("scope", "mesh"): "an intent speaks of its own namespace; a whole mesh belongs to its profile"
}


def translated(word: str, known: Collection[str]) -> str | None:
    """Say what a word of another language is here, where keys are `known`; None for a word of none."""
    phrases = _FOREIGN.get(word)
    if phrases is None:
        return None
    fitting = next((phrase for phrase in phrases if phrase.partition(":")[0] in known), None)
    return f"write {fitting}" if fitting is not None else f"this language says {phrases[0]}, elsewhere"


def reserved(cls: str, word: str) -> str | None:
    """Say why a key is reserved in a block, or None where it is not."""
    return _RESERVED.get((cls, word)) or _RESERVED.get(("", word))


def reserved_value(key: str | int, word: str) -> str | None:
    """Say why a value is reserved, or None where it is not."""
    return _RESERVED_VALUES.get((str(key), word))
