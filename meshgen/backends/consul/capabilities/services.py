"""What Consul answers for services, their ports, their pods and their versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from meshgen.backends.consul.capabilities.axes import (
    ACCOUNT,
    FRONT,
    RESOLVER,
    VERSION,
    VERSION_ACCOUNT,
    VERSIONS,
)
from meshgen.backends.consul.capabilities.patches import ignored_front, ignored_version, named_versions
from meshgen.patches import Patch
from meshgen.support import Approximate, Full, Requires, Row, Unsupported, Use

_NAME_OF_ACCOUNT = Requires(
    id="service-named-like-its-account",
    what=(
        "the Consul service of {value} is named like the account of its pods; where ACLs are on, "
        "they do not start otherwise"
    ),
)


def _ignored(patches: Callable[[Use], Iterable[Patch]]) -> Requires:
    """Say which Services Consul must not register."""
    return Requires(
        id="service-ignore",
        what=(
            "a Service that picks pods which another one has too carries the label "
            'consul.hashicorp.com/service-ignore: "true"'
        ),
        patches=patches,
    )


_LED_ON = Approximate(
    how="its callers are led to the service that has the pods, with its loadBalancing and connectTimeout",
    facets=("loadBalancing", "connectTimeout"),
)
_ENDPOINTS = "hashicorp/consul-k8s control-plane/connect-inject/controllers/endpoints/endpoints_controller.go"
_RESOLVER = "hashicorp/consul agent/structs/config_entry_discoverychain.go"
_CONNECT_INIT = "hashicorp/consul-k8s control-plane/subcommand/connect-init/command.go"

SERVICES = (
    Row(
        features=("ports.targetPort", "selector"),
        answer=Full(is_unasked=True),
        source=_ENDPOINTS,  # the Service says them, and Consul reads its endpoints
    ),
    Row(
        features=("ports.protocol.*",),
        answer=Full(),
        source="hashicorp/consul agent/consul/discoverychain/compile.go",
    ),
    Row(
        features=("ports.second",),
        answer=Unsupported(
            why="Consul registers one port of a pod; what is called at the others reaches the first",
            hint="give the other port a service of its own",
        ),
        source=_ENDPOINTS,
    ),
    Row(
        features=("ports.containerOnly",),
        answer=Unsupported(
            why="Consul knows no port of a pod but the one that its Service fronts",
            hint="leave the port out; the proxy does not guard it",
        ),
        source=_ENDPOINTS,
    ),
    Row(
        features=("serviceAccount",),
        when=ACCOUNT.within("as the service"),
        answer=Full(is_unasked=True),
        source=_CONNECT_INIT,
    ),
    Row(
        features=("serviceAccount",),
        when=ACCOUNT.within("other"),
        answer=Full(),
        requires=(_NAME_OF_ACCOUNT,),
        source=_CONNECT_INIT,
    ),
    *(
        Row(
            features=("podsOf",),
            when={**FRONT.within(front), **RESOLVER.within(resolver)},
            answer=answer,
            requires=requires,
            source=_RESOLVER,
        )
        for front, requires in (("same port", (_ignored(ignored_front),)), ("ignored", ()))
        for resolver, answer in (("unwritten", Full()), ("written", _LED_ON))
    ),
    Row(
        features=("podsOf",),
        when=FRONT.within("other port"),
        answer=Unsupported(
            why="the pods are registered with the first port of their own Service alone",
            hint="give both the same first port, or leave podsOf out",
            is_final=True,
        ),
        source=_ENDPOINTS,
    ),
    Row(
        features=("headless",),
        answer=Full(),
        source="hashicorp/consul agent/xds/listeners.go",  # dialedDirectly
    ),
    Row(
        features=("versions",),
        when=VERSIONS.within("subsets"),
        answer=Full(),
        requires=(
            Requires(
                id="service-meta-version",
                what=(
                    "the pods of each version carry the annotation "
                    "consul.hashicorp.com/service-meta-version: <version>"
                ),
                patches=named_versions,
            ),
        ),
        source="hashicorp/consul-k8s control-plane/connect-inject/constants/annotations_and_labels.go",
    ),
    Row(
        features=("versions",),
        when=VERSIONS.within("annotated subsets", "services"),
        answer=Full(),
        source=_RESOLVER,
    ),
    Row(
        features=("versions",),
        when=VERSIONS.within("of another"),
        answer=Unsupported(
            why="a resolver that redirects has no subsets",
            hint="declare the versions on the service that podsOf names",
            is_final=True,
        ),
        source=_RESOLVER,
    ),
    Row(
        features=("versions.labels",),
        answer=Full(is_unasked=True),
        source=_ENDPOINTS,  # Consul sees no labels: the annotation tells the versions apart
    ),
    Row(features=("versions.selector",), answer=Full(), source=_ENDPOINTS),
    Row(
        features=("versions.service",),
        when=VERSION.within("service"),
        answer=Full(),
        source=_ENDPOINTS,
    ),
    Row(
        features=("versions.service",),
        when=VERSION.within("subset", "nameless"),
        answer=Full(is_unasked=True),
        source=_RESOLVER,  # a subset is reached through the service
    ),
    Row(features=("versions.createService.true",), answer=Full(is_unasked=True), source=_RESOLVER),
    Row(
        features=("versions.createService.false",),
        when=VERSION.within("service"),
        answer=Full(),
        source=_ENDPOINTS,
    ),
    Row(
        features=("versions.createService.false",),
        when=VERSION.within("subset"),
        answer=Full(),
        requires=(_ignored(ignored_version),),
        source=_ENDPOINTS,
    ),
    Row(
        features=("versions.createService.false",),
        when=VERSION.within("nameless"),
        answer=Unsupported(
            why="without labels nothing says that its pods are this service's, and a subset is made of those",
            hint="write the labels of its pods, or a selector where they are other pods",
            is_final=True,
        ),
        source=_ENDPOINTS,
    ),
    Row(
        features=("versions.serviceAccount",),
        when=VERSION_ACCOUNT.within("as the service"),
        answer=Full(is_unasked=True),
        source=_CONNECT_INIT,
    ),
    Row(
        features=("versions.serviceAccount",),
        when=VERSION_ACCOUNT.within("other"),
        answer=Full(),
        requires=(_NAME_OF_ACCOUNT,),
        source=_CONNECT_INIT,
    ),
)
