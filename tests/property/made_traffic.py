"""Traffic that a made-up intent asks for: on a service, or on one of its routes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.property.pen import Pen, Tree

_OF_HTTP = ("5xx", "gateway-error", "retriable-4xx")
_OF_GRPC = ("cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable")
_OF_BOTH = ("connect-failure", "reset", "refused-stream")
_STATUSES = (
    *("aborted", "already-exists", "cancelled", "data-loss", "deadline-exceeded", "failed-precondition"),
    *("internal", "invalid-argument", "not-found", "ok", "out-of-range", "permission-denied"),
    *("resource-exhausted", "unauthenticated", "unavailable", "unimplemented", "unknown"),
)
METHODS = ("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE")
_PERCENTS = (0, 1, 10, 12.5, 33.33, 50, 100)
_LONG = ("10s", "15s", "1m", "1m30s")
_SHORT = ("500ms", "1s", "1.5s", "4s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where traffic is asked for."""

    prefix: str  # of ids: `routes.` or nothing
    protocols: frozenset[str]  # of the ports that carry requests
    versions: tuple[str, ...]
    others: tuple[str, ...]  # services that may be named, with a port

    @property
    def has_http(self) -> bool:
        """True where a port carries other requests than gRPC."""
        return bool(self.protocols & {"http", "http2"})

    @property
    def has_grpc(self) -> bool:
        """True where a port carries gRPC."""
        return "grpc" in self.protocols


def of_requests(pen: Pen, place: Place, share: float) -> Tree:
    """Ask for what holds of requests alone."""
    makers = {
        "timeout": _timeout,
        "retries": _retries,
        "fault": _fault,
        "headers": _headers,
        "mirror": _mirror,
        **({"cors": _cors} if place.has_http else {}),
    }
    asked = {
        name: maker(pen, place) for name, maker in makers.items() if pen.writes(place.prefix + name, share)
    }
    return {name: value for name, value in asked.items() if value}


def _none_or(pen: Pen, place: Place, name: str, value: Any) -> Any:
    """Write `none` now and then, and where nothing else may be written."""
    none = f"{place.prefix}{name}.none"
    return "none" if pen.may(none) and (not value or pen.likely(0.15)) else value


def _timeout(pen: Pen, place: Place) -> Any:
    return _none_or(pen, place, "timeout", pen.among(_LONG))


def _retries(pen: Pen, place: Place) -> Any:
    id = f"{place.prefix}retries"
    words = (*(_OF_HTTP if place.has_http else ()), *(_OF_GRPC if place.has_grpc else ()), *_OF_BOTH)
    options: dict[str, Any] = {f"{id}.retryOn.{word}": word for word in words}
    if place.has_http:
        options[f"{id}.retryOn.status"] = pen.among((429, 500, 503))
    retries: Tree = {"attempts": pen.number(1, 4)}
    if pen.writes(f"{id}.retryOn", 0.8):
        chosen = pen.some(options, 3)
        common = [word for word in chosen if word in _OF_BOTH]
        # a list may leave no port nothing
        is_enough = len(place.protocols) == 1 or not (place.has_http and place.has_grpc) or common
        retries["retryOn"] = chosen if is_enough else [*chosen, "refused-stream"]
    if pen.writes(f"{id}.perTryTimeout", 0.2):
        retries["perTryTimeout"] = pen.among(_SHORT)
    if pen.writes(f"{id}.backoff", 0.2):
        longest = {"max": pen.among(("250ms", "2s"))} if pen.writes(f"{id}.backoff.max", 0.5) else {}
        retries["backoff"] = {"base": pen.among(("25ms", "25ms", "100ms")), **longest}
    return _none_or(pen, place, "retries", retries)


def _fault(pen: Pen, place: Place) -> Any:
    id = f"{place.prefix}fault"
    aborts: dict[str, Tree] = {}
    if place.has_http:
        aborts[f"{id}.abort.status"] = {"status": pen.among((403, 418, 503))}
    if place.has_grpc:
        aborts |= {f"{id}.abort.grpcStatus.{word}": {"grpcStatus": word} for word in _STATUSES}
    abort = pen.one(aborts)
    delay = pen.one({f"{id}.delay.duration": {"duration": pen.among(_SHORT)}})
    fault: Tree = {}
    if abort and pen.likely(0.8):
        fault["abort"] = {**abort, "percent": pen.among(_PERCENTS)}
    if delay and (not fault or pen.likely(0.4)):
        fault["delay"] = {**delay, "percent": pen.among(_PERCENTS)}
    return _none_or(pen, place, "fault", fault)


def _headers(pen: Pen, place: Place) -> Tree:
    sides = {side: edits for side in ("request", "response") if (edits := edits_of(pen, place.prefix, side))}
    if len(sides) == 2 and pen.likely(0.5):
        del sides[pen.among(("request", "response"))]
    return sides


def edits_of(pen: Pen, prefix: str, side: str) -> Tree:
    """Edit the headers of requests or of responses."""
    id = f"{prefix}headers.{side}"
    edits: dict[str, Any] = {
        "set": {pen.among(("x-a", "X-Set")): pen.among(("1", "100% new", "{a}"))},
        "add": {pen.among(("x-b", "x-more")): "more"},
        "remove": pen.sample(("x-gone", "x-removed", "server-timing"), 2),
    }
    names = {f"{id}.{name}": name for name in edits}
    return pen.parts({f"{id}.{name}": value for name, value in edits.items()}, names)


