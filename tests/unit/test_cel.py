"""CEL rules come to the verdict that Kubernetes comes to; what cannot be evaluated never passes."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from meshgen.crd.cel import Bound, Failed, describe, evaluate, is_transition
from meshgen.crd.rules import RULE_NOT_EVALUATED, Verdicts
from meshgen.resources import Complaint

SPENT = Failed("it takes more than the 10,000 turns that the engine has")
UNREADABLE = Failed("the engine cannot read a text with NUL or half a surrogate pair in it")
TOO_LARGE = Failed("the value is too large for a rule that looks at each of its parts")


def refused(why: str) -> Failed:
    return Failed(why, is_refusal=True)


def nested(depth: int) -> list[Any]:
    return [nested(depth - 1)] if depth else []


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        ("self.a == 1", {"a": 1}, True),
        ("self.a > 1.5", {"a": 1}, False),
        ("has(self.a) ? self.a : true", {}, True),
        ("has(self.a) && self.a == null", {"a": None}, True),
        ("self.b == 1", {"a": 1}, refused('Key not found in map : "b"')),
        ("self[1] == 1", [1], refused("Index error: index=1 size=1")),
        ("1 / self == 1", 0, refused("divide by zero")),
        ("self > 'a'", 1, refused("No matching overloads found : _>_(int64, string)")),
        ("self == 1", 2**63, False),
        ("self == 1", 2**70, refused("Integer value '1180591620717411303424' out of range for 'self'.")),
        ("duration(self) >= duration('1ms')", "999us", False),
        ("duration(self) >= duration('1ms')", "apple", refused("String to Duration conversion failed")),
        ("self.substring(2) == 'c' && self.split('b')[0] == 'a'", "abc", True),
        ("self.matches('^(?i)A.$')", "ab", True),
        ("self.size() == 2", "é🙂", True),
        ("self.?a.orValue(1) == 1", {}, True),
        ("isURL(self) && url(self).getScheme() in ['', 'http']", "http://a/b", True),
        ("url(self).getScheme() == 'http'", "a", refused("'a' is not a URL")),
        ("self.all(h, !isIP(h))", ["a", "1.2.3.4"], False),
    ],
)
def test_a_rule_holds_or_not_or_errs_as_on_an_api_server(rule: str, value: object, expected: object) -> None:
    assert expected == evaluate(rule, Bound(value=value))


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        ("self", "text", Failed("it gives 'text', not a boolean")),
        (
            "semver(self) == self",
            "1.0.0",
            Failed("it does not compile here: undeclared reference to 'semver'"),
        ),
        ("self.all(i, v, i < v)", [1], Failed("it does not compile here: undeclared reference to 'i'")),
        (
            "self.indexOf(1) == 0",
            [1],
            Failed("it does not compile here: found no matching overload for 'indexOf'"),
        ),
        ("self.indexOf('a') == 0", ["a"], Failed("No matching overloads found : (list).indexOf(string)")),
        ("self == 'a'", "a\0b", UNREADABLE),
        ("self.a == 'é\0'", {"a": "é\0"}, UNREADABLE),
        ("self == 'a'", "\ud800", UNREADABLE),
        ("'a' in self", {"a\0": 1}, UNREADABLE),
        ("size(self) == 1", nested(59), True),
        ("size(self) == 1", nested(60), Failed("the value nests deeper than 60 levels")),
        ("self.all(a, a in self)", list(range(5_999)), True),
        ("self.all(a, a in self)", list(range(6_000)), TOO_LARGE),
        ("self.map(a, self + self).size() > 0", list(range(1_000)), TOO_LARGE),
        ("self.all(a, a.matches('a*b'))", ["a" * 400_000], TOO_LARGE),
        ("self.matches('(a*)*b')", "a" * 400_000, False),
    ],
)
def test_what_is_beyond_the_engine_is_told_from_what_is_wrong(
    rule: str, value: object, expected: object
) -> None:
    verdict = evaluate(rule, Bound(value=value))

    if isinstance(verdict, Failed):
        verdict = Failed(
            verdict.why.partition(" (in container")[0].partition(" applied to")[0], verdict.is_refusal
        )
    assert expected == verdict


def test_a_rule_that_is_no_rule_fails() -> None:
    verdict = evaluate("self ==", Bound(value=1))

    assert isinstance(verdict, Failed)
    assert verdict.why.startswith("it does not compile here: Syntax error: mismatched input '<EOF>'")


NUMBERS = list(range(256))
UNIQUE = "self.all(a, self.exists_one(b, a == b))"


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        (UNIQUE, NUMBERS, True),
        (UNIQUE, [*NUMBERS, 7], False),
        (UNIQUE, list(range(5_000)), SPENT),
        ("self.all(a, self.exists_one(b, a == b && 1 / a > -1))", NUMBERS, refused("divide by zero")),
        ("self.all(a, self.exists_one(b, a == b && 1 / a > -1))", [*NUMBERS, 7], False),
        ("self.all(a, self.map(b, a)[0] + a)", list(range(101)), Failed("it gives 0, not a boolean")),
        ("self.all(a, self.all(b, true)) && self.all(a, self.all(b, true))", NUMBERS, SPENT),
        ("self.all(a, self.all(b, self.all(c, true)))", NUMBERS, SPENT),
        ("self.exists(a, self.exists(b, a + b < 0))", NUMBERS, SPENT),
        ("self.all(a, self.all(b, true))", {str(number): number for number in NUMBERS}, SPENT),
    ],
)
def test_a_rule_about_all_items_is_asked_item_by_item_once_the_engine_gives_up(
    rule: str, value: object, expected: object
) -> None:
    assert expected == evaluate(rule, Bound(value=value))


def test_a_message_is_one_line_of_text_or_none() -> None:
    bound = Bound(value="x")

    described = [describe(text, bound) for text in ("' is ' + self + '\\n'", "'a\\nb'", "1", "' '", "self.a")]

    assert described == ["is x", None, None, None, None]


def test_a_rule_with_a_former_state_is_a_transition() -> None:
    assert is_transition("self == oldSelf")
    assert not is_transition("self.oldSelfish == 1")


NO_WHEEL = """
import sys
sys.modules["cel_expr_python"] = None
from meshgen.crd.cel import Bound, evaluate
from meshgen.crd.rules import check
from meshgen.crd.served import ServedKind
rules = [{"rule": "true"}, {"rule": "self"}]
schema = {"type": "string", "x-kubernetes-validations": rules}
print(evaluate("true", Bound(value=1)))
print(check(ServedKind(group="", version="v1", kind="K", is_namespaced=True, schema=schema), "x"))
"""


def test_without_the_engine_no_rule_passes_and_one_finding_says_so() -> None:
    run = subprocess.run([sys.executable, "-c", NO_WHEEL], capture_output=True, text=True, check=True)

    failed = Failed("cel-expr-python is not available for this platform")
    complaint = Complaint(
        code=RULE_NOT_EVALUATED,
        message="no rule of K was evaluated: cel-expr-python is not available for this platform",
        hint="validate on Linux with glibc, macOS or Windows x86-64, with CPython 3.11 to 3.14",
    )
    assert run.stdout.splitlines() == [repr(failed), repr(Verdicts(complaints=(complaint,), evaluations=0))]
