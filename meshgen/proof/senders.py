"""Requests of tests and command lines as calls: who sends them, to which port, with what."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import unquote_plus

from meshgen.diagnostics import near_miss
from meshgen.intent.access import From, JwtProvider
from meshgen.intent.keys import Account, ServiceKey
from meshgen.intent.outcome.call import (
    BEARER,
    Call,
    Caller,
    InHeader,
    InParam,
    Reach,
    Request,
    Token,
    ToPod,
    ToService,
)
from meshgen.intent.outcome.world import Port, Service, World
from meshgen.intent.testing import GivenToken, Sender, Test
from meshgen.proof.callers import ELSEWHERE, STRANGER


class Unclear(Exception):
    """A request that cannot be made up: what it names is not there."""

    def __init__(self, message: str, *, path: Sequence[str], hint: str = "") -> None:
        super().__init__(message)
        self.path = tuple(path)  # where it is written, below the test
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What names in a request may mean."""

    world: World
    namespace: str | None  # of what names none; None: it has to
    callers: Mapping[str, tuple[From, ...]]  # of the profile
    providers: Mapping[str, JwtProvider]


def calls(test: Test, known: Surroundings) -> Iterator[Call]:
    """Make up the calls of a test, one for each method and path; raises Unclear."""
    caller = _caller(test.from_, known)
    to = _place(test.request.to, known)
    port = known.world.services[to.service].port(to.port)
    assert port is not None
    is_of_http = bool(test.request.method or test.request.path)
    at = at_pod(to, port, known.world) if caller.reach is Reach.KUBELET else to
    if not is_of_http:
        yield Call(caller=caller, to=at)
        return
    token = None if test.request.jwt is None else _token(test.request.jwt, known)
    headers = {name.lower(): value for name, value in (test.request.headers or {}).items()}
    host = headers.pop("host", None)
    for method in test.request.method or (None,):
        for target in test.request.path or ("/",):
            path, _, query = target.partition("?")
            request = Request(
                method="GET" if method is None else method.value,
                path=path,
                query=tuple(parameters(query)),
                headers=headers,
                host=host,
                token=token,
            )
            yield Call(caller=caller, to=at, request=request)


def parameters(query: str) -> Iterator[tuple[str, str]]:
    """Take a query string apart."""
    for pair in query.split("&") if query else ():
        name, _, value = pair.partition("=")
        yield unquote_plus(name), unquote_plus(value)


def at_pod(to: ToService, port: Port, world: World) -> ToPod:
    """The kubelet asks a pod, not its Service."""
    for pod in world.pods_of(world.services[to.service]):
        number = world.container_port(pod, port.target)
        if number is not None:
            return ToPod(pod.title, number)
    raise Unclear(f"{to.service} has no pods", path=("request", "to"))


def _caller(sender: Sender, known: Surroundings) -> Caller:
    return at_address(_sender(sender, known), sender.ip, path=("from", "ip"))


def at_address(caller: Caller, address: str | None, *, path: Sequence[str]) -> Caller:
    """Move a caller to an address, if there is one; raises Unclear where it is no address."""
    if address is None:
        return caller
    try:
        return replace(caller, address=str(ipaddress.ip_address(address)))
    except ValueError as error:
        hint = "write one such as 203.0.113.7"
        raise Unclear(f"{address!r} is no IP address", path=path, hint=hint) from error


def _sender(sender: Sender | From, known: Surroundings) -> Caller:
    if isinstance(sender, Sender) and sender.kubelet:
        return Caller(reach=Reach.KUBELET)
    if isinstance(sender, Sender) and sender.plaintext:
        return Caller(reach=Reach.PLAINTEXT)
    if sender.caller is not None:
        return _named(sender.caller, known)
    if sender.service is not None:
        return _of_service(sender.service, known)
    if sender.service_account is not None:
        return caller_with(Account(*sender.service_account.split("/")), known.world)
    if sender.namespace is not None:
        return Caller(reach=Reach.PROXIED, account=Account(sender.namespace, STRANGER))
    if sender.cidr is not None:
        block = ipaddress.ip_network(sender.cidr, strict=False)
        return Caller(reach=Reach.PLAINTEXT, address=str(block.network_address))
    return Caller(reach=Reach.PROXIED, account=Account(ELSEWHERE, STRANGER))


