"""Which cluster is meant: the name after `--mesh`, looked up among the profiles of the backends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from meshgen.backend import Backend, backend, backend_names
from meshgen.diagnostics import Code, Diagnostic, near_miss
from meshgen.profile import Profile

UNKNOWN_MESH = Code(
    number="MG711", slug="unknown-mesh", meaning="The mesh to render for is none that is known by this name."
)


class Choice(NamedTuple):
    """A cluster, and the backend that writes for its mesh."""

    backend: Backend
    profile: Profile


def known(first: str = "") -> Iterator[Backend]:
    """Load the backends one by one, beginning with the one that `first` most likely means."""
    for name in sorted(backend_names(), key=lambda name: (not first.startswith(name), name)):
        yield backend(name)


def choices(backends: Iterable[Backend]) -> tuple[Choice, ...]:
    """List what can be chosen, by name."""
    every = (Choice(backend, profile) for backend in backends for profile in backend.profiles)
    return tuple(sorted(every, key=lambda choice: choice.profile.name))


def choose(name: str, backends: Iterable[Backend]) -> Choice | Diagnostic:
    """Find a profile by its name, or a backend's first by the backend's name; an unknown name is MG711."""
    seen: list[Backend] = []
    for candidate in backends:
        for profile in candidate.profiles:
            if name in (profile.name, candidate.name):
                return Choice(candidate, profile)
        seen.append(candidate)
    names = [choice.profile.name for choice in choices(seen)]
    return Diagnostic(
        code=UNKNOWN_MESH,
        message=f"there is no mesh or profile {name!r}",
        severity=UNKNOWN_MESH.severity,
        hint=near_miss(name, names) or f"the choices are {', '.join(names)}",
    )
