"""Routes: what becomes of the requests that match."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from meshgen.intent.constraints import AtLeastOne, AtMostOne, Constraint, ExactlyOne
from meshgen.intent.features import Located, Written, feature, plain
from meshgen.intent.match import HTTP_TOKEN, PATH, VALUE, Match, Method
from meshgen.intent.policy import Retries
from meshgen.intent.words import Word
from meshgen.values import DNS_LABEL, PORT, Duration, Percent, Text, Whole

HOSTNAME = Text(
    what="a host name",
    pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$",
    longest=253,
)
_PORT_NUMBER = r"[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"
SERVICE_TARGET = Text(
    what="a service as [namespace/]name[:port]",
    pattern=r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?/)?[a-z0-9]([a-z0-9-]*[a-z0-9])?"
    rf"(:({_PORT_NUMBER}|[a-z0-9-]*[a-z][a-z0-9-]*))?$",
    longest=190,
    example="shop/cart:http",
)
ORIGIN = Text(
    what="an origin as browsers write it",
    pattern=r"^(\*|https?://(\*\.)?[a-z0-9.-]+(:[0-9]+)?)$",
    longest=270,
    example="https://shop.example.com",
)
Split = Mapping[Annotated[str, DNS_LABEL], Percent]


class Scheme(Word):
    """Schemes that a redirect may lead to."""

    HTTP = "http", "plain HTTP without any encryption"
    HTTPS = "https", "HTTP over TLS, as browsers prefer"


class RedirectCode(Word):
    """Status codes that redirect."""

    MOVED = 301, "moved for good, POST may become GET"
    FOUND = 302, "found elsewhere for now, POST may become GET"
    SEE_OTHER = 303, "see the other address with GET"
    TEMPORARY = 307, "elsewhere for now, with the same method"
    PERMANENT = 308, "moved for good, with the same method"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect(Located):
    """Answer with a redirect instead of an upstream's answer."""

    shape: ClassVar[tuple[Constraint, ...]] = (
        AtLeastOne("scheme", "hostname", "port", "path", "prefix"),
        AtMostOne("path", "prefix"),
    )

    scheme: Scheme | None = feature("scheme of the new address", default=None)
    hostname: Annotated[str, HOSTNAME] | None = feature("host of the new address", default=None)
    port: Annotated[int, PORT] | None = feature("port of the new address", default=None)
    path: Annotated[str, PATH] | None = feature("path of the new address", default=None)
    prefix: Annotated[str, PATH] | None = feature("what replaces the matched prefix", default=None)
    status_code: RedirectCode | None = feature("status of the answer, 302 unless written", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite(Located):
    """Change path or host before the request is sent on; the query string stays."""

    shape: ClassVar[tuple[Constraint, ...]] = (
        AtLeastOne("path", "prefix", "hostname"),
        AtMostOne("path", "prefix"),
    )

    path: Annotated[str, PATH] | None = feature("what replaces the whole path", default=None)
    prefix: Annotated[str, PATH] | None = feature("what replaces the matched prefix", default=None)
    hostname: Annotated[str, HOSTNAME] | None = feature("what replaces the Host header", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderEdits(Located):
    """Edits of one message's headers."""

    shape: ClassVar[tuple[Constraint, ...]] = (AtLeastOne("set", "add", "remove"),)

    set: Mapping[Annotated[str, HTTP_TOKEN], Annotated[str, VALUE]] | None = feature(
        "headers that get this value, whatever they had", default=None
    )
    add: Mapping[Annotated[str, HTTP_TOKEN], Annotated[str, VALUE]] | None = feature(
        "headers that get this value beside what they had", default=None
    )
    remove: tuple[Annotated[str, HTTP_TOKEN], ...] = feature("headers that are taken away", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Headers(Located):
    """Edits of request and response headers."""

    shape: ClassVar[tuple[Constraint, ...]] = (AtLeastOne("request", "response"),)

    request: HeaderEdits | None = plain("edits before the request is sent on", default=None)
    response: HeaderEdits | None = plain("edits before the answer is given back", default=None)


class GrpcStatus(Word):
    """The canonical gRPC codes, spelled as `retryOn` spells them."""

    OK = "ok", "the call succeeded after all"
    CANCELLED = "cancelled", "the caller gave the call up"
    UNKNOWN = "unknown", "an error that nobody can name"
    INVALID_ARGUMENT = "invalid-argument", "the caller sent what makes no sense"
    DEADLINE_EXCEEDED = "deadline-exceeded", "the time for the call ran out"
    NOT_FOUND = "not-found", "what was asked for does not exist"
    ALREADY_EXISTS = "already-exists", "what should be created is there already"
    PERMISSION_DENIED = "permission-denied", "the caller is known and may not"
    RESOURCE_EXHAUSTED = "resource-exhausted", "a quota or a resource is used up"
    FAILED_PRECONDITION = "failed-precondition", "the system is not in the state for it"
    ABORTED = "aborted", "the call met another one and lost"
    OUT_OF_RANGE = "out-of-range", "the call went past a valid range"
    UNIMPLEMENTED = "unimplemented", "the server does not have this method"
    INTERNAL = "internal", "the server broke a promise of its own"
    UNAVAILABLE = "unavailable", "the server cannot be reached just now"
    DATA_LOSS = "data-loss", "data is lost or damaged for good"
    UNAUTHENTICATED = "unauthenticated", "the caller has not said who it is"


@dataclass(frozen=True, slots=True, kw_only=True)
class Abort(Located):
    """Answer with an error instead of asking the upstream."""

    shape: ClassVar[tuple[Constraint, ...]] = (ExactlyOne("status", "grpcStatus"),)

    status: Annotated[int, Whole(what="a status", least=200, most=599)] | None = feature(
        "HTTP status of the injected answer", default=None
    )
    grpc_status: GrpcStatus | None = feature("gRPC status of the injected answer", default=None)
    percent: Percent = feature("share of requests that are aborted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay(Located):
    """Wait before the request is sent on; no part of `timeout`."""

    duration: Duration = feature("how long a request waits")
    percent: Percent = feature("share of requests that wait")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(Located):
    """Faults injected at the caller: delay first, then abort, drawn apart."""

    shape: ClassVar[tuple[Constraint, ...]] = (AtLeastOne("abort", "delay"),)

    abort: Abort | None = plain("error answers that are injected", default=None)
    delay: Delay | None = plain("waiting time that is injected", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror(Located):
    """Send a copy and forget about it."""

    shape: ClassVar[tuple[Constraint, ...]] = (ExactlyOne("version", "service"),)

    version: Annotated[str, DNS_LABEL] | None = feature("version that gets the copies", default=None)
    service: Annotated[str, SERVICE_TARGET] | None = feature("Service that gets the copies", default=None)
    percent: Percent | None = feature("share of requests that are copied, 100 unless written", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cors(Located):
    """Answer browsers' questions about origins."""

    allow_origins: tuple[Annotated[str, ORIGIN], ...] = feature("origins that may read the answer")
    allow_methods: tuple[Method, ...] = feature("methods that a preflight may ask for", default=())
    allow_headers: tuple[Annotated[str, HTTP_TOKEN], ...] = feature(
        "request headers that a preflight may ask for", default=()
    )
    expose_headers: tuple[Annotated[str, HTTP_TOKEN], ...] = feature(
        "response headers that a script may read", default=()
    )
    max_age: Duration | None = feature("how long a preflight may be remembered", default=None)
    allow_credentials: bool | None = feature("whether cookies may be sent along", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Located):
    """What becomes of the requests that match; the first route that matches decides."""

    shape: ClassVar[tuple[Constraint, ...]] = (
        AtMostOne("split", "service"),
        AtMostOne("redirect", "split"),
        AtMostOne("redirect", "service"),
        AtMostOne("redirect", "rewrite"),
        AtMostOne("redirect", "timeout"),
        AtMostOne("redirect", "retries"),
        AtMostOne("redirect", "fault"),
        AtMostOne("redirect", "mirror"),
        AtMostOne("redirect", "cors"),
    )

    name: Annotated[str, DNS_LABEL] = plain("name of the route, unique in its list")
    match: tuple[Match, ...] = plain("alternatives; every request unless written", default=())
    split: Split | None = feature("this route's own weights by version", default=None)
    service: Annotated[str, SERVICE_TARGET] | None = feature(
        "Service whose pods get the requests", default=None
    )
    redirect: Redirect | None = plain("answer that sends the caller elsewhere", default=None)
    rewrite: Rewrite | None = plain("change of path or host on the way", default=None)
    headers: Headers | None = plain("edits of headers on the way", default=None)
    timeout: Duration | Written | None = feature("longest time of a request, retries included", default=None)
    retries: Retries | Written | None = feature("tries after the first one", default=None)
    fault: Fault | Written | None = feature("faults that are injected at the caller", default=None)
    mirror: Mirror | Written | None = feature("copies that are sent elsewhere", default=None)
    cors: Cors | Written | None = feature("what browsers of other origins may do", default=None)
