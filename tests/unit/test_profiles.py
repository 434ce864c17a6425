"""A mesh is chosen by the name of a profile, or of a backend for its first profile."""

from __future__ import annotations

import pytest

from meshgen import backend as built_in
from meshgen.backend import Backend
from meshgen.diagnostics import Diagnostic, Severity
from meshgen.profile import Profile
from meshgen.profiles import UNKNOWN_MESH, Choice, choices, choose, known
from meshgen.support import Capabilities


def planted(name: str, *profiles: str) -> Backend:
    return Backend(
        name=name,
        title=name.title(),
        versions=("1.0",),
        profiles=tuple(Profile(name=profile, mesh=name, version="1.0") for profile in profiles),
        block=None,
        domains=(),
        capabilities=Capabilities((), declared=frozenset()),
        limits=lambda _set, _profile: (),
        plan=lambda _set, _profile: (),
    )


AMBER = planted("amber", "amber-new", "amber-old")
BIRCH = planted("birch", "birch")


def test_a_profile_is_found_by_its_name() -> None:
    assert Choice(AMBER, AMBER.profiles[1]) == choose("amber-old", [AMBER, BIRCH])


def test_the_name_of_a_backend_means_its_first_profile() -> None:
    assert Choice(AMBER, AMBER.profiles[0]) == choose("amber", [BIRCH, AMBER])


@pytest.mark.parametrize(
    ("name", "hint"),
    [("brich", "did you mean 'birch'?"), ("x", "the choices are amber-new, amber-old, birch")],
)
def test_an_unknown_name_is_a_finding_with_the_near_miss_or_the_choices(name: str, hint: str) -> None:
    assert Diagnostic(
        code=UNKNOWN_MESH,
        message=f"there is no mesh or profile {name!r}",
        severity=Severity.ERROR,
        hint=hint,
    ) == choose(name, [AMBER, BIRCH])


def test_the_choices_are_every_profile_by_name() -> None:
    names = [choice.profile.name for choice in choices([BIRCH, AMBER])]

    assert ["amber-new", "amber-old", "birch"] == names


def test_the_backend_that_a_name_begins_with_is_loaded_first() -> None:
    for name in built_in.backend_names():
        assert next(known(f"{name}-something")).name == name
