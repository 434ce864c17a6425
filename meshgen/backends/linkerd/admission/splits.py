"""TrafficSplits, as the adaptor of linkerd-smi turns them into ServiceProfiles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from types import MappingProxyType

from meshgen.diagnostics import Code, Severity
from meshgen.gatewayapi.routes import within
from meshgen.grammar import is_dns_label
from meshgen.profile import Profile
from meshgen.resources import Complaint, Path, Resource

_ADAPTOR = "linkerd/linkerd-smi pkg/adaptor/controller.go"
_TRANSLATOR = "linkerd/linkerd2 controller/api/destination/profile_translator.go"

SPLIT = Code(
    number="MG473",
    slug="linkerd-split",
    meaning="Linkerd cannot read this TrafficSplit, or sends the requests elsewhere.",
)

_QUANTITY = re.compile(r"([+-]?)([0-9]*)\.?([0-9]*)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,2})?")
_DECIMAL = MappingProxyType({"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18})
_BINARY = MappingProxyType({"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60})
_MOST = 429_496  # thousandths times ten in 32 bits
_MOST_DIGITS = 40


def traffic_split(resource: Resource, _profile: Profile) -> Iterator[Complaint]:
    """Yield what is wrong with a TrafficSplit. Reports MG473."""
    yield from _name(("spec", "service"), resource.spec.get("service", ""))
    weights = []
    for at, backend in within(("spec",), resource.spec, "backends"):
        yield from _name((*at, "service"), backend.get("service", ""))
        written = backend.get("weight", 0)
        weight = read_weight(written)
        weights.append(weight)
        if weight is None or not 0 <= weight <= _MOST:
            yield Complaint(
                code=SPLIT,
                path=(*at, "weight"),
                message=f"{written!r} is not a weight",
                hint=f"write a number of 0 to {_MOST}, or thousandths such as 800m",
                source=_TRANSLATOR,
            )
    if weights and all(weight == 0 for weight in weights):
        yield Complaint(
            code=SPLIT,
            path=("spec", "backends"),
            message="the backends have no weight but 0, so that every request goes to the Service itself",
            hint="give one backend a weight",
            source="linkerd/linkerd2-proxy linkerd/service-profiles/src/proto.rs",
            severity=Severity.WARNING,
        )


def _name(path: Path, name: str) -> Iterator[Complaint]:
    if not is_dns_label(name):
        yield Complaint(
            code=SPLIT,
            path=path,
            message=f"{name!r} is not the short name of a Service, to which the namespace is added",
            hint="write the name alone, of a Service of this namespace",
            source=_ADAPTOR,
            severity=Severity.WARNING,
        )


def read_weight(written: float | str) -> Fraction | None:
    """Read a weight as Kubernetes reads a quantity; None where it cannot."""
    if isinstance(written, int):
        return Fraction(written)
    found = _QUANTITY.fullmatch(str(written))
    if found is None or not 0 < len(found[2] + found[3]) <= _MOST_DIGITS:
        return None
    sign, whole, part, suffix = found[1], found[2], found[3], found[4] or ""
    number = Fraction(int(whole + part), 10 ** len(part)) * (-1 if sign == "-" else 1)
    if suffix in _BINARY:
        return number * (1 << _BINARY[suffix])
    power = _DECIMAL[suffix] if suffix in _DECIMAL else int(suffix[1:] or 0)
    return number * Fraction(f"1e{power}")
