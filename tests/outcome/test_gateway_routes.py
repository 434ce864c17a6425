"""What routes of Services do to calls where the Gateway API has its way, page by page."""

from __future__ import annotations

from functools import reduce
from operator import getitem

import pytest
import yaml

from meshgen.gatewayapi.outcome import evaluator
from meshgen.gatewayapi.outcome.unmodelled import unmodelled
from meshgen.intent.keys import ServiceKey
from meshgen.intent.languages import Below, Exactly, Matching
from meshgen.intent.outcome.call import ToPod, ToService
from meshgen.intent.outcome.conditions import Conditions
from meshgen.resources import Resource, Resources, spell
from tests.outcome import cases
from tests.outcome.cases import Case, told


@pytest.mark.parametrize("case", list(cases.cases("gatewayapi")), ids=str)
def test_routes_do_to_a_call_what_the_page_says(case: Case) -> None:
    answers = evaluator(Resources(cases.resources(case)), case.world)
    assert told(answers.outcome(case.call), case.expected) == case.expected


@pytest.mark.parametrize("case", list(cases.cases("gatewayapi")), ids=str)
def test_every_step_points_at_a_part_of_the_object_that_it_names(case: Case) -> None:
    answers = evaluator(Resources(cases.resources(case)), case.world)
    for step in answers.outcome(case.call).steps:
        if step.basis.of is not None:
            assert isinstance(step.basis.of, Resource)
            reduce(getitem, step.basis.path, step.basis.of.body)  # type: ignore[arg-type]


def test_conditions_are_what_routes_of_one_port_tell_apart() -> None:
    answers = evaluator(_resources(_TELLING), _WORLD)
    assert answers.conditions(ToService(_API, 80)) == Conditions(
        methods=frozenset(("POST",)),
        paths=frozenset((Below("/a"), Exactly("/b"), Matching("/c.*"))),
        hosts=frozenset((Exactly("example.org"),)),
        headers={"x-a": frozenset((Exactly("1"), Matching("[2-9]")))},
        query={"q": frozenset((Exactly("1"),))},
        namespaces=frozenset(("shop", "elsewhere")),
    )
    assert answers.conditions(ToService(_API, 7070)) == Conditions(
        paths=frozenset((Exactly("/s.S/M"), Matching("/s\\.S/[^/]+"))),
        namespaces=frozenset(("shop",)),
    )
    assert answers.conditions(ToService(_API, 8080)) == Conditions()
    assert answers.conditions(ToPod("shop/api", 8080)) == Conditions()


_API = ServiceKey("shop", "api")
_WORLD = cases.world(
    {
        "services": {
            "shop/api": {
                "selector": {"app": "api"},
                "ports": [{"port": 80}, {"port": 8080}, {"port": 7070, "protocol": "grpc"}],
            }
        },
        "pods": {},
    }
)
_TELLING = """
kind: HTTPRoute
metadata: {name: own, namespace: shop}
spec:
  parentRefs: [{group: "", kind: Service, name: api, port: 80}]
  rules:
    - matches:
        - {path: {value: /a/}, method: POST}
        - path: {type: Exact, value: /b}
          headers: [{name: X-A, value: "1"}, {name: Host, value: example.org}]
        - {path: {type: RegularExpression, value: /c.*}, queryParams: [{name: q, value: "1"}]}
---
kind: HTTPRoute
metadata: {name: theirs, namespace: elsewhere}
spec:
  parentRefs: [{group: "", kind: Service, name: api, namespace: shop, port: 80}]
  rules: [{matches: [{headers: [{name: x-a, type: RegularExpression, value: "[2-9]"}]}]}]
---
kind: GRPCRoute
metadata: {name: calls, namespace: shop}
spec:
  parentRefs: [{group: "", kind: Service, name: api, port: 7070}]
  rules: [{matches: [{method: {service: s.S, method: M}}, {method: {service: s.S}}]}]
"""


def test_what_has_a_say_and_is_not_understood_is_named_where_it_stands() -> None:
    found = [(f"{each.of} {spell(each.path)}", each.message) for each in unmodelled(_resources(_UNMODELLED))]
    rule = "HTTPRoute s/h spec.rules[0]"
    assert found == [
        ("GRPCRoute s/g spec.rules[0].matches[0].method.service", "'(' is no expression of RE2"),
        (f"{rule}.retry", "what retry does is not worked out"),
        (f"{rule}.sessionPersistence", "what sessionPersistence does is not worked out"),
        (f"{rule}.filters[0]", "what CORS does is not worked out"),
        (f"{rule}.filters[1]", "where a Bucket leads is not worked out"),
        (f"{rule}.backendRefs[0]", "where a Bucket leads is not worked out"),
        (f"{rule}.backendRefs[1].filters[0]", "what ExtensionRef does is not worked out"),
        (f"{rule}.backendRefs[1].filters[1]", "what a redirect of one backend does is not worked out"),
        ("TCPRoute s/t ", "what TCPRoute does to connections is not worked out"),
        ("BackendTLSPolicy s/b ", "what BackendTLSPolicy does to calls is not worked out"),
    ]


def test_what_is_understood_or_binds_nobody_is_not_named() -> None:
    assert list(unmodelled(_resources(_TELLING + _ELSEWHERE))) == []


_UNMODELLED = """
kind: HTTPRoute
metadata: {name: h, namespace: s}
spec:
  parentRefs: [{group: "", kind: Service, name: a}]
  rules:
    - retry: {attempts: 2}
      sessionPersistence: {}
      filters:
        - {type: CORS, cors: {}}
        - {type: RequestMirror, requestMirror: {backendRef: {group: x.org, kind: Bucket, name: b, port: 80}}}
        - {type: RequestMirror, requestMirror: {backendRef: {name: b, port: 80}}}
      backendRefs:
        - {group: x.org, kind: Bucket, name: b, port: 80}
        - name: b
          port: 80
          filters: [{type: ExtensionRef}, {type: RequestRedirect, requestRedirect: {port: 81}}]
---
kind: GRPCRoute
metadata: {name: g, namespace: s}
spec:
  parentRefs: [{group: "", kind: Service, name: a}]
  rules: [{matches: [{method: {type: RegularExpression, service: "("}}]}]
---
kind: TCPRoute
metadata: {name: t, namespace: s}
spec: {parentRefs: [{group: "", kind: Service, name: a}]}
---
kind: BackendTLSPolicy
metadata: {name: b, namespace: s}
"""
_ELSEWHERE = """
---
kind: HTTPRoute
metadata: {name: gateway, namespace: s}
spec: {parentRefs: [{name: front}], rules: [{retry: {attempts: 2}}]}
"""


def _resources(text: str) -> Resources:
    bodies = yaml.safe_load_all(text)
    return Resources([Resource.of({"apiVersion": "gateway.networking.k8s.io/v1", **body}) for body in bodies])
