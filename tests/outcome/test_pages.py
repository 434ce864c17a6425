"""What manifests and intents do to a call, page by page, before anything is proved with them."""

from __future__ import annotations

import pytest

from meshgen.backend import backend_names
from meshgen.resources import Resources
from tests.outcome.cases import Case, cases, profile_of, resources, told


@pytest.mark.parametrize("case", [case for name in backend_names() for case in cases(name)], ids=str)
def test_manifests_do_to_a_call_what_the_page_says(case: Case) -> None:
    chosen = profile_of(case)
    evaluator = chosen.backend.evaluator(Resources(resources(case)), case.world, chosen.profile)
    assert told(evaluator.outcome(case.call), case.expected) == case.expected
