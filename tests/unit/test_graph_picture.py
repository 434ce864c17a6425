"""A drawing says who may call whom, by which rule and where it is written, and what becomes of requests."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from meshgen.api import read_intents
from meshgen.catalogue import features
from meshgen.graph.mermaid import mermaid
from meshgen.graph.picture import Edge, Picture, picture
from meshgen.inputs import Content
from meshgen.intent.access import From
from meshgen.intent.resolve import resolve
from meshgen.intent.samples import small

HEAD = """\
apiVersion: meshgen.dev/v1alpha1
kind: MeshIntent
metadata: {name: shop, namespace: shop}
spec:
  selectorLabel: app
  accounts: named
"""
SHOP = """\
  mtls: {mode: strict, scope: namespace}
  authorization:
    default: deny
    scope: namespace
    rules:
      - {name: metrics, from: [{namespace: monitoring}], to: [{paths: [{exact: /metrics}]}]}
  services:
    cart:
      port: 80
      callers:
        - web
        - {serviceAccount: shop/web}
        - {serviceAccount: other/job}
        - {caller: door}
        - {cidr: 10.0.0.0/8}
    web:
      ports: [{port: 80, targetPort: http}, {targetPort: 9090, name: admin}]
      mtls: {ports: {admin: permissive}}
      versions: {v1: {}, v2: {}}
      split: {v1: 90, v2: 10}
      timeout: 5s
      retries: {attempts: 2, retryOn: [5xx, reset], backoff: {base: 25ms}}
      mirror: {service: cart, percent: 5}
      connectTimeout: 1s
      loadBalancing: {policy: random}
      circuitBreaker: {maxConnections: 10}
      probes: [{path: /healthz}]
      routes:
        - name: old
          match:
            - methods: [GET, HEAD]
              paths: [{prefix: /old}, {regex: /o.*}]
              headers: {a: {exact: x}, b: {prefix: p}, c: {regex: z.*}, d: {present: true}, e: {absent: true}}
              queryParams: {q: {exact: "1"}, r: {present: true}}
            - ports: [80]
          service: beyond/archive:80
          mirror: {service: other, percent: 1}
          rewrite: {prefix: /}
        - name: gone
          match: [{paths: [{exact: /gone}]}]
          redirect: {hostname: example.com, statusCode: 301}
        - name: beta
          match: [{headers: {beta: {present: true}}}]
          split: {v2: 100}
          timeout: none
          mirror: none
      authorization:
        rules:
          - name: anybody
            to:
              - {methods: [GET], except: [{paths: [{prefix: /admin}]}]}
              - {except: [{hostnames: [x.example]}]}
          - name: evil
            action: deny
            from: [{except: [{namespace: shop}, {authenticated: true}]}]
          - name: members
            from: [{authenticated: true, except: [{service: cart}]}]
            to: [{ports: [admin]}]
    front: {port: 80, podsOf: web}
    free: {port: 80, protocol: tcp, headless: true, authorization: {default: allow}}
    job: {}
