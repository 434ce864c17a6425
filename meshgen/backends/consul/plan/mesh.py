"""Mesh: the one object of a cluster, written only where the profile says that it is ours to write."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.consul.plan.meta import of_intent
from meshgen.backends.consul.plan.names import Names
from meshgen.backends.consul.plan.objects import Mesh
from meshgen.backends.consul.profiles import owns_singletons
from meshgen.intent.access import Action, Mode
from meshgen.intent.resolved import ResolvedRule, ResolvedService


def mesh(names: Names) -> Iterator[Mesh]:
    """Plan Mesh for what some service of the set asks of it, labelled as the first of those."""
    if not owns_singletons(names.profile):
        return
    services = [names.resolved.services[key] for key in sorted(names.resolved.services)]
    asking = [service for service in services if _is_permissive(service) or _refuses_paths(service)]
    if asking:
        yield Mesh(
            meta=of_intent(asking[0].intent, "mesh", namespace=names.profile.control_plane_namespace),
            allow_permissive=any(map(_is_permissive, asking)) or None,
            merge_slashes=any(map(_refuses_paths, asking)) or None,
        )


def _is_permissive(service: ResolvedService) -> bool:
    return service.mode is Mode.PERMISSIVE


def _refuses_paths(service: ResolvedService) -> bool:
    return any(_refuses_a_path(rule) for rule in service.rules)


def _refuses_a_path(rule: ResolvedRule) -> bool:
    return any(
        (rule.action is Action.DENY and bool(target.request.paths))
        or any(excepted.paths for excepted in target.excepts)
        for target in rule.targets
    )
