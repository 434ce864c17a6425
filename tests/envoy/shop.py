"""The world of every scenario: four services, their pods, and who calls them how."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence

from meshgen.intent.keys import Account, ServiceKey
from meshgen.intent.model import Protocol
from meshgen.intent.outcome.call import Call, Caller, Reach, Request, ToPod, ToService
from meshgen.intent.outcome.world import Pod, Port, Service, World
from tests.envoy.places import CALLERS, PODS, PORTS, caller_address

VERSIONS: Mapping[str, tuple[str, ...]] = {
    "web": (),
    "reviews": ("v1", "v2", "v3"),
    "ratings": ("v1", "v2"),
    "details": (),
}
NAMES = tuple(VERSIONS)

_METHODS = ("GET", "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS")
_PATHS = (
    *("/", "/a", "/a/", "/ab", "/a/b", "/a/b/c", "/a/bc", "/b", "/b/b", "/c/d", "/c/d/e", "/other"),
    *("/a/../b", "/b/./b", "/a/b/..", "/x/../a//b", "/a%2Fb", "/A"),
)
_HEADERS = {
    "x-a": ("one", "on", "owe", "One", "two"),
    "x-b": ("one", "on", "owe", "two"),
    "x-gone": ("here",),
    "x-more": ("before",),
    "origin": ("https://a.example.com", "https://a.b.example.com", "https://example.com"),
}
_HOSTS = (
    None,
    None,
    "web.example.com",
    "WEB.example.com:8080",
    "example.com",
    "other.shop.svc.cluster.local:80",
)


def world(ports: Mapping[str, Sequence[Port]]) -> World:
    """Make the world in which services have these ports."""
    services = {
        ServiceKey("shop", name): Service(
            key=ServiceKey("shop", name), selector={"app": name}, ports=tuple(ports[name])
        )
        for name in NAMES
    }
    return World(services=services, pods={f"shop/{pod}": _pod(pod) for pod in PODS})


def _pod(name: str) -> Pod:
    service, _, version = name.partition("-")
    account = "ratings-v2" if name == "ratings-v2" else service
    labels = {"app": service, **({"version": version} if version else {})}
    return Pod(
        namespace="shop",
        name=name,
        labels=labels,
        account=Account("shop", account),
        version=version or None,
    )


def port(number: int, target: int, protocol: str = "http") -> Port:
    """Make a port of a Service."""
    word = next(each for each in Protocol if each.value == protocol)
    return Port(number=number, target=target, protocol=word, name=f"{protocol}-{number}")


def calls(place: World, draw: random.Random, count: int) -> Iterator[Call]:
    """Make up calls from everywhere to everywhere."""
    for _ in range(count):
        caller = _caller(draw)
        to = _to(place, draw, is_proxied=caller.reach is Reach.PROXIED)
        protocol = _protocol(place, to)
        yield Call(caller=caller, to=to, request=_request(draw, protocol, caller))


def _caller(draw: random.Random) -> Caller:
    reach = draw.choices((Reach.PROXIED, Reach.IDENTIFIED, Reach.PLAINTEXT), (8, 3, 1))[0]
    if reach is Reach.PLAINTEXT:
        return Caller(reach=reach, address=caller_address(None))
    account = Account("ingress", "gateway") if draw.random() < 0.1 else draw.choice(CALLERS[:-1])
    names = {Account("shop", "ratings-v2"): "ratings"}
    service = ServiceKey("shop", names.get(account, account.name)) if account.namespace == "shop" else None
    return Caller(reach=reach, account=account, address=caller_address(account), service=service)


def _to(place: World, draw: random.Random, *, is_proxied: bool) -> ToService | ToPod:
    if not is_proxied and draw.random() < 0.4:
        return ToPod(draw.choice(sorted(place.pods)), draw.choice(PORTS))
    key = draw.choice(sorted(place.services))
    return ToService(key, draw.choice([each.number for each in place.services[key].ports]))


def _protocol(place: World, to: ToService | ToPod) -> Protocol:
    if isinstance(to, ToService):
        found = place.services[to.service].port(to.port)
        assert found is not None
        return found.protocol
    selected = (each for each in place.services.values() if place.pods[to.pod].is_picked_by(each.selector))
    return next((p.protocol for each in selected for p in each.ports if p.target == to.port), Protocol.HTTP)


def _request(draw: random.Random, protocol: Protocol, caller: Caller) -> Request:
    is_grpc = protocol is Protocol.GRPC
    headers = {name: draw.choice(values) for name, values in _HEADERS.items() if draw.random() < 0.3}
    query = (("q", draw.choice(("1", "11", "2", ""))),) if draw.random() < 0.4 else ()
    if is_grpc:
        headers = {**headers, "content-type": "application/grpc"}
        headers.pop("origin", None)
    return Request(
        method="POST" if is_grpc else draw.choice(_METHODS),
        path=draw.choice(_PATHS[:12]) if is_grpc else draw.choice(_PATHS),
        query=() if is_grpc else query,
        headers=headers,
        host=None if caller.reach is Reach.PROXIED else draw.choice(_HOSTS),
    )
