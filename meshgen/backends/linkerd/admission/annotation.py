"""Annotations: timeouts, retries, circuit breakers and load, as Linkerd's policy controller parses them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from meshgen.backends.linkerd.admission import breakers
from meshgen.backends.linkerd.admission.scalars import bool_refusal, duration_ms, duration_refusal
from meshgen.diagnostics import Code, Severity, near_miss
from meshgen.profile import Profile
from meshgen.resources import Complaint, Path, Resource

ANNOTATION = Code(
    number="MG471",
    slug="linkerd-annotation",
    meaning="Linkerd cannot read this annotation: of a Service it drops the whole group, a route it refuses.",
)

_INDEX = "linkerd/linkerd2 policy-controller/k8s/index/src/outbound/index.rs"
_HTTP = "linkerd/linkerd2 policy-controller/k8s/index/src/outbound/index/http.rs"
_GRPC = "linkerd/linkerd2 policy-controller/k8s/index/src/outbound/index/grpc.rs"

_RETRY_HTTP = "retry.linkerd.io/http"
_RETRY_GRPC = "retry.linkerd.io/grpc"
_RETRY_LIMIT = "retry.linkerd.io/limit"
_RETRY_TIMEOUT = "retry.linkerd.io/timeout"
_TIMEOUTS = ("timeout.linkerd.io/idle", "timeout.linkerd.io/request", "timeout.linkerd.io/response")
_FLAGS = (
    "balancer.alpha.linkerd.io/failure-accrual-honor-retry-after",
    "balancer.alpha.linkerd.io/penalize-failures",
)
_LOAD = (
    "balancer.alpha.linkerd.io/load-biaser-max-retry-after",
    "balancer.alpha.linkerd.io/load-biaser-penalty",
)

_NUMBER = re.compile(r"\+?([0-9]+)")
_GRPC_CODES = ("cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable")


def of_service(service: Resource, profile: Profile) -> Iterator[Complaint]:
    """Yield the annotations of a Service that Linkerd cannot read; it drops them and says so in a log alone.

    Reports MG471.
    """
    known = (_RETRY_HTTP, _RETRY_GRPC, _RETRY_LIMIT, _RETRY_TIMEOUT, *_TIMEOUTS, *_LOAD, *_FLAGS)
    dropped = Severity.WARNING
    yield from _unread(service, (*known, *breakers.KEYS))
    yield from _misspelled(service, known, dropped)
    yield from _breaker(service, profile, dropped)


def of_route(route: Resource, profile: Profile) -> Iterator[Complaint]:
    """Yield the annotations of a route below a Service that the webhook refuses. Reports MG471."""
    own, other = (_RETRY_GRPC, _RETRY_HTTP) if route.kind == "GRPCRoute" else (_RETRY_HTTP, _RETRY_GRPC)
    known = (own, _RETRY_LIMIT, _RETRY_TIMEOUT, *_TIMEOUTS)
    if other in route.annotations:
        yield _complaint(other, f"{other} is not read of a {route.kind}", f"write {own}", Severity.WARNING)
    yield from _unread(route, (*known, other))
    yield from _misspelled(route, known, Severity.ERROR)
    yield from _breaker(route, profile, Severity.ERROR)


def _unread(resource: Resource, known: tuple[str, ...]) -> Iterator[Complaint]:
    for key in sorted(resource.annotations):
        if key.startswith(("retry.linkerd.io/", "timeout.linkerd.io/")) and key not in known:
            yield _complaint(
                key,
                f"{key} is an annotation that Linkerd does not read",
                near_miss(key, known),
                Severity.WARNING,
            )


def _misspelled(resource: Resource, known: tuple[str, ...], severity: Severity) -> Iterator[Complaint]:
    for key in known:
        value = resource.annotations.get(key)
        if value is None:
            continue
        refusal = _refusal(key, value)
        if refusal is not None:
            yield _complaint(key, refusal, _HINTS.get(key, _DURATION_HINT), severity)
        elif _is_void(key, value):
            why, hint = _VOID[key.partition(".")[0]]
            yield _complaint(key, f"{value!r} {why}", hint, Severity.WARNING)


def _refusal(key: str, value: str) -> str | None:
    parse = _PARSERS.get(key, duration_refusal)
    why = parse(value)
    return None if why is None else f"{value!r} {why}"


def _limit_refusal(value: str) -> str | None:
    number = _NUMBER.fullmatch(value)
    digits = "x" if number is None else number[1].lstrip("0").zfill(5)
    return None if len(digits) == 5 and digits <= "65535" else "is not a number of retries"


def _http_refusal(value: str) -> str | None:
    wrong = [each for each in value.split(",") if not _is_status(each)]
    return None if not wrong else f"holds {wrong[0]!r}, which is no status"


def _is_status(text: str) -> bool:
    if text.lower() in ("5xx", "gateway-error"):
        return True
    first, dash, last = text.partition("-")
    lowest, highest = _code(first), _code(last if dash else first)
    return lowest is not None and highest is not None and lowest <= highest


def _code(text: str) -> int | None:
    number = _NUMBER.fullmatch(text)
    digits = "" if number is None else number[1].lstrip("0")
    return int(digits) if len(digits) == 3 and digits < "600" else None


def _grpc_refusal(value: str) -> str | None:
    wrong = [each for each in value.split(",") if each.lower() not in _GRPC_CODES]
    return None if not wrong else f"holds {wrong[0]!r}, which is no status"


_PARSERS: Mapping[str, Callable[[str], str | None]] = MappingProxyType(
    {
        _RETRY_HTTP: _http_refusal,
        _RETRY_GRPC: _grpc_refusal,
        _RETRY_LIMIT: _limit_refusal,
        **dict.fromkeys(_FLAGS, bool_refusal),
    }
)
_DURATION_HINT = "write a whole number and one unit: ms, s, m, h or d"
_HINTS = MappingProxyType(
    {
        _RETRY_HTTP: "write codes, ranges, 5xx or gateway-error with commas and no spaces between",
        _RETRY_GRPC: f"write some of {','.join(_GRPC_CODES)} with no spaces between",
        _RETRY_LIMIT: "write a number of 1 to 65535",
        **dict.fromkeys(_FLAGS, "write true or false"),
    }
)
_VOID = MappingProxyType(
    {
        "retry": ("counts as not written", "leave it out; what is written elsewhere cannot be switched off"),
        "timeout": ("is a deadline of nothing, not the absence of one", "leave it out if none is meant"),
    }
)


def _is_void(key: str, value: str) -> bool:
    """Tell a 0, which does not mean what it says."""
    if key == _RETRY_LIMIT:
        return value.strip("+0") == ""
    return key in (_RETRY_TIMEOUT, *_TIMEOUTS) and duration_ms(value) == 0


def _breaker(resource: Resource, profile: Profile, severity: Severity) -> Iterator[Complaint]:
    for key, why, hint in breakers.refused(resource.annotations, profile):
        yield _complaint(key, why, hint, severity)


def _complaint(key: str, message: str, hint: str, severity: Severity) -> Complaint:
    path: Path = ("metadata", "annotations", key)
    source = {_RETRY_HTTP: _HTTP, _RETRY_LIMIT: _HTTP, _RETRY_GRPC: _GRPC}.get(key, _INDEX)
    return Complaint(
        code=ANNOTATION, path=path, message=message, hint=hint or None, source=source, severity=severity
    )
