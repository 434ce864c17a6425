"""HTTP/1.1 heads, read as they are: a client library would put paths and headers in order."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import NamedTuple


class Head(NamedTuple):
    """First line and headers of a message, names in lower case."""

    first: str
    headers: Mapping[str, tuple[str, ...]]

    def one(self, name: str, default: str = "") -> str:
        """Give a header that is there at most once."""
        found = self.headers.get(name)
        return default if found is None else ",".join(found)


async def read_head(reader: asyncio.StreamReader) -> Head | None:
    """Read a head; None where the connection has ended."""
    try:
        text = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = text.decode("latin-1")[:-4].split("\r\n")
    headers: dict[str, tuple[str, ...]] = {}
    for line in lines:
        name, _, value = line.partition(":")
        key = name.lower()
        headers[key] = (*headers.get(key, ()), value.strip())
    return Head(first, headers)
