"""What a cluster holds against an object, in its own words, and which field of the object it means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from meshgen.cluster import Applied, Cause, Refusal
from meshgen.crd.structural import UNKNOWN_FIELD
from meshgen.diagnostics import Code, Severity
from meshgen.resources import Complaint, Path, spell
from meshgen.source import ListNode, MapNode, Node, ScalarNode

REFUSED = Code(
    number="MG769",
    slug="refused-by-cluster",
    meaning="The cluster would not take the object: its definition or an admission policy is against it.",
)
DENIED = Code(
    number="MG770",
    slug="denied-by-webhook",
    meaning="An admission webhook of the cluster would not let the object in.",
)
CONFLICT = Code(
    number="MG771",
    slug="managed-by-another",
    meaning="Somebody else applied the field with another value, so applying it needs force.",
)
NO_NAMESPACE = Code(
    number="MG772",
    slug="namespace-absent",
    meaning="The cluster does not have the namespace, so it judges nothing that belongs there.",
)
WARNED = Code(
    number="MG774",
    slug="warned-by-cluster",
    meaning="The cluster would take the object, and says what is unwise about it.",
    severity=Severity.WARNING,
)

_LONGEST = 2_000  # characters of what a cluster says; a webhook may say anything
_WEBHOOK = re.compile(r'admission webhook "([^"]*)" (?:denied the request:? ?)?')
_MANAGER = re.compile(r'conflict with "([^"]*)"')
_UNDECODED = re.compile(r'((?:unknown|duplicate) field) "([^"]*)"')
_ROOT = "<nil>"  # k8s.io/apimachinery pkg/util/validation/field/path.go: a path of no field
_QUOTED = re.compile(r'"((?:spec|metadata)[.\[][^"]*)" must ')
# k8s.io/apiextensions-apiserver pkg/registry/customresource/strategy.go: said beside what stops CEL
_UNCHECKED = "Invalid value: null: some validation rules were not checked"
_UNKNOWN = re.compile("^unknown field |^field not declared in schema$")
_FIELD = re.compile(r"(?:spec|metadata)[.\[][^ ]*")


def warned(node: MapNode, applied: Applied) -> Iterator[Complaint]:
    """Tell what a cluster says beside taking an object. Reports MG774."""
    api_version = node.value("apiVersion")
    version = api_version.text if isinstance(api_version, ScalarNode) else ""
    for text in applied.warnings:
        field, _, _ = text.partition(": ")
        path: Path = located(field, node) if _FIELD.fullmatch(field) else ()
        if version and text.startswith(f"{version} "):
            path = ("apiVersion",)
        yield Complaint(code=WARNED, path=path, message=f"the cluster warns: {_line(text)}")


def refused(node: MapNode, refusal: Refusal) -> Iterator[Complaint]:
    """Tell each cause of a refusal at the field that it names. Reports MG402 and MG769 to MG772."""
    webhook = _WEBHOOK.search(refusal.message)
    missing = re.fullmatch(r'namespaces "([^"]*)" not found', refusal.message)
    if missing is not None:
        yield Complaint(
            code=NO_NAMESPACE,
            path=("metadata", "namespace"),
            message=f"the cluster has no namespace {missing[1]!r}, so nothing in it was judged",
            hint=f"kubectl create namespace {missing[1]} makes it",
        )
        return
    for cause in _causes(refusal):
        path = located(cause.field, node)
        if cause.reason == "FieldManagerConflict":
            yield _conflict(path, cause)
        elif webhook is not None:
            said = _line(cause.message.replace(webhook[0], ""))
            yield Complaint(
                code=DENIED, path=path, message=f"the webhook {webhook[1]} says{_at(path)}: {said}"
            )
        else:
            message = f"the cluster refuses {spell(path) or 'the object'}: {_line(cause.message)}"
            code = UNKNOWN_FIELD if _UNKNOWN.search(cause.message) else REFUSED
            yield Complaint(code=code, path=path, message=message)


def _at(path: Path) -> str:
    return f" of {spell(path)}" if path else ""


def _conflict(path: Path, cause: Cause) -> Complaint:
    manager = _MANAGER.search(cause.message)
    who = cause.message if manager is None else manager[1]
    return Complaint(
        code=CONFLICT,
        path=path,
        message=f"{spell(path)} was applied by {who!r} with another value",
        hint="leave the field out, apply with --force-conflicts, or name that manager: --field-manager",
    )


def _line(text: str) -> str:
    line = " ".join(text.split()).rstrip(".")
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]} ..."


def _causes(refusal: Refusal) -> Iterator[Cause]:
    """Give the causes of a refusal, those too that stand in its text; what only follows from them is none."""
    for cause in refusal.causes:
        quoted = _QUOTED.search(cause.message)
        if cause.field == _ROOT and quoted is not None:
            yield cause._replace(field=quoted[1])
        elif cause.field or cause.reason:
            if not cause.message.startswith(_UNCHECKED):
                yield cause._replace(field=cause.field.removeprefix(_ROOT))
        else:
            yield from _in_text(cause.message)


def _in_text(message: str) -> Iterator[Cause]:
    """Read what is wrong where an object does not even decode, which has no causes.

    sigs.k8s.io/structured-merge-diff typed/helpers.go, and k8s.io/apimachinery pkg/runtime/error.go
    """
    head, _, below = message.partition("): ")
    lines = below.removeprefix("errors:").strip().splitlines() if "typed patch object" in head else ()
    for line in lines:
        field, _, said = line.strip().partition(": ")
        yield Cause("", field, said)
    if not lines:
        undecoded = _UNDECODED.findall(message) if "strict decoding error" in message else ()
        yield from (Cause("", field, f"{what} {field!r}") for what, field in undecoded)
        if not undecoded:
            yield Cause("", "", message)


class _Step(NamedTuple):
    step: str | int
    rest: str


def located(field: str, node: Node) -> Path:
    """Read a field as clusters spell it, on an object of which it speaks: names hold dots and slashes.

    `spec.http[0].timeout`, `.metadata.annotations.example.com/a`, `metadata.labels[a.b/c]`,
    `.spec.ports[port=80,protocol="TCP"].name`
    """
    path: Path = ()
    at: Node | None = node
    rest = field
    while rest.strip("."):
        step, rest = _index(rest, at) if rest[0] == "[" else _name(rest.removeprefix("."), at)
        path = path if step == "" else (*path, step)
        at = _below(at, step)
    return path


def _name(text: str, node: Node | None) -> _Step:
    """Take the longest name that the object has there, else all up to the next dot or bracket."""
    keys = [entry.key.text for entry in node.entries] if isinstance(node, MapNode) else []
    known = [key for key in keys if key and f"{text}.".startswith((f"{key}.", f"{key}["))]
    name = max(known, key=len) if known else re.split(r"[.\[]", text, maxsplit=1)[0]
    return _Step(name, text[len(name) :])


def _index(text: str, node: Node | None) -> _Step:
    inside, _, rest = text[1:].partition("]")
    if isinstance(node, ListNode):
        found = next((at for at, item in enumerate(node.items) if _is_meant(inside, item)), None)
        if found is not None:
            return _Step(found, rest)
    is_number = inside.isdecimal() and not isinstance(node, MapNode)
    return _Step(int(inside) if is_number else inside.strip('"'), rest)


def _is_meant(inside: str, item: Node) -> bool:
    """Tell whether an item of a list has the keys by which it is named; a default may not be written."""
    match item:
        case MapNode():
            named = [part.partition("=")[::2] for part in inside.split(",")]
            written = [(item.value(key), value.strip('"')) for key, value in named]
            texts = [(node.text, value) for node, value in written if isinstance(node, ScalarNode)]
            return bool(texts) and all(text == value for text, value in texts)
        case ScalarNode(text=text):
            return inside.removeprefix("=").strip('"') == text and not inside.isdecimal()
        case ListNode():
            return False


def below(node: Node, path: Path) -> Node | None:
    """Find what stands at a path, None where nothing is written."""
    at: Node | None = node
    for step in path:
        at = _below(at, step)
    return at


def _below(node: Node | None, step: str | int) -> Node | None:
    match node:
        case MapNode() if isinstance(step, str):
            return node.value(step)
        case ListNode(items=items) if isinstance(step, int) and step < len(items):
            return items[step]
        case _:
            return None
