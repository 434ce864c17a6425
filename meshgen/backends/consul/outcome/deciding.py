"""What entries tell apart in calls to one place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from meshgen.backends.consul.outcome.chains import Broken, Chains
from meshgen.backends.consul.outcome.registry import Registry
from meshgen.backends.consul.read import Entries
from meshgen.backends.consul.read.intentions import Intention, Wanted
from meshgen.backends.consul.read.matches import Asking, HttpMatch
from meshgen.backends.consul.read.names import EVERY, Name
from meshgen.intent.keys import Account
from meshgen.intent.languages import Language
from meshgen.intent.outcome.call import ToPod, ToService
from meshgen.intent.outcome.conditions import Conditions, TokenCondition


class Deciding:
    """Names of Consul as identities of Kubernetes, and what rules say of them."""

    def __init__(self, entries: Entries, registry: Registry, chains: Chains) -> None:
        """Look the accounts up under which services run."""
        self._entries = entries
        self._registry = registry
        self._chains = chains

    def conditions(self, to: ToService | ToPod) -> Conditions:
        """Join what decides on the way to a place: routes, permissions, limits, and who calls how."""
        if isinstance(to, ToPod):
            instance = self._registry.pods.get(to.pod)
            reached = set() if instance is None else {instance.service}
            return self._received(reached)
        called = self._entries.naming.name(*to.service)
        reached = {called}
        found: list[Conditions] = []
        for way in self._chains.of(called):
            if way.route is not None:
                found.append(_of_match(way.route.match))
            if not isinstance(way.legs, Broken):
                reached.update(leg.service for leg in way.legs)
        callers = [
            name
            for name, each in self._entries.defaults.items()
            if each.upstreams or called in each.overrides
        ]
        found.append(self._callers(callers))
        return Conditions.of((*found, self._received(reached)))

    def _received(self, services: Iterable[Name]) -> Conditions:
        every = tuple(sorted(services))
        found = [
            self._of_intention(each)
            for each in self._entries.intentions
            if any(each.destination.covers(service) for service in every)
        ]
        buckets = (bucket for name in every for bucket in self._entries.defaults_of(name).buckets)
        paths = frozenset(bucket.path for bucket in buckets if bucket.path is not None)
        return Conditions.of((*found, Conditions(paths=paths)))

    def _of_intention(self, intention: Intention) -> Conditions:
        source = intention.source
        is_wide = source.name == EVERY and source.namespace != EVERY and self._entries.naming.is_mirrored
        of_source = self._callers((source,)) | Conditions(
            namespaces=frozenset((source.namespace,)) if is_wide else frozenset(),
            tokens=frozenset(self._tokens(intention.tokens or ())),
        )
        permissions = intention.permissions or ()
        of_requests = (
            _of_match(each.match) | Conditions(tokens=frozenset(self._tokens(each.tokens or ())))
            for each in permissions
        )
        return Conditions.of((of_source, *of_requests))

    def _callers(self, names: Iterable[Name]) -> Conditions:
        """Name the accounts of services; what has no pods here runs as an account of its name, anywhere."""
        accounts: set[Account] = set()
        homeless: set[str] = set()
        for name in names:
            instances = () if name.name == EVERY else self._registry.services.get(name, ())
            accounts.update(one.pod.account for one in instances)
            if name.name != EVERY and not instances:
                if self._entries.naming.is_mirrored:
                    accounts.add(Account(name.namespace, name.name))
                else:
                    homeless.add(name.name)
        return Conditions(accounts=frozenset(accounts), names=frozenset(homeless))

    def _tokens(self, wanted: Iterable[Wanted]) -> Iterator[TokenCondition]:
        for each in wanted:
            provider = self._entries.providers.get(each.provider)
            if provider is not None:
                yield TokenCondition(
                    issuer=provider.issuer,
                    audiences=provider.audiences,
                    claims=tuple((claim, (value,)) for claim, value in each.claims),
                    places=provider.places,
                    keys=provider.keys,
                )


def _of_match(match: HttpMatch) -> Conditions:
    return Conditions(
        methods=frozenset(each.upper() for each in match.methods),
        paths=frozenset() if match.path is None else frozenset((match.path,)),
        headers=_named(match.headers),
        query=_named(match.query),
    )


def _named(asked: Iterable[Asking]) -> Mapping[str, frozenset[Language]]:
    found: dict[str, frozenset[Language]] = {}
    for each in asked:
        values = frozenset[Language]() if each.language is None else frozenset((each.language,))
        found[each.name] = found.get(each.name, frozenset()) | values
    return found
