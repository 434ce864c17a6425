"""What Flux does to manifests before it applies them: it replaces variables, and unknown ones by nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from meshgen.diagnostics import Code, Diagnostic, Severity
from meshgen.manifest import Manifest

SUBSTITUTED = Code(
    number="MG740",
    slug="substituted-variable",
    meaning="A manifest holds what Flux replaces: a variable, by nothing where it has no value, or '$$'.",
    severity=Severity.WARNING,
)

# fluxcd/pkg envsubst/parse/scan.go: outside of variables '$$' is an escaped '$', and no backslash escapes
_VARIABLE = re.compile(r"\$\$|\$\{[^}\n]{0,40}\}?")
# kustomize/kustomize_varsub.go there: asked for by postBuild, forbidden by an annotation
_DISABLED = "kustomize.toolkit.fluxcd.io/substitute: disabled"


def substituted(manifests: Iterable[Manifest]) -> Iterator[Diagnostic]:
    """Tell of every manifest in which Flux would substitute, MG740, but for those that forbid it."""
    for manifest in manifests:
        variable = _VARIABLE.search(manifest.text)
        if variable is not None and _DISABLED not in manifest.text:
            yield Diagnostic(
                code=SUBSTITUTED,
                message=f"{manifest.title} holds '{variable.group()}', which Flux replaces "
                "where its Kustomization has postBuild",
                severity=SUBSTITUTED.severity,
                hint=f"write the annotation '{_DISABLED}' below metadata of the intent",
                source="fluxcd/pkg kustomize/kustomize_varsub.go",
            )
