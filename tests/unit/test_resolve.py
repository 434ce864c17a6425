"""What an intent means: inheritance, defaults and references, case by case."""

from __future__ import annotations

import textwrap

import pytest

from meshgen.api import read_intents
from meshgen.inputs import Content
from meshgen.intent.access import Action, From, Mode
from meshgen.intent.features import Written
from meshgen.intent.match import Method
from meshgen.intent.model import Protocol
from meshgen.intent.policy import Retries, RetryCondition
from meshgen.intent.resolve import resolve
from meshgen.intent.resolved import (
    Account,
    Authenticated,
    OfAccount,
    OfCidr,
    OfNamespace,
    OfService,
    ResolvedService,
    ResolvedSet,
    ServiceKey,
    ServicePort,
    Share,
    Source,
    ToOther,
    ToService,
    ToVersions,
)
from meshgen.values import Duration, Percent

CALLERS = {"ingress": (From(service_account="edge/gateway"), From(namespace="edge"))}


def meaning(spec: str) -> ResolvedSet:
    """Resolve the services of namespace `shop`."""
    head = "apiVersion: meshgen.dev/v1alpha1\nkind: MeshIntent\nmetadata: {name: a, namespace: shop}\nspec:\n"
    text = head + textwrap.indent(textwrap.dedent(spec), "  ")
    reading = read_intents([Content("f", text.encode())])
    assert reading.findings == ()
    return resolve(reading.intents, callers=CALLERS)


def web(spec: str) -> ResolvedService:
    return meaning(spec).services[ServiceKey("shop", "web")]


def test_defaults_of_a_service_without_more_than_a_port() -> None:
    service = web("services: {web: {port: 80}}")

    port = ServicePort(number=80, target=80, protocol=Protocol.HTTP, name="http-80")
    assert service.ports == (port,)
    assert service.selector == {"app": "web"}
    assert service.account == Account("shop", "web")
    assert service.accounts == (Account("shop", "web"),)
    assert service.split == ToService()
    assert [route.destination for route in service.routes] == [ToService()]
    assert not service.has_authorization
    assert service.mode is None


@pytest.mark.parametrize(
    ("port", "expected"),
    [
        ("{port: 80, targetPort: 8080}", (80, 8080, Protocol.HTTP, "http-80")),
        ("{port: 80, targetPort: web, protocol: grpc}", (80, "web", Protocol.GRPC, "grpc-80")),
        ("{targetPort: 9090, name: metrics}", (None, 9090, Protocol.HTTP, "metrics")),
        ("{targetPort: 9090, protocol: tcp}", (None, 9090, Protocol.TCP, "tcp-9090")),
    ],
)
def test_a_port_s_defaults(port: str, expected: tuple[object, ...]) -> None:
    (found,) = web(f"services: {{web: {{ports: [{port}]}}}}").ports

    assert (found.number, found.target, found.protocol, found.name) == expected


def test_names_follow_the_document_s_conventions() -> None:
    service = web(
        """
        selectorLabel: app.kubernetes.io/name
        accounts: default
        services: {web: {port: 80}}
        """
    )

    assert service.selector == {"app.kubernetes.io/name": "web"}
    assert service.account == Account("shop", "default")


def test_a_version_s_defaults_and_what_it_writes() -> None:
    service = web(
        """
        services:
          web:
            port: 80
            versions:
              v1: {}
              v2: {labels: {track: canary}, serviceAccount: web-v2, service: web-canary}
              v3: {selector: {run: three}}
              v4: {createService: false, labels: {version: four}}
        """
    )

    found = {
        name: (version.labels, version.selector, version.service, version.account.name)
        for name, version in service.versions.items()
    }
    assert found == {
        "v1": ({"version": "v1"}, {"app": "web", "version": "v1"}, "web-v1", "web"),
        "v2": ({"track": "canary"}, {"app": "web", "track": "canary"}, "web-canary", "web-v2"),
        "v3": ({}, {"run": "three"}, "web-v3", "web"),
        "v4": ({"version": "four"}, {"app": "web", "version": "four"}, "web-v4", "web"),
    }
    assert [version.is_service_created for version in service.versions.values()] == [True, True, True, False]
    assert service.accounts == (Account("shop", "web"), Account("shop", "web-v2"))


