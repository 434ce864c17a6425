"""What hangs on several fields or services at once: names that Consul takes for one, and rules that meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from meshgen.backends.consul.plan.intentions import clashes
from meshgen.backends.consul.plan.names import Names, own_services, route_splitter
from meshgen.backends.consul.plan.splitter import routes_that_split
from meshgen.backends.consul.profiles import is_mirrored
from meshgen.diagnostics import Diagnostic, Severity, Span
from meshgen.fidelity import REQUIREMENT, UNSUPPORTED
from meshgen.intent.keys import Account
from meshgen.intent.overlapping import Selector, overlapping
from meshgen.intent.resolved import OfAccount, ResolvedService, ResolvedSet
from meshgen.profile import Profile
from meshgen.values import DNS_LABEL


def limits(resolved: ResolvedSet, profile: Profile) -> Iterable[Diagnostic]:
    """Report what no accept can mend (MG301), and what Consul's naming asks of the cluster (MG303)."""
    names = Names(resolved, profile)
    named = tuple(found for service in resolved.services.values() for found in _named(service))
    yield from _names_that_clash(named, names)
    yield from _pods_of_two(names)
    taken = {found.name for found in named}
    for service in resolved.services.values():
        if not is_mirrored(profile):
            yield from _accounts_of_others(service, taken, names)
        yield from _rules_that_clash(service, names)
        yield from _callers(service, profile)
    if named and not is_mirrored(profile):
        yield from _required(
            "service-names-unique",
            "no Service of another namespace has the name of one in the set: Consul would take both for one",
            profile,
            span=named[0].service.intent.metadata.span("namespace"),
        )


class _Named(NamedTuple):
    """A Consul service, and what of the intent gives it its name."""

    what: str
    name: str
    service: ResolvedService
    span: Span | None


def _named(service: ResolvedService) -> Iterator[_Named]:
    key = service.key
    yield _Named(f"the service {key}", key.name, service, service.written.span())
    for version in own_services(service):
        span = service.written.span("versions", version.name)
        yield _Named(f"the version {version.name} of {key}", version.service, service, span)
    spans = {route.name: route.span("name") for route in service.written.routes}
    for route, _ in routes_that_split(service):
        name = route_splitter(service, route)
        yield _Named(f"the split of the route {route} of {key}", name, service, spans[route])


def _names_that_clash(named: Iterable[_Named], names: Names) -> Iterator[Diagnostic]:
    first: dict[tuple[str, str], _Named] = {}
    for found in named:
        key = (names.namespace(found.service.key.namespace), found.name)
        other = first.setdefault(key, found)
        if other is not found:
            yield _unsupported(
                f"{found.what} and {other.what} would both be the Consul service {found.name}",
                names.profile,
                span=found.span,
                hint="rename one of them, or mirror namespaces, which the enterprise edition does",
                related=() if other.span is None else (("the other one", other.span),),
            )
        if (wrong := DNS_LABEL.check(found.name)) is not None:
            yield _unsupported(
                f"{found.what} would be a Consul service whose name is no name: {wrong}",
                names.profile,
                span=found.span,
                hint="shorten the name of the service or of the part",
            )


def _pods_of_two(names: Names) -> Iterator[Diagnostic]:
    """Consul registers a pod as one service; the other one would have nobody behind it."""
    # hashicorp/consul-k8s control-plane/connect-inject/controllers/endpoints/endpoints_controller.go
    for one, other in dict.fromkeys(
        (*overlapping(dict(_selectors(names.resolved))), *_shown(names.resolved))
    ):
        yield _unsupported(
            f"pods of {other.what} are pods of {one.what} too, and Consul registers a pod as one service",
            names.profile,
            span=other.span,
            hint="write podsOf on one of the two, or selectors that pick different pods",
            related=() if one.span is None else (("the other one", one.span),),
        )


class _Holder(NamedTuple):
    """Whose Service picks pods."""

    what: str
    span: Span | None