"""
HOSTILE = """\
  jwtProviders:
    sso: {issuer: sso, jwksUri: https://sso.example/jwks}
  services:
    end: {port: 80}
    click:
      port: 80
      authorization:
        default: deny
        rules:
          - name: style
            from: [end]
            to: [{headers: {a: {exact: '"] click n0 "javascript:x"; %%{init}%% #35; `**b**` </script>'}}}]
            when: {jwt: {provider: sso, claims: {"-->|x|": ["\\u2028é"]}}}
"""


def drawn(services: str) -> Picture:
    """Draw an intent, on a cluster whose profile names a caller."""
    reading = read_intents([Content("shop.yaml", (HEAD + services).encode())])
    assert reading.findings == ()
    return picture(resolve(reading.intents, callers={"door": (From(namespace="ingress"),)}))


def told(edge: Edge) -> str:
    """Write an edge on one line."""
    ends = f"{edge.caller.name} {edge.kind.value} {edge.callee.name}"
    return f"{ends}: {edge.title} [{edge.conditions}] {edge.span}"


def test_each_rule_route_and_mirror_is_an_edge_with_its_place() -> None:
    old = (
        "GET, HEAD · /old/*, ~ /o.* · a = x · b = p* · c ~ z.* · d present · e absent · ?q = 1 · ?r present"
        " or port 80"
    )

    edges = drawn(SHOP).edges

    assert [told(edge) for edge in edges] == [
        "web allow cart: callers [] shop.yaml:17:11",
        "web allow cart: callers [] shop.yaml:18:11",
        "other/job allow cart: callers [] shop.yaml:19:11",
        "door allow cart: callers [] shop.yaml:20:11",
        "10.0.0.0/8 allow cart: callers [] shop.yaml:21:11",
        "monitoring allow cart: metrics [/metrics] shop.yaml:12:32",
        "anyone allow free: by default [] shop.yaml:66:78",
        "front front web: the same pods [] shop.yaml:65:31",
        "anyone allow web: anybody [GET except /admin/* or anything except x.example] shop.yaml:55:13",
        "anyone deny web: evil [except namespace shop, anyone in the mesh] shop.yaml:61:20",
        "anyone in the mesh allow web: members [port admin · except service cart] shop.yaml:63:20",
        "monitoring allow web: metrics [/metrics] shop.yaml:12:32",
        "web mirror cart: every route without its own [] shop.yaml:29:15",
        f"web route archive: old [{old}] shop.yaml:42:20",
        f"web mirror other: old [{old}] shop.yaml:43:19",
    ]


def test_an_edge_shows_its_rule_as_the_file_could_have_it() -> None:
    texts = [edge.text for edge in drawn(SHOP).edges]

    assert texts[0] == "callers:\n- service: web\n"
    assert texts[6:8] == ["default: allow\n", "podsOf: web\n"]
    assert texts[9] == (
        "name: evil\naction: deny\nfrom:\n- except:\n  - namespace: shop\n  - authenticated: true\n"
    )
    assert texts[12] == "mirror:\n  service: cart\n  percent: 5\n"


def test_a_service_says_what_holds_for_it() -> None:
    by_name = {box.name: box for box in drawn(SHOP).boxes}

    assert by_name["web"].facts == (
        ("namespace", "shop"),
        ("account", "shop/web"),
        ("ports", "http 80 to http, http 9090 (container)"),
        ("mTLS", "strict, 9090 permissive"),
        ("by default", "denied"),
        ("circuit breaker", "maxConnections 10"),
        ("load balancing", "policy random"),
        ("connect timeout", "1s"),
        ("probe", "path /healthz"),
    )
    assert by_name["front"].facts[-2:] == (("pods of", "web"), ("probe", "path /healthz"))
    assert by_name["free"].facts[-1] == ("headless", "callers reach pods directly")
    assert by_name["job"].facts == (("namespace", "shop"), ("account", "shop/job"))


def test_what_reaches_beyond_the_services_is_noted() -> None:
    assert drawn(SHOP).notes == (
        "mTLS is strict on every pod of the namespace shop, listed or not",
        "what no rule covers is denied at every pod of the namespace shop, listed or not",
    )
    assert drawn("  authorization: {default: allow, scope: namespace}\n").notes == (
        "what no rule covers is allowed at every pod of the namespace shop, listed or not",
    )


@pytest.mark.parametrize(("name", "services"), [("shop", SHOP), ("hostile", HOSTILE)])
def test_a_flowchart_holds_the_whole_drawing_and_no_markup_of_others(
    name: str, services: str, request: pytest.FixtureRequest
) -> None:
    golden = Path(__file__).parent / "flowcharts" / f"{name}.mmd"
    written = mermaid(drawn(services))
    if request.config.getoption("--update-goldens"):
        golden.write_text(written, "utf-8")

    assert written == golden.read_text("utf-8")


# What Mermaid reads of a flowchart and we write: quoted labels in which no quote, bracket or sign is left.
LABEL = r'"(?:[A-Za-z0-9 ._/,*=?+%()~-]|#[0-9]+;|<br>)*"'
GRAMMAR = re.compile(
    rf"flowchart TD|  n\d+(?:\[{LABEL}\]|\(\[{LABEL}\]\))|  n\d+ (?:-->|--x|-.->|-.-o|---)\|{LABEL}\| n\d+"
    r"|  classDef outside stroke-dasharray:4|  class n\d+(?:,n\d+)* outside"
    r"|  linkStyle \d+(?:,\d+)* stroke:crimson"
)


@pytest.mark.parametrize("feature", features())
def test_whatever_an_intent_asks_for_can_be_drawn(feature: str) -> None:
    reading = read_intents([Content("small.yaml", json.dumps(small(feature)).encode())])
    callers = {"ingress": (From(service_account="ingress/gateway"),)}
    written = mermaid(picture(resolve(reading.intents, callers=callers)))

    assert [line for line in written.splitlines() if GRAMMAR.fullmatch(line) is None] == []


def test_a_set_without_services_is_an_empty_drawing() -> None:
    nothing = drawn("  mtls: {mode: permissive, scope: namespace}\n")

    assert mermaid(nothing) == "flowchart TD\n"
    assert nothing.title == "no service"
