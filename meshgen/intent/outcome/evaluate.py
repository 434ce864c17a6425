"""What becomes of a call, by the intent alone; silent where nobody wrote what decides."""

from __future__ import annotations

from meshgen.intent.keys import ServiceKey
from meshgen.intent.outcome.call import Call, Reach, ToPod, ToService
from meshgen.intent.outcome.conditions import Conditions
from meshgen.intent.outcome.destinations import Directory, Ends
from meshgen.intent.outcome.evaluator import Evaluator
from meshgen.intent.outcome.facets import Outcome
from meshgen.intent.outcome.policies import Policies
from meshgen.intent.outcome.receiving import PortPolicy
from meshgen.intent.outcome.ways import Way, arrival, received, ways
from meshgen.intent.outcome.world import World
from meshgen.intent.resolved import ResolvedSet

_Bound = tuple[Way, tuple[PortPolicy, ...]]  # a way, and what holds where it ends


def evaluator(resolved: ResolvedSet, world: World) -> Evaluator:
    """Read what services ask for, so that many calls in a world can be asked about."""
    return _Intent(resolved, world)


class _Intent:
    def __init__(self, resolved: ResolvedSet, world: World) -> None:
        self._world = world
        self._directory = Directory(resolved, world)
        self._policies = Policies(resolved, world)
        self._ways: dict[tuple[ServiceKey, int], tuple[_Bound, ...]] = {
            (service.key, port.number): tuple(
                (way, self._holding(() if way.backends is None else way.backends.ends))
                for way in ways(service, port, self._directory)
            )
            for service in resolved.services.values()
            for port in service.service_ports
            if port.number is not None
        }
        self._open: dict[tuple[ServiceKey, int], tuple[PortPolicy, ...]] = {
            (service.key, port.number): self._holding(self._directory.named(service.key, port.number))
            for service in world.services.values()
            for port in service.ports
        }

    def _holding(self, ends: Ends) -> tuple[PortPolicy, ...]:
        """List what holds at some container ports, what holds at several of them once."""
        found = [self._policies.at(pod, number) for pod, number in ends]
        return tuple({id(policy): policy for policy in found}.values())

    def outcome(self, call: Call) -> Outcome:
        """Say what becomes of a call; callers outside a Service's reach are bound where it is received."""
        caller, request, to = call.caller, call.request, call.to
        if isinstance(to, ToPod):
            at = (self._policies.at(self._world.pods[to.pod], to.port),)
            return Outcome.of(received(at, arrival(caller, request, "")))
        host = self._host(to)
        bound = self._ways.get((to.service, to.port), ()) if caller.reach is Reach.PROXIED else ()
        for way, policies in bound:
            if way.takes(request):
                return Outcome.of(way.follow(caller, request, host, policies))
        return Outcome.of(received(self._open_at(to), arrival(caller, request, host)))

    def _host(self, to: ToService) -> str:
        name = self._world.host_of(to.service)
        return name if to.port == 80 else f"{name}:{to.port}"

    def _open_at(self, to: ToService) -> tuple[PortPolicy, ...]:
        """List what holds at the pods of a Service, of the world or of a version."""
        known = self._open.get((to.service, to.port))
        return self._holding(self._directory.named(to.service, to.port)) if known is None else known

    def conditions(self, to: ToService | ToPod) -> Conditions:
        """Say what is told apart in calls to one place."""
        if isinstance(to, ToPod):
            return self._policies.at(self._world.pods[to.pod], to.port).conditions()
        ways = (way.conditions(policies) for way, policies in self._ways.get((to.service, to.port), ()))
        return Conditions.of((*ways, *(policy.conditions() for policy in self._open_at(to))))
