"""Retries: conditions that each port knows, and tries that fit into the time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from meshgen.diagnostics import Code, Findings, Severity, Span
from meshgen.intent.features import Located
from meshgen.intent.model import Protocol
from meshgen.intent.policy import Retries, RetryCondition
from meshgen.intent.rules.subjects import Scene, Subject, listed
from meshgen.source import MapNode, ScalarNode
from meshgen.values import Duration

ZERO_ATTEMPTS = Code(
    number="MG253",
    slug="zero-attempts",
    meaning="`attempts: 0` says that nothing is retried, and beside it stands how to retry.",
)
RETRY_WITHOUT_PORT = Code(
    number="MG254",
    slug="retry-without-port",
    meaning="A list of retry conditions leaves a port none that it knows.",
)
PER_TRY_TIMEOUT = Code(
    number="MG255",
    slug="per-try-timeout",
    meaning="One try may take longer than the whole request, so the limit of a try never acts.",
)
TRIES_DO_NOT_FIT = Code(
    number="MG256",
    slug="tries-do-not-fit",
    meaning="The tries may take longer together than the request may, so the last ones are cut off.",
    severity=Severity.NOTE,
)
BACKOFF_ORDER = Code(
    number="MG257",
    slug="backoff-order",
    meaning="The longest wait between tries is shorter than the first one.",
)

_GRPC = frozenset(
    {
        RetryCondition.CANCELLED,
        RetryCondition.DEADLINE_EXCEEDED,
        RetryCondition.INTERNAL,
        RetryCondition.RESOURCE_EXHAUSTED,
        RetryCondition.UNAVAILABLE,
    }
)
_ALL = frozenset({RetryCondition.CONNECT_FAILURE, RetryCondition.RESET, RetryCondition.REFUSED_STREAM})


class _Asked(NamedTuple):
    """Retries with the timeout that holds beside them."""

    retries: Retries
    field: str
    span: Span | None
    timeout: object
    is_own: bool = True  # False: a route writes the timeout alone, and inherits the retries


def check(scene: Scene, findings: Findings) -> None:
    """Report MG253 to MG257; what `spec.defaults` causes is told once a document."""
    for intent in scene.intents:
        told: set[tuple[str, str]] = set()
        _check_zero(intent.spec, ("defaults", "retries"), "spec.defaults.retries", findings)
        for subject in scene.of(intent):
            _check_zeros(subject, findings)
            _check_asked(subject, told, findings)


def _check_asked(subject: Subject, told: set[tuple[str, str]], findings: Findings) -> None:
    for asked in _asked(subject):
        if asked.is_own and (asked.field, "ports") not in told and _check_ports(subject, asked, findings):
            told.add((asked.field, "ports"))
        if (asked.field, str(asked.timeout)) not in told:
            told.add((asked.field, str(asked.timeout)))
            _check_time(asked, findings)


def _check_zeros(subject: Subject, findings: Findings) -> None:
    _check_zero(subject.service, ("retries",), f"{subject.field}.retries", findings)
    for route, field in subject.routes():
        _check_zero(route, ("retries",), f"{field}.retries", findings)


def _check_zero(holder: Located, path: tuple[str, ...], field: str, findings: Findings) -> None:
    """Unfolding has turned `attempts: 0` into `none`; what stands beside it only the file still shows."""
    node: object = holder.source
    for step in path:
        node = node.value(step) if isinstance(node, MapNode) else None
    attempts = node.value("attempts") if isinstance(node, MapNode) else None
    if not isinstance(node, MapNode) or not isinstance(attempts, ScalarNode) or attempts.text != "0":
        return
    others = sorted(key.text for key, _ in node.entries if key.text != "attempts")
    if others:
        findings.add(
            ZERO_ATTEMPTS,
            f"{field}.attempts is 0, and beside it stands {listed(others)}",
            span=attempts.span,
            field=field,
            hint="write retries: none, or attempts: 1",
        )


def _asked(subject: Subject) -> Iterator[_Asked]:
    service = subject.service
    if isinstance(service.retries, Retries):
        place = subject.policy("retries", service.retries)
        yield _Asked(service.retries, place.field, place.span(), service.timeout)
    for route, field in subject.routes():
        timeout = service.timeout if route.timeout is None else route.timeout
        if isinstance(route.retries, Retries):
            yield _Asked(route.retries, f"{field}.retries", route.span("retries"), timeout)
        elif route.retries is None and route.timeout is not None and isinstance(service.retries, Retries):
            yield _Asked(service.retries, f"{field}.timeout", route.span("timeout"), timeout, is_own=False)


def _check_ports(subject: Subject, asked: _Asked, findings: Findings) -> bool:
    """Report the first port that no condition is left for; tell whether there is one."""
    for port in subject.http_ports:
        if any(_knows(port.protocol, condition) for condition in asked.retries.retry_on):
            continue
        word = "unavailable" if port.protocol is Protocol.GRPC else "5xx"
        findings.add(
            RETRY_WITHOUT_PORT,
            f"{asked.field}.retryOn names nothing that the {port.protocol.value} port {port.name} "
            f"of {subject.key} knows",
            span=asked.retries.span("retryOn"),
            field=f"{asked.field}.retryOn",
            hint=f"add {word}, or connect-failure, which every port knows",
        )
        return True
    return False


def _knows(protocol: Protocol, condition: RetryCondition | int) -> bool:
    if condition in _ALL:
        return True
    return (condition in _GRPC) == (protocol is Protocol.GRPC)


def _check_time(asked: _Asked, findings: Findings) -> None:
    retries, timeout = asked.retries, asked.timeout
    backoff, per_try = retries.backoff, retries.per_try_timeout
    if asked.is_own and backoff is not None and backoff.max is not None and backoff.max < backoff.base:
        findings.add(
            BACKOFF_ORDER,
            f"{asked.field}.backoff.max is {backoff.max}, less than its base {backoff.base}",
            span=backoff.span("max"),
            field=f"{asked.field}.backoff.max",
            hint=f"write max: {backoff.base} or more",
        )
    if per_try is not None and isinstance(timeout, Duration):
        _check_tries(asked, per_try, timeout, findings)


def _check_tries(asked: _Asked, per_try: Duration, timeout: Duration, findings: Findings) -> None:
    tries = asked.retries.attempts + 1
    whole = Duration(per_try.ms * tries)
    field = f"{asked.field}.perTryTimeout" if asked.is_own else asked.field
    span = asked.retries.span("perTryTimeout") if asked.is_own else asked.span
    fitting = Duration(max(1, timeout.ms // tries))
    if per_try > timeout:
        findings.add(
            PER_TRY_TIMEOUT,
            f"{field}: a try may take {per_try}, and the whole request {timeout}",
            span=span,
            field=field,
            hint=f"write perTryTimeout: {fitting}, so that all tries fit"
            if asked.is_own
            else f"write timeout: {whole}, or a shorter try",
        )
    elif whole > timeout:
        findings.add(
            TRIES_DO_NOT_FIT,
            f"{field}: {tries} tries of {per_try} do not fit into {timeout}",
            span=span,
            field=field,
            hint=f"raise timeout to {whole}, or lower attempts",
        )
