"""Which workloads or objects a policy binds: selectors and targets."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission.terms import WEBHOOK, Body, Rule, each, named, quoted
from meshgen.diagnostics import Code
from meshgen.resources import Complaint, Path

SELECTOR = Code(
    number="MG449",
    slug="istio-selector",
    meaning="A policy selects by what is no label, targets what none can be bound to, or selects everything.",
)
_RULE = Rule(SELECTOR, WEBHOOK)
_TARGETS = frozenset(
    {
        ("", "Service"),
        ("core", "Service"),
        ("networking.istio.io", "ServiceEntry"),
        ("gateway.networking.k8s.io", "Gateway"),
        ("gateway.networking.k8s.io", "GatewayClass"),
    }
)
_NAMED = "Service, ServiceEntry, Gateway or GatewayClass"


def refused(spec: Body) -> Iterator[Complaint]:
    """Hold the selector or the targets of a policy against what they may be."""
    yield from refused_empty(("spec", "selector"), spec, "matchLabels")
    if "targetRef" in spec:
        yield from _target(("spec", "targetRef"), spec["targetRef"])
    for path, target in each(spec, ("spec",), "targetRefs"):
        yield from _target(path, target)


def refused_empty(path: Path, spec: Body, key: str) -> Iterator[Complaint]:
    """Warn of a selector that selects everything; that its labels hold no `*` is a rule of the definition."""
    selector = spec.get(str(path[-1]))
    if selector is not None and not selector.get(key):
        yield _RULE.doubtful(
            path,
            "the selector has no labels, so it selects every workload of the namespace",
            "drop it, or add labels",
        )


def refused_workloads(spec: Body) -> Iterator[Complaint]:
    """Hold a workloadSelector, of whose keys the definition says nothing, against what labels are."""
    path: Path = ("spec", "workloadSelector")
    yield from refused_empty(path, spec, "labels")
    for at, name, _ in named(spec.get("workloadSelector", {}), path, "labels"):
        if name == "" or "*" in name:
            yield _RULE.broken(at, f"{quoted(name)} is not the key of a label", "a selector has no wildcards")


def _target(path: Path, target: Body) -> Iterator[Complaint]:
    group, kind = target.get("group", ""), target["kind"]
    if (group, kind) not in _TARGETS:
        written = f"{group}/{kind}" if group else kind
        yield _RULE.broken(path, f"a policy cannot target {quoted(written)}", f"target a {_NAMED}")
