"""Tokens: how they are checked on the pods of a service, and what rules ask of their claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from meshgen.backends.istio.plan.names import pods, service_meta
from meshgen.backends.istio.plan.operations import Condition
from meshgen.intent.access import JwtProvider
from meshgen.intent.resolved import ResolvedService, ResolvedSet, Token
from meshgen.manifest import Meta


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenHeader:
    """One entry of `fromHeaders`."""

    name: str
    prefix: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JwtRule:
    """One entry of `jwtRules`."""

    issuer: str
    audiences: tuple[str, ...] | None
    jwks_uri: str | None
    jwks: str | None
    from_headers: tuple[TokenHeader, ...] | None
    from_params: tuple[str, ...] | None
    forward_original_token: bool | None  # None: Istio takes it away


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAuthentication:
    """How tokens are checked on the pods of a service; a request without any passes."""

    meta: Meta
    selector: Mapping[str, str]
    jwt_rules: tuple[JwtRule, ...]
    api_version: str = "security.istio.io/v1"
    kind: str = "RequestAuthentication"


def request_authentications(resolved: ResolvedSet) -> tuple[RequestAuthentication, ...]:
    """Plan the providers that the rules of each service name."""
    return tuple(
        RequestAuthentication(
            meta=service_meta(service, suffix), selector=selector, jwt_rules=_jwt_rules(service, resolved)
        )
        for service in resolved.services.values()
        if service.written.pods_of is None and any(rule.token is not None for rule in service.rules)
        for suffix, selector in pods(service)
    )


def _jwt_rules(service: ResolvedService, resolved: ResolvedSet) -> tuple[JwtRule, ...]:
    names = sorted({rule.token.provider for rule in service.rules if rule.token is not None})
    return tuple(_jwt_rule(resolved.providers[name]) for name in names)


def _jwt_rule(provider: JwtProvider) -> JwtRule:
    return JwtRule(
        issuer=provider.issuer,
        audiences=provider.audiences or None,
        jwks_uri=provider.jwks_uri,
        jwks=provider.jwks,
        from_headers=_from_headers(provider) or None,
        from_params=provider.from_params or None,
        forward_original_token=None if provider.forward is False else True,
    )


def _from_headers(provider: JwtProvider) -> tuple[TokenHeader, ...]:
    if not provider.from_headers and not provider.from_params:
        # envoyproxy/envoy source/extensions/filters/http/jwt_authn/extractor.cc: a provider without
        # locations is looked for in a parameter named access_token too.
        return (TokenHeader(name="Authorization", prefix="Bearer "),)
    return tuple(TokenHeader(name=header.name, prefix=header.prefix) for header in provider.from_headers)


def token_conditions(token: Token, resolved: ResolvedSet) -> tuple[Condition, ...]:
    """Ask for a valid token of a provider by its issuer: a principal would need a subject too."""
    issuer = Condition(key="request.auth.claims[iss]", values=(resolved.providers[token.provider].issuer,))
    claims = (
        Condition(key=f"request.auth.claims[{name}]", values=values)
        for name, values in sorted(token.claims.items())
    )
    return (issuer, *claims)
