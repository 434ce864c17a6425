"""Where backends lead, and how the calls are divided among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from meshgen.backends.linkerd.outcome.guarding import Guarding
from meshgen.backends.linkerd.outcome.ways import End
from meshgen.backends.linkerd.read.profiles import Override
from meshgen.backends.linkerd.read.routes import Bound, backend_namespace, is_filter
from meshgen.gatewayapi.outcome.backends import ends
from meshgen.gatewayapi.routes import CORE
from meshgen.gatewayapi.routing import Backend, Filter, HeaderEdits, Rule
from meshgen.intent.keys import ServiceKey
from meshgen.intent.model import Protocol
from meshgen.intent.outcome.facets import Shares, shares
from meshgen.intent.outcome.world import Pod, Port, Service, World


class Share(NamedTuple):
    """A part of the calls, and what is done to it."""

    pods: tuple[tuple[Pod, int], ...]
    weight: int
    filters: tuple[Filter, ...] = ()
    is_failing: bool = False  # it is answered with 500, and not given to the others


class Leading:
    """The pods behind Services, and who guards them."""

    def __init__(self, world: World, guarding: Guarding) -> None:
        """Look into one world."""
        self._world = world
        self._guarding = guarding

    def service(self, service: Service, number: int) -> Share:
        """Give everything to the pods of a Service; a port that it does not have is one of the containers."""
        # linkerd/linkerd2 controller/api/destination/watcher/endpoints_watcher.go, getTargetPort
        unlisted = Port(number=number, target=number, protocol=Protocol.HTTP)
        return Share(ends(service, service.port(number) or unlisted, self._world), 1)

    def overrides(self, overrides: Iterable[Override], number: int) -> list[Share]:
        """Divide as a ServiceProfile does; a Service that is not there is as one without pods."""
        found = []
        for each in overrides:
            service = self._world.services.get(each.service)
            pods = () if service is None else self.service(service, number).pods
            found.append(Share(pods, each.weight))
        return available(found)

    def rule(self, rule: Rule, route: Bound, parent: Service, number: int) -> list[Share]:
        """Divide as a rule says; an empty list is what proxies cannot carry out."""
        # linkerd/linkerd2-proxy linkerd/distribute/src/service.rs
        every = [self._backend(each, rule, route, parent.key.namespace) for each in rule.backends]
        if not every:
            return [self.service(parent, number)._replace(filters=rule.filters)]
        if len(every) == 1:
            return [every[0]._replace(weight=1)]
        return available([each for each in every if each.weight])

    def _backend(self, backend: Backend, rule: Rule, route: Bound, parent: str) -> Share:
        filters = (*rule.filters, *backend.filters)
        namespace = backend_namespace(backend, rule, route.resource, parent)
        service = self._world.services.get(ServiceKey(namespace, backend.to.name))
        is_service = backend.to.group in CORE and backend.to.kind == "Service"
        if service is None or not is_service or not backend.to.port or not all(map(is_filter, filters)):
            return Share((), backend.weight, filters, is_failing=True)
        return self.service(service, backend.to.port)._replace(weight=backend.weight, filters=filters)

    def end(self, share: Share) -> End:
        """Say who guards a share."""
        guards = dict.fromkeys(self._guarding.of(pod, port) for pod, port in share.pods)
        edits = (each for each in share.filters if isinstance(each, HeaderEdits) and each.is_of_request)
        return End(share.pods, tuple(guards), tuple(edits))


def available(every: list[Share]) -> list[Share]:
    """Leave out backends without pods, whose part the others get; where none has any, calls wait in vain."""
    found = [each for each in every if each.pods or each.is_failing]
    return found or every


def divided(every: Sequence[Share]) -> Shares:
    """Write how calls are divided."""
    return shares((each.pods, each.weight) for each in every)
