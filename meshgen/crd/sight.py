"""Which rules of a schema speak of which values, and what they see there: names escaped, values typed."""

from __future__ import annotations

import base64
import datetime
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from meshgen import grammar
from meshgen.crd import cel
from meshgen.resources import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule as a schema states it."""

    text: str
    program: str  # the same as it is evaluated
    message: str | None
    message_expression: str | None
    field_path: Path  # from the value that the rule is about
    is_beyond: bool  # it names a time or a duration inside an object, which the engine does not take


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What rules see of the values of one schema node; what no rule is about or above is not in it."""

    rules: tuple[Rule, ...]
    kind: cel.Kind  # of the values, where a rule is about them alone
    read: Callable[[Any], Any] | None  # of a value that holds no others
    named: Mapping[str, tuple[str | None, Sight]]  # members: what rules call them, None if they cannot
    each: Sight | None  # of items of a list, and of values in a map
    has_rules_below: bool
    moments: frozenset[str]  # the names that rules have for what holds times and durations below


class Sighting(NamedTuple):
    """One value that rules speak of."""

    path: Path
    rules: tuple[Rule, ...]
    bound: cel.Bound | cel.Failed


def sight(schema: Mapping[str, Any]) -> Sight | None:
    """Find where the rules of a kind's schema stand; None where it has none that is about what is created."""
    named: Mapping[str, Any] = schema.get("properties", {})
    head = {name: kept for name, kept in _HEAD.items() if name in named}
    root = {**schema, "properties": {**named, **head}}
    seen = _sight(root, [root], is_wanted=False)
    return seen if seen is not None and (seen.rules or seen.has_rules_below) else None


def sightings(seen: Sight, value: Any) -> Sequence[Sighting]:
    """Find all that rules speak of, outermost first; what is not of its type is handed on as it is."""
    found: list[Sighting] = []
    _see(seen, value, (), found)
    return found


# apiextensions-apiserver pkg/apiserver/schema/cel/model: rules see this much of an object's head.
_HEAD: Mapping[str, Any] = MappingProxyType(
    {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "generateName": {"type": "string"}},
        },
    }
)


def _see(seen: Sight, value: Any, path: Path, found: list[Sighting]) -> Any:
    if value is None:  # rules are about what there is; that it is null is seen by the rules above
        return None
    at = len(found)
    if seen.rules:
        found.append(Sighting(path, seen.rules, _UNKNOWN))
    bound = _within(seen, value, path, found)
    if seen.rules:
        found[at] = Sighting(path, seen.rules, _alone(seen.kind, bound))
    return bound


_UNKNOWN = cel.Failed("it has not been looked at")


def _within(seen: Sight, value: Any, path: Path, found: list[Sighting]) -> Any:
    if seen.read is not None:
        return seen.read(value)
    if isinstance(value, dict):
        if seen.each is None:
            return _members(seen, value, path, found)
        return {key: _see(seen.each, child, (*path, key), found) for key, child in value.items()}
    if isinstance(value, list) and seen.each is not None:
        return [_see(seen.each, child, (*path, index), found) for index, child in enumerate(value)]
    return value


def _members(seen: Sight, value: Mapping[str, Any], path: Path, found: list[Sighting]) -> Any:
    bound = {}
    for key, child in value.items():
        name, member = seen.named.get(key, _NOTHING)
        below = None if member is None else _see(member, child, (*path, key), found)
        if name is not None:
            bound[name] = below
    return bound


_NOTHING = (None, None)


def _alone(kind: cel.Kind, value: Any) -> cel.Bound | cel.Failed:
    if kind == "dyn":
        return cel.Bound(value=value)
    typed = _MOMENTS[kind](value) if isinstance(value, str) else None
    if typed is None:
        return cel.Failed(f"{value!r} is a {kind} that the engine does not take")
    return cel.Bound(value=typed, kind=kind)


def _duration(text: str) -> datetime.timedelta | None:
    nanoseconds = grammar.duration_ns(text)
    return None if nanoseconds is None else datetime.timedelta(microseconds=nanoseconds // 1_000)


def _moment(text: str) -> datetime.datetime | None:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=datetime.UTC)


_MOMENTS: Mapping[cel.Kind, Callable[[str], Any]] = MappingProxyType(
    {"duration": _duration, "timestamp": _moment}
)


