"""A kind's schema as the schema engine applies it, compiled once, and what it then refuses."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from meshgen.crd import formats, patterns
from meshgen.crd.metadata import OBJECT_META
from meshgen.crd.served import ServedKind
from meshgen.resources import Path

if TYPE_CHECKING:
    import jsonschema_rs

# apiextensions-apiserver pkg/registry/customresource/strategy.go: errors of type NotSupported,
# Required, TooLong, TooMany and TypeInvalid keep CEL from running.
_STOPS_CEL = frozenset({"enum", "required", "maxLength", "maxItems", "maxProperties", "type"})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Refusal:
    """One thing that a schema forbids in a body."""

    path: Path
    value: Any  # what stands there
    keyword: str  # of the schema
    schema: Mapping[str, Any]  # the node that forbids it
    missing: str | None = None  # the field that `required` misses
    unknown: tuple[str, ...] = ()  # the fields that `additionalProperties` refuses
    # Why each branch of `anyOf` or `oneOf` fails; one that holds has no reasons.
    branches: tuple[tuple[Refusal, ...], ...] = ()

    @property
    def fields(self) -> Mapping[str, Any]:
        """What the node says of fields by name."""
        return {str(_step(name)): below for name, below in self.schema.get("properties", {}).items()}

    @property
    def stops_cel(self) -> bool:
        """Tell whether the API server evaluates no rule of an object with such an error."""
        # kube-openapi pkg/validation/validate/schema_props.go: where no branch holds, the errors of one count
        fails = bool(self.branches) and all(self.branches)
        return self.keyword in _STOPS_CEL or (
            fails and any(each.stops_cel for branch in self.branches for each in branch)
        )


def refusals(served: ServedKind, body: Any) -> tuple[Refusal, ...]:
    """List what a kind's schema forbids in a body of which `extremes` are none."""
    engine = _engine(served)
    if not engine.is_respelled and engine.validator.is_valid(body):  # a tenth of the time of `iter_errors`
        return ()
    errors = engine.validator.iter_errors(_respelled(body))
    return tuple(each for error in errors for each in _opened(_refusal(error, engine.schema, body)))


def _respelled(value: Any) -> Any:
    """Spell keys so that the paths of errors tell them: an empty one is left out there, `05` becomes 5."""
    match value:
        case dict():
            return {_key(key): _respelled(child) for key, child in value.items()}
        case list():
            return [_respelled(child) for child in value]
        case _:
            return value


def _key(key: str) -> str:
    return f"{_MARK}{key}" if _LOST.fullmatch(key) else key


_MARK = "\0"
_LOST = re.compile(rf"(\+?[0-9]+)?|{_MARK}.*", re.DOTALL)


def _refusal(error: jsonschema_rs.ValidationError, schema: dict[str, Any], body: Any) -> Refusal:
    contexts = getattr(error.kind, "context", ())
    missing = getattr(error.kind, "property", None)
    path = tuple(map(_step, error.instance_path))
    *through, _ = error.schema_path
    return Refusal(
        path=path,
        value=_at(path, body),
        keyword=error.kind.name,
        schema=_at(through, schema),
        missing=None if missing is None else str(_step(missing)),
        unknown=tuple(str(_step(name)) for name in getattr(error.kind, "unexpected", ())),
        branches=tuple(tuple(_refusal(each, schema, body) for each in context) for context in contexts),
    )


def _step(step: str | int) -> str | int:
    return step.removeprefix(_MARK) if isinstance(step, str) else step


def _at(path: Iterable[str | int], tree: Any) -> Any:
    return functools.reduce(operator.getitem, path, tree)


def _opened(refusal: Refusal) -> Iterator[Refusal]:
    """Take what one branch refuses where the others are only there for other values: null, another word."""
    meant = [branch for branch in refusal.branches if not any(map(_is_elsewhere, branch))]
    if all(refusal.branches) and len(meant) == 1:
        yield from (opened for each in meant[0] for opened in _opened(each))
    else:
        yield refusal


def _is_elsewhere(refusal: Refusal) -> bool:
    return refusal.keyword == "not" or (refusal.keyword == "type" and refusal.schema["type"] == "null")


class _Engine(NamedTuple):
    validator: jsonschema_rs.Draft202012Validator
    schema: dict[str, Any]  # through which the paths in errors lead
    is_respelled: bool  # has names that are respelled, so that bodies always are


@functools.cache
def _engine(served: ServedKind) -> _Engine:
    """Compile what a kind asks of an object: its own schema, the metadata of every object, any status."""
    import jsonschema_rs  # 20 ms, and only needed where a manifest is judged

    schema = _applied_to_object(served)
    validator = jsonschema_rs.Draft202012Validator(
        schema,
        pattern_options=jsonschema_rs.RegexOptions(),
        validate_formats=True,
        formats={name: each.check for name, each in formats.STRINGS.items()},
        keywords={"re2": patterns.Re2},
        offline=True,
    )
    return _Engine(validator, schema, is_respelled=repr(_MARK)[1:-1] in repr(schema))


def _applied_to_object(served: ServedKind) -> dict[str, Any]:
    root = _applied(served.schema)
    named = root.get("properties", {})
    metadata = {**OBJECT_META, "allOf": [named.get("metadata", {})]}
    head = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": metadata}
    return {**root, "properties": {**named, **head, "status": {}}}


def _applied(schema: Mapping[str, Any]) -> dict[str, Any]:
    applied: dict[str, Any] = {}
    for keyword, said in schema.items():
        match keyword:
            case "properties":
                applied[keyword] = {_key(name): _applied(below) for name, below in said.items()}
            case "required":
                applied[keyword] = [_key(name) for name in said]
            case "items" | "not":
                applied[keyword] = _applied(said)
            case "additionalProperties":
                applied[keyword] = said if isinstance(said, bool) else _applied(said)
                applied.setdefault("properties", {})  # else the names that are refused are not told
            case "allOf" | "anyOf" | "oneOf":
                applied[keyword] = [_applied(branch) for branch in said]
            case "pattern":
                applied["pattern" if patterns.is_read_alike(said) else "re2"] = said
            case "format":
                applied |= _format(said)
            case _:
                applied[keyword] = said
    return applied | _range(schema)


def _format(name: str) -> dict[str, Any]:
    name = formats.normalized(name)
    return {"format": name} if name in formats.STRINGS or name in formats.RANGES else {}


def _range(schema: Mapping[str, Any]) -> dict[str, Any]:
    types = schema.get("type", ())
    of_type = formats.INT64 if "integer" in types and "number" not in types else None
    ranged = formats.RANGES.get(schema.get("format", ""), of_type)
    if ranged is None:
        return {}
    least, most = ranged
    return {
        "minimum": max(least, schema.get("minimum", least)),
        "maximum": min(most, schema.get("maximum", most)),
    }
