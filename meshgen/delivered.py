"""What whoever delivers objects leaves on them: marks of its own, and what kubectl applied last."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
# argoproj/argo-cd docs/user-guide/resource_tracking.md, fluxcd/pkg runtime and ssa/normalize,
# helm/helm pkg/action/validate.go
_MARKS = frozenset(
    {
        _LAST_APPLIED,
        "app.kubernetes.io/instance",
        "argocd.argoproj.io/instance",
        "argocd.argoproj.io/installation-id",
        "argocd.argoproj.io/tracking-id",
        "kustomize.toolkit.fluxcd.io/name",
        "kustomize.toolkit.fluxcd.io/namespace",
        "helm.toolkit.fluxcd.io/name",
        "helm.toolkit.fluxcd.io/namespace",
        "meta.helm.sh/release-name",
        "meta.helm.sh/release-namespace",
    }
)


def unmarked(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Take the marks away, which no manifest of ours has and nobody loses; no labels are empty labels."""
    maps = ((field, metadata.get(field) or {}) for field in ("labels", "annotations"))
    return {
        **metadata,
        **{field: {key: pairs[key] for key in pairs if key not in _MARKS} for field, pairs in maps},
    }


def without_dropped(applied: Any, live: Mapping[str, Any], wanted: Mapping[str, Any]) -> Any:
    """Take away what kubectl applied last and a manifest no longer wants.

    Whoever began with client-side apply owns these fields under another name, so that a server-side one
    leaves them; kubectl takes them away either way (k8s.io/client-go util/csaupgrade).
    """
    last = _last_applied(live)
    # kubectl writes that annotation itself, so it never takes all of them away
    kept = {**wanted, "metadata": {"annotations": {}, **wanted["metadata"]}}
    return applied if last is None else _without(applied, last, kept)


def _last_applied(live: Mapping[str, Any]) -> Any:
    annotations = live["metadata"].get("annotations") or {}
    try:
        return json.loads(annotations.get(_LAST_APPLIED, "null"))
    except (ValueError, RecursionError):  # anybody may write anything there
        return None


def _without(applied: Any, last: Any, wanted: Any) -> Any:
    """Walk three values together, no deeper than what is wanted goes."""
    match applied, last, wanted:
        case dict(), dict(), dict():
            kept = {key: value for key, value in applied.items() if key in wanted or key not in last}
            return {key: _without(value, last.get(key), wanted.get(key)) for key, value in kept.items()}
        case list(), list(), list():
            return [item for item in applied if _is_one(item, wanted) or not _is_one(item, last)]
        case _:
            return applied


def _is_one(item: Any, of: list[Any]) -> bool:
    return any(_holds(item, each) for each in of)


def _holds(item: Any, part: Any) -> bool:
    """Tell whether an item is another one, with what the server fills in."""
    if isinstance(item, dict) and isinstance(part, dict):
        return all(key in item and _holds(item[key], value) for key, value in part.items())
    return bool(item == part)
