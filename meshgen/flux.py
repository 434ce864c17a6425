"""What Flux does to manifests before it applies them: variables are substituted, unknown ones by nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from meshgen.diagnostics import Code, Diagnostic, Severity
from meshgen.manifest import Manifest

SUBSTITUTED = Code(
    number="MG740",
    slug="substituted-variable",
    meaning="A manifest holds what Flux takes for a variable and replaces, by nothing where it knows none.",
    severity=Severity.WARNING,
)

# fluxcd/pkg kustomize/kustomize_varsub.go: asked for by postBuild, forbidden by the annotation
_VARIABLE = re.compile(r"\$\{[^}\n]{0,40}\}?")
_DISABLED = "kustomize.toolkit.fluxcd.io/substitute: disabled"


def substituted(manifests: Iterable[Manifest]) -> Iterator[Diagnostic]:
    """Tell of every manifest in which Flux would substitute, MG740, but for those that forbid it."""
    for manifest in manifests:
        variable = _VARIABLE.search(manifest.text)
        if variable is not None and _DISABLED not in manifest.text:
            yield Diagnostic(
                code=SUBSTITUTED,
                message=f"{manifest.title} holds '{variable.group()}', which Flux takes for a variable "
                "where a Kustomization has postBuild",
                severity=SUBSTITUTED.severity,
                hint=f"write the annotation '{_DISABLED}' below metadata of the intent",
                source="fluxcd/kustomize-controller docs/spec/v1/kustomizations.md",
            )
