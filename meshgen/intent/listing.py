"""Which container ports an intent lists, as far as the inputs show the pods."""

from __future__ import annotations

from meshgen.intent.keys import ServiceKey
from meshgen.intent.resolved import ResolvedService, ResolvedSet
from meshgen.intent.shown import ShownContainerPort


def is_listed(service: ResolvedService, resolved: ResolvedSet) -> bool:
    """Tell whether the inputs show the pods of a service, and no port of them that it leaves out."""
    own = (version.selector for version in service.versions.values() if version.has_own_selector)
    are_shown = all(any(pod.is_picked_by(each) for pod in service.pods) for each in (service.selector, *own))
    return are_shown and not unlisted(service, resolved)


def unlisted(service: ResolvedService, resolved: ResolvedSet) -> tuple[ShownContainerPort, ...]:
    """List the container ports that the inputs show and the intent does not."""
    owner = owner_of(service, resolved)
    every = (owner, *resolved.fronts.get(owner.key, ()))
    targets = {port.target for each in every for port in each.ports}
    return tuple(
        shown for pod in owner.pods for shown in pod.ports if not targets & {shown.number, shown.name}
    )


def owner_of(service: ResolvedService, resolved: ResolvedSet) -> ResolvedService:
    """Find the service whose pods a Service fronts: itself, or that of `podsOf`."""
    fronted = service.written.pods_of
    return service if fronted is None else resolved.services[ServiceKey(service.key.namespace, fronted)]
