"""Istio's webhook on RequestAuthentication: istio.md 3.3, without the clauses of fields that nobody emits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .istio_terms import Complaint

_JUDGED = frozenset(
    {
        "issuer",
        "audiences",
        "jwksUri",
        "jwks",
        "fromHeaders",
        "fromParams",
        "forwardOriginalToken",
    }
)


def complaints(obj: Mapping[str, Any]) -> Iterator[Complaint]:
    """Yield what the webhook would refuse of each rule."""
    for index, rule in enumerate(obj.get("spec", {}).get("jwtRules", [])):
        where = f"spec.jwtRules[{index}]"
        for field in sorted(rule.keys() - _JUDGED):
            yield Complaint("-", f"{where}.{field}: no clause judges this field yet")
        if not rule.get("issuer") and not rule.get("jwksUri"):
            yield Complaint("-", f"{where}: neither issuer nor jwksUri")
        yield from _empty(where, rule)
        if "jwks" in rule and not _is_key_set(rule["jwks"]):
            yield Complaint("-", f"{where}.jwks: not a key set")


def _empty(where: str, rule: Mapping[str, Any]) -> Iterator[Complaint]:
    values = {
        "audiences": rule.get("audiences", []),
        "fromHeaders": [header.get("name") for header in rule.get("fromHeaders", [])],
        "fromParams": rule.get("fromParams", []),
    }
    for field, given in values.items():
        if not all(given):
            yield Complaint("-", f"{where}.{field}: an empty value")


def _is_key_set(text: str) -> bool:
    try:
        keys = json.loads(text)
    except ValueError:
        return False
    return isinstance(keys, dict) and isinstance(keys.get("keys"), list)
