"""What SARIF 2.1.0 says of the objects that we write, closed as they are there."""

from __future__ import annotations

from typing import Any

# oasis-tcs/sarif-spec Schemata/sarif-schema-2.1.0.json: names, types and bounds, of what is in use here.


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": required.split(),
        "properties": properties,
        "additionalProperties": False,
    }


def _list(items: Any, *, is_unique: bool = True) -> dict[str, Any]:
    return {"type": "array", "items": items, "uniqueItems": is_unique}


STRING = {"type": "string"}
INDEX = {"type": "integer", "minimum": -1}
POSITION = {"type": "integer", "minimum": 1}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
BAG = {"type": "object"}
TEXTS = {"type": "object", "additionalProperties": STRING}

MESSAGE = _object("", text=STRING, markdown=STRING, id=STRING) | {
    "anyOf": [{"required": ["text"]}, {"required": ["id"]}]
}
TEXT = _object("text", text=STRING, markdown=STRING)
ARTIFACT = _object(
    "", uri={"type": "string", "format": "uri-reference"}, uriBaseId=STRING, description=MESSAGE
)
REGION = _object("startLine", startLine=POSITION, startColumn=POSITION, endLine=POSITION, endColumn=POSITION)
LOCATION = _object(
    "",
    id=INDEX,
    physicalLocation=_object("artifactLocation", artifactLocation=ARTIFACT, region=REGION),
    logicalLocations=_list(_object("", name=STRING, fullyQualifiedName=STRING, kind=STRING)),
    message=MESSAGE,
)
RULE = _object(
    "id",
    id=STRING,
    name=STRING,
    shortDescription=TEXT,
    fullDescription=TEXT,
    help=TEXT,
    helpUri={"type": "string", "format": "uri"},
    defaultConfiguration=_object("", level=LEVEL),
)
RESULT = _object(
    "message",
    ruleId=STRING,
    ruleIndex=INDEX,
    level=LEVEL,
    message=MESSAGE,
    locations=_list(LOCATION, is_unique=False),
    relatedLocations=_list(LOCATION),
    partialFingerprints=TEXTS,
    properties=BAG,
)
INVOCATION = _object(
    "executionSuccessful",
    executionSuccessful={"type": "boolean"},
    toolExecutionNotifications=_list(_object("message", level=LEVEL, message=MESSAGE), is_unique=False),
)
RUN = _object(
    "tool",
    tool=_object("driver", driver=_object("name", name=STRING, semanticVersion=STRING, rules=_list(RULE))),
    invocations=_list(INVOCATION, is_unique=False),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    newlineSequences=_list(STRING) | {"minItems": 1},
    originalUriBaseIds={"type": "object", "additionalProperties": ARTIFACT},
    results=_list(RESULT, is_unique=False),
)
SARIF = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    **_object(
        "version runs",
        **{"$schema": {"type": "string", "format": "uri"}},
        version={"const": "2.1.0"},
        runs=_list(RUN, is_unique=False),
    ),
}
