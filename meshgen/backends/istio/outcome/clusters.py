"""Where destinations lead: the pods of a Service or subset, and the policy by which a client calls them."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from meshgen.backends.istio.hosts import full
from meshgen.backends.istio.outcome.policy import Tls, blocks, policy_steps, tls
from meshgen.backends.istio.read.objects import NETWORKING, covers, eldest_first, rank
from meshgen.intent.keys import ServiceKey
from meshgen.intent.outcome.facets import Facet, Step
from meshgen.intent.outcome.world import Pod, Port, Service, World
from meshgen.profile import Profile
from meshgen.resources import Resource, Resources

Endpoint = tuple[Pod, int]  # with its container port


@dataclass(frozen=True, slots=True, eq=False)
class Cluster:
    """What a client knows of a destination."""

    endpoints: tuple[Endpoint, ...]
    steps: Mapping[Facet, Step]
    tls: Tls


class _Rule(NamedTuple):
    """The DestinationRules of one host and namespace that a client sees, as one."""

    subsets: Mapping[str, tuple[Resource, int]]
    top: Resource | None  # of the traffic policy


_NO_RULE = _Rule({}, None)


class Clusters:
    """Destinations by host, subset and port."""

    def __init__(self, resources: Resources, world: World, profile: Profile) -> None:
        self._world = world
        self._root = profile.root_namespace
        self._rules: dict[str, dict[str, list[Resource]]] = defaultdict(lambda: defaultdict(list))
        for rule in eldest_first(resources.of(NETWORKING, "DestinationRule")):
            if "host" in rule.spec:
                host = full(rule.spec["host"], rule.namespace, world.cluster_domain)
                self._rules[rule.namespace][host].append(rule)
        self.domain = world.cluster_domain
        self.cluster = functools.cache(self._cluster)

    def host(self, key: ServiceKey) -> str:
        """Write the full name of a Service."""
        return self._world.host_of(key)

    def service(self, host: str) -> Service | None:
        """Find the Service of a full name; None where it is no Service's, or there is none."""
        name, _, rest = host.partition(".")
        namespace, _, domain = rest.partition(".")
        if domain != f"svc.{self._world.cluster_domain}":
            return None
        return self._world.services.get(ServiceKey(namespace, name))

    def endpoints(self, service: Service, port: Port, labels: Mapping[str, str]) -> tuple[Endpoint, ...]:
        """List the pods of a Service that carry some labels too."""
        picked = self._world.pods_of(service)
        numbers = ((pod, self._world.container_port(pod, port.target)) for pod in picked)
        return tuple(
            (pod, number) for pod, number in numbers if number is not None and pod.is_picked_by(labels)
        )

    def namespaces(self, host: str) -> Iterable[str]:
        """Name the namespaces whose clients may follow a rule of their own."""
        return (namespace for namespace, rules in self._rules.items() if covers(tuple(rules), host))

    def _cluster(self, client: str, host: str, subset: str, number: int) -> Cluster | None:
        """Give what a client's proxy has under a name; None where it has no such cluster.

        A Service without a virtual address is called by the addresses of its pods, whatever the subset.
        """
        service = self.service(host)
        port = None if service is None else service.port(number)
        if service is None or port is None:
            return None
        rule = self._rule(client, service, host)
        if subset and subset not in rule.subsets:
            return None
        labels: Mapping[str, str] = {}
        found = {} if rule.top is None else blocks(rule.top, ("spec", "trafficPolicy"), number, {})
        if subset:
            of, at = rule.subsets[subset]
            labels = of.spec["subsets"][at].get("labels") or {}
            found = blocks(of, ("spec", "subsets", at, "trafficPolicy"), number, found)
        return Cluster(
            self.endpoints(service, port, {} if service.is_headless else labels),
            policy_steps(found, is_headless=service.is_headless),
            tls(found),
        )

    def _rule(self, client: str, service: Service, host: str) -> _Rule:
        """Look where istiod looks: with the client, beside the Service, in the root namespace.

        istio/istio pilot/pkg/model/push_context.go: the first of them with a rule for the host decides.
        """
        own = () if client == self._root else (client,)
        for namespace in (*own, service.key.namespace, self._root):
            rules = self._rules.get(namespace or "", {})
            seen = {
                name: [each for each in every if namespace == client or rank(each, client) is not None]
                for name, every in rules.items()
            }
            best = covers([name for name, every in seen.items() if every], host)
            if best is not None:
                return _joined(seen[best])
        return _NO_RULE


def _joined(rules: Iterable[Resource]) -> _Rule:
    """istio/istio pilot/pkg/model/destination_rule.go: the first subset of a name, the first policy."""
    subsets: dict[str, tuple[Resource, int]] = {}
    top: Resource | None = None
    for rule in rules:
        for at, subset in enumerate(rule.spec.get("subsets") or ()):
            subsets.setdefault(subset.get("name", ""), (rule, at))
        if top is None and rule.spec.get("trafficPolicy"):
            top = rule
    return _Rule(subsets, top)
