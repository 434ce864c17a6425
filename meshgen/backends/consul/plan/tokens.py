"""JWTProvider: whose tokens are believed, and where in a request they are looked for."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from meshgen.backends.consul.plan.meta import of_intent
from meshgen.backends.consul.plan.objects import JWTProvider, TokenHeader
from meshgen.intent.access import JwtProvider
from meshgen.intent.model import MeshIntent
from meshgen.intent.resolved import ResolvedSet


def jwt_providers(resolved: ResolvedSet) -> Iterator[JWTProvider]:
    """Plan each provider that a rule names, in the first namespace that uses it."""
    users: dict[str, MeshIntent] = {}
    for key in sorted(resolved.services):
        service = resolved.services[key]
        for rule in service.rules:
            if rule.token is not None:
                users.setdefault(rule.token.provider, service.intent)
    for name, intent in sorted(users.items()):
        yield _provider(name, resolved.providers[name], intent)


def _provider(name: str, provider: JwtProvider, intent: MeshIntent) -> JWTProvider:
    keys = None if provider.jwks is None else base64.b64encode(provider.jwks.encode()).decode()
    return JWTProvider(
        meta=of_intent(intent, name),
        issuer=provider.issuer,
        audiences=provider.audiences or None,
        jwks_uri=provider.jwks_uri,
        jwks=keys,
        headers=tuple(_headers(provider)),
        query_params=provider.from_params,
    )


def _headers(provider: JwtProvider) -> Iterator[TokenHeader]:
    forward = None if provider.forward is False else True
    for header in provider.from_headers:
        yield TokenHeader(name=header.name, value_prefix=header.prefix, forward=forward)
    if not provider.from_headers and not provider.from_params:
        # Without locations Envoy would look for a parameter named access_token too.
        yield TokenHeader(name="Authorization", value_prefix="Bearer ", forward=forward)
