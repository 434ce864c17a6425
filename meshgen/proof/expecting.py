"""What a test expects, as facets of an outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from meshgen.intent.features import Written
from meshgen.intent.model import Protocol
from meshgen.intent.outcome.call import Call, ToPod
from meshgen.intent.outcome.facets import Basis, Facet, Shares, Value, Verdict, shares
from meshgen.intent.outcome.routing import PortRoute, location
from meshgen.intent.outcome.sending import abort_of, delay_of, header_edits, retried
from meshgen.intent.outcome.world import Pod, Port, Service
from meshgen.intent.policy import Retries
from meshgen.intent.resolved import ResolvedRoute, ToService
from meshgen.intent.testing import Expect, Expected
from meshgen.intent.traffic import Fault, Headers, Mirror, Redirect, RedirectCode, Split
from meshgen.proof.senders import Surroundings, Unclear, key_of
from meshgen.values import Duration

_VERDICTS = {Expected.ALLOWED: Verdict.ALLOWED, Expected.DENIED: Verdict.DENIED}


class _Asked(NamedTuple):
    """A call, and the Service port that it is made to."""

    call: Call
    service: Service
    port: Port
    known: Surroundings


def expected(expect: Expect, call: Call, known: Surroundings) -> Mapping[Facet, Value]:
    """Say which value each facet should have that a test writes; raises Unclear."""
    service, port = _called(call, known)
    return dict(_facets(expect, _Asked(call, service, port, known)))


def _called(call: Call, known: Surroundings) -> tuple[Service, Port]:
    if isinstance(call.to, ToPod):
        service = known.world.fronting[call.to.pod][0]  # by which the pod was found
        return service, service.ports[0]
    service = known.world.services[call.to.service]
    found = service.port(call.to.port)
    assert found is not None, "calls are made to ports that there are"
    return service, found


def _facets(expect: Expect, asked: _Asked) -> Iterator[tuple[Facet, Value]]:
    if expect.verdict is not None:
        yield Facet.VERDICT, _VERDICTS[expect.verdict]
    if expect.split is not None:
        yield Facet.BACKENDS, _split(expect.split, asked)
    if expect.service is not None:
        yield Facet.BACKENDS, shares([(_ends_of(expect.service, asked, ("expect", "service")), 1)])
    if expect.redirect is not None:
        yield Facet.REDIRECT, _redirect(expect.redirect, asked)
    if expect.path is not None:
        yield Facet.PATH, expect.path
    if expect.timeout is not None:
        yield Facet.TIMEOUT, expect.timeout.ms if isinstance(expect.timeout, Duration) else None
    if expect.mirror is not None:
        yield Facet.MIRROR, _mirror(expect.mirror, asked)
    if expect.mtls is not None:
        yield Facet.TRANSPORT, expect.mtls
    yield from _sent(expect, asked.port.protocol)


def _sent(expect: Expect, protocol: Protocol) -> Iterator[tuple[Facet, Value]]:
    for step in retried(expect.retries, protocol, Basis(name="the test")):
        is_said = step.facet is not Facet.RETRY_ON or (
            isinstance(expect.retries, Retries) and expect.retries.retry_on
        )
        if step.facet is not None and is_said:
            yield step.facet, step.value
    if expect.fault is not None:
        fault = expect.fault if isinstance(expect.fault, Fault) else None
        yield Facet.FAULT_DELAY, delay_of(None if fault is None else fault.delay)
        yield Facet.FAULT_ABORT, abort_of(None if fault is None else fault.abort, protocol)
    if expect.headers is not None:
        headers = expect.headers if isinstance(expect.headers, Headers) else None
        yield Facet.REQUEST_HEADERS, header_edits(None if headers is None else headers.request)
        yield Facet.RESPONSE_HEADERS, header_edits(None if headers is None else headers.response)


def _split(split: Split, asked: _Asked) -> Shares:
    parts = ((_version(name, asked), Fraction(percent.hundredths, 10_000)) for name, percent in split.items())
    return shares(parts)


def _version(name: str, asked: _Asked) -> list[tuple[Pod, int]]:
    """Find the pods of a version: as the intent has it, or by the label that all meshes know."""
    world, key = asked.known.world, asked.service.key
    own = [pod for pod in world.pods_of(asked.service) if name in (pod.version, pod.labels.get("version"))]
    beside = world.services.get(key._replace(name=f"{key.name}-{name}"))
    found = own or ([] if beside is None else list(world.pods_of(beside)))
    if not found:
        raise Unclear(f"{key} has no pods of a version {name!r}", path=("expect", "split", name))
    return _ends(found, asked.port, asked.known)


def _ends(pods: list[Pod], port: Port, known: Surroundings) -> list[tuple[Pod, int]]:
    numbered = ((pod, known.world.container_port(pod, port.target)) for pod in pods)
    return [(pod, number) for pod, number in numbered if number is not None]


def _ends_of(target: str, asked: _Asked, path: tuple[str, ...]) -> list[tuple[Pod, int]]:
    name, _, word = target.partition(":")
    service = asked.known.world.services[key_of(name, asked.known, path=path)]
    fitting = [port for port in service.ports if word in ("", str(port.number), port.name)]
    if len(fitting) != 1:
        raise Unclear(f"{target!r} names no one port", path=path, hint="write name:port")
    return _ends(list(asked.known.world.pods_of(service)), fitting[0], asked.known)


def _mirror(mirror: Mirror | Written, asked: _Asked) -> Shares:
    if not isinstance(mirror, Mirror):
        return ()
    if mirror.version is not None:
        ends = _version(mirror.version, asked)
    else:
        ends = _ends_of(str(mirror.service), asked, ("expect", "mirror", "service"))
    share = Fraction(1) if mirror.percent is None else Fraction(mirror.percent.hundredths, 10_000)
    return ((tuple(sorted(f"{pod.title}:{number}" for pod, number in ends)), share),) if share else ()


def _redirect(redirect: Redirect | Written, asked: _Asked) -> Value:
    if not isinstance(redirect, Redirect) or asked.call.request is None:
        return None
    if redirect.prefix is not None:
        hint = "write path: the whole path of the new address"
        raise Unclear("a test knows no matched prefix", path=("expect", "redirect", "prefix"), hint=hint)
    name, port = asked.known.world.host_of(asked.service.key), asked.port.number
    host = asked.call.request.host or (name if port == 80 else f"{name}:{port}")
    code = redirect.status_code or RedirectCode.FOUND
    return (code.value, location(redirect, _EVERY, asked.call.request, host))


_EVERY = PortRoute(
    route=ResolvedRoute(
        name=None,
        matches=(),
        destination=ToService(),
        rewrite=None,
        headers=None,
        timeout=None,
        retries=None,
        fault=None,
        mirror=None,
        cors=None,
    ),
    alternatives=(),
)
