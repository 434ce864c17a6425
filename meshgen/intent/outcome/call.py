"""A request or connection of which one asks what becomes of it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from meshgen.intent.keys import Account, ServiceKey


class Reach(enum.Enum):
    """How far the mesh goes with a caller."""

    PROXIED = "proxied"  # a pod of the mesh: its proxy applies what holds for the Service that it calls
    IDENTIFIED = "identified"  # an identity of the mesh that routes by itself, as gateways do
    PLAINTEXT = "plaintext"  # no identity, no proxy
    KUBELET = "kubelet"  # plaintext from the node that the pod runs on


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks."""

    reach: Reach
    account: Account | None = None  # its identity; None exactly where it has none
    address: str = "10.244.0.99"  # of the peer
    service: ServiceKey | None = None  # the service of the world whose pods call; None: from elsewhere

    @property
    def namespace(self) -> str | None:
        """Where it runs, as far as its identity says."""
        return None if self.account is None else self.account.namespace


class ToService(NamedTuple):
    """The address of a Service and one of its ports."""

    service: ServiceKey
    port: int


class ToPod(NamedTuple):
    """The address of a pod of the world and a container port, listed anywhere or not."""

    pod: str
    port: int


class InHeader(NamedTuple):
    """A header that carries a token behind a prefix."""

    name: str  # in lower case
    prefix: str


class InParam(NamedTuple):
    """A query parameter that carries a token."""

    name: str


BEARER = InHeader("authorization", "Bearer ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A JSON Web Token that a request carries."""

    issuer: str
    audiences: tuple[str, ...] = ()
    claims: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # top-level; a text is a list of one
    is_valid: bool = True  # signed by a key of its issuer, and in time
    # The set, or where it is, of the key that signed it; empty: one that all take for the issuer's.
    keys: str = ""
    place: InHeader | InParam = BEARER


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What an HTTP request or gRPC call asks for."""

    method: str = "GET"
    path: str = "/"  # without query, as sent
    query: tuple[tuple[str, str], ...] = ()  # in the order sent
    headers: Mapping[str, str] = field(default_factory=dict)  # by name in lower case
    host: str | None = None  # the Host header, port included if sent; None: a name of the Service called
    token: Token | None = None  # beside the headers and parameters above

    @property
    def target(self) -> str:
        """Path and query, as they stand on the request line."""
        query = "&".join(f"{name}={value}" for name, value in self.query)
        return f"{self.path}?{query}" if query else self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, or one connection where `request` is None."""

    caller: Caller
    to: ToService | ToPod
    request: Request | None = None
