"""Conditions of AuthorizationPolicies on callers and requests, field by field, ready to be asked."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from meshgen.backends.istio.outcome.matching import hosts, methods
from meshgen.backends.istio.outcome.seen import Seen
from meshgen.backends.istio.read.texts import Text, any_of, exactly, matching, path_pattern, pattern
from meshgen.intent.keys import Account
from meshgen.intent.outcome.call import Token
from meshgen.intent.outcome.conditions import Conditions

_SPLIT = frozenset(("scope", "permission"))


class Asked(NamedTuple):
    """A request or connection as the rules of a pod see it."""

    account: Account | None  # None: no identity
    principal: str  # empty without identity
    address: str
    port: int  # of the container
    request: Seen | None  # None: a connection
    token: Token | None  # a valid one


class Term(NamedTuple):
    """One field: any of its values."""

    holds: Callable[[Asked], bool]
    told: Conditions
    is_of_http: bool = False
    claims: Mapping[str, tuple[str, ...]] = {}  # of tokens, with the values that are told apart
    issuers: tuple[str, ...] = ()

    @property
    def inverted(self) -> Term:
        """The field of the same name with `not` in front."""
        holds = self.holds
        return self._replace(holds=lambda asked: not holds(asked))


class Place(NamedTuple):
    """Where a policy stands and what its mesh trusts."""

    namespace: str
    trust_domain: str


def principals(values: Sequence[str], place: Place) -> Term:
    """Ask for identities; `cluster.local` stands for whatever the mesh trusts.

    istio/istio pilot/pkg/security/trustdomain/trust-domain.go.
    """
    text = any_of(pattern(_trusted(value, place)) for value in values)
    accounts = frozenset(each for value in values for each in _account(value))
    return Term(
        lambda asked: asked.principal != "" and text.holds(asked.principal), Conditions(accounts=accounts)
    )


def _trusted(value: str, place: Place) -> str:
    domain, _, rest = value.partition("/")
    return f"{place.trust_domain}/{rest}" if domain == "cluster.local" and rest.count("/") == 3 else value


def _account(value: str) -> Iterable[Account]:
    """Name an account of a principal, an `x` for what a wildcard leaves open."""
    segments = value.replace("*", "x").split("/")
    if "ns" in segments[:-1]:
        at = segments.index("ns")
        name = segments[at + 3] if len(segments) > at + 3 else "x"
        yield Account(segments[at + 1] or "x", name or "x")


def service_accounts(values: Sequence[str], place: Place) -> Term:
    """Ask for accounts, of the policy's namespace where none is named.

    istio/istio pilot/pkg/security/authz/model/generator.go: an expression, in which a dot is any character.
    """
    named = [value if "/" in value else f"{place.namespace}/{value}" for value in values]
    text = any_of(matching(value) if "." in value else exactly(value) for value in named)
    accounts = frozenset(Account(*value.split("/", 1)) for value in named)
    return Term(
        lambda asked: asked.account is not None and text.holds(str(asked.account)),
        Conditions(accounts=accounts),
    )


def namespaces(values: Sequence[str], _: Place) -> Term:
    """Ask for namespaces of identities; `*` stands for anything wherever it is.

    istio/istio pilot/pkg/security/authz/matcher/string.go: an expression in the whole principal.
    """
    plain = any_of(exactly(value) for value in values if "*" not in value)
    wild = [matching(f".*/ns/{value.replace('*', '.*')}/.*") for value in values if "*" in value]

    def holds(asked: Asked) -> bool:
        if asked.account is None:
            return False
        return plain.holds(asked.account.namespace) or any(each.holds(f"/{asked.principal}") for each in wild)

    told = frozenset(value.replace("*", "x") for value in values)
    return Term(holds, Conditions(namespaces=told))


def trust_domains(values: Sequence[str], _: Place) -> Term:
    """Ask for the trust domain of identities."""
    text = any_of(map(pattern, values))
    return Term(
        lambda asked: asked.principal != "" and text.holds(asked.principal.partition("/")[0]), Conditions()
    )


def addresses(values: Sequence[str], _: Place) -> Term:
    """Ask for the address of the peer; without proxies in front it is also the one of the client."""
    networks = [ipaddress.ip_network(value, strict=False) for value in values]
    answers: dict[str, bool] = {}

    def holds(asked: Asked) -> bool:
        if asked.address not in answers:
            address = ipaddress.ip_address(asked.address)
            answers[asked.address] = any(address in network for network in networks)
        return answers[asked.address]

    return Term(holds, Conditions(networks=frozenset(map(str, networks))))


def ports(values: Sequence[str], _: Place) -> Term:
    """Ask for container ports."""
    numbers = frozenset(map(str, values))
    told = Conditions(ports=frozenset(int(each) for each in numbers if each.isdecimal()))
    return Term(lambda asked: str(asked.port) in numbers, told)


def never(_: Sequence[str], __: Place) -> Term:
    """Stand for a condition of which the world shows nothing."""
    return Term(lambda _: False, Conditions())


def asked_methods(values: Sequence[str], _: Place) -> Term:
    """Ask for methods."""
    text = any_of(map(pattern, values))
    told = Conditions(methods=frozenset(name for value in values for name in methods(pattern(value))))
    return _of_http(lambda request: text.holds(request.method), told)


def asked_hosts(values: Sequence[str], _: Place) -> Term:
    """Ask for the authority, with the port that it was sent with, without case."""
    texts = [pattern(value.lower()) for value in values]
    text = any_of(texts)
    told = Conditions(hosts=frozenset(language for each in texts for language in hosts(each.language)))
    return _of_http(lambda request: text.holds(request.host.lower()), told)


def asked_paths(values: Sequence[str], _: Place) -> Term:
    """Ask for paths, without query."""
    texts = [path_pattern(value) for value in values]
    text = any_of(texts)
    told = Conditions(paths=frozenset(each.language for each in texts))
    return _of_http(lambda request: text.holds(request.path), told)


def header(name: str, values: Sequence[str]) -> Term:
    """Ask for a header; one that is missing has no value."""
    texts = [pattern(value) for value in values]
    key, text, is_presence = name.lower(), any_of(texts), "*" in values
    told = Conditions(headers={key: frozenset(each for one in texts for each in one.told)})

    def holds(request: Seen) -> bool:
        value = request.headers.get(key)
        return value is not None and (is_presence or text.holds(value))

    return _of_http(holds, told)


def _of_http(holds: Callable[[Seen], bool], told: Conditions) -> Term:
    return Term(lambda asked: asked.request is not None and holds(asked.request), told, is_of_http=True)


def request_principals(values: Sequence[str], _: Place) -> Term:
    """Ask for issuer and subject of a token, parted at the last slash.

    istio/istio pilot/pkg/security/authz/model/generator.go: both are there, and each is compared by itself.
    """
    pairs = [_issuer_and_subject(value) for value in values]

    def holds(asked: Asked) -> bool:
        if asked.token is None:
            return False
        issuer, subjects = asked.token.issuer, claim_values(asked.token, "sub")
        return any(first.holds(issuer) and any(map(second.holds, subjects)) for first, second in pairs)

    subjects = tuple(sorted(value.rpartition("/")[2].strip("*") or "x" for value in values))
    issuers = tuple(sorted(value.rpartition("/")[0].strip("*") for value in values))
    return Term(holds, Conditions(), is_of_http=True, claims={"sub": subjects}, issuers=issuers)


def _issuer_and_subject(value: str) -> tuple[Text, Text]:
    """A wildcard stands at one end of the whole, never beside the slash in it."""
    anything = pattern("*")
    issuer, slash, subject = value.rpartition("/")
    if value == "*":
        return anything, anything
    if value.startswith("*"):
        return (pattern(issuer), exactly(subject)) if slash else (anything, pattern(value))
    if value.endswith("*"):
        return (exactly(issuer), pattern(subject)) if slash else (pattern(value), anything)
    return exactly(issuer if slash else value), exactly(subject if slash else "")


def claim(name: str, values: Sequence[str]) -> Term:
    """Ask for a claim; a list holds if one of its values does."""
    text = any_of(map(pattern, values))

    def holds(asked: Asked) -> bool:
        return asked.token is not None and any(map(text.holds, claim_values(asked.token, name)))

    shown = tuple(sorted(each for value in values for each in _covered(value)))
    told: Mapping[str, tuple[str, ...]] = {} if name in ("iss", "aud") else {name: shown}
    return Term(holds, Conditions(), is_of_http=True, claims=told, issuers=shown if name == "iss" else ())


def _covered(value: str) -> Iterable[str]:
    """Name values that a pattern covers: what is written, and with anything in the place of a wildcard."""
    bare = value.strip("*")
    yield from dict.fromkeys((bare or "x", value.replace("*", "x")))


def claim_values(token: Token, name: str) -> Sequence[str]:
    """List the values of a claim of a token."""
    if name == "iss":
        return (token.issuer,)
    if name == "aud":
        return token.audiences
    values = token.claims.get(name, ())
    # istio/istio pilot/pkg/security/authn/policy_applier.go: these two are split on spaces.
    return [part for value in values for part in value.split()] if name in _SPLIT else values
