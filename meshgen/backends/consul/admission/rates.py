"""What Consul rejects in the rate limits of a ServiceDefaults, which the enterprise edition alone has."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.consul.admission.matches import PATHS, regex
from meshgen.backends.consul.admission.proxies import PROXY
from meshgen.backends.consul.admission.terms import (
    Ground,
    exactly_one,
    not_negative,
    of_enterprise,
    server,
    webhook,
)
from meshgen.backends.consul.parts import Part
from meshgen.backends.consul.profiles import is_enterprise
from meshgen.profile import Profile
from meshgen.resources import Complaint

_WEBHOOK = Ground(PROXY, webhook("servicedefaults"))


def rates(spec: Part, profile: Profile) -> Iterator[Complaint]:
    """Complain of `rateLimits`."""
    if not spec.has("rateLimits"):
        return
    if not is_enterprise(profile):
        yield of_enterprise(server("config_entry_ce"), spec.at("rateLimits"), "rateLimits")
    limits = spec.part("rateLimits").part("instanceLevel")
    routes = tuple(limits.parts("routes"))
    yield from not_negative(_WEBHOOK, limits, ("requestsPerSecond", "requestsMaxBurst"))
    if limits.number("requestsMaxBurst") > 0 and limits.number("requestsPerSecond") == 0:
        message = "a burst is allowed of no rate"
        yield _WEBHOOK.against(limits.at("requestsMaxBurst"), message, "write requestsPerSecond")
    elif not any(each.number("requestsPerSecond") > 0 for each in (limits, *routes)):
        yield _WEBHOOK.against(limits.path, "no rate is written", "write requestsPerSecond")
    for route in routes:
        yield from _route(route)


def _route(route: Part) -> Iterator[Complaint]:
    yield from exactly_one(_WEBHOOK, route, PATHS)
    yield from regex(route, "pathRegex")
    if route.number("requestsPerSecond") <= 0:
        message = f"{route.number('requestsPerSecond')} requests per second are no rate"
        yield _WEBHOOK.against(route.at("requestsPerSecond"), message, "write 1 or more")
    yield from not_negative(_WEBHOOK, route, ("requestsMaxBurst",))
