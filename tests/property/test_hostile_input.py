"""Whatever `meshgen render` is fed, it renders or refuses it with findings: no trace, no half answer."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meshgen.diagnostics import Findings
from meshgen.source import MapNode, read
from tests.property.commands import Told, tell
from tests.property.hostile import VALUES, generated, texts, trees, written

INTENT = b"""\
apiVersion: meshgen.dev/v1alpha1
kind: MeshIntent
metadata: {name: shop, namespace: boutique}
spec:
  selectorLabel: app
  accounts: named
  mtls: {mode: strict}
  services:
    frontend: {port: 80, callers: [cart]}
    frontend-external: {port: 80, podsOf: frontend}
    redis-cart: {port: 6379, protocol: tcp, callers: [frontend]}
    cart: {port: 80, timeout: 5s, versions: {v1: {}, v2: {}}, split: {v1: 90, v2: 10}}
"""


def feed(content: bytes, way: str, arguments: list[str]) -> Told:
    """Give an input by one of the ways in, beside what it takes to be read."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "input.yaml")
        file.write_bytes(content)
        match way:
            case "file":
                return tell(["render", str(file), *arguments], b"")
            case "folder":
                Path(folder, "more.yml").write_bytes(INTENT)
                return tell(["render", folder, *arguments], b"")
            case "-":
                return tell(["render", "-", *arguments], content)
            case "--mesh":
                return tell(["render", "-", "--mesh", str(file)], INTENT)
            case "--set":
                setting = content.decode(errors="surrogateescape")  # as Python reads the command line
                return tell(["render", "-", *arguments, "--set", setting], INTENT)
            case _:
                file.write_bytes(content + b"\n# app.kubernetes.io/managed-by\n")  # else nobody looks into it
                return tell(["render", "-", *arguments, way, folder], INTENT)


def check(told: Told) -> None:
    """Rendered or refused; what is refused writes nothing, and what is written can be read."""
    findings = Findings()
    documents = read(told.stdout, file="-", findings=findings)

    assert told.status in (0, 1, 2), told.stderr
    assert told.status == 0 or told.stdout == b""
    assert [] == list(findings)
    # What our own templates write, no definition and no rule of a mesh refuses: limits were first.
    assert [] == re.findall(r"error\[MG4.*", told.stderr)
    assert all(isinstance(document, MapNode) for document in documents)


SETTINGS = {
    "istio": "version=1.28 rootNamespace=boutique rootNamespace=shop",
    "linkerd": """version=2.18 version=2.19 gatewayAPI.channel=experimental linkerd.traffic=smi
        linkerd.traffic=gateway linkerd.defaultInboundPolicy=deny
        linkerd.defaultInboundPolicy=cluster-authenticated
    """,
    "consul": """version=1.8 version=2.0 edition=enterprise consul.ownsSingletons=true
        consul.namespaceMirroring=true
    """,
}
EVERYWHERE = """holds=path-normalization,service-ignore probeNetworks=[10.0.0.0/8,fd00::/8]
    trustDomain=a.example clusterDomain=b.example callers.ingress=[{serviceAccount:ingress/gateway}]
"""
OPTIONS = ("", "", "--partial", "--pin-defaults", "--patches", "-o json", "--fail-on note", "--report json")
FIELDS = sorted({text.partition("=")[0] for text in f"{EVERYWHERE} {' '.join(SETTINGS.values())}".split()})


@st.composite
def arguments(draw: st.DrawFn) -> list[str]:
    """Draw a mesh and what may stand beside it."""
    mesh = draw(st.sampled_from(["istio", "linkerd", "linkerd-gateway", "consul"]))
    fitting = f"{EVERYWHERE} {SETTINGS[mesh.removesuffix('-gateway')]}".split()
    chosen = draw(st.lists(st.sampled_from(fitting), max_size=2))
    options = draw(st.sampled_from(OPTIONS)).split()
    return ["--mesh", mesh, *options, *(word for setting in chosen for word in ("--set", setting))]


