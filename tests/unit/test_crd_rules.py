"""The rules of a schema are asked at each value they speak of, which they see as on an API server."""

from __future__ import annotations

from typing import Any

import pytest

from meshgen.crd.rules import BROKEN_RULE, RULE_NOT_EVALUATED, Verdicts, check
from meshgen.crd.served import ServedKind
from meshgen.resources import Complaint


def nested(depth: int) -> list[Any]:
    return [nested(depth - 1)] if depth else []


def checked(schema: dict[str, Any], body: object, *, seconds: float = 10) -> Verdicts:
    served = ServedKind(group="g.example", version="v1", kind="K", is_namespaced=True, schema=schema)
    return check(served, body, seconds=seconds)


def told(schema: dict[str, Any], body: object) -> list[str]:
    verdicts = checked(schema, body)
    return [f"{each.code.number} {each.path}: {each.message}" for each in verdicts.complaints]


def ruled(schema: dict[str, Any], *rules: str | dict[str, Any]) -> dict[str, Any]:
    stated = [{"rule": rule} if isinstance(rule, str) else rule for rule in rules]
    return {**schema, "x-kubernetes-validations": stated}


def named(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def test_rules_are_evaluated_at_every_value_that_they_speak_of() -> None:
    item = ruled({"type": ["integer", "null"]}, {"rule": "self > 0", "message": " Too small. "})
    schema = ruled({"type": "array", "items": item}, "self == oldSelf", "size(self) < 3")

    verdicts = checked(schema, [1, 0, None])

    assert verdicts == Verdicts(
        complaints=(
            Complaint(code=BROKEN_RULE, message="failed rule: size(self) < 3"),
            Complaint(code=BROKEN_RULE, path=(1,), message="Too small (value 0)", hint="the rule: self > 0"),
        ),
        evaluations=3,
    )


def test_a_kind_without_rules_about_creation_is_not_looked_at() -> None:
    schema = named(spec=ruled({"type": "string"}, "self == oldSelf"), status={}, list={"type": "array"})

    assert checked(schema, {"spec": "x"}) == Verdicts(complaints=(), evaluations=0)


def test_a_rule_with_an_optional_former_state_holds_for_what_is_created() -> None:
    stated = {"rule": "oldSelf.hasValue() || self == 'new' // at first", "optionalOldSelf": True}

    assert told(ruled({"type": "string"}, stated), "new") == []
    assert told(ruled({"type": "string"}, stated), "old") == [
        "MG408 (): failed rule: oldSelf.hasValue() || self == 'new' // at first (value 'old')"
    ]


def test_what_an_api_server_cannot_evaluate_either_is_a_broken_rule_with_the_reason() -> None:
    schema = ruled(
        {"type": "string"}, {"rule": "int(self) > 0", "message": "must be a port"}, "url(self) == url(self)"
    )

    assert checked(schema, "web").complaints == (
        Complaint(
            code=BROKEN_RULE,
            message="must be a port (value 'web'): cannot convert string to int",
            hint="the rule: int(self) > 0",
        ),
        Complaint(
            code=BROKEN_RULE,
            message="failed rule: url(self) == url(self) (value 'web'): 'web' is not a URL",
        ),
    )


def test_what_this_engine_cannot_evaluate_is_no_broken_rule() -> None:
    schema = ruled(
        {"type": "string"}, {"rule": "isSemver(self)", "message": "must be a version"}, "isSemver(self) "
    )

    first, second = checked(schema, "web").complaints

    why = "was not evaluated: it does not compile here: undeclared reference to 'isSemver' (in container '')"
    assert first == Complaint(
        code=RULE_NOT_EVALUATED,
        message=f"the rule isSemver(self) {why}",
        hint="it asks: must be a version",
    )
    assert second == Complaint(code=RULE_NOT_EVALUATED, message=f"the rule isSemver(self) {why}")


def test_a_message_may_be_computed_and_a_field_named() -> None:
    rule = {
        "rule": "self.a.b == self.c",
        "message": "must be equal",
        "messageExpression": "'must be ' + string(self.c)",
        "fieldPath": r".a['b\'.d']",
    }
    schema = ruled(named(a=named(b={"type": "integer"}), c={"type": "integer"}), rule)

    assert told(schema, {"a": {"b": 1}, "c": 2}) == ["""MG408 ('a', "b'.d"): must be 2"""]


def test_a_message_that_cannot_be_computed_gives_way_to_the_written_one() -> None:
    rule = {"rule": "false", "message": "must not be", "messageExpression": "self.b"}

    assert told(ruled(named(a={"type": "integer"}), rule), {"a": 1}) == ["MG408 (): must not be"]


def test_a_long_rule_is_quoted_in_part() -> None:
    rule = f"{'true && ' * 30}false"

    assert told(ruled({"type": "string"}, rule), "x") == [
        f"MG408 (): failed rule: {'true && ' * 15}… (value 'x')"
    ]
    (complaint,) = checked(ruled({"type": "string"}, {"rule": rule, "message": "no"}), "x").complaints
    assert complaint.hint is None


def test_rules_stop_when_an_object_has_had_its_time() -> None:
    schema = ruled({"type": "string"}, "false")

    assert checked(schema, "x", seconds=-1) == Verdicts(
        complaints=(
            Complaint(
                code=RULE_NOT_EVALUATED,
                message="the rules before took all the time that one object has:"
                " none was evaluated from here on",
                hint="an API server stops here too; write several smaller objects",
            ),
        ),
        evaluations=0,
    )


@pytest.mark.parametrize(
    ("schema", "rule", "value"),
    [
        (named(namespace={"type": "string"}), "self.__namespace__ == 'n'", {"namespace": "n"}),
        (
            named(**{"x-a.b/c__d": {"type": "string"}}),
            "self.x__dash__a__dot__b__slash__c__underscores__d == 's'",
            {"x-a.b/c__d": "s"},
        ),
        (named(**{"a b": {"type": "string"}, "c": {"type": "string"}}), "!('a b' in self)", {"a b": "x"}),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "'a-b' in self", {"a-b": "c"}),
        (named(a={"type": "number"}), "type(self.a) == double", {"a": 1}),
        (named(a={"type": "number"}), "self.a > 1.7e308", {"a": 10**400}),
        (named(a={"type": "number"}), "self.a < -1.7e308", {"a": -(10**400)}),
        (named(a={"type": ["integer", "string"]}), "type(self.a) == int", {"a": 1}),
        (named(a={"type": ["string", "null"]}), "has(self.a) && self.a == null", {"a": None}),
        (named(a={"type": "boolean"}), "self.a", {"a": True}),
        (named(a={"type": "string", "format": "byte"}), "self.a == b'hi'", {"a": "aGk="}),
        (named(a={"type": "string", "format": "byte"}), "self.a == 'hi'", {"a": "hi"}),
        (named(a={"type": "object"}), "has(self.a) && !has(self.a.b)", {"a": {"b": nested(100)}}),
        (named(a={}), "!has(self.a)", {"a": nested(100)}),
        ({"type": "string", "format": "duration"}, "self == duration('1m30s')", "1m30s"),
        ({"type": "string", "format": "duration"}, "self < duration('1ms')", "999999ns"),
        ({"type": "string", "format": "date"}, "self < timestamp('2026-02-01T00:00:00Z')", "2026-01-31"),
        ({"type": "string", "format": "date-time"}, "self.getHours() == 11", "2026-01-31T12:00:00+01:00"),
        (
            named(a={"type": "string", "format": "date"}, b={"type": "integer"}),
            "self.b == 1",
            {"a": "", "b": 1},
        ),
    ],
)
def test_values_are_named_and_typed_as_an_api_server_does(
    schema: dict[str, Any], rule: str, value: object
) -> None:
    assert told(ruled(schema, rule), value) == []


