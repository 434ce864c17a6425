"""What consul-k8s' webhook and Consul's server reject in one object, by the clauses of consul.md 3.

Judged is the community edition: what only the enterprise edition takes is rejected.
"""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from . import admission_consul_intentions, admission_consul_router
from .consul_terms import Complaint, duration, enterprise, unjudged

_FILTER = re.compile(r'Service\.Meta(\.[a-zA-Z]\w*|\["[^"\\]+"\]) == "[^"\\]*"')
_SUBSET = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_BALANCERS = frozenset(["", "random", "round_robin", "least_request", "ring_hash", "maglev"])
_HASHED = frozenset(["header", "cookie", "query_parameter"])


def reject(obj: Mapping[str, Any]) -> list[str]:
    """List why Consul would reject an object that its CRD admits, whatever else there is."""
    kind = obj["kind"]
    if kind not in _KINDS:
        return [f"consul 3 {kind}: no clause judges this kind yet"]
    section, complaints = _KINDS[kind]
    spec, name = obj.get("spec", {}), obj["metadata"]["name"]
    return [f"consul {section} {kind} {clause}: {why}" for clause, why in complaints(spec, name)]


def _splitter(spec: Mapping[str, Any], name: str) -> Iterator[Complaint]:
    splits = spec.get("splits", [])
    weights = [split.get("weight", 0) for split in splits]
    for weight in weights:
        if weight != 0 and not 0.01 <= weight <= 100:
            yield Complaint(1, f"weight {weight} is neither 0 nor within 0.01..100")
    total = _float32_sum(weights)
    if total != 100:
        yield Complaint(2, f"the weights sum to {total} in float32, not 100")
    hundredths = sum(round(_float32(weight) * 100) for weight in weights)
    if hundredths != 10_000:
        yield Complaint(3, f"the weights sum to {hundredths} hundredths, not 10000")
    if not splits:
        yield Complaint(4, "no split")
    targets = Counter((split.get("service", name), split.get("serviceSubset", "")) for split in splits)
    for target in sorted(target for target, times in targets.items() if times > 1):
        yield Complaint(5, f"{'/'.join(filter(None, target))} is split to twice")
    for index, split in enumerate(splits):
        yield from enterprise(6, f"spec.splits[{index}]", split, ("namespace", "partition"))


def _float32(number: float) -> float:
    packed: float = struct.unpack("f", struct.pack("f", number))[0]
    return packed


def _float32_sum(numbers: list[float]) -> float:
    total = 0.0
    for number in numbers:
        total = _float32(total + _float32(number))
    return total


def _resolver(spec: Mapping[str, Any], name: str) -> Iterator[Complaint]:
    fields = ("subsets", "defaultSubset", "redirect", "connectTimeout", "requestTimeout", "loadBalancer")
    yield from unjudged(spec, fields, "spec")
    if "redirect" in spec:
        yield from _redirect(spec["redirect"], name)
    subsets = spec.get("subsets", {})
    for subset, definition in subsets.items():
        yield from _subset(subset, definition)
    default = spec.get("defaultSubset", "")
    if default and default not in subsets:
        yield Complaint(7, f"spec.defaultSubset: {default!r} is not a subset")
    for field in ("connectTimeout", "requestTimeout"):
        if field in spec:
            yield from duration(8, f"spec.{field}", spec[field], may_be_negative=False)
    if "loadBalancer" in spec:
        yield from _balancer(spec["loadBalancer"])


def _redirect(redirect: Mapping[str, Any], name: str) -> Iterator[Complaint]:
    yield from enterprise(11, "spec.redirect", redirect, ("namespace", "partition", "samenessGroup"))
    yield from unjudged(redirect, ("service", "namespace", "partition", "samenessGroup"), "spec.redirect")
    if not any(redirect.values()):
        yield Complaint(2, "spec.redirect: empty")
    if redirect.get("service") == name:
        yield Complaint(12, "spec.redirect: to itself")


def _subset(subset: str, definition: Mapping[str, Any]) -> Iterator[Complaint]:
    where = f"spec.subsets[{subset}]"
    if len(subset) > 63 or not _SUBSET.fullmatch(subset):
        yield Complaint(6, f"{where}: not the name of a subset")
    expression = definition.get("filter", "")
    terms = re.split(r" (?:and|or) ", expression) if expression else []
    if not all(_FILTER.fullmatch(term) for term in terms):
        # of bexpr's grammar only what means the same to the webhook's and the server's parser
        yield Complaint(6, f"{where}.filter: {expression!r} is not a comparison by == of Service.Meta")


def _balancer(balancer: Mapping[str, Any]) -> Iterator[Complaint]:
    where, policy = "spec.loadBalancer", balancer.get("policy", "")
    if policy not in _BALANCERS:
        yield Complaint(9, f"{where}.policy: {policy!r} is not a policy")
    owners = {
        "ringHashConfig": ["ring_hash"],
        "leastRequestConfig": ["least_request"],
        "hashPolicies": ["ring_hash", "maglev"],
    }
    for field, policies in owners.items():
        if balancer.get(field) and policy not in policies:
            yield Complaint(9, f"{where}.{field}: beside policy {policy!r}")
    for index, hashing in enumerate(balancer.get("hashPolicies", [])):
        yield from _hash(f"{where}.hashPolicies[{index}]", hashing)


