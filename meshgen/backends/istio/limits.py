"""Relations between fields that Istio cannot carry, whatever a single field says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from meshgen.backends.istio.plan.operations import alternatives
from meshgen.diagnostics import Code, Diagnostic, Span
from meshgen.intent.access import Action
from meshgen.intent.policy import RateLimit
from meshgen.intent.resolved import NamespaceWide, ResolvedService, ResolvedSet, ServicePort
from meshgen.profile import Profile

UNNUMBERED_PORT = Code(
    number="MG320",
    slug="unnumbered-port",
    meaning="Policies need the number of a container port, and the intent only names it.",
)
ROOT_NAMESPACE = Code(
    number="MG321",
    slug="root-namespace",
    meaning="In the mesh's root namespace a policy binds the pods of every namespace.",
)
SAME_ISSUER = Code(
    number="MG322",
    slug="same-issuer",
    meaning="Two providers of one issuer cannot be told apart, so a token of one would pass for the other.",
)
TOO_MANY_RULES = Code(
    number="MG323",
    slug="too-many-rules",
    meaning="The rules of a service, with their exceptions multiplied out, are more than a policy may hold.",
)

# istio/api security/v1beta1/authorization_policy.proto: most entries of `rules`.
_MOST_RULES = 512


def limits(resolved: ResolvedSet, profile: Profile) -> Iterator[Diagnostic]:
    """Report MG320 to MG323."""
    for wide in resolved.wide:
        yield from _scopes_of_root(wide, profile)
    for service in resolved.services.values():
        if service.key.namespace == profile.root_namespace:
            yield from _policies_of_root(service, profile)
        yield from _unnumbered(service, profile)
        yield from _issuers(service, resolved, profile)
        yield from _too_many(service, profile)


def _scopes_of_root(wide: NamespaceWide, profile: Profile) -> Iterator[Diagnostic]:
    if wide.namespace != profile.root_namespace:
        return
    for part, value in (("mtls", wide.mode), ("authorization", wide.default)):
        if value is not None:
            yield _of_root(f"spec.{part}.scope", wide.intent.spec.span(part, "scope"), profile)


def _policies_of_root(service: ResolvedService, profile: Profile) -> Iterator[Diagnostic]:
    written = service.written
    fields = (
        ("mtls", written.mtls is not None),
        ("authorization", written.authorization is not None),
        ("rateLimit", isinstance(service.rate_limit, RateLimit)),
    )
    for field, is_written in fields:
        if is_written:
            yield _of_root(f"{field} of {service.key.name}", written.span(field), profile)


def _of_root(what: str, span: Span | None, profile: Profile) -> Diagnostic:
    return Diagnostic(
        code=ROOT_NAMESPACE,
        message=f"{what} would bind every namespace's pods, as {profile.root_namespace!r} is the mesh's root",
        span=span,
        severity=ROOT_NAMESPACE.severity,
        mesh=profile.name,
        hint="keep services out of that namespace, or name another with --set rootNamespace=NAME",
        source="istio/api security/v1beta1/authorization_policy.proto",
    )


def _unnumbered(service: ResolvedService, profile: Profile) -> Iterator[Diagnostic]:
    """AuthorizationPolicy, PeerAuthentication and EnvoyFilter speak of container ports by number."""
    if not (service.rules or service.port_modes or isinstance(service.rate_limit, RateLimit)):
        return
    for index, port in enumerate(service.ports):
        if isinstance(port.target, str):
            yield Diagnostic(
                code=UNNUMBERED_PORT,
                message=f"the container port {port.target!r} of {service.key.name} {_numbers(service, port)}",
                span=service.written.ports[index].span("targetPort"),
                severity=UNNUMBERED_PORT.severity,
                feature="ports.targetPort",
                mesh=profile.name,
                hint="write the number as targetPort, or add the workload to the inputs",
            )


def _numbers(service: ResolvedService, port: ServicePort) -> str:
    shown = {found.number for pod in service.pods for found in pod.ports if found.name == port.target}
    return f"has several numbers: {', '.join(map(str, sorted(shown)))}" if shown else "has no number"


def _issuers(service: ResolvedService, resolved: ResolvedSet, profile: Profile) -> Iterator[Diagnostic]:
    names = sorted({rule.token.provider for rule in service.rules if rule.token is not None})
    issuers = Counter(resolved.providers[name].issuer for name in names)
    for issuer in sorted(issuer for issuer, count in issuers.items() if count > 1):
        same = [name for name in names if resolved.providers[name].issuer == issuer]
        yield Diagnostic(
            code=SAME_ISSUER,
            message=f"the providers {' and '.join(same)} of {service.key.name} have one issuer, {issuer!r}",
            span=service.written.span("authorization"),
            severity=SAME_ISSUER.severity,
            feature="authorization.rules.when.jwt.provider",
            mesh=profile.name,
            hint="name one of them, and tell tokens apart by a claim",
            source="istio/istio pilot/pkg/security/authz/model/generator.go",
        )


def _too_many(service: ResolvedService, profile: Profile) -> Iterator[Diagnostic]:
    for action in Action:
        count = sum(alternatives(rule) for rule in service.rules if rule.action is action)
        if count > _MOST_RULES:
            yield Diagnostic(
                code=TOO_MANY_RULES,
                message=f"the {action.value} rules of {service.key.name} are {count}, over {_MOST_RULES}",
                span=service.written.span("authorization"),
                severity=TOO_MANY_RULES.severity,
                feature="authorization.rules.to.except",
                mesh=profile.name,
                hint="join rules, or except fewer requests with fewer conditions each",
                source="istio/api security/v1beta1/authorization_policy.proto",
            )
