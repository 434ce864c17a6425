"""What the files hold, found by host, by name and by labels; of what they leave out they tell nothing."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from meshgen.backends.istio.hosts import Hosts, full
from meshgen.profile import Profile
from meshgen.resources import WORKLOADS, Resource, Resources, pod_labels

NETWORKING = "networking.istio.io"
SECURITY = "security.istio.io"


class ServiceName(NamedTuple):
    """A Service as a host names it."""

    name: str
    namespace: str


class Known:
    """The objects among the files, as routes and policies refer to them."""

    def __init__(self, resources: Resources, profile: Profile) -> None:
        self.resources = resources
        self.root_namespace = profile.root_namespace
        self._domain = profile.cluster_domain

    def host(self, written: str, resource: Resource) -> str:
        """Complete a host as the object that holds it means it."""
        return full(written, resource.namespace, self._domain)

    def service_name(self, host: str) -> ServiceName | None:
        """Read the full name of a Service; None where a host is no Service's."""
        name, dot, namespace = host.removesuffix(f".svc.{self._domain}").partition(".")
        is_full = host.endswith(f".svc.{self._domain}") and dot and "." not in namespace and name != "*"
        return ServiceName(name, namespace) if is_full else None

    def service(self, name: ServiceName) -> Resource | None:
        """Find a Service, or None."""
        return self.resources.find("", "Service", name.namespace, name.name)

    @functools.cached_property
    def entries(self) -> Hosts:
        """The hosts of all ServiceEntries."""
        return Hosts(host for host, _ in self._entry_hosts())

    @functools.cached_property
    def _entries_by_host(self) -> Mapping[str, Resource]:
        return dict(self._entry_hosts())

    def _entry_hosts(self) -> Iterator[tuple[str, Resource]]:
        for entry in self.resources.of(NETWORKING, "ServiceEntry"):
            yield from ((host, entry) for host in entry.spec["hosts"])

    def ports(self, host: str) -> tuple[Resource, frozenset[int]] | None:
        """Find who declares the ports of a host, and which; None where nobody among the files does."""
        name = self.service_name(host)
        owner = self._entries_by_host.get(host) if name is None else self.service(name)
        numbers = frozenset(port["number" if name is None else "port"] for port in _ports(owner))
        return (owner, numbers) if owner is not None and numbers else None

    @functools.cached_property
    def rules(self) -> Mapping[str, Sequence[Resource]]:
        """The DestinationRules of each host."""
        found: dict[str, list[Resource]] = defaultdict(list)
        for rule in self.resources.of(NETWORKING, "DestinationRule"):
            if "host" in rule.spec:  # an object without a spec passes the schema
                found[self.host(rule.spec["host"], rule)].append(rule)
        return found

    def subsets(self, host: str) -> frozenset[str]:
        """Name the subsets that rules of a host declare."""
        return self._subsets.get(host, frozenset())

    @functools.cached_property
    def _subsets(self) -> Mapping[str, frozenset[str]]:
        return {
            host: frozenset(
                subset.get("name", "") for rule in rules for subset in rule.spec.get("subsets") or ()
            )
            for host, rules in self.rules.items()
        }

    def names(self, group: str, kind: str, namespace: str) -> frozenset[str]:
        """Name the objects of a kind in a namespace."""
        return self._names.get((group, kind, namespace), frozenset())

    @functools.cached_property
    def _names(self) -> Mapping[tuple[str, str, str], frozenset[str]]:
        found: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        for each in self.resources.every:
            found[each.group, each.kind, each.namespace].add(each.name)
        return {key: frozenset(names) for key, names in found.items()}

    @functools.cached_property
    def workloads(self) -> Workloads:
        """The workloads by their labels."""
        return Workloads(self.resources)


def _ports(owner: Resource | None) -> Sequence[Mapping[str, Any]]:
    return () if owner is None else owner.spec.get("ports") or ()


class Workloads:
    """Workloads among the files, found by namespace and labels."""

    def __init__(self, resources: Resources) -> None:
        self._by_label: dict[tuple[str, str, str], set[Resource]] = defaultdict(set)
        self._by_namespace: dict[str, set[Resource]] = defaultdict(set)
        for workload, labels in _labelled(resources):
            self._by_namespace[workload.namespace].add(workload)
            for key, value in labels.items():
                self._by_label[workload.namespace, key, value].add(workload)

    def are_known(self, namespace: str) -> bool:
        """Tell whether the files hold any workload of a namespace."""
        return namespace in self._by_namespace

    def selected(self, namespace: str, labels: Mapping[str, str]) -> set[Resource]:
        """Find the workloads of a namespace that have all of some labels, of which there is one at least."""
        having = [
            self._by_label.get((namespace, key, value), set[Resource]()) for key, value in labels.items()
        ]
        return set.intersection(*sorted(having, key=len))


def _labelled(resources: Resources) -> Iterator[tuple[Resource, Mapping[str, str]]]:
    for entry in resources.of(NETWORKING, "WorkloadEntry"):
        yield entry, entry.spec.get("labels") or {}
    for group in resources.of(NETWORKING, "WorkloadGroup"):
        yield group, group.spec.get("metadata", {}).get("labels") or {}
    for api_group, kind in WORKLOADS:
        yield from ((workload, pod_labels(workload)) for workload in resources.of(api_group, kind))
