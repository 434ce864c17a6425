"""Routers, splitters and resolvers: what each writes of the way of a request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from meshgen.backends.consul.parts import Part
from meshgen.backends.consul.read.durations import milliseconds
from meshgen.backends.consul.read.matches import HttpMatch, http_match
from meshgen.backends.consul.read.names import Name, Naming
from meshgen.intent.outcome.facets import Edits, Value, edits
from meshgen.resources import Path, Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One route of a router."""

    resource: Resource
    path: Path
    match: HttpMatch
    has_destination: bool
    prefix: str  # that `prefixRewrite` replaces; empty: the whole path
    to: Name
    subset: str
    rewrite: str
    timeout_ms: int  # 0: unwritten, less: none
    attempts: int  # 0: unwritten
    retries_on: tuple[str, ...]  # Envoy's words and three-digit statuses
    has_retries: bool
    request: Edits
    response: Edits


def routes(resource: Resource, naming: Naming) -> Iterator[Route]:
    """Read the routes of a router in their order."""
    owner = naming.owner(resource)
    for route in Part.spec_of(resource).parts("routes"):
        http, to = route.part("match").part("http"), route.part("destination")
        conditions = (
            *to.texts("retryOn"),
            *(("connect-failure",) if to.flag("retryOnConnectFailure") else ()),
            *(str(status) for status in to.fields.get("retryOnStatusCodes", ())),
        )
        yield Route(
            resource=resource,
            path=route.path,
            match=http_match(http),
            has_destination=route.has("destination"),
            prefix="" if http.text("pathExact") else http.text("pathPrefix"),
            to=naming.target(to, owner),
            subset=to.text("serviceSubset"),
            rewrite=to.text("prefixRewrite"),
            timeout_ms=milliseconds(to.text("requestTimeout")),
            attempts=int(to.number("numRetries")),
            retries_on=conditions,
            has_retries=to.has("numRetries") or bool(conditions),
            request=_edits(to.part("requestHeaders")),
            response=_edits(to.part("responseHeaders")),
        )


def _edits(part: Part) -> Edits:
    return edits(set_=_values(part.part("set")), add=_values(part.part("add")), remove=part.texts("remove"))


def _values(part: Part) -> Mapping[str, str]:
    """Read header values as Envoy does, to whom `%` begins a command and `%%` is one percent sign."""
    # envoyproxy/envoy docs/root/configuration/http/http_conn_man/headers.rst
    return {name: value.replace("%%", "%") for name, value in part.fields.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """One branch of a splitter."""

    to: Name
    subset: str
    weight: Fraction  # of 100, in hundredths
    request: Edits
    response: Edits


def splits(resource: Resource, naming: Naming) -> tuple[Split, ...]:
    """Read the branches of a splitter."""
    owner = naming.owner(resource)
    return tuple(
        Split(
            to=naming.target(split, owner),
            subset=split.text("serviceSubset"),
            # hashicorp/consul agent/structs/config_entry_discoverychain.go: NormalizeServiceSplitWeight
            weight=Fraction(round(split.number("weight") * 100), 100),
            request=_edits(split.part("requestHeaders")),
            response=_edits(split.part("responseHeaders")),
        )
        for split in Part.spec_of(resource).parts("splits")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """Where a redirect or a failover leads."""

    to: Name
    subset: str
    is_elsewhere: bool  # in another cluster or partition


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolver:
    """What is said of the instances of a service."""

    resource: Resource | None = None  # None: nothing
    redirect: Lead | None = None
    filters: Mapping[str, str] = field(default_factory=dict)  # by subset
    default_subset: str = ""
    failover: Mapping[str, tuple[Lead, ...]] = field(default_factory=dict)  # by subset, `*` for all
    connect_ms: int = 0  # 0: unwritten
    timeout_ms: int = 0
    policy: str = ""  # the word of a LoadBalancer, empty: unwritten
    hashes: tuple[Value, ...] = ()  # as outcomes write them


def resolver(resource: Resource, naming: Naming) -> Resolver:
    """Read a resolver; with a redirect it says nothing else."""
    # hashicorp/consul agent/consul/discoverychain/compile.go: a redirect is followed before all else
    owner, spec = naming.owner(resource), Part.spec_of(resource)
    if spec.has("redirect"):
        return Resolver(resource=resource, redirect=_lead(spec.part("redirect"), owner, naming))
    balancer = spec.part("loadBalancer")
    return Resolver(
        resource=resource,
        filters={name: subset.text("filter") for name, subset in spec.members("subsets")},
        default_subset=spec.text("defaultSubset"),
        failover={name: _leads(entry, owner, naming) for name, entry in spec.members("failover")},
        connect_ms=milliseconds(spec.text("connectTimeout")),
        timeout_ms=milliseconds(spec.text("requestTimeout")),
        policy=balancer.text("policy"),
        hashes=tuple(found for each in balancer.parts("hashPolicies") for found in _hash(each)),
    )


def _leads(entry: Part, owner: Name, naming: Naming) -> tuple[Lead, ...]:
    targets = tuple(entry.parts("targets")) or (entry,)
    return tuple(_lead(target, owner, naming) for target in targets)


_ELSEWHERE = ("peer", "datacenter", "datacenters", "partition", "samenessGroup")


def _lead(part: Part, owner: Name, naming: Naming) -> Lead:
    return Lead(
        to=naming.target(part, owner),
        subset=part.text("serviceSubset"),
        is_elsewhere=bool(part.said(_ELSEWHERE)),
    )


def _hash(part: Part) -> Iterator[Value]:
    """Read what is hashed; an entry may be empty, and hashes nothing then."""
    name = part.text("fieldValue")
    if part.flag("sourceIP"):
        yield ("sourceIP",)
    match part.text("field"):
        case "header":
            yield ("header", name.lower())
        case "query_parameter":
            yield ("queryParam", name)
        case "cookie":
            config = part.part("cookieConfig")
            ttl = milliseconds(config.text("ttl")) or None
            yield ("cookie", name, 0 if config.flag("session") else ttl)
        case _:
            return
