"""What an intent tells apart in calls to one place, and where each decision is written."""

from __future__ import annotations

from meshgen.api import read_intents
from meshgen.inputs import Content
from meshgen.intent.features import Located
from meshgen.intent.keys import Account, ServiceKey
from meshgen.intent.languages import Beginning, Below, Exactly, Matching, Subdomain
from meshgen.intent.outcome.call import (
    BEARER,
    Call,
    Caller,
    InHeader,
    InParam,
    Reach,
    Request,
    ToPod,
    ToService,
)
from meshgen.intent.outcome.conditions import Conditions, TokenCondition
from meshgen.intent.outcome.evaluate import evaluator
from meshgen.intent.outcome.evaluator import Evaluator
from meshgen.intent.outcome.facets import Step
from meshgen.intent.outcome.world_of import world_of
from meshgen.intent.resolve import resolve

INTENT = """
apiVersion: meshgen.dev/v1alpha1
kind: MeshIntent
metadata: {name: shop, namespace: shop}
spec:
  mtls: {mode: strict}
  defaults: {timeout: 5s}
  jwtProviders:
    login: {issuer: login, jwksUri: "https://login.example.com/keys", audiences: [shop]}
    badge:
      issuer: badge
      jwksUri: "https://login.example.com/keys"
      fromHeaders: [{name: X-Badge}]
      fromParams: [badge]
  services:
    web:
      port: 80
      cors: {allowOrigins: ["https://a.example.com", "https://*.example.com", "*"]}
      routes:
        - name: cart
          match:
            - paths: [{prefix: /cart}, {exact: /basket}]
              methods: [GET, POST]
              headers: {X-A: {present: true}, x-b: {absent: true}, x-c: {prefix: c}}
              queryParams: {q: {regex: "a.*"}, p: {present: true}}
          service: cart
          rewrite: {prefix: /}
        - {name: fixed, match: [{paths: [{exact: /fixed}]}], service: cart, rewrite: {path: /}}
    cart:
      port: 80
      probes: [{path: /live, port: 80}, {grpc: true, port: 80}, {tcp: true, port: 80}]
      authorization:
        default: deny
        rules:
          - name: callers
            from:
              - web
              - serviceAccount: far/away
              - {namespace: ops, except: [{cidr: 10.0.0.0/8}]}
              - authenticated: true
            to:
              - paths: [{prefix: /items}, {exact: /all}, {regex: "/r.*"}]
                except: [{hostnames: ["*.example.com", example.com]}]
          - {name: users, when: {jwt: {provider: login, claims: {group: [b, a]}}}}
          - {name: badges, when: {jwt: {provider: badge}}}
"""
ITEMS, ALL, LIVE = Below("/items"), Exactly("/all"), Exactly("/live")
KEYS = "https://login.example.com/keys"
HEALTH = Exactly("/grpc.health.v1.Health/Check")
AT_CART = Conditions(
    methods=frozenset(("GET",)),
    paths=frozenset((ITEMS, ALL, Matching("/r.*"), LIVE, HEALTH)),
    hosts=frozenset((Subdomain("example.com"), Exactly("example.com"))),
    accounts=frozenset((Account("shop", "web"), Account("far", "away"))),
    namespaces=frozenset(("ops",)),
    networks=frozenset(("10.0.0.0/8",)),
    tokens=frozenset(
        (
            TokenCondition("login", ("shop",), (("group", ("b", "a")),), (BEARER,), KEYS),
            TokenCondition("badge", (), (), (InHeader("x-badge", ""), InParam("badge")), KEYS),
        )
    ),
)


def test_a_place_tells_apart_what_its_routes_and_the_pods_behind_them_do() -> None:
    told = _evaluator().conditions(ToService(ServiceKey("shop", "web"), 80))

    own = Conditions(
        methods=frozenset(("GET", "POST")),
        paths=frozenset(
            (
                Below("/cart"),
                Exactly("/basket"),
                Exactly("/fixed"),
                Below("/cart/items"),
                Exactly("/cart/all"),
                Exactly("/cart/live"),
                Exactly("/cart/grpc.health.v1.Health/Check"),
            )
        ),
        headers={
            "x-a": frozenset(),
            "x-b": frozenset(),
            "x-c": frozenset((Beginning("c"),)),
            "origin": frozenset(
                (Exactly("https://a.example.com"), Matching(r"https://([^./]+\.)+example\.com"))
            ),
        },
        query={"q": frozenset((Matching("a.*"),)), "p": frozenset()},
    )
    there = Conditions(
        hosts=AT_CART.hosts,
        accounts=AT_CART.accounts,
        namespaces=AT_CART.namespaces,
        networks=AT_CART.networks,
        tokens=AT_CART.tokens,
    )
    assert told == own | there


def test_a_container_port_tells_apart_what_its_rules_and_probes_do() -> None:
    evaluator = _evaluator()

    assert evaluator.conditions(ToPod("shop/cart", 80)) == AT_CART
    assert evaluator.conditions(ToPod("shop/cart", 81)) == Conditions()


def test_every_decision_names_the_line_that_it_rests_on() -> None:
    caller = Caller(reach=Reach.PROXIED, account=Account("shop", "web"))
    request = Request(path="/cart/items", headers={"x-a": "", "x-c": "c"}, query=(("q", "a"), ("p", "")))
    to = ToService(ServiceKey("shop", "web"), 80)

    outcome = _evaluator().outcome(Call(caller=caller, to=to, request=request))

    assert [(step.says, _line(step)) for step in outcome.steps] == [
        ("route cart takes it", "20:11"),
        ("the rule callers lets it in", "35:13"),
        ("split: 100% to shop/cart:80", "26:20"),
        ("timeout: 5s", "7:23"),
        ("fault.delay: none", "17:7"),  # nobody wrote it: the service stands for that
        ("fault.abort: none", "17:7"),
        ("headers.request: none", "17:7"),
        ("headers.response: none", "17:7"),
        ("mirror: none", "17:7"),
        ("redirect: none", "20:11"),
        ("rewrite.path: /items?q=a&p=", "27:20"),
        ("rewrite.hostname: none", "27:20"),
        ("mtls is strict: it travels in mTLS", "6:16"),
        ("no rate is limited", "30:7"),
    ]


def _line(step: Step) -> str:
    """Give line and column; the text begins with an empty line."""
    assert isinstance(step.basis.of, Located)
    return str(step.basis.of.span(*step.basis.path)).removeprefix("intent.yaml:")


def _evaluator() -> Evaluator:
    reading = read_intents([Content("intent.yaml", INTENT.encode())])
    resolved = resolve(reading.intents, callers={}, shown=reading.shown)
    world = world_of(resolved, trust_domain="cluster.local", cluster_domain="cluster.local")
    return evaluator(resolved, world)
