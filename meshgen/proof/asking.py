"""A request as a command line spells it, as a call."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from meshgen.diagnostics import near_miss
from meshgen.intent.keys import Account, ServiceKey
from meshgen.intent.outcome.call import Call, Caller, Reach, Request, Token, ToPod, ToService
from meshgen.intent.outcome.world import Port, Service
from meshgen.proof.senders import (
    Surroundings,
    Unclear,
    at_address,
    at_pod,
    caller_with,
    parameters,
    token_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a command line says of a request."""

    method: str
    url: str
    sender: str  # namespace/account, `none` or `kubelet`
    ip: str | None
    headers: tuple[str, ...]  # `name: value`
    claims: tuple[str, ...]  # `[provider:]name=value`


def call_of(asking: Asking, known: Surroundings) -> Call:
    """Make up the call; raises Unclear, whose path names the part of the command line."""
    url = _url(asking.url)
    service = _service(url, known)
    port = _port(url, service)
    caller = _caller(asking, known)
    to: ToService | ToPod = ToService(service.key, port.number)
    if caller.reach is Reach.KUBELET:
        to = at_pod(ToService(service.key, port.number), port, known.world)
    if url.scheme == "tcp":
        return Call(caller=caller, to=to)
    headers = dict(map(_header, asking.headers))
    host = headers.pop("host", None)
    request = Request(
        method=asking.method.upper(),
        path=url.path or "/",
        query=tuple(parameters(url.query)),
        headers=headers,
        host=host,
        token=_token(asking.claims, known) if asking.claims else None,
    )
    return Call(caller=caller, to=to, request=request)


def _url(text: str) -> SplitResult:
    try:
        url = urlsplit(text if "://" in text else f"http://{text}")
        port = url.port
    except ValueError as error:
        raise Unclear(f"{text!r} is no address: {error}", path=("URL",)) from error
    if url.scheme not in ("http", "https", "tcp") or not url.hostname or port == 0:
        raise Unclear(
            f"{text!r} names no Service", path=("URL",), hint="write http://name.namespace:port/path"
        )
    return url


def _service(url: SplitResult, known: Surroundings) -> Service:
    """Find a Service by the names that pods may call it: `a`, `a.ns`, `a.ns.svc`, `a.ns.svc.<domain>`."""
    labels = str(url.hostname).removesuffix(f".svc.{known.world.cluster_domain}").removesuffix(".svc")
    name, _, namespace = labels.partition(".")
    where = namespace or known.namespace
    if where is None:
        raise Unclear(
            f"{name!r} is in no one namespace", path=("URL",), hint=f"write http://{name}.namespace/"
        )
    service = known.world.services.get(ServiceKey(where, name))
    if service is None:
        there = [f"{key.name}.{key.namespace}" for key in known.world.services]
        hint = near_miss(f"{name}.{where}", there) or f"there are {', '.join(sorted(there)[:10])}"
        raise Unclear(f"there is no Service {where}/{name}", path=("URL",), hint=hint)
    return service


def _port(url: SplitResult, service: Service) -> Port:
    number = url.port or (service.ports[0].number if len(service.ports) == 1 else 80)
    port = service.port(number)
    if port is None:
        listed = ", ".join(str(each.number) for each in service.ports) or "none"
        raise Unclear(f"{service.key} has no port {number}", path=("URL",), hint=f"its ports are {listed}")
    return port


def _caller(asking: Asking, known: Surroundings) -> Caller:
    match asking.sender.split("/"):
        case ["none"]:
            found = Caller(reach=Reach.PLAINTEXT)
        case ["kubelet"]:
            found = Caller(reach=Reach.KUBELET)
        case [str(namespace), str(name)] if namespace and name:
            found = caller_with(Account(namespace, name), known.world)
        case _:
            hint = "write namespace/account, none or kubelet"
            raise Unclear(f"{asking.sender!r} is no caller", path=("--as",), hint=hint)
    return at_address(found, asking.ip, path=("--ip",))


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise Unclear(f"{text!r} is no header", path=("-H",), hint="write 'name: value'")
    return name.strip().lower(), value.strip()


def _token(claims: tuple[str, ...], known: Surroundings) -> Token:
    values: dict[str, list[str]] = {}
    named: set[str] = set()
    for text in claims:
        head, equals, value = text.partition("=")
        provider, colon, name = head.rpartition(":")
        if not equals or not name:
            raise Unclear(f"{text!r} is no claim", path=("--claim",), hint="write name=value")
        values.setdefault(name, []).append(value)
        named.update((provider,) if colon else ())
    found = sorted(named) or sorted(known.providers)
    if len(found) != 1 or found[0] not in known.providers:
        listed = ", ".join(sorted(known.providers)) or "none"
        hint = f"write provider:name=value; the providers are {listed}"
        raise Unclear("a token is of one provider that the intents name", path=("--claim",), hint=hint)
    return token_of(known.providers[found[0]], {name: tuple(given) for name, given in values.items()})
