"""What Consul rejects in what a ServiceDefaults says of the services that its own calls."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.consul.admission.proxies import gateway_mode
from meshgen.backends.consul.admission.terms import (
    Ground,
    apart,
    duration,
    enterprise,
    not_negative,
    required,
    server,
    unsigned,
    webhook,
)
from meshgen.backends.consul.parts import Part
from meshgen.diagnostics import Code
from meshgen.grammar import duration_ns
from meshgen.profile import Profile
from meshgen.resources import Complaint

UPSTREAM = Code(
    number="MG487",
    slug="consul-upstream",
    meaning="Settings for all upstreams name none, those for one name it, and no limit is below 0.",
)

_WEBHOOK = Ground(UPSTREAM, webhook("servicedefaults"))
_SERVER = Ground(UPSTREAM, server("config_entry"))
_ENVOY = Ground(UPSTREAM, "envoyproxy/envoy api/envoy/config/cluster/v3/outlier_detection.proto")

_WHO = ("name", "namespace", "partition", "peer")
_LIMITS = ("maxConnections", "maxPendingRequests", "maxConcurrentRequests")
_PERCENTAGES = ("enforcingConsecutive5xx", "maxEjectionPercent")


def upstreams(config: Part, profile: Profile) -> Iterator[Complaint]:
    """Complain of `upstreamConfig`."""
    defaults = config.part("defaults")
    for key in defaults.said(_WHO):
        message = f"{key} {defaults.text(key)!r} is written where all upstreams are meant"
        yield _WEBHOOK.against(defaults.at(key), message, "move it under overrides")
    yield from _settings(defaults)
    for override in config.parts("overrides"):
        yield from _named(override, profile)
        yield from _settings(override)


def _named(override: Part, profile: Profile) -> Iterator[Complaint]:
    yield from required(_WEBHOOK, override, "name")
    for key in ("name", "namespace"):
        if override.text(key) == "*":
            yield _SERVER.against(
                override.at(key), f"'*' is no {key} of an upstream", "write it under defaults"
            )
    yield from apart(_WEBHOOK, override, "peer", ("namespace", "partition"))
    yield from enterprise(_WEBHOOK.source, override, ("namespace", "partition"), profile)


def _settings(upstream: Part) -> Iterator[Complaint]:
    yield from gateway_mode(upstream)
    yield from not_negative(_SERVER, upstream.part("limits"), _LIMITS)
    yield from health_check(upstream.part("passiveHealthCheck"))


def health_check(check: Part) -> Iterator[Complaint]:
    """Complain of a `passiveHealthCheck`."""
    for key in ("interval", "baseEjectionTime"):
        yield from duration(_SERVER.source, check, key)
    if duration_ns(check.text("baseEjectionTime")) == 0:
        message = f"{check.text('baseEjectionTime')!r} ejects for no time, and Envoy rejects it"
        yield _ENVOY.against(check.at("baseEjectionTime"), message, "write more than 0s, or drop it for 30s")
    yield from unsigned(_WEBHOOK, check, ("maxFailures",))
    for key in _PERCENTAGES:
        if not 0 <= check.number(key) <= 100:
            message = f"{check.number(key)} is no percentage"
            yield _SERVER.against(check.at(key), message, "write 0 to 100")
