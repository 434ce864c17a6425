"""`--set KEY=VALUE`: single fields of a profile, written on the command line."""

from __future__ import annotations

from collections.abc import Iterable

from meshgen.diagnostics import Code, Findings, Span
from meshgen.intent.document import FieldShape, ListShape, MapShape, ObjectShape
from meshgen.intent.shape import INVALID, Place
from meshgen.profile import ProfileSpec
from meshgen.source import Entry, ListNode, MapNode, Node, ScalarNode, read

BAD_SETTING = Code(
    number="MG712", slug="bad-setting", meaning="A --set is not KEY=VALUE, so it says nothing of a profile."
)


def read_settings(texts: Iterable[str], shape: ObjectShape, *, findings: Findings) -> tuple[ProfileSpec, ...]:
    """Read settings in the order given, each as a spec with one field.

    `shape` is that of a profile's `spec`. A list may be written with commas, and any value as YAML in
    flow style. Reports MG712, and what is wrong with the value as in a file.
    """
    specs = []
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not all(key.split(".")):
            findings.add(
                BAD_SETTING, f"--set {text!r} is not KEY=VALUE", hint="write it like --set version=1.29"
            )
            continue
        tree = _tree(key.split("."), value, shape, findings)
        spec = INVALID if tree is None else shape.read(tree, Place(findings))
        if isinstance(spec, ProfileSpec):
            specs.append(spec)
    return tuple(specs)


def _tree(keys: list[str], value: str, shape: ObjectShape, findings: Findings) -> MapNode | None:
    """Hang the value below its keys, as a file would have it."""
    content = value.encode(errors="surrogateescape")  # the bytes that the shell gave, be they UTF-8 or not
    documents = read(content, file="--set", findings=findings)
    node: Node = documents[0] if documents else ScalarNode("", True, Span("--set", 1, 1))
    if len(documents) > 1 or findings.has_errors:
        return None
    if _is_list(keys, shape) and isinstance(node, ScalarNode):
        node = ListNode(tuple(ScalarNode(part, True, node.span) for part in node.text.split(",")), node.span)
    for key in reversed(keys):
        node = MapNode((Entry(ScalarNode(key, False, node.span), node),), node.span)
    assert isinstance(node, MapNode)
    return node


def _is_list(keys: list[str], shape: ObjectShape) -> bool:
    here: object = shape
    for key in keys:
        match here:
            case ObjectShape(keys=known):
                field: FieldShape | None = known.get(key)
                here = None if field is None else field.shape
            case MapShape(value=below):
                here = below
            case _:
                return False
    return isinstance(here, ListShape)
