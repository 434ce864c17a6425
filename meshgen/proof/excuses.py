"""What rows call the facets in which a mesh differs, and the requests of which that is said.

A row says `verdict`, `retries`, which is every facet of that group, or `retries.backoff.max`; where the mesh
differs for some requests alone, it says of which: `verdict of plaintext`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from meshgen.intent.outcome.call import BEARER, Call, InParam, Reach, Request, Token, ToPod
from meshgen.intent.outcome.conditions import TokenCondition
from meshgen.intent.outcome.facets import Facet
from meshgen.proof.places import Place

_NAMES = frozenset(name for facet in Facet for name in (str(facet.value), facet.group))


def is_known(words: str) -> bool:
    """Tell whether words of a row can be understood."""
    facet, _, scope = words.partition(" of ")
    return facet in _NAMES and (not scope or scope in _SCOPES)


class Case(NamedTuple):
    """A call to a place, and the tokens of which anything there tells."""

    place: Place
    call: Call
    tokens: frozenset[TokenCondition]


def words_for(facet: Facet, case: Case) -> Iterator[str]:
    """List all words by which a row may have said that a facet differs for a call."""
    for name in dict.fromkeys((str(facet.value), facet.group)):
        yield name
        yield from (f"{name} of {scope}" for scope, is_of in _SCOPES.items() if is_of(case))


def _is_unlisted(case: Case) -> bool:
    return isinstance(case.place.to, ToPod) and not case.place.is_probed


def _by(is_of: Callable[[Request], bool]) -> Callable[[Case], bool]:
    return lambda case: case.call.request is not None and is_of(case.call.request)


def _has_port(case: Case) -> bool:
    request, to = case.call.request, case.call.to
    if request is None:
        return False
    return to.port != 80 if request.host is None else ":" in request.host


def _is_visible(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _is_refused(case: Case) -> bool:
    """Tell whether a token is none that anybody takes: in that place, of that issuer, for that audience."""
    token = None if case.call.request is None else case.call.request.token
    if token is None:
        return False
    return not token.is_valid or not any(_takes(each, token) for each in case.tokens)


def _takes(condition: TokenCondition, token: Token) -> bool:
    audiences = condition.audiences
    return (
        condition.issuer == token.issuer
        and token.place in (condition.places or (BEARER,))
        and (not audiences or not set(audiences).isdisjoint(token.audiences))
    )


def _claims(request: Request) -> tuple[tuple[str, ...], ...]:
    return () if request.token is None else tuple(request.token.claims.values())


def _never(_: Case) -> bool:
    return False


_SCOPES: Mapping[str, Callable[[Case], bool]] = {
    "unlisted ports": _is_unlisted,
    "plaintext": lambda case: case.call.caller.reach is Reach.PLAINTEXT,
    "connections": lambda case: case.call.request is None,
    "probes": lambda case: case.call.caller.reach is Reach.KUBELET,
    "callers of no service": lambda case: case.call.caller.service is None,
    "hosts with a port": _has_port,
    "hosts in capitals": _by(lambda request: (request.host or "") != (request.host or "").lower()),
    "header values beyond ASCII": _by(lambda request: not all(map(_is_visible, request.headers.values()))),
    "claims that are lists": _by(lambda request: any(len(values) > 1 for values in _claims(request))),
    "claims with spaces": _by(
        lambda request: any(" " in value for values in _claims(request) for value in values)
    ),
    "tokens that are refused": _is_refused,
    "tokens in parameters": _by(
        lambda request: request.token is not None and isinstance(request.token.place, InParam)
    ),
    # What no outcome shows: values are in force there, and their effect differs all the same.
    "receiving proxies": _never,
    "repeated failures": _never,
    "other versions": _never,
    "aborted requests": _never,
}