def _hash(where: str, hashing: Mapping[str, Any]) -> Iterator[Complaint]:
    field, cookie = hashing.get("field", ""), hashing.get("cookieConfig", {})
    if field and field not in _HASHED:
        yield Complaint(10, f"{where}.field: {field!r} is nothing to hash on")
    if hashing.get("sourceIP") and (field or hashing.get("fieldValue")):
        yield Complaint(10, f"{where}: sourceIP beside a field")
    if bool(field) != bool(hashing.get("fieldValue")):
        yield Complaint(10, f"{where}: field and fieldValue need each other")
    if cookie and field != "cookie":
        yield Complaint(10, f"{where}.cookieConfig: beside field {field!r}")
    if cookie.get("session") and cookie.get("ttl"):
        yield Complaint(10, f"{where}.cookieConfig: session beside ttl")


def _defaults(spec: Mapping[str, Any], _name: str) -> Iterator[Complaint]:
    yield from unjudged(spec, _DEFAULTS_FIELDS, "spec")
    yield from _one_of(1, "protocol", spec, ["", "tcp", "http", "http2", "grpc"])
    yield from _one_of(4, "mutualTLSMode", spec, ["", "strict", "permissive"])
    yield from _one_of(7, "balanceInboundConnections", spec, ["", "exact_balance"])
    if "mode" in spec:
        yield Complaint(3, "spec.mode: is not to be written")
    if spec.get("transparentProxy", {}).get("outboundListenerPort", 0) != 0:
        yield Complaint(3, "spec.transparentProxy.outboundListenerPort: is not to be written")
    for field in ("maxInboundConnections", "localConnectTimeoutMs", "localRequestTimeoutMs"):
        if spec.get(field, 0) < 0:
            yield Complaint(6, f"spec.{field}: {spec[field]} is below 0")
    if "rateLimits" in spec:
        yield Complaint(11, "spec.rateLimits: of the enterprise edition")
    yield from _upstreams(spec.get("upstreamConfig", {}))


_DEFAULTS_FIELDS = (
    *("protocol", "mutualTLSMode", "mode", "transparentProxy", "balanceInboundConnections", "rateLimits"),
    *("maxInboundConnections", "localConnectTimeoutMs", "localRequestTimeoutMs", "upstreamConfig"),
)


def _one_of(clause: int, field: str, spec: Mapping[str, Any], values: list[str]) -> Iterator[Complaint]:
    if spec.get(field, "") not in values:
        yield Complaint(
            clause, f"spec.{field}: {spec[field]!r} is not one of {', '.join(filter(None, values))}"
        )


def _upstreams(config: Mapping[str, Any]) -> Iterator[Complaint]:
    defaults, where = config.get("defaults", {}), "spec.upstreamConfig.defaults"
    for field in sorted({"name", "namespace", "partition", "peer"} & defaults.keys()):
        yield Complaint(8, f"{where}.{field}: is not to be written")
    yield from _upstream(where, defaults)
    for index, override in enumerate(config.get("overrides", [])):
        where = f"spec.upstreamConfig.overrides[{index}]"
        if override.get("name", "") in ("", "*"):
            yield Complaint(8, f"{where}.name: {override.get('name', '')!r} is not a service")
        yield from enterprise(8, where, override, ("namespace", "partition"))
        yield from _upstream(where, override)


def _upstream(where: str, upstream: Mapping[str, Any]) -> Iterator[Complaint]:
    fields = ("name", "namespace", "partition", "peer", "limits", "passiveHealthCheck", "connectTimeoutMs")
    yield from unjudged(upstream, fields, where)
    for field, limit in upstream.get("limits", {}).items():
        if limit < 0:
            yield Complaint(9, f"{where}.limits.{field}: {limit} is below 0")
    check = upstream.get("passiveHealthCheck", {})
    for field in ("interval", "baseEjectionTime"):
        if field in check:
            yield from duration(9, f"{where}.passiveHealthCheck.{field}", check[field], may_be_negative=False)
    for field in ("enforcingConsecutive5xx", "maxEjectionPercent"):
        if not 0 <= check.get(field, 0) <= 100:
            yield Complaint(9, f"{where}.passiveHealthCheck.{field}: {check[field]} is not a percentage")


_Judge = Callable[[Mapping[str, Any], str], Iterator[Complaint]]

_KINDS: Mapping[str, tuple[str, _Judge]] = MappingProxyType(
    {
        "ServiceSplitter": ("3.1", _splitter),
        "ServiceResolver": ("3.2", _resolver),
        "ServiceRouter": ("3.3", admission_consul_router.complaints),
        "ServiceIntentions": ("3.4", admission_consul_intentions.complaints),
        "ServiceDefaults": ("3.5", _defaults),
    }
)