def damaged_settings() -> st.SearchStrategy[bytes]:
    texts = st.builds(
        "{}={}".format, st.sampled_from(FIELDS) | st.sampled_from(VALUES), st.sampled_from(VALUES)
    )
    return texts.map(str.encode) | st.builds(bytes.__add__, texts.map(str.encode), st.binary(max_size=2))


# Each test runs 100 inputs, and 5,000 with the profile `long`.
hostile = settings(suppress_health_check=list(HealthCheck))
ways_in = st.sampled_from(["file", "folder", "-"])


@hostile
@given(texts(), ways_in, arguments())
def test_a_damaged_text_is_rendered_or_refused(content: bytes, way: str, arguments: list[str]) -> None:
    check(feed(content, way, arguments))


@hostile
@given(trees("MeshIntent"), ways_in, arguments())
def test_a_damaged_intent_is_rendered_or_refused(
    tree: dict[str, Any], way: str, arguments: list[str]
) -> None:
    check(feed(written(tree), way, arguments))


@hostile
@given(generated(), ways_in, arguments())
def test_a_generated_intent_is_rendered_or_refused(
    tree: dict[str, Any], way: str, arguments: list[str]
) -> None:
    check(feed(written(tree), way, arguments))


@hostile
@given(
    st.lists(trees("Service", "Deployment", "Pod", "CronJob", "List"), min_size=1, max_size=3), arguments()
)
def test_damaged_services_and_workloads_are_read_or_refused(
    trees: list[dict[str, Any]], arguments: list[str]
) -> None:
    check(feed(b"\n---\n".join([INTENT, *map(written, trees)]), "-", arguments))


@hostile
@given(
    st.one_of(
        st.tuples(trees("MeshProfile").map(written), st.just("--mesh")),
        st.tuples(damaged_settings(), st.just("--set")),
        st.tuples(texts(), st.sampled_from(["--mesh", "--output-dir"])),
    ),
    arguments(),
)
def test_a_damaged_profile_setting_or_folder_is_taken_or_refused(
    fed: tuple[bytes, str], arguments: list[str]
) -> None:
    check(feed(*fed, arguments))


HEAD = b"apiVersion: meshgen.dev/v1alpha1\nkind: %s\nmetadata: {name: a}\nspec: "
LAUGHS = b", ".join(b"&a%d [%s]" % (n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 10))
HUGE = {
    "a flow nested 100,000 deep": (b"[" * 100_000 + b"]" * 100_000, "MG105"),
    "a mapping nested 100,000 deep": (b"{a: " * 100_000, "MG105"),
    "a block nested 100,000 deep": (b"\n" + b"- " * 100_000 + b"a", "MG105"),
    "keys nested 100,000 deep": (b"\n" + b"? " * 100_000 + b"a", "MG105"),
    "aliases of aliases": (b"[&a0 lol, " + LAUGHS + b"]", "MG107"),
    "many aliases of one list": (b"[&a [" + b"b, " * 10_000 + b"c], " + b"*a, " * 10_000 + b"*a]", "MG107"),
    "an alias of what it stands in": (b"&a [*a]", "MG101"),
    "a scalar of 50 MB": (b"a" * 50_000_000, "MG106"),
    "a quoted scalar of 50 MB": (b'"%s"' % (b"a" * 50_000_000), "MG106"),
    "70 MB": (b"a\n" + b"#" * 70_000_000, "MG106"),
}


@pytest.mark.parametrize("way", ["file", "folder", "-", "--mesh", "--set"])
@pytest.mark.parametrize("what", HUGE)
def test_what_is_huge_is_refused_with_one_finding(what: str, way: str) -> None:
    content, code = HUGE[what]
    kind = b"MeshProfile" if way == "--mesh" else b"MeshIntent"
    head = b"holds=" if way == "--set" else HEAD % kind

    told = feed(head + content, way, ["--mesh", "istio"])

    assert (1, b"", [code]) == (told.status, told.stdout, re.findall(r"error\[(MG\d+)", told.stderr))
