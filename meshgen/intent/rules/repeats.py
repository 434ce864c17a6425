"""Lists of alternatives: what stands twice in one was meant to be something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from meshgen.diagnostics import Code, Findings, Severity
from meshgen.intent.features import Located, fields_of
from meshgen.intent.model import Service
from meshgen.intent.rules.subjects import Scene, Subject, wide_rules
from meshgen.intent.traffic import Route

REPEATED_ENTRY = Code(
    number="MG279",
    slug="repeated-entry",
    meaning="An entry stands twice in one list; the second changes nothing.",
    severity=Severity.WARNING,
)


class _List(NamedTuple):
    """A list and where it stands."""

    values: tuple[object, ...]
    holder: Located
    key: str
    field: str


def check(scene: Scene, findings: Findings) -> None:
    """Report MG279."""
    for subject in scene.subjects.values():
        for found in _of_subject(subject):
            _check(found, findings)
    for intent in scene.intents:
        for rule, field, _ in wide_rules(intent):
            for found in _below(rule, field):
                _check(found, findings)
        for name, provider in (intent.spec.jwt_providers or {}).items():
            for found in _below(provider, f"spec.jwtProviders.{name}"):
                _check(found, findings)


def _of_subject(subject: Subject) -> Iterator[_List]:
    """Yield what the service writes itself; ports and rules have names that other rules compare."""
    for attribute, key, _ in fields_of(Service):
        if key not in ("ports", "authorization") and subject.writes(key):
            yield from _value(getattr(subject.service, attribute), subject.service, key, subject.field)
    for rule, field, is_inherited in subject.rules:
        if field.endswith(".callers"):
            yield _List(rule.from_, subject.service, "callers", field)
        elif not is_inherited:
            yield from _below(rule, field)


def _below(node: Located, field: str) -> Iterator[_List]:
    for attribute, key, _ in fields_of(type(node)):  # type: ignore[arg-type]  # a class is hashable whatever its values are
        value = getattr(node, attribute)
        if isinstance(value, Located | tuple | Mapping):
            yield from _value(value, node, key, field)


def _value(value: object, holder: Located, key: str, field: str) -> Iterator[_List]:
    path = f"{field}.{key}"
    if isinstance(value, Located):
        yield from _below(value, path)
    elif isinstance(value, tuple):
        if len(value) > 1:
            yield _List(value, holder, key, path)
        for index, item in enumerate(value):
            if isinstance(item, Located):
                yield from _below(item, f"{path}[{index}]")
    elif isinstance(value, Mapping):
        for name, item in value.items():
            if isinstance(item, Located):
                yield from _below(item, f"{path}.{name}")


def _check(found: _List, findings: Findings) -> None:
    seen: dict[str, int] = {}
    for index, value in enumerate(found.values):
        if isinstance(value, Route):
            return
        first = seen.setdefault(repr(value), index)  # mappings inside cannot be hashed
        if first != index:
            there = found.holder.span(found.key, first)
            findings.add(
                REPEATED_ENTRY,
                f"{found.field}[{index}] says the same as [{first}]",
                span=found.holder.span(found.key, index),
                field=f"{found.field}[{index}]",
                hint="take one of the two away, or write what was meant",
                related=() if there is None else (("the first one", there),),
            )
