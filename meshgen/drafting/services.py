"""What a Service and its workloads say, in the words of an intent; what they do not say is a comment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from meshgen.intent.model import Protocol
from meshgen.intent.rules.ports import must_say_protocol
from meshgen.intent.shown import Shown, ShownPort, ShownService, ShownWorkload
from meshgen.scalars import Json, scalar
from meshgen.values import DNS_LABEL

# The first one by which workloads of one Service differ tells their versions apart.
_VERSION_LABELS = ("version", "app.kubernetes.io/version")

Pods = tuple[ShownWorkload, ...]
Versions = Mapping[str, Mapping[str, Json]]


def has_pods(service: ShownService) -> bool:
    """Tell whether a Service picks pods, without which there is nothing to say of it."""
    return bool(service.selector) and service.type != "ExternalName"


def described(service: ShownService, shown: Shown, *, pods_of: str | None) -> Iterator[str]:
    """Write the lines of a service; one without pods is a comment as a whole.

    `pods_of` is the service before it that has the same pods.
    """
    if not has_pods(service):
        why = "leads out of the cluster" if service.type == "ExternalName" else "has no selector"
        yield f"# The Service {service.key} {why}, so it has no pods to speak of."
        return
    pods = shown.pods(service.key.namespace, service.selector)
    own = _of_pods(service, pods) if pods_of is None else (f"podsOf: {scalar(pods_of)}",)
    headless = ("headless: true",) if service.is_headless else ()
    yield f"{scalar(service.key.name)}:"
    yield from (f"  {line}" for line in (*_ports(service, pods), *own, *headless))


def _of_pods(service: ShownService, pods: Pods) -> Iterator[str]:
    yield f"selector: {scalar(service.selector)}"
    versions = _versions(service, pods)
    yield from _account(pods, is_divided=bool(versions))
    yield from _of_versions(versions)
    yield f"#callers: [{{namespace: {scalar(service.key.namespace)}}}]"
    yield from _probes(pods)


def _ports(service: ShownService, pods: Pods) -> Iterator[str]:
    ports = [port for port in service.ports if port.transport in (None, "TCP")]
    for port in service.ports:
        if port not in ports:
            yield f"# Port {port.number} is {scalar(port.transport)}, which no mesh carries."
    for port in ports:
        yield from _unknown(port, pods)
    match ports:
        case []:
            return
        case [port]:
            yield from (f"{key}: {value}" for key, value in _port(port, pods).items())
        case _:
            yield "ports:"
            for port in ports:
                yield f"  - {{{', '.join(f'{key}: {value}' for key, value in _port(port, pods).items())}}}"


def _unknown(port: ShownPort, pods: Pods) -> Iterator[str]:
    if port.protocol is None:
        what = "tcp carries whatever it is" if _is_unsure(port, pods) else "http unless written"
        yield f"# The Service does not say what port {port.number} speaks: {what}."
    if not port.target.isdecimal():
        known = " or ".join(map(str, _numbers(port, pods))) or "not among the inputs"
        yield f"# Container port {port.target} is {known}; render with the workloads, which say so."


def _numbers(port: ShownPort, pods: Pods) -> list[int]:
    """Find the container ports that a Service port leads to."""
    if port.target.isdecimal():
        return [int(port.target)]
    return sorted({shown.number for pod in pods for shown in pod.ports if shown.name == port.target})


def _is_unsure(port: ShownPort, pods: Pods) -> bool:
    return any(must_say_protocol(number) for number in (port.number, *_numbers(port, pods)))


def _port(port: ShownPort, pods: Pods) -> Mapping[str, str]:
    entry = {"port": str(port.number)}
    if port.target != str(port.number):
        entry["targetPort"] = _target(port.target)
    if port.protocol is None and _is_unsure(port, pods):
        entry["protocol"] = str(Protocol.TCP.value)
    elif port.protocol not in (None, Protocol.HTTP):
        entry["protocol"] = str(port.protocol.value)
    return entry


def _target(port: str) -> str:
    return port if port.isdecimal() else scalar(port)


def _account(pods: Pods, *, is_divided: bool) -> Iterator[str]:
    accounts = sorted({pod.account for pod in pods})
    match accounts:
        case [account]:
            yield f"serviceAccount: {scalar(account)}"
        case []:
            yield "# No workload among the inputs has these labels, so nobody knows its account:"
            yield "# write serviceAccount, the identity of its pods."
        case _:
            if not is_divided:
                yield f"# Its workloads run as {', '.join(accounts)}: write one, or one a version."


def _versions(service: ShownService, pods: Pods) -> Versions:
    """Find versions by a label in which the workloads differ."""
    for label in _VERSION_LABELS:
        found = {pod.labels[label]: pod.account for pod in pods if label in pod.labels}
        if label in service.selector or len(found) < 2:
            continue
        is_one = len({pod.account for pod in pods}) == 1
        versions = {
            _named(value): _version(label, value) | ({} if is_one else {"serviceAccount": account})
            for value, account in sorted(found.items())
        }
        if len(versions) == len(found) and all(DNS_LABEL.check(name) is None for name in versions):
            return versions
    return {}


def _named(value: str) -> str:
    """Make a name of a version: 1.2 is v1-2."""
    name = re.sub("[^a-z0-9]+", "-", value.lower()).strip("-")
    return f"v{name}" if name[:1].isdigit() else name


def _version(label: str, value: str) -> dict[str, Json]:
    is_default = label == _VERSION_LABELS[0] and _named(value) == value
    return {} if is_default else {"labels": {label: value}}


def _of_versions(versions: Versions) -> Iterator[str]:
    if not versions:
        return
    yield "versions:"
    yield from (f"  {scalar(name)}: {scalar(version)}" for name, version in versions.items())
    first, *others = versions
    shares = {first: 100, **dict.fromkeys(others, 0)}
    yield "# Shares of requests by version, in percent; as the Service spreads them unless written."
    yield f"#split: {scalar(shares)}"


def _probes(pods: Pods) -> Iterator[str]:
    probes = sorted({(probe.kind, probe.path or "", probe.port) for pod in pods for probe in pod.probes})
    entries = [
        f"{{{kind}: {scalar(path) if kind == 'path' else 'true'}, port: {_target(port)}}}"
        for kind, path, port in probes
    ]
    if entries:
        yield "# How the kubelet asks its pods; where callers are named, it must be let in."
        yield f"#probes: [{', '.join(entries)}]"
