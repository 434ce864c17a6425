"""To which namespaces an object is shown: `exportTo`."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission.terms import WEBHOOK, Rule, is_label, quoted
from meshgen.diagnostics import Code
from meshgen.resources import Complaint, Path, Resource

EXPORT = Code(
    number="MG443",
    slug="istio-export",
    meaning="The namespaces to which an object is exported contradict each other, or are none.",
)
_RULE = Rule(EXPORT, WEBHOOK)
_PATH: Path = ("spec", "exportTo")


def refused(
    resource: Resource, *, may_be_nobody: bool = False, is_selective: bool = False
) -> Iterator[Complaint]:
    """Ask for `.`, for namespaces, each once, or for `*` alone; `~` alone where nobody may be meant.

    Rules that select workloads bind those of their own namespace, and show themselves nowhere else.
    """
    targets = resource.spec.get("exportTo") or ()
    seen: set[str] = set()
    for index, target in enumerate(targets):
        namespace = resource.namespace if target == "." else target
        if namespace in seen:
            yield _RULE.broken(
                (*_PATH, index),
                f"{quoted(target)} names a namespace that stands before it",
                "keep one of them",
            )
        elif not (target in (".", "*") or is_label(target) or (target == "~" and may_be_nobody)):
            yield _RULE.broken(
                (*_PATH, index), f"{quoted(target)} is not a namespace", "write '.', '*' or a name"
            )
        seen.add(namespace)
    for alone in ("*", "~"):
        if alone in targets and len(targets) > 1 and (alone == "*" or may_be_nobody):
            yield _RULE.broken(
                _PATH, f"{alone!r} stands beside namespaces", f"write {alone!r} alone, or leave it out"
            )
    if is_selective:
        yield from _beyond_own(resource, seen)


def _beyond_own(resource: Resource, namespaces: set[str]) -> Iterator[Complaint]:
    others = sorted(namespaces - {resource.namespace})
    if others:
        yield _RULE.broken(
            _PATH,
            f"a rule with a workloadSelector is exported to {quoted(others[0])}",
            "write '.', or leave exportTo out",
        )
