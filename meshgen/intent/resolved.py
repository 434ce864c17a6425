"""What an intent means: services with every default, inheritance and reference worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from meshgen.intent.access import Action, JwtProvider, Mode, Probe, Scope
from meshgen.intent.features import Written
from meshgen.intent.keys import Account, ServiceKey
from meshgen.intent.match import HeaderMatch, Match, Method, PathMatch
from meshgen.intent.model import MeshIntent, Protocol, Service
from meshgen.intent.policy import CircuitBreaker, LoadBalancing, OutlierDetection, RateLimit, Retries
from meshgen.intent.shown import Shown, ShownService, ShownWorkload
from meshgen.intent.traffic import Cors, Fault, Headers, Mirror, Redirect, Rewrite
from meshgen.values import Duration, Percent


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePort:
    """A port of a service and of the pods behind it."""

    number: int | None  # of the Service; None: no Service port fronts the container port
    target: int | str  # of the container; a name where only the pods know the number
    protocol: Protocol
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceVersion:
    """Some of a service's pods."""

    name: str
    labels: Mapping[str, str]  # of its pods, beside the service's selector; the subset of an Istio-like mesh
    selector: Mapping[str, str]  # all labels that pick its pods
    has_own_selector: bool  # True: the service's own selector does not cover these pods
    service: str  # the Service that fronts these pods alone
    is_service_created: bool  # False: that Service exists already and must not be written
    account: Account


class Share(NamedTuple):
    """How much of the traffic a version gets."""

    version: str
    percent: Percent


@dataclass(frozen=True, slots=True, kw_only=True)
class ToService:
    """The whole Service, whichever version answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToVersions:
    """Versions by share; those with 0 are kept, in the order written."""

    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToOther:
    """Another Service's pods."""

    key: ServiceKey
    port: int | str | None  # as written; None: the target's one HTTP port


__all__ = ["Account", "ServiceKey"]  # part of every key below

Destination = ToService | ToVersions | ToOther | Redirect


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedRoute:
    """A route with what it inherits; None asks for nothing, NONE for the mesh to do nothing."""

    name: str | None  # None: the last route, implied where no written one takes every request
    matches: tuple[Match, ...]  # alternatives; empty: every request
    destination: Destination
    rewrite: Rewrite | None
    headers: Headers | None
    timeout: Duration | Written | None
    retries: Retries | Written | None
    fault: Fault | Written | None
    mirror: Mirror | Written | None
    cors: Cors | Written | None


class OfService(NamedTuple):
    """Any identity of a service of the set."""

    key: ServiceKey
    accounts: tuple[Account, ...]


class OfAccount(NamedTuple):
    """One service account."""

    account: Account


class OfNamespace(NamedTuple):
    """Any identity of a namespace."""

    namespace: str


class Authenticated(NamedTuple):
    """Any identity of the mesh."""


class OfCidr(NamedTuple):
    """Peers with an address in a block."""

    cidr: str