def _mirror(pen: Pen, place: Place) -> Any:
    id = f"{place.prefix}mirror"
    targets: dict[str, Tree] = {}
    if place.versions:
        targets[f"{id}.version"] = {"version": pen.among(place.versions)}
    if place.others:
        targets[f"{id}.service"] = {"service": pen.among(place.others)}
    mirror = pen.one(targets)
    if mirror and pen.writes(f"{id}.percent", 0.4):
        mirror = {**mirror, "percent": pen.among(_PERCENTS)}
    return _none_or(pen, place, "mirror", mirror)


def _cors(pen: Pen, place: Place) -> Any:
    id = f"{place.prefix}cors"
    if not pen.may(f"{id}.allowOrigins"):
        return "none"
    origins = pen.among((["*"], ["https://a.example.com"], ["https://*.example.com", "http://b:8080"]))
    cors: Tree = {"allowOrigins": origins}
    if pen.writes(f"{id}.allowMethods", 0.6):
        cors["allowMethods"] = pen.some({f"{id}.allowMethods.{word}": word for word in METHODS}, 4)
    if pen.writes(f"{id}.allowHeaders", 0.4):
        cors["allowHeaders"] = pen.sample(("x-a", "x-b", "content-type"), 2)
    if pen.writes(f"{id}.exposeHeaders", 0.4):
        cors["exposeHeaders"] = pen.sample(("x-a", "x-c"), 2)
    if pen.writes(f"{id}.maxAge", 0.4):
        cors["maxAge"] = pen.among(("10m", "1h", "5s"))
    if pen.writes(f"{id}.allowCredentials", 0.5):
        cors["allowCredentials"] = origins != ["*"] and pen.likely(0.6)
    return _none_or(pen, place, "cors", cors)


def of_connections(pen: Pen, share: float, *, has_requests: bool, is_headless: bool = False) -> Tree:
    """Ask for what holds of connections too."""
    makers: dict[str, Callable[[], Any]] = {
        "connectTimeout": lambda: pen.among(("1s", "250ms", "3s")),
        "outlierDetection": lambda: _outlier_detection(pen),
        "circuitBreaker": lambda: _circuit_breaker(pen, has_requests=has_requests),
        **({} if is_headless else {"loadBalancing": lambda: _load_balancing(pen, has_requests=has_requests)}),
        **({"rateLimit": lambda: _rate_limit(pen)} if has_requests else {}),
    }
    asked = {name: maker() for name, maker in makers.items() if pen.writes(name, share)}
    return {name: value for name, value in asked.items() if value}


_OUTSIDE = Place(prefix="", protocols=frozenset(), versions=(), others=())


def _outlier_detection(pen: Pen) -> Any:
    detectors = {
        f"outlierDetection.{name}": (name, pen.number(1, 9))
        for name in ("consecutive5xx", "consecutiveGatewayErrors")
    }
    found: Tree = dict(pen.some(detectors, 2))
    details = {
        "interval": pen.among(("1s", "10s")),
        "baseEjectionTime": pen.among(("30s", "1m")),
        "maxEjectionPercent": pen.among((10, 50, 100)),
    }
    if found:
        found |= {
            name: value for name, value in details.items() if pen.writes(f"outlierDetection.{name}", 0.3)
        }
    return _none_or(pen, _OUTSIDE, "outlierDetection", found)


def _circuit_breaker(pen: Pen, *, has_requests: bool) -> Any:
    of_requests = ("maxPendingRequests", "maxRequests", "maxRequestsPerConnection")
    limits = {
        f"circuitBreaker.{name}": (name, pen.number(1, 1_000))
        for name in ("maxConnections", *(of_requests if has_requests else ()))
    }
    return _none_or(pen, _OUTSIDE, "circuitBreaker", dict(pen.some(limits, 3)))


def _load_balancing(pen: Pen, *, has_requests: bool) -> Any:
    id = "loadBalancing"
    words = ("round-robin", "least-request", "random")
    options: dict[str, Tree] = {f"{id}.policy.{word}": {"policy": word} for word in words}
    options[f"{id}.hashOn.sourceIP"] = {"hashOn": {"sourceIP": True}}
    if has_requests:
        cookie = {"name": pen.among(("user", "cart"))}
        ttl = pen.among(("1h", "30s"))
        options |= {
            f"{id}.hashOn.header": {"hashOn": {"header": "x-user"}},
            f"{id}.hashOn.queryParam": {"hashOn": {"queryParam": "user"}},
            f"{id}.hashOn.cookie": {"hashOn": {"cookie": cookie}},
            f"{id}.hashOn.cookie.ttl": {"hashOn": {"cookie": {**cookie, "ttl": ttl}}},
            f"{id}.hashOn.cookie.ttl.session": {"hashOn": {"cookie": {**cookie, "ttl": "session"}}},
        }
    return pen.one(options)


def _rate_limit(pen: Pen) -> Any:
    per = pen.one({f"rateLimit.per.{word}": word for word in ("second", "minute", "hour")})
    if per is None:
        return _none_or(pen, _OUTSIDE, "rateLimit", {})
    requests = pen.number(1, 200)
    above = pen.among((0, 50))
    burst = {"burst": requests + above} if pen.writes("rateLimit.burst", 0.4) else {}
    return _none_or(pen, _OUTSIDE, "rateLimit", {"requests": requests, "per": per, **burst})
