"""A RequestAuthentication: who issues tokens, and by which keys they are known."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from meshgen.backends.istio.admission import durations, selectors
from meshgen.backends.istio.admission.terms import WEBHOOK, Body, Rule, each
from meshgen.diagnostics import Code
from meshgen.resources import Complaint, Path, Resource

TOKEN = Code(
    number="MG452",
    slug="istio-token",
    meaning="Tokens have no issuer, or keys by which nothing can be verified.",
)
_RULE = Rule(TOKEN, WEBHOOK)
# RFC 7518: what each family of keys must have
_MEMBERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x"), "oct": ("k",)}
)
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+={0,2}")


def refused(resource: Resource) -> Iterator[Complaint]:
    """Hold a RequestAuthentication against its clauses."""
    spec = resource.spec
    yield from selectors.refused(spec)
    for path, rule in each(spec, ("spec",), "jwtRules"):
        if not any(rule.get(key) for key in ("issuer", "jwksUri", "jwks_uri")):
            yield _RULE.broken(path, "the tokens have neither issuer nor jwksUri", "write issuer")
        if rule.get("jwks"):
            yield from _key_set((*path, "jwks"), rule["jwks"])
        yield from durations.refused(path, rule, "timeout")


def _key_set(path: Path, text: str) -> Iterator[Complaint]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        yield _RULE.broken(path, "the keys are not JSON", "paste the JWK set that the issuer publishes")
        return
    keys = found.get("keys", [found] if "kty" in found else None) if isinstance(found, dict) else None
    if not isinstance(keys, list):
        yield _RULE.broken(path, "the keys are not a JWK set", 'write {"keys": [...]}')
        return
    for index, key in enumerate(keys):
        yield from _key(path, index, key)


def _key(path: Path, index: int, key: Any) -> Iterator[Complaint]:
    kind = key.get("kty") if isinstance(key, dict) else None
    if not isinstance(kind, str) or kind not in _MEMBERS:
        yield _RULE.broken(
            path, f"the key {index} has no kty that Istio knows", f"write {', '.join(_MEMBERS)}"
        )
        return
    missing = [name for name in _MEMBERS[kind] if not _is_member(key, name)]
    if missing:
        yield _RULE.broken(
            path, f"the key {index} has no {missing[0]}, which every {kind} key has", "paste the key whole"
        )
    elif kind == "oct" or "d" in key:
        yield _RULE.doubtful(
            path, f"the key {index} is private, and whoever reads it signs", "paste the public keys"
        )


def _is_member(key: Body, name: str) -> bool:
    value = key.get(name)
    return isinstance(value, str) and (name == "crv" or _BASE64URL.fullmatch(value) is not None)
