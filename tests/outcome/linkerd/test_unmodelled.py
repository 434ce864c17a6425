"""Linkerd's objects that decide about requests in ways that nobody works out here."""

from __future__ import annotations

import yaml

from meshgen.backends.linkerd.outcome import unmodelled
from meshgen.resources import Resource, Resources, spell

SOUND = """
apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata: {name: web, namespace: shop}
spec: {podSelector: {}, port: 80}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web, namespace: shop}
spec:
  parentRefs: [{group: "", kind: Service, name: web}]
  rules: [{matches: [{path: {type: RegularExpression, value: "/a.*"}}]}]
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, annotations: {balancer.linkerd.io/failure-accrual: consecutive}}
spec: {ports: [{port: 80}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: of-a-gateway, namespace: shop}
spec:
  parentRefs: [{name: web}]
  rules: [{matches: [{path: {type: RegularExpression, value: '/\\u0061'}}]}]
"""
UNSOUND = r"""
apiVersion: policy.linkerd.io/v1alpha1
kind: EgressNetwork
metadata: {name: out, namespace: shop}
spec: {trafficPolicy: Deny}
---
apiVersion: policy.linkerd.io/v1alpha1
kind: HTTPLocalConcurrencyLimitPolicy
metadata: {name: web, namespace: shop}
---
apiVersion: workload.linkerd.io/v1beta1
kind: ExternalWorkload
metadata: {name: vm, namespace: shop}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web, namespace: shop}
spec:
  parentRefs: [{group: "", kind: Service, name: web}]
  rules:
    - matches: [{path: {type: RegularExpression, value: '/\u0061'}}]
      backendRefs:
        - {name: web, port: 80, filters: [{type: RequestRedirect, requestRedirect: {hostname: x}}]}
---
apiVersion: linkerd.io/v1alpha2
kind: ServiceProfile
metadata: {name: web.shop.svc.cluster.local, namespace: shop}
spec: {routes: [{name: a, condition: {any: [{not: {pathRegex: '/\u0061'}}]}}]}
---
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
  annotations:
    balancer.linkerd.io/failure-accrual: unified
    balancer.alpha.linkerd.io/penalize-failures: "true"
spec: {ports: [{port: 80}]}
"""


def told(text: str) -> list[tuple[str, str]]:
    resources = Resources([Resource.of(body) for body in yaml.safe_load_all(text)])
    return [(f"{each.of} {spell(each.path)}", each.message) for each in unmodelled(resources)]


def test_what_is_worked_out_is_silent() -> None:
    assert told(SOUND) == []


def test_each_object_that_is_not_worked_out_is_told() -> None:
    route, noted = "HTTPRoute shop/web spec.rules[0]", "Service shop/web metadata.annotations"
    profile = "ServiceProfile shop/web.shop.svc.cluster.local spec.routes[0]"
    limit, regex = "HTTPLocalConcurrencyLimitPolicy", "'/\\\\u0061' is an expression that RE2 does not read"
    egress = "EgressNetwork decides about calls that leave the cluster, which nobody makes here"
    breaker, load = "linkerd.io/failure-accrual", "alpha.linkerd.io/penalize-failures"
    assert told(UNSOUND) == [
        ("EgressNetwork shop/out kind", egress),
        (f"{limit} shop/web kind", f"{limit} is a kind that is not known here"),
        ("ExternalWorkload shop/vm kind", "ExternalWorkload stands for what runs outside the cluster"),
        (f"{route}.matches[0].path.value", regex),
        (f"{route}.backendRefs[0].filters[0]", "the redirect holds for a share of the requests alone"),
        (f"{profile}.condition.any[0].not.pathRegex", regex),
        (f'{noted}["balancer.{breaker}"]', "by success rates, too, instances are left out"),
        (f'{noted}["balancer.{load}"]', "which instance is chosen hangs on failures, too"),
    ]
