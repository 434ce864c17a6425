"""Which failures of a try are followed by another, in words that every mesh's own can be put into."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from meshgen.intent.model import Protocol

CONNECT_FAILURE = "connect-failure"
REFUSED_STREAM = "refused-stream"
RESET = "reset"  # the connection broke before an answer
EXPIRED = "expired"  # the try took longer than perTryTimeout

GRPC = ("cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable")
SERVER_ERRORS = frozenset(map(str, range(500, 600)))
GATEWAY_ERRORS = frozenset(("502", "503", "504"))
RETRIABLE_4XX = frozenset(("409",))


@dataclass(frozen=True, slots=True)
class Conditions:
    """Failures that are retried, and those of which the one who says so does not care.

    Failures are three-digit statuses, names of GRPC, and the words above.
    """

    on: frozenset[str]
    free: frozenset[str] = frozenset()

    def agrees(self, other: Conditions) -> bool:
        """True where both retry alike whatever one of them cares for."""
        return (self.on ^ other.on) <= (self.free | other.free)


def seen_on(protocol: Protocol, failures: Iterable[str]) -> frozenset[str]:
    """Leave out what answers of a protocol never show: gRPC has no other status than 200, HTTP no gRPC's."""
    is_grpc = protocol is Protocol.GRPC
    return frozenset(each for each in failures if not (each.isdecimal() if is_grpc else each in GRPC))
