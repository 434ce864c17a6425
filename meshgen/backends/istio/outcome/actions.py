"""What a route does with the requests that it takes: destinations and everything that happens on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from meshgen.backends.istio.hosts import full
from meshgen.backends.istio.outcome.clusters import Cluster, Clusters
from meshgen.backends.istio.outcome.edits import Changes, changes, joined
from meshgen.backends.istio.outcome.policy import ambient
from meshgen.backends.istio.outcome.retrying import retry_steps
from meshgen.backends.istio.outcome.rewriting import Rewrite, rewrite
from meshgen.backends.istio.outcome.sharing import Sharing, sharing
from meshgen.backends.istio.read.objects import milliseconds, share
from meshgen.intent.model import Protocol
from meshgen.intent.outcome.facets import Basis, Facet, Step, Value, Verdict, alike, edits, shares
from meshgen.resources import Path, Resource

ROUTE = "istio/istio pilot/pkg/networking/core/route/route.go"
_FAULT = "envoyproxy/envoy source/extensions/filters/http/fault/fault_filter.cc"


class Part(NamedTuple):
    """One destination that gets requests."""

    cluster: Cluster | None  # None: the proxy has none of that name, and answers 503
    weight: int
    changes: Changes


class Forward(NamedTuple):
    """Requests or connections are sent on."""

    parts: tuple[Part, ...]
    steps: tuple[Step, ...]
    rewrite: Rewrite | None = None
    sharing: Sharing | None = None
    basis: Basis = Basis(name="Istio", source=ROUTE)


class Redirecting(NamedTuple):
    """The caller's proxy answers with another address."""

    body: Mapping[str, Any]
    code: int
    port: int
    response: Step
    basis: Basis


class Answering(NamedTuple):
    """The caller's proxy answers by itself."""

    steps: tuple[Step, ...]


Action = Forward | Redirecting | Answering


class Origin(NamedTuple):
    """The part of an object that a route is read from, and for whom and which port."""

    of: Resource
    path: Path
    client: str
    port: int
    protocol: Protocol

    def basis(self, *keys: str | int, source: str = ROUTE) -> Basis:
        """Name a part of it."""
        return Basis(name=str(self.of), of=self.of, path=(*self.path, *keys), source=source)


def action(body: Mapping[str, Any], origin: Origin, clusters: Clusters, prefix: int | None) -> Action:
    """Read what one entry of `http` does."""
    edited = changes(body.get("headers") or {})
    if body.get("redirect") is not None:
        to = body["redirect"]
        response = _edits_step(Facet.RESPONSE_HEADERS, [edited.response], origin.basis("headers"))
        basis = origin.basis("redirect")
        return Redirecting(to, to.get("redirectCode") or 301, origin.port, response, basis)
    if body.get("directResponse") is not None:
        basis = origin.basis("directResponse")
        says = f"the caller's proxy answers {body['directResponse'].get('status')}"
        return Answering((Step(says=says, basis=basis, facet=Facet.VERDICT, value=Verdict.ALLOWED),))
    return _forward(body, origin, clusters, (edited, prefix))


def _forward(
    body: Mapping[str, Any], origin: Origin, clusters: Clusters, how: tuple[Changes, int | None]
) -> Forward:
    edited, prefix = how
    rewritten = body.get("rewrite") or {}
    if rewritten.get("authority"):
        edited = edited._replace(host=rewritten["authority"])
    sent = parts(body.get("route") or (), origin, clusters, edited)
    cors = body.get("corsPolicy")
    return Forward(
        sent,
        (
            *destination_steps(sent, origin.basis("route"), is_http=True),
            *_timing(body, origin),
            *_faults(body.get("fault") or {}, origin),
            _mirrors(body, origin, clusters),
            _edits_step(
                Facet.REQUEST_HEADERS, [part.changes.request for part in sent], origin.basis("headers")
            ),
            _edits_step(
                Facet.RESPONSE_HEADERS, [part.changes.response for part in sent], origin.basis("headers")
            ),
        ),
        rewrite(rewritten, prefix),
        None if cors is None else sharing(cors),
        origin.basis(),
    )


