"""The questions on which Consul's answers turn."""

from __future__ import annotations

from meshgen.backends.consul.plan.names import Names, subsets
from meshgen.backends.consul.profiles import is_mirrored, owns_singletons
from meshgen.intent.access import Action, JwtProvider, Mode
from meshgen.intent.listing import is_listed
from meshgen.intent.match import PathExact
from meshgen.intent.resolved import ResolvedService, ServiceVersion
from meshgen.intent.traffic import Fault
from meshgen.profile import Edition, Profile
from meshgen.support import Axis, Use

_DOMAIN = "consul.hashicorp.com"
META_VERSION = f"{_DOMAIN}/service-meta-version"
IGNORE = f"{_DOMAIN}/service-ignore"
EXCLUDED = f"{_DOMAIN}/transparent-proxy-exclude-inbound-ports"


def service_of(use: Use) -> ResolvedService:
    """The service that uses a feature; what is asked of a whole namespace has rows of its own."""
    assert use.service is not None
    return use.service


def version_of(use: Use) -> ServiceVersion:
    """The version below which a feature stands: `versions.<v>.…`."""
    return service_of(use).versions[str(use.usage.path[1])]


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


EDITION = Axis(
    name="edition",
    values=tuple(edition.value for edition in Edition),
    of=lambda use: use.profile.edition.value,
    settled=lambda profile: profile.edition.value,
)


def _namespaces(profile: Profile) -> str:
    return "mirrored" if is_mirrored(profile) else "flat"


def _singletons(profile: Profile) -> str:
    return "owned" if owns_singletons(profile) else "shared"


NAMESPACES = Axis(
    name="namespaces",
    values=("flat", "mirrored"),
    of=lambda use: _namespaces(use.profile),
    settled=_namespaces,
)
SINGLETONS = Axis(
    name="singletons",
    values=("shared", "owned"),
    of=lambda use: _singletons(use.profile),
    settled=_singletons,
)
KNOWN_CALLERS = Axis(
    name="known callers",
    values=("none", "some"),
    of=lambda use: "some" if Names(use.set, use.profile).callers_of(service_of(use)) else "none",
)
ADDRESS = Axis(
    name="address",
    values=("cluster", "headless"),
    of=lambda use: "cluster" if service_of(use).written.headless is None else "headless",
)
PODS = Axis(
    name="pods",
    values=("own", "of another"),
    of=lambda use: "own" if service_of(use).written.pods_of is None else "of another",
)
PORTS = Axis(
    name="ports",
    values=("one", "several"),
    of=lambda use: "one" if len(service_of(use).ports) == 1 else "several",
)


def _is_closed(service: ResolvedService) -> bool:
    return service.default is Action.DENY or bool(service.rules)


# Plaintext to a permissive port passes the proxy without a word from the intentions.
INTENTIONS = Axis(
    name="intentions",
    values=("open", "closed"),
    of=lambda use: "closed" if _is_closed(service_of(use)) else "open",
)
PLAINTEXT = Axis(
    name="plaintext",
    values=("refused", "taken"),
    of=lambda use: "taken" if service_of(use).mode is Mode.PERMISSIVE else "refused",
)
UNLISTED = Axis(
    name="unlisted ports",
    values=("none", "unknown"),
    of=lambda use: "none" if is_listed(service_of(use), use.set) else "unknown",
)
ACCOUNT = Axis(
    name="account",
    values=("as the service", "other"),
    of=lambda use: "as the service" if use.usage.value == service_of(use).key.name else "other",
)


def _version_account(use: Use) -> str:
    version = version_of(use)
    name = version.service if version.has_own_selector else service_of(use).key.name
    return "as the service" if version.account.name == name else "other"


VERSION_ACCOUNT = Axis(name="version account", values=("as the service", "other"), of=_version_account)


def _version(use: Use) -> str:
    version = version_of(use)
    if version.has_own_selector:
        return "service"
    written = (service_of(use).written.versions or {})[version.name]
    return "subset" if written.create_service is not False or written.labels else "nameless"


def _is_annotated(service: ResolvedService, version: ServiceVersion) -> bool:
    """True where every workload among the inputs that has a version's pods says so to Consul."""
    pods = [workload for workload in service.pods if workload.is_picked_by(version.selector)]
    return bool(pods) and all(pod.annotations.get(META_VERSION) == version.name for pod in pods)


