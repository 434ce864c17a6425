"""What Consul rejects in the subsets of a ServiceResolver: their names, filters and who refers to them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from meshgen.backends.consul.admission.filters import read
from meshgen.backends.consul.admission.terms import Ground, listed, server, webhook
from meshgen.backends.consul.parts import Part
from meshgen.diagnostics import Code, Severity, near_miss
from meshgen.resources import Complaint, Path

SUBSET = Code(
    number="MG480",
    slug="consul-subset",
    meaning="A subset needs a name that fits into a host, a filter that Consul reads, and to be there.",
)

_WEBHOOK = Ground(SUBSET, webhook("serviceresolver"))
_SERVER = Ground(SUBSET, server("config_entry_discoverychain"))
_CATALOGUE = Ground(SUBSET, "hashicorp/consul agent/structs/structs.go")

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_LONGEST = 63
_ROOTS = ("Service", "Node", "Checks")


def subsets(spec: Part, own: str) -> Iterator[Complaint]:
    """Complain of the subsets of a resolver, and of names that are none of them."""
    for name, subset in spec.members("subsets"):
        yield from _name(subset.path, name)
        yield from _filter(subset)
    for path, name in _references(spec, own):
        if name and name not in spec.part("subsets").fields:
            hint = near_miss(name, spec.part("subsets").fields) or "write it under spec.subsets"
            yield _SERVER.against(path, f"{own!r} has no subset {name!r}", hint)


def _name(path: Path, name: str) -> Iterator[Complaint]:
    if _NAME.fullmatch(name) is None:
        message = f"{name!r} is no name of a subset"
        yield _WEBHOOK.against(path, message, "write lower-case letters and digits, with - between them")
    elif len(name) > _LONGEST:
        message = f"the name has {len(name)} characters, over {_LONGEST}"
        yield _SERVER.against(path, message, "write a shorter one")


def _filter(subset: Part) -> Iterator[Complaint]:
    expression = subset.text("filter")
    if not expression:
        return
    reading, path = read(expression), subset.at("filter")
    if reading.misread_at is not None:
        rest = expression[reading.misread_at :][:20]
        message = f"the filter cannot be read from {rest!r} on" if rest else "the filter ends too early"
        yield _WEBHOOK.against(path, message, 'compare as in Service.Meta.version == "v1"')
        return
    for root in dict.fromkeys(re.split(r"[.\[]", selector, maxsplit=1)[0] for selector in reading.selectors):
        if root not in _ROOTS:
            message = f"the filter asks for {root!r}, and an instance has {listed(_ROOTS, 'and')} alone"
            hint = near_miss(root, _ROOTS) or "begin with Service"
            yield _CATALOGUE.against(path, message, hint, Severity.WARNING)


def _references(spec: Part, own: str) -> Iterator[tuple[Path, str]]:
    """List where subsets of the resolver's own service are named."""
    yield spec.at("defaultSubset"), spec.text("defaultSubset")
    redirect = spec.part("redirect")
    if redirect.text("service") == own and _is_own(redirect, own):
        yield redirect.at("serviceSubset"), redirect.text("serviceSubset")
    for name, failover in spec.members("failover"):
        yield failover.path, "" if name == "*" else name
        if _is_own(failover, own):
            yield failover.at("serviceSubset"), failover.text("serviceSubset")
        for target in failover.parts("targets"):
            if _is_own(target, own):
                yield target.at("serviceSubset"), target.text("serviceSubset")


def _is_own(target: Part, own: str) -> bool:
    return target.text("service") in ("", own) and not target.said(("peer", "samenessGroup"))
