"""Places between which load is spread, and to which it fails over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from meshgen.backends.istio.admission.terms import Body, Rule, each, named, quoted
from meshgen.resources import Complaint, Path

_TOPOLOGY = frozenset(
    {"topology.kubernetes.io/region", "topology.kubernetes.io/zone", "topology.istio.io/subzone"}
)


def refused(rule: Rule, path: Path, setting: Body, *, has_outliers: bool) -> Iterator[Complaint]:
    """Hold the localities of a load balancer against clause 7."""
    if setting.get("distribute") and setting.get("failover"):
        yield rule.broken(
            (*path, "failover"), "failover stands beside distribute, which excludes it", "keep one of them"
        )
        return
    yield from _priorities(rule, path, setting)
    for at, share in each(setting, path, "distribute"):
        yield from _shares(rule, at, share)
    froms = [((*at, "from"), share.get("from", "")) for at, share in each(setting, path, "distribute")]
    yield from _overlaps(rule, froms)
    for at, failover in each(setting, path, "failover"):
        yield from _failover(rule, at, failover)
    if not has_outliers and (setting.get("failover") or setting.get("failoverPriority")):
        yield rule.doubtful(
            path, "nothing fails over, as no outlierDetection stands beside it", "write outlierDetection here"
        )


def _priorities(rule: Rule, path: Path, setting: Body) -> Iterator[Complaint]:
    for at, label in each(setting, path, "failoverPriority") if setting.get("failover") else ():
        if label in _TOPOLOGY:
            yield rule.broken(
                at, f"{quoted(label)} stands beside failover, which orders places too", "keep one of them"
            )


def _shares(rule: Rule, path: Path, share: Body) -> Iterator[Complaint]:
    shares = [*named(share, path, "to")]
    for at, _, weight in shares:
        if not 1 <= weight <= 100:
            yield rule.broken(at, f"{weight} is not a share", "write 1 to 100")
    total = sum(weight for _, _, weight in shares)
    if total != 100:
        yield rule.broken(
            (*path, "to") if shares else path, f"the shares sum to {total}", "make them sum to 100"
        )
    in_order = sorted(((at, place) for at, place, _ in shares), key=lambda found: found[1].endswith("*"))
    yield from _overlaps(rule, in_order)  # a map has no order, and the wildcards are what is left


def _overlaps(rule: Rule, places: Iterable[tuple[Path, str]]) -> Iterator[Complaint]:
    """Ask for places of which none lies in one before it: `region/zone/subzone`, or `*` for what is left."""
    whole: set[tuple[str, ...]] = set()  # and all that lies in them
    inside: set[tuple[str, ...]] = set()  # that something lies in
    for path, place in places:
        parts = tuple(place.split("/", 2))
        if not all(parts) or "*" in place[:-1]:
            yield rule.broken(
                path, f"{quoted(place)} is not a place", "write region/zone/subzone, or region/*"
            )
            continue
        is_rest = parts[-1] == "*"
        own = parts[:-1] if is_rest else parts
        outer = {own[:length] for length in range(len(own) + 1)}
        if outer & whole or (own in inside and not is_rest):
            yield rule.broken(path, f"{quoted(place)} overlaps another place of the list", "keep one of them")
        whole.add(own)
        inside |= outer


def _failover(rule: Rule, path: Path, failover: Body) -> Iterator[Complaint]:
    start, end = failover.get("from", ""), failover.get("to", "")
    if start == end:
        yield rule.broken(path, f"{quoted(start)} fails over to itself", "name another region")
    for key, region in (("from", start), ("to", end)):
        if "/" in region or "*" in region:
            yield rule.broken(
                (*path, key), f"{quoted(region)} is not the name of a region", "write a region alone"
            )
