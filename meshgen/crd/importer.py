"""CustomResourceDefinitions to a set of JSON Schemas, each stored once, that says what it came from."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from meshgen.crd import soundness
from meshgen.crd.convert import json_schema
from meshgen.crd.index import Entry, Index, schema_file
from meshgen.diagnostics import Code, Findings, Span
from meshgen.inputs import Content
from meshgen.jsontypes import to_json
from meshgen.source import ListNode, MapNode, Node, ScalarNode, read

NOT_A_DEFINITION = Code(
    number="MG501",
    slug="not-a-definition",
    meaning="A document is no CustomResourceDefinition of today, so there is no schema in it to import.",
)
DEFINED_TWICE = Code(
    number="MG506",
    slug="defined-twice",
    meaning="Two definitions speak of one kind, of which a cluster has one.",
)

_GROUP = "apiextensions.k8s.io"
_KIND = "CustomResourceDefinition"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a set comes from, as whoever imports it says."""

    project: str
    version: str
    licence: str = ""
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A set as it is to be stored."""

    index: Index
    schemas: Mapping[str, bytes]  # by the name of the file


class _Defined(NamedTuple):
    """One sound definition, and where it stands."""

    spec: Mapping[str, Any]
    source: str
    span: Span


def imported(contents: Sequence[Content], origin: Origin, *, findings: Findings) -> Imported | None:
    """Distil the definitions of some files; None where one of them is unusable.

    Reports MG101 to MG109, MG501 to MG506 and MG509.
    """
    names = _source_names(contents)
    defined = [found for each in contents for found in _definitions(each, names[each.file], findings)]
    _report_twins(defined, findings)
    if not defined and not findings.has_errors:
        findings.add(NOT_A_DEFINITION, f"there is no {_KIND} among the files")
    if findings.has_errors:
        return None
    schemas: dict[str, bytes] = {}
    entries = []
    for each in sorted(defined, key=lambda found: (found.spec["group"], found.spec["names"]["kind"])):
        stored = _schemas(each.spec)
        schemas.update(stored.values())
        entries.append(_entry(each, {version: name for version, (name, _) in stored.items()}))
    _check(schemas.values())
    index = Index(
        project=origin.project,
        version=origin.version,
        licence=origin.licence,
        beside=origin.beside,
        sources={names[each.file]: hashlib.sha256(each.content).hexdigest() for each in contents},
        entries=tuple(entries),
    )
    return Imported(index=index, schemas=schemas)


def _source_names(contents: Sequence[Content]) -> dict[str, str]:
    """Name each file without the folders that all of them share, so that a set says the same everywhere."""
    files = [each.file for each in contents]
    names = [Path(file).name for file in files]
    if len(set(names)) < len(names):
        shared = os.path.commonpath([Path(file).absolute().parent for file in files])
        names = [Path(file).absolute().relative_to(shared).as_posix() for file in files]
    return dict(zip(files, names, strict=True))


def _definitions(content: Content, source: str, findings: Findings) -> Iterator[_Defined]:
    for node in _objects(read(content.content, file=content.file, findings=findings)):
        if not _is_definition(node, findings):
            continue
        body = to_json(node)
        if soundness.report(node, body, findings=findings):
            soundness.remark(node, body, findings=findings)
            yield _Defined(body["spec"], source, node.span)


def _objects(nodes: Sequence[Node]) -> Iterator[Node]:
    """Yield the documents, and for a List what it holds."""
    for node in nodes:
        items = node.value("items") if isinstance(node, MapNode) else None
        if isinstance(items, ListNode) and _text(node, "kind") in ("List", f"{_KIND}List"):
            yield from items.items
        else:
            yield node


def _text(node: Node, key: str) -> str:
    value = node.value(key) if isinstance(node, MapNode) else None
    return value.text if isinstance(value, ScalarNode) else ""


def _is_definition(node: Node, findings: Findings) -> bool:
    api_version, kind = _text(node, "apiVersion"), _text(node, "kind")
    if (api_version, kind) == (f"{_GROUP}/v1", _KIND):
        return True
    hint = f"import documents of {_GROUP}/v1, kind {_KIND}, alone"
    if kind == _KIND and api_version.startswith(f"{_GROUP}/"):
        message = f"the definition is of {api_version}, which no API server reads any more"
        hint = f"take that of {_GROUP}/v1: kubectl get crd NAME -o yaml prints it"
    elif kind:
        message = f"a {kind} of {api_version!r} defines no kind"
    else:
        message = "a document without a kind defines none"
    findings.add(NOT_A_DEFINITION, message, span=node.span, hint=hint)
    return False


def _report_twins(defined: Sequence[_Defined], findings: Findings) -> None:
    first: dict[tuple[str, str], _Defined] = {}
    for each in defined:
        group, kind = each.spec["group"], each.spec["names"]["kind"]
        earlier = first.setdefault((group, kind), each)
        if earlier is not each:
            findings.add(
                DEFINED_TWICE,
                f"{kind} of {group} is defined twice",
                span=each.span,
                hint="import one of the two",
                related=(("the first one", earlier.span),),
            )


def _schemas(spec: Mapping[str, Any]) -> dict[str, tuple[str, bytes]]:
    """Spell the schema of each served version, with the name of its file, which its content decides."""
    stored = {}
    for version in spec["versions"]:
        if version["served"]:
            schema = json_schema(version["schema"]["openAPIV3Schema"])
            content = _spelled(schema).encode()
            stored[version["name"]] = (schema_file(spec["names"]["kind"], content), content)
    return stored


def _spelled(schema: Mapping[str, Any]) -> str:
    return (
        json.dumps(schema, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False) + "\n"
    )


def _check(schemas: Iterable[bytes]) -> None:
    """Hold what we made against the schema of JSON Schema; a schema that fails it is our mistake."""
    from jsonschema import Draft202012Validator, FormatChecker  # 90 ms that only an import needs

    patterns_are_re2 = FormatChecker(formats=())  # else Python's `re` judges them
    for schema in schemas:
        Draft202012Validator.check_schema(json.loads(schema), format_checker=patterns_are_re2)


def _entry(defined: _Defined, served: Mapping[str, str]) -> Entry:
    spec = defined.spec
    return Entry(
        group=spec["group"],
        kind=spec["names"]["kind"],
        plural=spec["names"]["plural"],
        is_namespaced=spec["scope"] == "Namespaced",
        stored=next(version["name"] for version in spec["versions"] if version["storage"]),
        served=served,
        source=defined.source,
    )
