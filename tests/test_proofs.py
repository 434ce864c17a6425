"""Every case whose intent is rendered: what its manifests do to requests is what the intent says."""

from __future__ import annotations

import pytest

from meshgen.api import read_intents, render
from meshgen.diagnostics import Findings
from meshgen.inputs import read_inputs
from meshgen.intent.outcome.facets import Facet
from meshgen.profiles import choose, read_profiles
from meshgen.proof.prove import Asked, Proved, prove_rendering
from meshgen.proof.telling import SAMPLED
from meshgen.proof.witnesses import Bounds
from meshgen.report import Format, report
from tests.test_cases import Golden, arguments, cases, goldens, place

RENDERED = [golden for case in cases() for golden in goldens(case) if golden.manifests.is_file()]


def proved(golden: Golden) -> Proved:
    how = arguments(golden)
    findings = Findings()
    reading = read_intents(read_inputs(place(golden.case)[1], findings=findings))
    written = read_profiles(reading.documents.profiles, findings=findings)
    ((backend, profile),) = choose(how.mesh, written, how.settings, findings=findings)
    rendering = render(reading, backend, profile, is_partial=how.is_partial)
    return prove_rendering(rendering, backend, Asked(bounds=Bounds(most=4_000)))


@pytest.mark.parametrize("golden", RENDERED, ids=lambda golden: f"{golden.case.name}-{golden.profile}")
def test_manifests_of_a_case_do_what_its_intent_says(golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place(golden.case)[0])

    found = proved(golden)

    errors = [each for each in found.findings if each.code is not SAMPLED]
    assert report(errors, Format.TEXT) == ""
    assert found.proof.asked > 0


def test_the_examples_compare_every_facet_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: set[str] = set()
    for golden in RENDERED:
        if golden.case.parent.name == "examples":
            monkeypatch.chdir(place(golden.case)[0])
            proof = proved(golden).proof
            assert proof.is_exhaustive
            assert proof.classes < 100_000
            compared |= {facet.group for facet in proof.compared}

    # Linkerd asks for no tokens, so that what is rendered for every mesh has none.
    assert compared == {facet.group for facet in Facet} - {Facet.TOKEN.group}
