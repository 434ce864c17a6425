"""ServiceIntentions of a whole namespace, where Consul has namespaces."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.consul.plan.meta import of_intent
from meshgen.backends.consul.plan.names import EVERY, Names
from meshgen.backends.consul.plan.objects import IntentionSource, ServiceIntentions

# What counts is the destination, whose `*` is no name of Kubernetes; a dot is in no name of a service.
_NAME = "all.services"


def namespace_intentions(names: Names) -> Iterator[ServiceIntentions]:
    """Plan the default of each namespace for the services that have no intentions of their own."""
    for wide in names.resolved.wide:
        if wide.default is not None:
            anyone = names.anyone
            yield ServiceIntentions(
                meta=of_intent(wide.intent, _NAME),
                destination=EVERY,
                sources=(
                    IntentionSource(
                        name=anyone.name,
                        namespace=anyone.namespace,
                        action=wide.default.value,
                        permissions=None,
                    ),
                ),
            )
