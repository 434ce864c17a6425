"""From unfolded intents to what they mean: references between services, ports and callers worked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from meshgen.intent.access import Action, Caller, From, Operation, Rule, To
from meshgen.intent.features import Ambient
from meshgen.intent.match import Match
from meshgen.intent.model import Accounts, MeshIntent, Port, Protocol, Service, Version
from meshgen.intent.resolved import (
    Account,
    Authenticated,
    Destination,
    NamespaceWide,
    OfAccount,
    OfCidr,
    OfNamespace,
    OfService,
    Request,
    ResolvedRoute,
    ResolvedRule,
    ResolvedService,
    ResolvedSet,
    ServiceKey,
    ServicePort,
    ServiceVersion,
    Share,
    Source,
    Target,
    Token,
    ToOther,
    ToService,
    ToVersions,
    Who,
)
from meshgen.intent.shown import NOTHING, Shown, ShownWorkload
from meshgen.intent.traffic import Redirect, Route, Split

_T = TypeVar("_T")
Callers = Mapping[str, tuple[From, ...]]  # of the profile, by name


def resolve(intents: Iterable[MeshIntent], *, callers: Callers, shown: Shown = NOTHING) -> ResolvedSet:
    """Work out each service of a set of unfolded, sound intents.

    `callers` are those that the profile names, `shown` what Services and workloads say. What refers to
    nothing was refused before.
    """
    intents = tuple(intents)
    written = {
        ServiceKey(intent.metadata.namespace, name): (service, intent)
        for intent in intents
        for name, service in (intent.spec.services or {}).items()
    }
    names = _Names(written=written, callers=callers, shown=shown)
    services = {key: _service(key, *written[key], names=names) for key in written}
    fronts: dict[ServiceKey, list[ResolvedService]] = {}
    for key, service in services.items():
        if service.written.pods_of is not None:
            fronts.setdefault(ServiceKey(key.namespace, service.written.pods_of), []).append(service)
    by_account: dict[Account, list[ResolvedService]] = {}
    for service in services.values():
        for account in service.accounts:
            by_account.setdefault(account, []).append(service)
    return ResolvedSet(
        services=services,
        by_account={account: tuple(found) for account, found in by_account.items()},
        fronts={key: tuple(found) for key, found in fronts.items()},
        wide=tuple(wide for intent in intents for wide in _wide(intent)),
        providers={
            name: provider
            for intent in intents
            for name, provider in (intent.spec.jwt_providers or {}).items()
        },
        shown=shown,
    )


class _Names:
    """What names in a set stand for."""

    def __init__(
        self, *, written: Mapping[ServiceKey, tuple[Service, MeshIntent]], callers: Callers, shown: Shown
    ) -> None:
        self._written = written
        self._callers = callers
        self.shown = shown

    def owner(self, key: ServiceKey) -> tuple[Service, MeshIntent]:
        """Find the service whose pods a Service fronts: itself, or that of `podsOf`."""
        service, intent = self._written[key]
        if service.pods_of is None:
            return service, intent
        return self._written[ServiceKey(key.namespace, service.pods_of)]

    def accounts(self, key: ServiceKey) -> tuple[Account, ...]:
        """List the identities of a service's pods."""
        service, intent = self.owner(key)
        owner = (
            key
            if self._written[key][0].pods_of is None
            else ServiceKey(key.namespace, str(self._written[key][0].pods_of))
        )
        own = account_of(owner, service, intent)
        versions = (service.versions or {}).values()
        found = {_version_account(version, own) for version in versions} or {own}
        return tuple(sorted(found))

    def who(self, entry: From | Caller, namespace: str) -> tuple[Who, ...]:
        """Name the callers of an entry; a profile's caller may be several."""
        if entry.service is not None:
            head, _, name = entry.service.rpartition("/")
            key = ServiceKey(head or namespace, name)
            return (OfService(key, self.accounts(key)),)
        if entry.service_account is not None:
            return (OfAccount(Account(*entry.service_account.split("/"))),)
        if entry.namespace is not None:
            return (OfNamespace(entry.namespace),)
        if entry.authenticated is not None:
            return (Authenticated(),)
        if entry.cidr is not None:
            return (OfCidr(entry.cidr),)
        if entry.caller is not None:
            return tuple(who for known in self._callers[entry.caller] for who in self.who(known, namespace))
        return ()


