"""ServiceProfiles, written by people or by the adaptor of linkerd-smi out of TrafficSplits."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from meshgen.backends.linkerd.admission.splits import read_weight
from meshgen.gatewayapi.regexes import is_rust
from meshgen.grammar import MILLISECOND, duration_ns, is_re2
from meshgen.intent.keys import ServiceKey
from meshgen.intent.languages import Matching
from meshgen.intent.outcome.conditions import Conditions
from meshgen.intent.outcome.facets import Basis
from meshgen.profile import Profile
from meshgen.resources import Path, Resource, Resources

_PROTO = "linkerd/linkerd2-proxy linkerd/service-profiles/src/proto.rs"
_ADAPTOR = "linkerd/linkerd-smi pkg/adaptor/controller.go"
_SKIP = "smi.linkerd.io/skip"
_STATUSES = range(100, 600)

Picks = Callable[[str, str], bool]  # by method and path


class Budget(NamedTuple):
    """How many retries there may be, in proportion to requests."""

    ratio: Fraction = Fraction(1, 5)
    least: int = 10  # a second
    ttl: int = 10_000  # ms


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRoute:
    """What a profile says of some requests."""

    at: Path
    of: Resource
    picks: Picks
    is_retryable: bool
    failures: frozenset[str]  # statuses that are tried again
    timeout: int | None  # ms
    conditions: Conditions


class Override(NamedTuple):
    """A share of what is sent to a Service."""

    service: ServiceKey
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceProfile:
    """What callers in a namespace do with requests to a Service, in place of every route."""

    routes: tuple[ProfileRoute, ...]
    budget: Budget
    overrides: tuple[Override, ...]
    split: Basis  # what says the overrides

    @property
    def is_in_force(self) -> bool:
        """Tell whether it decides anything, so that routes do not."""
        # linkerd/linkerd2-proxy linkerd/app/outbound/src/discover.rs
        return bool(self.routes or self.overrides)


class Address(NamedTuple):
    """For whom a profile holds, and what for."""

    callers: str  # their namespace, or that of the Service for everybody
    service: ServiceKey


def profiles(resources: Resources, profile: Profile) -> Mapping[Address, ServiceProfile]:
    """Read every ServiceProfile, as it stands after the adaptor wrote into it."""
    domain = profile.cluster_domain
    splits = {Address(each.namespace, _of_split(each)): each for each in _splits(resources)}
    found: dict[Address, ServiceProfile] = {}
    for each in resources.of("linkerd.io", "ServiceProfile"):
        service = _service(each.name, domain)
        if service is not None:
            address = Address(each.namespace, service)
            split = None if _SKIP in each.annotations else splits.get(address)
            found[address] = _profile(each, split, domain)
    for address, split in splits.items():
        if address not in found:
            found[address] = _profile(None, split, domain)
    return found


def _splits(resources: Resources) -> Iterator[Resource]:
    return resources.of("split.smi-spec.io", "TrafficSplit")


def _of_split(split: Resource) -> ServiceKey:
    return ServiceKey(split.namespace, split.spec.get("service", ""))


def _service(host: str, domain: str) -> ServiceKey | None:
    name, _, rest = host.partition(":")[0].partition(".")
    namespace, _, rest = rest.partition(".")
    return ServiceKey(namespace, name) if rest == f"svc.{domain}" else None


def _profile(of: Resource | None, split: Resource | None, domain: str) -> ServiceProfile:
    spec: Mapping[str, Any] = {} if of is None else of.spec
    by = split or of
    assert by is not None  # one of the two is there
    field = "backends" if split is not None else "dstOverrides"
    source = _ADAPTOR if split is not None else _PROTO
    written = _overrides(spec, domain) if split is None else _weights(split)
    return ServiceProfile(
        routes=() if of is None else tuple(_routes(of)),
        budget=_budget(spec.get("retryBudget")),
        overrides=tuple(each for each in written if each.weight),
        split=Basis(name=str(by), of=by, path=("spec", field), source=source),
    )


def _overrides(spec: Mapping[str, Any], domain: str) -> Iterator[Override]:
    for each in spec.get("dstOverrides") or ():
        service = _service(each.get("authority", ""), domain)
        if service is not None:
            yield Override(service, _decimillis(each.get("weight", 0)))


def _weights(split: Resource) -> Iterator[Override]:
    for each in split.spec.get("backends") or ():
        if each.get("service"):  # without it the name is none that a proxy takes
            yield Override(ServiceKey(split.namespace, each["service"]), _decimillis(each.get("weight", 0)))


def _decimillis(written: float | str) -> int:
    """Give a weight as proxies get it."""
    # linkerd/linkerd2 controller/api/destination/profile_translator.go
    weight = read_weight(written)
    return 0 if weight is None else math.ceil(weight * 1000) * 10 % 2**32


def _budget(said: Mapping[str, Any] | None) -> Budget:
    if said is None:
        return Budget()
    ns = duration_ns(said["ttl"])
    ttl = 0 if ns is None else ns // MILLISECOND
    return Budget(Fraction(str(said["retryRatio"])), said["minRetriesPerSecond"], ttl)


def _routes(of: Resource) -> Iterator[ProfileRoute]:
    for index, each in enumerate(of.spec.get("routes") or ()):
        picks = _request(each.get("condition", {}))
        if picks is not None:
            ns = duration_ns(each.get("timeout", "0")) or 0
            yield ProfileRoute(
                at=("spec", "routes", index),
                of=of,
                picks=picks,
                is_retryable=each.get("isRetryable", False),
                failures=_failures(each.get("responseClasses") or ()),
                timeout=ns // MILLISECOND or None,
                conditions=Conditions.of(_told_apart(each.get("condition", {}))),
            )


def _request(said: Mapping[str, Any]) -> Picks | None:
    """Read a condition; None where it holds nothing that a proxy can read."""
    parts: list[Picks] = []
    if "all" in said:
        of_all = _readable(said["all"])
        parts.append(lambda method, path: all(each(method, path) for each in of_all))
    if "any" in said:
        of_any = _readable(said["any"])
        parts.append(lambda method, path: any(each(method, path) for each in of_any))
    if "method" in said:
        wanted = str(said["method"]).upper()
        parts.append(lambda method, _: method == wanted)
    negated = said.get("not")
    inner = _request(negated) if isinstance(negated, Mapping) else None
    if inner is not None:
        parts.append(lambda method, path: not inner(method, path))
    if "pathRegex" in said:
        parts.extend(_path(said["pathRegex"]))
    return (lambda method, path: all(each(method, path) for each in parts)) if parts else None


def _readable(said: Iterable[Mapping[str, Any]]) -> tuple[Picks, ...]:
    return tuple(each for each in map(_request, said) if each is not None)


def _path(written: str) -> Iterator[Picks]:
    regex = anchored(written)
    if is_re2(regex) and is_rust(regex):
        import re2  # 30 ms, and only needed where a regex is written

        compiled = re2.compile(regex)
        yield lambda _, path: compiled.search(path) is not None


def anchored(written: str) -> str:
    """Write a path as proxies do, which match it whole."""
    regex = written.strip()
    return f"{'' if regex.startswith('^') else '^'}{regex}{'' if regex.endswith('$') else '$'}"


def _told_apart(said: Mapping[str, Any]) -> Iterator[Conditions]:
    if "method" in said:
        yield Conditions(methods=frozenset((str(said["method"]).upper(),)))
    if "pathRegex" in said:
        yield Conditions(paths=frozenset((Matching(anchored(said["pathRegex"])),)))
    negated = said.get("not")
    for each in (*said.get("all", ()), *said.get("any", ())):
        yield from _told_apart(each)
    if isinstance(negated, Mapping):
        yield from _told_apart(negated)


def _failures(classes: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """List the statuses that count as failures: as the first class says that has them, else from 500 on."""
    # linkerd/linkerd2-proxy linkerd/app/core/src/classify.rs
    judged: dict[int, bool] = {}
    for each in classes:
        for status in _answers(each.get("condition", {})) or ():
            judged.setdefault(status, each.get("isFailure", False))
    return frozenset(str(status) for status in _STATUSES if judged.get(status, status >= 500))


def _answers(said: Mapping[str, Any]) -> frozenset[int] | None:
    """List the statuses of a condition; None where it holds nothing that a proxy can read."""
    parts: list[frozenset[int]] = []
    if "status" in said:
        lowest, highest = said["status"].get("min", 0), said["status"].get("max", 0)
        if lowest and highest:
            parts.append(frozenset(range(lowest, highest + 1)))
    for key in ("all", "any"):
        inner = [each for each in map(_answers, said.get(key, ())) if each is not None]
        if inner:
            join = frozenset.intersection if key == "all" else frozenset.union
            parts.append(join(*inner))
    negated = said.get("not")
    excluded = _answers(negated) if isinstance(negated, Mapping) else None
    if excluded is not None:
        parts.append(frozenset(_STATUSES) - excluded)
    return frozenset.intersection(*parts) if parts else None