TIME = {"type": "string", "format": "date-time"}


@pytest.mark.parametrize(
    ("schema", "rule", "value"),
    [
        (named(a=TIME), "self.a == self.a", {"a": "2026-01-31T12:00:00Z"}),
        (named(**{"a-b": TIME}), "self.a__dash__b == self.a__dash__b", {"a-b": "2026-01-31T12:00:00Z"}),
        (named(a={"type": "array", "items": TIME}), "self.a.size() > 0", {"a": ["2026-01-31T12:00:00Z"]}),
        ({"type": "array", "items": TIME}, "self.all(t, t == t)", ["2026-01-31T12:00:00Z"]),
    ],
)
def test_a_time_inside_an_object_is_beyond_the_engine(
    schema: dict[str, Any], rule: str, value: object
) -> None:
    why = "the engine takes no time and no duration inside an object"

    assert told(ruled(schema, rule), value) == [f"MG409 (): the rule {rule} was not evaluated: {why}"]


@pytest.mark.parametrize(("format", "kind"), [("date-time", "timestamp"), ("duration", "duration")])
def test_a_time_that_cannot_be_read_is_beyond_the_engine(format: str, kind: str) -> None:
    why = f"'3 days' is a {kind} that the engine does not take"

    assert told(ruled({"type": "string", "format": format}, "self == self"), "3 days") == [
        f"MG409 (): the rule self == self was not evaluated: {why}"
    ]


