"""One answer about a list of objects: what an API server and a mesh's webhooks would refuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

from . import admission_consul, admission_consul_chain, admission_istio, admission_linkerd, core, crds, rules
from .defaults import with_defaults
from .structural import violations


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One reason why an object would be refused."""

    object: str  # kind namespace/name
    where: str  # path inside the object, empty where the message names it
    message: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.object, self.where, self.message) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What `check` found, and how much it looked at: a proof of nothing must not pass for one."""

    findings: tuple[Finding, ...]
    objects: int  # judged by an upstream CRD; a core/v1 Service is judged, not counted
    evaluations: int  # CEL rules evaluated


class Admission(Protocol):
    def __call__(self, obj: Mapping[str, Any], /) -> list[str]: ...


_ADMISSIONS: Mapping[str, Admission] = MappingProxyType(
    {
        "istio": admission_istio.reject,
        "linkerd": admission_linkerd.reject,
        "consul": admission_consul.reject,
    }
)


def check(
    objects: Sequence[dict[str, Any]], mesh: str, version: str, gateway_api: tuple[str, str] | None
) -> Proof:
    """Judge objects as the API server and `mesh` would, in their order: schema, lists, CEL, webhooks.

    `gateway_api` is the version and channel of the Gateway API beside the mesh. An object with a
    kind that no CRD serves there is a finding.
    """
    directories = crds.directories(mesh, version, gateway_api)
    findings: list[Finding] = []
    judged = evaluations = 0
    for obj in objects:
        served = core.SERVICE if _is_service(obj) else crds.find(directories, obj)
        if served is None:
            findings.append(Finding(object=_name(obj), where="", message="no CRD serves this kind here"))
            continue
        verdict = _judge(served, obj, _ADMISSIONS[mesh])
        findings.extend(verdict.findings)
        judged += verdict.objects
        evaluations += verdict.evaluations
    if mesh == "consul" and not findings:
        findings.extend(_together(objects))
    return Proof(findings=tuple(findings), objects=judged, evaluations=evaluations)


def _judge(served: crds.ServedKind, obj: dict[str, Any], admission: Admission) -> Proof:
    filled = with_defaults(served.structural, obj)
    broken = violations(served, filled)
    findings = [Finding(object=_name(obj), where=v.where, message=v.message) for v in broken]
    evaluations = 0
    if not any(violation.stops_cel for violation in broken):
        outcomes = list(rules.outcomes(served.structural, filled))
        evaluations = len(outcomes)
        findings += [
            Finding(object=_name(obj), where=outcome.where, message=outcome.message)
            for outcome in outcomes
            if outcome.message
        ]
    if not findings:
        reject = core.reject if served is core.SERVICE else admission
        findings = [Finding(object=_name(obj), where="", message=message) for message in reject(filled)]
    judged = 0 if served is core.SERVICE else 1
    return Proof(findings=tuple(findings), objects=judged, evaluations=evaluations)


def _together(objects: Sequence[dict[str, Any]]) -> Iterator[Finding]:
    for message in admission_consul_chain.reject_together(objects):
        yield Finding(object="all objects", where="", message=message)


def _is_service(obj: Mapping[str, Any]) -> bool:
    return (obj.get("apiVersion"), obj.get("kind")) == ("v1", "Service")


def _name(obj: Mapping[str, Any]) -> str:
    metadata = obj.get("metadata")
    names = metadata if isinstance(metadata, dict) else {}
    return f"{obj.get('kind')} {names.get('namespace')}/{names.get('name')}"
