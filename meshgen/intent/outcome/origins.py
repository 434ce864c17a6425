"""What browsers of other origins are told."""

from __future__ import annotations

import re
from typing import NamedTuple, Self

from meshgen.intent.languages import Beginning, Exactly, Language, Matching, holds
from meshgen.intent.outcome import facets
from meshgen.intent.outcome.call import Request
from meshgen.intent.outcome.conditions import Conditions
from meshgen.intent.outcome.facets import Basis, Facet, Step
from meshgen.intent.traffic import Cors


class Origins(NamedTuple):
    """A policy, ready to be asked about requests."""

    allowed: tuple[Language, ...]
    told: Step
    untold: Step

    @classmethod
    def of(cls, cors: Cors, basis: Basis) -> Self:
        """Read what an intent writes."""
        told = facets.Cors(
            is_allowed=True,
            methods=frozenset(str(method.value) for method in cors.allow_methods),
            headers=frozenset(name.lower() for name in cors.allow_headers),
            expose=frozenset(name.lower() for name in cors.expose_headers),
            max_age=None if cors.max_age is None else cors.max_age.ms // 1_000,
            credentials=cors.allow_credentials is True,
        )
        untold = facets.Cors(is_allowed=False)
        return cls(
            allowed=tuple(map(_origins, cors.allow_origins)),
            told=Step(says="the origin may read the answer", basis=basis, facet=Facet.CORS, value=told),
            untold=Step(says="the origin gets no CORS headers", basis=basis, facet=Facet.CORS, value=untold),
        )

    def asked(self, request: Request) -> Step | None:
        """Say what a request's origin gets; None where it names none."""
        origin = request.headers.get("origin")
        if origin is None:
            return None
        return self.told if any(holds(language, origin) for language in self.allowed) else self.untold

    @property
    def conditions(self) -> Conditions:
        """What it tells apart."""
        named = frozenset(language for language in self.allowed if language != _EVERY)
        return Conditions(headers={"origin": named})


_EVERY = Beginning("")


def _origins(pattern: str) -> Language:
    """Describe the origins that a pattern of an intent allows; `*` is one label or more of a host."""
    scheme, wild, domain = pattern.partition("://*.")
    if pattern == "*":
        return _EVERY
    if not wild:
        return Exactly(pattern)
    return Matching(rf"{scheme}://([^./]+\.)+{re.escape(domain)}")
