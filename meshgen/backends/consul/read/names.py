"""Services as Consul knows them: by name, and by namespace where the cluster mirrors namespaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from meshgen.backends.consul.parts import Part
from meshgen.backends.consul.profiles import is_mirrored
from meshgen.profile import Profile
from meshgen.resources import Resource

EVERY = "*"
_DEFAULT = "default"  # the namespace of all where there are no others


class Name(NamedTuple):
    """A service, every service of a namespace, or every service."""

    namespace: str
    name: str

    @property
    def wildcards(self) -> int:
        """Count what is left open, as precedence does."""
        return 2 if self.namespace == EVERY else int(self.name == EVERY)

    def covers(self, other: Name) -> bool:
        """Tell whether it speaks of another one, or of all that the other one speaks of."""
        return self.namespace in (EVERY, other.namespace) and self.name in (EVERY, other.name)


@dataclass(frozen=True, slots=True)
class Naming:
    """How Kubernetes' namespaces become Consul's."""

    is_mirrored: bool

    @classmethod
    def of(cls, profile: Profile) -> Naming:
        """Read it from a profile."""
        return cls(is_mirrored(profile))

    def namespace(self, kubernetes: str) -> str:
        """Name the Consul namespace of a Kubernetes namespace."""
        return kubernetes if self.is_mirrored else _DEFAULT

    def name(self, kubernetes: str, name: str) -> Name:
        """Name the Consul service of a Kubernetes Service."""
        return Name(self.namespace(kubernetes), name)

    def owner(self, entry: Resource) -> Name:
        """Name the service that an entry is of."""
        return self.name(entry.namespace, entry.name)

    def target(self, part: Part, owner: Name) -> Name:
        """Name the service that a part of an entry leads to; unwritten, the owner's."""
        return Name(part.text("namespace") or owner.namespace, part.text("service") or owner.name)
