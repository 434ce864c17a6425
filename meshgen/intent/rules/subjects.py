"""Services and authorization rules as the rules of the intent see them: with their place in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from meshgen.diagnostics import Span
from meshgen.intent.access import Rule
from meshgen.intent.features import Located
from meshgen.intent.model import MeshIntent, Service
from meshgen.intent.resolve import Callers, account_of, port_names, port_of, selector_of
from meshgen.intent.resolved import Account, ServiceKey, ServicePort
from meshgen.intent.traffic import Route
from meshgen.source import ListNode, MapNode


class Stated(NamedTuple):
    """An authorization rule and where it is written."""

    rule: Rule
    field: str
    is_inherited: bool

    @property
    def from_field(self) -> str:
        """Where its callers are written; `callers` on a service is short for a whole rule."""
        return self.field if self.field.endswith(".callers") else f"{self.field}.from"


class Policy(NamedTuple):
    """A field that may stand on a service, on its routes and in `spec.defaults`, and where it is written."""

    value: object
    holder: Located
    field: str

    def span(self, *below: str | int) -> Span | None:
        """Find where the field, or what lies below it, is written."""
        return self.holder.span(self.field.rpartition(".")[2], *below)


@dataclass(frozen=True, kw_only=True, eq=False)
class Subject:
    """A service of the set, with what its fields come to."""

    key: ServiceKey
    service: Service  # unfolded
    intent: MeshIntent
    ports: tuple[ServicePort, ...]

    @property
    def field(self) -> str:
        """The service's own path."""
        return f"spec.services.{self.key.name}"

    @property
    def span(self) -> Span | None:
        """Where the service is written."""
        return self.service.span()

    @cached_property
    def service_ports(self) -> tuple[ServicePort, ...]:
        """The ports of the Service."""
        return tuple(port for port in self.ports if port.number is not None)

    @cached_property
    def http_ports(self) -> tuple[ServicePort, ...]:
        """The Service ports on which requests are seen."""
        return tuple(port for port in self.service_ports if port.protocol.is_http)

    def named(self, name: str) -> tuple[ServicePort, ...]:
        """Find the ports that a word fits."""
        return tuple(port for port in self.ports if name in port_names(port))

    def writes(self, key: str) -> bool:
        """Tell whether the service itself, not what it inherits, holds a key."""
        return key in self._written

    @cached_property
    def _written(self) -> frozenset[str]:
        source = self.service.source
        return (
            frozenset(entry.key.text for entry in source.entries)
            if isinstance(source, MapNode)
            else frozenset()
        )

    def policy(self, key: str, value: object) -> Policy:
        """Say where an inheritable field of the service is written."""
        if self.writes(key):
            return Policy(value, self.service, f"{self.field}.{key}")
        source = self.intent.spec.source
        defaults = source.value("defaults") if isinstance(source, MapNode) else None
        holder = Located(source=defaults if isinstance(defaults, MapNode) else None)
        return Policy(value, holder, f"spec.defaults.{key}")

    def routes(self) -> Iterator[tuple[Route, str]]:
        """Yield each route with its path."""
        for index, route in enumerate(self.service.routes):
            yield route, f"{self.field}.routes[{index}]"

    @cached_property
    def rules(self) -> tuple[Stated, ...]:
        """The rules that hold for the service: its own, then those of `spec.authorization`."""
        authorization = self.service.authorization
        if authorization is None:
            return ()
        own = self._own_rules(authorization.source)
        places = _places(self.intent)
        is_short = self.writes("callers")
        return tuple(
            Stated(
                rule,
                f"{self.field}.callers" if is_short else f"{self.field}.authorization.rules[{index}]",
                is_inherited=False,
            )
            if index < own
            else Stated(rule, places.get(id(rule.source), "spec.authorization"), is_inherited=True)
            for index, rule in enumerate(authorization.rules)
        )

    def _own_rules(self, source: object) -> int:
        """Count the service's own rules, which unfolding puts before those that it inherits."""
        spec = self.intent.spec.authorization
        if not isinstance(source, MapNode) or (spec is not None and source is spec.source):
            return 0
        if source is self.service.source:
            return 1
        rules = source.value("rules")
        return len(rules.items) if isinstance(rules, ListNode) else 0


def _places(intent: MeshIntent) -> dict[int, str]:
    return {id(rule.source): field for rule, field, _ in wide_rules(intent)}


def wide_rules(intent: MeshIntent) -> tuple[Stated, ...]:
    """List the rules of `spec.authorization`."""
    authorization = intent.spec.authorization
    rules = () if authorization is None else authorization.rules
    return tuple(
        Stated(rule, f"spec.authorization.rules[{index}]", is_inherited=True)
        for index, rule in enumerate(rules)
    )


@dataclass(frozen=True, kw_only=True)
class Scene:
    """All that the rules of the intent look at."""

    intents: tuple[MeshIntent, ...]
    subjects: Mapping[ServiceKey, Subject]
    callers: Callers

    def of(self, intent: MeshIntent) -> Iterator[Subject]:
        """Yield the services of one document."""
        for name in intent.spec.services or {}:
            subject = self.subjects[ServiceKey(intent.metadata.namespace, name)]
            if subject.intent is intent:
                yield subject

    def owner(self, subject: Subject) -> Subject:
        """Find the service whose pods a service fronts; itself where `podsOf` is not written or unknown."""
        pods_of = subject.service.pods_of
        if pods_of is None:
            return subject
        return self.subjects.get(ServiceKey(subject.key.namespace, pods_of), subject)

    def account(self, subject: Subject) -> Account:
        """Name the account of a service."""
        owner = self.owner(subject)
        return account_of(owner.key, owner.service, owner.intent)

    def accounts(self, subject: Subject) -> frozenset[Account]:
        """List the identities of a service's pods."""
        own = self.account(subject)
        versions = (self.owner(subject).service.versions or {}).values()
        return frozenset(
            own if version.service_account is None else Account(own.namespace, version.service_account)
            for version in versions
        ) or frozenset({own})

    def selector(self, subject: Subject) -> Mapping[str, str]:
        """Name the labels of the pods behind a service."""
        owner = self.owner(subject)
        return selector_of(owner.key, owner.service, owner.intent)


def scene_of(intents: Iterable[MeshIntent], *, callers: Callers) -> Scene:
    """Lay out a set of unfolded intents."""
    intents = tuple(intents)
    subjects: dict[ServiceKey, Subject] = {}
    for intent in intents:
        for name, service in (intent.spec.services or {}).items():
            key = ServiceKey(intent.metadata.namespace, name)
            ports = tuple(port_of(port) for port in service.ports)
            subjects[key] = Subject(key=key, service=service, intent=intent, ports=ports)
    return Scene(intents=intents, subjects=subjects, callers=callers)


def listed(names: Iterable[str], *, most: int = 5) -> str:
    """Join names for a message, with the count of those that are left out."""
    found = list(names)
    shown = ", ".join(found[:most])
    return shown if len(found) <= most else f"{shown} and {len(found) - most} more"
