"""The choice between fields that a schema spells with `oneOf` and `required`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from meshgen.crd.wording import both, listed

_MOST_NAMED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Fields of which one stands in a map, or at most one."""

    fields: tuple[str, ...]
    is_optional: bool

    def against(self, value: Mapping[str, Any]) -> str:
        """Say what is wrong with a map that does not choose."""
        names = listed(self.fields, most=_MOST_NAMED)
        present = [name for name in self.fields if name in value]
        if not present:
            return f"exactly one of {names} has to stand here, and none does"
        bound = "at most" if self.is_optional else "exactly"
        return f"{bound} one of {names} may stand here, not {both(present)}"


def choice(alternatives: Sequence[Mapping[str, Any]]) -> Choice | None:
    """Recognise a choice in the branches of a `oneOf`, or None where it says something else."""
    fields: list[str] = []
    is_optional = False
    for branch in alternatives:
        match branch:
            case {"required": [str(name)], **rest} if not rest:
                fields.append(name)
            case {"not": {"anyOf": [*_]}, **rest} if not rest:
                is_optional = True  # none of them: what protobuf's oneof becomes
            case _:
                return None
    return Choice(fields=tuple(fields), is_optional=is_optional)
