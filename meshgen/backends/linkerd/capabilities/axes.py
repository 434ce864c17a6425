"""Questions about a use on which Linkerd's answer depends."""

from __future__ import annotations

from meshgen.backends.linkerd.plan.access import Asked, can_deny
from meshgen.backends.linkerd.plan.identities import UnsayableError
from meshgen.backends.linkerd.plan.peers import of_rule
from meshgen.backends.linkerd.plan.pods import (
    closes_half,
    halves,
    is_asked_by,
    of_cluster,
    ports_of,
    unsaid,
)
from meshgen.backends.linkerd.plan.timing import duration, is_set
from meshgen.backends.linkerd.plan.traffic import has_traffic_split, is_split_alone
from meshgen.backends.linkerd.profiles import InboundPolicy, Traffic, block_of
from meshgen.intent.access import Action, Mode, Probe
from meshgen.intent.listing import is_listed, owner_of
from meshgen.intent.model import Port, Protocol
from meshgen.intent.policy import Backoff, OutlierDetection, RateLimit, RetryCondition
from meshgen.intent.resolved import ResolvedService, ToOther
from meshgen.intent.traffic import Redirect
from meshgen.profile import Channel, Profile
from meshgen.support import Axis, Use
from meshgen.values import Duration, Percent


def _service(use: Use) -> ResolvedService:
    assert use.service is not None, f"{use.usage.feature} is asked of a service"
    return use.service


SPLIT_BY = Axis(
    name="split by",
    values=("route", "TrafficSplit"),
    of=lambda use: "TrafficSplit" if has_traffic_split(_service(use), use.profile) else "route",
    settled=lambda profile: "route" if block_of(profile).traffic is Traffic.GATEWAY else None,
)


def _unlisted(use: Use) -> str:
    """Say whether a container port that no Service lists could admit more than the intent asks."""
    service = _service(use)
    policy = unsaid(service.key.namespace, use.set, use.profile)
    is_denied = use.usage.feature == "authorization.default.deny"
    settling = {InboundPolicy.DENY} if is_denied else {InboundPolicy.DENY, InboundPolicy.ALL_AUTHENTICATED}
    # The annotation that closes everything is told of where the default is: one cause, one finding.
    is_told_there = not is_denied and service.default is Action.DENY
    return "closed" if policy in settling or is_told_there or is_listed(service, use.set) else "open"


CLUSTER = Axis(
    name="cluster's default",
    values=("allow", "deny"),
    of=lambda use: halves(of_cluster(use.profile))[1].value,
    settled=lambda profile: halves(of_cluster(profile))[1].value,
)


def _wide(use: Use) -> str:
    """Say whether a namespace's annotation can repeat the half that the intent leaves to the cluster."""
    if not closes_half(of_cluster(use.profile)):
        return "sayable"
    asked = [wide for wide in use.set.wide if is_asked_by(wide, use.usage.holder)]
    both = [wide for wide in use.set.wide if wide.namespace == asked[0].namespace]
    is_whole = any(wide.mode is not None for wide in both) and any(wide.default is not None for wide in both)
    return "sayable" if is_whole else "half"


WIDE = Axis(
    name="other half of the cluster",
    values=("sayable", "half"),
    of=_wide,
    settled=lambda profile: None if closes_half(of_cluster(profile)) else "sayable",
)
UNLISTED = Axis(
    name="unlisted ports",
    values=("closed", "open"),
    of=_unlisted,
)


def _opened(use: Use) -> str:
    """Say whether a container port that no Service lists could admit less than the intent says."""
    service = _service(use)
    mode, default = halves(unsaid(service.key.namespace, use.set, use.profile))
    if use.usage.feature == "authorization.default.allow":
        is_shut = default is Action.DENY
    else:  # plain text is admitted; who else is shut out is told of where the default is
        is_open = default is Action.ALLOW and service.default is not Action.DENY
        is_shut = mode is Mode.STRICT and is_open
    return "shut" if is_shut and not is_listed(service, use.set) else "open"


OPENED = Axis(name="unlisted ports beside", values=("open", "shut"), of=_opened)


def _mode_of_all(use: Use) -> str:
    """Say whether a whole namespace is to take plain text alone."""
    asked = (wide for wide in use.set.wide if is_asked_by(wide, use.usage.holder))
    is_plain = any(wide.mode is Mode.DISABLED for wide in asked)
    return "plain text" if is_plain and use.usage.feature == "mtls.scope.namespace" else "mTLS"


