"""Kinds made of a few lines of schema, and what is held against a body, as text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from meshgen.crd.served import ServedKind
from meshgen.resources import Complaint, spell

STRING = {"type": "string"}
INTEGER = {"type": "integer"}


def kind_of(spec: dict[str, Any], *, is_namespaced: bool = True, **more: Any) -> ServedKind:
    """Serve a kind whose objects hold `spec` and nothing else beyond their head."""
    properties = {"apiVersion": {}, "kind": {}, "metadata": {}, "spec": spec}
    schema = {"type": "object", "properties": properties, "additionalProperties": False, **more}
    return ServedKind(
        group="example.org", version="v1", kind="Thing", is_namespaced=is_namespaced, schema=schema
    )


def body_of(spec: Any, **more: Any) -> dict[str, Any]:
    """Write an object of such a kind."""
    head = {"apiVersion": "example.org/v1", "kind": "Thing", "metadata": {"name": "thing"}}
    return {**head, "spec": spec, **more}


def of(*required: str, **fields: dict[str, Any]) -> dict[str, Any]:
    """Describe a map with some fields and no others."""
    schema: dict[str, Any] = {"type": "object", "properties": fields, "additionalProperties": False}
    return {**schema, "required": [*required]} if required else schema


def list_of(items: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Describe a list."""
    return {"type": "array", "items": items, **more}


def told(complaints: Iterable[Complaint]) -> list[str]:
    """Write complaints as `MG401 spec.a: what is wrong [what to write]`."""
    return [
        f"{each.code.number} {spell(each.path)}: {each.message}" + (f" [{each.hint}]" if each.hint else "")
        for each in complaints
    ]
