"""A profile that is shown is a document, and used as a file it means the same profile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from meshgen.diagnostics import Findings
from meshgen.intent.load import sort
from meshgen.profile import Profile, document
from meshgen.profiles import built_in, choose, read_profiles
from meshgen.scalars import dump
from meshgen.source import read

EVERY_FIELD = (
    "version=2.19",
    "edition=enterprise",
    "trustDomain=shop.example.com",
    "clusterDomain=shop.local",
    "rootNamespace=root",
    "controlPlaneNamespace=mesh",
    "gatewayAPI.channel=experimental",
    "probeNetworks=10.0.0.0/24,10.0.1.0/24",
    "callers.ingress=[{serviceAccount: ingress/gateway}, {namespace: edge}, {cidr: 10.0.0.0/8}]",
    "holds=port-protocol,opaque-port",
    "linkerd.traffic=smi",
    "linkerd.defaultInboundPolicy=deny",
)


def of_file(text: str) -> tuple[Profile, ...]:
    findings = Findings()
    written = read_profiles(
        sort(read(text.encode(), file="profile.yaml", findings=findings), findings=findings).profiles,
        findings=findings,
    )
    assert [found.message for found in findings] == []
    return tuple(choice.profile for choice in written.values())


@pytest.mark.parametrize("name", [choice.profile.name for choice in built_in()])
def test_a_built_in_profile_that_is_shown_and_read_again_is_the_same(name: str) -> None:
    (choice,) = choose(name, {}, (), findings=Findings())

    read_again = of_file(dump(document(choice.profile, name="mine")))

    assert (replace(choice.profile, name="mine"),) == read_again


def test_a_profile_with_every_field_set_and_read_again_is_the_same() -> None:
    findings = Findings()
    (choice,) = choose("linkerd", {}, EVERY_FIELD, findings=findings)
    (plain,) = choose("linkerd", {}, (), findings=findings)
    assert len(findings) == 0

    read_again = of_file(dump(document(choice.profile, name="mine")))

    assert (replace(choice.profile, name="mine"),) == read_again
    assert choice.profile != plain.profile