def _sight(schema: Mapping[str, Any], said: Sequence[Mapping[str, Any]], *, is_wanted: bool) -> Sight | None:
    """Look at one node; rules may also stand in its `allOf`, which `said` holds beside the schema itself."""
    types = schema.get("type")
    known = frozenset([types] if isinstance(types, str) else types or ()) - {"null"}
    said = [*said, *(clause for stated in said for clause in _clauses(stated))]
    stated = [rule for each in said for rule in each.get("x-kubernetes-validations", ())]
    stated = [rule for rule in stated if rule.get("optionalOldSelf") or not cel.is_transition(rule["rule"])]
    if not known and not stated:
        return None  # what may be anything is not for rules above to see
    wanted = is_wanted or bool(stated)
    named = dict(_named(schema, said, is_wanted=wanted)) if known == {"object"} else {}
    holds_others = known in ({"object"}, {"array"})
    each = _each(schema, said, is_wanted=wanted) if holds_others else None
    below = [member for _, member in named.values()] + ([] if each is None else [each])
    moments = frozenset(_moments(named, each))
    has_rules_below = any(member.rules or member.has_rules_below for member in below)
    if not wanted and not has_rules_below:
        return None
    return Sight(
        rules=tuple(_rule(rule, beyond=moments) for rule in stated),
        kind=_kind(schema) if known == {"string"} else "dyn",
        read=None if holds_others else _reader(schema, known),
        named=named,
        each=each,
        has_rules_below=has_rules_below,
        moments=moments,
    )


def _clauses(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    null, *otherwise = schema.get("anyOf", (None,))
    if null == {"type": "null"}:  # so what may be null holds what is asked of it otherwise
        yield from (clause for said in otherwise for clause in _clauses(said))
    for clause in schema.get("allOf", ()):
        yield clause
        yield from _clauses(clause)


def _named(
    schema: Mapping[str, Any], said: Sequence[Mapping[str, Any]], *, is_wanted: bool
) -> Iterator[tuple[str, tuple[str | None, Sight]]]:
    properties: Mapping[str, Any] = schema.get("properties", {})
    for name, below in properties.items():
        also = [each["properties"][name] for each in said if name in each.get("properties", {})]
        member = _sight(_embedded(name, below, properties), also, is_wanted=is_wanted)
        if member is not None:
            yield name, (_escaped(name), member)


def _embedded(name: str, schema: Mapping[str, Any], beside: Mapping[str, Any]) -> Mapping[str, Any]:
    is_head = name == "metadata" and schema == {"type": "object"} and _HEAD.keys() <= beside.keys()
    head: Mapping[str, Any] = _HEAD["metadata"] if is_head else schema
    return head


def _each(schema: Mapping[str, Any], said: Sequence[Mapping[str, Any]], *, is_wanted: bool) -> Sight | None:
    keyword = "items" if "items" in schema else "additionalProperties"
    below = schema.get(keyword)
    if not isinstance(below, Mapping) or schema.get("properties"):
        return None
    also = [each[keyword] for each in said if isinstance(each.get(keyword), Mapping)]
    return _sight(below, also, is_wanted=is_wanted)


def _rule(stated: Mapping[str, Any], *, beyond: frozenset[str]) -> Rule:
    text = stated["rule"]
    return Rule(
        text=text,
        program=cel.about_creation(text) if stated.get("optionalOldSelf") else text,
        message=stated.get("message"),
        message_expression=stated.get("messageExpression"),
        field_path=tuple(_steps(stated.get("fieldPath", ""))),
        is_beyond="" in beyond or not beyond.isdisjoint(re.findall(r"\w+", text)),
    )


def _steps(field_path: str) -> Iterator[str]:
    for step in _STEP.finditer(field_path):
        yield step["name"] or step["quoted"].replace("\\'", "'").replace("\\\\", "\\")


_STEP = re.compile(r"\.(?P<name>[^.\[\]]+)|\['(?P<quoted>(?:[^'\\]|\\.)*)'\]")


def _moments(named: Mapping[str, tuple[str | None, Sight]], each: Sight | None) -> Iterator[str]:
    """Name the members that hold times and durations; empty where one of the node itself does."""
    for name, member in named.values():
        if member.kind != "dyn":
            yield name or ""
        yield from (moment or name or "" for moment in member.moments)
    if each is not None:
        if each.kind != "dyn":
            yield ""
        yield from each.moments


def _kind(schema: Mapping[str, Any]) -> cel.Kind:
    # apiserver pkg/cel/common/values.go UnstructuredToVal
    match schema.get("format"):
        case "duration":
            return "duration"
        case "date" | "date-time":
            return "timestamp"
        case _:
            return "dyn"


def _reader(schema: Mapping[str, Any], known: frozenset[str]) -> Callable[[Any], Any]:
    if known == {"number"}:
        return _double
    if known == {"string"} and schema.get("format") == "byte":
        return _bytes
    return _same


def _double(value: Any) -> Any:
    if not isinstance(value, int):
        return value
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _bytes(value: Any) -> Any:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else value
    except ValueError:
        return value


def _same(value: Any) -> Any:
    return value


def _escaped(name: str) -> str | None:
    # apiserver pkg/cel/escaping.go
    if name in _RESERVED:
        return f"__{name}__"
    if not _NAME.fullmatch(name):
        return None
    for plain, escape in _ESCAPES:
        name = name.replace(plain, escape)
    return name


_RESERVED = frozenset(
    "true false null in as break const continue else for function if import let loop package namespace"
    " return var void while".split()
)
_NAME = re.compile(r"[A-Za-z_./-][A-Za-z0-9_./-]*")
_ESCAPES = (("__", "__underscores__"), (".", "__dot__"), ("-", "__dash__"), ("/", "__slash__"))
