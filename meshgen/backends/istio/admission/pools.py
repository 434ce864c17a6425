"""How many connections are held, and which hosts are left out for their failures."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission import durations
from meshgen.backends.istio.admission.terms import WEBHOOK, Body, Rule
from meshgen.diagnostics import Code
from meshgen.resources import Complaint, Path

CIRCUIT = Code(
    number="MG446",
    slug="istio-circuit",
    meaning="A connection pool or an outlier detection has limits that are none, or that do not go together.",
)
_RULE = Rule(CIRCUIT, WEBHOOK)
_OF_HTTP = (
    *("http1MaxPendingRequests", "http2MaxRequests", "maxRequestsPerConnection", "maxRetries"),
    "maxConcurrentStreams",
)


def refused(path: Path, policy: Body, key: str) -> Iterator[Complaint]:
    """Hold a connection pool against clause 5."""
    if key not in policy:
        return
    pool, at = policy[key], (*path, key)
    if "http" not in pool and "tcp" not in pool:
        yield _RULE.broken(at, "the connection pool says nothing", "write tcp or http")
    http, tcp = pool.get("http", {}), pool.get("tcp", {})
    for limit in _OF_HTTP:
        yield from _negative((*at, "http"), http, limit)
    if http.get("h2UpgradePolicy") == "UPGRADE" and http.get("useClientProtocol"):
        yield _RULE.broken(
            (*at, "http", "useClientProtocol"),
            "useClientProtocol stands beside h2UpgradePolicy UPGRADE, which excludes it",
            "keep one of them",
        )
    yield from durations.refused((*at, "http"), http, "idleTimeout")
    yield from _negative((*at, "tcp"), tcp, "maxConnections")
    yield from durations.refused((*at, "tcp"), tcp, "connectTimeout", "maxConnectionDuration")
    yield from durations.refused_or_none((*at, "tcp"), tcp, "idleTimeout")
    yield from durations.refused(
        (*at, "tcp", "tcpKeepalive"), tcp.get("tcpKeepalive", {}), "time", "interval"
    )


def _negative(path: Path, limits: Body, key: str) -> Iterator[Complaint]:
    if limits.get(key, 0) < 0:
        yield _RULE.broken((*path, key), f"{limits[key]} is not a limit", "write 0 or more")


def refused_outliers(path: Path, policy: Body) -> Iterator[Complaint]:
    """Hold an outlier detection against clause 4."""
    outliers, at = policy.get("outlierDetection", {}), (*path, "outlierDetection")
    if outliers.get("consecutiveErrors"):
        yield _RULE.doubtful(
            (*at, "consecutiveErrors"),
            "consecutiveErrors is deprecated, and Istio leaves it out",
            "write consecutiveGatewayErrors or consecutive5xxErrors",
        )
    if outliers.get("consecutiveLocalOriginFailures") and not outliers.get("splitExternalLocalOriginErrors"):
        yield _RULE.broken(
            (*at, "consecutiveLocalOriginFailures"),
            "consecutiveLocalOriginFailures counts what is not told apart",
            "write splitExternalLocalOriginErrors: true",
        )
    for key in ("maxEjectionPercent", "minHealthPercent"):
        if not 0 <= outliers.get(key, 0) <= 100:
            yield _RULE.broken((*at, key), f"{outliers[key]} is not a percentage", "write 0 to 100")
    yield from durations.refused(at, outliers, "interval", "baseEjectionTime")
