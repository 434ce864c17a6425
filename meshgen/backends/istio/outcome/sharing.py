"""What browsers of other origins are told by a route."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from meshgen.backends.istio.outcome.seen import Seen
from meshgen.backends.istio.read.objects import milliseconds
from meshgen.backends.istio.read.texts import PRESENT, Text, any_of, exactly, string_match
from meshgen.intent.outcome.conditions import Conditions
from meshgen.intent.outcome.facets import Cors


class Sharing(NamedTuple):
    """A CORS policy."""

    origins: Text
    allowed: Cors
    answers_others: bool  # a preflight of an origin that is not allowed gets an answer all the same

    def told(self, origin: str) -> Cors:
        """Say what a browser of an origin gets."""
        return self.allowed if self.origins.holds(origin) else Cors(is_allowed=False)

    def answers(self, request: Seen) -> bool:
        """Tell whether the proxy answers a request by itself."""
        return request.is_preflight and (self.answers_others or self.origins.holds(request.headers["origin"]))

    @property
    def conditions(self) -> Conditions:
        """What it tells apart."""
        return Conditions(headers={"origin": self.origins.told})


def sharing(body: Mapping[str, Any]) -> Sharing:
    """Read `corsPolicy` of a route; the origin `*` is every one."""
    origins = [_origin(each) for each in body.get("allowOrigins") or ()]
    origins += [_origin({"exact": origin}) for origin in body.get("allowOrigin") or ()]
    age = body.get("maxAge")
    allowed = Cors(
        is_allowed=True,
        methods=frozenset(body.get("allowMethods") or ()),
        headers=frozenset(name.lower() for name in body.get("allowHeaders") or ()),
        expose=frozenset(name.lower() for name in body.get("exposeHeaders") or ()),
        max_age=None if age is None else milliseconds(age) // 1000,
        credentials=bool(body.get("allowCredentials")),
    )
    return Sharing(any_of(origins), allowed, body.get("unmatchedPreflights") == "IGNORE")


def _origin(body: Mapping[str, Any]) -> Text:
    if body.get("exact") == "*":  # envoyproxy/envoy source/extensions/filters/http/cors/cors_filter.cc
        return PRESENT
    return string_match(body) if body else exactly("")
