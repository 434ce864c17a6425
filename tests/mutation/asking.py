"""Every mutant of every golden of a mesh, and what became of it."""

from __future__ import annotations

import enum
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir
from typing import Any, NamedTuple

from meshgen.api import read_intents, render
from meshgen.crd.served import ServedKind
from meshgen.diagnostics import Findings, Severity
from meshgen.inputs import read_inputs
from meshgen.jsontypes import to_json
from meshgen.ladder import judge, ladder
from meshgen.manifest import Manifest
from meshgen.profiles import Choice, choose, read_profiles
from meshgen.rendering import Rendering
from meshgen.resources import Resource, spell
from meshgen.source import read
from tests.mutation.holding import Subject
from tests.mutation.metadata import reading
from tests.mutation.mutants import Mutant, mutants
from tests.mutation.survivors import Entry
from tests.test_cases import Golden, arguments, cases, goldens, place


class Fate(enum.Enum):
    """What becomes of a mutant."""

    REFUSED = "refused"  # by the ladder, which `verify` asks of each object first
    SAME = "same"  # the definition's defaults make the same object of it, or one that says a thing twice
    CAUGHT = "caught"
    SURVIVED = "survived"


class Told(NamedTuple):
    """A mutant and its fate."""

    golden: str
    of: Resource
    body: Mapping[str, Any]  # as it was written
    others: tuple[Mapping[str, Any], ...]  # what was rendered beside it
    holds: frozenset[str]  # requirements that the profile says to hold
    mutant: Mutant
    fate: Fate

    def __str__(self) -> str:
        done = f"{self.mutant.way} {spell(self.mutant.path)} = {json.dumps(self.mutant.before)}"
        return f"{self.golden}: {self.of}: {done}"

    def is_told_by(self, entry: Entry) -> bool:
        """Tell whether an entry speaks of it."""
        return entry.fits(self.body, self.mutant, self.others, self.holds)


def fates(mesh: str) -> Iterator[Told]:
    """Mutate every object of every golden; of objects that differ in their names alone the first one."""
    seen: set[str] = set()
    for golden in (golden for case in cases() for golden in goldens(case) if golden.manifests.is_file()):
        choice, rendering = _rendered(golden)
        bodies = [_body(manifest) for manifest in rendering.manifests]
        new = {key: at for at, key in enumerate(map(_key, bodies)) if key not in seen}
        if choice.backend.name == mesh and new:
            seen |= new.keys()
            yield from _Golden(golden, choice, rendering).fates(
                [bodies[at] for at in new.values()], [*new.values()]
            )


def _rendered(golden: Golden) -> tuple[Choice, Rendering]:
    folder, names = place(golden.case)
    how, findings = arguments(golden), Findings()
    with chdir(folder):
        reading = read_intents(read_inputs(names, findings=findings))
        written = read_profiles(reading.documents.profiles, findings=findings)
        (choice,) = choose(how.mesh, written, how.settings, findings=findings)
        return choice, render(reading, *choice, is_partial=how.is_partial)


def _body(manifest: Manifest) -> dict[str, Any]:
    (node,) = read(manifest.text.encode(), file="", findings=Findings())
    body = to_json(node)
    assert isinstance(body, dict)
    return body


def _key(body: Mapping[str, Any]) -> str:
    metadata = body["metadata"]
    said = {**body, "metadata": metadata.get("annotations")}
    return json.dumps(said).replace(metadata["name"].partition(".")[0], "")


class _Golden:
    """One golden whose objects are mutated."""

    def __init__(self, golden: Golden, choice: Choice, rendering: Rendering) -> None:
        self._name = f"{golden.case.name}-{golden.profile}"
        self._choice, self._rendering = choice, rendering
        self._ladder = ladder([choice])
        self._subject = Subject(rendering, choice.backend)
        assert self._subject.is_equal(), f"{self._name} does not do what is meant"

    def fates(self, bodies: Sequence[dict[str, Any]], places: Sequence[int]) -> Iterator[Told]:
        """Mutate some objects, which stand at these places."""
        every = self._rendering.resources
        for body, at in zip(bodies, places, strict=True):
            served = self._ladder.store.find(body["apiVersion"], body["kind"])
            assert isinstance(served, ServedKind)
            read = reading(every[at], every, *self._choice)
            others = tuple(each.body for each in every if each is not every[at])
            for mutant in mutants(served.schema, body, read):
                fate = self._fate(every[at], mutant)
                yield Told(self._name, every[at], body, others, self._choice.profile.holds, mutant, fate)

    def _fate(self, of: Resource, mutant: Mutant) -> Fate:
        judged = judge(mutant.body, self._ladder)
        if judged.resource is None or any(each.gravity is Severity.ERROR for each in judged.complaints):
            return Fate.REFUSED
        if _once(judged.resource.body) == _once(of.body):
            return Fate.SAME
        return Fate.CAUGHT if self._subject.catches(of, judged.resource) else Fate.SURVIVED


def _once(value: Any) -> Any:
    """Leave out mappings of a list that stand in it before: what is added may be there already."""
    if isinstance(value, dict):
        return {key: _once(each) for key, each in value.items()}
    if not isinstance(value, list):
        return value
    every = [_once(each) for each in value]
    return [each for at, each in enumerate(every) if not isinstance(each, dict) or each not in every[:at]]
