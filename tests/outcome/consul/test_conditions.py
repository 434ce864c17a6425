"""What Consul's entries tell apart in calls to one place."""

from __future__ import annotations

from dataclasses import replace

import yaml

from meshgen.backend import backend
from meshgen.intent.keys import Account, ServiceKey
from meshgen.intent.languages import Beginning, Exactly, Matching
from meshgen.intent.outcome.call import BEARER, InParam, ToPod, ToService
from meshgen.intent.outcome.conditions import Conditions, TokenCondition
from meshgen.intent.outcome.evaluator import Evaluator
from meshgen.profile import Edition
from meshgen.resources import Resource, Resources
from tests.outcome.cases import world

CONSUL = backend("consul")
WORLD = world(
    {
        "services": {
            "shop/web": {"selector": {"app": "web"}, "ports": [{"port": 80}]},
            "shop/api": {"selector": {"app": "api"}, "ports": [{"port": 80}]},
        },
        "pods": {
            "shop/web": {"labels": {"app": "web"}, "account": "shop/front"},
            "shop/api": {"labels": {"app": "api"}, "account": "shop/api"},
            "shop/lone": {"labels": {}, "account": "shop/lone"},
        },
    }
)
ENTRIES = """
{apiVersion: consul.hashicorp.com/v1alpha1, kind: ProxyDefaults, metadata: {name: global, namespace: consul},
 spec: {config: {protocol: http}}}
---
{apiVersion: consul.hashicorp.com/v1alpha1, kind: JWTProvider, metadata: {name: login, namespace: shop},
 spec: {issuer: login, audiences: [shop]}}
---
apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceDefaults
metadata: {name: web, namespace: shop}
spec: {protocol: http, upstreamConfig: {overrides: [{name: api, connectTimeoutMs: 3}]}}
---
apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceRouter
metadata: {name: api, namespace: shop}
spec:
  routes:
    - match:
        http:
          pathPrefix: /v1
          methods: [get]
          header: [{name: X-A, exact: a}, {name: x-a, present: true}]
          queryParam: [{name: q, regex: "a+"}]
    - {match: {http: {pathExact: /lost}}, destination: {service: api, serviceSubset: none}}
    - {match: {http: {methods: [PUT]}}}
---
apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceDefaults
metadata: {name: api, namespace: shop}
spec:
  protocol: http
  rateLimits: {instanceLevel: {requestsPerSecond: 1, routes: [{pathExact: /slow, requestsPerSecond: 1}]}}
---
apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceIntentions
metadata: {name: api, namespace: shop}
spec:
  destination: {name: api}
  jwt: {providers: [{name: login}, {name: gone}]}
  sources:
    - name: web
      permissions:
        - action: allow
          http: {pathExact: /gold}
          jwt: {providers: [{name: login, verifyClaims: [{path: [tier], value: gold}]}]}
    - {name: gateway, action: allow}
    - {name: "*", action: deny}
"""
PLACES = (BEARER, InParam("access_token"))
AT_POD = Conditions(
    paths=frozenset((Exactly("/gold"), Exactly("/slow"))),
    accounts=frozenset((Account("shop", "front"),)),
    names=frozenset(("gateway",)),
    tokens=frozenset(
        (
            TokenCondition("login", ("shop",), (), PLACES),
            TokenCondition("login", ("shop",), (("tier", ("gold",)),), PLACES),
        )
    ),
)
AT_SERVICE = AT_POD | Conditions(
    methods=frozenset(("GET", "PUT")),
    paths=frozenset((Beginning("/v1"), Exactly("/lost"))),
    headers={"x-a": frozenset((Exactly("a"),))},
    query={"q": frozenset((Matching("a+"),))},
)


def consul(*, is_mirrored: bool = False) -> Evaluator:
    profile = CONSUL.profiles[0]
    if is_mirrored:
        block = replace(profile.block, namespace_mirroring=True)  # type: ignore[type-var]
        profile = replace(profile, edition=Edition.ENTERPRISE, block=block)
    resources = Resources([Resource.of(each) for each in yaml.safe_load_all(ENTRIES)])
    return CONSUL.evaluator(resources, WORLD, profile)


def test_a_service_tells_apart_what_its_chain_and_its_receivers_do() -> None:
    assert consul().conditions(ToService(ServiceKey("shop", "api"), 80)) == AT_SERVICE


def test_a_pod_tells_apart_what_its_own_proxy_does() -> None:
    assert consul().conditions(ToPod("shop/api", 80)) == AT_POD


def test_a_pod_that_no_service_registers_tells_nothing_apart() -> None:
    assert consul().conditions(ToPod("shop/lone", 80)) == Conditions()


def test_where_namespaces_are_mirrored_a_star_is_a_namespace_and_a_name_has_one() -> None:
    found = consul(is_mirrored=True).conditions(ToPod("shop/api", 80))

    assert found == replace(
        AT_POD,
        accounts=frozenset((Account("shop", "front"), Account("shop", "gateway"))),
        names=frozenset(),
        namespaces=frozenset(("shop",)),
    )