def test_the_service_s_own_account_counts_only_where_a_version_uses_it() -> None:
    service = web("services: {web: {port: 80, versions: {v1: {serviceAccount: one}}}}")

    assert service.accounts == (Account("shop", "one"),)


def test_a_service_takes_from_defaults_what_it_does_not_write() -> None:
    services = meaning(
        """
        defaults: {timeout: 3s, retries: {attempts: 1}, connectTimeout: 1s}
        services:
          web: {port: 80}
          own: {port: 80, timeout: 9s, retries: none}
          aside: {port: 80, timeout: ambient, retries: ambient, connectTimeout: ambient}
          bare: {port: 80, headless: true}
          data: {port: 6379, protocol: tcp}
        """
    ).services

    found = {
        key.name: (service.routes[-1].timeout, service.routes[-1].retries, service.connect_timeout)
        for key, service in services.items()
    }
    retries = Retries(attempts=1, retry_on=(RetryCondition.CONNECT_FAILURE, RetryCondition.REFUSED_STREAM))
    assert found == {
        "web": (Duration(3_000), retries, Duration(1_000)),
        "own": (Duration(9_000), Written.NONE, Duration(1_000)),
        "aside": (None, None, None),
        "bare": (None, None, Duration(1_000)),
        "data": (None, None, Duration(1_000)),
    }


def test_retries_of_a_grpc_port_include_unavailable_unless_written() -> None:
    service = web("services: {web: {port: 80, protocol: grpc, retries: {attempts: 2}}}")

    retries = service.routes[-1].retries
    assert isinstance(retries, Retries)
    assert retries.retry_on == (
        RetryCondition.CONNECT_FAILURE,
        RetryCondition.REFUSED_STREAM,
        RetryCondition.UNAVAILABLE,
    )


def test_no_attempts_mean_no_retries() -> None:
    assert web("services: {web: {port: 80, retries: {attempts: 0}}}").routes[-1].retries is Written.NONE


def test_routes_inherit_whole_blocks_and_end_with_one_for_the_rest() -> None:
    service = web(
        """
        services:
          web:
            port: 80
            versions: {v1: {}, v2: {}}
            split: {v1: 100}
            timeout: 5s
            headers: {request: {set: {x-a: "1"}}}
            routes:
              - {name: one, match: [{methods: [GET]}], split: {v2: 100}, timeout: none}
              - {name: two, match: [{methods: [PUT]}], service: other/cart:8080}
              - {name: away, match: [{methods: [POST]}], redirect: {hostname: b.example}}
        """
    )

    one, two, away, rest = service.routes
    assert one.destination == ToVersions(shares=(Share("v2", Percent(10_000)),))
    assert two.destination == ToOther(key=ServiceKey("other", "cart"), port=8080)
    assert rest.destination == ToVersions(shares=(Share("v1", Percent(10_000)),))
    assert [route.timeout for route in (one, two, away, rest)] == [
        Written.NONE,
        Duration(5_000),
        None,
        Duration(5_000),
    ]
    assert [route.name for route in service.routes] == ["one", "two", "away", None]


def test_a_route_without_match_takes_the_rest_itself() -> None:
    service = web("services: {web: {port: 80, routes: [{name: all, service: other}]}}")

    assert [route.name for route in service.routes] == ["all"]


def test_callers_are_short_for_a_rule_under_default_deny() -> None:
    service = web("services: {web: {port: 80, callers: [api]}, api: {}}")

    (rule,) = service.rules
    api = OfService(ServiceKey("shop", "api"), (Account("shop", "api"),))
    assert service.default is Action.DENY
    assert (rule.name, rule.action) == ("callers", Action.ALLOW)
    assert rule.sources == (Source(who=api, excepts=()),)


