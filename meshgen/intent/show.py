"""Services and workloads among the inputs, read leniently: what Kubernetes would refuse is told and left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from meshgen.diagnostics import Code, Findings, Severity, Span
from meshgen.intent.keys import ServiceKey
from meshgen.intent.match import PORT_NAME
from meshgen.intent.model import LABEL_KEY, LABEL_VALUE, Protocol
from meshgen.intent.shown import (
    POD_PATHS,
    Shown,
    ShownContainerPort,
    ShownPort,
    ShownProbe,
    ShownService,
    ShownWorkload,
)
from meshgen.source import ListNode, MapNode, Node, ScalarNode
from meshgen.values import DNS_LABEL, DNS_NAME, Text

NO_NAMESPACE = Code(
    number="MG114",
    slug="no-namespace",
    meaning="A Service or workload names no namespace and the intents have several, so it is not read.",
    severity=Severity.WARNING,
)
UNREAD_OBJECT = Code(
    number="MG115",
    slug="unread-object",
    meaning="A Service or workload does not have the form that Kubernetes gives it, so it is not read.",
    severity=Severity.WARNING,
)

_MANAGED_BY = "app.kubernetes.io/managed-by"


def show(
    documents: Iterable[MapNode],
    *,
    namespaces: Iterable[str],
    live: Iterable[MapNode] = (),
    findings: Findings,
) -> Shown:
    """Read Services and workloads; an object without a namespace is in the intents' one namespace.

    Reports MG114 and MG115. What we generated ourselves, what another one of them controls, and other kinds
    are counted. Where a file describes a `live` object, the file speaks for it: it is what will be applied.
    """
    known = sorted(set(namespaces))
    nodes = tuple(_together(documents, live, known))
    readable = tuple(_readable(nodes, known))
    services: dict[ServiceKey, ShownService] = {}
    workloads: list[ShownWorkload] = []
    unplaced: set[tuple[str, str]] = set()
    for node in readable:
        kind = _text(node, "kind") or ""
        try:
            found = _read(node, kind, known, findings)
            if isinstance(found, ShownService) and found.key in services:
                raise _Malformed(f"{found.key} stands twice", node.span)
        except _Malformed as malformed:
            findings.add(UNREAD_OBJECT, f"a {kind} is not read: {malformed}", span=malformed.span)
            continue
        if found is not None and _text(node, "metadata", "namespace") is None:
            unplaced.add((kind, _text(node, "metadata", "name") or ""))
        match found:
            case ShownService():
                services[found.key] = found
            case ShownWorkload():
                workloads.append(found)
            case None:
                pass
    unread = len(nodes) - len(readable)
    return Shown(services=services, by_label=_by_label(workloads), unread=unread, unplaced=unplaced)


def objects(documents: Iterable[MapNode]) -> Iterator[MapNode]:
    """Take each List apart, as kubectl writes it."""
    for node in documents:
        if (_text(node, "kind") or "").endswith("List") and isinstance(
            items := node.value("items"), ListNode
        ):
            yield from objects(item for item in items.items if isinstance(item, MapNode))
        else:
            yield node


def _together(documents: Iterable[MapNode], live: Iterable[MapNode], known: list[str]) -> Iterator[MapNode]:
    described: set[_Identity] = set()
    for node in objects(documents):
        described.add(_identity(node, known))
        yield node
    yield from (node for node in live if _identity(node, known) not in described)


def _readable(nodes: Sequence[MapNode], known: list[str]) -> Iterator[MapNode]:
    present = {_identity(node, known) for node in nodes}
    for node in nodes:
        is_known = GROUPS.get(_text(node, "kind") or "") == _group(node)
        if is_known and not _is_ours(node) and _controller(node, known) not in present:
            yield node


class _Identity(NamedTuple):
    """What no two objects of a cluster have in common."""

    group: str
    kind: str
    namespace: str
    name: str


def _identity(node: MapNode, known: list[str]) -> _Identity:
    kind, name = (_text(node, *path) or "" for path in (("kind",), ("metadata", "name")))
    return _Identity(_group(node), kind, _placed(node, known), name)


def _placed(node: MapNode, known: list[str]) -> str:
    alone = known[0] if len(known) == 1 else ""
    return _text(node, "metadata", "namespace") or alone


def _controller(node: MapNode, known: list[str]) -> _Identity | None:
    """Find who makes an object from its own template, and says so better than what it made once."""
    owners = _below(node, "metadata", "ownerReferences")
    for owner in owners.items if isinstance(owners, ListNode) else ():
        if isinstance(owner, MapNode) and _text(owner, "controller") == "true":
            kind, name = _text(owner, "kind") or "", _text(owner, "name") or ""
            return _Identity(_group(owner), kind, _placed(node, known), name)
    return None


def _read(
    node: MapNode, kind: str, known: list[str], findings: Findings
) -> ShownService | ShownWorkload | None:
    namespace = _namespace(node, kind, known, findings)
    if namespace is None:
        return None
    return _service(node, namespace) if kind == "Service" else _workload(node, kind, namespace)


def _by_label(
    workloads: Iterable[ShownWorkload],
) -> Mapping[tuple[str, str, str], tuple[ShownWorkload, ...]]:
    found: dict[tuple[str, str, str], list[ShownWorkload]] = {}
    for workload in workloads:
        for key, value in workload.labels.items():
            found.setdefault((workload.namespace, key, value), []).append(workload)
    return {label: tuple(labelled) for label, labelled in found.items()}


class _Malformed(Exception):
    """Something is not what Kubernetes would accept."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.span = span


