"""The rows of verdicts.yaml, one for each document of upstream's manifests."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.conformance.clusters import Cluster


class Row(NamedTuple):
    """What is expected of one document, and who says so."""

    file: str
    cluster: Cluster
    upstream: str
    document: str
    verdict: str
    says: str | None  # the message that upstream's own test expects
    finds: tuple[str, ...]


@functools.cache
def page() -> Mapping[str, Any]:
    """Read the file."""
    content: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return content


@functools.cache
def rows() -> tuple[Row, ...]:
    """List the rows in their order, which is that of the files and of the documents in them."""
    clusters = {name: Cluster.of(said) for name, said in page()["clusters"].items()}
    return tuple(
        Row(
            file=file["file"],
            cluster=clusters[file["cluster"]],
            upstream=page()["upstreams"][file["upstream"]],
            document=said["of"],
            verdict=said["verdict"],
            says=said.get("says"),
            finds=tuple(said.get("finds", ())),
        )
        for file in page()["files"]
        for said in file["documents"]
    )
