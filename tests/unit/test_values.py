"""Durations and percentages: what is read, what is refused, and the one way they are printed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshgen.values import DNS_LABEL, DNS_NAME, PORT, Duration, Percent


@pytest.mark.parametrize(
    ("text", "ms"),
    [("5s", 5_000), ("500ms", 500), ("1.5s", 1_500), ("1m30s", 90_000), ("2h", 7_200_000), ("0.001s", 1)],
)
def test_a_duration_is_read_in_milliseconds(text: str, ms: int) -> None:
    assert Duration.parse(text) == Duration(ms)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("5", "'5' is not a duration such as 500ms, 1.5s or 1m30s"),
        ("5 s", "'5 s' is not a duration such as 500ms, 1.5s or 1m30s"),
        ("-1s", "'-1s' is not a duration such as 500ms, 1.5s or 1m30s"),
        ("1d", "'1d' is not a duration such as 500ms, 1.5s or 1m30s"),
        ("5s\n", "'5s\\n' is not a duration such as 500ms, 1.5s or 1m30s"),
        ("1.5ms", "'1.5ms' is no whole number of milliseconds"),
        ("0s", "'0s' is no time at all"),
        ("9000h", "'9000h' is longer than a year"),
        (
            "1.000000000000000000000000000001s",
            (
                "'1.000000000000000000000000000001s' has 33 characters; "
                "a duration such as 500ms, 1.5s or 1m30s has at most 24"
            ),
        ),
        (
            f"{'9' * 1_000_001}s",
            f"'{'9' * 40}' has 1000002 characters; a duration such as 500ms, 1.5s or 1m30s has at most 24",
        ),
    ],
)
def test_what_is_no_duration_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        Duration.parse(text)

    assert str(refused.value) == reason


@given(st.integers(min_value=1, max_value=Duration.longest_ms))
def test_a_printed_duration_is_read_back(ms: int) -> None:
    assert Duration.parse(str(Duration(ms))) == Duration(ms)


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (1, "1ms"),
        (1_000, "1s"),
        (1_050, "1.05s"),
        (60_000, "1m"),
        (3_600_500, "1h500ms"),
        (5_400_000, "1h30m"),
    ],
)
def test_a_duration_is_printed_in_one_form(ms: int, text: str) -> None:
    assert str(Duration(ms)) == text


@pytest.mark.parametrize(("text", "hundredths"), [("0", 0), ("20", 2_000), ("0.25", 25), ("100", 10_000)])
def test_a_percentage_is_kept_in_hundredths(text: str, hundredths: int) -> None:
    assert Percent.parse(text) == Percent(hundredths)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("80%", "'80%' is not a percentage from 0 to 100 with at most two decimals"),
        ("1e1", "'1e1' is not a percentage from 0 to 100 with at most two decimals"),
        ("0.125", "'0.125' has more than two decimals"),
        ("101", "'101' is more than 100 percent"),
        (
            "9" * 1_000_001,
            (
                f"'{'9' * 40}' has 1000001 characters; "
                "a percentage from 0 to 100 with at most two decimals has at most 24"
            ),
        ),
    ],
)
def test_what_is_no_percentage_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        Percent.parse(text)

    assert str(refused.value) == reason


@given(st.integers(min_value=0, max_value=10_000))
def test_a_printed_percentage_is_read_back(hundredths: int) -> None:
    percent = Percent(hundredths)

    assert Percent.parse(str(percent)) == percent
    assert percent.number == hundredths / 100
    assert isinstance(percent.number, int) == (hundredths % 100 == 0)


@pytest.mark.parametrize("text", ["a", "reviews", "a-1", "x" * 63])
def test_a_dns_label_may_be(text: str) -> None:
    assert DNS_LABEL.check(text) is None


@pytest.mark.parametrize("text", ["", "A", "-a", "a-", "a.b", "a_b", "a\n"])
def test_a_dns_label_may_not_be(text: str) -> None:
    assert DNS_LABEL.check(text) == f"{text!r} is not {DNS_LABEL.what}"


def test_a_label_has_at_most_63_characters() -> None:
    expected = f"{'x' * 40!r} has 64 characters; {DNS_LABEL.what} has at most 63"

    assert DNS_LABEL.check("x" * 64) == expected


def test_a_dns_name_joins_labels_by_dots() -> None:
    assert DNS_NAME.check("a.b-c.d") is None
    assert DNS_NAME.check("a..b") is not None


@pytest.mark.parametrize(("number", "is_port"), [(0, False), (1, True), (65_535, True), (65_536, False)])
def test_a_port_is_a_number_between_its_bounds(number: int, is_port: bool) -> None:
    assert (PORT.check(number) is None) == is_port