def plain(cluster: Cluster | None, protocol: Protocol) -> Forward:
    """Send everything to one Service, as proxies do without a route.

    istio/istio pilot/pkg/networking/core/route/route.go: `BuildDefaultHTTPOutboundRoute`.
    """
    sent = (Part(cluster, 1, Changes()),)
    basis = Basis(name="Istio", source=ROUTE)
    ways = destination_steps(sent, basis, is_http=protocol.is_http)
    if not protocol.is_http:
        return Forward(sent, ways)
    unasked = (
        ambient(Facet.TIMEOUT, None, "a request has no time limit", ROUTE),
        *retry_steps(None, None, (), protocol),
        *_no_faults(()),
        ambient(Facet.MIRROR, (), "nothing is copied", ROUTE),
        _edits_step(Facet.REQUEST_HEADERS, [edits()], basis),
        _edits_step(Facet.RESPONSE_HEADERS, [edits()], basis),
    )
    return Forward(sent, (*ways, *unasked))


def connection(body: Mapping[str, Any], origin: Origin, clusters: Clusters) -> Forward:
    """Read what one entry of `tcp` or `tls` does."""
    sent = parts(body.get("route") or (), origin, clusters, Changes())
    ways = destination_steps(sent, origin.basis("route"), is_http=False)
    return Forward(sent, ways, basis=origin.basis())


def parts(
    route: Sequence[Mapping[str, Any]], origin: Origin, clusters: Clusters, edited: Changes
) -> tuple[Part, ...]:
    """Read weighted destinations: a lone one gets all, of several those without a weight get nothing."""
    is_lone = len(route) == 1
    found = []
    for each in route:
        weight = 1 if is_lone else each.get("weight", 0)
        if weight:
            cluster = _cluster(each.get("destination") or {}, origin, clusters)
            found.append(Part(cluster, weight, joined(edited, changes(each.get("headers") or {}))))
    return tuple(found)


def _cluster(destination: Mapping[str, Any], origin: Origin, clusters: Clusters) -> Cluster | None:
    host = full(destination.get("host", ""), origin.of.namespace, clusters.domain)
    number = (destination.get("port") or {}).get("number")
    if number is None:
        service = clusters.service(host)
        is_lone = service is not None and len(service.ports) == 1
        number = service.ports[0].number if service is not None and is_lone else origin.port
    return clusters.cluster(origin.client, host, destination.get("subset") or "", number)


def destination_steps(sent: Sequence[Part], basis: Basis, *, is_http: bool) -> tuple[Step, ...]:
    """Say where requests go, and by which policy they are sent there."""
    value = shares((() if part.cluster is None else part.cluster.endpoints, part.weight) for part in sent)
    is_ambient = basis.of is None
    says = "it goes to every pod of the Service" if is_ambient else f"{basis.name} says where it goes"
    first = Step(says=says, basis=basis, facet=Facet.BACKENDS, value=value, is_ambient=is_ambient)
    policies = [part.cluster.steps for part in sent if part.cluster is not None]
    return (first, *_alike(policies, is_http=is_http))


_OF_REQUESTS = frozenset((Facet.MAX_PENDING, Facet.MAX_REQUESTS, Facet.MAX_PER_CONNECTION))


def _alike(policies: Sequence[Mapping[Facet, Step]], *, is_http: bool) -> Iterator[Step]:
    for facet in dict.fromkeys(facet for policy in policies for facet in policy):
        if facet in _OF_REQUESTS and not is_http:
            continue
        found = [policy.get(facet) for policy in policies]
        steps = [step for step in found if step is not None]
        shown = next((step for step in steps if not step.is_ambient), steps[0])
        value = alike(None if step is None else step.value for step in found)
        yield Step(says=shown.says, basis=shown.basis, facet=facet, value=value, is_ambient=shown.is_ambient)


