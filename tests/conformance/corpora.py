"""Upstream's manifests below `$MESHGEN_SHARED/corpora`, document by document."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from meshgen.diagnostics import Findings
from meshgen.jsontypes import to_json
from meshgen.source import read

_BETWEEN = re.compile(r"^---(?:\s|\Z)", re.MULTILINE)
_ERR = re.compile(r"^_err:.*\n", re.MULTILINE)


class Document(NamedTuple):
    """One document as it stands in a file, without what upstream's own tests expect of it."""

    file: str
    text: str
    body: Mapping[str, Any]
    err: str | None = None  # what Istio's tests expect
    unread: tuple[str, ...] = ()  # what is held against the text itself

    @property
    def name(self) -> str:
        """Name the object as far as it does so itself."""
        return f"{self.body.get('kind')} {self.body.get('metadata', {}).get('name')}"

    @property
    def group(self) -> str:
        """Name the API group; the core's is empty."""
        return str(self.body.get("apiVersion", "")).rpartition("/")[0]


@functools.cache
def documents() -> tuple[Document, ...]:
    """Read every document, in the order of files and in files."""
    root = Path(os.environ["MESHGEN_SHARED"], "corpora")
    return tuple(
        each for path in sorted(root.rglob("*.yaml")) for each in split(path, str(path.relative_to(root)))
    )


def split(path: Path, file: str) -> Iterator[Document]:
    """Read the documents of a file as the product does; those that hold nothing are none."""
    for text in _BETWEEN.split(path.read_text("utf-8")):
        findings = Findings()
        nodes = read(text.encode(), file=file, findings=findings)
        unread = tuple(f"{found.severity.value} {found.code}: {found.message}" for found in findings)
        for body in map(to_json, nodes):
            said = {key: value for key, value in body.items() if key != "_err"}
            yield Document(file, _ERR.sub("", text), said, body.get("_err"), unread)
