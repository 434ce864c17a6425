"""A DestinationRule: its host, its subsets, and the policies that topics are held against."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission import exports, selectors, traffic_policy
from meshgen.backends.istio.admission.terms import (
    WEBHOOK,
    Rule,
    each,
    is_wildcard_domain,
    no_label,
    no_labels,
    quoted,
)
from meshgen.diagnostics import Code
from meshgen.resources import Complaint, Path, Resource

SUBSET = Code(
    number="MG444",
    slug="istio-subset",
    meaning="A DestinationRule is of no host, or a subset has a name that is taken or none.",
)
_RULE = Rule(SUBSET, WEBHOOK)
_SPEC: Path = ("spec",)


def refused(resource: Resource) -> Iterator[Complaint]:
    """Hold a DestinationRule against clauses 1 to 9."""
    spec = resource.spec
    host = spec.get("host", "")  # an object without a spec passes the schema
    if not is_wildcard_domain(host):
        yield _RULE.broken(
            (*_SPEC, "host"), f"{quoted(host)} is not a host", "write the full name of a Service"
        )
    yield from traffic_policy.refused(_SPEC, spec, resource)
    seen: set[str] = set()
    for path, subset in each(spec, _SPEC, "subsets"):
        name = subset.get("name", "")
        if name in seen:
            yield _RULE.broken(
                (*path, "name"),
                f"the subset {quoted(name)} stands in the list twice",
                "keep one of them, or name it anew",
            )
        yield from no_label(_RULE, (*path, "name"), name, "the name of a subset")
        yield from no_labels(_RULE, path, subset, "labels")
        yield from traffic_policy.refused(path, subset, resource)
        seen.add(name)
    yield from exports.refused(resource, is_selective="workloadSelector" in spec)
    yield from selectors.refused_empty((*_SPEC, "workloadSelector"), spec, "matchLabels")
