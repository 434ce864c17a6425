"""What becomes of a request: its outcome, facet by facet, and the steps that led there."""

from __future__ import annotations

import enum
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from meshgen.intent.outcome.world import Pod

Value = Hashable


class Facet(enum.Enum):
    """One side of an outcome, and how its value is written.

    Times are whole milliseconds, shares are fractions of 1, `None` is a "no" that is in force (no time limit,
    no fault); a facet that an outcome does not have is one of which that side says nothing.
    """

    VERDICT = "verdict"  # a Verdict
    ROUTE = "route"  # the name by which access logs call the route that takes the request; None: by none
    BACKENDS = "split"  # Shares: container ports of pods, by share of the requests; see `shares`
    TIMEOUT = "timeout"  # ms
    RETRY_ATTEMPTS = "retries.attempts"  # tries after the first; with 0 there is no other `retries.` facet
    RETRY_ON = "retries.retryOn"  # a Conditions of `retrying`
    RETRY_TRY = "retries.perTryTimeout"  # ms
    RETRY_BASE = "retries.backoff.base"  # ms
    RETRY_MAX = "retries.backoff.max"  # ms
    FAULT_DELAY = "fault.delay"  # (ms, share)
    FAULT_ABORT = "fault.abort"  # (status, or name of the gRPC status as in `retryOn`; share)
    MIRROR = "mirror"  # Shares, each of all requests; empty: no copies
    REQUEST_HEADERS = "headers.request"  # Edits: see `edits`
    RESPONSE_HEADERS = "headers.response"  # Edits
    REDIRECT = "redirect"  # (status, address as in Location)
    PATH = "rewrite.path"  # path and query as they are sent on
    HOST = "rewrite.hostname"  # host that is sent on, where it differs from the one received; else None
    TRANSPORT = "mtls"  # True: the request travels in mTLS, False: in plain text
    # The policy's word alone, or what is hashed: ("header", name), ("queryParam", name), ("sourceIP",) or
    # ("cookie", name, ttl), the ttl in ms, 0 for the session, None where the cookie is only read.
    LOAD_BALANCING = "loadBalancing"
    MAX_CONNECTIONS = "circuitBreaker.maxConnections"
    MAX_PENDING = "circuitBreaker.maxPendingRequests"
    MAX_REQUESTS = "circuitBreaker.maxRequests"
    MAX_PER_CONNECTION = "circuitBreaker.maxRequestsPerConnection"
    CONSECUTIVE_5XX = "outlierDetection.consecutive5xx"  # None: that detector is off
    CONSECUTIVE_GATEWAY = "outlierDetection.consecutiveGatewayErrors"  # None: that detector is off
    EJECTION_INTERVAL = "outlierDetection.interval"  # ms
    EJECTION_TIME = "outlierDetection.baseEjectionTime"  # ms
    EJECTION_PERCENT = "outlierDetection.maxEjectionPercent"  # a share
    CONNECT_TIMEOUT = "connectTimeout"  # ms
    TOKEN = "token"  # True: the application gets the token that was checked, False: it is taken away
    # (bucket size, tokens of a refill, ms between refills), of each instance; behind them the status that
    # gRPC calls get, where it tells of no limit.
    RATE_LIMIT = "rateLimit"
    CORS = "cors"  # what this request's Origin gets: a Cors; None: the mesh knows nothing of CORS here

    @property
    def group(self) -> str:
        """The field of an intent that it belongs to, by which it is reported and excused."""
        return str(self.value).partition(".")[0]


class Verdict(enum.Enum):
    """Whether a request gets through."""

    ALLOWED = "allowed"
    DENIED = "denied"  # by transport or by authorization
    UNROUTED = "unrouted"  # there is no route for it: 404, or no such destination
    MIXED = "mixed"  # some of the pods that it may reach let it in, others do not


@dataclass(frozen=True, slots=True, kw_only=True)
class Cors:
    """What a browser of one origin is told."""

    is_allowed: bool  # False: no CORS headers, and the rest is empty
    methods: frozenset[str] = frozenset()
    headers: frozenset[str] = frozenset()  # in lower case
    expose: frozenset[str] = frozenset()  # in lower case
    max_age: int | None = None  # seconds
    credentials: bool = False


Shares = tuple[tuple[tuple[str, ...], Fraction], ...]
Edits = frozenset[tuple[str, str, str]]


def shares(parts: Iterable[tuple[Iterable[tuple[Pod, int]], Fraction | int]]) -> Shares:
    """Write backends in one way: sets of `namespace/pod:port`, equal ones joined, empty shares left out.

    Shares are of the whole of the parts, so that weights need not sum to anything. A set without pods is
    kept: what goes there fails.
    """
    joined: dict[tuple[str, ...], Fraction] = {}
    for pods, share in parts:
        key = tuple(sorted(f"{pod.title}:{port}" for pod, port in pods))
        joined[key] = joined.get(key, Fraction(0)) + Fraction(share)
    total = sum(joined.values())
    return tuple(sorted((key, share / total) for key, share in joined.items() if share))


def edits(
    *, set_: Mapping[str, str] | None = None, add: Mapping[str, str] | None = None, remove: Iterable[str] = ()
) -> Edits:
    """Write header edits in one way: (what, name in lower case, value)."""
    found = [("set", name.lower(), value) for name, value in (set_ or {}).items()]
    found += [("add", name.lower(), value) for name, value in (add or {}).items()]
    return frozenset([*found, *(("remove", name.lower(), "") for name in remove)])


@dataclass(frozen=True, slots=True)
class Differing:
    """What the backends of a request have where they do not have the same."""

    values: frozenset[Value]


def alike(values: Iterable[Value]) -> Value:
    """Give the one value that all backends of a request have; what differs is a value of its own."""
    distinct = frozenset(values)
    return next(iter(distinct)) if len(distinct) == 1 else Differing(distinct)


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What decides: a part of an object or of an intent, or a mesh's own behaviour."""

    name: str  # of the object: `VirtualService bookinfo/reviews`, `service bookinfo/reviews`, `Istio`
    of: object = None  # the Resource, or the Located value of the intent; None: nobody wrote it
    path: tuple[str | int, ...] = ()  # in it
    source: str = ""  # upstream's rule, as repository and path; empty for intents


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One decision on the way of a request."""

    says: str  # in words, without full stop
    basis: Basis
    facet: Facet | None = None  # None: it only explains
    value: Value = None
    is_ambient: bool = False  # nobody asked for it: the mesh does so by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All steps in order; of each facet the last one holds."""

    steps: tuple[Step, ...]
    facets: Mapping[Facet, Step]

    @classmethod
    def of(cls, steps: Iterable[Step]) -> Self:
        """Follow the steps to what they come to."""
        every = tuple(steps)
        return cls(steps=every, facets={step.facet: step for step in every if step.facet is not None})

    def value(self, facet: Facet) -> Value:
        """Give the value of a facet that the outcome has; raises KeyError."""
        return self.facets[facet].value
