"""Routers, splitters and resolvers as routes of one caller's Envoy."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from meshgen.values import Duration
from tests.envoy.configured import Tree
from tests.envoy.words import edited, exact, regex, seconds, weighted

if TYPE_CHECKING:
    from tests.envoy.consul_setup import Outbound, Target

_WAITS_MS = 15_000  # Envoy's own limit, at both ends


def routes(side: Outbound, name: str) -> list[Tree]:
    """Write a service's routes, the last of which takes what is left."""
    written = side.registry.entry("ServiceRouter", name).get("routes", ())
    found = [
        _route(side, name, each.get("match", {}).get("http", {}), each.get("destination", {}))
        for each in written
    ]
    return [*found, _route(side, name, {}, {})]


def _route(side: Outbound, name: str, http: Tree, to: Tree) -> Tree:
    where = _where(http)
    targets = side.targets(to.get("service", name), to.get("serviceSubset", ""))
    rewrite = {"prefix_rewrite": to["prefixRewrite"]} if "prefixRewrite" in to else {}
    return {
        "match": where,
        "route": {
            **_destination(side, targets),
            "timeout": seconds(_timeout(side, targets, to) / side.registry.speed),
            **rewrite,
            **_retries(to),
        },
        **_edits(to),
    }


def _destination(side: Outbound, targets: Sequence[Target]) -> Tree:
    kept = [target for target in targets if target.weight > 0]
    if len(kept) == 1 and not kept[0].edits:
        return {"cluster": kept[0].cluster}
    found, total = weighted((target.cluster, target.weight) for target in kept)
    side.totals.add(total)
    split = found["weighted_clusters"]
    parts = zip(split["clusters"], kept, strict=True)
    return {"weighted_clusters": {**split, "clusters": [{**each, **_edits(to.edits)} for each, to in parts]}}


def _timeout(side: Outbound, targets: Sequence[Target], to: Tree) -> float:
    """The caller's limit or the receiver's, whichever is shorter."""
    text = to.get("requestTimeout", "15s")
    own = math.inf if text.startswith("-") else Duration.parse(text).ms
    names = {target.service for target in targets}
    local = [side.registry.entry("ServiceDefaults", each).get("localRequestTimeoutMs") for each in names]
    return min(own, *(_WAITS_MS if ms is None else ms for ms in local))


def _retries(to: Tree) -> Tree:
    words = list(to.get("retryOn", ()))
    words += ["connect-failure"] if to.get("retryOnConnectFailure") else []
    codes = to.get("retryOnStatusCodes", [])
    words += ["retriable-status-codes"] if codes else []
    if not words:
        return {}
    count = {"num_retries": to["numRetries"]} if to.get("numRetries") else {}
    return {
        "retry_policy": {
            "retry_on": ",".join(words),
            "retriable_status_codes": codes,
            "retry_back_off": {"base_interval": "0.001s", "max_interval": "0.002s"},
            **count,
        }
    }


def _edits(holder: Tree) -> Tree:
    found: Tree = {}
    for which in ("request", "response"):
        said = holder.get(f"{which}Headers", {})
        found |= edited(
            which, set_=said.get("set", {}), add=said.get("add", {}), remove=said.get("remove", ())
        )
    return found


def _where(http: Tree) -> Tree:
    found: Tree = {"prefix": "/"}
    for key, name in (("pathExact", "path"), ("pathPrefix", "prefix")):
        if key in http:
            found = {name: http[key], "case_sensitive": not http.get("caseInsensitive", False)}
    if "pathRegex" in http:
        found = regex(http["pathRegex"])
    headers = [header(each) for each in http.get("header", ())]
    if "methods" in http:
        headers.append({"name": ":method", "string_match": regex("|".join(http["methods"]))})
    query = list(_parameters(http.get("queryParam", ())))
    return {
        **found,
        **({"headers": headers} if headers else {}),
        **({"query_parameters": query} if query else {}),
    }


def header(said: Tree) -> Tree:
    """Write a condition on a header."""
    opposite = {"invert_match": True} if said.get("invert") else {}
    if said.get("present"):
        return {"name": said["name"], "present_match": True, **opposite}
    match = regex(said["regex"]) if "regex" in said else {}
    for key in ("exact", "prefix", "suffix", "contains"):
        match |= {key: said[key]} if key in said else {}
    match |= {"ignore_case": True} if said.get("ignoreCase") else {}
    return {"name": said["name"], "string_match": match, **opposite}


def _parameters(said: Sequence[Tree]) -> Iterator[Tree]:
    for each in said:
        if each.get("present"):
            yield {"name": each["name"], "present_match": True}
        else:
            match = regex(each["regex"]) if "regex" in each else exact(each["exact"])
            yield {"name": each["name"], "string_match": match}
