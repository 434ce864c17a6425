"""MeshTests: every kind of sender, every facet that can be expected, and what cannot be made up."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from meshgen.cli import run

INTENT = """\
apiVersion: meshgen.dev/v1alpha1
kind: MeshIntent
metadata: {name: shop, namespace: shop}
spec:
  selectorLabel: app
  accounts: named
  mtls: {mode: permissive}
  jwtProviders:
    staff: {issuer: "https://staff.example", audiences: [shop], jwksUri: "https://staff.example/keys"}
    guests:
      issuer: https://guests.example
      jwksUri: https://guests.example/keys
      fromHeaders: [{name: X-Guest}]
    links: {issuer: "https://links.example", jwksUri: "https://links.example/keys", fromParams: [link]}
  services:
    web: {port: 80}
    idle: {}
    ledger: {ports: [{port: 90, protocol: tcp}, {port: 91, protocol: tcp}]}
    cart:
      port: 80
      versions: {v1: {}, v2: {}}
      split: {v1: 75, v2: 25}
      timeout: 5s
      retries: {attempts: 2, retryOn: [5xx], perTryTimeout: 1s, backoff: {base: 10ms, max: 100ms}}
      fault: {delay: {duration: 1s, percent: 10}, abort: {status: 503, percent: 5}}
      mirror: {version: v2, percent: 50}
      headers: {request: {set: {a: b}, remove: [c]}, response: {add: {d: e}}}
      routes:
        - name: old
          match: [{paths: [{prefix: /old}]}]
          redirect: {path: /new, statusCode: 301}
        - name: told
          match: [{paths: [{prefix: /web}]}]
          service: web
          rewrite: {prefix: /}
          mirror: {service: web}
          timeout: none
          retries: none
          fault: none
          headers: {request: {set: {f: g}}}
      authorization:
        default: deny
        rules:
          - name: shoppers
            from: [web, {serviceAccount: partner/agent}, {namespace: friends}, {cidr: 192.0.2.0/24}]
          - {name: gateway, from: [{caller: ingress}]}
          - name: clerks
            from: [{authenticated: true}]
            when: {jwt: {provider: staff, claims: {role: [clerk]}}}
---
apiVersion: meshgen.dev/v1alpha1
kind: MeshProfile
metadata: {name: ours}
spec: {extends: istio, callers: {ingress: [{serviceAccount: ingress/gateway}]}}
---
apiVersion: meshgen.dev/v1alpha1
kind: MeshTest
metadata: {name: t}
spec:
  tests:
    - {name: it, from: FROM, request: REQUEST, expect: EXPECT}