def test_rules_see_of_an_objects_head_what_an_api_server_shows() -> None:
    schema = ruled(
        {**named(spec={"type": "object"}), "properties": {"apiVersion": {}, "kind": {}, "metadata": {}}},
        "self.kind == 'K' && self.metadata.name == 'n' && !has(self.metadata.labels)",
    )

    assert told(schema, {"apiVersion": "v1", "kind": "K", "metadata": {"name": "n", "labels": {}}}) == []


def test_rules_see_the_name_of_an_embedded_object() -> None:
    head = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}}
    schema = named(template=ruled(named(**head), "self.metadata.name == 'n'"))

    assert told(schema, {"template": {"metadata": {"name": "n"}}}) == []


def test_rules_in_an_all_of_speak_of_the_values_of_the_schema() -> None:
    clause = {
        "properties": {"namespace": ruled({}, "self != ''")},
        "allOf": [ruled({}, "self.__namespace__ != 'a'")],
    }
    schema = {**named(namespace={"type": "string"}), "allOf": [clause]}

    assert told(schema, {"namespace": "a"}) == ["MG408 (): failed rule: self.__namespace__ != 'a'"]
    assert told(schema, {"namespace": ""}) == ["MG408 ('namespace',): failed rule: self != '' (value '')"]


def test_rules_in_an_all_of_speak_of_what_may_be_null_too() -> None:
    schema = named(
        a={"type": ["string", "null"], "anyOf": [{"type": "null"}, {"allOf": [ruled({}, "self != ''")]}]}
    )

    assert told(schema, {"a": None}) == []
    assert told(schema, {"a": ""}) == ["MG408 ('a',): failed rule: self != '' (value '')"]


def test_a_rule_about_what_may_be_anything_is_asked() -> None:
    assert told(named(a=ruled({}, "self.b == 1")), {"a": {"b": 2}}) == [
        "MG408 ('a',): failed rule: self.b == 1"
    ]
    assert told(named(a=ruled({}, "true")), {"a": nested(60)}) == [
        "MG409 ('a',): the rule true was not evaluated: the value nests deeper than 60 levels"
    ]


def test_a_value_of_another_type_is_left_to_the_structure() -> None:
    item = ruled({"type": "string"}, "self != ''")

    assert told(named(a=named(b=item)), {"a": [""]}) == []
    assert told(named(a={"type": "array", "items": item}), {"a": "", "c": 1}) == []
    for wrong in ({"type": "number"}, {"type": "string", "format": "byte"}, TIME):
        assert told(ruled(named(a=wrong), "true"), {"a": [1]}) == []
    assert told(ruled(TIME, "true"), 1) == [
        "MG409 (): the rule true was not evaluated: 1 is a timestamp that the engine does not take"
    ]
