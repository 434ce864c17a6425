"""A Telemetry: what is traced, counted and logged, and who is told."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission import durations, selectors
from meshgen.backends.istio.admission.terms import WEBHOOK, Body, Rule, each, named
from meshgen.crd.cel import Bound, Failed, evaluate
from meshgen.diagnostics import Code
from meshgen.resources import Complaint, Path, Resource

TELEMETRY = Code(
    number="MG455",
    slug="istio-telemetry",
    meaning="A Telemetry traces, counts or logs what Istio does not tell apart.",
)
_RULE = Rule(TELEMETRY, WEBHOOK)
_SPEC: Path = ("spec",)


def refused(resource: Resource) -> Iterator[Complaint]:
    """Hold a Telemetry against its clauses."""
    spec = resource.spec
    yield from selectors.refused(spec)
    yield from _tracing(spec)
    for path, metrics in each(spec, _SPEC, "metrics"):
        yield from durations.refused(path, metrics, "reportingInterval")
        for at, override in each(metrics, path, "overrides"):
            if "" in override.get("tagOverrides", {}):
                yield _RULE.doubtful((*at, "tagOverrides"), "the name of a tag is empty", "name the tag")
    for path, logging in each(spec, _SPEC, "accessLogging"):
        yield from _filter((*path, "filter", "expression"), logging.get("filter", {}))


def _tracing(spec: Body) -> Iterator[Complaint]:
    if len(spec.get("tracing") or ()) > 1:
        yield _RULE.doubtful(
            (*_SPEC, "tracing"), "Istio reads one entry of tracing alone", "join the entries"
        )
    for path, tracing in each(spec, _SPEC, "tracing"):
        if len(tracing.get("providers") or ()) > 1:
            yield _RULE.doubtful(
                (*path, "providers"), "Istio traces to one provider alone", "name one provider"
            )
        for at, name, _ in named(tracing, path, "customTags"):
            if name == "":
                yield _RULE.broken(at, "the name of a tag is empty", "name the tag")


def _filter(path: Path, logged: Body) -> Iterator[Complaint]:
    if "expression" not in logged:
        return
    if (why := _unreadable(logged["expression"])) is not None:
        yield _RULE.broken(
            path, f"the filter is not an expression of CEL: {why}", "write response.code >= 400"
        )


def _unreadable(expression: str) -> str | None:
    """Say why an expression is not one; which attributes there are is the proxy's matter."""
    verdict = evaluate(expression, Bound(value=None))
    if not isinstance(verdict, Failed) or "Syntax error: " not in verdict.why:
        return None
    return verdict.why.rpartition("Syntax error: ")[2].partition(" expecting")[0]
