"""Feature ids hang on model fields: the id of a field is its path below the service."""

from __future__ import annotations

import dataclasses
import enum
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from meshgen.diagnostics import Span
from meshgen.intent.words import Word
from meshgen.source import ListNode, MapNode, Node, ScalarNode

_META = "meshgen"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMeta:
    """What a model field says of itself."""

    key: str | None  # as the file spells it; None: from the attribute's name
    doc: str  # what it means, for schema and `explain`
    is_feature: bool  # a mesh may be unable to carry it
    is_block: bool  # the block as a whole has an id too, beside those of its fields
    is_written: bool  # False: filled by the reader, no key of the file
    is_transparent: bool  # adds nothing to the ids below it
    is_short: bool  # short for another field, whose ids it has


def feature(doc: str, *, key: str | None = None, block: bool = False, **field: typing.Any) -> typing.Any:
    """Declare a field whose meaning a mesh may be unable to carry; its id is its path."""
    return _field(doc, key=key, is_feature=True, is_block=block, field=field)


def plain(doc: str, *, key: str | None = None, transparent: bool = False, **field: typing.Any) -> typing.Any:
    """Declare a field of structure alone (names, containers), which every mesh can carry."""
    return _field(doc, key=key, is_transparent=transparent, field=field)


def short(doc: str, **field: typing.Any) -> typing.Any:
    """Declare a key that is short for another field; it is unfolded before anything is asked of a mesh."""
    return _field(doc, is_short=True, field=field)


