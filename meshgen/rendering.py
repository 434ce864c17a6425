"""What a translation for one cluster came to."""

from __future__ import annotations

from dataclasses import dataclass

from meshgen.diagnostics import Diagnostic
from meshgen.fidelity import Cause
from meshgen.intent.resolved import ResolvedSet
from meshgen.manifest import Manifest
from meshgen.patches import Patch
from meshgen.profile import Profile
from meshgen.resources import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """One mesh's manifests, in an order that is safe to apply, and what is to be told."""

    profile: Profile
    findings: tuple[Diagnostic, ...]
    manifests: tuple[Manifest, ...] = ()  # none where a finding is an error
    resources: tuple[Resource, ...] = ()  # what the manifests say, as a cluster sees them
    patches: tuple[Patch, ...] = ()  # of objects that are not ours, where they are asked for
    causes: tuple[Cause, ...] = ()  # what is not carried as written, and what was accepted of it
    left: ResolvedSet | None = None  # what the manifests are to mean; None beside an error
