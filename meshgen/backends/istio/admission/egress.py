"""Listeners for calls that leave a workload, and the hosts that each lets through."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from meshgen.backends.istio.admission.ports import is_socket, refused_port
from meshgen.backends.istio.admission.terms import Body, Rule, each, is_label, is_wildcard_domain, quoted
from meshgen.grammar import is_ip, is_port
from meshgen.resources import Complaint, Path, Resource

_HINT = "write NAMESPACE/DOMAIN, ./* or */*"


def refused(rule: Rule, resource: Resource) -> Iterator[Complaint]:
    """Hold the egress listeners of a Sidecar against their clauses."""
    taken: set[int | str] = set()
    listeners = [*each(resource.spec, ("spec",), "egress")]
    for path, listener in listeners:
        if "port" in listener:
            port, bind = listener["port"], listener.get("bind", "")
            yield from refused_port(rule, (*path, "port"), port)
            yield from _bound(rule, path, listener, taken)
            taken.add(port.get("number", 0) or bind)
        elif path != listeners[-1][0]:
            yield rule.broken(path, "a listener without a port stands before others", "put it last")
        yield from _hosts(rule, path, listener, resource.namespace)


def _bound(rule: Rule, path: Path, listener: Body, taken: set[int | str]) -> Iterator[Complaint]:
    number, bind = listener["port"].get("number", 0), listener.get("bind", "")
    if (number or bind) in taken:
        yield rule.broken(
            (*path, "port"), f"another listener is bound to {quoted(number or bind)}", "join their hosts"
        )
    if number == 0:
        yield from _socket(rule, path, listener)
        return
    if not is_port(number):
        yield rule.broken((*path, "port", "number"), f"{number} is not a port number", "write 1 to 65535")
    if bind and not is_ip(bind):
        yield rule.broken((*path, "bind"), f"{quoted(bind)} is not an address", "write 127.0.0.1")


def _socket(rule: Rule, path: Path, listener: Body) -> Iterator[Complaint]:
    bind, mode = listener.get("bind", ""), listener.get("captureMode", "DEFAULT")
    if not is_socket(bind):
        yield rule.broken(
            (*path, "port"),
            "a listener without a port number is bound to no socket",
            "write bind: unix:///path",
        )
    if mode == "IPTABLES":
        yield rule.broken((*path, "captureMode"), "IPTABLES captures no sockets", "write NONE")


def _hosts(rule: Rule, path: Path, listener: Body, namespace: str) -> Iterator[Complaint]:
    if not listener["hosts"]:
        yield rule.broken(
            (*path, "hosts"), "the listener lets no host through", "write './*' for the own namespace"
        )
    seen: dict[str, set[str]] = defaultdict(set)
    for at, host in each(listener, path, "hosts"):
        scope, slash, name = host.partition("/")
        if not slash:
            yield rule.broken(at, f"{quoted(host)} names no namespace", _HINT)
            continue
        yield from _host(rule, at, scope, name)
        before = seen[namespace if scope == "." else scope]
        if name in before or "*" in before or (name == "*" and before):
            yield rule.doubtful(at, f"{quoted(host)} overlaps a host before it", "keep one of them")
        before.add(name)
    if "*" in seen.get("*", ()) and len(seen) > 1:
        yield rule.doubtful(
            (*path, "hosts"), "'*/*' lets everything through, whatever stands beside it", "keep it alone"
        )


def _host(rule: Rule, path: Path, scope: str, name: str) -> Iterator[Complaint]:
    if scope not in ("*", ".", "~") and not is_label(scope):
        yield rule.broken(path, f"{quoted(scope)} before the '/' is not a namespace", _HINT)
    if name == "*":
        return
    is_partial = name.startswith("*") and not name.startswith("*.")
    if "." not in name or is_partial or not is_wildcard_domain(name):
        yield rule.broken(path, f"{quoted(name)} after the '/' is not a full domain", _HINT)