# Of other groups, a kind of the same name is another one: Knative has a Service too.
GROUPS = {
    "Service": "",
    "Pod": "",
    "Deployment": "apps",
    "StatefulSet": "apps",
    "DaemonSet": "apps",
    "ReplicaSet": "apps",
    "Job": "batch",
    "CronJob": "batch",
}


def _group(node: MapNode) -> str:
    return (_text(node, "apiVersion") or "").rpartition("/")[0]


def _is_ours(node: MapNode) -> bool:
    return _strings(node, "metadata", "labels").get(_MANAGED_BY) == "meshgen"


def _namespace(node: MapNode, kind: str, known: list[str], findings: Findings) -> str | None:
    written = _name(node, DNS_LABEL, "metadata", "namespace")
    if written is not None:
        return written
    if len(known) == 1:
        return known[0]
    name = _text(node, "metadata", "name")
    findings.add(
        NO_NAMESPACE,
        f"the {kind} {name} names no namespace, and the intents have {len(known)}, so it is not read",
        span=node.span,
        field="metadata",
        hint=f"add namespace: {' or '.join(known)}",
    )
    return None


def _below(node: Node | None, *path: str) -> Node | None:
    for step in path:
        node = node.value(step) if isinstance(node, MapNode) else None
    return node


def _text(node: Node | None, *path: str) -> str | None:
    found = _below(node, *path)
    return (
        found.text
        if isinstance(found, ScalarNode) and not (found.plain and found.text in ("", "~", "null"))
        else None
    )


def _name(node: MapNode, limit: Text, *path: str) -> str | None:
    """Read a text that is of use to nobody unless Kubernetes would take it."""
    found = _text(node, *path)
    if found is not None and (wrong := limit.check(found)) is not None:
        raise _Malformed(f"{'.'.join(path)}: {wrong}", node.span)
    return found


def _required(node: MapNode, limit: Text, *path: str) -> str:
    found = _name(node, limit, *path)
    if found is None:
        raise _Malformed(f"it has no {'.'.join(path)}", node.span)
    return found


def _number(node: MapNode, path: str) -> int:
    text = _required(node, PORT_NAME, path)
    if not text.isdecimal():
        raise _Malformed(f"{path} is {text!r}, not a number", node.span)
    return int(text)


def _strings(node: Node | None, *path: str) -> Mapping[str, str]:
    found = _below(node, *path)
    entries = found.entries if isinstance(found, MapNode) else ()
    return {key.text: value.text for key, value in entries if isinstance(value, ScalarNode)}


def _labels(node: MapNode, *path: str) -> Mapping[str, str]:
    found = _strings(node, *path)
    for key, value in found.items():
        if (wrong := LABEL_KEY.check(key) or LABEL_VALUE.check(value)) is not None:
            raise _Malformed(f"{'.'.join(path)}: {wrong}", node.span)
    return found


