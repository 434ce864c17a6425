"""Tokens: providers that exist, mean one thing, and have keys that can be trusted."""

from __future__ import annotations

from dataclasses import replace

from meshgen.diagnostics import Code, Findings, Severity, Span, near_miss
from meshgen.intent.access import JwtProvider
from meshgen.intent.model import MeshIntent
from meshgen.intent.rules.callers import own_rules
from meshgen.intent.rules.headers import HOST_HEADER
from meshgen.intent.rules.subjects import Scene

UNKNOWN_PROVIDER = Code(
    number="MG273",
    slug="unknown-provider",
    meaning="A rule asks for a token of a provider that nobody declares.",
)
PROVIDER_CONFLICT = Code(
    number="MG274",
    slug="provider-conflict",
    meaning="Two documents of a set declare one provider with different content.",
)
UNUSED_PROVIDER = Code(
    number="MG275",
    slug="unused-provider",
    meaning="No rule names a provider, so its tokens are checked nowhere.",
    severity=Severity.NOTE,
)
BAD_KEY_SET = Code(
    number="MG276", slug="bad-key-set", meaning="`jwks` is no JSON Web Key Set, so no token is ever valid."
)
KEYS_IN_PLAINTEXT = Code(
    number="MG277",
    slug="keys-in-plaintext",
    meaning="Keys are fetched by plain http, and whoever is on the way can replace them.",
    severity=Severity.WARNING,
)


def check(scene: Scene, findings: Findings) -> None:
    """Report MG273 to MG277, and MG240 where a token is looked for in the host."""
    declared: dict[str, tuple[JwtProvider, Span | None]] = {}
    for intent in scene.intents:
        for name, provider in (intent.spec.jwt_providers or {}).items():
            _check_conflict(intent, name, provider, declared, findings)
            _check_keys(name, provider, findings)
            _check_headers(name, provider, findings)
    named = _check_rules(scene, declared, findings)
    for intent in scene.intents:
        for name in intent.spec.jwt_providers or {}:
            if name not in named:
                findings.add(
                    UNUSED_PROVIDER,
                    f"no rule names the provider {name!r}, so its tokens are checked nowhere",
                    span=intent.spec.span("jwtProviders", name),
                    field=f"spec.jwtProviders.{name}",
                    hint=f"name it in a rule with when: {{jwt: {{provider: {name}}}}}, or take it away",
                )


def _check_rules(
    scene: Scene, declared: dict[str, tuple[JwtProvider, Span | None]], findings: Findings
) -> set[str]:
    named: set[str] = set()
    for _, _, stated, _ in own_rules(scene):
        if stated.rule.when is None:
            continue
        jwt = stated.rule.when.jwt
        named.add(jwt.provider)
        if jwt.provider not in declared:
            findings.add(
                UNKNOWN_PROVIDER,
                f"{stated.field}.when.jwt names the provider {jwt.provider!r}, which nobody declares",
                span=jwt.span("provider"),
                field=f"{stated.field}.when.jwt.provider",
                hint=near_miss(jwt.provider, declared) or f"declare it: spec.jwtProviders.{jwt.provider}",
            )
    return named


def _check_conflict(
    intent: MeshIntent,
    name: str,
    provider: JwtProvider,
    declared: dict[str, tuple[JwtProvider, Span | None]],
    findings: Findings,
) -> None:
    span = intent.spec.span("jwtProviders", name)
    first, there = declared.setdefault(name, (provider, span))
    if _meaning(first) != _meaning(provider):
        findings.add(
            PROVIDER_CONFLICT,
            f"the provider {name!r} stands in two documents with different content",
            span=span,
            field=f"spec.jwtProviders.{name}",
            hint="write the same in both, or give one of them another name",
            related=() if there is None else (("the first one", there),),
        )


def _meaning(provider: JwtProvider) -> JwtProvider:
    return replace(provider, forward=provider.forward is not False)


def _check_keys(name: str, provider: JwtProvider, findings: Findings) -> None:
    field = f"spec.jwtProviders.{name}"
    if provider.jwks_uri is not None and provider.jwks_uri.startswith("http://"):
        findings.add(
            KEYS_IN_PLAINTEXT,
            f"{field}.jwksUri fetches keys by plain http",
            span=provider.span("jwksUri"),
            field=f"{field}.jwksUri",
            hint=f"write https{provider.jwks_uri.removeprefix('http')}",
        )
    if provider.jwks is not None and (why := _no_key_set(provider.jwks)) is not None:
        findings.add(
            BAD_KEY_SET,
            f"{field}.jwks is no JSON Web Key Set: {why}",
            span=provider.span("jwks"),
            field=f"{field}.jwks",
            hint='write the JSON that the issuer publishes: {"keys": [...]}',
        )


def _no_key_set(text: str) -> str | None:
    """Say what RFC 7517 section 5 misses in a text."""
    import json  # 3 ms, and few intents write keys out

    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return "it is not JSON"
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list) or not keys:
        return "it has no keys"
    return None if all(isinstance(key, dict) and "kty" in key for key in keys) else "a key has no kty"


def _check_headers(name: str, provider: JwtProvider, findings: Findings) -> None:
    for index, header in enumerate(provider.from_headers):
        if header.name.lower() == "host":
            field = f"spec.jwtProviders.{name}.fromHeaders[{index}].name"
            hint = "name the header that carries the token, such as authorization"
            findings.add(
                HOST_HEADER, f"{field} names the host", span=header.span("name"), field=field, hint=hint
            )
