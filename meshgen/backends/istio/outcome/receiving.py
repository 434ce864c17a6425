"""What pods do with a request or connection that reaches them: transport, tokens, rules, limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from meshgen.backends.istio.outcome.clusters import Endpoint
from meshgen.backends.istio.outcome.guards import Access, Guard, Guards, Mode, Taken
from meshgen.backends.istio.outcome.policy import Tls, TlsMode
from meshgen.backends.istio.outcome.rules import SOURCE
from meshgen.backends.istio.outcome.seen import Seen
from meshgen.backends.istio.outcome.terms import Asked
from meshgen.backends.istio.outcome.tokens import Refused, checked, taking
from meshgen.backends.istio.read.buckets import Bucket
from meshgen.intent.outcome.call import Caller
from meshgen.intent.outcome.facets import Basis, Facet, Step, Value, Verdict, alike

_JWT = "istio/istio pilot/pkg/security/authn/policy_applier.go"
_ISTIO = Basis(name="Istio", source=SOURCE)
_OPEN = Step(
    says="no policy holds for these pods",
    basis=_ISTIO,
    facet=Facet.VERDICT,
    value=Verdict.ALLOWED,
    is_ambient=True,
)
_NOT_DENIED = Step(says="no policy denies it", basis=_ISTIO, facet=Facet.VERDICT, value=Verdict.ALLOWED)
_MIXED = Step(
    says="some of the pods let it in, others do not", basis=_ISTIO, facet=Facet.VERDICT, value=Verdict.MIXED
)
_NO_LIMIT = Step(
    says="nothing limits the rate",
    basis=Basis(name="Istio", source="istio/api networking/v1alpha3"),
    facet=Facet.RATE_LIMIT,
    is_ambient=True,
)


class Arrival(NamedTuple):
    """What reaches pods."""

    caller: Caller
    principal: str
    request: Seen | None  # None: a connection
    tls: Tls


class Door(NamedTuple):
    """Pods that decide alike, at one of their ports."""

    guard: Guard
    port: int


def doors(endpoints: Iterable[Endpoint], guards: Guards) -> tuple[Door, ...]:
    """List the doors of some pods, each once."""
    return tuple(dict.fromkeys(Door(guards[pod], port) for pod, port in endpoints))


class _Answer(NamedTuple):
    verdict: Step
    transport: Step


def received(every: Sequence[tuple[Door, Arrival]]) -> Iterator[Step]:
    """Say what the pods decide that a request may reach; none of them means that nobody refuses it."""
    answers = [_answer(door, arrival) for door, arrival in every]
    if not answers:
        yield _OPEN
        return
    yield from _transport(answers)
    verdicts = {answer.verdict.value: answer.verdict for answer in answers}
    yield from verdicts.values()
    if len(verdicts) > 1:
        yield _MIXED
    if any(arrival.request is not None for _, arrival in every):
        yield _limit(every)
        yield from _tokens(every)


def _transport(answers: Sequence[_Answer]) -> Iterator[Step]:
    steps = [answer.transport for answer in answers]
    shown = next((step for step in steps if not step.is_ambient), steps[0])
    value = alike(step.value for step in steps)
    if value == shown.value:
        yield shown
    else:
        yield Step(says=shown.says, basis=shown.basis, facet=Facet.TRANSPORT, value=value)


def _answer(door: Door, arrival: Arrival) -> _Answer:
    guard, port = door
    taken = guard.ports.get(port, guard.taken)
    is_mutual = _is_mutual(arrival.tls.mode, taken.mode)
    transport = _transported(taken, arrival.tls.basis, is_mutual=is_mutual)
    if is_mutual and taken.mode is Mode.DISABLE:
        return _Answer(_refused("mTLS meets a port without it", taken.basis), transport)
    if not is_mutual and taken.mode is Mode.STRICT:
        return _Answer(_refused("plain text meets a port that asks for mTLS", taken.basis), transport)
    return _Answer(_judged(guard, port, arrival, has_identity=is_mutual), transport)


def _is_mutual(tls: TlsMode, mode: Mode) -> bool:
    """Sidecars of both sides agree by themselves unless a rule of the caller says else."""
    return tls is TlsMode.MUTUAL or (tls is TlsMode.AUTO and mode is not Mode.DISABLE)


def _transported(taken: Taken, wish: Basis | None, *, is_mutual: bool) -> Step:
    return Step(
        says="it travels in mTLS" if is_mutual else "it travels in plain text",
        basis=wish or taken.basis,
        facet=Facet.TRANSPORT,
        value=is_mutual,
        is_ambient=taken.is_ambient and wish is None,
    )


def _refused(says: str, basis: Basis) -> Step:
    return Step(says=says, basis=basis, facet=Facet.VERDICT, value=Verdict.DENIED)


def _judged(guard: Guard, port: int, arrival: Arrival, *, has_identity: bool) -> Step:
    """Tokens first, then rules that deny, then those that allow."""
    request = arrival.request
    token = None if request is None else checked(guard.jwt, request)
    if isinstance(token, Refused):
        return _refused("its token is not valid here: 401", Basis(name="RequestAuthentication", source=_JWT))
    asked = Asked(
        arrival.caller.account if has_identity else None,
        arrival.principal if has_identity else "",
        arrival.caller.address,
        port,
        request,
        token,
    )
    return _decided(guard.of_connections if request is None else guard.of_requests, asked, guard.closed_by)


def _decided(access: Access, asked: Asked, closed_by: Basis | None) -> Step:
    for rule in access.denies:
        if rule.holds(asked):
            return rule.step
    if closed_by is None:
        return _NOT_DENIED if access.denies else _OPEN
    for rule in access.allows:
        if rule.holds(asked):
            return rule.step
    return _refused("no policy allows it", closed_by)


def _limit(every: Sequence[tuple[Door, Arrival]]) -> Step:
    limits = [
        (door.guard.limits.get(door.port, ()), arrival.request is not None and arrival.request.is_grpc)
        for door, arrival in every
    ]
    values = [_limited(buckets, is_grpc=is_grpc) for buckets, is_grpc in limits]
    shown = next((bucket for buckets, _ in limits for bucket in buckets), None)
    if shown is None:
        return _NO_LIMIT
    basis = Basis(name=str(shown.of), of=shown.of, path=shown.path)
    return Step(says=f"{shown.of} limits the rate", basis=basis, facet=Facet.RATE_LIMIT, value=alike(values))


def _tokens(every: Sequence[tuple[Door, Arrival]]) -> Iterator[Step]:
    """Say whether the application gets the token; one that nobody checks passes."""
    found = [
        None if request is None or request.is_preflight else taking(door.guard.jwt, request.token)
        for door, (_, _, request, _) in every
    ]
    rule = next((rule for rule in found if rule is not None), None)
    if rule is not None:
        value = alike(each is None or each.is_passed_on for each in found)
        says = "the application gets the token" if value is True else "the token is taken away"
        basis = Basis(name=str(rule.of), of=rule.of, path=rule.path, source=_JWT)
        yield Step(says=says, basis=basis, facet=Facet.TOKEN, value=value)


def _limited(buckets: Sequence[Bucket], *, is_grpc: bool) -> Value:
    found = tuple(bucket.value(is_grpc=is_grpc) for bucket in buckets)
    return found[0] if len(found) == 1 else found or None
