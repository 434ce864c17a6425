"""What a function is asked to do: by a MeshRender, or by the annotations of a MeshIntent in its place."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from meshgen.diagnostics import Code, Findings, near_miss
from meshgen.inputs import Content, read_inputs
from meshgen.intent.document import shape_of
from meshgen.intent.features import Located, plain
from meshgen.intent.load import API_VERSION, GROUP
from meshgen.intent.model import LABEL_KEY, Labels
from meshgen.intent.shape import INVALID, UNKNOWN_KEY, Place
from meshgen.krm.items import group, text_at
from meshgen.source import Entry, ListNode, MapNode, Node, ScalarNode
from meshgen.values import DNS_LABEL, DNS_NAME, Text

NO_CONFIG = Code(
    number="MG721",
    slug="no-function-config",
    meaning="A function is not told what to do: its configuration is missing, or of a kind that is not read.",
)
OUTSIDE_ROOT = Code(
    number="MG722",
    slug="outside-root",
    meaning="A function is asked for a file outside the folder that it is run in.",
)

SETTING = Text(what="a setting such as version=1.29", longest=4096, example="version=1.29")
LINE = Text(what="options of a command", longest=4096, example="--fail-on warning")
PATH = Text(what="the path of a file or folder", longest=4096, example="intent.yaml")
ANNOTATION = Text(what="an annotation", longest=262_144)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderSpec(Located):
    """What `meshgen render` is told on its command line."""

    may_be_empty = True

    mesh: Annotated[str, DNS_LABEL] | None = plain("a mesh or profile to render for", default=None)
    set: tuple[Annotated[str, SETTING], ...] = plain("fields of the profile to replace", default=())
    intents: tuple[Annotated[str, PATH], ...] = plain("files and folders below the root", default=())
    partial: Literal[True] | None = plain("leave out what may be left out", default=None)
    pin_defaults: Literal[True] | None = plain("ask for nothing where nothing is written", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderMetadata(Located):
    """What kustomize and kpt need to know a configuration by."""

    name: Annotated[str, DNS_NAME] = plain("name of the configuration")
    namespace: Annotated[str, DNS_LABEL] | None = plain("namespace, which says nothing here", default=None)
    labels: Labels | None = plain("labels, which say nothing here", default=None)
    annotations: Mapping[Annotated[str, LABEL_KEY], Annotated[str, ANNOTATION]] | None = plain(
        "annotations, such as the one that names the function", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshRender(Located):
    """A run of `meshgen render` as kustomize and kpt write it down."""

    api_version: Literal["meshgen.dev/v1alpha1"] = plain("version of the language")
    kind: Literal["MeshRender"] = plain("kind of the document")
    metadata: RenderMetadata = plain("name of the configuration")
    args_one_liner: Annotated[str, LINE] | None = plain("options that kustomize gives a plugin", default=None)
    args_from_file: Annotated[str, PATH] | None = plain("file with such options, one a line", default=None)
    spec: RenderSpec | None = plain("what is to be rendered, and how", default=None)


KINDS = ("MeshRender", "MeshIntent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be rendered, for whom, and how."""

    mesh: str | None  # None: for the set's only profile
    settings: tuple[str, ...]
    paths: tuple[str, ...]
    is_partial: bool
    is_pinned: bool
    intent: MapNode | None  # the configuration itself, where it is one


def read_order(config: MapNode | None, *, findings: Findings) -> Order | None:
    """Read a configuration; None where it is not sound. Reports MG12x and MG721."""
    kind = None if config is None else text_at(config, "kind")
    if config is None or group(text_at(config, "apiVersion") or "") != GROUP or kind not in KINDS:
        what = "no configuration is given" if config is None else f"{kind} is no configuration of meshgen"
        near = near_miss(kind or "", KINDS)
        hint = near or f"write 'apiVersion: {API_VERSION}' and 'kind: MeshRender', or an intent"
        findings.add(NO_CONFIG, what, span=None if config is None else config.span, hint=hint)
        return None
    return _of_intent(config, findings) if kind == "MeshIntent" else _of_render(config, findings)


