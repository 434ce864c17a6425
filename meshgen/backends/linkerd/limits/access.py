"""Rules that no set of routes and policies says, and Servers that would say more than is asked."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise

from meshgen.backends.linkerd.limits.routes import MOST_CHARACTERS, MOST_MATCHES_OF_ROUTE
from meshgen.backends.linkerd.plan.access import Access, access
from meshgen.backends.linkerd.plan.cells import UncuttableError
from meshgen.backends.linkerd.plan.identities import UnsayableError
from meshgen.backends.linkerd.plan.match import longest_value
from meshgen.backends.linkerd.plan.pods import ContainerPort, closes_half, ports_of, says, unsaid
from meshgen.diagnostics import Code, Diagnostic, Severity
from meshgen.gatewayapi.requests import request_of
from meshgen.intent.policy import RateLimit
from meshgen.intent.resolved import ResolvedService, ResolvedSet
from meshgen.profile import Profile

INSEPARABLE_REQUESTS = Code(
    number="MG343",
    slug="inseparable-requests",
    meaning="Routes are ranked by how much they say, and none of them tell the requests of two rules apart.",
)
TOO_MANY_CONDITIONS = Code(
    number="MG344",
    slug="too-many-conditions",
    meaning="The rules of a service, cut into requests that are treated alike, need a larger route object.",
)
HALF_SAID = Code(
    number="MG345",
    slug="half-said",
    meaning="A Server replaces what the cluster admits by default, and the intent leaves half of that to it.",
)
TWO_RATES = Code(
    number="MG346",
    slug="two-rates",
    meaning="Two Services of the same pods limit one container port differently, and a Server has one limit.",
)


def limits(service: ResolvedService, resolved: ResolvedSet, profile: Profile) -> Iterator[Diagnostic]:
    """Report MG343 to MG346."""
    if service.written.pods_of is not None:
        return
    told: set[str] = set()
    for port in ports_of(service, resolved, profile):
        for diagnostic in (*_rules(port, profile), *_half(port, resolved, profile)):
            if diagnostic.message not in told:
                told.add(diagnostic.message)
                yield diagnostic
    yield from _rates(service, resolved, profile)


def _rules(port: ContainerPort, profile: Profile) -> Iterator[Diagnostic]:
    try:
        found = access(port.asked)
    except UnsayableError:
        return  # the table of capabilities tells it
    except UncuttableError as error:
        yield _of_rules(
            INSEPARABLE_REQUESTS,
            f"two rules of {port.owner.key.name} meet in {request_of(error.one, error.other)}, and their "
            "conditions rank alike or overlap in part",
            port,
            profile,
        )
        return
    yield from _too_many(found, port, profile)


def _too_many(found: Access, port: ContainerPort, profile: Profile) -> Iterator[Diagnostic]:
    cells = sorted(found.cells, key=lambda cell: (repr(cell.requests.hostname), repr(cell.content)))
    for _, group in groupby(cells, key=lambda cell: (cell.requests.hostname, cell.content)):
        matches = [cell.requests for cell in group]
        if len(matches) > MOST_MATCHES_OF_ROUTE:
            message = (
                f"the rules of {port.owner.key.name} tell {len(matches)} kinds of requests apart for the "
                f"same callers, and a route object holds {MOST_MATCHES_OF_ROUTE}"
            )
            yield _of_rules(TOO_MANY_CONDITIONS, message, port, profile)
        elif max(map(longest_value, matches)) > MOST_CHARACTERS:
            message = (
                f"what is left of a prefix beside the exact paths of {port.owner.key.name} takes an "
                f"expression of more than {MOST_CHARACTERS} characters"
            )
            yield _of_rules(TOO_MANY_CONDITIONS, message, port, profile)


def _of_rules(code: Code, message: str, port: ContainerPort, profile: Profile) -> Diagnostic:
    authorization = port.owner.written.authorization
    return Diagnostic(
        code=code,
        message=message,
        span=None if authorization is None else authorization.span("rules"),
        severity=Severity.ERROR,
        field=f"spec.services.{port.owner.key.name}.authorization.rules",
        feature="authorization.rules.to",
        mesh=profile.name,
        hint="let the conditions of rules lie inside each other or apart",
        source="linkerd/linkerd2-proxy linkerd/http/route/src/http/match.rs",
    )


def _half(port: ContainerPort, resolved: ResolvedSet, profile: Profile) -> Iterator[Diagnostic]:
    owner = port.owner
    beside = unsaid(owner.key.namespace, resolved, profile)
    has_mode = owner.mode is not None or port.asked.port.target in owner.port_modes
    if not closes_half(beside) or not says(owner, port.asked.port):
        return
    if has_mode and owner.has_authorization:
        return
    missing, feature = ("authorization", "mtls.mode") if has_mode else ("mtls", "authorization.default")
    yield Diagnostic(
        code=HALF_SAID,
        message=f"{profile.name} admits the cluster's own addresses by default, which a Server of "
        f"{owner.key.name} cannot say beside its {feature.partition('.')[0]}",
        span=owner.written.span(feature.partition(".")[0]),
        severity=Severity.ERROR,
        field=f"spec.services.{owner.key.name}.{missing}",
        feature=feature,
        mesh=profile.name,
        hint=f"write {missing} too, so that nothing is left to the cluster",
        source="linkerd/linkerd2 policy-controller/k8s/index/src/inbound/index.rs",
    )


def _rates(service: ResolvedService, resolved: ResolvedSet, profile: Profile) -> Iterator[Diagnostic]:
    limited = [
        each
        for each in (service, *resolved.fronts.get(service.key, ()))
        if isinstance(each.rate_limit, RateLimit)
    ]
    for first, second in pairwise(limited):
        shared = {port.target for port in first.ports} & {port.target for port in second.ports}
        if shared and first.rate_limit != second.rate_limit:
            yield Diagnostic(
                code=TWO_RATES,
                message=f"{first.key.name} and {second.key.name} limit the same container port differently",
                span=second.written.span("rateLimit"),
                severity=Severity.ERROR,
                field=f"spec.services.{second.key.name}.rateLimit",
                feature="rateLimit.requests",
                mesh=profile.name,
                hint="write one rateLimit for both",
            )