def account_of(key: ServiceKey, service: Service, intent: MeshIntent) -> Account:
    """Name a service's own account, written or by `spec.accounts`."""
    named = key.name if intent.spec.accounts is not Accounts.DEFAULT else "default"
    return Account(key.namespace, service.service_account or named)


def selector_of(key: ServiceKey, service: Service, intent: MeshIntent) -> Mapping[str, str]:
    """Name a service's selector, written or by `spec.selectorLabel`."""
    return service.selector or {intent.spec.selector_label or "app": key.name}


def _version_account(version: Version, own: Account) -> Account:
    return own if version.service_account is None else Account(own.namespace, version.service_account)


def _service(key: ServiceKey, service: Service, intent: MeshIntent, *, names: _Names) -> ResolvedService:
    owner, owner_intent = names.owner(key)
    owner_key = key if service.pods_of is None else ServiceKey(key.namespace, service.pods_of)
    account = account_of(owner_key, owner, owner_intent)
    selector = selector_of(owner_key, owner, owner_intent)
    policed = service if service.pods_of is None else owner  # mtls and authorization belong to the pods
    by_name = {name: port for port in map(port_of, policed.ports) for name in port_names(port)}
    authorization, mtls = policed.authorization, policed.mtls
    rules = () if authorization is None else authorization.rules
    modes = {} if mtls is None or mtls.ports is None else mtls.ports
    return ResolvedService(
        key=key,
        intent=intent,
        written=service,
        ports=tuple(map(port_of, service.ports)),
        selector=selector,
        account=account,
        accounts=names.accounts(key),
        versions=_versions(service, key=key, selector=selector, account=account),
        routes=_routes(service, key),
        split=_split(service.split),
        circuit_breaker=_unset(service.circuit_breaker),
        outlier_detection=_unset(service.outlier_detection),
        load_balancing=_unset(service.load_balancing),
        connect_timeout=_unset(service.connect_timeout),
        rate_limit=service.rate_limit,
        mode=None if mtls is None else mtls.mode,
        port_modes={by_name[name].target: mode for name, mode in modes.items()},
        default=None if authorization is None else authorization.default,
        rules=tuple(_rule(rule, key.namespace, by_name=by_name, names=names) for rule in rules),
        probes=policed.probes,
        shown=names.shown.services.get(key),
        pods=_pods(names.shown, key.namespace, (selector, *_own_selectors(service))),
    )


def _own_selectors(service: Service) -> Iterable[Mapping[str, str]]:
    """List the selectors of versions whose pods the service's own does not pick."""
    return (version.selector for version in (service.versions or {}).values() if version.selector is not None)


def _pods(shown: Shown, namespace: str, selectors: Iterable[Mapping[str, str]]) -> tuple[ShownWorkload, ...]:
    """Find the workloads that any of several selectors picks, each once."""
    found = (pod for selector in selectors for pod in shown.pods(namespace, selector))
    return tuple({id(pod): pod for pod in found}.values())


def _unset(value: _T | Ambient) -> _T | None:
    """An unfolded service has no `ambient` left; this tells the type checker."""
    return None if isinstance(value, Ambient) else value


def port_of(port: Port) -> ServicePort:
    """Work out a port's defaults: `targetPort` is `port`, the name `<protocol>-<number>`."""
    protocol = port.protocol or Protocol.HTTP
    written = port.target_port
    target: int | str = port.port if written is None and port.port is not None else str(written)
    if isinstance(target, str) and target.isdecimal():
        target = int(target)
    name = port.name or f"{protocol.value}-{port.port if port.port is not None else target}"
    return ServicePort(number=port.port, target=target, protocol=protocol, name=name)


def port_names(port: ServicePort) -> tuple[str, str]:
    """List what a port is called by in a file: its name and its number."""
    return (port.name, str(port.target if port.number is None else port.number))


def _versions(
    service: Service, *, key: ServiceKey, selector: Mapping[str, str], account: Account
) -> dict[str, ServiceVersion]:
    return {
        name: _version(name, version, key=key, selector=selector, account=account)
        for name, version in (service.versions or {}).items()
    }


def _version(
    name: str, version: Version, *, key: ServiceKey, selector: Mapping[str, str], account: Account
) -> ServiceVersion:
    default = {} if version.create_service is False or version.selector is not None else {"version": name}
    labels = default if version.labels is None else version.labels
    return ServiceVersion(
        name=name,
        labels=labels,
        selector=version.selector or {**selector, **labels},
        has_own_selector=version.selector is not None,
        service=version.service or f"{key.name}-{name}",
        is_service_created=version.create_service is not False,
        account=_version_account(version, account),
    )


