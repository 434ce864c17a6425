"""What Linkerd's proxies do with manifests, written from their sources and nothing of ours: linkerd.md 7."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A request and who sends it."""

    method: str
    path: str
    host: str
    headers: Mapping[str, str]
    account: tuple[str, str] | None  # namespace and name; None: without identity
    address: str


def admits(objects: Iterable[Object], server: str, asking: Asking) -> set[bool]:
    """Say whether a Server lets a request in; both where age or name of objects would decide."""
    every = list(objects)
    (found,) = (obj for obj in every if obj["kind"] == "Server" and obj["metadata"]["name"] == server)
    of_server = [*_by_itself(found["spec"]["accessPolicy"], asking), *_policies(every, found, asking)]
    routes = [obj for obj in every if obj["kind"] == "HTTPRoute" and _is_on(obj, server)]
    if not routes:
        return {any(of_server)}
    best = _best(routes, asking)
    return {any([*of_server, *_policies(every, route, asking)]) for route, _ in best} or {False}


def _is_on(route: Object, server: str) -> bool:
    parents = route["spec"]["parentRefs"]
    return any((parent["kind"], parent["name"]) == ("Server", server) for parent in parents)


def _by_itself(access: str, asking: Asking) -> Iterator[bool]:
    yield {"deny": False, "all-unauthenticated": True, "all-authenticated": asking.account is not None}[
        access
    ]


def _policies(objects: Iterable[Object], target: Object, asking: Asking) -> Iterator[bool]:
    every = list(objects)
    for policy in every:
        if policy["kind"] == "AuthorizationPolicy":
            ref = policy["spec"]["targetRef"]
            if (ref["kind"], ref["name"]) == (target["kind"], target["metadata"]["name"]):
                refs = policy["spec"]["requiredAuthenticationRefs"]
                yield all(_authenticates(_found(every, ref), asking) for ref in refs)


def _found(objects: Iterable[Object], ref: Mapping[str, str]) -> Object:
    (found,) = (
        obj for obj in objects if (obj["kind"], obj["metadata"]["name"]) == (ref["kind"], ref["name"])
    )
    return found


def _authenticates(authentication: Object, asking: Asking) -> bool:
    spec = authentication["spec"]
    if authentication["kind"] == "NetworkAuthentication":
        return any(_is_in(network, asking.address) for network in spec["networks"])
    if asking.account is None:
        return False
    if "identities" in spec:
        return bool(spec["identities"] == ["*"])
    namespace, name = asking.account
    own = authentication["metadata"]["namespace"]
    return any(
        (ref["kind"], ref["name"]) == ("Namespace", namespace)
        or (ref["kind"], ref["name"], ref.get("namespace", own)) == ("ServiceAccount", name, namespace)
        for ref in spec["identityRefs"]
    )


def _is_in(network: Mapping[str, Any], address: str) -> bool:
    found = ipaddress.ip_address(address)
    excepted = any(found in ipaddress.ip_network(cidr) for cidr in network.get("except", []))
    return found in ipaddress.ip_network(network["cidr"]) and not excepted


def backends(routes: Iterable[Object], asking: Asking) -> list[Any]:
    """List what the best ranked routes do with a request: one entry unless age or name would decide."""
    return [_goes(route, rule) for route, rule in _best(list(routes), asking)]


def _goes(route: Object, rule: Mapping[str, Any]) -> Any:
    """Without backends it is the Service that the route is of, unless somebody answers."""
    answers = [each for each in rule.get("filters", []) if each["type"] == "RequestRedirect"]
    return rule.get("backendRefs") or answers or route["spec"]["parentRefs"]


Rank = tuple[Any, ...]


def _best(routes: list[Object], asking: Asking) -> list[tuple[Object, Mapping[str, Any]]]:
    """Find the best ranked rule of each object that ties for the best; inside one the first wins."""
    ranked: list[tuple[Rank, Object, Mapping[str, Any]]] = []
    for route in routes:
        host = _host(route["spec"].get("hostnames", []), asking.host)
        if host is not None:
            rules = [(_rule(rule, asking), rule) for rule in route["spec"]["rules"]]
            matching = [(rank, rule) for rank, rule in rules if rank is not None]
            if matching:
                top = max(rank for rank, _ in matching)
                rule = next(rule for rank, rule in matching if rank == top)
                ranked.append(((host, top), route, rule))
    best = max((rank for rank, _, _ in ranked), default=None)
    return [(route, rule) for rank, route, rule in ranked if rank == best]


def _host(patterns: list[str], host: str) -> Rank | None:
    if not patterns:
        return (0, 0)
    ranks: list[Rank] = []
    for pattern in patterns:
        if pattern.startswith("*.") and host.endswith(pattern[1:]):
            ranks.append((1, len(pattern)))
        elif pattern == host:
            ranks.append((2, len(pattern)))
    return max(ranks, default=None)


def _rule(rule: Mapping[str, Any], asking: Asking) -> Rank | None:
    ranks = [_match(match, asking) for match in rule.get("matches", _EVERY)]
    return max((rank for rank in ranks if rank is not None), default=None)


_EVERY = [{"path": {"type": "PathPrefix", "value": "/"}}]  # what the definition of an HTTPRoute fills in


def _match(match: Mapping[str, Any], asking: Asking) -> Rank | None:
    length = _path(match["path"], asking.path)
    headers = match.get("headers", [])
    if length is None or match.get("method", asking.method) != asking.method:
        return None
    if not all(_value(each, asking.headers.get(each["name"])) for each in headers):
        return None
    return (length, len(headers), "method" in match)


def _path(path: Mapping[str, str], asked: str) -> int | None:
    value = path["value"]
    match path["type"]:
        case "Exact":
            return len(value) if value == asked else None
        case "PathPrefix" if value == "/":
            return 1
        case "PathPrefix":
            rest = asked.rstrip("/").removeprefix(value)
            is_under = asked.rstrip("/").startswith(value) and (not rest or rest.startswith("/"))
            return len(value) if is_under else None
        case _:
            found = re.search(value, asked)
            return len(asked) if found is not None and found.span() == (0, len(asked)) else None


def _value(header: Mapping[str, str], value: str | None) -> bool:
    if value is None:
        return False
    if header["type"] == "Exact":
        return value == header["value"]
    found = re.search(header["value"], value)
    return found is not None and found.span() == (0, len(value))
