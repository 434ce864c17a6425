"""What the proxies before the instances of a service do with what arrives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from meshgen.backends.consul.outcome.intentions import Gate
from meshgen.backends.consul.outcome.matching import Asked, text_test
from meshgen.backends.consul.outcome.normalizing import normalized
from meshgen.backends.consul.outcome.sources import LISTENERS, ROUTES, TOKENS, decided, unasked, written
from meshgen.backends.consul.parts import Part
from meshgen.backends.consul.read import Entries
from meshgen.backends.consul.read.defaults import Defaults
from meshgen.backends.consul.read.names import Name
from meshgen.intent.outcome.facets import Basis, Facet, Step, Value, Verdict
from meshgen.intent.traffic import GrpcStatus

_GRPC = tuple(status.value for status in GrpcStatus)  # in the order of their numbers


class Receiver:
    """One service as its own proxies keep it."""

    def __init__(self, entries: Entries, service: Name, *, allows: bool) -> None:
        """Read what its entries say; `allows` is the default intention policy."""
        self._cluster = entries.cluster
        self._gate = Gate(entries, service, allows=allows)
        self._is_http = entries.is_http(service)
        mode = _mode(entries, service)
        self.is_permissive = entries.is_permissive(service)
        self.in_mtls = decided(Facet.TRANSPORT, True, mode)
        self.in_plaintext = decided(Facet.TRANSPORT, False, mode)
        self.unproven = refusal("is plain text, of which the proxy takes none", mode)
        if self.is_permissive:
            self.unproven = admission("is plain text, which passes the intentions", mode)
        defaults = entries.defaults_of(service)
        self.faults = tuple(_faults(defaults))
        self._buckets = tuple(_buckets(defaults)) if self._is_http else ()

    def decide(self, source: Name, asked: Asked | None) -> Step:
        """Say whether a caller with an identity gets in."""
        if not self._is_http:
            return self._gate.decide(source, None)
        if asked is None:
            return _NO_REQUEST
        seen = normalized(asked, self._cluster)
        return _BAD_REQUEST if seen is None else self._gate.decide(source, seen)

    def token(self, asked: Asked) -> Step | None:
        """Say whether the application gets a token that is checked."""
        return self._gate.token(asked.token)

    def limit(self, asked: Asked) -> Step:
        """Say how often such requests get in; buckets of a path go before that of the rest."""
        return next((step for is_of, step in self._buckets if is_of(asked.path)), UNLIMITED)


def refusal(why: str, basis: Basis) -> Step:
    """Stop a request."""
    return _step(why, basis, Verdict.DENIED)


def admission(why: str, basis: Basis) -> Step:
    """Let a request through."""
    return _step(why, basis, Verdict.ALLOWED)


def lost(why: str, basis: Basis) -> Step:
    """Say that a request has nowhere to go."""
    return _step(why, basis, Verdict.UNROUTED)


def _step(why: str, basis: Basis, verdict: Verdict) -> Step:
    return Step(says=why, basis=basis, facet=Facet.VERDICT, value=verdict, is_ambient=basis.of is None)


_NO_REQUEST = lost("is no request, which the proxy expects", unasked(LISTENERS))
_BAD_REQUEST = refusal("is answered with 400 for its path or headers", unasked(LISTENERS))
UNLIMITED = decided(Facet.RATE_LIMIT, None, unasked(LISTENERS))
UNCHECKED = decided(Facet.TOKEN, True, unasked(TOKENS))


def _mode(entries: Entries, service: Name) -> Basis:
    own, common = entries.defaults_of(service), entries.common
    for entry in (own, common):
        if entry.mode and entry.resource is not None:
            return written(entry.resource, ("spec", "mutualTLSMode"), LISTENERS)
    return unasked(LISTENERS)


def _faults(defaults: Defaults) -> Iterator[Step]:
    """Say what the receiving proxy injects, by an extension of the enterprise edition."""
    part = Part({}) if defaults.fault is None else defaults.fault
    delay, abort = part.part("delay"), part.part("abort")
    for facet, found, value in (
        (Facet.FAULT_DELAY, delay, (int(delay.number("duration")), _share(delay))),
        (Facet.FAULT_ABORT, abort, (_status(abort), _share(abort))),
    ):
        if found.fields and defaults.resource is not None:
            yield decided(facet, value, written(defaults.resource, found.path, LISTENERS))
        else:
            yield decided(facet, None, unasked(ROUTES))


def _share(part: Part) -> Fraction:
    return Fraction(str(part.number("percentage"))) / 100


def _status(part: Part) -> Value:
    number = int(part.number("grpcStatus"))
    if not part.has("grpcStatus"):
        return int(part.number("httpStatus"))
    return _GRPC[number] if 0 <= number < len(_GRPC) else number


def _buckets(defaults: Defaults) -> Iterator[tuple[Callable[[str], bool], Step]]:
    if defaults.resource is None:
        return
    for bucket in defaults.buckets:
        at = written(defaults.resource, bucket.at, LISTENERS)
        step = decided(Facet.RATE_LIMIT, (bucket.size, bucket.per_second, 1_000), at)
        yield (_every if bucket.path is None else text_test(bucket.path)), step


def _every(_: str) -> bool:
    return True
