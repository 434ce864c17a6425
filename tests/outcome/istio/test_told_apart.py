"""What manifests tell apart in calls to a place, from which witnesses are made."""

from __future__ import annotations

from typing import Any

import yaml

from meshgen.backends.istio.outcome import evaluator
from meshgen.backends.istio.profiles import PROFILES
from meshgen.intent.keys import Account, ServiceKey
from meshgen.intent.languages import Beginning, Exactly, Matching
from meshgen.intent.outcome.call import BEARER, InHeader, InParam, ToPod, ToService
from meshgen.intent.outcome.conditions import Conditions, TokenCondition
from meshgen.resources import Resource, Resources
from tests.outcome.cases import world

WORLD: dict[str, Any] = {
    "services": {
        "shop/cart": {"selector": {"app": "cart"}, "ports": [{"port": 80}, {"port": 81, "protocol": "tcp"}]},
        "shop/stock": {"selector": {"app": "stock"}, "ports": [{"port": 80}]},
    },
    "pods": {
        "shop/cart": {"labels": {"app": "cart"}, "account": "shop/cart"},
        "shop/stock": {"labels": {"app": "stock"}, "account": "shop/stock"},
    },
}


def told(to: ToService | ToPod, text: str) -> Conditions:
    bodies = [Resource.of(body) for body in yaml.safe_load_all(text) if body is not None]
    return evaluator(Resources(bodies), world(WORLD), PROFILES[0]).conditions(to)


CART = ToService(ServiceKey("shop", "cart"), 80)


def test_routes_tell_requests_apart_by_all_that_they_match() -> None:
    found = told(
        CART,
        """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop}
spec:
  hosts: [cart]
  exportTo: [".", other]
  http:
    - match:
        - uri: {exact: /Ab}
          ignoreUriCase: true
          method: {regex: "GET|PUT"}
          headers: {X-A: {prefix: b}, x-p: {}, ":authority": {exact: x}}
          withoutHeaders: {x-a: {regex: c.*}}
          queryParams: {q: {exact: "1"}, p: {}}
          sourceNamespace: third
        - {uri: {prefix: /P}, ignoreUriCase: true, authority: {exact: "Cart:80"}}
        - authority: {prefix: "A.example:"}
        - authority: {prefix: "a."}
        - {authority: {regex: "a.*"}, method: {exact: PURGE}}
      route: [{destination: {host: cart}}]
      corsPolicy: {allowOrigins: [{exact: "https://a"}]}
    - redirect: {uri: /}
""",
    )

    assert found == Conditions(
        methods=frozenset(("GET", "PUT", "PURGE")),
        paths=frozenset((Matching("/[aA][bB]"), Matching("/[pP].*"))),
        hosts=frozenset((Exactly("cart"), Exactly("a.example"), Beginning("a."), Matching("a.*"))),
        headers={
            "origin": frozenset((Exactly("https://a"),)),
            "x-a": frozenset((Beginning("b"), Matching("c.*"))),
            "x-p": frozenset(),
        },
        query={"p": frozenset(), "q": frozenset((Exactly("1"),))},
        namespaces=frozenset(("shop", "other", "third")),
    )


def test_rules_tell_callers_and_requests_apart() -> None:
    found = told(
        ToPod("shop/cart", 80),
        """
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: cart, namespace: shop}
spec:
  rules:
    - from:
        - source:
            principals: [cluster.local/ns/a/sa/b, "*/ns/c/*", "*"]
            notServiceAccounts: [d/e, f]
            namespaces: [g, "h-*"]
            ipBlocks: [192.0.2.1, 198.51.100.0/24]
            requestPrincipals: ["https://a/u", "*"]
            trustDomains: [cluster.local]
      to:
        - operation:
            methods: [GET, "P*"]
            hosts: ["a.example", "b.example:*", "*.c.example"]
            paths: [/a, "/b*", "*/c", "/d/{*}", "/e/{**}", "/mid/*/dle"]
            ports: ["80"]
      when:
        - {key: "request.headers[X-A]", values: [a, "b*", "*"]}
        - {key: "request.auth.claims[groups]", values: [admin, "dev-*"]}
        - {key: "request.auth.claims[iss]", values: ["https://i"]}
---
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: cart, namespace: shop}
spec:
  jwtRules:
    - {issuer: "https://a", audiences: [y, x]}
    - {fromHeaders: [{name: X-T, prefix: "T "}], fromParams: [t]}
""",
    )

    claims = (("groups", ("admin", "dev-", "dev-x")), ("sub", ("u", "x")))
    places = (InHeader("x-t", "T "), InParam("t"))
    keys = "https://a/.well-known/openid-configuration"
    segment = r"[a-zA-Z0-9\-._~%!$&'()+,;:@*=]"
    assert found == Conditions(
        ports=frozenset((80,)),
        methods=frozenset(("GET", "POST", "POSTX", "PUT", "PUTX", "PATCH", "PATCHX")),
        paths=frozenset(
            (
                Exactly("/a"),
                Beginning("/b"),
                Matching(".*/c"),
                Matching(f"/d/{segment}+"),
                Matching(f"/e/(?:{segment}|/)*"),
                Exactly("/mid/*/dle"),
            )
        ),
        hosts=frozenset((Exactly("a.example"), Exactly("b.example"), Matching(r".*\.c\.example"))),
        headers={"x-a": frozenset((Exactly("a"), Beginning("b")))},
        accounts=frozenset((Account("a", "b"), Account("c", "x"), Account("d", "e"), Account("shop", "f"))),
        namespaces=frozenset(("g", "h-x")),
        networks=frozenset(("192.0.2.1/32", "198.51.100.0/24")),
        tokens=frozenset(
            (
                TokenCondition("https://a", ("x", "y"), claims, (BEARER, InParam("access_token")), keys),
                TokenCondition("", (), claims, places),
                TokenCondition("https://a", (), claims, places),
                TokenCondition("https://i", (), claims, places),
            )
        ),
    )


def test_where_routes_lead_decides_too() -> None:
    text = """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop}
spec:
  hosts: [cart]
  exportTo: [other]
  http: [{route: [{destination: {host: stock}, weight: 1}, {destination: {host: gone}, weight: 1}]}]
  tcp: [{route: [{destination: {host: stock, port: {number: 80}}}]}]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: stock, namespace: shop}
spec:
  selector: {matchLabels: {app: stock}}
  rules: [{from: [{source: {namespaces: [friends]}}]}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: third}
spec: {host: cart.shop.svc.cluster.local}
"""

    everyone = Conditions(namespaces=frozenset(("other", "third", "friends")))
    assert told(CART, text) == everyone
    assert told(ToService(ServiceKey("shop", "cart"), 81), text) == everyone
    assert told(ToPod("shop/cart", 80), text) == Conditions()


def test_places_that_are_not_there_tell_nothing_apart() -> None:
    assert told(ToService(ServiceKey("shop", "gone"), 80), "") == Conditions()
    assert told(ToService(ServiceKey("shop", "cart"), 1), "") == Conditions()
    assert told(ToPod("shop/gone", 80), "") == Conditions()