def _maps(node: Node | None, *path: str) -> Iterator[MapNode]:
    found = _below(node, *path)
    for item in found.items if isinstance(found, ListNode) else ():
        if not isinstance(item, MapNode):
            raise _Malformed(f"an entry of {'.'.join(path)} is not a mapping", item.span)
        yield item


def _service(node: MapNode, namespace: str) -> ShownService:
    return ShownService(
        key=ServiceKey(namespace, _required(node, DNS_LABEL, "metadata", "name")),
        selector=_labels(node, "spec", "selector"),
        ports=tuple(_service_port(port) for port in _maps(node, "spec", "ports")),
        type=_text(node, "spec", "type") or "ClusterIP",
        is_headless=_text(node, "spec", "clusterIP") == "None",
        annotations=_strings(node, "metadata", "annotations"),
        labels=_labels(node, "metadata", "labels"),
        span=node.span,
    )


def _service_port(node: MapNode) -> ShownPort:
    number = _number(node, "port")
    name, app_protocol = _name(node, DNS_LABEL, "name") or "", _text(node, "appProtocol")
    return ShownPort(
        number=number,
        target=_name(node, PORT_NAME, "targetPort") or str(number),
        protocol=protocol_of(name, app_protocol),
        transport=_text(node, "protocol"),
        app_protocol=app_protocol,
        name=name,
        span=node.span,
    )


def protocol_of(name: str, app_protocol: str | None) -> Protocol | None:
    """Say what a Service port speaks by its appProtocol, else by its name's prefix; None: neither says."""
    return _PROTOCOLS.get(name.partition("-")[0] if app_protocol is None else app_protocol)


# kubernetes.io/* are of KEP-3726; the others are the prefixes on which the three meshes agree.
_PROTOCOLS = {
    "http": Protocol.HTTP,
    "kubernetes.io/ws": Protocol.HTTP,
    "http2": Protocol.HTTP2,
    "kubernetes.io/h2c": Protocol.HTTP2,
    "grpc": Protocol.GRPC,
    "tcp": Protocol.TCP,
    "mongo": Protocol.TCP,
    "mysql": Protocol.TCP,
    "redis": Protocol.TCP,
    "tls": Protocol.TLS,
    "https": Protocol.TLS,
}


def _workload(node: MapNode, kind: str, namespace: str) -> ShownWorkload:
    pod = _below(node, *POD_PATHS[kind])
    if not isinstance(pod, MapNode):
        raise _Malformed(f"it has no {'.'.join(POD_PATHS[kind])}", node.span)
    account = _below(pod, "spec", "serviceAccountName")
    containers = [*_maps(pod, "spec", "initContainers"), *_maps(pod, "spec", "containers")]
    return ShownWorkload(
        api_version=_text(node, "apiVersion") or "",
        kind=kind,
        namespace=namespace,
        name=_name(node, DNS_NAME, "metadata", "name") or "",
        labels=_labels(pod, "metadata", "labels"),
        annotations=_strings(pod, "metadata", "annotations"),
        account=_name(pod, DNS_NAME, "spec", "serviceAccountName") or "default",
        account_span=node.span if account is None else account.span,
        ports=tuple(port for container in containers for port in _container_ports(container)),
        probes=tuple(probe for container in containers for probe in _probes(container)),
        span=node.span,
    )


def _container_ports(container: MapNode) -> Iterator[ShownContainerPort]:
    for port in _maps(container, "ports"):
        if _text(port, "protocol") in (None, "TCP"):  # no mesh carries UDP or SCTP
            yield ShownContainerPort(
                number=_number(port, "containerPort"), name=_name(port, PORT_NAME, "name"), span=port.span
            )


def _probes(container: MapNode) -> Iterator[ShownProbe]:
    for name in ("startupProbe", "livenessProbe", "readinessProbe"):
        probe = container.value(name)
        for key, kind in (("httpGet", "path"), ("tcpSocket", "tcp"), ("grpc", "grpc")):
            action = _below(probe, key)
            if isinstance(action, MapNode):
                path = (_text(action, "path") or "/") if kind == "path" else None
                yield ShownProbe(
                    path=path, kind=kind, port=_required(action, PORT_NAME, "port"), span=action.span
                )
