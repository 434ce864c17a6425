"""What kind of service it is decides which fields have a meaning on it."""

from __future__ import annotations

from meshgen.diagnostics import Code, Findings, near_miss
from meshgen.intent.features import fields_of
from meshgen.intent.model import Service
from meshgen.intent.policy import CircuitBreaker, LoadBalancing
from meshgen.intent.resolved import ServiceKey
from meshgen.intent.rules.subjects import Scene, Subject

ONLY_CALLS = Code(
    number="MG217",
    slug="only-calls",
    meaning="A service without ports only calls; what concerns its callers has no meaning there.",
)
NO_REQUESTS = Code(
    number="MG218",
    slug="no-requests",
    meaning="A field about requests stands on a service whose ports carry connections alone.",
)
HEADLESS_CONFLICT = Code(
    number="MG219",
    slug="headless-conflict",
    meaning="A headless service is called pod by pod, so nothing can be decided for the Service as a whole.",
)
PODS_OF_UNKNOWN = Code(
    number="MG220",
    slug="pods-of-unknown",
    meaning="`podsOf` names no service of the namespace that has pods of its own.",
)
PODS_OF_CONFLICT = Code(
    number="MG221",
    slug="pods-of-conflict",
    meaning="A Service that fronts another service's pods has what belongs to the pods from that service.",
)

_OF_A_CALLER = frozenset({"selector", "serviceAccount", "versions"})
_OF_REQUESTS = ("routes", "timeout", "retries", "rateLimit", "fault", "mirror", "headers", "cors")
_NOT_HEADLESS = (
    "split",
    "routes",
    "timeout",
    "retries",
    "fault",
    "mirror",
    "headers",
    "cors",
    "loadBalancing",
)
_OF_PODS = ("selector", "serviceAccount", "mtls", "authorization", "callers", "probes")


def check(scene: Scene, findings: Findings) -> None:
    """Report MG217 to MG221."""
    for subject in scene.subjects.values():
        if not subject.ports:
            _check_caller(subject, findings)
        elif not subject.http_ports:
            _check_connections(subject, findings)
        if subject.service.headless is not None and subject.ports:
            _check_headless(subject, findings)
        if subject.service.pods_of is not None:
            _check_pods_of(scene, subject, findings)


def _check_caller(subject: Subject, findings: Findings) -> None:
    for _, key, _ in fields_of(Service):
        if key not in _OF_A_CALLER and subject.writes(key):
            findings.add(
                ONLY_CALLS,
                f"{subject.field}.{key} has no meaning: the service has no ports, so nobody calls it",
                span=subject.service.span(key),
                field=f"{subject.field}.{key}",
                hint="give it the port on which it is called, such as port: 8080",
            )


def _check_connections(subject: Subject, findings: Findings) -> None:
    for key in _OF_REQUESTS:
        if subject.writes(key):
            _report_no_requests(subject, key, findings)
    balancing = subject.service.load_balancing
    hash_on = balancing.hash_on if isinstance(balancing, LoadBalancing) else None
    if hash_on is not None and hash_on.source_ip is None and subject.writes("loadBalancing"):
        _report_no_requests(subject, "loadBalancing.hashOn", findings)
    breaker = subject.service.circuit_breaker
    if (
        isinstance(breaker, CircuitBreaker)
        and breaker.max_connections is None
        and subject.writes("circuitBreaker")
    ):
        _report_no_requests(subject, "circuitBreaker", findings)


def _report_no_requests(subject: Subject, key: str, findings: Findings) -> None:
    findings.add(
        NO_REQUESTS,
        f"{subject.field}.{key} is about requests, and no port of the service shows any",
        span=subject.service.span(*key.split(".")),
        field=f"{subject.field}.{key.partition('.')[0]}",
        hint="take the field away, or say protocol: http, http2 or grpc of the port",
    )


def _check_headless(subject: Subject, findings: Findings) -> None:
    for key in _NOT_HEADLESS:
        if subject.writes(key) and _is_asked(subject, key):
            findings.add(
                HEADLESS_CONFLICT,
                f"{subject.field}.{key} cannot stand beside headless: callers reach the pods directly",
                span=subject.service.span(key),
                field=f"{subject.field}.{key}",
                hint=f"take {key} away, or headless",
            )


def _is_asked(subject: Subject, key: str) -> bool:
    """An `ambient` is gone once it is unfolded, and asks for nothing."""
    attribute = next(name for name, known, _ in fields_of(Service) if known == key)
    return getattr(subject.service, attribute) not in (None, ())


def _check_pods_of(scene: Scene, subject: Subject, findings: Findings) -> None:
    for key in _OF_PODS:
        if subject.writes(key):
            findings.add(
                PODS_OF_CONFLICT,
                f"{subject.field}.{key} belongs to the pods, which are those of {subject.service.pods_of!r}",
                span=subject.service.span(key),
                field=f"{subject.field}.{key}",
                hint=f"take {key} away; {subject.service.pods_of} alone writes it",
            )
    why = _why_no_pods(scene, subject)
    if why is not None:
        owners = [other for other in scene.of(subject.intent) if _has_pods(other) and other is not subject]
        known = [other.key.name for other in owners]
        findings.add(
            PODS_OF_UNKNOWN,
            f"{subject.field}.podsOf names {subject.service.pods_of!r}, {why}",
            span=subject.service.span("podsOf"),
            field=f"{subject.field}.podsOf",
            hint=near_miss(str(subject.service.pods_of), known) or "name a service that has pods of its own",
        )


def _has_pods(subject: Subject) -> bool:
    return bool(subject.ports) and subject.service.pods_of is None


def _why_no_pods(scene: Scene, subject: Subject) -> str | None:
    name = str(subject.service.pods_of)
    owner = scene.subjects.get(ServiceKey(subject.key.namespace, name))
    if owner is None:
        return "which is no service of its namespace"
    if owner is subject:
        return "which is the service itself"
    if owner.service.pods_of is not None:
        return f"which itself fronts the pods of {owner.service.pods_of!r}"
    return None if owner.ports else "which has no ports and only calls"
