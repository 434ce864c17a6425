"""Which cluster `--mesh` means: built-in names, profiles of the set, files, and what `--set` changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshgen.diagnostics import Findings
from meshgen.intent.access import From
from meshgen.intent.load import sort
from meshgen.profile import Channel, GatewayApi
from meshgen.profiles import Choice, choose, read_profiles
from meshgen.source import read

HEAD = "apiVersion: meshgen.dev/v1alpha1\nkind: MeshProfile\n"


def document(name: str, spec: str) -> str:
    return f"{HEAD}metadata: {{name: {name}}}\nspec: {spec}\n"


def chosen(name: str | None, *documents: str, settings: tuple[str, ...] = ()) -> tuple[Choice, ...]:
    found, findings = _choose(name, documents, settings)
    assert findings == []
    return found


def told(
    name: str | None, *documents: str, settings: tuple[str, ...] = ()
) -> list[tuple[str, str, str | None]]:
    found, findings = _choose(name, documents, settings)
    assert found == ()
    return findings


def _choose(
    name: str | None, documents: tuple[str, ...], settings: tuple[str, ...]
) -> tuple[tuple[Choice, ...], list[tuple[str, str, str | None]]]:
    findings = Findings()
    nodes = read("---\n".join(documents).encode(), file="f", findings=findings)
    written = read_profiles(sort(nodes, findings=findings).profiles, findings=findings)
    found = choose(name, written, settings, findings=findings)
    return found, [(f"{one.span or ''} {one.code.number}".strip(), one.message, one.hint) for one in findings]


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        ("istio", "istio"),
        ("linkerd", "linkerd"),
        ("linkerd-gateway", "linkerd-gateway"),
        ("consul", "consul"),
    ],
)
def test_a_built_in_name_needs_no_file(name: str, profile: str) -> None:
    assert [choice.profile.name for choice in chosen(name)] == [profile]


def test_all_means_every_built_in_profile() -> None:
    names = [choice.profile.name for choice in chosen("all")]

    assert names == ["consul", "istio", "linkerd", "linkerd-gateway"]


def test_all_means_those_of_the_set_where_it_has_any() -> None:
    documents = (document("b", "{extends: istio}"), document("a", "{extends: consul}"))

    assert [choice.profile.name for choice in chosen("all", *documents)] == ["a", "b"]


def test_a_profile_of_the_set_extends_another() -> None:
    documents = (
        document("prod", '{extends: base, version: "1.29"}'),
        document("base", "{extends: istio, rootNamespace: mesh, callers: {ingress: [{namespace: edge}]}}"),
    )

    ((backend, profile),) = chosen("prod", *documents)

    assert (backend.name, profile.name, profile.version) == ("istio", "prod", "1.29")
    assert (profile.root_namespace, profile.control_plane_namespace) == ("mesh", "istio-system")
    assert profile.callers == {"ingress": (From(namespace="edge"),)}


def test_a_profile_that_extends_none_says_mesh_and_version() -> None:
    ((_, profile),) = chosen("own", document("own", '{mesh: istio, version: "1.28", trustDomain: a.b}'))

    assert (profile.mesh, profile.version, profile.trust_domain) == ("istio", "1.28", "a.b")
    assert profile.root_namespace is None


def test_the_set_s_only_profile_needs_no_name() -> None:
    assert [choice.profile.name for choice in chosen(None, document("own", "{extends: consul}"))] == ["own"]


def test_a_backend_s_name_means_the_set_s_only_profile_of_it() -> None:
    assert [one.profile.name for one in chosen("consul", document("own", "{extends: consul}"))] == ["own"]


def test_a_file_may_be_named(tmp_path: Path) -> None:
    path = tmp_path / "cluster.yaml"
    path.write_text(document("own", "{extends: linkerd, linkerd: {traffic: smi}}"))

    ((backend, profile),) = chosen(str(path))

    assert (backend.name, profile.name) == ("linkerd", "own")


def test_settings_replace_fields() -> None:
    settings = (
        "version=2.18",
        "gatewayAPI.channel=experimental",
        "holds=a,b",
        "callers.ingress=[{serviceAccount: edge/gateway}, {namespace: edge}]",
        "probeNetworks=[10.0.0.0/8]",
        "linkerd.traffic=gateway",
    )

    ((_, profile),) = chosen("linkerd", settings=settings)

    assert profile.version == "2.18"
    assert profile.gateway_api == GatewayApi("1.2", Channel.EXPERIMENTAL)
    assert profile.holds == {"a", "b"}
    assert profile.callers == {"ingress": (From(service_account="edge/gateway"), From(namespace="edge"))}
    assert profile.probe_networks == ("10.0.0.0/8",)
    assert profile.block == chosen("linkerd-gateway")[0].profile.block


def test_a_written_gateway_api_stays() -> None:
    ((_, profile),) = chosen("linkerd", settings=("gatewayAPI.version=1.3",))

    assert profile.gateway_api == GatewayApi("1.3")


REFUSED = [
    ("istioo", (), (), [("MG711", "there is no mesh or profile 'istioo'", "did you mean 'istio'?")]),
    (
        None,
        (),
        (),
        [("MG713", "no mesh is named", "add one of these")],
    ),
    (
        "istio",
        (document("a", "{extends: istio}"), document("b", "{extends: istio}")),
        (),
        [("MG711", "'istio' means several profiles of the set", "name one of a, b")],
    ),
    (
        "istio",
        (),
        ("version=1.27",),
        [("MG132", "Istio 1.27 is not known", "the known versions are 1.28, 1.29, 1.30")],
    ),
    (
        "linkerd",
        (),
        ("gatewayAPI.version=1.6",),
        [("MG133", "Linkerd 2.20 does not support Gateway API 1.6", "it supports 1.2, 1.3, 1.4, 1.5")],
    ),
    (
        "istio",
        (),
        ("version",),
        [("MG712", "--set 'version' is not KEY=VALUE", "write it like --set version=1.29")],
    ),
    (
        "istio",
        (),
        ("version=1.\udcff",),  # the byte 0xFF on a command line
        [
            (
                "--set:1:3 MG102",
                "the file is not UTF-8: byte 0xff cannot stand here",
                "save the file as UTF-8",
            )
        ],
    ),
    (
        "istio",
        (),
        ("versoin=1.29",),
        [("--set:1:1 MG120", "unknown key 'versoin'", "did you mean 'version'?")],
    ),
    (
        "a",
        (document("a", "{extends: b}"), document("b", "{extends: a}")),
        (),
        [
            (
                "f:9:17 MG130",
                "the profile 'a' extends itself",
                "extend one of consul, istio, linkerd, linkerd-gateway",
            ),
            (
                "MG711",
                "there is no mesh or profile 'a'",
                "the choices are consul, istio, linkerd, linkerd-gateway, all, or a file with a MeshProfile",
            ),
        ],
    ),
]


@pytest.mark.parametrize(("name", "documents", "settings", "expected"), REFUSED)
def test_what_means_no_cluster_is_told(
    name: str | None,
    documents: tuple[str, ...],
    settings: tuple[str, ...],
    expected: list[tuple[str, str, str | None]],
) -> None:
    assert told(name, *documents, settings=settings) == expected


@pytest.mark.parametrize(
    ("spec", "place", "message", "hint"),
    [
        ("{extends: istoi}", "f:4:17 MG130", "the profile 'istoi' does not exist", "did you mean 'istio'?"),
        (
            '{version: "1.29"}',
            "f:4:7 MG131",
            "the profile names no mesh that is known",
            "extend one of consul, istio, linkerd, linkerd-gateway",
        ),
        (
            "{mesh: istio}",
            "f:4:7 MG131",
            "the profile names no version that is known",
            "extend one of consul, istio, linkerd, linkerd-gateway",
        ),
        (
            '{extends: istio, version: "1.31"}',
            "f:4:33 MG132",
            "Istio 1.31 is not known",
            "the known versions are 1.28, 1.29, 1.30",
        ),
        (
            "{extends: istio, consul: {ownsSingletons: true}}",
            "f:4:32 MG135",
            "'consul' does not fit a profile of Istio",
            "take it away, or extend a profile of that mesh",
        ),
        (
            "{extends: istio, mesh: consul}",
            "f:4:30 MG135",
            "'mesh' does not fit a profile of Istio",
            "take it away, or extend a profile of that mesh",
        ),
    ],
)
def test_an_unsound_profile_is_told_where_it_stands(spec: str, place: str, message: str, hint: str) -> None:
    _, findings = _choose("istio", (document("own", spec),), ())

    assert findings == [(place, message, hint)]


@pytest.mark.parametrize("name", ["istio", "linkerd-gateway", "all"])
def test_a_built_in_name_is_taken(name: str) -> None:
    _, findings = _choose("istio", (document(name, "{extends: istio}"),), ())

    assert findings == [("f:3:18 MG134", f"the profile {name!r} is built in", "give it another name")]


def test_a_file_with_several_profiles_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clusters.yaml"
    path.write_text(document("a", "{extends: istio}") + "---\n" + document("b", "{extends: istio}"))

    expected = (
        "MG711",
        f"the file {str(path)!r} holds 2 profiles",
        "name a file that holds one MeshProfile, or the profile",
    )
    assert told(str(path)) == [expected]
