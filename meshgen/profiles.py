"""Which clusters are meant: `--mesh`, looked up among files, profiles of the set and those built in."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial, reduce
from typing import Any, NamedTuple

from meshgen.backend import Backend, backend, backend_names, backends, blocks
from meshgen.diagnostics import Code, Findings, Span, near_miss
from meshgen.inputs import read_inputs
from meshgen.intent.load import sort
from meshgen.intent.shape import INVALID, Place
from meshgen.profile import GatewayApi, Profile, ProfileSpec, applied, profile_shape
from meshgen.settings import read_settings
from meshgen.source import MapNode, read

UNKNOWN_MESH = Code(
    number="MG711", slug="unknown-mesh", meaning="The mesh to render for is none that is known by this name."
)
NO_MESH = Code(
    number="MG713", slug="no-mesh", meaning="No mesh was named, and the files do not settle which one."
)
UNKNOWN_BASE = Code(
    number="MG130", slug="unknown-base", meaning="A profile extends one that does not exist, or itself."
)
INCOMPLETE_PROFILE = Code(
    number="MG131",
    slug="incomplete-profile",
    meaning="A profile extends none and leaves out what it must say.",
)
UNKNOWN_VERSION = Code(
    number="MG132", slug="unknown-mesh-version", meaning="A version is outside the range that is known."
)
UNSUPPORTED_GATEWAY_API = Code(
    number="MG133",
    slug="unsupported-gateway-api",
    meaning="A mesh of this version does not support the Gateway API of that version.",
)
TAKEN_NAME = Code(number="MG134", slug="taken-name", meaning="A profile has a name that another one has.")
FOREIGN_BLOCK = Code(
    number="MG135", slug="foreign-block", meaning="A profile speaks of a mesh that it is not of."
)


class Choice(NamedTuple):
    """A cluster, and the backend that writes for its mesh."""

    backend: Backend
    profile: Profile


Profiles = Mapping[str, Choice]  # of the set, by name


def read_profiles(documents: Iterable[MapNode], *, findings: Findings) -> Profiles:
    """Read the profiles of a set. Reports MG12x and MG130 to MG135."""
    documents = tuple(documents)
    return _Reader(backends(), findings).read(documents) if documents else {}


def built_in() -> tuple[Choice, ...]:
    """List the clusters that need no file, by name."""
    every = (Choice(backend, profile) for backend in backends() for profile in backend.profiles)
    return tuple(sorted(every, key=lambda choice: choice.profile.name))


def choose(
    name: str | None,
    written: Profiles,
    settings: Iterable[str],
    *,
    may_be_file: bool = True,
    findings: Findings,
) -> tuple[Choice, ...]:
    """Find the clusters that a name means: one, or for `all` every one of the set's, else of the built-in.

    Without a name the set's only profile is meant. Reports MG711 to MG713, and MG132 and MG133 for what
    `settings` change.
    """
    chosen = _named(name, written, findings, may_be_file=may_be_file)
    settled = _settled(chosen, tuple(settings), findings)
    return () if findings.has_errors else settled


def _named(
    name: str | None, written: Profiles, findings: Findings, *, may_be_file: bool
) -> tuple[Choice, ...]:
    if name is None:
        return _only(written, findings)
    if name == "all":
        return tuple(written.values()) or built_in()
    if name in written:
        return (written[name],)
    if name in backend_names():
        return _of_backend(name, written, findings)
    if (known := _built_in_as(name)) is not None:
        return (known,)
    if may_be_file and os.path.isfile(name):  # where a name is too long, Path.is_file raises
        return _of_file(name, findings)
    names = sorted({*written, *(choice.profile.name for choice in built_in())})
    others = ("all", "or a file with a MeshProfile") if may_be_file else ()
    hint = near_miss(name, names) or f"the choices are {', '.join((*names, *others))}"
    findings.add(UNKNOWN_MESH, f"there is no mesh or profile {name!r}", hint=hint)
    return ()


def _built_in_as(name: str) -> Choice | None:
    """Find a built-in profile, first where its name begins like the mesh's: the others stay unloaded."""
    for mesh in sorted(backend_names(), key=lambda mesh: (not name.startswith(mesh), mesh)):
        known = backend(mesh)
        for profile in known.profiles:
            if profile.name == name:
                return Choice(known, profile)
    return None


