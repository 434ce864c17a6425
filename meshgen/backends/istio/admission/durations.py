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
    """Ask for whole milliseconds or none, of a field that the definition does not look at."""
    length = duration_ns(body[key]) if key in body else 0
    # upstream counts milliseconds first, so that less than one is none
    if length is None or (abs(length) >= MILLISECOND and (length < 0 or length % MILLISECOND)):
        hint = "write 1.5s, or 0s for none"
        yield _RULE.broken((*path, key), f"{quoted(body[key])} is no whole number of milliseconds", hint)


def refused_text(path: Path, body: Body, key: str) -> Iterator[Complaint]:
    """Ask for a duration of any length, of a field that the definition does not look at."""
    if key in body and duration_ns(body[key]) is None:
        yield _RULE.broken((*path, key), f"{quoted(body[key])} is not a duration", "write 1.5s or 1h30m")
