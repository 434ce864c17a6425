"""What an intent asks for and a mesh cannot carry as written: every use is looked up, none is skipped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from meshgen.backend import Backend
from meshgen.diagnostics import Span
from meshgen.intent.access import Action
from meshgen.intent.features import Usage, used
from meshgen.intent.keys import ServiceKey
from meshgen.intent.relations import relations
from meshgen.intent.resolved import ResolvedService, ResolvedSet
from meshgen.profile import Profile
from meshgen.support import Polarity, Row, Use

Judged = tuple[ServiceKey | None, str, Span | None, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A use of a feature and the row that answers for it."""

    use: Use
    row: Row

    @property
    def judged(self) -> Judged:
        """What is the same however much of the intent around it is left out."""
        service, usage = self.use.service, self.use.usage
        return None if service is None else service.key, usage.feature, usage.span, id(self.row)


def gaps(resolved: ResolvedSet, backend: Backend, profile: Profile) -> tuple[Gap, ...]:
    """Look up every feature that a set uses; what is Full without a word is left out."""
    table = backend.capabilities
    found = (Gap(use=use, row=table.answer(use)) for use in uses(resolved, profile, without=table.silent))
    return tuple(gap for gap in found if not gap.row.is_silent)


def uses(resolved: ResolvedSet, profile: Profile, *, without: frozenset[str] = frozenset()) -> Iterator[Use]:
    """Walk everything that is written in a set, service by service; features in `without` are passed over."""
    for service in resolved.services.values():
        for usage in (*used(service.written), *relations(service, resolved)):
            if usage.feature not in without:
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
