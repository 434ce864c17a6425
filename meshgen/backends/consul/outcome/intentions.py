"""Who is let in by a service's own proxy: intentions as Envoy gets them, with their precedence taken out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from meshgen.backends.consul.outcome.matching import Asked, Test, test
from meshgen.backends.consul.outcome.sources import RBAC, TOKENS, TOPOLOGY, decided, unasked, written
from meshgen.backends.consul.read import Entries
from meshgen.backends.consul.read.intentions import Intention, Permission, Provider, Wanted
from meshgen.backends.consul.read.names import Name
from meshgen.intent.outcome.call import Token
from meshgen.intent.outcome.facets import Basis, Facet, Step, Verdict


class _Clause(NamedTuple):
    """One permission, or an action that holds for all requests (`test` None)."""

    test: Test | None
    is_allow: bool
    tokens: tuple[Sequence[Wanted], ...]  # one of each is asked for
    step: Step


class _Rule(NamedTuple):
    source: Name
    excluded: tuple[Name, ...]  # sources that have rules of a higher precedence
    clauses: tuple[_Clause, ...]


class Gate:
    """The intentions of one destination."""

    def __init__(self, entries: Entries, destination: Name, *, allows: bool) -> None:
        """Take the default intention policy as `allows`."""
        self._allows = allows
        self._providers = entries.providers
        self._rules = tuple(_rules(entries, destination))
        self._checked = tuple(_checked(entries, destination)) if entries.is_http(destination) else ()
        self._by_source: dict[Name, tuple[_Rule, ...]] = {}
        self._default = _verdict("no intention decides, and the default is to", allows, unasked(RBAC))

    def decide(self, source: Name, asked: Asked | None) -> Step:
        """Say whether a caller with an identity gets in, and by what."""
        reason = None
        for rule in self._rules_of(source):
            clause = _clause(rule, asked)
            if clause is None:
                reason = reason or self._default
            elif clause.is_allow is self._allows:
                # What the default does anyway is no policy of Envoy's, and so stops no other rule.
                reason = reason or clause.step
            elif self._has_tokens(clause, asked):
                return clause.step
            else:
                reason = reason or self._default
        return reason or self._default

    def token(self, token: Token | None) -> Step | None:
        """Say whether the application gets a token, if it is one that is checked."""
        if token is None or not token.is_valid:
            return None
        found = next((each for each in self._checked if _is_of(each, token)), None)
        if found is None:
            return None
        return decided(
            Facet.TOKEN, found.is_passed_on, written(found.resource, ("spec", "locations"), TOKENS)
        )

    def _rules_of(self, source: Name) -> tuple[_Rule, ...]:
        found = self._by_source.get(source)
        if found is None:
            found = self._by_source[source] = tuple(
                rule
                for rule in self._rules
                if rule.source.covers(source) and not any(each.covers(source) for each in rule.excluded)
            )
        return found

    def _has_tokens(self, clause: _Clause, asked: Asked | None) -> bool:
        token = None if asked is None else asked.token
        return all(_accepted(wanted, token, self._providers) for wanted in clause.tokens)


def _rules(entries: Entries, destination: Name) -> Iterator[_Rule]:
    """Take what is said twice of one source once, and each source out of the wider ones behind it."""
    is_http = entries.is_http(destination)
    before: list[Name] = []
    for intention in entries.intentions:
        if not intention.destination.covers(destination) or intention.source in before:
            continue
        # A wider source in front, as `*` of this destination, is not taken out of a narrower one behind it.
        excluded = tuple(
            each
            for each in before
            if each.wildcards < intention.source.wildcards and intention.source.covers(each)
        )
        before.append(intention.source)
        yield _Rule(intention.source, excluded, tuple(_clauses(intention, is_http=is_http)))


def _checked(entries: Entries, destination: Name) -> Iterator[Provider]:
    """List the providers that any intention names, whoever it is for."""
    for intention in entries.intentions:
        if intention.destination.covers(destination):
            asked = (intention.tokens, *(each.tokens for each in intention.permissions or ()))
            named = (wanted.provider for tokens in asked for wanted in tokens or ())
            yield from (entries.providers[name] for name in named if name in entries.providers)


def _clauses(intention: Intention, *, is_http: bool) -> Iterator[_Clause]:
    of_all = () if intention.tokens is None or not is_http else (intention.tokens,)
    if intention.permissions is None:
        at = written(intention.resource, (*intention.path, "action"), RBAC)
        yield _Clause(None, intention.is_allow, of_all, _of(intention, intention.is_allow, at))
    elif not is_http:
        at = written(intention.resource, (*intention.path, "permissions"), RBAC)
        yield _Clause(None, False, (), _of(intention, False, at))
    else:
        for permission in intention.permissions:
            yield _permitted(intention, permission, of_all)


def _permitted(intention: Intention, permission: Permission, of_all: tuple[Sequence[Wanted], ...]) -> _Clause:
    tokens = of_all if permission.tokens is None else (*of_all, permission.tokens)
    at = written(intention.resource, permission.path, RBAC)
    return _Clause(
        test(permission.match), permission.is_allow, tokens, _of(intention, permission.is_allow, at)
    )


def _of(intention: Intention, is_allow: bool, basis: Basis) -> Step:
    return _verdict(f"what comes from {intention.source.name} is to", is_allow, basis)


def _verdict(why: str, is_allowed: bool, basis: Basis) -> Step:
    verdict = Verdict.ALLOWED if is_allowed else Verdict.DENIED
    return Step(
        says=f"{why} be {verdict.value}",
        basis=basis,
        facet=Facet.VERDICT,
        value=verdict,
        is_ambient=basis.of is None,
    )


def _clause(rule: _Rule, asked: Asked | None) -> _Clause | None:
    """Find the first permission that a request fits, its token aside; those behind it leave it out."""
    for clause in rule.clauses:
        if clause.test is None or (asked is not None and clause.test(asked)):
            return clause
    return None


def _accepted(wanted: Sequence[Wanted], token: Token | None, providers: Mapping[str, Provider]) -> bool:
    return token is not None and token.is_valid and any(_fits(each, token, providers) for each in wanted)


def _fits(wanted: Wanted, token: Token, providers: Mapping[str, Provider]) -> bool:
    """Compare a token; claims that are lists of several never fit."""
    # hashicorp/consul agent/xds/rbac.go: segmentToPermission compares texts alone
    provider = providers.get(wanted.provider)
    return (
        provider is not None
        and _is_of(provider, token)
        and all(token.claims.get(name) == (value,) for name, value in wanted.claims)
    )


def _is_of(provider: Provider, token: Token) -> bool:
    return (
        provider.issuer in ("", token.issuer)
        and (not provider.keys or token.keys in ("", provider.keys))
        and (not provider.audiences or any(each in provider.audiences for each in token.audiences))
        and token.place in provider.places
    )


def is_upstream(entries: Entries, source: Name, destination: Name, *, allows: bool) -> Step:
    """Say whether a proxy may know a service that it is asked for by name, whoever answers for it."""
    for intention in entries.intentions:
        if intention.destination.covers(destination) and intention.source.covers(source):
            is_allow = intention.is_allow or intention.permissions is not None
            return _of(intention, is_allow, written(intention.resource, intention.path, TOPOLOGY))
    return _verdict("no intention decides, and the default is to", allows, unasked(TOPOLOGY))
