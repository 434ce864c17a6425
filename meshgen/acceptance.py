"""Losses that a team agrees to: what may be accepted, who accepts it, and the intent without it."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from meshgen.diagnostics import Code, Diagnostic, Severity
from meshgen.intent.access import Action, Mode
from meshgen.intent.document import is_sound
from meshgen.intent.keys import ServiceKey
from meshgen.intent.model import Accept, MeshIntent, Service
from meshgen.intent.policy import Retries
from meshgen.intent.resolve import port_names, port_of
from meshgen.profile import Profile
from meshgen.support import Approximate, Polarity, Row, Unsupported, Use

UNNEEDED_ACCEPT = Code(
    number="MG310",
    slug="unneeded-accept",
    meaning="An entry of `accept` agrees to a loss that this mesh does not have.",
    severity=Severity.WARNING,
)
INEFFECTIVE_ACCEPT = Code(
    number="MG312",
    slug="ineffective-accept",
    meaning="An entry of `accept` names a loss that it does not cover, so the loss stays an error.",
    severity=Severity.WARNING,
)


class Loss(enum.Enum):
    """What is left out where an Unsupported is accepted."""

    FIELD = "the field is left out"
    RULE = "the rule is left out whole"
    STRICT = "strict takes the place of permissive"
    ROUTE = "the route is left out whole"
    PORTS = "the ports after the first are left out"
    NOTHING = "it is carried as described"  # of an Approximate


# Traffic fields that may be left out alone; what they leave behind is sound by itself.
_TRAFFIC = (
    "circuitBreaker",
    "connectTimeout",
    "cors",
    "fault",
    "headers",
    "loadBalancing",
    "mirror",
    "outlierDetection",
    "probes",
    "rateLimit",
    "retries",
    "rewrite",
    "split",
    "timeout",
)
_WITH_ROUTE = ("routes.match.", "routes.redirect.", "routes.service")


def loss_of(use: Use, row: Row) -> Loss | None:
    """Say what accepting a gap leaves out; None where it may never be accepted.

    Never accepted are a lost deny rule, an order of routes, a rule without its exceptions, a match
    condition without its route, strict rendered as less, and what has no field to leave out.
    """
    feature = use.usage.feature
    if isinstance(row.answer, Approximate):
        return Loss.NOTHING
    if not isinstance(row.answer, Unsupported) or row.answer.is_final:
        return None
    if feature.startswith("authorization.rules."):
        return Loss.RULE if _is_of_allow_rule(use) else None
    if feature in ("mtls.mode.permissive", "mtls.ports.permissive"):
        return Loss.STRICT
    if feature.startswith(_WITH_ROUTE):
        return Loss.ROUTE if _leaves_its_requests(use) else None
    if feature == "ports.second":
        return Loss.PORTS
    return Loss.FIELD if feature.removeprefix("routes.").partition(".")[0] in _TRAFFIC else None


def _is_of_allow_rule(use: Use) -> bool:
    if use.polarity is Polarity.EXCEPT and use.service is not None:
        index = use.usage.path[2]
        assert isinstance(index, int)
        return use.service.rules[index].action is Action.ALLOW
    return use.polarity is Polarity.ALLOW


def _leaves_its_requests(use: Use) -> bool:
    """True where no later route could match what a route matches, so that `split` alone takes it over."""
    from meshgen.intent.patterns import patterns_of, sample  # automata, which few intents need

    service, index = use.service, use.usage.path[1]
    if service is None or not isinstance(index, int):
        return False
    here, *later = (patterns_of(route, service.http_ports) for route in service.written.routes[index:])
    ports = [port.name for port in service.http_ports]
    return all(
        sample([one, other], ports=ports) is None for one in here for found in later for other in found
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """An entry of `accept`, with the document that it stands in."""

    entry: Accept
    intent: MeshIntent
    field: str  # where it stands: spec.accept[0]

    def speaks_of(self, features: Iterable[str], key: ServiceKey) -> bool:
        """True where it names one of the features, and no other service."""
        return self.covers(features, key, with_service=False)

    def covers(self, features: Iterable[str], key: ServiceKey, *, with_service: bool) -> bool:
        """True where it names one of the features, and the service where it has to."""
        entry = self.entry
        is_here = self.intent.metadata.namespace == key.namespace and key.name in (
            self.intent.spec.services or {}
        )
        is_named = entry.service == key.name or (entry.service is None and not with_service)
        return is_here and is_named and entry.feature in features


def agreements(intents: Iterable[MeshIntent], profile: Profile) -> tuple[Agreement, ...]:
    """List the entries that speak of a profile: by its own name, or by that of its mesh."""
    return tuple(
        Agreement(entry=entry, intent=intent, field=f"spec.accept[{index}]")
        for intent in intents
        for index, entry in enumerate(intent.spec.accept)
        if entry.mesh in (profile.name, profile.mesh)
    )


def unneeded(agreement: Agreement, profile: Profile) -> Diagnostic:
    """Report an entry that nothing needs, MG310."""
    return _useless(agreement, profile, UNNEEDED_ACCEPT, "needs no accept", "take this entry away")


def ineffective(agreement: Agreement, service: str | None, profile: Profile) -> Diagnostic:
    """Report an entry that does not cover the loss it names, MG312; naming `service` would accept it."""
    if service is None:
        why, hint = "may not be accepted", "take this entry away; the finding of the loss says what to write"
    else:
        why, hint = "is accepted for a service by its name alone", f"add service: {service}"
    return _useless(agreement, profile, INEFFECTIVE_ACCEPT, why, hint)


def _useless(agreement: Agreement, profile: Profile, code: Code, why: str, hint: str) -> Diagnostic:
    return Diagnostic(
        code=code,
        message=f"{agreement.entry.feature} {why} on {profile.name}",
        span=agreement.entry.span(),
        severity=code.severity,
        field=agreement.field,
        feature=agreement.entry.feature,
        mesh=profile.name,
        hint=hint,
    )


def place_of(loss: Loss, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Say what a loss leaves out, of whose parts several may be lost: a rule, a route, or the field alone."""
    match loss:
        case Loss.RULE:
            return path[:3]
        case Loss.ROUTE:
            return path[:2]
        case _:
            return path


