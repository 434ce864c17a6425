"""Paths and headers as a receiving proxy rewrites them before it compares anything."""

from __future__ import annotations

import re

from meshgen.backends.consul.outcome.matching import Asked
from meshgen.backends.consul.read.defaults import Cluster

_SLASHES = re.compile(r"//+")
_ESCAPED = re.compile(r"%(?:2[Ff]|5[Cc])")


def normalized(asked: Asked, cluster: Cluster) -> Asked | None:
    """Rewrite a request; None where it is answered with 400 instead."""
    # hashicorp/consul agent/xds/listeners.go: on unless Mesh says otherwise, since 1.20.1
    path = asked.path
    if "%" in path and _ESCAPED.search(path):
        if cluster.escaped_slashes == "REJECT_REQUEST":
            return None
        if cluster.escaped_slashes == "UNESCAPE_AND_FORWARD":
            path = _ESCAPED.sub(lambda found: "/" if found[0][1] == "2" else "\\", path)
    if cluster.is_normalized and "/." in path:
        path = _resolved(path)
    if cluster.merges_slashes and "//" in path:
        path = _SLASHES.sub("/", path)
    if cluster.underscores in ("REJECT_REQUEST", "DROP_HEADER") and any(
        "_" in name for name in asked.headers
    ):
        if cluster.underscores == "REJECT_REQUEST":
            return None
        kept = {name: value for name, value in asked.headers.items() if "_" not in name}
        return asked._replace(path=path, headers=kept)
    return asked if path is asked.path else asked._replace(path=path)


def _resolved(path: str) -> str:
    """Resolve `.` and `..`, and leave empty segments as they are."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for index, segment in enumerate(segments):
        if segment not in (".", ".."):
            kept.append(segment)
            continue
        if segment == ".." and kept:
            kept.pop()
        if index == len(segments) - 1:
            kept.append("")
    return "/" + "/".join(kept)