VERSION = Axis(name="version", values=("subset", "service", "nameless"), of=_version)


def _versions(use: Use) -> str:
    service = service_of(use)
    if service.written.pods_of is not None:
        return "of another"
    if not subsets(service):
        return "services"
    is_shown = all(_is_annotated(service, version) for version in subsets(service))
    return "annotated subsets" if is_shown else "subsets"


VERSIONS = Axis(
    name="versions", values=("subsets", "annotated subsets", "services", "of another"), of=_versions
)


def _front(use: Use) -> str:
    service = service_of(use)
    owner = Names(use.set, use.profile).owner(service)
    own, other = service.service_ports[:1], owner.service_ports[:1]
    same = [(port.target, port.protocol) for port in own] == [(port.target, port.protocol) for port in other]
    if not same:
        return "other port"
    is_ignored = service.shown is not None and service.shown.labels.get(IGNORE) == "true"
    return "ignored" if is_ignored else "same port"


FRONT = Axis(name="front", values=("same port", "ignored", "other port"), of=_front)


def _resolver(use: Use) -> str:
    """Whether the service that has the pods says how they are reached and picked."""
    service = service_of(use)
    owner = Names(use.set, use.profile).owner(service)
    # Callers of a headless Service pick none, but connect as long.
    is_balanced = owner.load_balancing is not None and service.written.headless is None
    return "written" if is_balanced or owner.connect_timeout is not None else "unwritten"


RESOLVER = Axis(name="resolver", values=("unwritten", "written"), of=_resolver)


def _probed_port(use: Use) -> str:
    """Whether the inputs show that the kubelet reaches the port past the proxy, and who else then does."""
    service = service_of(use)
    written = getattr(use.usage.holder, "port", None)
    shown = {probe.port for pod in service.pods for probe in pod.probes if probe.kind == "grpc"}
    ports = shown if written is None else {written}
    excluded = [set(pod.annotations.get(EXCLUDED, "").split(",")) for pod in service.pods]
    is_excluded = bool(excluded) and all(ports <= found for found in excluded)
    is_served = any(str(port.target) in ports for port in service.ports)
    return f"{'excluded' if is_excluded else 'guarded'}, {'served' if is_served else 'its own'}"


PROBED_PORT = Axis(
    name="probed port",
    values=("guarded, its own", "guarded, served", "excluded, its own", "excluded, served"),
    of=_probed_port,
)


def _rewritten_paths(use: Use) -> str:
    index = use.usage.path[1]
    assert isinstance(index, int)
    matches = service_of(use).routes[index].matches
    paths = [path for match in matches for path in match.paths]
    is_exact = bool(matches) and all(match.paths for match in matches)
    return "exact" if is_exact and all(isinstance(path, PathExact) for path in paths) else "other"


REWRITTEN = Axis(name="paths", values=("exact", "other"), of=_rewritten_paths)


def _faults_of_routes(use: Use) -> str:
    return _yes(any(route.fault is not None for route in service_of(use).written.routes))


ROUTE_FAULTS = Axis(name="faults of routes", values=("no", "yes"), of=_faults_of_routes)
SERVICE_FAULT = Axis(
    name="fault of the service",
    values=("no", "yes"),
    of=lambda use: _yes(isinstance(service_of(use).written.fault, Fault)),
)


def _tokens_in(use: Use) -> str:
    provider = use.usage.holder
    if not isinstance(provider, JwtProvider) or provider.forward is False:
        return "headers"
    return "params alone" if provider.from_params and not provider.from_headers else "headers"


# In what a token is that the application is to get.
KEPT_IN = Axis(name="kept in", values=("headers", "params alone"), of=_tokens_in)


def _wide_mode(use: Use) -> str:
    mode = getattr(use.usage.holder, "mode", None)
    return "strict" if mode is Mode.STRICT else "other"


WIDE_MODE = Axis(name="mode", values=("strict", "other"), of=_wide_mode)


def _wide_default(use: Use) -> str:
    default = getattr(use.usage.holder, "default", None)
    return "open" if default is Action.ALLOW else "closed"


WIDE_DEFAULT = Axis(name="default", values=("closed", "open"), of=_wide_default)
