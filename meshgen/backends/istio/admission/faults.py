"""Faults that a route injects."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission import durations
from meshgen.backends.istio.admission.terms import WEBHOOK, Body, Rule, quoted
from meshgen.diagnostics import Code, near_miss
from meshgen.intent.traffic import GrpcStatus
from meshgen.resources import Complaint, Path

FAULT = Code(
    number="MG436",
    slug="istio-fault",
    meaning="A fault cannot be injected as it is written.",
)
_RULE = Rule(FAULT, WEBHOOK)
_LEAST_PERCENT = 0.0001
_GRPC = frozenset(status.value.upper().replace("-", "_") for status in GrpcStatus)


def refused(path: Path, route: Body) -> Iterator[Complaint]:
    """Hold a fault against clause 11."""
    if "fault" not in route:
        return
    fault, at = route["fault"], (*path, "fault")
    if "abort" not in fault and "delay" not in fault:
        yield _RULE.broken(at, "the fault has neither abort nor delay", "write one of them")
    if "abort" in fault:
        yield from _abort((*at, "abort"), fault["abort"])
    if "delay" in fault:
        yield from _delay((*at, "delay"), fault["delay"])


def _abort(path: Path, abort: Body) -> Iterator[Complaint]:
    yield from _percentage(path, abort)
    if "grpcStatus" in abort:
        status = abort["grpcStatus"]
        if status not in _GRPC:
            hint = near_miss(status, _GRPC) or "write a name such as UNAVAILABLE"
            yield _RULE.broken((*path, "grpcStatus"), f"{quoted(status)} is not a status of gRPC", hint)
    elif "http2Error" in abort:
        yield _RULE.broken((*path, "http2Error"), "Istio injects no errors of HTTP/2", "write httpStatus")
    elif "httpStatus" in abort:
        yield from no_status(_RULE, (*path, "httpStatus"), abort["httpStatus"])
    else:
        yield _RULE.doubtful(path, "the abort has no error, so nothing is aborted", "write httpStatus")


def _delay(path: Path, delay: Body) -> Iterator[Complaint]:
    yield from _percentage(path, delay)
    if "exponentialDelay" in delay:
        yield _RULE.broken((*path, "exponentialDelay"), "Istio has no exponential delays", "write fixedDelay")
    yield from durations.refused(path, delay, "fixedDelay")


def _percentage(path: Path, fault: Body) -> Iterator[Complaint]:
    percent = fault.get("percentage", {}).get("value", 0)
    if percent != 0 and not _LEAST_PERCENT <= percent <= 100:
        yield _RULE.broken(
            (*path, "percentage", "value"), f"{percent} is not a percentage", "write 0, or 0.0001 to 100"
        )


def no_status(rule: Rule, path: Path, status: int) -> Iterator[Complaint]:
    """Ask for a status of HTTP that a proxy answers with."""
    if not 200 <= status <= 600:
        yield rule.broken(path, f"{status} is not a status that Istio answers with", "write 200 to 599")