Who = OfService | OfAccount | OfNamespace | Authenticated | OfCidr


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Callers of one kind less the excepted; without `who` any caller but those."""

    who: Who | None
    excepts: tuple[Who, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Conditions on what is asked for, ANDed; each list is any-of, empty is no condition."""

    methods: tuple[Method, ...]
    paths: tuple[PathMatch, ...]
    headers: Mapping[str, HeaderMatch]
    hostnames: tuple[str, ...]
    ports: tuple[ServicePort, ...]

    @property
    def is_of_http(self) -> bool:
        """True where it says nothing of connections."""
        return bool(self.methods or self.paths or self.headers or self.hostnames)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is asked for, less what it excepts."""

    request: Request
    excepts: tuple[Request, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A valid token of a provider, each claim with the values of which one must hold."""

    provider: str
    claims: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedRule:
    """A rule with its references worked out."""

    name: str
    action: Action
    sources: tuple[Source, ...]  # empty: any caller, with or without identity
    targets: tuple[Target, ...]  # empty: anything
    token: Token | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedService:
    """One service and everything that holds for it."""

    key: ServiceKey
    intent: MeshIntent  # the document that it stands in: part-of, labels, annotations
    written: Service  # with short forms and inheritance unfolded, for spans and feature ids
    ports: tuple[ServicePort, ...]
    selector: Mapping[str, str]
    account: Account
    accounts: tuple[Account, ...]  # all identities of its pods, sorted
    versions: Mapping[str, ServiceVersion]
    routes: tuple[ResolvedRoute, ...]  # for requests; the last one takes what is left
    split: ToService | ToVersions  # for connections, and for requests that no route takes
    circuit_breaker: CircuitBreaker | Written | None
    outlier_detection: OutlierDetection | Written | None
    load_balancing: LoadBalancing | None
    connect_timeout: Duration | None
    rate_limit: RateLimit | Written | None
    mode: Mode | None  # of every container port; None: the mesh's own
    port_modes: Mapping[int | str, Mode]  # by container port, where it differs
    default: Action | None  # None with no rules: the mesh's own authorization stands
    rules: tuple[ResolvedRule, ...]
    probes: tuple[Probe, ...]
    shown: ShownService | None  # the Service among the inputs
    pods: tuple[ShownWorkload, ...]  # workloads among the inputs that it or a version's own selector picks

    @property
    def service_ports(self) -> tuple[ServicePort, ...]:
        """The ports of the Service, without those that only containers have."""
        return tuple(port for port in self.ports if port.number is not None)

    @property
    def http_ports(self) -> tuple[ServicePort, ...]:
        """The Service ports on which requests are seen."""
        return tuple(port for port in self.service_ports if port.protocol.is_http)

    @property
    def is_caller_only(self) -> bool:
        """True for a service without ports, which is an identity for rules."""
        return not self.ports

    @property
    def has_authorization(self) -> bool:
        """True where a default or a rule is written; else nothing is emitted."""
        return self.default is not None or bool(self.rules)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamespaceWide:
    """What is asked of every pod of a namespace, listed or not."""

    namespace: str
    intent: MeshIntent
    mode: Mode | None
    default: Action | None
    scope: Literal[Scope.NAMESPACE] = Scope.NAMESPACE


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedSet:
    """All services of a command, by key, and what reaches beyond them."""

    services: Mapping[ServiceKey, ResolvedService]
    by_account: Mapping[Account, tuple[ResolvedService, ...]]  # whose pods run as it
    wide: tuple[NamespaceWide, ...]
    providers: Mapping[str, JwtProvider]  # of all documents; a name means the same in each
    fronts: Mapping[ServiceKey, tuple[ResolvedService, ...]]  # services with `podsOf` it, where there are any
    shown: Shown  # everything that the inputs show beside intents

    def known_callers(self, callee: ResolvedService) -> tuple[ResolvedService, ...]:
        """Services of the set that may call, in the order of their keys.

        Under `default: deny` those that an allow rule admits, else every other one that has pods of
        its own; callers outside the set are never known.
        """
        others = [self.services[key] for key in sorted(self.services) if key != callee.key]
        if callee.default is not Action.DENY:
            return tuple(other for other in others if other.written.pods_of is None)
        return tuple(other for other in others if _admits(callee, other))


def _admits(callee: ResolvedService, caller: ResolvedService) -> bool:
    allowing = [rule for rule in callee.rules if rule.action is Action.ALLOW]
    return any(
        not rule.sources or any(_covers(source, caller) for source in rule.sources) for rule in allowing
    )


def _covers(source: Source, caller: ResolvedService) -> bool:
    if any(_is(who, caller) for who in source.excepts):
        return False
    return source.who is None or _is(source.who, caller)


def _is(who: Who, caller: ResolvedService) -> bool:
    match who:
        case OfService(accounts=accounts):
            return bool(set(accounts) & set(caller.accounts))
        case OfAccount(account=account):
            return account in caller.accounts
        case OfNamespace(namespace=namespace):
            return caller.key.namespace == namespace
        case Authenticated() | OfCidr():
            return True
