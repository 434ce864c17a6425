"""The driver: it sends calls as their callers would, and gathers what comes back and what arrived."""

from __future__ import annotations

import asyncio
import itertools
import ssl
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from meshgen.intent.outcome.call import Call, Reach, Request, ToPod, ToService
from meshgen.intent.outcome.world import World
from tests.envoy.app import DO, ID, POD, Application, Seen
from tests.envoy.bootstrap import AS, AT, INNER, PICK
from tests.envoy.places import NORMALIZING, OUTBOUND, End
from tests.envoy.scenario import Scenario
from tests.envoy.wire import Head, read_head
from tests.envoy.words import DRAW

_PATIENCE_S = 60


class Ask(NamedTuple):
    """How a call is sent: by which draw, to which endpoint, and what the application is to do."""

    draw: int = 0
    pick: str = ""  # address of an endpoint that gets it, if the caller may choose it
    do: str = "200"
    pod: str = ""  # to which calls go that nothing routes


class Reply(NamedTuple):
    """What came back; no head where the connection was refused."""

    id: str
    head: Head | None

    @property
    def status(self) -> int:
        """Status of the answer, 0 without one."""
        return 0 if self.head is None else int(self.head.first.split(" ")[1])

    def one(self, name: str) -> str:
        """Give a header of the answer, empty where it has none."""
        return "" if self.head is None else self.head.one(name)

    @property
    def pod(self) -> str:
        """Which pod answered."""
        return self.one(POD)


_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Asker:
    """Connections, which are used again."""

    def __init__(self, application: Application, contexts: Mapping[str, ssl.SSLContext]) -> None:
        self._application = application
        self._contexts = contexts
        self._idle: defaultdict[_Line, list[_Streams]] = defaultdict(list)

    def seen(self, reply: Reply) -> Sequence[Seen]:
        """List what has arrived of a call by now."""
        return self._application.seen[reply.id]

    async def arrived(self, reply: Reply, count: int) -> Sequence[Seen]:
        """Wait until a call and its copies have arrived."""
        return await self._application.arrived(reply.id, count)

    async def ask(self, scenario: Scenario, call: Call, how: Ask) -> Reply:
        """Send a call once."""
        line = _line(scenario, call, how)
        number = f"{next(_NUMBERS)}"
        text = "\r\n".join([*_lines(scenario, call, how, number), "", ""]).encode()
        if self._idle[line]:  # which the other side may be about to close
            head = await self._exchanged(line, self._idle[line].pop(), text, call)
            if head is not None:
                return Reply(number, head)
        streams = await self._connect(line)
        head = None if streams is None else await self._exchanged(line, streams, text, call)
        return Reply(number, head)

    async def _exchanged(self, line: _Line, streams: _Streams, text: bytes, call: Call) -> Head | None:
        head = await asyncio.wait_for(_exchange(*streams, text, call), _PATIENCE_S)
        if head is None or head.one("connection") == "close":
            streams[1].transport.abort()
        else:
            self._idle[line].append(streams)
        return head

    async def _connect(self, line: _Line) -> _Streams | None:
        context = self._contexts[line.identity] if line.identity else None
        try:
            return await asyncio.open_connection(
                line.address, line.port, ssl=context, local_addr=(line.source, 0) if line.source else None
            )
        except (ConnectionError, ssl.SSLError):
            return None

    def close(self) -> None:
        """Close every connection."""
        for _, writer in (streams for idle in self._idle.values() for streams in idle):
            writer.transport.abort()


_NUMBERS: Iterator[int] = itertools.count()


class _Line(NamedTuple):
    """From where to where, and as whom."""

    source: str
    address: str
    port: int
    identity: str  # SPIFFE; empty: in plain text


def end_of(scenario: Scenario, call: Call, pod: str) -> End:
    """Find the container port that a call which nothing routes goes to."""
    if isinstance(call.to, ToPod):
        return scenario.setup.ends[call.to.pod, call.to.port]
    port = scenario.world.services[call.to.service].port(call.to.port)
    assert port is not None
    assert isinstance(port.target, int)
    return scenario.setup.ends[pod, port.target]


def is_routed(call: Call) -> bool:
    """True where the caller's proxy decides."""
    return call.caller.reach is Reach.PROXIED and isinstance(call.to, ToService)


def _line(scenario: Scenario, call: Call, how: Ask) -> _Line:
    if is_routed(call):
        return _Line("", *(NORMALIZING if scenario.setup.is_normalizing else OUTBOUND), "")
    end = end_of(scenario, call, how.pod)
    account = call.caller.account
    is_encrypted = account is not None and end.door.takes_tls
    identity = scenario.setup.identities[str(account)] if is_encrypted else ""
    return _Line(call.caller.address, end.address, end.port, identity)


def own_host(world: World, to: ToService | ToPod) -> str:
    """Name the Host that callers of the mesh send."""
    if isinstance(to, ToPod):
        return f"{to.pod.partition('/')[2]}:{to.port}"
    host = f"{to.service.name}.{to.service.namespace}.svc.{world.cluster_domain}"
    return host if to.port == 80 else f"{host}:{to.port}"


def _lines(scenario: Scenario, call: Call, how: Ask, number: str) -> Iterator[str]:
    request = call.request
    assert isinstance(request, Request)
    yield f"{request.method} {request.target} HTTP/1.1"
    yield f"host: {request.host or own_host(scenario.world, call.to)}"
    yield from (f"{name}: {value}" for name, value in request.headers.items())
    yield f"x-forwarded-for: {INNER}"
    yield f"{AT}: {scenario.name}"
    yield f"{AS}: {call.caller.account}"
    yield f"{ID}: {number}"
    yield f"{DO}: {how.do}"
    yield f"{DRAW}: {how.draw}"
    if how.pick:
        yield f"{PICK}: {how.pick}"
    if request.method not in ("GET", "HEAD", "DELETE", "OPTIONS"):
        yield "content-length: 0"


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, text: bytes, call: Call
) -> Head | None:
    try:
        writer.write(text)
        head = await read_head(reader)
        if head is not None and call.request is not None and call.request.method != "HEAD":
            await _skip_body(reader, head)
        return head
    except (ConnectionError, ssl.SSLError):
        return None


async def _skip_body(reader: asyncio.StreamReader, head: Head) -> None:
    if "content-length" in head.headers:
        await reader.readexactly(int(head.one("content-length")))
    elif head.one("transfer-encoding") == "chunked":
        while (size := int(await reader.readline(), 16)) > 0:
            await reader.readexactly(size + 2)
        await reader.readline()