def _named(name: str, known: Surroundings) -> Caller:
    """A caller of the profile may stand for several; the first one speaks for it."""
    entries = known.callers.get(name, ())
    if not entries:
        hint = (
            near_miss(name, known.callers) or f"--set 'callers.{name}=[{{serviceAccount: ns/name}}]' names it"
        )
        raise Unclear(f"the profile names no caller {name!r}", path=("from", "caller"), hint=hint)
    return _sender(entries[0], known)


def _of_service(name: str, known: Surroundings) -> Caller:
    key = _key(name, known, path=("from", "service"))
    pods = known.world.pods_of(known.world.services[key])
    if not pods:
        raise Unclear(f"{key} has no pods that could call", path=("from", "service"))
    return Caller(reach=Reach.PROXIED, account=pods[0].account, service=key)


def caller_with(account: Account, world: World) -> Caller:
    """Give the pods that run as an account, those of the first service that has some."""
    fronting = (
        service.key
        for service in world.services.values()
        if any(pod.account == account for pod in world.pods_of(service))
    )
    return Caller(reach=Reach.PROXIED, account=account, service=next(fronting, None))


def key_of(word: str, known: Surroundings, *, path: Sequence[str] = ()) -> ServiceKey:
    """Find a service of the world by `[ns/]name`; raises Unclear."""
    return _key(word, known, path=path)


def _key(word: str, known: Surroundings, *, path: Sequence[str]) -> ServiceKey:
    namespace, _, name = word.rpartition("/")
    where = namespace or known.namespace
    if where is None:
        hint = "write namespace/name, or metadata.namespace once"
        raise Unclear(f"{word!r} is in several namespaces or in none", path=path, hint=hint)
    key = ServiceKey(where, name)
    if key not in known.world.services:
        there = [str(each) for each in known.world.services]
        raise Unclear(f"there is no service {key}", path=path, hint=near_miss(str(key), there))
    return key


def _place(target: str, known: Surroundings) -> ToService:
    where = ("request", "to")
    name, _, word = target.partition(":")
    service = known.world.services[_key(name, known, path=where)]
    return ToService(service.key, _port(service, word, where).number)


class _Named(NamedTuple):
    port: Port
    names: tuple[str, ...]


def _port(service: Service, word: str, where: Sequence[str]) -> Port:
    named = [_Named(port, (str(port.number), port.name)) for port in service.ports]
    fitting = [port for port, names in named if word in names] if word else [port for port, _ in named]
    if len(fitting) == 1:
        return fitting[0]
    listed = ", ".join(str(port.number) for port, _ in named) or "none"
    said = f"{service.key} has no port {word!r}" if word else f"{service.key} has several ports or none"
    raise Unclear(said, path=where, hint=f"its ports are {listed}: write name:port")


def _token(given: GivenToken, known: Surroundings) -> Token:
    provider = known.providers.get(given.provider)
    if provider is None:
        hint = near_miss(given.provider, known.providers)
        raise Unclear(f"there is no provider {given.provider!r}", path=("request", "jwt"), hint=hint)
    return token_of(provider, given.claims or {})


def token_of(provider: JwtProvider, claims: Mapping[str, tuple[str, ...]]) -> Token:
    """Make up a valid token of a provider, where it is looked for first."""
    return Token(
        issuer=provider.issuer,
        audiences=provider.audiences[:1],
        claims=dict(claims),
        place=_token_place(provider),
    )


def _token_place(provider: JwtProvider) -> InHeader | InParam:
    for header in provider.from_headers:
        return InHeader(header.name.lower(), header.prefix or "")
    for name in provider.from_params:
        return InParam(name)
    return BEARER
