"""What a service writes to use one feature, where the feature does not say it itself."""

from __future__ import annotations

from typing import Any

Tree = dict[str, Any]

GRPC: Tree = {"port": 80, "protocol": "grpc"}
TCP: Tree = {"port": 80, "protocol": "tcp"}
TWO_PORTS: Tree = {"port": None, "ports": [{"port": 80}, {"port": 81}]}
PARTS: Tree = {"v1": 60, "v2": 40}
EVERY: list[Any] = [{"paths": [{"prefix": "/a"}]}]

PLAIN: dict[str, Tree] = {
    "ports.targetPort": {
        "port": 80,
        "targetPort": 8080,
        "mtls": {"mode": "strict"},
        "authorization": {"default": "deny", "rules": [{"name": "a", "from": ["client"]}]},
    },
    "selector": {"selector": {"run": "web"}, "mtls": {"mode": "strict"}},
    "serviceAccount": {"serviceAccount": "web-runner"},
    "podsOf": {"port": 82, "podsOf": "other", "versions": None},
    "headless": {"headless": True},
    "versions": {"split": PARTS},
    "versions.labels": {"versions": {"v1": {"labels": {"track": "stable"}}}, "split": PARTS},
    "versions.selector": {"versions": {"v1": {"selector": {"run": "one"}}}, "split": PARTS},
    "versions.serviceAccount": {"versions": {"v1": {"serviceAccount": "one"}}, "split": PARTS},
    "versions.service": {"versions": {"v1": {"service": "web-one"}}, "split": PARTS},
    "versions.createService.true": {"versions": {"v1": {"createService": True}}, "split": PARTS},
    "versions.createService.false": {
        "versions": {"v1": {"createService": False, "labels": {"version": "v1"}}},
        "split": PARTS,
    },
    "split": {"split": PARTS},
    "timeout": {"timeout": "5s"},
    "connectTimeout": {"connectTimeout": "2s"},
    "retries.attempts": {"retries": {"attempts": 2, "retryOn": ["5xx"]}},
    "retries.retryOn": {"retries": {"attempts": 2, "retryOn": ["5xx"]}},
    "retries.perTryTimeout": {"retries": {"attempts": 2, "retryOn": ["5xx"], "perTryTimeout": "1s"}},
    "retries.backoff.base": {"retries": {"attempts": 2, "retryOn": ["5xx"], "backoff": {"base": "100ms"}}},
    "retries.backoff.max": {
        "retries": {"attempts": 2, "retryOn": ["5xx"], "backoff": {"base": "100ms", "max": "2s"}}
    },
    "circuitBreaker.maxConnections": {"circuitBreaker": {"maxConnections": 10}},
    "circuitBreaker.maxPendingRequests": {"circuitBreaker": {"maxPendingRequests": 10}},
    "circuitBreaker.maxRequests": {"circuitBreaker": {"maxRequests": 10}},
    "circuitBreaker.maxRequestsPerConnection": {"circuitBreaker": {"maxRequestsPerConnection": 10}},
    "outlierDetection.consecutive5xx": {"outlierDetection": {"consecutive5xx": 5}},
    "outlierDetection.consecutiveGatewayErrors": {"outlierDetection": {"consecutiveGatewayErrors": 5}},
    "outlierDetection.interval": {"outlierDetection": {"consecutive5xx": 5, "interval": "10s"}},
    "outlierDetection.baseEjectionTime": {
        "outlierDetection": {"consecutive5xx": 5, "baseEjectionTime": "30s"}
    },
    "outlierDetection.maxEjectionPercent": {
        "outlierDetection": {"consecutive5xx": 5, "maxEjectionPercent": 50}
    },
    "loadBalancing.hashOn.header": {"loadBalancing": {"hashOn": {"header": "x-user"}}},
    "loadBalancing.hashOn.cookie": {"loadBalancing": {"hashOn": {"cookie": {"name": "user"}}}},
    "loadBalancing.hashOn.cookie.ttl": {
        "loadBalancing": {"hashOn": {"cookie": {"name": "user", "ttl": "1h"}}}
    },
    "loadBalancing.hashOn.cookie.ttl.session": {
        "loadBalancing": {"hashOn": {"cookie": {"name": "user", "ttl": "session"}}}
    },
    "loadBalancing.hashOn.queryParam": {"loadBalancing": {"hashOn": {"queryParam": "user"}}},
    "loadBalancing.hashOn.sourceIP": {"loadBalancing": {"hashOn": {"sourceIP": True}}},
    "rateLimit.requests": {"rateLimit": {"requests": 100, "per": "second"}},
    "rateLimit.burst": {"rateLimit": {"requests": 100, "per": "second", "burst": 200}},
    "fault.abort.status": {"fault": {"abort": {"status": 503, "percent": 10}}},
    "fault.abort.percent": {"fault": {"abort": {"status": 503, "percent": 10}}},
    "fault.delay.duration": {"fault": {"delay": {"duration": "1s", "percent": 10}}},
    "fault.delay.percent": {"fault": {"delay": {"duration": "1s", "percent": 10}}},
    "mirror.version": {"mirror": {"version": "v2"}},
    "mirror.service": {"mirror": {"service": "other"}},
    "mirror.percent": {"mirror": {"version": "v2", "percent": 10}},
    "cors.allowOrigins": {"cors": {"allowOrigins": ["https://a.example.com"]}},
    "cors.allowHeaders": {"cors": {"allowOrigins": ["*"], "allowHeaders": ["x-a"]}},
    "cors.exposeHeaders": {"cors": {"allowOrigins": ["*"], "exposeHeaders": ["x-a"]}},
    "cors.maxAge": {"cors": {"allowOrigins": ["*"], "maxAge": "10m"}},
    "cors.allowCredentials.true": {
        "cors": {"allowOrigins": ["https://a.example.com"], "allowCredentials": True}
    },
    "cors.allowCredentials.false": {"cors": {"allowOrigins": ["*"], "allowCredentials": False}},
    "probes.path": {"probes": [{"path": "/healthz", "port": 80}], "authorization": {"default": "deny"}},
    "probes.tcp": {"probes": [{"tcp": True, "port": 80}], "authorization": {"default": "deny"}},
    "probes.grpc": {**GRPC, "probes": [{"grpc": True, "port": 80}], "authorization": {"default": "deny"}},
}

RELATIONS: dict[str, Tree] = {
    "ports.containerOnly": {"port": None, "ports": [{"port": 80}, {"targetPort": 9090}]},
    "ports.second": TWO_PORTS,
    "routes.order": {
        "routes": [
            {"name": "a", "match": [{"paths": [{"exact": "/a"}]}], "split": {"v1": 100}},
            {"name": "b", "match": [{"paths": [{"prefix": "/a"}]}], "split": {"v2": 100}},
        ]
    },
    "routes.service.split": {"routes": [{"name": "a", "match": EVERY, "service": "other"}]},
    "routes.split.several": {"routes": [{"name": "a", "match": EVERY, "split": PARTS}]},
    "split.tcp": {**TCP, "split": PARTS},
}
