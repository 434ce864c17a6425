"""Of the words that are known, the nearest one is offered."""

from __future__ import annotations

import pytest

from meshgen.diagnostics import near_miss

MANY = [f"service-{number}" for number in range(10_000)]


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("timout", ["retries", "timeout"], "did you mean 'timeout'?"),
        ("statuscode", ["statusCode"], "did you mean 'statusCode'?"),
        ("sidecar", ["retries", "timeout"], ""),
        ("anything", [], ""),
        ("service-123x", MANY, "did you mean 'service-123'?"),
        ("Service-9999", MANY, "did you mean 'service-9999'?"),
        ("service-10000", MANY, "did you mean 'service-1000'?"),
        ("zebra", MANY, ""),
    ],
)
def test_the_nearest_word_is_offered_if_it_is_near(word: str, known: list[str], hint: str) -> None:
    assert near_miss(word, known) == hint
