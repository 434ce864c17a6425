"""What a CustomResourceDefinition has to be, as JSON Schema: its frame, and structural schemas within it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

# Kubernetes' documentation of CustomResourceDefinition, "Specifying a structural schema"; below, what
# the API server leaves to chance (a negative length) is refused as well.
_TEXT = {"type": "string"}
_FLAG = {"type": "boolean"}
_NUMBER = {"type": "number"}
_COUNT = {"type": "integer", "minimum": 0}
_NAMES = {"type": "array", "items": _TEXT}
_LABEL = "[a-z0-9][-a-z0-9]*"  # these three become names of files
_KIND = {"type": "string", "pattern": r"^[A-Za-z][A-Za-z0-9]*$"}
_NODE = {"$ref": "#/$defs/node"}
_RESTRICTION = {"$ref": "#/$defs/restriction"}
_RESTRICTIONS = {"type": "array", "minItems": 1, "items": _RESTRICTION}

_PROSE: dict[str, Any] = {name: {} for name in ("title", "description", "example", "externalDocs")}
_OF_VALUES = {
    "type": {"enum": ["object", "array", "string", "integer", "number", "boolean"]},
    "format": _TEXT,
    "enum": {"type": "array", "minItems": 1},
    "pattern": _TEXT,
    "required": _NAMES,
    "multipleOf": {"type": "number", "exclusiveMinimum": 0},
    **dict.fromkeys(("minimum", "maximum"), _NUMBER),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), _FLAG),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), _COUNT),
    **dict.fromkeys(("minProperties", "maxProperties"), _COUNT),
    **dict.fromkeys(("allOf", "anyOf", "oneOf"), _RESTRICTIONS),
    "not": _RESTRICTION,
    "uniqueItems": {"const": False},
}
_RULE = {
    "type": "object",
    "required": ["rule"],
    "properties": {
        "optionalOldSelf": _FLAG,
        **dict.fromkeys(("rule", "message", "messageExpression", "fieldPath", "reason"), _TEXT),
    },
    "additionalProperties": False,
}
_OF_SHAPES = {
    "default": {},
    "nullable": _FLAG,
    "additionalProperties": {"if": {"type": "boolean"}, "then": {"const": True}, "else": _NODE},
    "x-kubernetes-preserve-unknown-fields": {"const": True},
    "x-kubernetes-embedded-resource": _FLAG,
    "x-kubernetes-int-or-string": _FLAG,
    "x-kubernetes-list-type": {"enum": ["atomic", "set", "map"]},
    "x-kubernetes-list-map-keys": {**_NAMES, "minItems": 1},
    "x-kubernetes-map-type": {"enum": ["atomic", "granular"]},
    "x-kubernetes-validations": {"type": "array", "items": _RULE},
}
_TYPELESS = {
    "anyOf": [
        {"required": [keyword], "properties": {keyword: {"const": True}}}
        for keyword in ("x-kubernetes-int-or-string", "x-kubernetes-preserve-unknown-fields")
    ]
}
_KEYED = {
    "required": ["x-kubernetes-list-type"],
    "properties": {"x-kubernetes-list-type": {"const": "map"}},
}
_VERSION = {
    "type": "object",
    "required": ["name", "served", "storage", "schema"],
    "properties": {
        "name": {"type": "string", "pattern": rf"^{_LABEL}$"},
        "served": _FLAG,
        "storage": _FLAG,
        "schema": {
            "type": "object",
            "required": ["openAPIV3Schema"],
            "properties": {
                "openAPIV3Schema": {"allOf": [_NODE, {"properties": {"type": {"const": "object"}}}]}
            },
        },
    },
}

SHAPE: Mapping[str, Any] = MappingProxyType(
    {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["spec"],
        "properties": {
            "spec": {
                "type": "object",
                "required": ["group", "scope", "names", "versions"],
                "properties": {
                    "group": {
                        "type": "string",
                        "pattern": rf"^({_LABEL}(\.{_LABEL})*)?$",
                    },  # empty: the core group
                    "scope": {"enum": ["Namespaced", "Cluster"]},
                    "names": {
                        "type": "object",
                        "required": ["kind", "plural"],
                        "properties": {"kind": _KIND, "plural": _TEXT},
                    },
                    "versions": {"type": "array", "minItems": 1, "items": _VERSION},
                },
            }
        },
        "$defs": {
            "node": {
                "type": "object",
                "properties": {
                    **_PROSE,
                    **_OF_VALUES,
                    **_OF_SHAPES,
                    "properties": {"type": "object", "additionalProperties": _NODE},
                    "items": _NODE,
                },
                "additionalProperties": False,
                "allOf": [
                    {"if": {"not": _TYPELESS}, "then": {"required": ["type"]}},
                    {"if": _KEYED, "then": {"required": ["x-kubernetes-list-map-keys"]}},
                ],
                "dependentSchemas": {
                    "additionalProperties": {"not": {"required": ["properties"]}},
                    "x-kubernetes-list-map-keys": _KEYED,
                },
            },
            "restriction": {
                "type": "object",
                "properties": {
                    **_PROSE,
                    **_OF_VALUES,
                    "properties": {"type": "object", "additionalProperties": _RESTRICTION},
                    "items": _RESTRICTION,
                },
                "additionalProperties": False,
            },
        },
    }
)