def _split(split: Split | None) -> ToService | ToVersions:
    if split is None:
        return ToService()
    return ToVersions(shares=tuple(Share(name, percent) for name, percent in split.items()))


def _routes(service: Service, key: ServiceKey) -> tuple[ResolvedRoute, ...]:
    routes = tuple(_route(route, service, key) for route in service.routes)
    rest = _route(None, service, key)
    if not routes or routes[-1].matches:
        return (*routes, rest)
    # No gRPC call can be redirected: what such a port gets is left.
    calls = tuple(str(port.port) for port in service.ports if port.protocol is Protocol.GRPC)
    if calls and isinstance(routes[-1].destination, Redirect):
        return (*routes, replace(rest, matches=(Match(ports=calls),)))
    return routes


def _route(route: Route | None, service: Service, key: ServiceKey) -> ResolvedRoute:
    """Join a route, or the implied last one, with what it inherits from its service."""
    destination = _destination(route, service, key)
    is_redirect = route is not None and route.redirect is not None

    def inherited(name: str) -> object:
        own = None if route is None else getattr(route, name)
        if own is not None or is_redirect:
            return own
        above = getattr(service, name)
        return None if isinstance(above, Ambient) else above

    headers = (route.headers if route is not None else None) or service.headers
    return ResolvedRoute(
        name=None if route is None else route.name,
        matches=() if route is None else route.match,
        destination=destination,
        rewrite=None if route is None else route.rewrite,
        headers=headers,
        timeout=inherited("timeout"),  # type: ignore[arg-type]
        retries=inherited("retries"),  # type: ignore[arg-type]
        fault=inherited("fault"),  # type: ignore[arg-type]
        mirror=inherited("mirror"),  # type: ignore[arg-type]
        cors=inherited("cors"),  # type: ignore[arg-type]
    )


def _destination(route: Route | None, service: Service, key: ServiceKey) -> Destination:
    if route is None:
        return _split(service.split)
    if route.redirect is not None:
        return route.redirect
    if route.service is not None:
        head, _, rest = route.service.rpartition("/")
        name, _, port = rest.partition(":")
        number = int(port) if port.isdecimal() else port or None
        return ToOther(key=ServiceKey(head or key.namespace, name), port=number)
    return _split(service.split if route.split is None else route.split)


def _rule(rule: Rule, namespace: str, *, by_name: Mapping[str, ServicePort], names: _Names) -> ResolvedRule:
    token = None
    if rule.when is not None:
        token = Token(provider=rule.when.jwt.provider, claims=rule.when.jwt.claims or {})
    return ResolvedRule(
        name=rule.name,
        action=rule.effect,
        sources=tuple(source for entry in rule.from_ for source in _sources(entry, namespace, names)),
        targets=tuple(_target(entry, by_name) for entry in rule.to),
        token=token,
    )


def _sources(entry: From, namespace: str, names: _Names) -> tuple[Source, ...]:
    excepts = tuple(who for excepted in entry.except_ for who in names.who(excepted, namespace))
    found = names.who(entry, namespace)
    return tuple(Source(who=who, excepts=excepts) for who in found) or (Source(who=None, excepts=excepts),)


def _target(entry: To, by_name: Mapping[str, ServicePort]) -> Target:
    return Target(
        request=_request(entry, by_name),
        excepts=tuple(_request(excepted, by_name) for excepted in entry.except_),
    )


def _request(entry: To | Operation, by_name: Mapping[str, ServicePort]) -> Request:
    return Request(
        methods=entry.methods,
        paths=entry.paths,
        headers={name.lower(): match for name, match in (entry.headers or {}).items()},
        hostnames=entry.hostnames,
        ports=tuple(by_name[name] for name in entry.ports),
    )


def _wide(intent: MeshIntent) -> Iterable[NamespaceWide]:
    mtls, authorization = intent.spec.mtls, intent.spec.authorization
    mode = mtls.mode if mtls is not None and mtls.scope is not None else None
    default: Action | None = None
    if authorization is not None and authorization.scope is not None:
        default = authorization.default
    if mode is not None or default is not None:
        yield NamespaceWide(namespace=intent.metadata.namespace, intent=intent, mode=mode, default=default)
