"""Manifests in files: what is told of them, where, and what their owners live with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from meshgen.api import read_documents, validate
from meshgen.diagnostics import Diagnostic, Findings, Severity
from meshgen.inputs import Content
from meshgen.profiles import built_in, choose
from meshgen.schemafiles import keep
from tests.unit import definitions

HEAD = "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\n"


def told(text: str, *, mesh: str | None = None, unknown: Severity | None = Severity.WARNING) -> list[str]:
    findings = Findings()
    documents = read_documents([Content("f.yaml", text.encode())], findings=findings)
    chosen = () if mesh is None else choose(mesh, {}, (), findings=findings)
    found = validate(documents, chosen, unknown=unknown)
    every = sorted((*findings, *found.findings), key=lambda each: each.order)
    return [
        f"{'' if each.span is None else f'{each.span.line}:{each.span.column} '}"
        f"{each.severity.value} {each.code.number} {each.field or '-'}: {each.message}"
        for each in every
    ]


def validated(text: str, mesh: str, *, schemas: Sequence[Path] = ()) -> list[Diagnostic]:
    findings = Findings()
    documents = read_documents([Content("f.yaml", text.encode())], findings=findings)
    found = validate(documents, choose(mesh, {}, (), findings=findings), schemas=schemas)
    return sorted((*findings, *found.findings), key=lambda each: each.order)


def line(found: Diagnostic) -> str:
    place = "" if found.span is None else f"{found.span.line}:{found.span.column} "
    return f"{place}{found.severity.value} {found.code.number}: {found.message} [{found.hint}]"


def test_a_sound_object_is_silent() -> None:
    assert told(f"{HEAD}metadata: {{name: a, namespace: shop}}\nspec: {{mtls: {{mode: STRICT}}}}\n") == []


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("MG402 the next version has it", ["note MG402"]),
        ("unknown-field the next version has it", ["note MG402"]),
        ("MG404 not here; MG402 the next version has it", ["warning MG410", "note MG402"]),
        ("MG402", ["error MG402", "error MG411"]),
        ("everything is fine", ["error MG402", "warning MG410"]),
        ("", ["error MG402", "error MG411"]),
        (";", ["error MG402", "error MG411"]),
    ],
)
def test_an_owner_lives_with_a_finding_by_code_and_with_a_reason(
    annotation: str, expected: list[str]
) -> None:
    metadata = (
        f"metadata: {{name: a, namespace: shop, annotations: {{meshgen.dev/ignore: '{annotation}'}}}}\n"
    )
    found = told(f"{HEAD}{metadata}spec: {{soon: 1}}\n")

    assert sorted(" ".join(line.split()[1:3]) for line in found) == sorted(expected)


def test_an_annotation_that_is_no_text_pardons_nothing() -> None:
    found = told(f"{HEAD}metadata: {{name: a, annotations: {{meshgen.dev/ignore: 1}}}}\nspec: {{}}\n")

    assert found == [
        '3:55 error MG401 metadata.annotations["meshgen.dev/ignore"]: 1 is an integer, not a string'
    ]


def test_a_list_is_taken_apart_and_what_is_no_object_in_it_is_told() -> None:
    body = "  metadata: {name: a, namespace: b}\n  spec: {mtls: {mode: SOME}}\n"
    found = told(
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: security.istio.io/v1\n"
        f"  kind: PeerAuthentication\n{body}- text\n- {{kind: [Widget], apiVersion: v1}}\n"
    )

    assert found == [
        "7:23 error MG404 spec.mtls.mode: 'SOME' is not one of 'UNSET', 'DISABLE', 'PERMISSIVE', 'STRICT'",
        "8:3 warning MG110 -: the item of a List is not a mapping, so it is not read",
        '9:4 error MG401 kind: ["Widget"] is a list, not a string',
    ]


def test_kinds_without_a_schema_are_told_once_each_as_gravely_as_is_asked() -> None:
    widgets = "---\napiVersion: example.org/v1\nkind: Widget\nmetadata: {name: a}\n" * 3
    gadget = "---\napiVersion: example.org/v1\nkind: Gadget\nmetadata: {name: a}\n"

    unread = "of example.org/v1 has no schema here, so it is not checked"
    assert told(widgets + gadget) == [
        f"3:7 warning MG400 kind: Widget {unread} (3 objects)",
        f"15:7 warning MG400 kind: Gadget {unread}",
    ]
    assert [line.split()[1] for line in told(widgets, unknown=Severity.ERROR)] == ["error"]
    assert told(widgets, unknown=None) == []


@pytest.mark.parametrize(
    ("api_version", "kind", "expected"),
    [
        (
            "security.istio.io/v1",
            "PeerAuthentification",
            (
                "2:7 error MG413: security.istio.io has no kind 'PeerAuthentification' here"
                " [did you mean 'PeerAuthentication'?]"
            ),
        ),
        (
            "security.istio.io/v1",
            "Sidecar",
            (
                "2:7 error MG413: security.istio.io has no kind 'Sidecar' here [Sidecar is of"
                " networking.istio.io/v1 or networking.istio.io/v1alpha3 or networking.istio.io/v1beta1]"
            ),
        ),
        ("v2", "Service", "1:13 error MG413: Service is not served as v2 [write v1]"),
        (
            "networking.istio.oi/v1",
            "Sidecar",
            (
                "2:7 warning MG400: Sidecar of networking.istio.oi/v1 has no schema here, so it is not"
                " checked [did you mean 'networking.istio.io/v1'?]"
            ),
        ),
        ("v1", None, "2:7 error MG403: field 'kind' is missing [write 'kind': a string]"),
        ("v1", 5, "2:7 error MG401: 5 is an integer, not a string [None]"),
    ],
)
def test_a_kind_that_nobody_serves_is_told_with_what_is_meant(
    api_version: str, kind: object, expected: str
) -> None:
    text = f"apiVersion: {api_version}\nkind: {json.dumps(kind)}\nmetadata: {{name: a}}\n"

    assert [line(each) for each in validated(text, "istio")] == [expected]


GATEWAY = "gateway.networking.k8s.io"


@pytest.mark.parametrize(
    ("mesh", "kind", "expected"),
    [
        (
            "istio",
            "HTTPRoute",
            (
                f"warning MG400: HTTPRoute of {GATEWAY}/v1 has no schema here, so it is not checked [the"
                " profile has no Gateway API: write --set gatewayAPI.version=1.5, or that of the cluster]"
            ),
        ),
        (
            "linkerd",
            "TCPRoute",
            (
                f"error MG413: {GATEWAY} has no kind 'TCPRoute' here [it is of the experimental channel, or"
                " of a newer version: --set gatewayAPI.channel=experimental]"
            ),
        ),
        (
            "linkerd",
            "HTPRoute",
            f"error MG413: {GATEWAY} has no kind 'HTPRoute' here [did you mean 'HTTPRoute'?]",
        ),
    ],
)
def test_a_kind_of_the_gateway_api_that_a_profile_lacks_is_told_with_the_setting(
    mesh: str, kind: str, expected: str
) -> None:
    text = f"apiVersion: {GATEWAY}/v1\nkind: {kind}\nmetadata: {{name: a}}\n"

    assert [line(each) for each in validated(text, mesh)] == [f"2:7 {expected}"]


def test_what_stands_there_unsound_is_not_missed() -> None:
    service = "---\napiVersion: v1\nkind: Service\nmetadata: {{name: {}, namespace: shop}}\nspec: {}\n"
    route = (
        "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: a, namespace: shop}\n"
        "spec: {rules: [{backendRefs: [{name: cart, port: 80}]}]}\n"
    )
    sound = service.format("web", "{ports: [{port: 80}]}")
    unsound = service.format("cart", "{ports: [{port: 80}], soon: 1}")

    assert [each.split()[2] for each in told(route + sound, mesh="linkerd")] == ["MG426"]
    assert [each.split()[2] for each in told(route + sound)] == ["MG426"]
    assert [each.split()[2] for each in told(route + sound + unsound, mesh="linkerd")] == ["MG402"]


SUBSETS = "spec: {host: web, subsets: [{name: v1}]}"
GATES = "spec: {selector: {a: b}, servers: [{hosts: [a.b], port: {number: 80, name: http, protocol: HTTP}}]}"
ROUTED = (
    "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: web, namespace: shop}\n"
    "spec: {hosts: [a.b], gateways: [gate], http: [{route: [{destination: {host: web, subset: v2}}]}]}\n"
)
NETWORKED = "---\napiVersion: networking.istio.io/v1\nkind: {}\nmetadata: {{name: {}, namespace: shop}}\n{}\n"
ALLOWED = (
    "apiVersion: policy.linkerd.io/v1alpha1\nkind: AuthorizationPolicy\n"
    "metadata: {name: a, namespace: shop}\n"
    "spec: {targetRef: {group: policy.linkerd.io, kind: Server, name: web}, requiredAuthenticationRefs: []}\n"
)
INTENTIONS = (
    "apiVersion: consul.hashicorp.com/v1alpha1\nkind: ServiceIntentions\n"
    "metadata: {name: a, namespace: shop}\n"
    "spec: {destination: {name: web}, sources: [{name: b, action: allow}], jwt: {providers: [{name: two}]}}\n"
)
PROVIDER = (
    "---\napiVersion: consul.hashicorp.com/v1alpha1\nkind: JWTProvider\n"
    "metadata: {{name: {}, namespace: shop}}\n"
    "spec: {{{}issuer: i, jsonWebKeySet: {{remote: {{uri: 'https://a.b/c'}}}}}}\n"
)
SERVER = (
    "---\napiVersion: policy.linkerd.io/v1beta3\nkind: Server\nmetadata: {{name: {}, namespace: shop}}\n"
    "spec: {{port: 80, podSelector: {{}}{}}}\n"
)


@pytest.mark.parametrize(
    ("mesh", "sound", "unsound", "missed"),
    [
        (
            "istio",
            ROUTED + NETWORKED.format("Gateway", "gates", GATES),
            NETWORKED.format("Gateway", "gate", "spec: {soon: 1}"),
            "MG461",
        ),
        (
            "istio",
            ROUTED + NETWORKED.format("DestinationRule", "web", SUBSETS),
            NETWORKED.format("DestinationRule", "more", "spec: {host: web, soon: 1}"),
            "MG457",
        ),
        ("consul", INTENTIONS + PROVIDER.format("one", ""), PROVIDER.format("two", "soon: 1, "), "MG499"),
        ("linkerd", ALLOWED + SERVER.format("api", ""), SERVER.format("web", ", soon: 1"), "MG474"),
    ],
)
def test_what_may_stand_in_an_unsound_object_is_not_missed(
    mesh: str, sound: str, unsound: str, missed: str
) -> None:
    assert [each.split()[2] for each in told(sound, mesh=mesh)] == [missed]
    assert [each.split()[2] for each in told(sound + unsound, mesh=mesh)] == ["MG402"]


LAX = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
NETWORKING = "networking.istio.io"
ROUTELESS = "the route has none of route, redirect and directResponse [write one of them]"
UNASKED = "no rule of a mesh was asked, since the shipped definition refuses this"
SHIPPED = "[leave --schemas out to see what the shipped definition says]"


@pytest.mark.parametrize(
    ("version", "spec", "expected"),
    [
        ("v1", "{hosts: [web], http: [{}]}", f"4:29 error MG432: {ROUTELESS}"),
        ("v1", "{hosts: [web], soon: 1, http: [{}]}", f"4:38 error MG432: {ROUTELESS}"),
        (
            "v1",
            "{hosts: [web], http: 5}",
            f"4:28 warning MG416: {UNASKED}: 5 is an integer, not a list {SHIPPED}",
        ),
        (
            "v9",
            "{hosts: [web], http: [{}]}",
            f"1:1 warning MG416: {UNASKED}: VirtualService is not shipped as {NETWORKING}/v9 {SHIPPED}",
        ),
    ],
)
def test_rules_are_asked_of_nothing_but_what_the_shipped_definition_lets_pass(
    tmp_path: Path, version: str, spec: str, expected: str
) -> None:
    names = {"kind": "VirtualService", "plural": "virtualservices"}
    versions = [definitions.version(version, LAX, storage=True)]
    lax = definitions.definition(group=NETWORKING, names=names, versions=versions)
    keep(definitions.sound(lax), tmp_path, findings=Findings())
    text = (
        f"apiVersion: {NETWORKING}/{version}\nkind: VirtualService\n"
        f"metadata: {{name: a, namespace: shop}}\nspec: {spec}\n"
    )
    found = validated(text, "istio", schemas=[tmp_path / "widgets" / "1.0"])

    assert [line(each) for each in found] == [expected]


def test_two_objects_of_one_name_are_told_at_the_second() -> None:
    one = f"---\n{HEAD}metadata: {{name: a, namespace: shop}}\nspec: {{}}\n"

    assert told(one * 2) == ["9:18 error MG412 metadata.name: PeerAuthentication shop/a stands twice"]


def test_objects_of_two_names_or_namespaces_or_without_a_name_are_no_duplicates() -> None:
    def of(metadata: str) -> str:
        return f"---\n{HEAD}metadata: {{{metadata}}}\nspec: {{}}\n"

    assert told(of("name: a, namespace: shop") + of("name: b, namespace: shop")) == []
    assert told(of("name: a, namespace: shop") + of("name: a, namespace: cart")) == []
    assert told(of("generateName: a-") * 2) == []


def test_a_cluster_that_is_named_judges_alone() -> None:
    istio = f"{HEAD}metadata: {{name: a}}\nspec: {{soon: 1}}\n"

    assert [line.split()[2] for line in told(istio, mesh="istio")] == ["MG402"]
    assert [line.split()[2] for line in told(istio, mesh="linkerd")] == ["MG400"]
    assert {choice.backend.name for choice in built_in()} == {"consul", "istio", "linkerd"}


def test_an_intent_is_checked_by_what_holds_on_every_mesh_until_one_is_named() -> None:
    intent = (
        "apiVersion: meshgen.dev/v1alpha1\nkind: MeshIntent\nmetadata: {name: a, namespace: shop}\n"
        "spec:\n  selectorLabel: app\n  accounts: named\n  services:\n"
        "    {web: {port: 80, callers: [gate], mirror: {service: copy}}, copy: {port: 80}}\n"
    )

    assert told(intent.replace("gate", "copy")) == []
    assert [line.split()[2] for line in told(intent.replace("gate", "copy"), mesh="linkerd")] == [
        "MG303",
        "MG301",
    ]
    assert [line.split()[2] for line in told(intent)] == ["MG204"]


def test_of_a_gateway_api_that_nobody_imported_nothing_is_known() -> None:
    route = "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: a}\n"
    findings = Findings()
    documents = read_documents([Content("f.yaml", route.encode())], findings=findings)
    chosen = choose("istio", {}, ["gatewayAPI.version=1.29"], findings=findings)
    found = validate(documents, chosen).findings

    assert [*findings] == []
    assert ["MG400"] == [each.code.number for each in found]


@pytest.mark.parametrize(("port", "codes"), [("0", ["MG122"]), ("65536", ["MG122"]), ("80", [])])
def test_a_target_names_a_port_that_there_can_be(port: str, codes: list[str]) -> None:
    intent = (
        "apiVersion: meshgen.dev/v1alpha1\nkind: MeshIntent\nmetadata: {name: a, namespace: shop}\n"
        "spec: {selectorLabel: app, accounts: named, services: {web: {port: 80}, copied: {port: 80,"
        f" mirror: {{service: 'web:{port}'}}}}}}}}\n"
    )

    assert [line.split()[2] for line in told(intent)] == codes
