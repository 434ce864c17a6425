"""The metadata that every object carries, as a structural schema: a CRD says only that it is an object."""

from __future__ import annotations

from typing import Any

# Kubernetes' apimachinery, pkg/util/validation: names, label keys and label values.
_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_WORD = r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"

DNS_LABEL: dict[str, Any] = {"type": "string", "maxLength": 63, "pattern": rf"^{_LABEL}$"}
DNS_SUBDOMAIN: dict[str, Any] = {"type": "string", "maxLength": 253, "pattern": rf"^{_SUBDOMAIN}$"}
QUALIFIED_NAME: dict[str, Any] = {"type": "string", "pattern": rf"^({_SUBDOMAIN}/)?{_WORD}$"}
LABEL_VALUE: dict[str, Any] = {"type": "string", "pattern": rf"^({_WORD})?$"}


def string_map(*, keys: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Describe a map whose keys have a grammar of their own, which a CRD cannot say."""
    return {"type": "object", "additionalProperties": values, "propertyNames": keys}


LABELS = string_map(keys=QUALIFIED_NAME, values=LABEL_VALUE)

OBJECT_META: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": DNS_SUBDOMAIN,
        "namespace": DNS_LABEL,
        "labels": LABELS,
        "annotations": string_map(keys=QUALIFIED_NAME, values={"type": "string"}),
    },
}