"""
BY_DEFAULT = "(service shop/cart default)"
CART = "{to: cart, path: /items}"


class Told(NamedTuple):
    """What a run told of each request, and its failures."""

    code: int
    requests: list[str]
    failures: list[str]


Asked = Callable[..., Told]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Asked:
    """Run one test on the intent."""
    monkeypatch.chdir(tmp_path)

    def ask(*, sender: str = "web", request: str = CART, expect: str = "{verdict: allowed}") -> Told:
        text = INTENT.replace("FROM", sender).replace("REQUEST", request).replace("EXPECT", expect)
        Path("shop.yaml").write_text(text, "utf-8")
        code = run(["test", "shop.yaml", "--format", "json", "-q"])
        out, err = capfd.readouterr()
        results = json.loads(out)["results"] if out else []
        titles = [result["title"].removeprefix("it [intent]").removeprefix(": ") for result in results]
        failures = [failure for result in results for failure in result["failures"]]
        assert bool(failures) == bool(err), err
        return Told(code, titles, failures)

    return ask


@pytest.mark.parametrize(
    ("sender", "verdict", "said"),
    [
        ("web", "allowed", "shop/web"),
        ("shop/web", "allowed", "shop/web"),
        ("{service: web, ip: 10.9.9.9}", "allowed", "shop/web at 10.9.9.9"),
        ("{serviceAccount: partner/agent}", "allowed", "partner/agent"),
        ("{serviceAccount: partner/other}", "denied", "partner/other"),
        ("{namespace: friends}", "allowed", "friends/stranger"),
        ("{namespace: foes}", "denied", "foes/stranger"),
        ("{authenticated: true}", "denied", "elsewhere/stranger"),
        ("{caller: ingress}", "allowed", "ingress/gateway"),
        ("{cidr: 192.0.2.0/24}", "allowed", "a caller without identity at 192.0.2.0"),
        ("{cidr: 198.51.100.0/24}", "denied", "a caller without identity at 198.51.100.0"),
        ("{plaintext: true}", "denied", "a caller without identity"),
        ("{plaintext: true, ip: 192.0.2.7}", "allowed", "a caller without identity at 192.0.2.7"),
    ],
)
def test_every_kind_of_sender_is_somebody(sender: str, verdict: str, said: str, asked: Asked) -> None:
    told = asked(sender=sender, expect=f"{{verdict: {verdict}}}")

    assert told == (0, [f"GET /items from {said} to shop/cart:80"], [])


def test_the_kubelet_asks_a_pod(asked: Asked) -> None:
    called = "GET / from the kubelet to pod shop/web:80"
    told = asked(sender="{kubelet: true}", request="{to: web, path: /}")

    assert told == (
        1,
        [called],
        [
            f"it: {called}: verdict should be allowed, and the intent says nothing of it",
        ],
    )


@pytest.mark.parametrize(
    ("request_", "verdict", "said"),
    [
        ("{to: cart:80, method: [PUT, POST], path: [/a, '/b?c=d&e']}", "denied", None),
        (
            "{to: shop/cart, path: /, headers: {Host: shop.example, A: b}}",
            "denied",
            "GET / from a caller without identity to shop/cart:80 with host: shop.example, a: b",
        ),
        ("{to: ledger:90}", "allowed", "a connection from a caller without identity to shop/ledger:90"),
    ],
)
def test_what_is_asked_for_is_multiplied_out(
    request_: str, verdict: str, said: str | None, asked: Asked
) -> None:
    every = [
        f"{method} {path} from a caller without identity to shop/cart:80"
        for method in ("PUT", "POST")
        for path in ("/a", "/b?c=d&e=")
    ]
    expect = "{verdict: denied}" if verdict == "denied" else "{mtls: false}"

    assert asked(sender="{plaintext: true}", request=request_, expect=expect) == (
        0,
        [said] if said else every,
        [],
    )


@pytest.mark.parametrize(
    ("jwt", "verdict", "said"),
    [
        ("{provider: staff, claims: {role: [clerk]}}", "allowed", "staff.example (role = clerk; for shop)"),
        ("{provider: staff, claims: {role: [guest]}}", "denied", "staff.example (role = guest; for shop)"),
        ("{provider: staff}", "denied", "staff.example (for shop)"),
        ("{provider: guests}", "denied", "guests.example in the header x-guest"),
        ("{provider: links}", "denied", "links.example in the parameter link"),
    ],
)
def test_a_token_is_of_its_provider(jwt: str, verdict: str, said: str, asked: Asked) -> None:
    told = asked(
        sender="{serviceAccount: a/b}",
        request=f"{{to: cart, path: /, jwt: {jwt}}}",
        expect=f"{{verdict: {verdict}}}",
    )

    assert told == (0, [f"GET / from a/b to shop/cart:80 with a token of https://{said}"], [])


@pytest.mark.parametrize(
    ("path", "expect"),
    [
        ("/items", "{split: {v1: 75, v2: 25}}"),
        ("/items", "{timeout: 5s, path: /items, mtls: true}"),
        ("/items", "{retries: {attempts: 2}}"),
        (
            "/items",
            "{retries: {attempts: 2, retryOn: [5xx], perTryTimeout: 1s, backoff: {base: 10ms, max: 100ms}}}",
        ),
        ("/items", "{fault: {delay: {duration: 1s, percent: 10}, abort: {status: 503, percent: 5}}}"),
        ("/items", "{mirror: {version: v2, percent: 50}, redirect: none}"),
        ("/items", "{headers: {request: {set: {A: b}, remove: [C]}, response: {add: {d: e}}}}"),
        ("/old", "{redirect: {path: /new, statusCode: 301}}"),
        ("/old", "{redirect: {path: /new, statusCode: 301, hostname: cart.shop.svc.cluster.local}}"),
        ("/web/a", "{service: web, path: /a, mirror: {service: web}}"),
        ("/web/a", "{service: 'web:80', timeout: none, retries: none, fault: none}"),
        ("/web/a", "{headers: {request: {set: {f: g}}}}"),
    ],
)
def test_every_facet_can_be_expected(path: str, expect: str, asked: Asked) -> None:
    told = asked(request=f"{{to: cart, path: {path}}}", expect=expect)

    assert told == (0, [f"GET {path} from shop/web to shop/cart:80"], [])


@pytest.mark.parametrize(
    ("expect", "wanted"),
    [
        ("{verdict: denied}", "verdict should be denied, and the intent says allowed (service shop/cart)"),
        (
            "{split: {v1: 100}}",
            (
                "split should be 100% shop/cart-v1:80, and the intent says 75% shop/cart-v1:80, "
                "25% shop/cart-v2:80 (service shop/cart split)"
            ),
        ),
        ("{service: web}", None),
        ("{timeout: none}", "timeout should be none, and the intent says 5s (service shop/cart timeout)"),
        ("{path: /other}", "rewrite.path should be /other, and the intent says /items (service shop/cart)"),
        ("{mirror: none}", None),
        ("{mtls: false}", "mtls should be no, and the intent says yes (service shop/cart mode)"),
    ],
)
def test_what_is_not_as_expected_fails_by_its_rule(expect: str, wanted: str | None, asked: Asked) -> None:
    code, _, failures = asked(expect=expect)

    assert (code, len(failures)) == (1, 1)
    assert wanted is None or failures == [f"it: GET /items from shop/web to shop/cart:80: {wanted}"]


def test_nothing_but_the_verdict_fails_for_what_does_not_get_through(asked: Asked) -> None:
    told = asked(sender="{plaintext: true}", expect="{timeout: 5s, split: {v1: 1, v2: 99}}")

    assert told.failures == [
        f"it: {told.requests[0]}: verdict should be allowed, and the intent says denied {BY_DEFAULT}"
    ]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"sender": "wep"}, "there is no service shop/wep"),
        ({"sender": "bank/web"}, "there is no service bank/web"),
        ({"sender": "{caller: igress}"}, "the profile names no caller 'igress'"),
        ({"sender": "{plaintext: true, ip: '1.2'}"}, "'1.2' is no IP address"),
        ({"request": "{to: carts, path: /}"}, "there is no service shop/carts"),
        ({"request": "{to: 'cart:81', path: /}"}, "shop/cart has no port '81'"),
        ({"request": "{to: ledger}"}, "shop/ledger has several ports or none"),
        ({"request": "{to: cart, path: /, jwt: {provider: stuff}}"}, "there is no provider 'stuff'"),
        ({"expect": "{split: {v3: 100}}"}, "shop/cart has no pods of a version 'v3'"),
        ({"expect": "{service: wep}"}, "there is no service shop/wep"),
        ({"expect": "{service: ledger}"}, "'ledger' names no one port"),
        ({"expect": "{redirect: {prefix: /new}}"}, "a test knows no matched prefix"),
        ({"expect": "{mirror: {version: v3}}"}, "shop/cart has no pods of a version 'v3'"),
    ],
)
def test_what_cannot_be_made_up_is_told(given: dict[str, str], why: str, asked: Asked) -> None:
    assert asked(**given) == (1, [""], [f"it: {why}"])
