"""What hangs on several fields or services at once: names that Consul takes for one, and rules that meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from meshgen.backends.consul.plan.intentions import clashes
from meshgen.backends.consul.plan.names import Names, own_services, route_splitter
from meshgen.backends.consul.plan.splitter import routes_that_split
from meshgen.backends.consul.profiles import is_mirrored
from meshgen.diagnostics import Diagnostic, Severity, Span
from meshgen.fidelity import REQUIREMENT, UNSUPPORTED
from meshgen.intent.keys import Account
from meshgen.intent.resolved import OfAccount, ResolvedService, ResolvedSet
from meshgen.profile import Profile
from meshgen.values import DNS_LABEL


def limits(resolved: ResolvedSet, profile: Profile) -> Iterable[Diagnostic]:
    """Report what no accept can mend (MG301), and what Consul's naming asks of the cluster (MG303)."""
    names = Names(resolved, profile)
    named = tuple(found for service in resolved.services.values() for found in _named(service))
    yield from _names_that_clash(named, names)
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
