"""What is rare in proofs, tests and traces: nobody to ask, nowhere to go, several namespaces."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshgen.cli import run

TWO = """\
apiVersion: meshgen.dev/v1alpha1
kind: MeshIntent
metadata: {name: shop, namespace: shop}
spec:
  selectorLabel: app
  accounts: named
  services:
    cart: {port: 80, callers: [{service: bank/till}]}
---
apiVersion: meshgen.dev/v1alpha1
kind: MeshIntent
metadata: {name: bank, namespace: bank}
spec:
  selectorLabel: app
  accounts: named
  services:
    till: {port: 80}
    vault: {port: 80}
"""
TEST = """\
---
apiVersion: meshgen.dev/v1alpha1
kind: MeshTest
metadata: {name: bank%s}
spec:
  tests:
    - {name: tills shop, from: till, request: {to: shop/cart, path: /}, expect: {verdict: allowed}}
"""
PODLESS = """\
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{port: 80, name: http}]}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: all, namespace: shop}
spec: {mtls: {mode: STRICT}}
---
apiVersion: meshgen.dev/v1alpha1
kind: MeshTest
metadata: {name: t, namespace: shop}
spec:
  tests:
    - {name: it, from: FROM, request: {to: cart, path: /}, expect: {verdict: allowed}}
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("namespace", "expected"),
    [
        (
            ", namespace: bank",
            (
                0,
                (
                    "ok   tills shop [intent]: GET / from bank/till to shop/cart:80\n"
                    "1 request on intent: 0 failed; 1 of 1 routes and rules reached (100 %)\n"
                ),
                "",
            ),
        ),
        (
            "",
            (
                1,
                (
                    "FAIL tills shop [intent]\n"
                    "1 request on intent: 1 failed; 0 of 1 routes and rules reached (0 %),"
                    " not shop/cart rule callers\n"
                ),
                (
                    "two.yaml:25:32: error[MG607 unclear-test]: tills shop: 'till' is in several namespaces"
                    " or in none\n"
                    "  hint: write namespace/name, or metadata.namespace once\n"
                ),
            ),
        ),
    ],
)
def test_where_there_are_several_namespaces_a_test_names_its_own(
    namespace: str, expected: tuple[int, str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    Path("two.yaml").write_text(TWO + TEST % namespace, "utf-8")

    assert (run(["test", "two.yaml"]), *capfd.readouterr()) == expected


def test_where_there_are_several_namespaces_an_address_names_one(capfd: pytest.CaptureFixture[str]) -> None:
    Path("two.yaml").write_text(TWO, "utf-8")

    assert (run(["trace", "GET", "http://cart/", "-f", "two.yaml"]), *capfd.readouterr()) == (
        2,
        "",
        ("error[MG710 usage]: 'cart' is in no one namespace\n  hint: write http://cart.namespace/\n"),
    )


@pytest.mark.parametrize(
    ("sender", "why"),
    [("cart", "shop/cart has no pods that could call"), ("{kubelet: true}", "shop/cart has no pods")],
)
def test_a_service_without_pods_neither_calls_nor_is_probed(
    sender: str, why: str, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("bare.yaml").write_text(PODLESS.replace("FROM", sender), "utf-8")
    code = run(["test", "bare.yaml", "--manifests", "bare.yaml", "-q"])
    _, err = capfd.readouterr()

    assert code == 1
    assert err.partition("]: ")[2] == f"it: {why}\n"


def test_a_trace_needs_files(capfd: pytest.CaptureFixture[str]) -> None:
    assert (run(["trace", "GET", "http://cart/"]), *capfd.readouterr()) == (
        2,
        "",
        (
            "error[MG710 usage]: meshgen trace needs a FILE\n"
            "  hint: name intents, Services and workloads with -f\n"
        ),
    )
