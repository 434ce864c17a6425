"""Copies of requests: where to, and of which share."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission import destinations
from meshgen.backends.istio.admission.terms import ROUTES, Body, Rule, each
from meshgen.diagnostics import Code
from meshgen.resources import Complaint, Path

MIRROR = Code(
    number="MG437",
    slug="istio-mirror",
    meaning="A mirror is of a share of requests that is none.",
)
_RULE = Rule(MIRROR, ROUTES)


def refused(path: Path, route: Body) -> Iterator[Complaint]:
    """Hold mirrors against clause 12."""
    for key in ("mirrorPercent", "mirror_percent"):
        if route.get(key) is not None:
            yield from _old(path, route, key)
    yield from _share((*path, "mirrorPercentage"), route.get("mirrorPercentage", {}))
    if "mirror" in route:
        yield from destinations.refused_one((*path, "mirror"), route["mirror"])
    for at, mirror in each(route, path, "mirrors"):
        yield from destinations.refused_one((*at, "destination"), mirror["destination"])
        yield from _share((*at, "percentage"), mirror.get("percentage", {}))


def _old(path: Path, route: Body, key: str) -> Iterator[Complaint]:
    if route[key] > 100:
        yield _RULE.broken((*path, key), f"{route[key]} is not a percentage", "write 0 to 100")
    yield _RULE.doubtful((*path, key), f"{key} is deprecated", "write mirrorPercentage: {value: 10}")


def _share(path: Path, percent: Body) -> Iterator[Complaint]:
    value = percent.get("value", 0)
    if not 0 <= value <= 100:
        yield _RULE.broken((*path, "value"), f"{value} is not a percentage", "write 0 to 100")
