"""What Consul's server rejects in objects together: clauses G of consul.md 3, and the envelope's names.

A service without ServiceDefaults among the objects speaks tcp: no object here may count on ProxyDefaults.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

_HTTP_LIKE = ("http", "http2", "grpc")
_CLAUSES = {
    "ServiceSplitter": "consul 3.1 ServiceSplitter 7",
    "ServiceRouter": "consul 3.3 ServiceRouter 7",
    "ServiceResolver": "consul 3.2 ServiceResolver 12",
}

Entries = Mapping[tuple[str, str], Mapping[str, Any]]  # a spec by kind and name


class Target(NamedTuple):
    """Where a chain goes on."""

    service: str
    subset: str


def reject_together(objects: Sequence[Mapping[str, Any]]) -> list[str]:
    """List why Consul's server would reject some of these objects beside the others."""
    written = [obj for obj in objects if str(obj["apiVersion"]).startswith("consul.hashicorp.com/")]
    entries = {(obj["kind"], obj["metadata"]["name"]): obj.get("spec", {}) for obj in written}
    return [*_names(written), *_destinations(written, entries), *_chains(entries)]


def _names(written: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    named = Counter((obj["kind"], obj["metadata"]["name"]) for obj in written)
    for kind, name in sorted(key for key, times in named.items() if times > 1):
        yield f"consul 3 {kind}: {name!r} stands twice, whatever the namespaces"


def _destinations(written: Iterable[Mapping[str, Any]], entries: Entries) -> Iterator[str]:
    intentions = [obj["spec"] for obj in written if obj["kind"] == "ServiceIntentions"]
    named = Counter(spec["destination"]["name"] for spec in intentions)
    for name in sorted(name for name, times in named.items() if times > 1):
        yield f"consul 3.4 ServiceIntentions 13: destination {name!r} stands twice"
    for spec in intentions:
        name = spec["destination"]["name"]
        has_permissions = any(source.get("permissions") for source in spec["sources"])
        if has_permissions and _protocol(name, entries) not in _HTTP_LIKE:
            yield f"consul 3.4 ServiceIntentions 14: {name!r} has permissions and speaks tcp"


def _protocol(service: str, entries: Entries) -> str:
    defaults = entries.get(("ServiceDefaults", service), {})
    return defaults.get("protocol") or "tcp"


def _chains(entries: Entries) -> Iterator[str]:
    for (kind, name), spec in entries.items():
        if kind not in _CLAUSES:
            continue
        targets = list(_targets(kind, name, spec))
        own = _protocol(name, entries)
        if kind != "ServiceResolver" and own not in _HTTP_LIKE:
            yield f"{_CLAUSES[kind]}: {name!r} speaks {own}"
        for target in targets:
            yield from (f"{_CLAUSES[kind]}: {why}" for why in _broken(name, target, entries))
        if _returns(kind, name, entries):
            yield f"{_CLAUSES[kind]}: {name!r} leads back to itself"


def _targets(kind: str, name: str, spec: Mapping[str, Any]) -> Iterator[Target]:
    match kind:
        case "ServiceSplitter":
            further = spec.get("splits", [])
        case "ServiceRouter":
            further = [route["destination"] for route in spec.get("routes", []) if "destination" in route]
        case _:
            further = [spec["redirect"]] if "redirect" in spec else []
    for destination in further:
        yield Target(destination.get("service") or name, destination.get("serviceSubset", ""))


def _broken(name: str, target: Target, entries: Entries) -> Iterator[str]:
    own, other = _protocol(name, entries), _protocol(target.service, entries)
    if own != other:
        yield f"{name!r} speaks {own} and {target.service!r} {other}"
    subsets = entries.get(("ServiceResolver", target.service), {}).get("subsets", {})
    if target.subset and target.subset not in subsets:
        yield f"{target.service!r} has no subset {target.subset!r}"


def _returns(kind: str, start: str, entries: Entries) -> bool:
    # a route to the router's own service goes on to its splitter, and a split to its resolver: no circle
    ahead, seen = [start], set()
    while ahead:
        name = ahead.pop()
        for target in _targets(kind, name, entries.get((kind, name), {})):
            if target.service == start and name != start:
                return kind != "ServiceRouter"
            if not target.subset and target.service not in seen:
                seen.add(target.service)
                ahead.append(target.service)
    return False
