"""Where a service's wishes are written: on a route, on the service, or in `spec.defaults`."""

from __future__ import annotations

from typing import NamedTuple

from meshgen.intent.features import Located
from meshgen.intent.outcome.facets import Basis
from meshgen.intent.resolved import ResolvedService
from meshgen.intent.traffic import Route
from meshgen.source import MapNode, Node


class Place(NamedTuple):
    """A service, or one of its routes."""

    service: ResolvedService
    route: Route | None = None  # as it stands in the file; None: the service itself

    @property
    def whole(self) -> Basis:
        """The route, or the service, as a whole."""
        return Basis(name=f"service {self.service.key}", of=self.route or self.service.written)

    def basis(self, key: str, value: object = None) -> Basis:
        """Find what a value of a key rests on; what carries its own place is named itself."""
        name = f"service {self.service.key}"
        if isinstance(value, Located) and value.source is not None:
            return Basis(name=name, of=value)
        for holder in (self.route, self.service.written):
            if holder is not None and _writes(holder, key):
                return Basis(name=name, of=holder, path=(key,))
        spec = self.service.intent.spec
        if spec.source is not None and _below(spec.source, "defaults", key):
            return Basis(name=name, of=spec, path=("defaults", key))
        return Basis(name=name, of=self.service.written, path=(key,))


def _writes(holder: Located, key: str) -> bool:
    return holder.source is not None and _below(holder.source, key)


def _below(node: Node, *keys: str) -> bool:
    """Tell whether keys are written below a node, each below the one before."""
    here: Node | None = node
    for key in keys:
        here = here.value(key) if isinstance(here, MapNode) else None
    return here is not None