def _only(written: Profiles, findings: Findings) -> tuple[Choice, ...]:
    if len(written) == 1:
        return tuple(written.values())
    findings.add(NO_MESH, "no mesh is named", hint="add one of these")
    return ()


def _of_backend(name: str, written: Profiles, findings: Findings) -> tuple[Choice, ...]:
    """A backend's name means the set's only profile of it, else its first built-in one."""
    of_it = tuple(choice for choice in written.values() if choice.backend.name == name)
    if len(of_it) > 1:
        names = ", ".join(choice.profile.name for choice in of_it)
        findings.add(UNKNOWN_MESH, f"{name!r} means several profiles of the set", hint=f"name one of {names}")
        return ()
    known = backend(name)
    return of_it or (Choice(known, known.profiles[0]),)


def _of_file(name: str, findings: Findings) -> tuple[Choice, ...]:
    nodes = [
        node
        for content in read_inputs([name], findings=findings)
        for node in read(content.content, file=content.file, findings=findings)
    ]
    found = read_profiles(sort(nodes, findings=findings).profiles, findings=findings)
    if len(found) != 1 and not findings.has_errors:
        findings.add(
            UNKNOWN_MESH,
            f"the file {name!r} holds {len(found)} profiles",
            hint="name a file that holds one MeshProfile, or the profile",
        )
    return tuple(found.values())


def _settled(chosen: tuple[Choice, ...], settings: tuple[str, ...], findings: Findings) -> tuple[Choice, ...]:
    """Lay the settings over each chosen profile."""
    if not settings:
        return chosen
    shape: Any = profile_shape(blocks(backends())).keys["spec"].shape
    specs = read_settings(settings, shape, findings=findings)
    settled = []
    for choice in chosen:
        changed = reduce(partial(_laid, choice.backend), specs, choice.profile)
        _check(changed, choice.backend, None, findings)
        settled.append(Choice(choice.backend, changed))
    return tuple(settled)


def _laid(backend: Backend, profile: Profile, spec: ProfileSpec) -> Profile:
    return _complete(applied(profile, spec), backend)


def _complete(profile: Profile, backend: Backend) -> Profile:
    """Name the newest Gateway API that the mesh supports, where none is written."""
    supported = backend.gateway_apis.get(profile.version, ())
    written = profile.gateway_api
    if not supported or (written is not None and written.version):
        return profile
    newest = GatewayApi(supported[-1]) if written is None else GatewayApi(supported[-1], written.channel)
    return replace(profile, gateway_api=newest)


def _check(profile: Profile, backend: Backend, span: Span | None, findings: Findings) -> None:
    if profile.version not in backend.versions:
        findings.add(
            UNKNOWN_VERSION,
            f"{backend.title} {profile.version} is not known",
            span=span,
            field="spec.version",
            hint=f"the known versions are {', '.join(backend.versions)}",
        )
        return
    supported = backend.gateway_apis.get(profile.version, ())
    api = profile.gateway_api
    if api is not None and supported and api.version not in supported:
        findings.add(
            UNSUPPORTED_GATEWAY_API,
            f"{backend.title} {profile.version} does not support Gateway API {api.version}",
            span=span,
            field="spec.gatewayAPI.version",
            hint=f"it supports {', '.join(supported)}",
        )