def _of_render(config: MapNode, findings: Findings) -> Order | None:
    read: Any = shape_of(MeshRender).read(config, Place(findings))
    return None if read is INVALID else _order(read.spec or RenderSpec(), intent=None)


def _order(spec: RenderSpec, *, intent: MapNode | None) -> Order:
    return Order(
        mesh=spec.mesh,
        settings=spec.set,
        paths=spec.intents,
        is_partial=spec.partial is True,
        is_pinned=spec.pin_defaults is True,
        intent=intent,
    )


# The keys of a MeshRender as annotations of an intent; one that may have several values has one a line.
_ANNOTATIONS = {f"{GROUP}/{key}": key for key in ("mesh", "set", "partial")} | {
    f"{GROUP}/pin-defaults": "pinDefaults"
}


def _of_intent(config: MapNode, findings: Findings) -> Order | None:
    metadata = config.value("metadata")
    written = metadata.value("annotations") if isinstance(metadata, MapNode) else None
    place = Place(findings).below("metadata").below("annotations")
    entries: list[Entry] = []
    for key, value in written.entries if isinstance(written, MapNode) else ():
        name = _ANNOTATIONS.get(key.text)
        if name is not None and isinstance(value, ScalarNode):
            entries.append(Entry(ScalarNode(name, True, key.span), _valued(name, value)))
        elif key.text.startswith(f"{GROUP}/"):
            hint = near_miss(key.text, _ANNOTATIONS) or f"the keys here are {', '.join(sorted(_ANNOTATIONS))}"
            place.below(key.text).report(UNKNOWN_KEY, f"unknown key {key.text!r}", key, hint=hint)
    spec: Any = shape_of(RenderSpec).read(MapNode(tuple(entries), config.span), place)
    return None if spec is INVALID or findings.has_errors else _order(spec, intent=config)


def _valued(name: str, value: ScalarNode) -> Node:
    """Read an annotation, which is always text, as the field that it stands for."""
    if name == "set":
        lines = (line.strip() for line in value.text.splitlines())
        return ListNode(tuple(ScalarNode(line, False, value.span) for line in lines if line), value.span)
    return ScalarNode(value.text, name != "mesh", value.span)


def read_paths(order: Order, *, is_open: bool, findings: Findings) -> tuple[Content, ...]:
    """Read the files of an order, from the folder that the function is run in and, unless open, below it.

    Reports MG701 to MG703, and MG722.
    """
    if is_open:
        return _read(order.paths, findings)
    hint = "move it below the folder of the kustomization, or run with --outside-root"
    return read_below(order.paths, hint=hint, findings=findings)


def read_below(paths: Iterable[str], *, hint: str, findings: Findings) -> tuple[Content, ...]:
    """Read files that lie below the working directory, or none. Reports MG701 to MG703, and MG722."""
    paths = tuple(paths)
    refused = tuple(file for name in paths for file in _outside(name))
    for file in refused:
        findings.add(OUTSIDE_ROOT, f"{file!r} lies outside the folder that meshgen is run in", hint=hint)
    return () if refused else _read(paths, findings)


def _read(paths: Iterable[str], findings: Findings) -> tuple[Content, ...]:
    return read_inputs([f"./{name}" if name == "-" else name for name in paths], findings=findings)


def _outside(name: str) -> tuple[str, ...]:
    """List what a name leads to outside the root, through links too."""
    if not _is_below(name):
        return (name,)
    if not os.path.isdir(name):  # where a name is too long, Path.is_dir raises
        return ()
    links = (file.as_posix() for file in sorted(Path(name).rglob("*")) if file.is_symlink())
    return tuple(file for file in links if not _is_below(file))


def _is_below(name: str) -> bool:
    return Path(os.path.realpath(name)).is_relative_to(os.path.realpath(os.curdir))