def _timing(body: Mapping[str, Any], origin: Origin) -> Iterator[Step]:
    if "timeout" in body:
        says = f"{origin.of} bounds the whole request"
        yield Step(
            says=says, basis=origin.basis("timeout"), facet=Facet.TIMEOUT, value=milliseconds(body["timeout"])
        )
    else:
        yield ambient(Facet.TIMEOUT, None, "a request has no time limit", ROUTE)
    yield from retry_steps(body.get("retries"), origin.of, (*origin.path, "retries"), origin.protocol)


def _faults(body: Mapping[str, Any], origin: Origin) -> Iterator[Step]:
    """A share that is not written is none at all."""
    delay, abort = body.get("delay"), body.get("abort")
    written: list[tuple[Facet, str, Value]] = []
    if delay is not None:
        chance, length = _chance(delay), delay.get("fixedDelay")
        is_on = chance and length is not None
        written.append((Facet.FAULT_DELAY, "delay", (milliseconds(length), chance) if is_on else None))
    if abort is not None:
        chance, status = _chance(abort), _status(abort)
        is_on = chance and status is not None
        written.append((Facet.FAULT_ABORT, "abort", (status, chance) if is_on else None))
    for facet, key, value in written:
        basis = origin.basis("fault", key, source=_FAULT)
        yield Step(says=f"{origin.of} injects a fault", basis=basis, facet=facet, value=value)
    yield from _no_faults([facet for facet, _, _ in written])


def _no_faults(written: Iterable[Facet]) -> Iterator[Step]:
    for facet in (Facet.FAULT_DELAY, Facet.FAULT_ABORT):
        if facet not in written:
            yield ambient(facet, None, "no fault is injected", ROUTE)


def _chance(body: Mapping[str, Any]) -> Fraction:
    percentage = body.get("percentage")
    return Fraction(body.get("percent", 0), 100) if percentage is None else share(percentage)


def _status(abort: Mapping[str, Any]) -> int | str | None:
    if "grpcStatus" in abort:
        return str(abort["grpcStatus"]).lower().replace("_", "-")
    return abort.get("httpStatus")


def _mirrors(body: Mapping[str, Any], origin: Origin, clusters: Clusters) -> Step:
    found: list[tuple[tuple[str, ...], Fraction]] = []
    for each in _copies(body):
        cluster = _cluster(each["destination"], origin, clusters)
        percentage = each.get("percentage")
        chance = Fraction(1) if percentage is None else share(percentage)
        if cluster is not None and chance:
            pods = tuple(sorted(f"{pod.title}:{port}" for pod, port in cluster.endpoints))
            found.append((pods, chance))
    if not any(key in body for key in ("mirror", "mirrors")):
        return ambient(Facet.MIRROR, (), "nothing is copied", ROUTE)
    basis = origin.basis("mirrors" if "mirrors" in body else "mirror")
    says = f"{origin.of} has requests copied"
    return Step(says=says, basis=basis, facet=Facet.MIRROR, value=tuple(sorted(found)))


def _copies(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if body.get("mirror") is not None:
        share = body.get("mirrorPercentage")
        old = body.get("mirrorPercent", body.get("mirror_percent"))
        if share is None and old is not None:
            share = {"value": old}
        yield {"destination": body["mirror"], **({} if share is None else {"percentage": share})}
    yield from (each for each in body.get("mirrors") or () if each.get("destination"))


def _edits_step(facet: Facet, every: Iterable[Value], basis: Basis) -> Step:
    value = alike(tuple(every) or (edits(),))
    if value == edits():
        return ambient(facet, value, "headers stay", ROUTE)
    return Step(says=f"{basis.name} changes headers", basis=basis, facet=facet, value=value)
