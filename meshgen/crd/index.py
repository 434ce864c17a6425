"""The index of an imported set: which kinds it serves, where their schemas lie, and what it all came from."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

INDEX = "index.json"
_DIGITS = 12  # of a hash in the name of a file
SCHEMAS = Path("..", "kinds")  # from a set: the schemas of all sets of a project, each stored once


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One kind of a set."""

    group: str  # empty for the core group
    kind: str
    plural: str
    is_namespaced: bool
    stored: str  # the version that is kept in etcd
    served: Mapping[str, str]  # the file of the schema by version
    source: str  # the file that defines the kind, one of the index's sources

    def api_version(self, version: str) -> str:
        """Spell the group with one version as an object does."""
        return f"{self.group}/{version}" if self.group else version

    @property
    def versions(self) -> tuple[str, ...]:
        """List what is served, that first which a cluster prefers."""
        return tuple(sorted(self.served, key=_by_preference))


# Kubernetes' documentation, "Version priority": stable before beta before alpha, then the higher number.
_VERSION = re.compile(r"v([0-9]{1,9})(?:(alpha|beta)([0-9]{1,9}))?")
_STAGES = {None: 0, "beta": 1, "alpha": 2}


def _by_preference(version: str) -> tuple[int, int, int, str]:
    match = _VERSION.fullmatch(version)
    if match is None:
        return (len(_STAGES), 0, 0, version)
    return (_STAGES[match[2]], -int(match[1]), -int(match[3] or "0"), version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """One imported set: a project's kinds at one version."""

    project: str
    version: str
    licence: str  # an SPDX id; empty where nobody said it
    beside: tuple[str, ...]  # sets of extensions whose kinds belong to it, as `project/version`
    sources: Mapping[str, str]  # the SHA-256 of each file that was read, by its name
    entries: tuple[Entry, ...]

    @property
    def name(self) -> str:
        """Name the set as `beside` does."""
        return f"{self.project}/{self.version}"


def schema_file(kind: str, content: bytes) -> str:
    """Name the file of a schema, which its content decides."""
    return f"{kind}-{hashlib.sha256(content).hexdigest()[:_DIGITS]}.json"


def check(name: str, content: bytes) -> None:
    """Raise ValueError where a file of this name has not the content that it was written with."""
    if schema_file(name.rpartition("-")[0], content) != name:
        raise ValueError("it was changed afterwards")


def write(index: Index) -> bytes:
    """Spell an index, the same bytes for the same index."""
    document = {
        "project": index.project,
        "version": index.version,
        "licence": index.licence,
        "beside": list(index.beside),
        "sources": dict(index.sources),
        "kinds": [_document(entry) for entry in index.entries],
    }
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def _document(entry: Entry) -> dict[str, Any]:
    return {
        "group": entry.group,
        "kind": entry.kind,
        "plural": entry.plural,
        "scope": "Namespaced" if entry.is_namespaced else "Cluster",
        "stored": entry.stored,
        "served": dict(entry.served),
        "source": entry.source,
    }


def read(content: bytes) -> Index:
    """Read what `write` wrote; what is anything else raises ValueError."""
    try:
        document = json.loads(content)
        return Index(
            project=str(document["project"]),
            version=str(document["version"]),
            licence=str(document["licence"]),
            beside=tuple(map(str, document["beside"])),
            sources=_texts(document["sources"]),
            entries=tuple(map(_entry, document["kinds"])),
        )
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"it is no index of a set ({error})") from error


def _entry(document: Mapping[str, Any]) -> Entry:
    return Entry(
        group=str(document["group"]),
        kind=str(document["kind"]),
        plural=str(document["plural"]),
        is_namespaced=document["scope"] == "Namespaced",
        stored=str(document["stored"]),
        served=_texts(document["served"]),
        source=str(document["source"]),
    )


def _texts(document: Mapping[str, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in dict(document).items()}
