"""What is in force where nothing is written is named for every mesh, whole and with a source."""

from __future__ import annotations

import pytest

from meshgen.ambient import FIELDS
from meshgen.backend import Backend, backends
from meshgen.intent.document import shape_of
from meshgen.intent.model import Service
from meshgen.profile import Profile

TARGETS = [
    pytest.param(backend, profile, id=profile.name) for backend in backends() for profile in backend.profiles
]


@pytest.mark.parametrize(("backend", "profile"), TARGETS)
def test_a_mesh_names_its_default_of_each_ambient_field_once(backend: Backend, profile: Profile) -> None:
    assert sorted(FIELDS) == sorted(default.field for default in backend.ambient(profile))


@pytest.mark.parametrize(("backend", "profile"), TARGETS)
def test_a_default_has_a_value_and_a_source(backend: Backend, profile: Profile) -> None:
    without = [
        default.field for default in backend.ambient(profile) if not default.value or not default.source
    ]

    assert [] == without


@pytest.mark.parametrize(("backend", "profile"), TARGETS)
def test_the_mode_is_that_by_which_rules_are_judged(backend: Backend, profile: Profile) -> None:
    (mode,) = (default.value for default in backend.ambient(profile) if default.field == "mtls")

    assert mode.split()[0] == backend.unwritten_mode(profile).value


def test_every_ambient_field_is_one_of_a_service() -> None:
    assert set(FIELDS) <= set(shape_of(Service).keys)