OF_ALL = Axis(name="mode of the namespace", values=("mTLS", "plain text"), of=_mode_of_all)

PATHS = Axis(
    name="paths",
    values=("of gRPC", "any"),
    of=lambda use: (
        "of gRPC" if all(port.protocol is Protocol.GRPC for port in _service(use).http_ports) else "any"
    ),
)


def _is(use: Use, ms: int) -> bool:
    return isinstance(use.usage.holder, Backoff) and use.usage.value == Duration(ms)


REFUSED = Axis(
    name="refused streams",
    values=("retried", "not asked for"),
    of=lambda use: "retried" if RetryCondition.REFUSED_STREAM in _conditions(use) else "not asked for",
)


def _conditions(use: Use) -> tuple[object, ...]:
    assert isinstance(use.usage.value, tuple)
    return use.usage.value


BASE = Axis(name="first wait", values=("25ms", "other"), of=lambda use: "25ms" if _is(use, 25) else "other")
LONGEST = Axis(
    name="longest wait", values=("250ms", "other"), of=lambda use: "250ms" if _is(use, 250) else "other"
)


def _traffic(use: Use) -> str:
    """Say whether a TrafficSplit, which is asked for by the profile, hides a field from the proxies."""
    service = _service(use)
    return "hidden" if has_traffic_split(service, use.profile) and not is_split_alone(service) else "seen"


TRAFFIC_SPLIT = Axis(
    name="beside a TrafficSplit",
    values=("seen", "hidden"),
    of=_traffic,
    # Only where the profile asks for it does one stand beside other wishes.
    settled=lambda profile: None if block_of(profile).traffic is Traffic.SMI else "seen",
)


def _has_grpc(use: Use) -> str:
    ports = _service(use).http_ports
    return "gRPC" if any(port.protocol is Protocol.GRPC for port in ports) else "HTTP"


PROTOCOLS = Axis(name="protocols", values=("HTTP", "gRPC"), of=_has_grpc)


def _answers(use: Use) -> str:
    """Say whether edits of answers would hold for redirects."""
    routes = _service(use).routes
    match use.usage.path:
        case ("routes", int(index), *_):
            asked = routes[index : index + 1]
        case _:
            asked = tuple(route for route in routes if route.headers is _service(use).written.headers)
    is_redirect = any(isinstance(route.destination, Redirect) for route in asked)
    return "redirects too" if is_redirect else "of others"


ANSWERS = Axis(name="answers", values=("of others", "redirects too"), of=_answers)


def _index(use: Use, field: str) -> int:
    match use.usage.path:
        case (str(first), int(index), *_) if first == field:
            return index
        case (_, str(second), int(index), *_) if second == field:
            return index
        case _:
            raise AssertionError(use.usage.path)


def _headers_alone(use: Use) -> str:
    """Say whether a route asks on a gRPC port for headers and for no path."""
    route = _service(use).written.routes[_index(use, "routes")]
    match use.usage.path:
        case (_, _, "match", int(index), *_):
            match = route.match[index]
        case _:
            raise AssertionError(use.usage.path)
    ports = [port for port in _service(use).http_ports if port.protocol is Protocol.GRPC]
    is_alone = not match.paths and any(
        not match.ports or {port.name, str(port.number)} & set(match.ports) for port in ports
    )
    return "alone on gRPC" if is_alone else "fitting"


HEADERS = Axis(name="header conditions", values=("fitting", "alone on gRPC"), of=_headers_alone)


def _ejects(use: Use) -> str:
    """Say whether instances are left out at this service or at the one that a route leads to."""
    service = _service(use)
    to = service.routes[_index(use, "routes")].destination
    other = use.set.services.get(to.key) if isinstance(to, ToOther) else None
    is_asked = any(each is not None and is_set(each.outlier_detection) for each in (service, other))
    return "asked for" if is_asked else "left alone"


EJECTION = Axis(name="ejection", values=("left alone", "asked for"), of=_ejects)


def _asked(use: Use) -> tuple[Asked, ...]:
    owner = owner_of(_service(use), use.set)
    return tuple(port.asked for port in ports_of(owner, use.set, use.profile))


def _denied(use: Use) -> str:
    """Say whether whoever is left of the allowed callers can be named."""
    index = _index(use, "rules")
    return "named" if all(can_deny(asked, index) for asked in _asked(use)) else "nameless"


REST = Axis(name="who is left", values=("named", "nameless"), of=_denied)


