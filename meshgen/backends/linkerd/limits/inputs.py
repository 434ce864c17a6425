"""What Services and workloads among the inputs show that the manifests could not hold against."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.linkerd.plan.access import access
from meshgen.backends.linkerd.plan.cells import UncuttableError
from meshgen.backends.linkerd.plan.identities import UnsayableError
from meshgen.backends.linkerd.plan.pods import ContainerPort, is_closed_beside, ports_of
from meshgen.backends.linkerd.plan.servers import Guarded
from meshgen.diagnostics import Code, Diagnostic, Severity
from meshgen.gatewayapi.requests import Alternative, covers
from meshgen.intent.features import Written
from meshgen.intent.listing import unlisted
from meshgen.intent.match import Method, PathExact
from meshgen.intent.resolved import ResolvedService, ResolvedSet
from meshgen.intent.shown import ShownProbe
from meshgen.profile import Profile

OPEN_PORT = Code(
    number="MG347",
    slug="open-port",
    meaning="A workload has a container port that the intent does not list, and the cluster leaves it open.",
)
UNNAMED_PROBE = Code(
    number="MG348",
    slug="unnamed-probe",
    meaning="A workload has a probe that no rule admits, so its pods would never be well.",
)
ANNOTATED_SERVICE = Code(
    number="MG349",
    slug="annotated-service",
    meaning="A Service has annotations for timeouts or retries, which a route cannot switch off.",
)


def limits(service: ResolvedService, resolved: ResolvedSet, profile: Profile) -> Iterator[Diagnostic]:
    """Report MG347 to MG349."""
    yield from _annotated(service, profile)
    if service.written.pods_of is None:
        yield from _open(service, resolved, profile)
        for port in ports_of(service, resolved, profile):
            yield from _unnamed(port, profile)


def _open(service: ResolvedService, resolved: ResolvedSet, profile: Profile) -> Iterator[Diagnostic]:
    if not is_closed_beside(service, resolved, profile):
        return
    for port in unlisted(service, resolved):
        yield Diagnostic(
            code=OPEN_PORT,
            message=f"container port {port.number} behind {service.key.name} is not listed, and admits what "
            "the cluster admits",
            span=port.span,
            severity=Severity.ERROR,
            field=f"spec.services.{service.key.name}.ports",
            feature="ports.containerOnly",
            mesh=profile.name,
            hint=f"list it as {{targetPort: {port.number}}}, or annotate the pods with "
            "config.linkerd.io/default-inbound-policy and --set holds=default-inbound-policy",
            source="linkerd/linkerd2 policy-controller/k8s/index/src/inbound/workload.rs",
        )


def _unnamed(port: ContainerPort, profile: Profile) -> Iterator[Diagnostic]:
    try:
        guarded = Guarded(port=port, access=access(port.asked))
    except (UnsayableError, UncuttableError):
        return  # told elsewhere
    if not guarded.cells:
        return
    for pod in port.owner.pods:
        for probe in pod.probes:
            if probe.path is not None and _is_on(probe, port) and not _may_ask(probe, guarded):
                yield _of_probe(probe, port, profile)


def _is_on(probe: ShownProbe, port: ContainerPort) -> bool:
    names = {str(port.asked.port.target)}
    names |= {
        str(shown.name)
        for pod in port.owner.pods
        for shown in pod.ports
        if shown.number == port.asked.port.target
    }
    return probe.port in names


def _may_ask(probe: ShownProbe, guarded: Guarded) -> bool:
    """Tell whether callers without identity may ask what the kubelet asks."""
    asked = Alternative(path=PathExact(exact=str(probe.path).partition("?")[0]), method=Method.GET)
    cell = next(cell for cell in guarded.cells if covers(cell.requests, asked))
    grants = (*guarded.access.everywhere, *cell.content)
    return any(grant.peers.identities.is_everybody for grant in grants)


def _of_probe(probe: ShownProbe, port: ContainerPort, profile: Profile) -> Diagnostic:
    target = port.asked.port.target
    return Diagnostic(
        code=UNNAMED_PROBE,
        message=f"no rule admits the probe of {probe.path} on port {target} of {port.owner.key.name}",
        span=probe.span,
        severity=Severity.ERROR,
        field=f"spec.services.{port.owner.key.name}.probes",
        feature="probes.path",
        mesh=profile.name,
        hint=f"write probes: [{{path: {probe.path}, port: {target}}}]",
        source="linkerd/linkerd2 policy-controller/k8s/index/src/inbound/index.rs",
    )


def _annotated(service: ResolvedService, profile: Profile) -> Iterator[Diagnostic]:
    if service.shown is None:
        return
    for field, domain in (("timeout", "timeout.linkerd.io/"), ("retries", "retry.linkerd.io/")):
        found = sorted(key for key in service.shown.annotations if key.startswith(domain))
        if found and any(getattr(route, field) is Written.NONE for route in service.routes):
            yield Diagnostic(
                code=ANNOTATED_SERVICE,
                message=f"{service.key.name} has {field}: none, and the Service is annotated with {found[0]}",
                span=service.written.span(field),
                severity=Severity.ERROR,
                field=f"spec.services.{service.key.name}.{field}",
                feature=f"{field}.none",
                mesh=profile.name,
                hint=f"take {', '.join(found)} off the Service",
                source="linkerd/linkerd2 policy-controller/k8s/index/src/outbound/index.rs",
                related=(("the Service", service.shown.span),),
            )
