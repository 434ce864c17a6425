"""Traffic policy: retries, limits, ejection, balancing and rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from meshgen.intent.constraints import AtLeastOne, Constraint, ExactlyOne
from meshgen.intent.features import Located, feature, plain
from meshgen.intent.match import HTTP_TOKEN, QUERY_NAME
from meshgen.intent.words import Word
from meshgen.values import COUNT, Duration, Percent, Whole


class RetryCondition(Word):
    """What a try may end with to be followed by another."""

    SERVER_ERROR = "5xx", "any answer from 500 to 599"
    GATEWAY_ERROR = "gateway-error", "an answer of 502, 503 or 504"
    RETRIABLE_4XX = "retriable-4xx", "an answer of 409, a conflict that may pass"
    CANCELLED = "cancelled", "the gRPC status CANCELLED in the answer"
    DEADLINE_EXCEEDED = "deadline-exceeded", "the gRPC status DEADLINE_EXCEEDED in the answer"
    INTERNAL = "internal", "the gRPC status INTERNAL in the answer"
    RESOURCE_EXHAUSTED = "resource-exhausted", "the gRPC status RESOURCE_EXHAUSTED in the answer"
    UNAVAILABLE = "unavailable", "the gRPC status UNAVAILABLE in the answer"
    CONNECT_FAILURE = "connect-failure", "no connection to the instance could be made"
    RESET = "reset", "the connection broke, or the try expired, before an answer"
    REFUSED_STREAM = "refused-stream", "the instance refused the stream before reading it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff(Located):
    """How long to wait between tries."""

    base: Duration = feature("wait before the first retry")
    max: Duration | None = feature("longest wait before a retry", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries(Located):
    """Tries after the first; every method is retried alike."""

    attempts: Annotated[int, Whole(what="a number of tries", least=0, most=65_535)] = feature(
        "tries after the first one"
    )
    per_try_timeout: Duration | None = feature("how long one try may take", default=None)
    retry_on: tuple[RetryCondition | Annotated[int, Whole(what="a status", least=400, most=599)], ...] = (
        feature(
            "what a try ends with to be retried; connect-failure and refused-stream unless written, "
            "and unavailable on grpc ports",
            block=True,
            default=(),
        )
    )
    backoff: Backoff | None = plain("wait between two tries", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitBreaker(Located):
    """Limits of each calling proxy, for each version apart."""

    shape: ClassVar[tuple[Constraint, ...]] = (
        AtLeastOne("maxConnections", "maxPendingRequests", "maxRequests", "maxRequestsPerConnection"),
    )

    max_connections: Annotated[int, COUNT] | None = feature(
        "most connections of a calling proxy", default=None
    )
    max_pending_requests: Annotated[int, COUNT] | None = feature(
        "most requests that wait for a connection", default=None
    )
    max_requests: Annotated[int, COUNT] | None = feature("most requests under way at once", default=None)
    max_requests_per_connection: Annotated[int, COUNT] | None = feature(
        "most requests on one connection", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlierDetection(Located):
    """Leave out instances that fail; the detector that is not written is off."""

    shape: ClassVar[tuple[Constraint, ...]] = (AtLeastOne("consecutive5xx", "consecutiveGatewayErrors"),)

    consecutive5xx: Annotated[int, COUNT] | None = feature("5xx answers in a row that eject", default=None)
    consecutive_gateway_errors: Annotated[int, COUNT] | None = feature(
        "502, 503 or 504 in a row that eject", default=None
    )
    interval: Duration | None = feature("how often instances are judged", default=None)
    base_ejection_time: Duration | None = feature("how long the first ejection lasts", default=None)
    max_ejection_percent: Percent | None = feature("most instances that may be out at once", default=None)


class Policy(Word):
    """How an instance is picked."""

    ROUND_ROBIN = "round-robin", "one instance after the other in turn"
    LEAST_REQUEST = "least-request", "the less busy of instances that are compared"
    RANDOM = "random", "any instance, each as likely as the others"


class Session(Word):
    """A cookie that lives as long as the browser's session."""

    SESSION = "session", "as long as the browser keeps its session"


@dataclass(frozen=True, slots=True, kw_only=True)
class HashCookie(Located):
    """A cookie whose value picks the instance."""

    name: Annotated[str, HTTP_TOKEN] = plain("name of the cookie")
    ttl: Duration | Session | None = feature("how long a cookie that the mesh sets lives", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class HashOn(Located):
    """What picks the instance, so that equal requests meet the same one."""

    shape: ClassVar[tuple[Constraint, ...]] = (ExactlyOne("header", "cookie", "queryParam", "sourceIP"),)

    header: Annotated[str, HTTP_TOKEN] | None = feature("header whose value is hashed", default=None)
    cookie: HashCookie | None = feature("cookie whose value is hashed", block=True, default=None)
    query_param: Annotated[str, QUERY_NAME] | None = feature("query parameter that is hashed", default=None)
    source_ip: Literal[True] | None = feature("the caller's address is hashed", key="sourceIP", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalancing(Located):
    """Which instance of a version gets a request."""

    shape: ClassVar[tuple[Constraint, ...]] = (ExactlyOne("policy", "hashOn"),)

    policy: Policy | None = feature("how an instance is picked", default=None)
    hash_on: HashOn | None = plain("what picks the instance", default=None)


class Per(Word):
    """How often a bucket is refilled."""

    SECOND = "second", "the bucket is refilled every second"
    MINUTE = "minute", "the bucket is refilled every minute"
    HOUR = "hour", "the bucket is refilled every hour"


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit(Located):
    """A token bucket at each instance and HTTP port; empty answers 429."""

    requests: Annotated[int, COUNT] = feature("requests that a refill allows")
    per: Per = feature("how often the bucket is refilled")
    burst: Annotated[int, COUNT] | None = feature(
        "size of the bucket, as requests unless written", default=None
    )