def _excepted(use: Use) -> str:
    rule = _service(use).rules[_index(use, "rules")]
    if rule.action is Action.DENY:
        return "named"  # what is not excepted is taken away, and need not be named
    try:
        of_rule(rule.sources, is_strict=_service(use).mode is Mode.STRICT)
    except UnsayableError:
        return "nameless"
    return "named"


EXCEPTED = Axis(name="who is not excepted", values=("named", "nameless"), of=_excepted)


def _probed(use: Use) -> str:
    """Say who may ask what a probe asks."""
    probe = use.usage.holder
    assert isinstance(probe, Probe)
    ports = [asked for asked in _asked(use) if probe in asked.probes]
    if all(asked.is_open for asked in ports):
        return "everybody anyway"
    if any(not asked.port.protocol.is_http for asked in ports):
        return "nobody"
    return "kubelets" if use.profile.probe_networks else "everybody"


PROBED = Axis(
    name="who may probe", values=("everybody anyway", "kubelets", "everybody", "nobody"), of=_probed
)


def _burst(use: Use) -> str:
    limit = use.usage.holder
    assert isinstance(limit, RateLimit)
    return "as requests" if limit.burst == limit.requests else "other"


BURST = Axis(name="burst", values=("as requests", "other"), of=_burst)


def _accrues(use: Use) -> str:
    """Say whether the Service among the inputs has the annotations that eject as the intent asks."""
    detection, shown = use.usage.holder, _service(use).shown
    assert isinstance(detection, OutlierDetection)
    if shown is None:
        return "missing"
    return "shown" if accrual(detection).items() <= shown.annotations.items() else "missing"


def accrual(detection: OutlierDetection) -> dict[str, str]:
    """Name the annotations of a Service that eject as the intent asks."""
    asked = {"": "consecutive"}
    if detection.consecutive5xx is not None:
        asked["-consecutive-max-failures"] = str(detection.consecutive5xx)
    if (base := detection.base_ejection_time) is not None:
        asked["-consecutive-min-penalty"] = duration(base)
        if base > _LONGEST_PENALTY:
            asked["-consecutive-max-penalty"] = duration(base)
    return {f"balancer.linkerd.io/failure-accrual{key}": value for key, value in asked.items()}


# linkerd/linkerd2 policy-controller/k8s/index/src/outbound/index.rs: where the least penalty is above the
# longest, which is a minute unless written, none of the annotations counts.
_LONGEST_PENALTY = Duration(60_000)


def _judged(use: Use) -> str:
    """Say whether proxies balance requests to a service, whose answers they could judge."""
    service = _service(use)
    if service.written.headless is not None or not service.http_ports:
        return "none"
    return "all" if all(port.protocol.is_http for port in service.service_ports) else "some"


JUDGED = Axis(name="calls with answers", values=("all", "some", "none"), of=_judged)
ACCRUAL = Axis(name="failure accrual", values=("shown", "missing"), of=_accrues)
EJECTED = Axis(
    name="most ejected",
    values=("all", "fewer"),
    of=lambda use: "all" if use.usage.value == Percent(10_000) else "fewer",
)


def _channel(profile: Profile) -> str:
    found = profile.gateway_api
    return "experimental" if found is not None and found.channel is Channel.EXPERIMENTAL else "standard"


CHANNEL = Axis(
    name="Gateway API channel",
    values=("standard", "experimental"),
    of=lambda use: _channel(use.profile),
    settled=_channel,
)


def _app_protocol(use: Use) -> str:
    """Say whether the Service among the inputs lets the proxies see the port's protocol."""
    port, shown = use.usage.holder, _service(use).shown
    assert isinstance(port, Port)
    numbers = {str(port.port), port.target_port or str(port.port)}
    if port.protocol is not Protocol.GRPC and numbers <= _OPAQUE_PORTS:
        return "shown"
    if shown is None:
        return "unknown"
    written = next((each.app_protocol for each in shown.ports if each.number == port.port), None)
    seen = (None, "kubernetes.io/h2c") if port.protocol is Protocol.GRPC else _OPAQUE
    return "shown" if written in seen else "unknown"


# linkerd/linkerd2 charts/linkerd-control-plane/values.yaml: proxy.opaquePorts
_OPAQUE_PORTS = frozenset({"25", "587", "3306", "4444", "5432", "6379", "9300", "11211"})
# linkerd/linkerd2 policy-controller/core/src/outbound.rs: AppProtocol
_OPAQUE = ("linkerd.io/tcp", "linkerd.io/opaque")
APP_PROTOCOL = Axis(name="appProtocol", values=("shown", "unknown"), of=_app_protocol)
