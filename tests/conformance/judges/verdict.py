"""What somebody else's validator says of one manifest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One YAML document as it stands in a file, and what it says of itself."""

    text: str
    api_version: str
    kind: str
    namespace: str = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Why a manifest is refused; no cause where it is accepted."""

    causes: tuple[str, ...]

    @property
    def is_accepted(self) -> bool:
        """True where nothing was held against the manifest."""
        return not self.causes


def causes(status: Mapping[str, Any]) -> Iterator[str]:
    """List what a Status of Kubernetes holds against an object: its causes, else its message."""
    told = status.get("details", {}).get("causes", ())
    for cause in told:
        yield f"{cause['field']}: {cause['message']}" if "field" in cause else cause["message"]
    if not told:
        yield status["message"]
