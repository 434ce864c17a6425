"""Lengths of time, which the definitions bound below and the webhook asks for in whole milliseconds."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission.terms import AGENT, Body, Rule, quoted
from meshgen.diagnostics import Code
from meshgen.grammar import MILLISECOND, SECOND, duration_ns
from meshgen.resources import Complaint, Path

DURATION = Code(
    number="MG441",
    slug="istio-duration",
    meaning="A length of time is finer than Istio keeps it, or none that it reads.",
)
_RULE = Rule(DURATION, AGENT)


def refused(path: Path, body: Body, *keys: str) -> Iterator[Complaint]:
    """Ask for whole milliseconds; that there is one at least is a rule of the definition."""
    for key in keys:
        length = duration_ns(body[key]) if key in body else None
        if length is not None and length >= MILLISECOND and length % MILLISECOND:
            yield _RULE.broken(
                (*path, key),
                f"{quoted(body[key])} is no whole number of milliseconds",
                "write 1.5s or 1500ms",
            )


def refused_age(path: Path, body: Body, key: str) -> Iterator[Complaint]:
    """Ask for whole seconds."""
    length = duration_ns(body[key]) if key in body else None
    if length is not None and length >= MILLISECOND and length % SECOND:
        yield _RULE.broken(
            (*path, key), f"{quoted(body[key])} is no whole number of seconds", "browsers count in seconds"
        )


def refused_or_none(path: Path, body: Body, key: str) -> Iterator[Complaint]:
    """Ask for whole milliseconds or 0 of a field that the definition does not look at."""
    if key not in body:
        return
    length = duration_ns(body[key])
    if length is None or length < 0 or length % MILLISECOND:
        yield _RULE.broken(
            (*path, key),
            f"{quoted(body[key])} is not a duration of whole milliseconds",
            "write 1.5s, or 0s for none",
        )
