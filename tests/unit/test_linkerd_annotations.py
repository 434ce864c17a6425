"""Annotations of any length are read, and cost no more than their reading."""

from __future__ import annotations

import pytest

from meshgen.backends.linkerd import BACKEND
from meshgen.backends.linkerd.profiles import PROFILES
from meshgen.resources import Resource

LIMIT = "retry.linkerd.io/limit"
TIMEOUT = "timeout.linkerd.io/request"
FAILURES = "balancer.linkerd.io/failure-accrual-consecutive-max-failures"


def refused(annotations: dict[str, str]) -> list[str]:
    metadata = {"name": "reviews", "namespace": "shop", "annotations": annotations}
    service = Resource.of({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {}})
    return [complaint.message for complaint in BACKEND.admission(service, PROFILES[0])]


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        (LIMIT, "9" * 5_000, "is not a number of retries"),
        (TIMEOUT, "9" * 5_000 + "s", "is not a duration of one unit"),
        (FAILURES, "9" * 5_000, "is not a number"),
    ],
    ids=["limit", "timeout", "failures"],
)
def test_a_number_of_any_length_is_refused(key: str, value: str, why: str) -> None:
    annotations = {"balancer.linkerd.io/failure-accrual": "consecutive", key: value}

    assert refused(annotations) == [f"{value!r} {why}"]


def test_zeros_in_front_of_a_number_do_not_count() -> None:
    zeros = "0" * 5_000

    breaker = {"balancer.linkerd.io/failure-accrual": "consecutive", FAILURES: zeros}

    assert refused({LIMIT: f"{zeros}3", TIMEOUT: f"+{zeros}3s", **breaker}) == []
