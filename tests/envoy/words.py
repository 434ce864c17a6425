"""Parts of Envoy's configuration that every mapping writes alike."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

from tests.envoy.configured import Tree

TYPE = "type.googleapis.com/envoy."
DRAW = "x-draw"  # the header whose number picks the part of a split
DENY, ALLOW = "rbac.deny", "rbac.allow"
FAULT, CORS = "fault", "cors"


def typed(name: str, **fields: Any) -> Tree:
    """Write a message of a type of Envoy's."""
    return {"@type": TYPE + name, **fields}


def exact(text: str) -> Tree:
    """Match a whole text."""
    return {"exact": text}


def regex(pattern: str) -> Tree:
    """Match a whole text by RE2."""
    return {"safe_regex": {"regex": pattern}}


def seconds(ms: int | float) -> str:
    """Write a time."""
    return f"{ms / 1000:.6f}s"


def percent(hundredths: int) -> Tree:
    """Write a share of requests, in hundredths of a percent."""
    return {"numerator": hundredths, "denominator": "TEN_THOUSAND"}


def weighted(parts: Iterable[tuple[str, int]]) -> tuple[Tree, int]:
    """Write clusters by weight, drawn by a header, and how many numbers tell all apart."""
    kept = [(cluster, weight) for cluster, weight in parts if weight > 0]
    common = reduce(math.gcd, (weight for _, weight in kept))
    clusters = [{"name": cluster, "weight": weight // common} for cluster, weight in kept]
    total = sum(weight // common for _, weight in kept)
    return {"weighted_clusters": {"clusters": clusters, "header_name": DRAW}}, total


def edited(
    which: str,
    *,
    set_: Mapping[str, str],
    add: Mapping[str, str],
    remove: Sequence[str],
) -> Tree:
    """Write header edits of requests or responses; values are literal."""
    found = [_edit(name, value, "OVERWRITE_IF_EXISTS_OR_ADD") for name, value in set_.items()]
    found += [_edit(name, value, "APPEND_IF_EXISTS_OR_ADD") for name, value in add.items()]
    edits: Tree = {f"{which}_headers_to_add": found} if found else {}
    return {**edits, **({f"{which}_headers_to_remove": list(remove)} if remove else {})}


def _edit(name: str, value: str, action: str) -> Tree:
    literal = value.replace("%", "%%")
    return {"header": {"key": name, "value": literal}, "append_action": action, "keep_empty_value": True}


def any_of(what: str, parts: Sequence[Tree]) -> Tree:
    """Join principals (`ids`) or permissions (`rules`) by OR."""
    return parts[0] if len(parts) == 1 else {f"or_{what}": {what: list(parts)}}


def all_of(what: str, parts: Sequence[Tree]) -> Tree:
    """Join principals (`ids`) or permissions (`rules`) by AND; none of them is any."""
    if not parts:
        return {"any": True}
    return parts[0] if len(parts) == 1 else {f"and_{what}": {what: list(parts)}}


def never(what: str) -> Tree:
    """A principal (`id`) or permission (`rule`) that nothing meets."""
    return {f"not_{what}": {"any": True}}


def rbac(action: str, policies: Mapping[str, Tree]) -> Tree:
    """Write what one filter of authorization does on a route."""
    rules = {"action": action, "policies": dict(policies)}
    return typed("extensions.filters.http.rbac.v3.RBACPerRoute", rbac={"rules": rules})


def policy(principal: Tree, permission: Tree) -> Tree:
    """Write one rule."""
    return {"principals": [principal], "permissions": [permission]}


def spiffe(name: Tree) -> Tree:
    """A principal whose identity matches."""
    return {"authenticated": {"principal_name": name}}
