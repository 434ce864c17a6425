"""What a requirement asks of an object that is not ours, `render --patches` can write."""

from __future__ import annotations

from collections import defaultdict

import pytest

from meshgen.backend import backend, backend_names

UNPATCHED = {
    "gateway-api-experimental": "it asks for an installation",
    "intention-default-deny": "it asks for a setting of the servers",
    "linkerd-smi": "it asks for an installation",
    "local-request-timeout": "the ServiceDefaults are those of an intent that is not in the set",
    "mesh-allows-permissive": "it opens the whole cluster, which its owner decides",
    "path-normalization": "it asks it of applications",
    "same-ports": "the Service has a purpose of its own, and its ports are part of that",
    # The annotation connect-service renames the Consul service, of which the manifests speak by its old name.
    "service-named-like-its-account": "an account or a Service has to take another name",
    "single-valued-headers": "it asks it of callers",
    "strict-by-default": "it closes the whole cluster, which its owner decides",
    "target-protocol": "the ServiceDefaults are those of an intent that is not in the set",
}


def patched(mesh: str) -> dict[str, set[bool]]:
    """Say of each requirement whether its rows have patches."""
    found: dict[str, set[bool]] = defaultdict(set)
    for row in backend(mesh).capabilities.rows:
        for requirement in row.requires:
            found[requirement.id].add(requirement.patches is not None)
    return found


@pytest.mark.parametrize("mesh", backend_names())
def test_a_requirement_has_patches_or_a_reason_why_none_can_bring_it_about(mesh: str) -> None:
    expected = {id: {id not in UNPATCHED} for id in patched(mesh)}

    assert expected == patched(mesh)


def test_no_reason_is_of_a_requirement_that_there_is_not() -> None:
    every = {id for mesh in backend_names() for id in patched(mesh)}

    assert UNPATCHED.keys() - every == set()
