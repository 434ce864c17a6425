"""Rules of AuthorizationPolicies: who asks, what for, and under which conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from meshgen.backends.istio.outcome import terms
from meshgen.backends.istio.outcome.terms import Asked, Place, Term
from meshgen.intent.outcome.conditions import Conditions
from meshgen.intent.outcome.facets import Basis, Facet, Step, Verdict
from meshgen.resources import Resource

SOURCE = "istio/istio pilot/pkg/security/authz/model/model.go"

_Builder = Callable[[Sequence[str], Place], Term]
_FROM: Mapping[str, _Builder] = {
    "principals": terms.principals,
    "serviceAccounts": terms.service_accounts,
    "namespaces": terms.namespaces,
    "trustDomains": terms.trust_domains,
    "ipBlocks": terms.addresses,
    "remoteIpBlocks": terms.addresses,
    "requestPrincipals": terms.request_principals,
}
_TO: Mapping[str, _Builder] = {
    "ports": terms.ports,
    "methods": terms.asked_methods,
    "hosts": terms.asked_hosts,
    "paths": terms.asked_paths,
}
_WHEN: Mapping[str, _Builder] = {
    "source.ip": terms.addresses,
    "remote.ip": terms.addresses,
    "source.namespace": terms.namespaces,
    "source.serviceAccount": terms.service_accounts,
    "source.principal": terms.principals,
    "source.trustDomain": terms.trust_domains,
    "request.auth.principal": terms.request_principals,
    "request.auth.audiences": lambda values, _: terms.claim("aud", values),
    "request.auth.presenter": lambda values, _: terms.claim("azp", values),
    "destination.port": terms.ports,
}
_HEADER = re.compile(r"request\.headers\[([^\]]+)\]")
_CLAIM = re.compile(r"request\.auth\.claims\[([^\]]+)\]")


class Rule(NamedTuple):
    """Parts that all hold: one of the sources, one of the operations, every condition."""

    sources: tuple[tuple[Term, ...], ...]
    operations: tuple[tuple[Term, ...], ...]
    conditions: tuple[Term, ...]
    step: Step  # what it decides

    def holds(self, asked: Asked) -> bool:
        """Tell whether it covers a request or connection."""
        return (
            all(term.holds(asked) for term in self.conditions)
            and _is_any(self.sources, asked)
            and _is_any(self.operations, asked)
        )

    @property
    def terms(self) -> Iterator[Term]:
        """Everything that it asks."""
        yield from self.conditions
        for entry in (*self.sources, *self.operations):
            yield from entry

    @property
    def told(self) -> Conditions:
        """What it tells apart."""
        return Conditions.of(term.told for term in self.terms)

    def on_connections(self, *, is_kept: bool) -> Rule | None:
        """Give what is left of it where there are no requests; None where nothing is.

        istio/istio pilot/pkg/security/authz/model/model.go: a rule that allows is dropped whole, one that
        denies (`is_kept`) loses what it asks of requests.
        """
        if not any(term.is_of_http for term in self.terms):
            return self
        if not is_kept:
            return None
        return self._replace(
            sources=tuple(map(_of_connections, self.sources)),
            operations=tuple(map(_of_connections, self.operations)),
            conditions=_of_connections(self.conditions),
        )


def _is_any(entries: tuple[tuple[Term, ...], ...], asked: Asked) -> bool:
    return not entries or any(all(term.holds(asked) for term in entry) for entry in entries)


def _of_connections(entry: Iterable[Term]) -> tuple[Term, ...]:
    return tuple(term for term in entry if not term.is_of_http)


def rules(policy: Resource, trust_domain: str) -> Iterator[Rule]:
    """Read the rules of a policy that allows or denies."""
    place = Place(policy.namespace, trust_domain)
    verdict = Verdict.DENIED if policy.spec.get("action") == "DENY" else Verdict.ALLOWED
    for at, written in enumerate(policy.spec.get("rules") or ()):
        body = written or {}
        basis = Basis(name=str(policy), of=policy, path=("spec", "rules", at), source=SOURCE)
        says = f"{policy} {'denies' if verdict is Verdict.DENIED else 'allows'} it"
        yield Rule(
            tuple(_entry(each.get("source") or {}, _FROM, place) for each in body.get("from") or ()),
            tuple(_entry(each.get("operation") or {}, _TO, place) for each in body.get("to") or ()),
            tuple(term for each in body.get("when") or () for term in _condition(each, place)),
            Step(says=says, basis=basis, facet=Facet.VERDICT, value=verdict),
        )


def _entry(body: Mapping[str, Any], fields: Mapping[str, _Builder], place: Place) -> tuple[Term, ...]:
    found = []
    for field, build in fields.items():
        if body.get(field):
            found.append(build(body[field], place))
        if negated := body.get(f"not{field[0].upper()}{field[1:]}"):
            found.append(build(negated, place).inverted)
    return tuple(found)


def _condition(body: Mapping[str, Any], place: Place) -> Iterator[Term]:
    build = _builder(body["key"])
    if body.get("values"):
        yield build(body["values"], place)
    if body.get("notValues"):
        yield build(body["notValues"], place).inverted


def _builder(key: str) -> _Builder:
    if key in _WHEN:
        return _WHEN[key]
    if found := _HEADER.fullmatch(key):
        name = found[1]
        return lambda values, _: terms.header(name, values)
    if found := _CLAIM.fullmatch(key):
        name = found[1]
        return lambda values, _: terms.claim(name, values)
    return terms.never


def is_known(key: str) -> bool:
    """Tell whether a condition's key speaks of what the world shows."""
    return _builder(key) is not terms.never
