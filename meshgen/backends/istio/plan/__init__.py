"""Which objects a set of services becomes on Istio, in an order that is safe to apply."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.plan.authorization import authorization_policies
from meshgen.backends.istio.plan.destination_rule import destination_rules
from meshgen.backends.istio.plan.peer_authentication import peer_authentications
from meshgen.backends.istio.plan.rate_limit import envoy_filters
from meshgen.backends.istio.plan.tokens import request_authentications
from meshgen.backends.istio.plan.versions import version_services
from meshgen.backends.istio.plan.virtual_service import virtual_services
from meshgen.intent.resolved import ResolvedSet
from meshgen.manifest import Plan
from meshgen.profile import Profile


def plan(resolved: ResolvedSet, profile: Profile) -> tuple[Plan, ...]:
    """Plan every object of a set.

    A subset stands before the route that names it, a mode before the rules that need identities, what
    denies before what allows, and what closes a namespace after what opens its services (istio/istio.io
    content/en/docs/ops/best-practices/traffic-management/index.md).
    """
    stages = _stages(resolved, profile)
    return tuple(plan for stage in stages for plan in sorted(stage, key=_order))


def _stages(resolved: ResolvedSet, profile: Profile) -> Iterator[tuple[Plan, ...]]:
    yield version_services(resolved)
    yield destination_rules(resolved, profile)
    yield virtual_services(resolved, profile)
    modes, mode_of_namespaces = peer_authentications(resolved)
    yield modes
    yield mode_of_namespaces
    yield request_authentications(resolved)
    policies, defaults_of_namespaces = authorization_policies(resolved, profile)
    yield tuple(policy for policy in policies if policy.action == "DENY")
    yield tuple(policy for policy in policies if policy.action == "ALLOW")
    yield defaults_of_namespaces
    yield envoy_filters(resolved)


def _order(plan: Plan) -> tuple[str, str, str]:
    return (plan.kind, plan.meta.namespace, plan.meta.name)
