"""Rates: how many requests a Server takes in a second, of all callers and of each."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.diagnostics import Code
from meshgen.gatewayapi.routes import CORE, within
from meshgen.profile import Profile
from meshgen.resources import Complaint, Path, Resource

RATE = Code(
    number="MG468",
    slug="linkerd-rate-limit",
    meaning="Linkerd's webhook refuses this rate limit.",
)

_ADMISSION = "linkerd/linkerd2 policy-controller/runtime/src/admission.rs"
_MOST = 2**32 - 1


def local_limit(resource: Resource, _profile: Profile) -> Iterator[Complaint]:
    """Yield what is wrong with an HTTPLocalRateLimitPolicy. Reports MG468."""
    target = resource.spec["targetRef"]
    if (target.get("group", "").lower(), target["kind"].lower()) != ("policy.linkerd.io", "server"):
        yield _refused(
            ("spec", "targetRef"),
            f"{target['kind']} of group {target.get('group', '')!r} is no Server",
            "write group: policy.linkerd.io and kind: Server",
        )
    yield from _rates(resource)
    for at, override in within(("spec",), resource.spec, "overrides"):
        for path, client in within(at, override, "clientRefs"):
            if client.get("group", "").lower() not in CORE or client["kind"].lower() != "serviceaccount":
                where = (*path, "kind")
                yield _refused(where, f"{client['kind']} is no client", "write kind: ServiceAccount")


def _rates(resource: Resource) -> Iterator[Complaint]:
    spec = resource.spec
    total = spec["total"]["requestsPerSecond"] if "total" in spec else None
    limits: list[tuple[Path, int]] = [
        (("spec", key, "requestsPerSecond"), spec[key]["requestsPerSecond"])
        for key in ("total", "identity")
        if key in spec
    ]
    limits += [
        ((*at, "requestsPerSecond"), override["requestsPerSecond"])
        for at, override in within(("spec",), spec, "overrides")
    ]
    for path, rate in limits:
        if not 0 < rate <= _MOST:
            yield _refused(path, f"{rate} is not a rate", f"write a number of 1 to {_MOST}")
        elif total is not None and 0 < total < rate:
            yield _refused(path, f"{rate} is more than the {total} of all callers", "write the total at most")


def _refused(path: Path, message: str, hint: str) -> Complaint:
    return Complaint(code=RATE, path=path, message=message, hint=hint, source=_ADMISSION)
