"""What the webhook's clauses say of values that no case can hold, or of which there are many."""

from __future__ import annotations

from typing import Any

import pytest

from meshgen.backends.istio.admission import refused
from meshgen.backends.istio.admission.terms import is_fqdn, is_wildcard_domain, quoted
from meshgen.backends.istio.hosts import Hosts, full
from meshgen.backends.istio.profiles import PROFILES
from meshgen.resources import Resource, spell

(ISTIO,) = PROFILES


def told(kind: str, spec: dict[str, Any], *, group: str = "networking.istio.io") -> list[str]:
    """Hold an object against its clauses, and write what is found a line each."""
    metadata = {"name": "reviews", "namespace": "shop"}
    body = {"apiVersion": f"{group}/v1", "kind": kind, "metadata": metadata, "spec": spec}
    found = refused(Resource.of(body), ISTIO)
    return [f"{each.gravity.value} {spell(each.path)}: {each.message}" for each in found]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"string": "a" * 100 * 1024}, []),
        ({"string": "a" * (100 * 1024 + 1)}, ["102401 bytes, which slows the control plane"]),
        ({"string": "ä" * 512 * 1024}, ["1048576 bytes, which slows the control plane"]),
        ({"string": "ä" * 512 * 1024 + "a"}, ["1048577 bytes, more than a megabyte"]),
        ({"bytes": "AAAA" * 34_200}, ["102600 bytes, which slows the control plane"]),
        ({"bytes": "AAAA"}, []),
    ],
    ids=["small", "large", "a megabyte", "more", "large in base64", "small in base64"],
)
def test_a_body_is_doubted_beyond_100_kib_and_refused_beyond_a_megabyte(
    body: dict[str, str], expected: list[str]
) -> None:
    spec = {"hosts": ["reviews"], "http": [{"directResponse": {"status": 200, "body": body}}]}

    found = told("VirtualService", spec)

    assert [line.partition("the body has ")[2] for line in found] == expected


@pytest.mark.parametrize(
    ("host", "fqdn", "wildcard"),
    [
        ("reviews.bookinfo.svc.cluster.local", True, True),
        ("Reviews.", True, True),
        ("reviews", True, True),
        ("*", False, True),
        ("*.", False, True),
        ("*.a.b", False, True),
        ("*-a.b", False, True),
        ("*a.b", False, True),
        ("a*.b", False, False),
        ("a.*.b", False, False),
        ("1.2", False, False),
        ("7", False, True),
        ("7.", True, True),
        (".", False, False),
        ("a..b", False, False),
        ("", False, False),
        ("a_b", False, False),
        ("-a", False, False),
        ("a-", False, False),
        (f"{'a' * 64}.b", False, False),
        (".".join(["a" * 63] * 4) + ".b", False, False),
    ],
)
def test_domains_are_told_from_what_looks_like_them(host: str, fqdn: bool, wildcard: bool) -> None:
    assert (is_fqdn(host), is_wildcard_domain(host)) == (fqdn, wildcard)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("a.example.com", "*.example.com"),
        ("b.a.example.com", "*.a.example.com"),
        ("*.a.example.com", "*.a.example.com"),
        ("*.b.example.com", "*.example.com"),
        ("example.com", None),
        ("x.org", "x.org"),
        ("y.org", None),
    ],
)
def test_a_host_is_covered_by_itself_or_by_the_longest_wildcard(host: str, expected: str | None) -> None:
    known = Hosts(["*.example.com", "*.a.example.com", "x.org"])

    assert known.covering(host) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("reviews", "reviews.shop.svc.mesh.local"),
        ("reviews.shop", "reviews.shop"),
        ("*", "*"),
        ("*-a", "*-a"),
        ("::1", "::1"),
    ],
)
def test_a_short_host_is_completed_by_the_namespace_of_its_object(host: str, expected: str) -> None:
    assert full(host, "shop", "mesh.local") == expected


def test_of_a_long_value_the_beginning_is_shown() -> None:
    assert quoted("a" * 60) == repr("a" * 60)
    assert quoted("a" * 61) == f"{'a' * 60!r}..."


def test_weights_that_sum_to_other_than_100_are_shares() -> None:
    routes = [{"destination": {"host": "reviews", "subset": f"v{n}"}, "weight": n} for n in (70, 20)]

    assert told("VirtualService", {"hosts": ["reviews"], "http": [{"route": routes}]}) == []


def test_objects_of_others_and_kinds_without_clauses_are_let_be() -> None:
    assert told("VirtualService", {}, group="networking.example.com") == []
    assert told("EnvoyFilter", {}) == []


def test_keys_nested_beyond_reading_are_no_keys() -> None:
    rules = [{"issuer": "a", "jwks": "[" * 100_000}]

    assert told("RequestAuthentication", {"jwtRules": rules}, group="security.istio.io") == [
        "error spec.jwtRules[0].jwks: the keys are not JSON"
    ]
