"""Tokens as a pod's proxy checks them: an invalid one is refused, a missing one passes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from meshgen.backends.istio.outcome.seen import Seen
from meshgen.intent.outcome.call import BEARER, InHeader, InParam, Token
from meshgen.intent.outcome.conditions import TokenCondition
from meshgen.resources import Path, Resource

# envoyproxy/envoy api/envoy/extensions/filters/http/jwt_authn/v3/config.proto: where nothing is written
_USUAL = (BEARER, InParam("access_token"))


class JwtRule(NamedTuple):
    """One provider of tokens."""

    issuer: str  # empty: any
    audiences: frozenset[str]  # empty: any
    places: tuple[InHeader | InParam, ...]
    keys: str  # the set, or where it is
    is_passed_on: bool  # what it takes reaches the application too
    of: Resource
    path: Path

    def takes(self, token: Token) -> bool:
        """Tell whether a token is valid here."""
        return (
            token.is_valid
            and token.place in self.places
            and self.issuer in ("", token.issuer)
            and token.keys in ("", self.keys)
            and (not self.audiences or not self.audiences.isdisjoint(token.audiences))
        )

    def finds(self, request: Seen) -> bool:
        """Tell whether a request carries anything where tokens are looked for."""
        return any(_is_at(place, request) for place in self.places)


def _is_at(place: InHeader | InParam, request: Seen) -> bool:
    token = request.token
    if isinstance(place, InParam):
        return (token is not None and token.place == place) or any(
            name == place.name for name, _ in request.query
        )
    if token is not None and isinstance(token.place, InHeader) and token.place.name == place.name:
        return token.place.prefix.startswith(place.prefix)
    value = request.headers.get(place.name)
    return value is not None and value.startswith(place.prefix)


def jwt_rules(policies: Iterable[Resource]) -> Iterator[JwtRule]:
    """Read the providers of RequestAuthentications."""
    for policy in policies:
        for at, body in enumerate(policy.spec.get("jwtRules") or ()):
            yield JwtRule(
                issuer=body.get("issuer", ""),
                audiences=frozenset(body.get("audiences") or ()),
                places=tuple(_places(body)),
                keys=_keys(body),
                is_passed_on=bool(body.get("forwardOriginalToken")),
                of=policy,
                path=("spec", "jwtRules", at),
            )


def _keys(body: Mapping[str, Any]) -> str:
    """istio/istio pilot/pkg/model/jwks_resolver.go: an issuer is asked where nothing is written."""
    issuer = body.get("issuer")
    asked = f"{issuer}/.well-known/openid-configuration" if issuer else ""
    return str(body.get("jwksUri") or body.get("jwks") or asked)


def _places(body: Mapping[str, Any]) -> Iterator[InHeader | InParam]:
    headers, params = body.get("fromHeaders") or (), body.get("fromParams") or ()
    if not headers and not params and not body.get("fromCookies"):
        yield from _USUAL
    yield from (InHeader(each["name"].lower(), each.get("prefix", "")) for each in headers)
    yield from (InParam(name) for name in params)


def taking(rules: Iterable[JwtRule], token: Token | None) -> JwtRule | None:
    """Find the provider that takes a token."""
    return None if token is None else next((rule for rule in rules if rule.takes(token)), None)


class Refused(NamedTuple):
    """A token is there and none of the providers takes it."""


REFUSED = Refused()


def checked(rules: Sequence[JwtRule], request: Seen) -> Token | Refused | None:
    """Give the token that passes, None where there is none to check.

    istio/istio pilot/pkg/security/authn/policy_applier.go: one provider is enough, a missing token is none's
    fault; what a browser asks beforehand is not asked for any.
    """
    if not rules or request.is_preflight:
        return None
    token = request.token
    if taking(rules, token) is not None:
        return token
    return REFUSED if any(rule.finds(request) for rule in rules) else None


def token_conditions(
    rules: Iterable[JwtRule], claims: Mapping[str, Iterable[str]], issuers: Iterable[str]
) -> Iterator[TokenCondition]:
    """Say which tokens are told apart."""
    asked = tuple((name, tuple(sorted(set(values)))) for name, values in sorted(claims.items()))
    for rule in rules:
        for issuer in [rule.issuer] if rule.issuer else sorted(set(issuers)) or ["x"]:
            yield TokenCondition(issuer, tuple(sorted(rule.audiences)), asked, rule.places, rule.keys)
