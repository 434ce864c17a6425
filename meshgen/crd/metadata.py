"""The metadata that every object carries, by Kubernetes' own rules: a CRD says only that it is a map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from meshgen.crd.served import ServedKind
from meshgen.crd.wording import shown
from meshgen.diagnostics import Code, Severity
from meshgen.grammar import is_label_key, is_label_value
from meshgen.resources import Complaint, Path
from meshgen.values import DNS_LABEL, DNS_NAME, Text

INVALID_METADATA = Code(
    number="MG407",
    slug="invalid-metadata",
    meaning="An object's name, namespace, labels or annotations are not what Kubernetes takes.",
)

_SOURCE = "kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go"
_MOST_ANNOTATED = 256 * 1024  # bytes of all annotations together

_DNS_1035_LABEL = Text(
    what="a DNS label that begins with a letter (lower-case letters, digits and '-')",
    pattern=r"^[a-z]([a-z0-9-]*[a-z0-9])?$",
    longest=63,
    example="reviews",
)
# kubernetes/kubernetes pkg/apis/core/validation/validation.go: kinds whose names are no DNS names
_NAMES: Mapping[tuple[str, str], Text] = MappingProxyType({("", "Service"): _DNS_1035_LABEL})


def _nullable(**schema: Any) -> dict[str, Any]:
    return {**schema, "type": [schema["type"], "null"]}


_TEXT = _nullable(type="string")
_FLAG = _nullable(type="boolean")
_COUNT = _nullable(type="integer")
_TIME = _nullable(type="string", format="datetime")


def _map(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return _nullable(type="array", items=items)


_NULL_IS_EMPTY = {"type": "string", "default": ""}
_TEXTS = _nullable(type="object", additionalProperties=_NULL_IS_EMPTY)
_OWNER = _map(apiVersion=_TEXT, kind=_TEXT, name=_TEXT, uid=_TEXT, controller=_FLAG, blockOwnerDeletion=_FLAG)

# What an API server decodes: null counts as absent everywhere. What it sets itself is let pass.
OBJECT_META: Mapping[str, Any] = MappingProxyType(
    _map(
        name=_TEXT,
        generateName=_TEXT,
        namespace=_TEXT,
        labels=_TEXTS,
        annotations=_TEXTS,
        finalizers=_list(_NULL_IS_EMPTY),
        ownerReferences=_list({**_OWNER, "default": {}}),
        uid=_TEXT,
        resourceVersion=_TEXT,
        generation=_COUNT,
        selfLink=_TEXT,
        creationTimestamp=_TIME,
        deletionTimestamp=_TIME,
        deletionGracePeriodSeconds=_COUNT,
        managedFields=_list({"type": "object", "default": {}}),
    )
)


def check(served: ServedKind, body: Mapping[str, Any]) -> Iterator[Complaint]:
    """Yield what Kubernetes refuses in metadata, MG407; types are left to the schema of the kind."""
    metadata = _map_at(body, "metadata")
    yield from _name(metadata, _NAMES.get((served.group, served.kind), DNS_NAME))
    yield from _namespace(_text_at(metadata, "namespace"), served)
    yield from _labels(_map_at(metadata, "labels"))
    yield from _annotations(_map_at(metadata, "annotations"))
    yield from _finalizers(_list_at(metadata, "finalizers"))
    yield from _owners(_list_at(metadata, "ownerReferences"))


def _text_at(body: Mapping[str, Any], key: str) -> str:
    found = body.get(key)
    return found if isinstance(found, str) else ""


def _map_at(body: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = body.get(key)
    return found if isinstance(found, dict) else {}


def _list_at(body: Mapping[str, Any], key: str) -> list[Any]:
    found = body.get(key)
    return found if isinstance(found, list) else []


def _name(metadata: Mapping[str, Any], limit: Text) -> Iterator[Complaint]:
    if metadata.get("name") in (None, "") and metadata.get("generateName") in (None, ""):
        hint = f"write 'name', such as {limit.example}"
        yield _complaint((), "the object has neither a name nor a generateName", hint=hint)
    for key, read in (("name", str), ("generateName", masked)):
        text = _text_at(metadata, key)
        if text and limit.check(read(text)) is not None:
            yield _complaint((key,), str(limit.check(text)), hint=_nearest(text, limit))


def masked(prefix: str) -> str:
    """Give a name of which a prefix that ends in a dash is as sound as the prefix is."""
    # apimachinery pkg/api/validation/generic.go maskTrailingDash: the name goes on behind the dash
    return f"{prefix[:-2]}a" if len(prefix) > 1 and prefix.endswith("-") else prefix


def _nearest(text: str, limit: Text) -> str | None:
    plain = text.lower().replace("_", "-")
    return f"write {plain!r}" if plain != text and limit.check(plain) is None else None


def _namespace(namespace: str, served: ServedKind) -> Iterator[Complaint]:
    if not namespace:
        return
    if not served.is_namespaced:
        message = f"{served.kind} is a kind of the whole cluster, and stands in namespace {shown(namespace)}"
        # apiserver pkg/registry/rest/meta.go EnsureObjectNamespaceMatchesRequestNamespace: it is dropped
        yield _complaint(("namespace",), message, hint="leave it out", severity=Severity.WARNING)
    elif (wrong := DNS_LABEL.check(namespace)) is not None:
        yield _complaint(("namespace",), wrong, hint=_nearest(namespace, DNS_LABEL))


def _labels(labels: Mapping[str, Any]) -> Iterator[Complaint]:
    for key, value in labels.items():
        if not is_label_key(key):
            yield _complaint(("labels", key), f"{shown(key)} is not the key of a label", hint=_KEY)
        if isinstance(value, str) and not is_label_value(value):
            yield _complaint(("labels", key), f"{shown(value)} is not the value of a label", hint=_WORD)


def _annotations(annotations: Mapping[str, Any]) -> Iterator[Complaint]:
    for key in annotations:
        if not is_label_key(key.lower()):
            yield _complaint(("annotations", key), f"{shown(key)} is not the key of an annotation", hint=_KEY)
    texts = (text for pair in annotations.items() for text in pair if isinstance(text, str))
    size = sum(len(text.encode(errors="surrogatepass")) for text in texts)
    if size > _MOST_ANNOTATED:
        message = f"the annotations have {size} bytes together, more than {_MOST_ANNOTATED}"
        yield _complaint(("annotations",), message)


def _finalizers(finalizers: list[Any]) -> Iterator[Complaint]:
    for index, name in enumerate(finalizers):
        if isinstance(name, str) and not is_label_key(name):
            yield _complaint(
                ("finalizers", index), f"{shown(name)} is not the name of a finalizer", hint=_KEY
            )
    if "orphan" in finalizers and "foregroundDeletion" in finalizers:
        yield _complaint(("finalizers",), "the finalizers orphan and foregroundDeletion exclude each other")


def _owners(owners: list[Any]) -> Iterator[Complaint]:
    maps = [(index, owner) for index, owner in enumerate(owners) if isinstance(owner, dict)]
    for index, owner in maps:
        for key in ("apiVersion", "kind", "name", "uid"):
            if owner.get(key) in (None, ""):
                yield _complaint(("ownerReferences", index), f"the owner has no {key}")
    controllers = [index for index, owner in maps if owner.get("controller") is True]
    if len(controllers) > 1:
        yield _complaint(("ownerReferences", controllers[1]), "a second owner is the controller")


_WORD = "write at most 63 letters, digits, '-', '_' and '.', a letter or digit first and last"
_KEY = f"{_WORD}; a DNS name and '/' may stand before them"


def _complaint(
    path: Path, message: str, *, hint: str | None = None, severity: Severity | None = None
) -> Complaint:
    return Complaint(
        code=INVALID_METADATA,
        path=("metadata", *path),
        message=message,
        hint=hint,
        source=_SOURCE,
        severity=severity,
    )
