"""What rows call the facets in which a mesh differs, and the requests of which that is said.

A row says `verdict`, `retries`, which is every facet of that group, or `retries.backoff.max`; where the mesh
differs for some requests alone, it says of which: `verdict of plaintext`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from meshgen.intent.outcome.call import Call, InParam, Reach, Request, ToPod
from meshgen.intent.outcome.facets import Facet
from meshgen.proof.places import Place
from meshgen.proof.tokens import OTHER

_NAMES = frozenset(name for facet in Facet for name in (str(facet.value), facet.group))


def is_known(words: str) -> bool:
    """Tell whether words of a row can be understood."""
    facet, _, scope = words.partition(" of ")
    return facet in _NAMES and (not scope or scope in _SCOPES)


def words_for(facet: Facet, place: Place, call: Call) -> Iterator[str]:
    """List all words by which a row may have said that a facet differs for a call."""
    for name in dict.fromkeys((str(facet.value), facet.group)):
        yield name
        yield from (f"{name} of {scope}" for scope, is_of in _SCOPES.items() if is_of(place, call))


def _is_unlisted(place: Place, call: Call) -> bool:  # noqa: ARG001  every scope is asked alike
    return isinstance(place.to, ToPod) and not place.is_probed


def _by(is_of: Callable[[Request], bool]) -> Callable[[Place, Call], bool]:
    return lambda _, call: call.request is not None and is_of(call.request)


def _has_port(_: Place, call: Call) -> bool:
    request, to = call.request, call.to
    if request is None:
        return False
    return to.port != 80 if request.host is None else ":" in request.host


def _is_visible(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _is_refused(request: Request) -> bool:
    token = request.token
    return token is not None and (not token.is_valid or OTHER in token.audiences)


def _claims(request: Request) -> tuple[tuple[str, ...], ...]:
    return () if request.token is None else tuple(request.token.claims.values())


def _never(_: Place, __: Call) -> bool:
    return False


_SCOPES: Mapping[str, Callable[[Place, Call], bool]] = {
    "unlisted ports": _is_unlisted,
    "plaintext": lambda _, call: call.caller.reach is Reach.PLAINTEXT,
    "connections": lambda _, call: call.request is None,
    "probes": lambda _, call: call.caller.reach is Reach.KUBELET,
    "callers of no service": lambda _, call: call.caller.service is None,
    "hosts with a port": _has_port,
    "hosts in capitals": _by(lambda request: (request.host or "") != (request.host or "").lower()),
    "header values beyond ASCII": _by(lambda request: not all(map(_is_visible, request.headers.values()))),
    "claims that are lists": _by(lambda request: any(len(values) > 1 for values in _claims(request))),
    "claims with spaces": _by(
        lambda request: any(" " in value for values in _claims(request) for value in values)
    ),
    "tokens that are refused": _by(_is_refused),
    "tokens in parameters": _by(
        lambda request: request.token is not None and isinstance(request.token.place, InParam)
    ),
    # What no outcome shows: values are in force there, and their effect differs all the same.
    "receiving proxies": _never,
    "repeated failures": _never,
    "other versions": _never,
    "aborted requests": _never,
}
