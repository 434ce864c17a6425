"""Where requests and connections go, and in which shares."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission.terms import (
    WEBHOOK,
    Body,
    Rule,
    each,
    is_wildcard_domain,
    no_label,
    no_number,
    quoted,
)
from meshgen.diagnostics import Code
from meshgen.resources import Complaint, Path

DESTINATION = Code(
    number="MG440",
    slug="istio-destination",
    meaning="A route leads to what is no host, no subset or no port, or shares out nothing.",
)
_RULE = Rule(DESTINATION, WEBHOOK)


def refused(path: Path, route: Body) -> Iterator[Complaint]:
    """Hold the destinations of a route against clause 17."""
    total, targets = 0, route.get("route") or ()
    for at, target in each(route, path, "route"):
        yield from refused_one((*at, "destination"), target["destination"])
        weight = target.get("weight", 0)
        total += weight
        if weight < 0:
            yield _RULE.broken((*at, "weight"), f"{weight} is not a weight", "write 0 or more")
    if len(targets) > 1 and total == 0:
        yield _RULE.broken(
            (*path, "route"), "the weights sum to 0, so nothing goes anywhere", "write weights"
        )


def refused_one(path: Path, destination: Body) -> Iterator[Complaint]:
    """Hold one destination against the same clause."""
    host = destination["host"]
    if host == "*" or not is_wildcard_domain(host):
        yield _RULE.broken(
            (*path, "host"), f"{quoted(host)} is not a host", "write the full name of a Service"
        )
    if destination.get("subset"):
        yield from no_label(_RULE, (*path, "subset"), destination["subset"], "the name of a subset")
    if "port" in destination:
        yield from no_number(_RULE, (*path, "port", "number"), destination["port"].get("number"))
