"""Generated objects among those of others: each stands once, and what nobody asks for any more goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import cast

from meshgen.diagnostics import Code, Findings
from meshgen.folder import Owner
from meshgen.krm.call import NOT_A_RESOURCE_LIST
from meshgen.krm.items import Identity, as_written, group, identity, noted, text_at
from meshgen.manifest import MANAGED_BY, PART_OF, Manifest
from meshgen.scalars import Json, dump
from meshgen.source import MapNode, read

TAKEN_OBJECT = Code(
    number="MG723",
    slug="taken-object",
    meaning="An object that is to be generated stands there already, written by somebody else.",
)


def upsert(
    items: Sequence[MapNode],
    manifests: Sequence[Manifest],
    *,
    owners: frozenset[Owner],
    text: Callable[[MapNode], str] | None = None,
    findings: Findings,
) -> tuple[str, ...]:
    """Write the objects, in their order, with the manifests of the intents `owners` among them.

    An object of theirs is replaced where it stands, and goes where no manifest has its identity any more.
    Another one stays, as `text` gives it, else written anew. Reports MG723 for an object of anybody else that
    a manifest would overwrite.
    """
    wanted = _wanted(manifests)
    home = {owner.namespace for owner in owners}
    texts: list[str] = []
    placed: set[Identity] = set()
    for item in items:
        key = _placed(identity(item), home)
        if _is_of(item, owners, is_wanted=key in wanted):
            if key in wanted and key not in placed:
                texts.extend(_replaced(wanted[key], item, findings))
                placed.add(key)
            continue
        if key in wanted:
            _report_taken(item, wanted[key], findings)
        texts.extend(_text(item, findings) if text is None else [text(item)])
    rest = (manifest.text for key, manifest in wanted.items() if key not in placed)
    return (*texts, *rest)


def refuse(
    items: Iterable[MapNode],
    manifests: Sequence[Manifest],
    *,
    owners: frozenset[Owner],
    findings: Findings,
) -> None:
    """Report MG723 for objects of anybody that manifests would overwrite, and that cannot be replaced."""
    wanted = _wanted(manifests)
    home = {owner.namespace for owner in owners}
    for item in items:
        key = _placed(identity(item), home)
        if key in wanted:
            _report_taken(item, wanted[key], findings)


def untouched(items: Iterable[MapNode], *, findings: Findings) -> tuple[str, ...]:
    """Write objects as they came."""
    return tuple(text for item in items for text in _text(item, findings))


def _wanted(manifests: Iterable[Manifest]) -> dict[Identity, Manifest]:
    return {
        Identity(group(each.api_version), each.kind, each.namespace, each.name): each for each in manifests
    }


def _placed(key: Identity, home: set[str]) -> Identity:
    """An object without a namespace is taken to be in that of the intents, as where inputs are read."""
    return key._replace(namespace=next(iter(home))) if not key.namespace and len(home) == 1 else key


def _is_of(item: MapNode, owners: frozenset[Owner], *, is_wanted: bool) -> bool:
    """Tell whether an object was generated for the intents; one that is wanted may lie in any namespace."""
    if text_at(item, "metadata", "labels", MANAGED_BY) != "meshgen":
        return False
    owner = Owner(
        text_at(item, "metadata", "labels", PART_OF) or "", text_at(item, "metadata", "namespace") or ""
    )
    return owner in owners or (is_wanted and owner.part_of in {each.part_of for each in owners})


def _replaced(manifest: Manifest, item: MapNode, findings: Findings) -> Iterator[str]:
    """Write a manifest with what kustomize and kpt noted on the object in whose place it stands."""
    kept = noted(item)
    if not kept:
        yield manifest.text
        return
    (node,) = read(manifest.text.encode(), file=manifest.file_name, findings=Findings())
    body = cast(Mapping[str, Json], as_written(node))
    metadata = cast(Mapping[str, Json], body["metadata"])
    before = cast(Mapping[str, Json], metadata.get("annotations", {}))
    annotated = {**metadata, "annotations": {**before, **kept}}
    yield from _dumped({**body, "metadata": annotated}, item, findings)


def _text(item: MapNode, findings: Findings) -> Iterator[str]:
    yield from _dumped(as_written(item), item, findings)


def _dumped(body: Json, item: MapNode, findings: Findings) -> Iterator[str]:
    try:
        yield dump(body)
    except ValueError as error:
        findings.add(NOT_A_RESOURCE_LIST, f"an item cannot be passed on: {error}", span=item.span)


def _report_taken(item: MapNode, manifest: Manifest, findings: Findings) -> None:
    part_of = text_at(item, "metadata", "labels", PART_OF)
    is_generated = text_at(item, "metadata", "labels", MANAGED_BY) == "meshgen"
    whose = f"generated for {part_of!r}" if is_generated else "not generated by meshgen"
    findings.add(
        TAKEN_OBJECT,
        f"{manifest.title} stands there already, {whose}, and is not overwritten",
        span=item.span,
        hint="take it away, or let the intent say what it says",
    )


def resource_list(texts: Sequence[str], results: Sequence[Json]) -> str:
    """Write the answer of a function."""
    items = "".join(f"- {text.rstrip().replace(_LINE, _BELOW)}\n" for text in texts)
    return (
        "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
        + (f"items:\n{items}" if items else "items: []\n")
        + (f"results:\n{dump(list(results))}" if results else "")
    )


_LINE, _BELOW = "\n", "\n  "  # a line of a document, and one in an entry of a list
