"""The grammars that meshes share take what Go and Kubernetes take, at the cost of reading it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from meshgen.grammar import (
    duration_ns,
    is_cidr,
    is_dns_label,
    is_dns_subdomain,
    is_ip,
    is_label_key,
    is_label_value,
    is_port,
    is_re2,
    is_token,
    re2_refusal,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("-0", 0),
        ("+1s", 10**9),
        ("-1s", -(10**9)),
        ("1h30m", 5_400 * 10**9),
        ("1.5s", 1_500_000_000),
        (".5s", 500_000_000),
        ("1.s", 10**9),
        ("1ms1us1ns", 1_001_001),
        ("1µs", 1_000),
        ("1.9ns", 1),
        ("2562047h", 2_562_047 * 3_600 * 10**9),
        ("2562048h", None),
        ("9" * 5_000 + "s", None),
        ("0." + "1" * 5_000 + "s", 111_111_111),
        ("", None),
        ("+", None),
        ("1", None),
        ("s", None),
        (".s", None),
        ("1d", None),
        ("1s ", None),
        ("1 s", None),
        ("١s", None),
        ("1" * 1_000_000, None),
        ("1s" * 100_000 + "x", None),
    ],
    ids=lambda value: str(value)[:12],
)
def test_durations_are_read_as_go_reads_them(text: str, expected: int | None) -> None:
    assert expected == duration_ns(text)


@pytest.mark.parametrize(
    ("tells", "texts", "others"),
    [
        (is_dns_label, ["a", "web-1", "a" * 63], ["", "Web", "-a", "a-", "a.b", "a" * 64, "a\n"]),
        (is_dns_subdomain, ["a", "a.b-1", "a" * 253], ["", "a..b", "A.b", "a" * 254]),
        (is_token, ["x-user", "X_1!", "5"], ["", "a b", "a:b", ":path", "ü"]),
        (is_label_key, ["app", "a.b/c_D", "1"], ["", "/a", "a/", "a/b/c", "A/b", "-a", "a" * 64]),
        (is_label_value, ["", "v1", "A_b.c"], ["-", "a/b", "a ", "a" * 64]),
        (is_ip, ["1.2.3.4", "::1", "fe80::1"], ["", "1.2.3", "01.2.3.4", "fe80::1%eth0", "a"]),
        (is_cidr, ["1.2.3.4/0", "10.0.0.1/32", "::/128"], ["1.2.3.4", "1.2.3.4/33", "::/129", "1.2.3.4/08"]),
        (is_re2, ["", "a.*", "(?i)a"], ["*", "(?=a)", "(", r"(a)\1"]),
    ],
)
def test_a_grammar_takes_its_texts_and_no_others(
    tells: Callable[[str], bool], texts: list[str], others: list[str]
) -> None:
    assert [text for text in texts if not tells(text)] == []
    assert [text for text in others if tells(text)] == []


def test_ports_are_those_that_something_can_listen_on() -> None:
    assert [number for number in (-1, 0, 1, 65_535, 65_536) if is_port(number)] == [1, 65_535]


def test_re2_says_what_it_does_not_read() -> None:
    assert re2_refusal("a(?=b)") == "invalid perl operator: (?="
    assert re2_refusal("ab") is None
