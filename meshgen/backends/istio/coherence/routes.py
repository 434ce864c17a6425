"""Where the routes of a VirtualService lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from meshgen.backends.istio.admission.terms import each
from meshgen.resources import Path, Resource

_SPEC: Path = ("spec",)


def destinations(service: Resource) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """List the destinations of all routes and mirrors, each with its path."""
    for protocol in ("http", "tls", "tcp"):
        for path, route in each(service.spec, _SPEC, protocol):
            targets = (*each(route, path, "route"), *each(route, path, "mirrors"))
            yield from (((*at, "destination"), target["destination"]) for at, target in targets)
            if "mirror" in route:
                yield (*path, "mirror"), route["mirror"]
