"""What decides about requests and is not understood is told, object by object; all else is silent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from meshgen.backends.istio.outcome import unmodelled
from meshgen.resources import Resource, Resources, spell

CASES = Path(__file__).parents[2] / "cases"


def told(text: str) -> list[tuple[str, str, str]]:
    bodies = [body for body in yaml.safe_load_all(text) if body is not None]
    found = unmodelled(Resources([Resource.of(body) for body in bodies]))
    return [(str(each.of), spell(each.path), each.message) for each in found]


def test_routes_that_leave_requests_to_others_are_told() -> None:
    found = told(
        """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop}
spec:
  hosts: [cart]
  http:
    - delegate: {name: child}
    - redirect: {uri: /, redirectCode: 304}
    - match: [{uri: {prefix: /}}]
      redirect: {prefixRewrite: /x}
    - match: [{sourceLabels: {a: b}}, {sourceLabels: {a: b}, gateways: [mesh]}]
      route: [{destination: {host: out.example}}]
  tcp:
    - match: [{sourceLabels: {a: b}, gateways: [mesh]}, {destinationSubnets: [10.0.0.0/8]}]
      route: [{destination: {host: cart}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: public, namespace: shop}
spec:
  hosts: [cart]
  gateways: [ingress/public]
  http: [{delegate: {name: child}}, {route: [{destination: {host: gateway.example}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: out, namespace: shop}
spec: {hosts: [other.example], http: [{route: [{destination: {host: other.example}}]}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: out, namespace: shop}
spec:
  hosts: [out.example, gateway.example, other.example, cart.shop.svc.cluster.local]
  workloadSelector: {labels: {a: b}}
"""
    )

    labels = "tells callers apart by labels, which calls do not show"
    cart, out = "VirtualService shop/cart", "ServiceEntry shop/out"
    lead = "to which calls or routes lead, which is not worked out"
    assert found == [
        (cart, at, f"{at} {why}")
        for at, why in (
            ("spec.http[0].delegate", "leaves requests to another object, which is not worked out"),
            ("spec.http[1].redirect.redirectCode", "is 304, of which proxies make no answer"),
            ("spec.http[2].redirect.prefixRewrite", "is not worked out"),
            ("spec.http[3].match[0].sourceLabels", labels),
            ("spec.tcp[0].match[0].sourceLabels", labels),
            (
                "spec.tcp[0].match[1].destinationSubnets",
                "picks addresses, which Services do not show here",
            ),
        )
    ] + [
        (out, at, f"{at} {why}")
        for at, why in (
            ("spec.workloadSelector", "adds pods to a host, which is not worked out"),
            ("spec.hosts[0]", f"is out.example, {lead}"),
            ("spec.hosts[3]", f"is cart.shop.svc.cluster.local, {lead}"),
        )
    ]


def test_policies_of_connections_that_are_not_understood_are_told() -> None:
    found = told(
        """
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec:
  host: cart
  workloadSelector: {matchLabels: {a: b}}
  trafficPolicy:
    tunnel: {targetHost: a.example, targetPort: 1}
    portLevelSettings: [{port: {number: 80}, tls: {mode: SIMPLE}}]
  subsets:
    - name: v1
      trafficPolicy:
        loadBalancer: {simple: RANDOM, localityLbSetting: {enabled: true}}
        outlierDetection: {splitExternalLocalOriginErrors: true}
        retryBudget: {percent: 10}
        proxyProtocol: {version: V1}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: out, namespace: shop}
spec: {host: out.example, trafficPolicy: {tls: {mode: SIMPLE}}}
"""
    )

    policy = "spec.subsets[0].trafficPolicy"
    assert found == [
        ("DestinationRule shop/cart", at, f"{at} {why}")
        for at, why in (
            ("spec.workloadSelector", "tells callers apart by labels, which calls do not show"),
            ("spec.trafficPolicy.tunnel", "sends connections through a tunnel, which is not worked out"),
            (
                "spec.trafficPolicy.portLevelSettings[0].tls.mode",
                "has sidecars speak another TLS, which is not worked out",
            ),
            (
                f"{policy}.retryBudget",
                "limits retries by how many requests there are, which is not worked out",
            ),
            (f"{policy}.proxyProtocol", "changes how connections begin, which is not worked out"),
            (
                f"{policy}.loadBalancer.localityLbSetting",
                "chooses pods by where they are, which is not worked out",
            ),
            (
                f"{policy}.outlierDetection.splitExternalLocalOriginErrors",
                "counts failures apart, which is not worked out",
            ),
        )
    ]


def test_rules_that_ask_what_calls_do_not_show_are_told() -> None:
    found = told(
        """
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: custom, namespace: shop}
spec: {action: CUSTOM, provider: {name: theirs}, rules: [{}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: sni, namespace: shop}
spec:
  rules:
    -
    - when: [{key: source.ip, values: [192.0.2.1]}, {key: connection.sni, values: [a]}]
    - when: [{key: "request.auth.claims[a][b]", values: [c]}]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: waypoint, namespace: shop}
spec: {targetRefs: [{kind: Service, name: cart}], action: CUSTOM, provider: {name: theirs}, rules: [{}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: audit, namespace: shop}
spec: {action: AUDIT, rules: [{when: [{key: connection.sni, values: [a]}]}]}
---
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: cookies, namespace: shop}
spec: {jwtRules: [{issuer: a}, {issuer: b, fromCookies: [session]}]}
"""
    )

    assert found == [
        (
            "AuthorizationPolicy shop/custom",
            "spec.action",
            "spec.action leaves the decision to a provider, of which nothing is known here",
        ),
        (
            "AuthorizationPolicy shop/sni",
            "spec.rules[1].when[1].key",
            "spec.rules[1].when[1].key asks for connection.sni, which calls do not show",
        ),
        (
            "AuthorizationPolicy shop/sni",
            "spec.rules[2].when[0].key",
            "spec.rules[2].when[0].key asks for request.auth.claims[a][b], which calls do not show",
        ),
        (
            "RequestAuthentication shop/cookies",
            "spec.jwtRules[1].fromCookies",
            "spec.jwtRules[1].fromCookies takes tokens from cookies, which is not worked out",
        ),
    ]


def test_kinds_that_decide_by_rules_of_their_own_are_told() -> None:
    found = told(
        """
apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: {name: plugin, namespace: shop}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: sidecar, namespace: shop}
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: filter, namespace: shop}
spec:
  configPatches:
    - {applyTo: CLUSTER, match: {context: SIDECAR_OUTBOUND}}
    - {applyTo: LISTENER, match: {context: GATEWAY}}
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: waypoint, namespace: shop}
spec: {targetRefs: [{kind: Gateway, name: waypoint}], configPatches: [{applyTo: CLUSTER}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: route, namespace: shop}
spec: {parentRefs: [{kind: Gateway, name: public}, {group: "", kind: Service, name: cart}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: {name: tls, namespace: shop}
---
apiVersion: gateway.networking.x-k8s.io/v1alpha1
kind: XBackendTrafficPolicy
metadata: {name: budget, namespace: shop}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop, annotations: {networking.istio.io/exportTo: "."}}
"""
    )

    decides = "decides about requests in a way that is not worked out"
    balanced = "changes how requests are sent or balanced, which is not worked out"
    exported = 'metadata.annotations["networking.istio.io/exportTo"]'
    assert found == [
        ("WasmPlugin shop/plugin", "", f"WasmPlugin shop/plugin {decides}"),
        ("Sidecar shop/sidecar", "", f"Sidecar shop/sidecar {decides}"),
        (
            "EnvoyFilter shop/filter",
            "spec.configPatches[0]",
            "spec.configPatches[0] changes Envoy in a way that is not understood",
        ),
        (
            "HTTPRoute shop/route",
            "spec.parentRefs[1]",
            "spec.parentRefs[1] binds a Service to a route that is not worked out",
        ),
        (
            "BackendTLSPolicy shop/tls",
            "",
            "BackendTLSPolicy shop/tls changes how requests are sent, which is not worked out",
        ),
        (
            "XBackendTrafficPolicy shop/budget",
            "",
            f"XBackendTrafficPolicy shop/budget {balanced}",
        ),
        ("Service shop/cart", exported, f"{exported} hides a Service from proxies, which is not worked out"),
    ]


def test_what_is_understood_or_says_nothing_of_requests_is_silent() -> None:
    assert told(Path("tests/cases/istio/rate-limit/istio.yaml").read_text()) == []
    assert (
        told(
            """
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: logs, namespace: shop}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: shop}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: nothing, namespace: shop}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
"""
        )
        == []
    )


@pytest.mark.parametrize("page", ["bookinfo", "authz-inputs"])
def test_of_upstream_s_own_files_only_those_of_providers_and_unshown_conditions_are_told(page: str) -> None:
    if "MESHGEN_SHARED" not in os.environ:
        pytest.skip("MESHGEN_SHARED does not name the corpora")
    folder = Path(os.environ["MESHGEN_SHARED"], "corpora", "istio", page)
    expected = {
        "bookinfo": {},
        "authz-inputs": {
            "allow-full-rule-in.yaml": 4,
            "custom-bad-multiple-providers-in.yaml": 2,
            "custom-simple-http-in.yaml": 2,
            "single-policy-in.yaml": 1,
        },
    }
    found = {path.name: len(told(path.read_text())) for path in sorted(folder.iterdir())}

    assert {name: number for name, number in found.items() if number} == expected[page]


def test_a_rate_limit_that_envoy_would_refuse_is_told() -> None:
    text = yaml.safe_load((CASES / "istio" / "rate-limit" / "istio.yaml").read_text("utf-8").split("---")[0])
    patches = text["spec"]["configPatches"]
    bucket = patches[0]["patch"]["value"]["typed_config"]["token_bucket"]
    del bucket["fill_interval"]

    assert told(yaml.safe_dump(text)) == [
        (
            f"EnvoyFilter shop/{text['metadata']['name']}",
            "spec.configPatches[0]",
            "spec.configPatches[0] changes Envoy in a way that is not understood",
        )
    ]