def _field(doc: str, *, field: dict[str, typing.Any], key: str | None = None, **flags: bool) -> typing.Any:
    unset = dict.fromkeys(("is_feature", "is_block", "is_written", "is_transparent", "is_short"), False)
    meta = FieldMeta(key=key, doc=doc, **{**unset, "is_written": True, **flags})
    return dataclasses.field(metadata={_META: meta}, **field)


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A value of the model that remembers where it was written."""

    source: MapNode | ScalarNode | None = _field(
        "the tree that it was read from",
        is_written=False,
        field={"compare": False, "repr": False, "default": None},
    )

    def span(self, *path: str | int) -> Span | None:
        """Find where a key, or what lies below it, was written; the nearest place above where it was not."""
        if self.source is None:
            return None
        here: Node = self.source
        for step in path:
            below = _below(here, step)
            if below is None:
                return here.span
            here = below
        return here.span


def _below(node: Node, step: str | int) -> Node | None:
    match node:
        case MapNode():
            return node.value(str(step))
        case ListNode(items=items) if isinstance(step, int) and step < len(items):
            return items[step]
        case _:
            return None


class Written(Word):
    """The written "no" of a field that may be absent."""

    NONE = "none", "asks for none of it, and each mesh is made to do so"


class Ambient(Word):
    """Sets aside what `spec.defaults` says; asks for nothing."""

    AMBIENT = "ambient", "sets aside spec.defaults, so that the mesh does as it likes"


@cache
def fields_of(cls: typing.Any) -> tuple[tuple[str, str, FieldMeta], ...]:
    """List (attribute, key, meta) of a model class, in the order declared."""
    return tuple(
        (field.name, meta.key or _camel(field.name), meta)
        for field in dataclasses.fields(cls)
        if (meta := field.metadata[_META]).is_written
    )


def _camel(name: str) -> str:
    head, *tail = name.rstrip("_").split("_")
    return head + "".join(word.capitalize() for word in tail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """One feature that an intent uses, and where."""

    feature: str
    value: object
    holder: Located  # the value that has the field
    key: str  # the field's key in it
    path: tuple[str | int, ...]  # attributes, indexes and names from the walked root
    item: int | str | None = None  # which item of a list, or name of a map, the value is

    @property
    def span(self) -> Span | None:
        """Where it was written."""
        return self.holder.span(self.key) if self.item is None else self.holder.span(self.key, self.item)


def used(root: Located) -> Iterator[Usage]:
    """Yield each feature written below `root`, in the order of the model.

    Presence counts, not difference from a default: what is None or empty was not written.
    """
    yield from _walk(root, prefix=(), path=())


def _walk(node: Located, *, prefix: tuple[str, ...], path: tuple[str | int, ...]) -> Iterator[Usage]:
    for name, key, meta in fields_of(type(node)):  # type: ignore[arg-type]  # a class is hashable whatever its values are
        value = getattr(node, name)
        if value is None or value == () or value is Ambient.AMBIENT or meta.is_short:
            continue
        below = prefix if meta.is_transparent else (*prefix, key)
        if meta.is_block:
            yield Usage(feature=".".join(below), value=value, holder=node, key=key, path=(*path, name))
        written = _Field(holder=node, key=key, meta=meta, prefix=below, path=(*path, name))
        yield from _values(written, value)


class _Field(typing.NamedTuple):
    """A field that is written, and what its usages have in common."""

    holder: Located
    key: str
    meta: FieldMeta
    prefix: tuple[str, ...]
    path: tuple[str | int, ...]

    def usage(self, value: object, item: int | str | None = None) -> Usage:
        """Make a usage of the whole value, or of one item of it."""
        feature = _leaf_id(self.prefix, value)
        path = self.path if item is None else (*self.path, item)
        return Usage(feature=feature, value=value, holder=self.holder, key=self.key, path=path, item=item)


def _values(field: _Field, value: object) -> Iterator[Usage]:
    match value:
        case Located():
            yield from _walk(value, prefix=field.prefix, path=field.path)
        case tuple() if not _is_leaves(value):
            for index, item in enumerate(value):
                yield from _item(field, index, item)
        case Mapping() if not _is_leaves(tuple(value.values())):
            for name, item in value.items():
                yield from _item(field, name, item)
        case _ if field.meta.is_feature and not field.meta.is_block:
            yield field.usage(value)


def _item(field: _Field, step: int | str, item: object) -> Iterator[Usage]:
    if isinstance(item, Located):
        yield from _walk(item, prefix=field.prefix, path=(*field.path, step))
    elif field.meta.is_feature:
        yield field.usage(item, step)


def _is_leaves(values: tuple[object, ...]) -> bool:
    """True for a list or map of texts or shares, which is one usage as a whole."""
    return not any(isinstance(value, Located | enum.Enum | int) for value in values)


def _leaf_id(prefix: tuple[str, ...], value: object) -> str:
    match value:
        case enum.Enum():
            return ".".join((*prefix, str(value.value)))
        case bool() if prefix[-1] in _TWO_SIDED:
            return ".".join((*prefix, "true" if value else "false"))
        case int() if prefix[-1] == "retryOn":
            return ".".join((*prefix, "status"))
        case _:
            return ".".join(prefix)


# Booleans of which both values may be written; of the others only `true` exists.
_TWO_SIDED = frozenset({"createService", "forward", "allowCredentials"})

RELATIONS: Mapping[str, str] = MappingProxyType(
    {
        "ports.containerOnly": "a container port that no Service port fronts",
        "ports.second": "more than one port of a Service",
        "routes.order": "the first route that matches decides, in the order written",
        "routes.service.split": "a route that leads to a Service with a split of its own, which is skipped",
        "routes.split.several": "a route that divides its requests among several versions",
        "split.tcp": "shares of connections, on ports that carry no requests",
    }
)


@cache
def declared(cls: typing.Any) -> frozenset[str]:
    """All feature ids that can be written below a model class, relations included."""
    ids: set[str] = set(RELATIONS)
    _declare(cls, prefix=(), ids=ids, above=())
    return frozenset(ids)


def _declare(cls: type, *, prefix: tuple[str, ...], ids: set[str], above: tuple[type, ...]) -> None:
    if cls in above:
        return
    hints = typing.get_type_hints(cls)
    for name, key, meta in fields_of(cls):
        if meta.is_short:
            continue
        below = prefix if meta.is_transparent else (*prefix, key)
        if meta.is_block:
            ids.add(".".join(below))
        for leaf in _leaf_types(hints[name]):
            if isinstance(leaf, type) and issubclass(leaf, Located):
                _declare(leaf, prefix=below, ids=ids, above=(*above, cls))
            elif meta.is_feature:
                ids.update(_declared_leaf(below, leaf))


def _leaf_types(hint: typing.Any) -> Iterator[typing.Any]:
    """Take unions, lists and maps apart down to the types of single values."""
    origin = typing.get_origin(hint)
    if hint is type(None) or hint is Ellipsis or hint is Ambient:
        return
    if origin is typing.Literal or origin is None:
        yield bool if origin is typing.Literal else hint
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        yield from _leaf_types(typing.get_args(hint)[1])
    else:
        for argument in typing.get_args(hint):
            yield from _leaf_types(argument)


def _declared_leaf(prefix: tuple[str, ...], leaf: typing.Any) -> set[str]:
    if isinstance(leaf, type) and issubclass(leaf, enum.Enum):
        return {_leaf_id(prefix, member) for member in leaf}
    if leaf is bool:
        return {_leaf_id(prefix, value) for value in (True, False)}
    return {_leaf_id(prefix, 0 if leaf is int else "")}
