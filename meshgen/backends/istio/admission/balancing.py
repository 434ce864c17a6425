"""How requests are spread: hashing, warming up, and localities."""

from __future__ import annotations

import math
from collections.abc import Iterator

from meshgen.backends.istio.admission import durations, localities
from meshgen.backends.istio.admission.terms import WEBHOOK, Body, Rule, each, quoted
from meshgen.diagnostics import Code
from meshgen.resources import Complaint, Path

BALANCER = Code(
    number="MG447",
    slug="istio-load-balancer",
    meaning="Load is spread by what no request has, or over places that contradict each other.",
)
RULE = Rule(BALANCER, WEBHOOK)
_BEYOND_TABLE = 5_000_011  # envoy: a prime that no table may reach


def refused(path: Path, policy: Body) -> Iterator[Complaint]:
    """Hold a load balancer against clauses 6 and 7."""
    balancer, at = policy.get("loadBalancer", {}), (*path, "loadBalancer")
    yield from _hashing((*at, "consistentHash"), balancer.get("consistentHash", {}))
    yield from _warmup((*at, "warmup"), balancer.get("warmup", {}))
    if "localityLbSetting" in balancer:
        yield from localities.refused(
            RULE,
            (*at, "localityLbSetting"),
            balancer["localityLbSetting"],
            has_outliers="outlierDetection" in policy,
        )


def _hashing(path: Path, hashing: Body) -> Iterator[Complaint]:
    yield from _cookie((*path, "httpCookie"), hashing.get("httpCookie", {}))
    if hashing.get("minimumRingSize"):
        at = (*path, "minimumRingSize")
        yield RULE.doubtful(at, "minimumRingSize is deprecated", "write ringHash: {minimumRingSize: 1024}")
        others = [key for key in ("ringHash", "maglev") if key in hashing]
        if others:
            yield RULE.broken(at, f"minimumRingSize stands beside {others[0]}, which excludes it", "drop it")
    if "maglev" in hashing:
        yield from _table((*path, "maglev"), hashing["maglev"].get("tableSize", 0))


def _cookie(path: Path, cookie: Body) -> Iterator[Complaint]:
    if cookie.get("name") == "":
        yield RULE.broken((*path, "name"), "the name of the cookie is empty", "name the cookie")
    seen: set[str] = set()
    for at, attribute in each(cookie, path, "attributes"):
        name = attribute["name"]
        if name == "":
            yield RULE.broken((*at, "name"), "the name of the attribute is empty", "name the attribute")
        elif name in seen:
            yield RULE.broken(
                (*at, "name"), f"the attribute {quoted(name)} stands in the list twice", "keep one of them"
            )
        seen.add(name)
    yield from durations.refused_text(path, cookie, "ttl")


def _table(path: Path, size: int) -> Iterator[Complaint]:
    if size >= _BEYOND_TABLE or not _is_prime(size):
        yield RULE.broken(
            (*path, "tableSize") if size else path,
            f"{size} is not a prime below {_BEYOND_TABLE}",
            "write a prime such as 65537",
        )


def _is_prime(number: int) -> bool:
    # envoy source/common/common/utility.cc counts 1 among them
    return number > 0 and all(number % factor for factor in range(2, math.isqrt(number) + 1))


def _warmup(path: Path, warmup: Body) -> Iterator[Complaint]:
    yield from durations.refused(path, warmup, "duration")
    if warmup.get("aggression") == 0:
        yield RULE.broken(
            (*path, "aggression"), "0 is not an aggression", "write a number above 0, 1 for a straight line"
        )
