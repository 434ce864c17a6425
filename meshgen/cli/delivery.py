"""Where a render goes: manifests or patches on stdout, or a folder that is brought in step or compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, assert_never

from meshgen import folder
from meshgen.cli.telling import Telling
from meshgen.cli.usage import misuse
from meshgen.diagnostics import Findings, Severity
from meshgen.flux import substituted
from meshgen.intent.model import MeshIntent
from meshgen.manifest import Manifest
from meshgen.output import Syntax, stream
from meshgen.patches import Patch, component
from meshgen.profile import Profile

PATCHES = "patches"  # the folder of the Component, below that of the manifests


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Stdout, for manifests or for patches."""

    syntax: Syntax
    is_patched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder, which is brought in step or compared."""

    path: Path
    is_kustomized: bool
    is_checked: bool
    is_patched: bool


Target = Stream | Folder


class Rendered(NamedTuple):
    """What the intents came to on one cluster; nothing where a finding is an error."""

    intents: tuple[MeshIntent, ...]
    profile: Profile
    manifests: tuple[Manifest, ...]
    patches: tuple[Patch, ...]


def target(
    *, output: str | None, output_dir: str | None, kustomization: bool, check: bool, patches: bool
) -> Target:
    """Tell from the options where a render goes; options that contradict each other are MG710."""
    if output_dir is None:
        for flag, is_given in (("--kustomization", kustomization), ("--check", check)):
            if is_given:
                raise misuse(f"{flag} needs a folder", hint="add --output-dir DIR")
        if patches and output == "json":
            raise misuse("--patches is YAML for kustomize", hint="leave --output json out")
        return Stream(syntax=Syntax(output or "yaml"), is_patched=patches)
    if output == "json":
        raise misuse("--output json is for stdout, a folder holds YAML", hint="leave one of the two out")
    return Folder(path=Path(output_dir), is_kustomized=kustomization, is_checked=check, is_patched=patches)


def deliver(
    rendered: tuple[Rendered, ...], into: Target, *, is_one: bool, telling: Telling, findings: Findings
) -> str:
    """Bring folders in step, or tell how they are not; what is left over is for stdout. Reports MG740."""
    if isinstance(into, Folder):
        findings.extend(found for each in rendered for found in substituted(each.manifests))
    if telling.fails(findings):
        return ""
    match into:
        case Stream(is_patched=True):
            return "".join(component(found.patches) for found in rendered)
        case Stream(syntax=syntax):
            return "".join(stream(found.manifests, syntax) for found in rendered)
        case Folder():
            for found in rendered:
                path = into.path if is_one else into.path / found.profile.name
                _keep(replace(into, path=path), found, findings)
            return ""
        case _:
            assert_never(into)


def _keep(into: Folder, rendered: Rendered, findings: Findings) -> None:
    changes = [
        folder.compare(
            into.path,
            rendered.manifests,
            owners=frozenset(folder.Owner(*_identity(intent)) for intent in rendered.intents),
            is_kustomized=into.is_kustomized,
            findings=findings,
        )
    ]
    if into.is_patched:
        text = component(rendered.patches)
        changes.append(folder.compare_component(into.path / PATCHES, text, findings=findings))
    if any(found.severity is Severity.ERROR and found.code is not folder.OUT_OF_DATE for found in findings):
        return
    for each in changes:
        if into.is_checked:
            findings.extend(folder.differences(each))
        else:
            folder.write(each, findings=findings)


def _identity(intent: MeshIntent) -> tuple[str, str]:
    return intent.metadata.name, intent.metadata.namespace
