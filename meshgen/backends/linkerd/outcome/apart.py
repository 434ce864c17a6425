"""What Linkerd's rules tell apart in calls."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from meshgen.backends.linkerd.read.grants import Grant, Identities, Network
from meshgen.gatewayapi.conditions import Match, Rpc
from meshgen.gatewayapi.routing import Route
from meshgen.intent.languages import Below, Exactly, Language, Matching, Subdomain
from meshgen.intent.outcome.conditions import Conditions

_CALLS = frozenset(("POST",))


def of_grants(grants: Iterable[Grant], identities: Identities) -> Iterator[Conditions]:
    """Say which callers are told apart."""
    for grant in grants:
        if grant.names is not None:
            found = (identities.account(name) for name in grant.names.exact)
            ends = (identities.namespace(end) for end in grant.names.ends)
            yield Conditions(
                accounts=frozenset(account for account in found if account is not None),
                namespaces=frozenset(namespace for namespace in ends if namespace is not None),
            )
        yield of_networks(grant.networks or ())


def of_networks(networks: Iterable[Network]) -> Conditions:
    """Say which addresses are told apart."""
    blocks = (block for network in networks for block in (network.block, *network.outside))
    return Conditions(networks=frozenset(map(str, blocks)))


def of_route(route: Route) -> Iterator[Conditions]:
    """Say which requests a route tells apart."""
    yield Conditions(hosts=frozenset(map(_host, route.hostnames)))
    for rule in route.rules:
        for match in rule.matches:
            yield _of_match(match)


def _host(name: str) -> Language:
    lower = name.lower()
    return Subdomain(lower[2:]) if lower.startswith("*.") else Exactly(lower)


def _of_match(match: Match) -> Conditions:
    is_call = isinstance(match.written, Rpc)
    path = _calls(match.written) if isinstance(match.written, Rpc) else match.path
    return Conditions(
        methods=_CALLS if is_call else frozenset((match.method,)) - {None},  # type: ignore[arg-type]
        paths=frozenset() if path == Below("") else frozenset((path,)),
        headers={name: frozenset((value,)) for name, value in match.headers},
        query={name: frozenset((value,)) for name, value in match.query},
    )


def _calls(said: Rpc) -> Language:
    """Describe the calls of a service or method: whatever stands behind them in the path is not looked at."""
    match said.service, said.method:
        case None, None:
            return Below("")
        case str(service), None:
            return Below(f"/{service}")
        case None, method:
            return Matching(f"/[^/]+/{re.escape(str(method))}")
        case service, method:
            return Exactly(f"/{service}/{method}")
