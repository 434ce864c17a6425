"""What the API calls the objects of a kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote


class Kind(NamedTuple):
    """The objects of a kind, as a path and a role name them."""

    group: str
    version: str
    plural: str

    def __str__(self) -> str:
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def api_version(self) -> str:
        """Spell group and version as an object does."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str = "", name: str = "") -> str:
        """Give where they are found: all of them, those of a namespace, or one."""
        within = f"/namespaces/{quote(namespace, safe='')}" if namespace else ""
        below = f"/{quote(name, safe='')}" if name else ""
        return f"{group_path(self.api_version)}{within}/{self.plural}{below}"


DEFINITIONS = Kind("apiextensions.k8s.io", "v1", "customresourcedefinitions")
DEPLOYMENTS = Kind("apps", "v1", "deployments")
CONFIG_MAPS = Kind("", "v1", "configmaps")


class Served(NamedTuple):
    """A kind that a cluster has."""

    kind: Kind
    is_namespaced: bool


_API_VERSION = re.compile(r"([a-z0-9][a-z0-9.-]*/)?[a-z][a-z0-9-]*")


def is_api_version(text: str) -> bool:
    """Tell whether a cluster can have such a group and version; what is none may be another path."""
    return _API_VERSION.fullmatch(text) is not None


def group_path(api_version: str) -> str:
    """Give where a cluster lists the kinds of an apiVersion."""
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"


def served_kinds(api_version: str, resources: Mapping[str, Any]) -> Mapping[str, Served]:
    """Read an APIResourceList: each kind by its name. Subresources are no kinds of their own."""
    group, _, version = api_version.rpartition("/")
    return {
        each["kind"]: Served(Kind(group, version, each["name"]), bool(each["namespaced"]))
        for each in resources["resources"]
        if "/" not in each["name"]
    }
