"""Where everything listens: each pod has an address of its own, so that ports are the container's."""

from __future__ import annotations

import enum
from typing import NamedTuple

from meshgen.intent.keys import Account

NET = "127.80"
OUTBOUND = (f"{NET}.0.1", 15001)  # the proxies of callers
NORMALIZING = (f"{NET}.0.2", 15001)  # those that resolve dots in paths before they route
ADMIN = (f"{NET}.0.1", 15000)
NOBODY = f"{NET}.0.99"  # where nothing listens

PODS = ("web", "reviews-v1", "reviews-v2", "reviews-v3", "ratings-v1", "ratings-v2", "details")
PORTS = (9080, 9090)
CALLERS = (
    Account("shop", "web"),
    Account("shop", "reviews"),
    Account("shop", "ratings"),
    Account("shop", "ratings-v2"),
    Account("shop", "details"),
    Account("other", "stranger"),
    Account("ingress", "gateway"),
)


class Door(enum.Enum):
    """What a call to a pod meets first."""

    BARE = 1  # the application itself
    STRICT = 2  # a proxy that takes mTLS alone
    PERMISSIVE = 3  # a proxy that takes both
    DISABLED = 4  # a proxy that takes plaintext alone

    @property
    def takes_tls(self) -> bool:
        """True where callers of the mesh use mTLS."""
        return self in (Door.STRICT, Door.PERMISSIVE)


class End(NamedTuple):
    """A container port of a pod, and what stands before it."""

    pod: str  # `shop/reviews-v1`
    port: int
    door: Door

    @property
    def address(self) -> str:
        """The address that calls go to."""
        return f"{NET}.{self.door.value}.{PODS.index(self.pod.partition('/')[2]) + 1}"


def app_address(pod: str) -> str:
    """Give the address at which an application listens on all its ports."""
    return End(pod, 0, Door.BARE).address


def caller_address(account: Account | None) -> str:
    """Give the address that a caller's connections come from."""
    return f"{NET}.9.{1 if account is None else CALLERS.index(account) + 2}"
