"""The finding of an object that decides about requests in a way that no evaluator understands."""

from __future__ import annotations

from meshgen.diagnostics import Code
from meshgen.resources import Complaint, Path, Resource

NOT_MODELLED = Code(
    number="MG601",
    slug="not-modelled",
    meaning="An object decides about requests in a way that meshgen cannot work out, so nothing is proved.",
)


def not_modelled(resource: Resource, path: Path, why: str) -> Complaint:
    """Say what cannot be worked out; `why` ends a sentence that begins with the field."""
    return Complaint(
        code=NOT_MODELLED,
        path=path,
        message=why,
        hint="leave it out of what is compared, or check by hand what it does",
        of=resource,
    )