def without(service: Service, loss: Loss, path: tuple[str | int, ...]) -> Service:
    """Give an unfolded service without what a loss leaves out; `path` is that of the usage.

    Nothing happens where an earlier loss took the block away that it stands in.
    """
    if not _stands(service, path):
        return service
    match loss:
        case Loss.FIELD | Loss.RULE | Loss.ROUTE:
            return _left_out(service, place_of(loss, path)) or service
        case Loss.STRICT:
            return _at(service, path, Mode.STRICT)  # type: ignore[no-any-return]
        case Loss.PORTS:
            return _with_first_port(service)
        case Loss.NOTHING:
            return service


def _with_first_port(service: Service) -> Service:
    first = service.ports[:1]
    names = {name for port in first for name in port_names(port_of(port))}
    mtls = service.mtls
    if mtls is not None and mtls.ports is not None:
        kept = {name: mode for name, mode in mtls.ports.items() if name in names}
        left = replace(mtls, ports=kept or None)
        mtls = left if is_sound(left) else None
    return replace(service, ports=first, mtls=mtls)


def _stands(root: Any, path: tuple[str | int, ...]) -> bool:
    for step in path:
        if isinstance(root, tuple):
            root = root[step] if isinstance(step, int) and step < len(root) else None
        elif isinstance(root, Mapping):
            root = root.get(step)
        else:
            root = getattr(root, str(step), None)
        if root is None:
            return False
    return True


def _at(root: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """Put a value at a path; what lies beside it stays."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(root, tuple) and isinstance(step, int):
        return (*root[:step], _at(root[step], rest, value), *root[step + 1 :])
    if isinstance(root, Mapping):
        return {**root, step: _at(root[step], rest, value)}
    return replace(root, **{str(step): _at(getattr(root, str(step)), rest, value)})


def _left_out(root: Any, path: tuple[str | int, ...]) -> Any:
    """Take away what stands at a path, and each block above it that may not be empty; None: nothing left."""
    step, rest = path[0], path[1:]
    if isinstance(root, tuple) and isinstance(step, int):
        kept = _left_out(root[step], rest) if rest else None
        items = (*root[:step], *(() if kept is None else (kept,)), *root[step + 1 :])
        return items or None
    if isinstance(root, Mapping):
        kept = _left_out(root[step], rest) if rest else None
        entries = {name: value for name, value in root.items() if name != step}
        return {**entries, **({} if kept is None else {step: kept})} or None
    kept = _left_out(getattr(root, str(step)), rest) if rest else None
    return _without_field(root, str(step), kept)


def _without_field(holder: Any, name: str, kept: Any) -> Any:
    if isinstance(holder, Retries) and name == "retry_on" and kept is None:
        return None  # tries that end on nothing are no retries
    empty = () if isinstance(getattr(holder, name), tuple) else None
    changed = replace(holder, **{name: empty if kept is None else kept})
    return changed if is_sound(changed) else None
