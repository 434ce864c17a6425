"""The shape of a document as JSON Schema, draft-07, for editors and other tools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from meshgen.intent.constraints import AtLeastOne, AtMostOne, Constraint, ExactlyOne
from meshgen.intent.document import (
    AlternativesShape,
    EitherShape,
    FieldShape,
    ListShape,
    MapShape,
    ObjectShape,
)
from meshgen.intent.load import API_VERSION
from meshgen.intent.shape import (
    ConstantShape,
    EnumShape,
    FlagShape,
    ParsedShape,
    Shape,
    TextShape,
    WholeShape,
)
from meshgen.values import Duration, Percent, Text, Whole

Schema = dict[str, Any]
Block = ObjectShape | AlternativesShape


def json_schema(document: ObjectShape) -> Schema:
    """Describe a kind of document, each block of it once below `definitions`.

    What takes arithmetic stays with the reader: durations that are no time, a part of a millisecond or more
    than a year, percentages with more than two decimals, and port numbers in quotes.
    """
    kind = document.cls.__name__
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": f"https://{API_VERSION}/{kind.lower()}.json",
        "title": kind,
        **_definition(document),
        "definitions": {_name(block): _definition(block) for block in _blocks_below(document)},
    }


def _blocks_below(shape: Shape) -> Iterator[Block]:
    """Yield the blocks below a shape in the order of the model; one that stands in two places comes twice."""
    for inner in _inner(shape):
        if isinstance(inner, Block):
            yield inner
        yield from _blocks_below(inner)


def _inner(shape: Shape) -> tuple[Shape, ...]:
    match shape:
        case ListShape(item=inner) | MapShape(value=inner) | EitherShape(other=inner):
            return (inner,)
        case ObjectShape(keys=keys):
            return tuple(field.shape for field in keys.values())
        case AlternativesShape(options=options):
            return tuple(option.keys[key].shape for key, option in options.items())
        case _:
            return ()


def _name(block: Block) -> str:
    if isinstance(block, AlternativesShape):
        return "Or".join(option.cls.__name__ for option in block.options.values())
    return block.cls.__name__


def _definition(block: Block) -> Schema:
    if isinstance(block, AlternativesShape):
        fields = {key: option.keys[key] for key, option in block.options.items()}
        return {**_closed(fields), "minProperties": 1, "maxProperties": 1}
    described = {"description": block.cls.__doc__}
    if block.shorthand is None:
        return {**described, **_object(block)}
    return {**described, "anyOf": [_schema(block.keys[block.shorthand].shape), _object(block)]}


def _object(block: ObjectShape) -> Schema:
    required = [key for key, field in block.keys.items() if field.is_required]
    relations = [relation for constraint in block.constraints for relation in _relations(constraint)]
    return {
        **_closed(block.keys),
        **({} if block.may_be_empty else {"minProperties": 1}),
        **({"required": required} if required else {}),
        **({"allOf": relations} if relations else {}),
    }


def _closed(fields: Mapping[str, FieldShape]) -> Schema:
    properties = {key: _property(field) for key, field in fields.items()}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _property(field: FieldShape) -> Schema:
    value = _schema(field.shape)
    # draft-07, 8.3: whatever stands beside a "$ref" is ignored
    return {"description": field.doc, **({"allOf": [value]} if "$ref" in value else value)}


def _relations(constraint: Constraint) -> list[Schema]:
    written = [{"required": [key]} for key in constraint.keys]
    match constraint:
        case ExactlyOne():
            return [{"oneOf": written}]
        case AtLeastOne():
            return [{"anyOf": written}]
        case AtMostOne(keys=keys):
            return [{"not": {"required": list(pair)}} for pair in combinations(keys, 2)]
        case _:
            raise TypeError(f"{constraint!r} cannot be said in JSON Schema")


def _schema(shape: Shape) -> Schema:
    match shape:
        case ObjectShape() | AlternativesShape():
            return {"$ref": f"#/definitions/{_name(shape)}"}
        case EitherShape(words=words, other=other):
            return {"anyOf": [_schema(words), _schema(other)]}
        case ListShape(item=item, may_be_single=may_be_single):
            listed = {"type": "array", "items": _schema(item), "minItems": 1}
            return {"anyOf": [_schema(item), listed]} if may_be_single else listed
        case MapShape(key=key, value=value):
            return {
                "type": "object",
                "propertyNames": _limits(key.limit),
                "additionalProperties": _schema(value),
                "minProperties": 1,
            }
        case _:
            return _scalar(shape)


def _scalar(shape: Shape) -> Schema:
    match shape:
        case TextShape(limit=Text(number=None) as limit):
            return {"type": "string", **_limits(limit)}
        case TextShape(limit=Text(number=Whole() as number) as limit):
            return {"anyOf": [{"type": "string", **_limits(limit)}, _whole(number)]}
        case WholeShape(limit=limit):
            return _whole(limit)
        case ParsedShape(cls=cls) if cls is Percent:
            # No multipleOf: readers that divide floats, python-jsonschema among them, refuse 0.58 for 0.01.
            return {"type": "number", "minimum": 0, "maximum": 100}
        case ParsedShape():
            return {"type": "string", "pattern": Duration.pattern}
        case EnumShape(members=members):
            return {"oneOf": [{"const": word.value, "description": word.doc} for word in members.values()]}
        case FlagShape(only_true=only_true):
            return {"const": True} if only_true else {"type": "boolean"}
        case ConstantShape(word=word):
            return {"const": word}
        case _:
            raise TypeError(f"{shape!r} cannot be said in JSON Schema")


def _limits(limit: Text) -> Schema:
    limits = {"pattern": limit.pattern, "maxLength": limit.longest}
    return {name: value for name, value in limits.items() if value is not None}


def _whole(limit: Whole) -> Schema:
    return {"type": "integer", "minimum": limit.least, "maximum": limit.most}
