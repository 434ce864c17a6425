"""TLSRoutes and TCPRoutes: one rule, for whole connections."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.linkerd.admission.parents import attachment, parents
from meshgen.backends.linkerd.admission.requests import backends
from meshgen.backends.linkerd.admission.verdicts import refused
from meshgen.profile import Profile
from meshgen.resources import Complaint, Resource

_ADMISSION = "linkerd/linkerd2 policy-controller/runtime/src/admission.rs"


def route(resource: Resource, _profile: Profile) -> Iterator[Complaint]:
    """Yield what is wrong with a TLSRoute or a TCPRoute. Reports MG469."""
    yield from parents(resource)
    yield from backends(resource, attachment(resource))
    count = len(resource.spec.get("rules", ()))
    if count != 1:
        yield refused(
            ("spec", "rules"),
            f"holds {count} rules, and one is what a {resource.kind} has",
            "write one",
            _ADMISSION,
        )
