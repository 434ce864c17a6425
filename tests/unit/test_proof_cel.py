"""CEL rules come to the verdict that Kubernetes comes to, and never pass by mistake."""

from __future__ import annotations

from typing import Any

import pytest

from tests.proof.cel import Failed, as_self, evaluate, is_transition
from tests.proof.grammar import duration_ns, is_cidr, is_ip, is_label_key
from tests.proof.rules import RuleOutcome, outcomes
from tests.proof.uri import scheme_of


@pytest.mark.parametrize(
    ("rule", "self", "expected"),
    [
        ("self.a == 1", {"a": 1}, True),
        ("self.a > 1.5", {"a": 1}, False),
        ("has(self.a) ? self.a : true", {}, True),
        ("self.b == 1", {"a": 1}, Failed('NOT_FOUND: Key not found in map : "b"')),
        ("duration(self) >= duration('1ms')", "999us", False),
        (
            "duration(self) >= duration('1ms')",
            "apple",
            Failed("INVALID_ARGUMENT: String to Duration conversion failed"),
        ),
        ("self.substring(2) == 'c' && self.split('b')[0] == 'a'", "abc", True),
        ("self.matches('^(?i)A.$')", "ab", True),
        ("isURL(self) && url(self).getScheme() in ['', 'http']", "http://a/b", True),
        ("url(self).getScheme() == 'http'", "a", Failed("OUT_OF_RANGE: 'a' is not a URL")),
        ("self.all(h, !isIP(h))", ["a", "1.2.3.4"], False),
        ("isIP(self)", "::ffff:1.2.3.4", False),
        ("isIP(self)", "fe80::1%eth0", False),
        ("isIP(self)", "fe80::1", True),
        ("format.dns1123Label().validate(self) == null", "web-1", True),
        ("format.dns1123Label().validate(self) == null", "Web", False),
        ("self", "text", Failed("the rule gives 'text', not a boolean")),
    ],
)
def test_a_rule_holds_or_not_or_fails_with_its_reason(
    rule: str, self: object, expected: bool | Failed
) -> None:
    assert expected == evaluate(rule, self)


@pytest.mark.parametrize("rule", ["self ==", "quantity(self) == 1"])
def test_a_rule_that_does_not_compile_fails(rule: str) -> None:
    assert isinstance(evaluate(rule, 1), Failed)


def test_a_rule_that_spends_the_engines_budget_fails() -> None:
    rule = "self.all(a, self.all(b, self.all(c, true)))"

    assert evaluate(rule, list(range(30))) == Failed("INTERNAL: Iteration budget exceeded [INTERNAL]")


def test_properties_are_escaped_and_keys_of_maps_are_not() -> None:
    schema: dict[str, Any] = {
        "properties": {
            "namespace": {"type": "string"},
            "x-a.b/c__d": {"type": "string"},
            "ratio": {"type": "number"},
            "labels": {"additionalProperties": {"type": "string"}},
            "list": {"items": {"properties": {"in": {"type": "boolean"}}}},
        }
    }
    value = {
        "namespace": "n",
        "x-a.b/c__d": "s",
        "ratio": 1,
        "labels": {"a-b": "c", "in": "d"},
        "list": [{"in": True}],
    }

    assert as_self(schema, value) == {
        "__namespace__": "n",
        "x__dash__a__dot__b__slash__c__underscores__d": "s",
        "ratio": 1.0,
        "labels": {"a-b": "c", "in": "d"},
        "list": [{"__in__": True}],
    }


def test_rules_are_evaluated_at_every_value_they_speak_of_but_for_transitions() -> None:
    item = {"x-kubernetes-validations": [{"rule": "self > 0", "message": "too small"}]}
    schema = {
        "items": {"type": "integer"} | item,
        "x-kubernetes-validations": [{"rule": "self == oldSelf"}, {"rule": "size(self) < 2"}],
    }

    assert list(outcomes(schema, [1, 0])) == [
        RuleOutcome(where="", message="failed rule: size(self) < 2"),
        RuleOutcome(where="[0]", message=""),
        RuleOutcome(where="[1]", message="too small"),
    ]


def test_a_rule_with_a_former_state_is_a_transition() -> None:
    assert is_transition("self == oldSelf")
    assert not is_transition("self.oldSelfish == 1")


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("http://example.com", "http"),
        ("HTTPS://user:pw@example.com:8443/a?b=%zz", "https"),
        ("http://[::1]:80/", "http"),
        ("http://[fe80::1%25en0]/", "http"),
        ("mailto:someone", "mailto"),
        ("/path", ""),
        ("//path", ""),
        ("*", ""),
        ("", None),
        ("path", None),
        (":80/", None),
        ("1http://a", None),
        ("http://a b/", None),
        ("http://a/%zz", None),
        ("http://a:b/", None),
        ("http://u%zz@a/", None),
        ("http://[::1/", None),
        ("http://a/\n", None),
    ],
)
def test_urls_are_read_as_gos_request_uris(text: str, scheme: str | None) -> None:
    assert scheme == scheme_of(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1m30s", 90 * 10**9),
        ("1.5s", 1_500_000_000),
        (".5ms", 500_000),
        ("1.s", 10**9),
        ("1µs", 1_000),
        ("-1s", -(10**9)),
        ("+0", 0),
        ("0", 0),
        ("", None),
        ("1", None),
        ("1d", None),
        ("1s 2ms", None),
        (".s", None),
    ],
)
def test_durations_are_read_as_go_reads_them(text: str, expected: int | None) -> None:
    assert expected == duration_ns(text)


def test_addresses_ranges_and_label_keys_are_told_from_what_looks_like_them() -> None:
    assert [is_ip(text) for text in ("1.2.3.4", "::1", "1.2.3", "fe80::1%eth0")] == [True, True, False, False]
    assert [is_cidr(text) for text in ("1.2.3.0/24", "::/0", "1.2.3.4", "1.2.3.0/33", "1.2.3.0/024")] == [
        *(True, True, False, False, False)
    ]
    assert [is_label_key(text) for text in ("app", "a.b/c", "/c", "a_b/c", "-a")] == [
        *(True, True, False, False, False)
    ]