def _selectors(resolved: ResolvedSet) -> Iterator[tuple[_Holder, Selector]]:
    for holder, namespace, selector in _holders(resolved):
        yield holder, frozenset((namespace, *label) for label in selector.items())


def _shown(resolved: ResolvedSet) -> Iterator[tuple[_Holder, _Holder]]:
    """Yield those that pick one workload, the one that comes first before each other one."""
    first: dict[tuple[str, str, str, Span], _Holder] = {}
    for holder, namespace, selector in _holders(resolved):
        for pod in resolved.shown.pods(namespace, selector):
            one = first.setdefault((pod.kind, pod.namespace, pod.name, pod.span), holder)
            if one is not holder:
                yield one, holder


def _holders(resolved: ResolvedSet) -> Iterator[tuple[_Holder, str, Mapping[str, str]]]:
    for key in sorted(resolved.services):
        service = resolved.services[key]
        if service.written.pods_of is None:
            yield _Holder(f"the service {key}", service.written.span()), key.namespace, service.selector
            for version in own_services(service):
                span = service.written.span("versions", version.name)
                yield (
                    _Holder(f"the version {version.name} of {key}", span),
                    key.namespace,
                    version.selector,
                )


def _accounts_of_others(service: ResolvedService, taken: set[str], names: Names) -> Iterator[Diagnostic]:
    """An account that the set does not know stands for a service of its name, which must not be another."""
    for account in dict.fromkeys(_accounts(service)):
        if account.name in taken and account not in names.resolved.by_account:
            yield _unsupported(
                f"rules of {service.key.name} name the account {account}, which Consul would take for the "
                f"service {account.name} of the set",
                names.profile,
                span=service.written.span("authorization", "rules"),
                hint="name the caller by service, or give one of the two another name",
            )


def _accounts(service: ResolvedService) -> Iterator[Account]:
    sources = (source for rule in service.rules for source in rule.sources)
    every = (who for source in sources for who in (source.who, *source.excepts))
    yield from (who.account for who in every if isinstance(who, OfAccount))


def _rules_that_clash(service: ResolvedService, names: Names) -> Iterator[Diagnostic]:
    for clash in clashes(service, names):
        yield _unsupported(
            f"rules of {service.key.name} meet in requests that no permission of Consul can name: "
            f"{clash.one} and {clash.other}",
            names.profile,
            span=service.written.span("authorization", "rules"),
            hint="name the requests by exact paths or prefixes, one within the other or apart",
        )


def _callers(service: ResolvedService, profile: Profile) -> Iterator[Diagnostic]:
    span = service.written.span()
    if service.is_caller_only and service.shown is None:
        what = f"a Service named {service.key.name} picks the pods: its name is their identity"
        yield from _required("service-for-caller", what, profile, span=span)
    is_told = service.written.service_account is not None or service.written.pods_of is not None
    if not is_told and service.account.name != service.key.name:
        what = (
            f"the Consul service of {service.account.name} is named like the account of its pods; "
            "where ACLs are on, they do not start otherwise"
        )
        yield from _required("service-named-like-its-account", what, profile, span=span)


def _unsupported(
    message: str,
    profile: Profile,
    *,
    span: Span | None,
    hint: str,
    related: tuple[tuple[str, Span], ...] = (),
) -> Diagnostic:
    return Diagnostic(
        code=UNSUPPORTED,
        message=f"{profile.name}: {message}",
        span=span,
        severity=Severity.ERROR,
        mesh=profile.name,
        hint=hint,
        related=related,
    )


def _required(id: str, what: str, profile: Profile, *, span: Span | None) -> Iterator[Diagnostic]:
    if id not in profile.holds:
        yield Diagnostic(
            code=REQUIREMENT,
            message=f"{id}: {what}",
            span=span,
            severity=Severity.NOTE,
            mesh=profile.name,
            hint=f"where it holds, say so with --set holds={id} or in the profile",
        )
