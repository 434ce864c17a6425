"""Paths and authorities that a route writes anew."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission.redirects import RULE
from meshgen.backends.istio.admission.terms import Body, no_regex
from meshgen.resources import Complaint, Path


def refused(path: Path, route: Body) -> Iterator[Complaint]:
    """Hold a rewrite against clause 16."""
    if "rewrite" not in route:
        return
    rewrite, at = route["rewrite"], (*path, "rewrite")
    if "uriRegexRewrite" in rewrite:
        if rewrite.get("uri"):
            yield RULE.broken(
                (*at, "uri"), "uri stands beside uriRegexRewrite, which excludes it", "keep one of them"
            )
        yield from _by_regex((*at, "uriRegexRewrite"), rewrite["uriRegexRewrite"])
    elif not rewrite.get("uri") and not rewrite.get("authority"):
        yield RULE.broken(at, "the rewrite changes nothing", "write uri, uriRegexRewrite or authority")


def _by_regex(path: Path, rewrite: Body) -> Iterator[Complaint]:
    missing = [key for key in ("match", "rewrite") if not rewrite.get(key)]
    for key in missing:
        yield RULE.broken(path, f"uriRegexRewrite has no {key}", "write both match and rewrite")
    if not missing:
        yield from no_regex(RULE, (*path, "match"), rewrite["match"])
