"""One answer about a list of objects: what an API server and a mesh's webhooks would refuse."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

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


Admission = Callable[[Mapping[str, Any]], list[str]]

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

    `gateway_api` is the version and channel of the Gateway API beside the mesh. An object of a kind
    that no CRD serves there is a finding.
    """
    folders = crds.directories(mesh, version, gateway_api)
    proofs = [_judge(obj, folders, _ADMISSIONS[mesh]) for obj in objects]
    findings = [finding for proof in proofs for finding in proof.findings]
    if mesh == "consul" and not findings:
        messages = admission_consul_chain.reject_together(objects)
        findings = [Finding(object="all objects", where="", message=message) for message in messages]
    return Proof(
        findings=tuple(findings),
        objects=sum(proof.objects for proof in proofs),
        evaluations=sum(proof.evaluations for proof in proofs),
    )


def judge_by_crd(obj: dict[str, Any], folders: tuple[Path, ...]) -> Proof:
    """Judge one object as the API server alone would, by the CRDs of some folders."""
    served = core.SERVICE if _is_service(obj) else crds.find(folders, obj)
    if served is None:
        unknown = Finding(object=_name(obj), where="", message="no CRD serves this kind here")
        return Proof(findings=(unknown,), objects=0, evaluations=0)
    filled = with_defaults(served.structural, obj)
    broken = violations(served, filled)
    stopped = any(violation.stops_cel for violation in broken)
    outcomes = [] if stopped else list(rules.outcomes(served.structural, filled))
    refused = [(violation.where, violation.message) for violation in broken]
    refused += [(outcome.where, outcome.message) for outcome in outcomes if outcome.message]
    return Proof(
        findings=tuple(Finding(object=_name(obj), where=where, message=why) for where, why in refused),
        objects=0 if served is core.SERVICE else 1,
        evaluations=len(outcomes),
    )


def _judge(obj: dict[str, Any], folders: tuple[Path, ...], admission: Admission) -> Proof:
    proof = judge_by_crd(obj, folders)
    if proof.findings:
        return proof
    served = crds.find(folders, obj)
    messages = core.reject(obj) if served is None else admission(with_defaults(served.structural, obj))
    rejected = tuple(Finding(object=_name(obj), where="", message=message) for message in messages)
    return replace(proof, findings=rejected)


def _is_service(obj: Mapping[str, Any]) -> bool:
    return (obj.get("apiVersion"), obj.get("kind")) == ("v1", "Service")


def _name(obj: Mapping[str, Any]) -> str:
    metadata = obj.get("metadata")
    names = metadata if isinstance(metadata, dict) else {}
    return f"{obj.get('kind')} {names.get('namespace')}/{names.get('name')}"
