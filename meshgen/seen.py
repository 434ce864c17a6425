"""What a mesh shows of itself in a cluster: which objects to look at, and the facts that they say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from meshgen.scalars import Json

Object = Mapping[str, Any]  # as an API server gives it


class Fact(NamedTuple):
    """One field of a MeshProfile's spec, and where it was seen; without a value: why it was not."""

    key: str  # a field below spec, as in linkerd.traffic
    value: Json
    where: str

    @property
    def is_seen(self) -> bool:
        """False where a cluster does not show it; then it is not guessed either."""
        return self.value is not None


class Seen(NamedTuple):
    """One control plane as the cluster shows it."""

    deployment: Object
    config_map: Object | None
    definitions: frozenset[str]  # names of the CustomResourceDefinitions

    @property
    def place(self) -> str:
        """Name the Deployment."""
        return f"Deployment {namespace_of(self.deployment)}/{self.deployment['metadata']['name']}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """How a mesh is found in a cluster."""

    selector: str  # labels of the Deployment of its control plane
    config_map: Callable[[Object], str | None]  # the ConfigMap beside that Deployment, by name
    config_maps: tuple[str, ...] = ()  # what that name is where nobody chose another
    facts: Callable[[Seen], Iterable[Fact]]


def namespace_of(found: Object) -> str:
    """Name the namespace of an object."""
    return str(found["metadata"]["namespace"])


def container(deployment: Object, name: str) -> Object:
    """Find a container of a Deployment by its name; an empty one where there is none."""
    containers: Sequence[Object] = deployment["spec"]["template"]["spec"]["containers"]
    return next((each for each in containers if each["name"] == name), {})


def tag(image: str) -> str:
    """Give the tag of an image, without a digest; empty where it has none."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[2]


def words(of: Object) -> tuple[str, ...]:
    """Give the words of a container's command line, those of a shell's script too."""
    return tuple(word for part in (*of.get("command", ()), *of.get("args", ())) for word in part.split())


def flag(line: Iterable[str], name: str) -> str | None:
    """Give the value of a flag, `--name=value` or `--name value`; None where it does not stand there."""
    line = tuple(line)
    for word, after in zip(line, (*line, "")[1:], strict=True):
        flagged, equals, value = word.partition("=")
        if flagged in (f"-{name}", f"--{name}"):
            return (value if equals else after).strip("\"'")
    return None


def release(text: str) -> str | None:
    """Give the first two numbers of a version, as a profile says it; None where it begins otherwise."""
    found = re.match(r"v?([0-9]+\.[0-9]+)(?:[.+-]|\Z)", text)
    return found[1] if found else None


def flagged(key: str, line: Iterable[str], name: str, place: str) -> Fact:
    """Tell the value of a flag as a fact."""
    value = flag(line, name)
    return Fact(key, value or None, f"{place}, flag {name}" if value else f"{place} has no flag {name}")
