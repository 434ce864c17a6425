"""A request as a proxy sees it, and how edits change what the next proxy sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from meshgen.intent.model import Protocol
from meshgen.intent.outcome.call import Request, Token
from meshgen.intent.outcome.facets import Edits
from meshgen.intent.outcome.requesting import resolved_path


class Seen(NamedTuple):
    """A request on its way."""

    method: str
    path: str  # without query
    query: tuple[tuple[str, str], ...]
    host: str  # as it is sent, with its port
    headers: Mapping[str, str]
    token: Token | None
    is_grpc: bool = False

    @property
    def target(self) -> str:
        """Path and query."""
        query = "&".join(f"{name}={value}" for name, value in self.query)
        return f"{self.path}?{query}" if query else self.path

    @property
    def is_preflight(self) -> bool:
        """True for what a browser asks before a request of another origin."""
        names = self.headers
        return self.method == "OPTIONS" and "origin" in names and "access-control-request-method" in names


def seen(request: Request, own_host: str, protocol: Protocol) -> Seen:
    """Take in a request; a proxy resolves the dots of its path before anything else.

    istio/api mesh/v1alpha1/config.proto: pathNormalization is BASE unless the mesh says else.
    """
    return Seen(
        method=request.method,
        path=resolved_path(request.path),
        query=request.query,
        host=own_host if request.host is None else request.host,
        headers=request.headers,
        token=request.token,
        is_grpc=protocol is Protocol.GRPC,
    )


def edited(headers: Mapping[str, str], changes: Edits) -> Mapping[str, str]:
    """Apply edits: what is removed goes first, so that it may be written anew."""
    if not changes:
        return headers
    found = {name: value for name, value in headers.items() if ("remove", name, "") not in changes}
    found |= {name: value for what, name, value in changes if what == "set"}
    for name, value in _added(changes):
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def _added(changes: Edits) -> Iterable[tuple[str, str]]:
    return sorted((name, value) for what, name, value in changes if what == "add")
