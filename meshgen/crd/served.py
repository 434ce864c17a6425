"""One kind as one API version serves it: the unit in which schemas are stored, loaded and applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ServedKind:
    """What an API server knows of a kind; equal to itself alone, so that it can key a cache.

    `schema` is JSON Schema (draft 2020-12) that the importer made of a structural schema:

    - objects that prune unknown members have `additionalProperties: false` (never inside a junctor);
      `x-kubernetes-preserve-unknown-fields` opens its own node alone;
    - `nullable` and `x-kubernetes-int-or-string` are written into `type`, `enum` and the junctors;
    - `default`, `pattern` (as RE2 reads it), `format` (only those that an API server checks),
      `x-kubernetes-list-type`, `x-kubernetes-list-map-keys` and `x-kubernetes-validations`
      (each `{rule, message?}`) stay as they are, prose is gone;
    - the root knows `apiVersion`, `kind` and `metadata` by name alone, and has no `status`.
    """

    group: str  # empty for the core group
    version: str
    kind: str
    is_namespaced: bool
    schema: Mapping[str, Any]

    @property
    def api_version(self) -> str:
        """Spell group and version as an object does."""
        return f"{self.group}/{self.version}" if self.group else self.version
