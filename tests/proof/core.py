"""A core/v1 Service as far as meshgen writes one; no CRD describes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from .crds import ServedKind, exactly
from .metadata import LABELS, QUALIFIED_NAME

# Kubernetes' pkg/apis/core/validation: ValidateService, ValidatePortNumOrName
_DNS_1035_LABEL = {"type": "string", "maxLength": 63, "pattern": "^[a-z]([-a-z0-9]*[a-z0-9])?$"}
_PORT = {
    "type": "object",
    "required": ["port"],
    "properties": {
        "name": {"type": "string", "maxLength": 63, "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"},
        "port": {"type": "integer", "minimum": 1, "maximum": 65535},
        "targetPort": {
            "x-kubernetes-int-or-string": True,
            "minimum": 1,
            "maximum": 65535,
            "maxLength": 15,
            "allOf": [{"pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}, {"pattern": "[a-z]"}],
        },
        "protocol": {"type": "string", "enum": ["TCP", "UDP", "SCTP"], "default": "TCP"},
        "appProtocol": QUALIFIED_NAME,
    },
}
_SPEC = {
    "type": "object",
    "required": ["ports"],
    "properties": {
        "selector": LABELS,
        "ports": {
            "type": "array",
            "minItems": 1,
            "items": _PORT,
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["port", "protocol"],
        },
    },
}


def _service() -> ServedKind:
    structural = {"type": "object", "required": ["spec"], "properties": {"spec": _SPEC}}
    exact = exactly(structural, api_version="v1", kind="Service")
    metadata = exact["properties"]["metadata"]
    properties = metadata["properties"] | {"name": _DNS_1035_LABEL}
    exact["properties"]["metadata"] = metadata | {"properties": properties}
    return ServedKind(api_version="v1", kind="Service", structural=exact)


SERVICE = _service()


def reject(obj: Mapping[str, Any]) -> list[str]:
    """List what the API server rejects in a Service that its schema cannot say."""
    ports = obj["spec"]["ports"]
    names = [port.get("name") for port in ports]
    if len(ports) > 1 and None in names:
        return ["core/v1 Service: every port of several needs a name"]
    twice = sorted(name for name, times in Counter(filter(None, names)).items() if times > 1)
    return [f"core/v1 Service: port name {name!r} stands twice" for name in twice]
