"""What the next made-up intent is to hold: steered by what was met too seldom on each cluster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from meshgen.intent.resolved import ResolvedSet
from tests.property.carrying import FEATURES, Cluster, carried, met
from tests.property.pen import Wish

# Left out where a mesh has no word for it, alone or with its rule or route, so that the rest is rendered.
_LEFT_OUT = (
    *("circuitBreaker", "connectTimeout", "cors", "fault", "headers", "loadBalancing", "mirror"),
    *("outlierDetection", "probes", "rateLimit", "redirect", "retries", "rewrite", "split", "timeout"),
)
_AIMED = (1, 3)  # of five turns in a row: the others are for what all clusters render


class Steering:
    """Counts what was met among the intents that were rendered, by cluster, and wishes for the rest."""

    def __init__(self, clusters: Mapping[str, Cluster], *, often: int) -> None:
        """Begin with nothing met; `often` is how often each feature is due at least."""
        self._clusters = clusters
        self._often = often
        self._carried = {name: carried(cluster) for name, cluster in clusters.items()}
        self._counts = {name: Counter[str]() for name in clusters}
        self.rendered: Counter[str] = Counter()

    def wish(self, number: int) -> Wish:
        """Say what the next intent is to hold: what each cluster carries, or in its turn what one lacks."""
        due = max(self._often, self._least() + 1)
        behind = {name: self._below(name, due) for name in self._clusters}
        if number % 5 not in _AIMED:
            wanted = frozenset[str]().union(*behind.values())
            return Wish(allowed=self._portable(), counts=self._rarest(), wanted=wanted, aim=None)
        lacking = {name: sum(due - times for times in rare.values()) for name, rare in behind.items()}
        name = max(lacking, key=lambda each: lacking[each])
        return Wish(
            allowed=self._carried[name],
            counts=self._counts[name],
            wanted=frozenset(behind[name]),
            aim=self._clusters[name],
        )

    def _least(self) -> int:
        return min(min(self.met(name).values()) for name in self._clusters)

    def met(self, name: str) -> dict[str, int]:
        """Count how often each feature that a cluster carries was met there."""
        return {id: self._counts[name][id] for id in sorted(self._carried[name])}

    def _below(self, name: str, often: int) -> dict[str, int]:
        return {id: times for id, times in self.met(name).items() if times < often}

    def _portable(self) -> frozenset[str]:
        return frozenset(
            id
            for id in FEATURES
            if id.removeprefix("routes.").partition(".")[0] in _LEFT_OUT
            or id.startswith(("authorization.rules.", "jwtProviders."))
            or all(id in carried for carried in self._carried.values())
        )

    def _rarest(self) -> dict[str, int]:
        """Count each feature where it was met least often."""
        return {
            id: min(self._counts[name][id] for name, carried in self._carried.items() if id in carried)
            for id in FEATURES
            if any(id in carried for carried in self._carried.values())
        }

    def take(self, name: str, left: ResolvedSet, whole: ResolvedSet) -> None:
        """Count what was rendered, without what was left out."""
        self.rendered[name] += 1
        self._counts[name].update(met(left, whole, self._clusters[name]))
