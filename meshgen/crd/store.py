"""Kinds found by what an object says of itself; a kind is loaded when it is asked for, never the set."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from meshgen.crd import index
from meshgen.crd.index import INDEX, SCHEMAS, Entry, Index
from meshgen.crd.served import ServedKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """No set serves that kind at that version; what comes near."""

    served: tuple[str, ...]  # the API versions that serve a kind of this name, of whatever group
    kinds: tuple[str, ...]  # the kinds of the group


class Listed(NamedTuple):
    """A kind and the set that it is of."""

    set: Index
    entry: Entry


class _Place(NamedTuple):
    """Where a kind is written."""

    folder: Path
    entry: Entry


class Store:
    """The kinds of some sets; where two sets know a kind, the first speaks for it alone."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """Take imported sets, or folders that hold such; one that holds none raises FileNotFoundError."""
        self._folders = tuple(each for folder in folders for each in _sets_in(folder))
        self._cache: dict[tuple[str, str], ServedKind] = {}

    def find(self, api_version: str, kind: str) -> ServedKind | Absent:
        """Find what is served under an object's apiVersion and kind; the same object comes back each time."""
        group, _, version = api_version.rpartition("/")
        place = self._places.get((group, kind))
        if place is None or version not in place.entry.served:
            return self._absent(group, kind)
        return self._loaded(place, version)

    def load(self, entry: Entry, version: str) -> ServedKind:
        """Load a listed kind at one of its served versions."""
        return self._loaded(self._places[entry.group, entry.kind], version)

    def kinds(self) -> Iterator[Listed]:
        """List every kind of every set, in the order of the sets and of their kinds."""
        for folder, contents in self._indexes.items():
            for entry in contents.entries:
                if self._places[entry.group, entry.kind].folder == folder:
                    yield Listed(contents, entry)

    @functools.cached_property
    def _indexes(self) -> Mapping[Path, Index]:
        return {folder: index.read((folder / INDEX).read_bytes()) for folder in self._folders}

    @functools.cached_property
    def _places(self) -> Mapping[tuple[str, str], _Place]:
        places: dict[tuple[str, str], _Place] = {}
        for folder, contents in self._indexes.items():
            for entry in contents.entries:
                places.setdefault((entry.group, entry.kind), _Place(folder, entry))
        return places

    def _loaded(self, place: _Place, version: str) -> ServedKind:
        key = (place.entry.api_version(version), place.entry.kind)
        if key not in self._cache:
            content = (place.folder / SCHEMAS / place.entry.served[version]).read_bytes()
            self._cache[key] = ServedKind(
                group=place.entry.group,
                version=version,
                kind=place.entry.kind,
                is_namespaced=place.entry.is_namespaced,
                schema=json.loads(content),
            )
        return self._cache[key]

    def _absent(self, group: str, kind: str) -> Absent:
        entries = [place.entry for place in self._places.values()]
        served = {
            each.api_version(version) for each in entries if each.kind == kind for version in each.served
        }
        kinds = {each.kind for each in entries if each.group == group}
        return Absent(served=tuple(sorted(served)), kinds=tuple(sorted(kinds)))


def _sets_in(folder: Path) -> tuple[Path, ...]:
    found = set_folders(folder)
    if not found:
        raise FileNotFoundError(f"no imported set in {folder}")
    return found


def set_folders(folder: Path) -> tuple[Path, ...]:
    """Find the sets in a folder: itself, or what lies below it as `version` or `project/version`."""
    if (folder / INDEX).is_file():
        return (folder,)
    return tuple(sorted(found.parent for depth in ("*", "*/*") for found in folder.glob(f"{depth}/{INDEX}")))
