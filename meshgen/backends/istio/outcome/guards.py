"""The receiving side: which modes, tokens, rules and limits hold for a pod."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from meshgen.backends.istio.outcome.rules import Rule, rules
from meshgen.backends.istio.outcome.tokens import JwtRule, jwt_rules, token_conditions
from meshgen.backends.istio.read.buckets import Bucket, buckets
from meshgen.backends.istio.read.objects import NETWORKING, SECURITY, eldest_first, has_targets, match_labels
from meshgen.intent.outcome.conditions import Conditions
from meshgen.intent.outcome.facets import Basis
from meshgen.intent.outcome.world import Pod, World
from meshgen.profile import Profile
from meshgen.resources import Path, Resource, Resources

MODE = "istio/istio pilot/pkg/security/authn/policy_applier.go"
_DRY_RUN = "istio.io/dry-run"


class Mode(enum.Enum):
    """What a port of a pod takes."""

    STRICT = "STRICT"
    PERMISSIVE = "PERMISSIVE"
    DISABLE = "DISABLE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The mode of a port, and who says so."""

    mode: Mode = Mode.PERMISSIVE
    basis: Basis = Basis(name="Istio", source=MODE)
    is_ambient: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Rules for requests, or those for connections."""

    denies: tuple[Rule, ...]
    allows: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Guard:
    """Everything that decides at a pod."""

    taken: Taken  # at ports without a mode of their own
    ports: Mapping[int, Taken]
    jwt: tuple[JwtRule, ...]
    of_requests: Access
    of_connections: Access
    closed_by: Basis | None  # a policy that allows; None: what no rule denies is let in
    limits: Mapping[int, tuple[Bucket, ...]]

    @property
    def told(self) -> Conditions:
        """What it tells apart."""
        every = (*self.of_requests.denies, *self.of_requests.allows)
        terms = [term for rule in every for term in rule.terms]
        claims: dict[str, set[str]] = {}
        for term in terms:
            for name, values in term.claims.items():
                claims.setdefault(name, set()).update(values)
        issuers = [issuer for term in terms for issuer in term.issuers]
        tokens = frozenset(token_conditions(self.jwt, claims, issuers))
        ports = frozenset((*self.ports, *self.limits))
        return Conditions.of((*(rule.told for rule in every), Conditions(tokens=tokens, ports=ports)))


class Guards:
    """Guards by pod; pods for which the same objects hold share one."""

    def __init__(self, resources: Resources, world: World, profile: Profile) -> None:
        self._world = world
        self._root = profile.root_namespace or ""
        self._modes = _by_namespace(eldest_first(resources.of(SECURITY, "PeerAuthentication")))
        self._policies = _by_namespace(
            each
            for each in resources.of(SECURITY, "AuthorizationPolicy")
            if not has_targets(each) and _is_enforced(each)
        )
        self._tokens = _by_namespace(
            each for each in resources.of(SECURITY, "RequestAuthentication") if not has_targets(each)
        )
        self._filters = _by_namespace(resources.of(NETWORKING, "EnvoyFilter"))
        self._rules = {
            policy: tuple(rules(policy, world.trust_domain))
            for every in self._policies.values()
            for policy in every
        }
        shared: dict[tuple[Resource, ...], Guard] = {}
        self._guards = {title: self._guard(pod, shared) for title, pod in world.pods.items()}

    def __getitem__(self, pod: Pod) -> Guard:
        """Give the guard of a pod of the world."""
        return self._guards[pod.title]

    def _guard(self, pod: Pod, shared: dict[tuple[Resource, ...], Guard]) -> Guard:
        policies = self._picked(self._policies, pod)
        tokens = self._picked(self._tokens, pod)
        filters = self._picked(self._filters, pod, of_filters=True)
        levels = self._levels(pod)
        key = (*policies, *tokens, *filters, *levels)
        if key not in shared:
            shared[key] = _built([(each, self._rules[each]) for each in policies], tokens, filters, levels)
        return shared[key]

    def _picked(
        self, by_namespace: Mapping[str, Sequence[Resource]], pod: Pod, *, of_filters: bool = False
    ) -> tuple[Resource, ...]:
        read = _workload_labels if of_filters else match_labels
        places = dict.fromkeys((self._root, pod.namespace))
        every = (each for place in places for each in by_namespace.get(place, ()))
        return tuple(each for each in every if pod.is_picked_by(read(each)))

    def _levels(self, pod: Pod) -> tuple[Resource, ...]:
        """List the modes that hold for a pod, the widest first; of equal ones the eldest.

        istio/istio pilot/pkg/security/authn/policy_applier.go: one with a selector in the root namespace
        holds for nobody.
        """
        root = [each for each in self._modes.get(self._root, ()) if not match_labels(each)]
        own = self._modes.get(pod.namespace, ()) if pod.namespace != self._root else ()
        wide = [each for each in own if not match_labels(each)]
        narrow = [each for each in own if match_labels(each) and pod.is_picked_by(match_labels(each))]
        return (*root[:1], *wide[:1], *narrow[:1])


def _by_namespace(resources: Iterable[Resource]) -> Mapping[str, Sequence[Resource]]:
    found: dict[str, list[Resource]] = {}
    for each in resources:
        found.setdefault(each.namespace, []).append(each)
    return found


def _is_enforced(policy: Resource) -> bool:
    """An audit decides nothing, nor does a policy that is tried out; of others than ours nothing is known."""
    is_tried = policy.annotations.get(_DRY_RUN) == "true"
    return policy.spec.get("action", "ALLOW") in ("ALLOW", "DENY") and not is_tried


def _workload_labels(envoy_filter: Resource) -> Mapping[str, str]:
    return (envoy_filter.spec.get("workloadSelector") or {}).get("labels") or {}


def _built(
    policies: Sequence[tuple[Resource, tuple[Rule, ...]]],
    tokens: Sequence[Resource],
    filters: Sequence[Resource],
    levels: Sequence[Resource],
) -> Guard:
    denies = tuple(rule for policy, every in policies if _denies(policy) for rule in every)
    allows = tuple(rule for policy, every in policies if not _denies(policy) for rule in every)
    closing = next((policy for policy, _ in policies if not _denies(policy)), None)
    taken, ports = _modes(levels)
    limits: dict[int, tuple[Bucket, ...]] = {}
    for each in filters:
        for bucket in buckets(each):
            limits[bucket.port] = (*limits.get(bucket.port, ()), bucket)
    return Guard(
        taken=taken,
        ports=ports,
        jwt=tuple(jwt_rules(tokens)),
        of_requests=Access(denies=denies, allows=allows),
        of_connections=Access(
            denies=tuple(_on_connections(denies, is_kept=True)),
            allows=tuple(_on_connections(allows, is_kept=False)),
        ),
        closed_by=None if closing is None else Basis(name=str(closing), of=closing, path=("spec",)),
        limits=limits,
    )


def _denies(policy: Resource) -> bool:
    return policy.spec.get("action") == "DENY"


def _on_connections(every: Iterable[Rule], *, is_kept: bool) -> Iterator[Rule]:
    for rule in every:
        left = rule.on_connections(is_kept=is_kept)
        if left is not None:
            yield left


def _modes(levels: Sequence[Resource]) -> tuple[Taken, Mapping[int, Taken]]:
    """Follow the levels; what is unset, or not written, is inherited."""
    taken = Taken()
    ports: dict[int, Taken] = {}
    for policy in levels:
        taken = _mode(policy, policy.spec.get("mtls"), ("spec", "mtls", "mode"), taken)
        if match_labels(policy):
            for port, body in (policy.spec.get("portLevelMtls") or {}).items():
                path = ("spec", "portLevelMtls", port, "mode")
                ports[int(port)] = _mode(policy, body, path, taken)
    return taken, ports


def _mode(policy: Resource, body: Mapping[str, str] | None, path: Path, inherited: Taken) -> Taken:
    mode = (body or {}).get("mode", "UNSET")
    if mode == "UNSET":
        return inherited
    basis = Basis(name=str(policy), of=policy, path=path, source=MODE)
    return Taken(mode=Mode(mode), basis=basis, is_ambient=False)
