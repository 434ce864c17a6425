"""Policies, subsets and Sidecars that select no workload among the files, where its namespace is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from meshgen.backends.istio.admission.terms import each, quoted
from meshgen.backends.istio.coherence.known import NETWORKING, SECURITY, Known
from meshgen.diagnostics import Code, Severity
from meshgen.resources import Complaint, Path, Resource

IDLE_SELECTOR = Code(
    number="MG460",
    slug="istio-idle-selector",
    meaning="A selector matches no workload, though the files hold workloads of its namespace.",
    severity=Severity.WARNING,
)
_SELECTORS = (
    (
        SECURITY,
        ("AuthorizationPolicy", "PeerAuthentication", "RequestAuthentication"),
        "selector",
        "matchLabels",
    ),
    ("telemetry.istio.io", ("Telemetry",), "selector", "matchLabels"),
    (NETWORKING, ("DestinationRule",), "workloadSelector", "matchLabels"),
    (NETWORKING, ("Sidecar",), "workloadSelector", "labels"),
)
_SOURCE = "istio/istio pkg/config/analysis/analyzers/authz/authorizationpolicies.go"
_OF_SUBSETS = "istio/istio pkg/config/analysis/analyzers/destinationrule/subset.go"
_TOPOLOGY = "topology."  # labels of the node, which Istio adds


def idle(known: Known) -> Iterator[Complaint]:
    """Report MG460."""
    for group, kinds, selector, key in _SELECTORS:
        for resource in known.resources.of(group, *kinds):
            labels = resource.spec.get(selector, {}).get(key) or {}
            if labels and resource.namespace != known.root_namespace:
                yield from _unmatched(known, resource, ("spec", selector), labels)
    for host, rules in known.rules.items():
        for rule in rules:
            yield from _subsets(known, host, rule)


def _unmatched(
    known: Known, resource: Resource, path: Path, labels: Mapping[str, str]
) -> Iterator[Complaint]:
    namespace = resource.namespace
    if known.workloads.are_known(namespace) and not known.workloads.selected(namespace, labels):
        yield Complaint(
            code=IDLE_SELECTOR,
            path=path,
            message=f"no workload of the namespace has the labels {_written(labels)}",
            hint="select labels of pods, not of Deployments",
            source=_SOURCE,
            of=resource,
        )


def _subsets(known: Known, host: str, rule: Resource) -> Iterator[Complaint]:
    name = known.service_name(host)
    service = None if name is None else known.service(name)
    selector = {} if service is None else service.spec.get("selector") or {}
    if service is None or not selector or not known.workloads.selected(service.namespace, selector):
        return
    for path, subset in each(rule.spec, ("spec",), "subsets"):
        labels = subset.get("labels") or {}
        is_of_nodes = any(key.startswith(_TOPOLOGY) for key in labels)
        if not is_of_nodes and not known.workloads.selected(service.namespace, {**labels, **selector}):
            yield Complaint(
                code=IDLE_SELECTOR,
                path=(*path, "labels"),
                message=f"no workload of {service} has the labels {_written(labels)}",
                hint="requests to the subset fail until one has them",
                source=_OF_SUBSETS,
                severity=Severity.ERROR,
                of=rule,
                beside=(("the Service", service, ("spec", "selector")),),
            )


def _written(labels: Mapping[str, str]) -> str:
    return quoted(",".join(f"{key}={value}" for key, value in sorted(labels.items())))
