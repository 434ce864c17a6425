"""Linkerd's manifests as they answer for calls."""

from __future__ import annotations

from meshgen.backends.linkerd.outcome.guarding import Guarding
from meshgen.backends.linkerd.outcome.guards import Who
from meshgen.backends.linkerd.outcome.leading import Leading, Share, divided
from meshgen.backends.linkerd.outcome.policies import ambient
from meshgen.backends.linkerd.outcome.ranking import Asked
from meshgen.backends.linkerd.outcome.sending import Sending
from meshgen.backends.linkerd.outcome.ways import End, Sent, direct
from meshgen.backends.linkerd.read.grants import Identities, address
from meshgen.intent.outcome.call import Call, Caller, Reach, ToPod, ToService
from meshgen.intent.outcome.conditions import Conditions
from meshgen.intent.outcome.facets import Basis, Facet, Outcome, Step, Verdict
from meshgen.intent.outcome.world import World
from meshgen.profile import Profile
from meshgen.resources import Resources

_ENDPOINTS = "linkerd/linkerd2 controller/api/destination/watcher/endpoints_watcher.go"
_NOT_THERE = Outcome.of(
    (
        Step(
            says="there is no such port of a Service, and no such pod",
            basis=Basis(name="Linkerd", source=_ENDPOINTS),
            facet=Facet.VERDICT,
            value=Verdict.UNROUTED,
        ),
    )
)


class LinkerdEvaluator:
    """Every rule of the manifests, read once."""

    def __init__(self, resources: Resources, world: World, profile: Profile) -> None:
        """Read manifests over a world."""
        self._world = world
        self._identities = Identities(profile.control_plane_namespace or "linkerd", world.trust_domain)
        self._guarding = Guarding(resources, profile, self._identities)
        self._leading = Leading(world, self._guarding)
        self._sending = Sending(resources, world, profile, self._guarding)
        self._directs: dict[ToService | ToPod, tuple[End, Step] | None] = {}

    def outcome(self, call: Call) -> Outcome:
        """Say what becomes of a call to a Service port or pod of the world."""
        who, sent = self._who(call.caller), self._sent(call)
        if call.caller.reach is Reach.PROXIED and isinstance(call.to, ToService):
            plan = self._sending.plan(call.to, call.caller.namespace)
            if plan is not None:
                return plan.follow(who, sent)
        found = self._direct(call.to)
        if found is None:
            return _NOT_THERE
        end, backends = found
        return Outcome.of(direct(end, backends, who, sent))

    def _who(self, caller: Caller) -> Who:
        account = caller.account
        return Who(
            account=account,
            identity=None if account is None else self._identities.of(account),
            address=address(caller.address),
            is_kubelet=caller.reach is Reach.KUBELET,
        )

    def _sent(self, call: Call) -> Sent | None:
        request = call.request
        if request is None:
            return None
        host = request.host or self._host(call.to)
        name = host.partition(":")[0].lower()
        return Sent(request, Asked(request.method, request.path, request.query, request.headers, name), host)

    def _host(self, to: ToService | ToPod) -> str:
        if isinstance(to, ToPod):
            return f"{to.pod.replace('/', '.')}:{to.port}"
        name = self._world.host_of(to.service)
        return name if to.port == 80 else f"{name}:{to.port}"

    def _direct(self, to: ToService | ToPod) -> tuple[End, Step] | None:
        """Find where a call leads in which callers' proxies have no say."""
        if to not in self._directs:
            share = self._share(to)
            self._directs[to] = (
                None
                if share is None
                else (
                    self._leading.end(share),
                    ambient(Facet.BACKENDS, divided([share]), "it goes there as it is addressed", _ENDPOINTS),
                )
            )
        return self._directs[to]

    def _share(self, to: ToService | ToPod) -> Share | None:
        if isinstance(to, ToPod):
            pod = self._world.pods.get(to.pod)
            return None if pod is None else Share(((pod, to.port),), 1)
        service = self._world.services.get(to.service)
        if service is None or service.port(to.port) is None:
            return None
        return self._leading.service(service, to.port)

    def conditions(self, to: ToService | ToPod) -> Conditions:
        """Say what the rules tell apart in calls to one place."""
        plans = list(self._sending.plans(to)) if isinstance(to, ToService) else []
        direct_end = self._direct(to)
        ends = [] if direct_end is None else [direct_end[0]]
        ends += [end for plan in plans for way in plan.ways() for end in way.ends]
        guards = dict.fromkeys(guard for end in ends for guard in end.guards)
        namespaces = self._sending.namespaces(to.service) if isinstance(to, ToService) else frozenset()
        pod = self._world.pods.get(to.pod) if isinstance(to, ToPod) else None
        ports = frozenset[int]() if pod is None else self._guarding.ports(pod)
        return Conditions.of(
            (
                Conditions(namespaces=namespaces, ports=ports),
                *(plan.conditions for plan in plans),
                *(guard.conditions for guard in guards),
            )
        )
