"""ServiceProfiles: routes of one Service with conditions inside conditions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from meshgen.diagnostics import Code, Severity, near_miss
from meshgen.gatewayapi.regexes import is_rust
from meshgen.gatewayapi.routes import within
from meshgen.grammar import duration_ns
from meshgen.profile import Profile
from meshgen.resources import Complaint, Path, Resource

_PROFILES = "linkerd/linkerd2 pkg/profiles/profiles.go"
_TYPES = "linkerd/linkerd2 controller/gen/apis/serviceprofile/v1alpha2/types.go"

SERVICE_PROFILE = Code(
    number="MG472",
    slug="linkerd-service-profile",
    meaning="Linkerd's webhook refuses this ServiceProfile, or a part of it does nothing.",
)

_REQUEST = ("all", "any", "method", "not", "pathRegex")
_RESPONSE = ("all", "any", "not", "status")


def service_profile(resource: Resource, profile: Profile) -> Iterator[Complaint]:
    """Yield what is wrong with a ServiceProfile. Reports MG472."""
    yield from _name(resource, profile)
    if "opaquePorts" in resource.spec:
        yield _refused(
            ("spec", "opaquePorts"),
            "opaquePorts is a list to the definition and a mapping to the webhook: neither is accepted",
            "annotate the Service with config.linkerd.io/opaque-ports",
            _TYPES,
        )
    for at, route in within(("spec",), resource.spec, "routes"):
        yield from _route(at, route)
    yield from _budget(resource.spec.get("retryBudget", {}))


def _name(resource: Resource, profile: Profile) -> Iterator[Complaint]:
    domain = f".svc.{profile.cluster_domain}"
    host = resource.name.removesuffix(domain)
    if host == resource.name or host.count(".") != 1:
        yield Complaint(
            code=SERVICE_PROFILE,
            path=("metadata", "name"),
            message=f"{resource.name!r} is the name of no Service, so that nothing looks the profile up",
            hint=f"write <service>.<namespace>{domain}",
            source="linkerd/linkerd2 controller/api/destination/server.go",
            severity=Severity.WARNING,
        )


def _route(at: Path, route: Mapping[str, Any]) -> Iterator[Complaint]:
    if not route["name"]:
        yield _refused(
            (*at, "name"), "the name of a route is empty", "name the route, as its metrics will be"
        )
    timeout = route.get("timeout", "")
    if timeout and duration_ns(timeout) is None:
        yield _refused((*at, "timeout"), f"{timeout!r} is not a duration", "write something like 1.5s")
    condition = route["condition"]
    if "not" in condition:
        yield _refused(
            (*at, "condition", "not"),
            "'not' is a list to the definition and a mapping to the webhook: neither is accepted",
            "write it below all: [{not: ...}]",
            _TYPES,
        )
    else:
        yield from _conditions((*at, "condition"), condition, _REQUEST)
    for where, response in within(at, route, "responseClasses"):
        yield from _conditions((*where, "condition"), response["condition"], _RESPONSE)


def _conditions(at: Path, condition: Any, known: tuple[str, ...]) -> Iterator[Complaint]:
    """Yield what is wrong with a condition and those inside it, in the order written."""
    left: list[tuple[Path, Any]] = [(at, condition)]
    while left:
        path, each = left.pop()
        if not isinstance(each, Mapping):
            yield _refused(path, f"{_named(each)} is no condition", f"write one of {', '.join(known)}")
            continue
        written = {key: value for key, value in each.items() if value is not None}
        yield from _condition(path, written, known)
        left.extend(reversed(list(_inside(path, written))))


def _named(value: Any) -> str:
    match value:
        case Mapping():
            return "a mapping"
        case list():
            return "a list"
        case _:
            return json.dumps(value)


def _inside(at: Path, condition: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    for key in ("all", "any"):
        children = condition.get(key, ())
        if isinstance(children, list):
            yield from (((*at, key, index), child) for index, child in enumerate(children))
    if "not" in condition:
        yield (*at, "not"), condition["not"]


def _condition(at: Path, condition: Mapping[str, Any], known: tuple[str, ...]) -> Iterator[Complaint]:
    for key in condition:
        if key not in known:
            hint = near_miss(key, known) or f"write one of {', '.join(known)}"
            yield _refused((*at, key), f"{key!r} is not a field of a condition", hint)
    for key in ("all", "any"):
        if key in condition and not isinstance(condition[key], list):
            yield _refused((*at, key), f"{_named(condition[key])} is no list", "write a list of conditions")
    for key in ("method", "pathRegex"):
        if key in condition and key in known and not isinstance(condition[key], str):
            yield _refused((*at, key), f"{_named(condition[key])} is no string", "write it in quotes")
    if set(condition) <= set(known) and all(value == "" for value in condition.values()):
        yield _refused(at, "the condition says nothing", f"write one of {', '.join(known)}")
    yield from _path_regex((*at, "pathRegex"), condition.get("pathRegex"))
    if "status" in known and "status" in condition:
        yield from _status((*at, "status"), condition["status"])


def _path_regex(path: Path, pattern: Any) -> Iterator[Complaint]:
    if isinstance(pattern, str) and not is_rust(pattern):
        yield Complaint(
            code=SERVICE_PROFILE,
            path=path,
            message=f"{pattern!r} is no regular expression to Rust: the proxy drops the route",
            hint="write a literal brace as \\{" if "{" in pattern else "write it without look-around",
            source="linkerd/linkerd2-proxy linkerd/service-profiles/src/proto.rs",
            severity=Severity.WARNING,
        )


def _status(at: Path, status: Any) -> Iterator[Complaint]:
    if not isinstance(status, Mapping):
        yield _refused(at, f"{_named(status)} is no range", "write min and max")
        return
    wrong = [key for key in status if key not in ("min", "max") or not _is_code(status[key])]
    for key in wrong:
        yield _refused((*at, key), f"{_named(status[key])} is no status", "write min or max of 100 to 599")
    low, high = status.get("min") or 0, status.get("max") or 0
    if not wrong and 0 < high < low:
        yield _refused(at, f"the range ends at {high}, before {low}", "swap min and max")


def _is_code(value: Any) -> bool:
    return value is None or (type(value) is int and (value == 0 or 100 <= value <= 599))


def _budget(budget: Mapping[str, Any]) -> Iterator[Complaint]:
    at: Path = ("spec", "retryBudget")
    for key in ("retryRatio", "minRetriesPerSecond"):
        if budget.get(key, 0) < 0:
            yield _refused((*at, key), f"{budget[key]} is less than 0", "write 0 or more")
    if "ttl" in budget and duration_ns(budget["ttl"]) is None:
        yield _refused((*at, "ttl"), f"{budget['ttl']!r} is not a duration", "write something like 10s")


def _refused(path: Path, message: str, hint: str, source: str = _PROFILES) -> Complaint:
    return Complaint(code=SERVICE_PROFILE, path=path, message=message, hint=hint, source=source)
