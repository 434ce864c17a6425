"""Questions about a use on which Istio's answer depends."""

from __future__ import annotations

from meshgen.backends.istio.plan.literals import beginning, is_literal, is_literal_path
from meshgen.backends.istio.plan.retries import REGISTERED
from meshgen.intent.model import Protocol
from meshgen.intent.policy import Backoff, OutlierDetection
from meshgen.intent.resolved import ResolvedService, ToVersions
from meshgen.intent.traffic import Redirect, Scheme
from meshgen.support import Axis, Use
from meshgen.values import Percent


def _service(use: Use) -> ResolvedService:
    assert use.service is not None, f"{use.usage.feature} is asked of a service"
    return use.service


def _is_path_literal(use: Use) -> str:
    return "literal" if is_literal_path(str(use.usage.value)) else "wildcard"


PATH = Axis(name="path", values=("literal", "wildcard"), of=_is_path_literal)


def _is_expression_a_beginning(use: Use) -> str:
    start = beginning(str(use.usage.value))
    if start is None or start.startswith("*"):
        return "other"
    is_of_path = ".paths." in use.usage.feature
    return "other" if is_of_path and not is_literal_path(f"{start}/") else "beginning"


EXPRESSION = Axis(name="expression", values=("beginning", "other"), of=_is_expression_a_beginning)

VALUE = Axis(
    name="value",
    values=("literal", "wildcard"),
    of=lambda use: "literal" if is_literal(str(use.usage.value)) else "wildcard",
)
START = Axis(
    name="start",
    values=("literal", "wildcard"),
    of=lambda use: "wildcard" if str(use.usage.value).startswith("*") else "literal",
)


def _hostnames(use: Use) -> str:
    names = use.usage.value
    assert isinstance(names, tuple)
    return "wildcard" if any(name.startswith("*.") for name in names) else "exact"


HOSTNAMES = Axis(name="hostnames", values=("exact", "wildcard"), of=_hostnames)


def _claims(use: Use) -> str:
    claims = use.usage.value
    assert isinstance(claims, dict)
    if any("[" in name or "]" in name for name in claims):
        return "unwritable"
    if any(not is_literal(value) for values in claims.values() for value in values):
        return "wildcard"
    return "split" if {"scope", "permission"} & set(claims) else "literal"


CLAIMS = Axis(name="claims", values=("literal", "split", "wildcard", "unwritable"), of=_claims)

STATUS = Axis(
    name="status",
    values=("registered", "other"),
    of=lambda use: "registered" if use.usage.value in REGISTERED else "other",
)


def _backoff(use: Use) -> str:
    backoff = use.usage.holder
    assert isinstance(backoff, Backoff)
    is_tenfold = backoff.max is not None and backoff.max.ms == 10 * backoff.base.ms
    return "tenfold" if is_tenfold else "other"


BACKOFF = Axis(name="longest wait", values=("tenfold", "other"), of=_backoff)


def _redirect_port(use: Use) -> str:
    """Say whether the address keeps the port that was asked, although the intent wants another."""
    redirect = use.usage.holder
    assert isinstance(redirect, Redirect)
    default = 443 if redirect.scheme is Scheme.HTTPS else 80
    wanted = redirect.port or (default if redirect.scheme is not None else None)
    asked = {port.number for port in _service(use).http_ports}
    is_lost = redirect.hostname is None and wanted == default and asked != {80}
    return "kept" if is_lost else "written"


REDIRECT_PORT = Axis(name="redirect port", values=("written", "kept"), of=_redirect_port)


def _versions_service(use: Use) -> str:
    version = _service(use).versions[str(use.usage.path[1])]
    return "routed" if version.has_own_selector or not version.is_service_created else "unused"


VERSION_SERVICE = Axis(name="version service", values=("routed", "unused"), of=_versions_service)


def _has_policy(use: Use) -> str:
    written = _service(use).written
    fields = (written.circuit_breaker, written.outlier_detection, written.load_balancing)
    return "yes" if any(fields) or written.connect_timeout is not None else "no"


TRAFFIC_POLICY = Axis(name="traffic policy", values=("yes", "no"), of=_has_policy)


def _is_declared_tcp(use: Use) -> str:
    """Say whether the Service among the inputs declares the port as one of connections."""
    service = _service(use)
    port = service.ports[int(use.usage.path[1])]
    shown = () if service.shown is None else service.shown.ports
    declared = {each.protocol for each in shown if each.number == port.number}
    return "tcp" if port.number is None or declared == {Protocol.TCP} else "open"


DECLARED = Axis(name="declared", values=("tcp", "open"), of=_is_declared_tcp)
SPLIT = Axis(
    name="split",
    values=("yes", "no"),
    of=lambda use: "yes" if isinstance(_service(use).split, ToVersions) else "no",
)
HEADLESS = Axis(
    name="headless",
    values=("yes", "no"),
    of=lambda use: "no" if _service(use).written.headless is None else "yes",
)


def _ejection(use: Use) -> str:
    detection = use.usage.holder
    assert isinstance(detection, OutlierDetection)
    return "unlimited" if detection.max_ejection_percent is None else "limited"


EJECTION = Axis(name="ejection", values=("limited", "unlimited"), of=_ejection)


def _percent(use: Use) -> str:
    percent = use.usage.value
    assert isinstance(percent, Percent)
    return "whole" if percent.hundredths % 100 == 0 else "fraction"


PERCENT = Axis(name="percent", values=("whole", "fraction"), of=_percent)
