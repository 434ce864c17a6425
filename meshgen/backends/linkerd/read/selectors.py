"""Label selectors, as Kubernetes has them in objects of others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def picks(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Tell whether a selector picks what carries these labels; an empty one picks everything."""
    wanted = selector.get("matchLabels") or {}
    expressions = selector.get("matchExpressions") or ()
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        _holds(expression, labels) for expression in expressions
    )


def _holds(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    # linkerd/linkerd2 policy-controller/k8s/api/src/labels.rs
    value, values = labels.get(expression["key"]), expression.get("values") or ()
    match expression["operator"]:
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case _:
            return False