def test_every_kind_of_caller() -> None:
    service = web(
        """
        services:
          web:
            port: 80
            authorization:
              default: deny
              rules:
                - name: all
                  from:
                    - serviceAccount: a/b
                    - {namespace: c, except: [{serviceAccount: c/d}]}
                    - authenticated: true
                    - cidr: 10.0.0.0/8
                    - caller: ingress
                    - except: [{cidr: 10.1.0.0/16}]
        """
    )

    assert service.rules[0].sources == (
        Source(who=OfAccount(Account("a", "b")), excepts=()),
        Source(who=OfNamespace("c"), excepts=(OfAccount(Account("c", "d")),)),
        Source(who=Authenticated(), excepts=()),
        Source(who=OfCidr("10.0.0.0/8"), excepts=()),
        Source(who=OfAccount(Account("edge", "gateway")), excepts=()),
        Source(who=OfNamespace("edge"), excepts=()),
        Source(who=None, excepts=(OfCidr("10.1.0.0/16"),)),
    )


def test_rules_of_the_document_hold_where_a_service_has_what_they_name() -> None:
    services = meaning(
        """
        authorization:
          default: deny
          rules:
            - {name: read, from: [api], to: [{methods: [GET]}]}
            - {name: metrics, from: [api], to: [{ports: [metrics]}]}
            - {name: any, from: [api]}
        services:
          api: {}
          web: {ports: [{port: 80}, {targetPort: 9090, name: metrics}]}
          data: {port: 6379, protocol: tcp, authorization: {rules: [{name: own, from: [web]}]}}
        """
    ).services

    found = {key.name: [rule.name for rule in service.rules] for key, service in services.items()}
    assert found == {"api": [], "web": ["read", "metrics", "any"], "data": ["own", "any"]}
    assert [service.default for service in services.values()] == [None, Action.DENY, Action.DENY]
    read, metrics, _ = services[ServiceKey("shop", "web")].rules
    assert read.targets[0].request.methods == (Method.GET,)
    assert [port.target for port in metrics.targets[0].request.ports] == [9090]


def test_modes_are_kept_by_container_port() -> None:
    service = web(
        """
        mtls: {mode: strict}
        services:
          web:
            ports: [{port: 80, targetPort: 8080}, {targetPort: 9090, name: metrics}]
            mtls: {ports: {metrics: permissive, "80": disabled}}
        """
    )

    assert service.mode is Mode.STRICT
    assert service.port_modes == {9090: Mode.PERMISSIVE, 8080: Mode.DISABLED}


def test_a_service_before_the_pods_of_another_has_their_policy() -> None:
    services = meaning(
        """
        mtls: {mode: strict}
        services:
          web: {port: 80, targetPort: 8080, serviceAccount: runner, selector: {run: web}, callers: [api]}
          public: {port: 8000, targetPort: 8080, podsOf: web}
          api: {}
        """
    ).services

    public, own = services[ServiceKey("shop", "public")], services[ServiceKey("shop", "web")]
    assert (public.selector, public.account, public.mode) == (own.selector, own.account, own.mode)
    assert (public.default, public.rules, public.accounts) == (own.default, own.rules, own.accounts)
    assert [port.number for port in public.ports] == [8000]


def test_known_callers_are_those_that_an_allow_rule_admits() -> None:
    found = meaning(
        """
        services:
          api: {}
          ops: {serviceAccount: runner}
          web: {port: 80, callers: [api]}
          open: {port: 80}
          any:
            port: 80
            authorization: {default: deny, rules: [{name: a, from: [{namespace: shop, except: [ops]}]}]}
        """
    )

    names = {
        key.name: [caller.key.name for caller in found.known_callers(service)]
        for key, service in found.services.items()
        if service.ports
    }
    assert names == {
        "web": ["api"],
        "open": ["any", "api", "ops", "web"],
        "any": ["api", "open", "web"],
    }


def test_what_reaches_beyond_the_services_is_kept_apart() -> None:
    found = meaning(
        """
        mtls: {mode: strict, scope: namespace}
        authorization: {default: deny}
        services: {web: {port: 80}}
        """
    )

    assert [(wide.namespace, wide.mode, wide.default) for wide in found.wide] == [("shop", Mode.STRICT, None)]
