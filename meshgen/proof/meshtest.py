"""Tests of a set: each request asked of the intent, or of a mesh's manifests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from meshgen.diagnostics import Code, Diagnostic
from meshgen.intent.outcome.call import Call
from meshgen.intent.outcome.calling import called
from meshgen.intent.outcome.evaluator import Evaluator
from meshgen.intent.outcome.facets import Facet, Outcome, Step, Value, Verdict
from meshgen.intent.outcome.wording import plain, worded
from meshgen.intent.resolved import ResolvedSet
from meshgen.intent.testing import MeshTest, Test
from meshgen.proof.comparing import agree
from meshgen.proof.expecting import expected
from meshgen.proof.senders import Surroundings, Unclear, calls
from meshgen.proof.telling import based

FAILED = Code(
    number="MG606", slug="test-failed", meaning="What becomes of a request is not what a test expects."
)
UNCLEAR = Code(
    number="MG607", slug="unclear-test", meaning="A test names what is not there, so it cannot be run."
)
NOT_COVERED = Code(
    number="MG608",
    slug="not-covered",
    meaning="Tests reach fewer routes and rules than is asked for with --fail-under.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One request of one test on one side."""

    document: str  # the name of the MeshTest
    test: Test
    side: str  # "intent", or the profile's name
    call: Call | None  # None: it could not be made up
    failures: tuple[Diagnostic, ...]

    @property
    def title(self) -> str:
        """Name it for people."""
        return f"{self.test.name} [{self.side}]" + ("" if self.call is None else f": {called(self.call)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Rules that are tested."""

    name: str  # "intent", or the profile's name
    evaluator: Evaluator
    known: Surroundings


def run(tests: Iterable[MeshTest], subject: Subject, *, only: str | None = None) -> Iterator[Ran]:
    """Ask a subject of every call of every test, of those alone whose name holds `only`."""
    for document in tests:
        known = subject.known
        if document.metadata.namespace is not None:
            known = replace(known, namespace=document.metadata.namespace)
        for test in document.spec.tests:
            if only is None or only in test.name:
                yield from _test(document.metadata.name, test, subject, known)


class Ran(NamedTuple):
    """A result, and the outcome that it was read from."""

    result: Result
    outcome: Outcome | None


def _test(document: str, test: Test, subject: Subject, known: Surroundings) -> Iterator[Ran]:
    try:
        for call in calls(test, known):
            outcome = subject.evaluator.outcome(call)
            asked = expected(test.expect, call, known)
            failures = tuple(_failures(test, asked, outcome, call, subject.name))
            result = Result(document=document, test=test, side=subject.name, call=call, failures=failures)
            yield Ran(result, outcome)
    except Unclear as unclear:
        failure = Diagnostic(
            code=UNCLEAR,
            message=f"{test.name}: {unclear}",
            span=test.span(*unclear.path),
            severity=UNCLEAR.severity,
            field=".".join(unclear.path),
            hint=unclear.hint or None,
        )
        result = Result(document=document, test=test, side=subject.name, call=None, failures=(failure,))
        yield Ran(result, None)


def _failures(
    test: Test, asked: Mapping[Facet, Value], outcome: Outcome, call: Call, side: str
) -> Iterator[Diagnostic]:
    verdict = outcome.facets.get(Facet.VERDICT)
    if Facet.VERDICT not in asked and verdict is not None and verdict.value is not Verdict.ALLOWED:
        # Nothing else becomes of a request that does not get through.
        asked = {Facet.VERDICT: Verdict.ALLOWED}
    for facet, value in asked.items():
        step = outcome.facets.get(facet)
        if step is None or not agree(value, step.value):
            wanted = f"{called(call)}: {facet.value} should be {plain(worded(facet, value))}"
            yield _failure(test, facet, step, wanted, side)


def _failure(test: Test, facet: Facet, step: Step | None, wanted: str, side: str) -> Diagnostic:
    group = facet.group if facet is not Facet.PATH else "path"
    who = "the intent" if side == "intent" else side
    if step is None:
        got = "says nothing of it" if side == "intent" else "has none"
    else:
        got = f"says {plain(worded(facet, step.value))} ({based(step.basis)})"
    return Diagnostic(
        code=FAILED,
        message=f"{test.name}: {wanted}, and {who} {got}",
        span=test.expect.span(group),
        severity=FAILED.severity,
        field=f"expect.{group}",
        mesh=None if side == "intent" else side,
        source=None if step is None else step.basis.source or None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Routes and rules of an intent, and those that decided about a request of a test."""

    every: tuple[str, ...]
    reached: frozenset[str]

    @property
    def percent(self) -> int:
        """Whole percents that are reached, rounded down; 100 where there is nothing to reach."""
        return 100 * len(self.reached) // len(self.every) if self.every else 100

    @property
    def missed(self) -> tuple[str, ...]:
        """What no test reaches, in the order of the intent."""
        return tuple(name for name in self.every if name not in self.reached)


def coverage(meant: ResolvedSet, outcomes: Sequence[Outcome]) -> Coverage:
    """Count the routes and rules that are written and decided about a request."""
    names = dict(_decisive(meant))
    deciding = (step.basis.of for outcome in outcomes for step in outcome.steps)
    reached = frozenset(names[id(each)] for each in deciding if id(each) in names)
    return Coverage(every=tuple(dict.fromkeys(names.values())), reached=reached)


def _decisive(meant: ResolvedSet) -> Iterator[tuple[int, str]]:
    """Name what decides, by identity: rules of `spec` stand on each service that inherits them."""
    for service in meant.services.values():
        for route in service.written.routes:
            yield id(route), f"{service.key} route {route.name}"
        authorization = service.written.authorization
        for rule in () if authorization is None else authorization.rules:
            yield id(rule), f"{service.key} rule {rule.name}"


def not_covered(found: Coverage, least: int) -> Diagnostic | None:
    """Report MG608 where fewer percents are reached than are asked for."""
    if found.percent >= least:
        return None
    return Diagnostic(
        code=NOT_COVERED,
        message=f"tests reach {found.percent} % of {len(found.every)} routes and rules, less than {least} %",
        severity=NOT_COVERED.severity,
        hint=f"no test reaches {', '.join(found.missed[:5])}",
    )
