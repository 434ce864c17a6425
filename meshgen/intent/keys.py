"""How services and identities are called across namespaces."""

from __future__ import annotations

from typing import NamedTuple


class ServiceKey(NamedTuple):
    """How a service is known in a set."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


class Account(NamedTuple):
    """A service account: the identity of pods."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"
