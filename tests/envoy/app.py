"""The application in every pod: it remembers what it received, and answers as the request asks."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

from tests.envoy.places import PODS, PORTS, app_address
from tests.envoy.wire import Head, read_head

ID, DO, POD = "x-id", "x-do", "x-pod"
OWN = ("x-old", "x-kept")  # headers that each answer has
HANG_S = 600
_PATIENCE_S = 1


class Seen(NamedTuple):
    """One request as it arrived."""

    pod: str  # `shop/web:9080`
    method: str
    target: str
    headers: Mapping[str, tuple[str, ...]]

    @property
    def attempt(self) -> str:
        """Which try it is, as the caller's proxy counts."""
        return ",".join(self.headers.get("x-envoy-attempt-count", ()))


class Application:
    """Servers on every container port of every pod."""

    def __init__(self) -> None:
        self.seen: defaultdict[str, list[Seen]] = defaultdict(list)  # by the id of what was asked
        self._servers: list[asyncio.Server] = []
        self._arrival = asyncio.Event()

    async def arrived(self, number: str, count: int) -> list[Seen]:
        """Wait until so many requests have arrived, as copies do after the answer; not for ever."""
        until = asyncio.get_running_loop().time() + _PATIENCE_S
        while len(self.seen[number]) < count and asyncio.get_running_loop().time() < until:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._arrival.wait(), _PATIENCE_S)
        return self.seen[number]

    def take(self, number: str, seen: Seen) -> None:
        """Remember a request, and wake those who wait for one."""
        self.seen[number].append(seen)
        self._arrival.set()
        self._arrival = asyncio.Event()

    async def __aenter__(self) -> Application:
        for pod in PODS:
            for port in PORTS:
                title = f"shop/{pod}"
                handler = _Handler(f"{title}:{port}", self)
                self._servers.append(await asyncio.start_server(handler.serve, app_address(title), port))
        return self

    async def __aexit__(self, *_: object) -> None:
        for server in self._servers:
            server.close()
        serving = asyncio.all_tasks() - {asyncio.current_task()}
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


class _Handler:
    def __init__(self, pod: str, application: Application) -> None:
        self._pod = pod
        self._application = application

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (head := await read_head(reader)) is not None:
                answer = await self._answer(head)
                if answer is None:
                    break
                writer.write(answer)
        except (ConnectionError, asyncio.CancelledError):  # the caller is gone, or the test is over
            pass
        finally:
            writer.transport.abort()

    async def _answer(self, head: Head) -> bytes | None:
        """Do what the try is asked for; None breaks the connection."""
        method, target, _ = head.first.split(" ", 2)
        seen = Seen(self._pod, method, target, head.headers)
        self._application.take(head.one(ID), seen)
        script = head.one(DO, "200").split(",")
        number = int(seen.attempt) if seen.attempt.isdecimal() else 1
        do = script[min(number, len(script)) - 1]
        lines = [f"{POD}: {self._pod}", *(f"{name}: app" for name in OWN), "content-length: 0"]
        match do.partition("-"):
            case "reset", _, _:
                return None
            case "hang", _, _:
                await asyncio.sleep(HANG_S)
            case "grpc", _, status:
                do, lines = "200", [*lines, f"grpc-status: {status}", "content-type: application/grpc"]
        return "\r\n".join((f"HTTP/1.1 {do} X", *lines, "", "")).encode()
