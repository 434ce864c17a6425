"""Tokens that stand for all others: none, good ones, and each way of not being good enough."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from meshgen.intent.outcome.call import BEARER, Token
from meshgen.intent.outcome.conditions import TokenCondition

OTHER = "none-of-these"  # an issuer, an audience or a value that nobody asks for


def tokens(conditions: Iterable[TokenCondition]) -> tuple[Token | None, ...]:
    """List a request without token, and for each condition tokens on both sides of each part of it."""
    found: dict[str, Token] = {}
    for condition in sorted(conditions, key=repr):
        for token in _around(condition):
            found.setdefault(repr(token), token)
    told = {repr(replace(token, keys="")) for token in found.values() if token.keys}
    return (None, *(token for text, token in found.items() if text not in told))


def _around(condition: TokenCondition) -> Iterator[Token]:
    good = Token(
        issuer=condition.issuer,
        audiences=condition.audiences[:1],
        claims={name: values[:1] for name, values in condition.claims},
        place=next(iter(condition.places), BEARER),
        keys=condition.keys,
    )
    yield good
    yield replace(good, is_valid=False)
    yield replace(good, issuer=OTHER)
    if condition.audiences:
        yield replace(good, audiences=(OTHER,))
        yield from (replace(good, audiences=(each,)) for each in condition.audiences[1:])
    for name, values in condition.claims:
        rest = {key: value for key, value in good.claims.items() if key != name}
        yield replace(good, claims=rest)
        yield from (replace(good, claims={**rest, name: (each,)}) for each in (*values[1:], OTHER))
        yield replace(good, claims={**rest, name: (OTHER, *values)})
    for place in (BEARER, *condition.places):
        yield replace(good, place=place)
