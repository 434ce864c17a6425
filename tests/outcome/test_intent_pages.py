"""What intents do to a call, page by page, by the contract of the language alone."""

from __future__ import annotations

import pytest

from meshgen.api import read_intents
from meshgen.diagnostics import Findings
from meshgen.inputs import Content
from meshgen.intent.outcome.evaluate import evaluator
from meshgen.intent.outcome.world_of import world_of
from meshgen.intent.resolve import resolve
from meshgen.intent.resolved import ResolvedSet
from meshgen.intent.rules import check
from tests.outcome.cases import Case, cases, profile_of, told


@pytest.mark.parametrize("case", list(cases("intent")), ids=str)
def test_intents_do_to_a_call_what_the_page_says(case: Case) -> None:
    resolved = _resolved(case)
    made_up = world_of(resolved, trust_domain="cluster.local", cluster_domain="cluster.local")
    world = case.world if case.world.services else made_up
    assert told(evaluator(resolved, world).outcome(case.call), case.expected) == case.expected


def _resolved(case: Case) -> ResolvedSet:
    """Read the documents of a case; `profile` names the cluster whose callers they speak of."""
    callers = {} if case.profile == "intent" else profile_of(case).profile.callers
    reading = read_intents([Content("intent.yaml", case.documents.encode())])
    findings = Findings()
    findings.extend(reading.findings)
    check(reading.intents, callers=callers, findings=findings)
    assert not findings.has_errors, list(findings)
    return resolve(reading.intents, callers=callers, shown=reading.shown)
