"""Mutants that no request can tell from what was rendered, by the mesh's own documentation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from meshgen.crd.cel import Bound, evaluate
from meshgen.resources import spell
from tests.mutation.mutants import Mutant

FOLDER = Path(__file__).parent / "survivors"


class Entry(NamedTuple):
    """A field in a context, what may be done to it there, and why nothing comes of it."""

    kinds: tuple[str, ...]
    at: str  # as `spell` writes it, with `*` for indexes and for keys of maps
    ways: tuple[str, ...]
    when: str  # in CEL, of `value`, its `holder`, what is `above` that, `object`, `others`, and what `holds`
    because: str
    source: str  # repository and path

    def __str__(self) -> str:
        return f"{', '.join(self.ways)} {'|'.join(self.kinds)} {self.at}"

    def fits(
        self,
        body: Mapping[str, Any],
        mutant: Mutant,
        others: tuple[Mapping[str, Any], ...],
        holds: frozenset[str],
    ) -> bool:
        """Tell whether it speaks of a mutant."""
        if body["kind"] not in self.kinds or mutant.way not in self.ways or not self._is_at(mutant):
            return False
        above: list[Any] = [{}, body]
        for step in mutant.path[:-1]:
            above.append(above[-1][step])
        context = {
            "value": mutant.before,
            "holder": above[-1],
            "above": above[-2],
            "object": body,
            "others": list(others),
            "holds": sorted(holds),
        }
        verdict = evaluate(self.when, Bound(value=context))
        assert isinstance(verdict, bool), f"{self}: {verdict.why}"
        return verdict

    def _is_at(self, mutant: Mutant) -> bool:
        steps = (re.escape(part) for part in self.at.split("*"))
        return re.fullmatch(r"[^.\[\]]+".join(steps), spell(mutant.path)) is not None


def entries(mesh: str) -> tuple[Entry, ...]:
    """Read the list of a mesh."""
    written = yaml.safe_load((FOLDER / f"{mesh}.yaml").read_text("utf-8"))
    return tuple(
        Entry(**{**each, "kinds": tuple(each["kinds"]), "ways": tuple(each["ways"])}) for each in written
    )
