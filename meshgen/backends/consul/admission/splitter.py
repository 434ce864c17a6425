"""What Consul rejects in a ServiceSplitter: weights that do not sum to 100, targets named twice."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence
from fractions import Fraction

from meshgen.backends.consul.admission.edits import edits
from meshgen.backends.consul.admission.terms import Ground, enterprise, server, twice, webhook
from meshgen.backends.consul.parts import Part
from meshgen.diagnostics import Code
from meshgen.profile import Profile
from meshgen.resources import Complaint, Resource

SPLIT = Code(
    number="MG478",
    slug="consul-split",
    meaning="Consul takes a split only when its weights sum to exactly 100 and no target stands in it twice.",
)

_WEBHOOK = Ground(SPLIT, webhook("servicesplitter"))
_SERVER = Ground(SPLIT, server("config_entry_discoverychain"))


def refused(resource: Resource, profile: Profile) -> Iterator[Complaint]:
    """Complain of one ServiceSplitter."""
    spec = Part.spec_of(resource)
    splits = tuple(spec.parts("splits"))
    if not splits:
        yield _WEBHOOK.against(spec.at("splits"), "no split is written", "write splits that sum to 100")
    else:
        yield from _weights(spec, splits)
    yield from _targets(resource.name, splits)
    for split in splits:
        yield from enterprise(_WEBHOOK.source, split, ("namespace", "partition"), profile)
        yield from edits(split)


def _weights(spec: Part, splits: Sequence[Part]) -> Iterator[Complaint]:
    outside = [split for split in splits if not _is_weight(split.number("weight"))]
    for split in outside:
        message = f"{split.number('weight')} is neither 0 nor between 0.01 and 100"
        yield _WEBHOOK.against(split.at("weight"), message, "write a percentage such as 12.5")
    if not outside:
        yield from _sum(spec, [split.number("weight") for split in splits])


def _is_weight(weight: float) -> bool:
    return weight == 0 or 0.01 <= weight <= 100


def _sum(spec: Part, weights: list[float]) -> Iterator[Complaint]:
    """Ask for the webhook's 100, in 32-bit floats as written, then for the server's 10000 hundredths."""
    exact, added = sum(Fraction(str(weight)) for weight in weights), _float32_sum(weights)
    hundredths = sum(_hundredths(weight) for weight in weights)
    if added != 100 and exact == 100:
        message = f"weights sum to {added} in the 32-bit floats of Consul's webhook, not 100"
        yield _WEBHOOK.against(spec.at("splits"), message, "put the splits in another order")
    elif added != 100:
        message = f"weights sum to {float(exact):g}, not 100"
        yield _WEBHOOK.against(spec.at("splits"), message, "let the weights sum to 100")
    elif hundredths != 10_000:
        message = f"weights sum to {hundredths / 100:g} once rounded to hundredths, not 100"
        yield _SERVER.against(spec.at("splits"), message, "write weights of at most two decimals")


def _float32_sum(weights: Sequence[float]) -> float:
    total = 0.0
    for weight in weights:
        total = _float32(total + _float32(weight))
    return total


def _float32(number: float) -> float:
    packed: float = struct.unpack("f", struct.pack("f", number))[0]
    return packed


def _hundredths(weight: float) -> int:
    # Go's math.Round goes away from zero, Python's round to the even neighbour
    return math.floor(_float32(_float32(weight) * 100) + 0.5)


def _targets(own: str, splits: Sequence[Part]) -> Iterator[Complaint]:
    """Refuse a second split to one target; splits that edit headers are never the same to the server."""
    plain = [split for split in splits if not split.said(("requestHeaders", "responseHeaders"))]
    yield from twice(_SERVER, ((split.path, *_target(own, split)) for split in plain))


def _target(own: str, split: Part) -> tuple[tuple[str, ...], str]:
    service, subset = split.text("service") or own, split.text("serviceSubset")
    target = (service, subset, split.text("namespace"), split.text("partition"))
    return target, f"the split to {service!r}" + (f", subset {subset!r}," if subset else "")
