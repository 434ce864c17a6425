"""Objects of which one host or one workload takes a single one: which two of the files are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from meshgen.backends.istio.admission.gateways import binds_gateways_alone
from meshgen.backends.istio.admission.terms import each, quoted
from meshgen.backends.istio.coherence.known import NETWORKING, Known
from meshgen.diagnostics import Code, Severity
from meshgen.resources import Complaint, Path, Resource

SHARED_HOST = Code(
    number="MG458",
    slug="istio-shared-host",
    meaning="Two objects are of one host, and what the later one says is left out.",
)
SHARED_WORKLOAD = Code(
    number="MG462",
    slug="istio-shared-workload",
    meaning="Two Sidecars are of one workload, and which of them it takes is not said.",
)
_HOSTS = "istio/istio pkg/config/analysis/analyzers/virtualservice/conflictingmeshgatewayhosts.go"
_RULES = "istio/istio pilot/pkg/model/destination_rule.go"
_SIDECARS = "istio/istio pkg/config/analysis/analyzers/sidecar/selector.go"
_EVERYWHERE = "*"


def shared(known: Known) -> Iterator[Complaint]:
    """Report MG458 and MG462."""
    yield from _services(known)
    yield from _rules(known)
    yield from _sidecars(known)


def _services(known: Known) -> Iterator[Complaint]:
    """Sidecars read the first VirtualService of a host alone, where both are shown to them."""
    taken: dict[str, dict[str, Resource]] = defaultdict(dict)  # by host, then namespace that it is shown to
    for service in known.resources.of(NETWORKING, "VirtualService"):
        if binds_gateways_alone(service.spec):
            continue
        for path, written in each(service.spec, ("spec",), "hosts"):
            before = taken[known.host(written, service)]
            namespaces = _shown_to(service)
            first = _first(before, namespaces)
            if first is not None and first is not service:
                yield _same_host(service, path, written, first)
            for namespace in namespaces:
                before.setdefault(namespace, service)


def _first(before: dict[str, Resource], namespaces: frozenset[str]) -> Resource | None:
    if _EVERYWHERE in namespaces:
        return next(iter(before.values()), None)
    shown = (before[namespace] for namespace in sorted({_EVERYWHERE, *namespaces}) if namespace in before)
    return next(shown, None)


def _shown_to(service: Resource) -> frozenset[str]:
    targets = service.spec.get("exportTo") or (_EVERYWHERE,)
    return frozenset(service.namespace if target == "." else target for target in targets)


def _same_host(service: Resource, path: Path, host: str, first: Resource) -> Complaint:
    return Complaint(
        code=SHARED_HOST,
        path=path,
        message=f"{first} is of the host {quoted(host)} too, and sidecars read one of them alone",
        hint="join their routes in one VirtualService",
        source=_HOSTS,
        of=service,
        beside=(("the other one", first, ("spec", "hosts")),),
    )


def _rules(known: Known) -> Iterator[Complaint]:
    """Rules of one host and namespace are joined, and what both say is taken of the first."""
    for host in sorted(known.rules):
        joined: dict[str, list[Resource]] = defaultdict(list)
        for rule in known.rules[host]:
            if "workloadSelector" not in rule.spec:
                joined[rule.namespace].append(rule)
        for rules in joined.values():
            yield from _joined(rules)


def _joined(rules: list[Resource]) -> Iterator[Complaint]:
    said: dict[str, Resource] = {}
    for rule in rules:
        parts = [*_parts(rule)]
        for path, what in parts:
            if what in said:
                first = said[what]
                yield Complaint(
                    code=SHARED_HOST,
                    path=path,
                    message=f"{first} says {what} of the same host, and what stands here is left out",
                    hint="join the two rules",
                    source=_RULES,
                    severity=Severity.WARNING,
                    of=rule,
                    beside=(("the other one", first, ("spec",)),),
                )
        for _, what in parts:
            said.setdefault(what, rule)


def _parts(rule: Resource) -> Iterator[tuple[Path, str]]:
    if "trafficPolicy" in rule.spec:
        yield ("spec", "trafficPolicy"), "the trafficPolicy"
    for path, subset in each(rule.spec, ("spec",), "subsets"):
        yield (*path, "name"), f"the subset {quoted(subset.get('name', ''))}"


def _sidecars(known: Known) -> Iterator[Complaint]:
    """A workload takes one Sidecar, and one of the namespace where none selects it."""
    wide: dict[str, Resource] = {}
    same: dict[tuple[str, frozenset[tuple[str, str]]], Resource] = {}
    owners: dict[Resource, Resource] = {}
    for sidecar in known.resources.of(NETWORKING, "Sidecar"):
        labels = sidecar.spec.get("workloadSelector", {}).get("labels") or {}
        if not labels:
            if (first := wide.setdefault(sidecar.namespace, sidecar)) is not sidecar:
                yield _same_workload(sidecar, first, "every workload of the namespace")
            continue
        first = same.setdefault((sidecar.namespace, frozenset(labels.items())), sidecar)
        selected = sorted(known.workloads.selected(sidecar.namespace, labels), key=str)
        taken = [workload for workload in selected if workload in owners]
        if first is not sidecar:
            yield _same_workload(sidecar, first, "the same workloads")
        elif taken:
            yield _same_workload(sidecar, owners[taken[0]], str(taken[0]))
        owners.update((workload, sidecar) for workload in selected if workload not in owners)


def _same_workload(sidecar: Resource, first: Resource, what: str) -> Complaint:
    return Complaint(
        code=SHARED_WORKLOAD,
        path=("spec", "workloadSelector") if "workloadSelector" in sidecar.spec else ("spec",),
        message=f"{first} is of {what} too, and one of the two is left out",
        hint="select other workloads, or join the two",
        source=_SIDECARS,
        of=sidecar,
        beside=(("the other one", first, ("spec",)),),
    )
