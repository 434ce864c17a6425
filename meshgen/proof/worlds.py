"""The world that objects describe: Services and the pods of workloads, ours among them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from meshgen.intent.keys import Account, ServiceKey
from meshgen.intent.model import Protocol
from meshgen.intent.outcome.world import Pod, Port, Service, World
from meshgen.intent.show import protocol_of
from meshgen.intent.shown import POD_PATHS
from meshgen.resources import Resource

NOTHING = World(services={}, pods={})


def world_with(objects: Iterable[Resource], base: World = NOTHING) -> World:
    """Add the Services and pods that objects describe to a world; what it has already is replaced."""
    services, pods = dict(base.services), dict(base.pods)
    for each in objects:
        if each.group == "" and each.kind == "Service":
            service = _service(each)
            services[service.key] = service
        elif each.kind in POD_PATHS:
            pod = _pod(each)
            pods[pod.title] = pod
    return replace(base, services=services, pods=pods)


def _service(found: Resource) -> Service:
    spec = found.spec
    return Service(
        key=ServiceKey(found.namespace, found.name),
        selector=_texts(spec.get("selector")),
        ports=tuple(_ports(spec.get("ports"))),
        is_headless=spec.get("clusterIP") == "None",
        labels=_texts(found.labels),
        annotations=_texts(found.annotations),
    )


def _ports(ports: Any) -> Iterator[Port]:
    for port in ports if isinstance(ports, list) else ():
        number, name = port["port"], port.get("name", "")
        declared = protocol_of(name, port.get("appProtocol"))
        yield Port(
            number=number,
            target=port.get("targetPort", number),
            protocol=declared or Protocol.HTTP,
            name=name,
            declared=declared,
        )


def _pod(found: Resource) -> Pod:
    template: Any = found.body
    for key in POD_PATHS[found.kind]:
        template = _mapping(_mapping(template).get(key))
    metadata, spec = _mapping(template.get("metadata")), _mapping(template.get("spec"))
    return Pod(
        namespace=found.namespace,
        name=found.name,
        labels=_texts(metadata.get("labels")),
        account=Account(found.namespace, str(spec.get("serviceAccountName", "default"))),
        annotations=_texts(metadata.get("annotations")),
        ports=dict(_container_ports(spec)),
    )


def _container_ports(spec: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Name each container port, by its number where it has no name."""
    containers = spec.get("containers")
    for container in containers if isinstance(containers, list) else ():
        ports = _mapping(container).get("ports")
        for port in ports if isinstance(ports, list) else ():
            number = _mapping(port).get("containerPort")
            if isinstance(number, int):
                yield str(port.get("name", number)), number


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> Mapping[str, str]:
    return {key: text for key, text in _mapping(value).items() if isinstance(text, str)}
