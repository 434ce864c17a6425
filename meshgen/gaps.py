"""What an intent asks for and a mesh cannot carry as written: every use is looked up, none is skipped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from meshgen.backend import Backend
from meshgen.diagnostics import Code, Diagnostic, Severity
from meshgen.intent.access import Action
from meshgen.intent.features import Usage, used
from meshgen.intent.relations import relations
from meshgen.intent.resolved import ResolvedService, ResolvedSet
from meshgen.profile import Profile
from meshgen.support import NOT_BUILT, Approximate, Full, Polarity, Requires, Row, Unsupported, Use

UNSUPPORTED = Code(
    number="MG301", slug="unsupported-feature", meaning="The mesh cannot do what the intent asks for."
)
APPROXIMATED = Code(
    number="MG302",
    slug="approximated-feature",
    meaning="The mesh does nearly what the intent asks for; the finding says what differs.",
    severity=Severity.WARNING,
)
REQUIREMENT = Code(
    number="MG303",
    slug="requirement",
    meaning="The manifests do what the intent asks for only if something holds outside them.",
    severity=Severity.NOTE,
)
REMARK = Code(
    number="MG304",
    slug="remark",
    meaning="The mesh does what the intent asks for, with a consequence worth knowing.",
    severity=Severity.NOTE,
)
NOT_BUILT_YET = Code(
    number="MG309",
    slug="not-built-yet",
    meaning="The language has this field, this release does not carry it.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A use of a feature and the row that answers for it."""

    use: Use
    row: Row


def gaps(resolved: ResolvedSet, backend: Backend, profile: Profile) -> tuple[Gap, ...]:
    """Look up every feature that a set uses; what is Full without a word is left out."""
    found = (Gap(use=use, row=backend.capabilities.answer(use)) for use in uses(resolved, profile))
    return tuple(gap for gap in found if not _is_silent(gap.row))


def uses(resolved: ResolvedSet, profile: Profile) -> Iterator[Use]:
    """Walk everything that is written in a set, service by service."""
    for service in resolved.services.values():
        for usage in (*used(service.written), *relations(service, resolved)):
            polarity = _polarity(usage, service)
            yield Use(usage=usage, service=service, set=resolved, profile=profile, polarity=polarity)
        yield from _of_providers(service, resolved, profile)
    yield from _of_namespaces(resolved, profile)


def _polarity(usage: Usage, service: ResolvedService) -> Polarity | None:
    match usage.path:
        case ("authorization", "rules", int(index), *below):
            if "except_" in below[:-1]:
                return Polarity.EXCEPT
            is_allow = service.rules[index].action is Action.ALLOW
            return Polarity.ALLOW if is_allow else Polarity.DENY
        case _:
            return None


def _of_providers(service: ResolvedService, resolved: ResolvedSet, profile: Profile) -> Iterator[Use]:
    """What is asked of the providers that a service's rules name."""
    for name in sorted({rule.token.provider for rule in service.rules if rule.token is not None}):
        for usage in used(resolved.providers[name]):
            prefixed = replace(usage, feature=f"jwtProviders.{usage.feature}")
            yield Use(usage=prefixed, service=service, set=resolved, profile=profile, polarity=None)


def _of_namespaces(resolved: ResolvedSet, profile: Profile) -> Iterator[Use]:
    """What is asked of every pod of a namespace."""
    for wide in resolved.wide:
        spec = wide.intent.spec
        for name, part in (("mtls", spec.mtls), ("authorization", spec.authorization)):
            if part is not None and part.scope is not None:
                feature = f"{name}.scope.{part.scope.value}"
                usage = Usage(feature=feature, value=part.scope, holder=part, key="scope", path=("scope",))
                yield Use(usage=usage, service=None, set=resolved, profile=profile, polarity=None)


def _is_silent(row: Row) -> bool:
    return isinstance(row.answer, Full) and row.answer.remark is None and not row.requires


def findings(found: Iterable[Gap], profile: Profile) -> tuple[Diagnostic, ...]:
    """Tell each gap once: one cause that several services share is one finding that lists them."""
    told: dict[tuple[object, ...], tuple[Diagnostic, list[str]]] = {}
    for gap in found:
        for diagnostic in _tell(gap, profile):
            key = (diagnostic.code.number, diagnostic.feature, diagnostic.message, diagnostic.span)
            services = told.setdefault(key, (diagnostic, []))[1]
            services.extend([] if gap.use.service is None else [gap.use.service.key.name])
    return tuple(diagnostic for diagnostic, _ in told.values())


def _tell(gap: Gap, profile: Profile) -> Iterator[Diagnostic]:
    usage, row = gap.use.usage, gap.row
    span, feature = usage.span, usage.feature

    def diagnostic(code: Code, message: str, *, severity: Severity, hint: str | None = None) -> Diagnostic:
        return Diagnostic(
            code=code,
            message=message,
            span=span,
            severity=severity,
            feature=feature,
            mesh=profile.name,
            hint=hint,
            source=row.source or None,
        )

    match row.answer:
        case Unsupported(why=why, hint=hint):
            code = NOT_BUILT_YET if row.answer is NOT_BUILT else UNSUPPORTED
            yield diagnostic(
                code, f"{profile.name} cannot carry {feature}: {why}", severity=Severity.ERROR, hint=hint
            )
        case Approximate(how=how, facets=facets):
            severity = Severity.ERROR if row.widens else Severity.WARNING
            message = f"{profile.name} carries {feature} nearly: {how} (differs in {', '.join(facets)})"
            yield diagnostic(APPROXIMATED, message, severity=severity)
        case Full(remark=str(remark), severity=severity):
            yield diagnostic(REMARK, remark, severity=severity)
        case Full():
            pass
    for requirement in row.requires:
        if requirement.id not in profile.holds:
            message = f"{requirement.id}: {_what(requirement, gap)}"
            hint = f"say that it holds with --set holds={requirement.id}, or in the profile"
            yield diagnostic(REQUIREMENT, message, severity=requirement.severity, hint=hint)


def _what(requirement: Requires, gap: Gap) -> str:
    service = "" if gap.use.service is None else gap.use.service.key.name
    return requirement.what.format(service=service, value=gap.use.usage.value)
