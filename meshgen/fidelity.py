"""What is told of gaps, what of them is accepted, and the intents without what was accepted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from meshgen.acceptance import Agreement, Loss, ineffective, loss_of, place_of, unneeded, without
from meshgen.diagnostics import Code, Diagnostic, Severity, Span
from meshgen.gaps import Gap
from meshgen.intent.keys import ServiceKey
from meshgen.intent.model import MeshIntent, Service
from meshgen.profile import Profile
from meshgen.support import NOT_BUILT, Approximate, Full, Requires, Unsupported

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
class Cause:
    """Gaps of one service that one row answers for, within one block."""

    gaps: tuple[Gap, ...]
    loss: Loss | None  # what accepting it would leave out; None: it may never be accepted
    agreement: Agreement | None  # the entry that accepts it
    is_accepted: bool

    @property
    def first(self) -> Gap:
        """The gap that is told of."""
        return self.gaps[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """Findings of fidelity, and what is left of the intents: the same ones where nothing was accepted."""

    findings: tuple[Diagnostic, ...]
    causes: tuple[Cause, ...]
    intents: tuple[MeshIntent, ...]

    def then(self, later: Settlement) -> Settlement:
        """Join it with that of what it left; a requirement of both is told once."""
        known = {found.message for found in self.findings if found.code is REQUIREMENT}
        fresh = (found for found in later.findings if found.message not in known)
        return Settlement(
            findings=(*self.findings, *fresh), causes=(*self.causes, *later.causes), intents=later.intents
        )


def settle(
    found: Iterable[Gap],
    intents: tuple[MeshIntent, ...],
    profile: Profile,
    *,
    entries: tuple[Agreement, ...],
    is_partial: bool,
) -> Settlement:
    """Tell each gap once, and leave out of the intents what is accepted.

    Reports MG301 to MG304 and MG309. `is_partial` accepts whatever could be accepted without
    naming a service.
    """
    causes = tuple(_causes(found, entries, is_partial))
    told = _once(diagnostic for cause in causes for diagnostic in _tell(cause, profile))
    return Settlement(
        findings=tuple(told),
        causes=causes,
        intents=_left(intents, tuple(cause for cause in causes if cause.is_accepted)),
    )


def _causes(found: Iterable[Gap], entries: tuple[Agreement, ...], is_partial: bool) -> Iterator[Cause]:
    grouped: dict[tuple[object, ...], list[Gap]] = {}
    for gap in found:
        path = gap.use.usage.path
        block = path[:3] if path[0] in ("routes", "authorization") else path[:1]
        key = gap.use.usage.span if gap.use.service is None else gap.use.service.key
        # What differs is told by the block; requirements, which may name a value, stand each for itself.
        part = path if gap.row.requires else block
        grouped.setdefault((id(gap.row), key, part), []).append(gap)
    for gaps in grouped.values():
        loss = loss_of(gaps[0].use, gaps[0].row)
        agreement = _agreement(gaps, loss, entries)
        by_flag = is_partial and loss not in (None, Loss.ROUTE, Loss.NOTHING)
        yield Cause(
            gaps=tuple(gaps),
            loss=loss,
            agreement=agreement,
            is_accepted=_is_error(gaps[0]) and (agreement is not None or by_flag),
        )


def _is_error(gap: Gap) -> bool:
    return isinstance(gap.row.answer, Unsupported) or (
        isinstance(gap.row.answer, Approximate) and gap.row.widens
    )


def _agreement(gaps: list[Gap], loss: Loss | None, entries: tuple[Agreement, ...]) -> Agreement | None:
    service = gaps[0].use.service
    if loss is None or service is None or not _is_error(gaps[0]):
        return None
    return next((entry for entry in entries if _covers(entry, gaps, loss, service.key)), None)


def _covers(entry: Agreement, gaps: Iterable[Gap], loss: Loss | None, key: ServiceKey) -> bool:
    features = {gap.use.usage.feature for gap in gaps}
    return entry.covers(features, key, with_service=loss in (Loss.ROUTE, Loss.NOTHING))


def useless(
    entries: tuple[Agreement, ...], settled: Settlement, limited: Iterable[Diagnostic], profile: Profile
) -> Iterator[Diagnostic]:
    """Tell of entries that accept nothing, MG310 and MG312; `limited` are errors that none can accept."""
    final = {found.feature for found in limited if found.severity is Severity.ERROR}
    for entry in entries:
        if any(_is_used(entry, cause) for cause in settled.causes):
            continue
        meant = next((cause for cause in settled.causes if _is_meant(entry, cause)), None)
        if meant is not None or entry.entry.feature in final:
            yield ineffective(entry, None if meant is None else _acceptable_of(meant), profile)
        else:
            yield unneeded(entry, profile)


def _is_used(entry: Agreement, cause: Cause) -> bool:
    """True where an entry accepts a loss, alone or beside another entry."""
    service = cause.first.use.service
    if cause.agreement is None or service is None:
        return False
    return _covers(entry, cause.gaps, cause.loss, service.key)


def _is_meant(entry: Agreement, cause: Cause) -> bool:
    service = cause.first.use.service
    features = {gap.use.usage.feature for gap in cause.gaps}
    return service is not None and _is_error(cause.first) and entry.speaks_of(features, service.key)


def _acceptable_of(cause: Cause) -> str | None:
    """Name the service for which a loss may be accepted."""
    service = cause.first.use.service
    return None if cause.loss is None or service is None else service.key.name


def _once(told: Iterable[tuple[Diagnostic, str]]) -> Iterator[Diagnostic]:
    """One cause that several services share is one finding that lists them."""
    grouped: dict[tuple[object, ...], tuple[Diagnostic, dict[str, None]]] = {}
    for diagnostic, service in told:
        # A requirement is of the cluster and told once a render, the others at each place.
        place = None if diagnostic.code is REQUIREMENT else diagnostic.span
        key = (diagnostic.code.number, diagnostic.severity, diagnostic.message, place)
        grouped.setdefault(key, (diagnostic, {}))[1][service] = None
    for diagnostic, services in grouped.values():
        listed = f" (services {', '.join(services)})" if len(services) > 1 else ""
        yield replace(diagnostic, message=diagnostic.message + listed)


def _tell(cause: Cause, profile: Profile) -> Iterator[tuple[Diagnostic, str]]:
    gap = cause.first
    service = "" if gap.use.service is None else gap.use.service.key.name
    if (lost := _lost(cause, profile)) is not None:
        yield lost, service
    for requirement in gap.row.requires:
        if requirement.id not in profile.holds:
            yield _required(requirement, gap, profile), service


def _lost(cause: Cause, profile: Profile) -> Diagnostic | None:
    feature = ", ".join(dict.fromkeys(gap.use.usage.feature for gap in cause.gaps))
    match cause.first.row.answer:
        case Unsupported(why=why, hint=hint) as answer:
            code = NOT_BUILT_YET if answer is NOT_BUILT else UNSUPPORTED
            message = f"{profile.name} cannot carry {feature}: {why}"
        case Approximate(how=how, facets=facets):
            code, hint = APPROXIMATED, ""
            message = f"{profile.name} carries {feature} nearly: {how} (differs in {', '.join(facets)})"
        case Full(remark=str(remark), severity=severity):
            return _placed(Diagnostic(code=REMARK, message=remark, severity=severity), cause.first, profile)
        case Full():
            return None
    severity = Severity.WARNING
    if cause.is_accepted and cause.loss is not None:
        message = f"{message}; accepted: {cause.loss.value}"
    elif _is_error(cause.first):
        severity, hint = Severity.ERROR, _with_accept(hint, cause, profile)
    told = Diagnostic(code=code, message=message, severity=severity, hint=hint or None)
    return _placed(told, cause.first, profile)


def _with_accept(hint: str, cause: Cause, profile: Profile) -> str:
    """Add to a hint the entry that would accept the loss, where one may."""
    if cause.loss is None or cause.first.use.service is None or cause.first.row.answer is NOT_BUILT:
        return hint
    usage, service = cause.first.use.usage, cause.first.use.service.key.name
    entry = f"{{feature: {usage.feature}, mesh: {profile.name}, service: {service}, reason: ...}}"
    agree = f"accept the loss with spec.accept: [{entry}]"
    return f"{hint}; or {agree}" if hint else agree


def _required(requirement: Requires, gap: Gap, profile: Profile) -> Diagnostic:
    service = "" if gap.use.service is None else gap.use.service.key.name
    what = requirement.what.format(service=service, value=gap.use.usage.value)
    setting = requirement.setting or f"holds={requirement.id}"
    told = Diagnostic(
        code=REQUIREMENT,
        message=f"{requirement.id}: {what}",
        severity=requirement.severity,
        hint=f"where it holds, say so with --set {setting} or in the profile",
    )
    return _placed(told, gap, profile)


def _placed(told: Diagnostic, gap: Gap, profile: Profile) -> Diagnostic:
    """Say of a finding what was asked, where, of which mesh, and whence the answer comes."""
    usage = gap.use.usage
    return replace(
        told,
        span=usage.span or _outer_span(gap),
        feature=usage.feature,
        mesh=profile.name,
        source=gap.row.source or None,
    )


def _outer_span(gap: Gap) -> Span | None:
    return (
        None
        if gap.use.service is None
        else gap.use.service.intent.spec.span("services", gap.use.service.key.name)
    )


def _left(intents: tuple[MeshIntent, ...], accepted: tuple[Cause, ...]) -> tuple[MeshIntent, ...]:
    losses: _Losses = {}
    for cause in accepted:
        for gap in cause.gaps:
            if gap.use.service is not None and cause.loss is not None:
                place = place_of(cause.loss, gap.use.usage.path)
                losses.setdefault(gap.use.service.key, {})[place] = cause.loss
    if not losses:
        return intents
    return tuple(_intent_left(intent, losses) for intent in intents)


_Losses = dict[ServiceKey, dict[tuple[str | int, ...], Loss]]  # by service and place; one a place


def _intent_left(intent: MeshIntent, losses: _Losses) -> MeshIntent:
    services: dict[str, Service] = {}
    for name, service in (intent.spec.services or {}).items():
        left = service
        mine = losses.get(ServiceKey(intent.metadata.namespace, name), {})
        # Backwards, and what is inside first, so that the indexes of what is still to go stay right.
        for path in sorted(mine, key=_in_lists, reverse=True):
            left = without(left, mine[path], path)
        services[name] = left
    return replace(intent, spec=replace(intent.spec, services=services))


def _in_lists(path: tuple[str | int, ...]) -> tuple[tuple[int, str], ...]:
    return tuple((step, "") if isinstance(step, int) else (-1, step) for step in path)
