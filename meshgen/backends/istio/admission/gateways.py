"""Names of gateways, which routes and their matches list."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission.terms import WEBHOOK, Body, Rule, each, is_fqdn, is_label, quoted
from meshgen.diagnostics import Code
from meshgen.resources import Complaint, Path

GATEWAY = Code(
    number="MG431",
    slug="istio-gateway",
    meaning="A gateway, or the name of one, is not as Istio reads it, so nothing enters there.",
)
_RULE = Rule(GATEWAY, WEBHOOK)
_HINT = "write NAMESPACE/NAME"
MESH = "mesh"  # the sidecars


def refused(path: Path, body: Body) -> Iterator[Complaint]:
    """Ask for `namespace/name`, or a name in the object's own namespace; upstream stops after one."""
    for at, name in each(body, path, "gateways"):
        namespace, slash, rest = name.partition("/")
        if not slash:
            yield from _bare(at, name)
            return
        yield from _full(at, namespace, rest)


def _bare(path: Path, name: str) -> Iterator[Complaint]:
    if not is_fqdn(name):
        yield _RULE.broken(path, f"{quoted(name)} is not the name of a gateway", _HINT)
    elif "." in name:
        first, second, *_ = name.split(".")
        yield _RULE.doubtful(
            path, f"{quoted(name)} names a gateway as was done long ago", f"write {second}/{first}"
        )


def _full(path: Path, namespace: str, name: str) -> Iterator[Complaint]:
    if not is_label(namespace):
        yield _RULE.broken(path, f"{quoted(namespace)} before the '/' is not a namespace", _HINT)
    if not is_label(name):
        yield _RULE.broken(path, f"{quoted(name)} after the '/' is not the name of a gateway", _HINT)


def binds_gateways_alone(spec: Body) -> bool:
    """Tell whether a route is kept from the sidecars."""
    names = spec.get("gateways") or ()
    return bool(names) and MESH not in names
