"""Every case whose intent is rendered: what its manifests do to requests is what the intent says."""

from __future__ import annotations

import pytest

from meshgen.api import read_intents, render
from meshgen.diagnostics import Findings
from meshgen.inputs import read_inputs
from meshgen.profiles import choose, read_profiles
from meshgen.proof.prove import Asked, prove_rendering
from meshgen.proof.telling import SAMPLED
from meshgen.proof.witnesses import Bounds
from meshgen.report import Format, report
from tests.test_cases import Golden, arguments, cases, goldens, place

RENDERED = [golden for case in cases() for golden in goldens(case) if golden.manifests.is_file()]


@pytest.mark.parametrize("golden", RENDERED, ids=lambda golden: f"{golden.case.name}-{golden.profile}")
def test_manifests_of_a_case_do_what_its_intent_says(
    golden: Golden, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, names = place(golden.case)
    monkeypatch.chdir(folder)
    how = arguments(golden)
    findings = Findings()
    reading = read_intents(read_inputs(names, findings=findings))
    written = read_profiles(reading.documents.profiles, findings=findings)
    (chosen,) = choose(how.mesh, written, how.settings, findings=findings)
    backend, profile = chosen
    rendering = render(reading, backend, profile, is_partial=how.is_partial)

    proved = prove_rendering(rendering, backend, Asked(bounds=Bounds(most=4_000)))

    errors = [found for found in proved.findings if found.code is not SAMPLED]
    assert report(errors, Format.TEXT) == ""
    assert proved.proof.asked > 0
