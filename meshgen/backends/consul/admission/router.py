"""What Consul rejects in a ServiceRouter: matches, rewrites and conditions of retries."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.consul.admission.edits import edits
from meshgen.backends.consul.admission.matches import comparisons, methods, path_kinds
from meshgen.backends.consul.admission.terms import (
    Ground,
    duration,
    enterprise,
    server,
    unknown_word,
    unsigned,
    webhook,
)
from meshgen.backends.consul.parts import Part
from meshgen.diagnostics import Code
from meshgen.profile import Profile
from meshgen.resources import Complaint, Resource

ROUTE = Code(
    number="MG484",
    slug="consul-route",
    meaning="Consul rewrites only paths that are matched by prefix or whole, and retries on what it knows.",
)

_WEBHOOK = Ground(ROUTE, webhook("servicerouter"))
_SERVER = Ground(ROUTE, server("config_entry_discoverychain"))

_HEADER = ("present", "exact", "prefix", "suffix", "regex")
_QUERY = ("present", "exact", "regex")
_RETRY_ON = (
    *("5xx", "gateway-error", "reset", "connect-failure", "envoy-ratelimited", "retriable-4xx"),
    *("refused-stream", "cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable"),
)


def refused(resource: Resource, profile: Profile) -> Iterator[Complaint]:
    """Complain of one ServiceRouter."""
    for route in Part.spec_of(resource).parts("routes"):
        http = route.part("match").part("http")
        yield from _match(http)
        yield from _destination(route.part("destination"), http, profile)


def _match(http: Part) -> Iterator[Complaint]:
    yield from path_kinds(_WEBHOOK.source, http)
    yield from comparisons(_SERVER.source, http.parts("header"), _HEADER)
    yield from comparisons(_SERVER.source, http.parts("queryParam"), _QUERY)
    # the server writes methods in upper case before it looks at them
    yield from methods(_SERVER.source, http.at("methods"), [each.upper() for each in http.texts("methods")])


def _destination(destination: Part, http: Part, profile: Profile) -> Iterator[Complaint]:
    if destination.text("prefixRewrite") and not http.said(("pathPrefix", "pathExact")):
        message = f"{destination.text('prefixRewrite')!r} is written without pathPrefix and pathExact"
        yield _WEBHOOK.against(destination.at("prefixRewrite"), message, "match pathPrefix: / to rewrite all")
    for index, condition in enumerate(destination.texts("retryOn")):
        yield from unknown_word(
            _SERVER, destination.at("retryOn", index), condition, "condition of retries", _RETRY_ON
        )
    for key in ("requestTimeout", "idleTimeout"):
        yield from duration(_WEBHOOK.source, destination, key, may_be_negative=True)
    yield from unsigned(_WEBHOOK, destination, ("numRetries",))
    for index, status in enumerate(destination.fields.get("retryOnStatusCodes", ())):
        if not 0 <= status < 2**32:
            path = destination.at("retryOnStatusCodes", index)
            yield _WEBHOOK.against(path, f"{status} is no status", "write one such as 503")
    yield from enterprise(_WEBHOOK.source, destination, ("namespace", "partition"), profile)
    yield from edits(destination)