class _Reader:
    """Reads the profiles of one set, each once, in the order in which they extend each other."""

    def __init__(self, known: tuple[Backend, ...], findings: Findings) -> None:
        self._known = {backend.name: backend for backend in known}
        self._findings = findings
        self._built_in = {
            profile.name: Choice(backend, profile) for backend in known for profile in backend.profiles
        }
        self._read: dict[str, Choice | None] = {}
        self._documents: dict[str, Any] = {}

    def read(self, nodes: tuple[MapNode, ...]) -> Mapping[str, Choice]:
        """Read all documents; what is not sound is left out and reported."""
        shape = profile_shape(blocks(self._known.values()))
        for node in nodes:
            document = shape.read(node, Place(self._findings))
            if document is not INVALID:
                self._keep(document)
        names = sorted(self._documents)
        found = ((name, self._choice(name, above=())) for name in names)
        return {name: choice for name, choice in found if choice is not None}

    def _keep(self, document: Any) -> None:
        name = document.metadata.name
        is_built_in = name in self._built_in or name in self._known or name == "all"
        if is_built_in or name in self._documents:
            whose = "is built in" if is_built_in else "stands twice"
            span = document.metadata.span("name")
            self._findings.add(
                TAKEN_NAME,
                f"the profile {name!r} {whose}",
                span=span,
                field="metadata.name",
                hint="give it another name",
            )
        else:
            self._documents[name] = document

    def _choice(self, name: str, above: tuple[str, ...]) -> Choice | None:
        if name not in self._read:
            self._read[name] = self._resolved(name, above)
        return self._read[name]

    def _resolved(self, name: str, above: tuple[str, ...]) -> Choice | None:
        spec = self._documents[name].spec
        base = self._base(spec, (*above, name)) if spec.extends is not None else self._fresh(spec)
        if base is None or not self._is_of_mesh(spec, base.backend):
            return None
        profile = _complete(replace(applied(base.profile, spec), name=name), base.backend)
        before = len(self._findings)
        _check(profile, base.backend, spec.span("version"), self._findings)
        return Choice(base.backend, profile) if len(self._findings) == before else None

    def _base(self, spec: ProfileSpec, above: tuple[str, ...]) -> Choice | None:
        name = str(spec.extends)
        if name in self._built_in:
            return self._built_in[name]
        if name in self._documents and name not in above:
            return self._choice(name, above)
        names = {*self._documents, *self._built_in}.difference(above)
        why = "extends itself" if name in above else "does not exist"
        hint = near_miss(name, names) or f"extend one of {', '.join(sorted(names))}"
        self._findings.add(
            UNKNOWN_BASE,
            f"the profile {name!r} {why}",
            span=spec.span("extends"),
            field="spec.extends",
            hint=hint,
        )
        return None

    def _fresh(self, spec: ProfileSpec) -> Choice | None:
        """A profile that extends none says of which mesh and version it is."""
        backend = self._known.get(spec.mesh or "")
        if backend is None or spec.version is None:
            missing = "mesh" if backend is None else "version"
            hint = f"extend one of {', '.join(self._built_in)}"
            if missing == "mesh" and spec.mesh is not None:
                hint = near_miss(spec.mesh, self._known) or hint
            self._findings.add(
                INCOMPLETE_PROFILE,
                f"the profile names no {missing} that is known",
                span=spec.span(missing),
                field=f"spec.{missing}",
                hint=hint,
            )
            return None
        blank = Profile(name="", mesh=backend.name, version=spec.version, block=backend.profiles[0].block)
        return Choice(backend, blank)

    def _is_of_mesh(self, spec: ProfileSpec, backend: Backend) -> bool:
        foreign = [
            name for name in self._known if name != backend.name and getattr(spec, name, None) is not None
        ]
        if spec.mesh not in (None, backend.name):
            foreign.append("mesh")
        for key in foreign:
            self._findings.add(
                FOREIGN_BLOCK,
                f"{key!r} does not fit a profile of {backend.title}",
                span=spec.span(key),
                field=f"spec.{key}",
                hint="take it away, or extend a profile of that mesh",
            )
        return not foreign
