"""Each clause that a mesh adds to its definitions has a rule, a case that trips it and a near miss.

`rules.yaml` lists the clauses by mesh: what each says, and the slug of its `rule` or the `reason` for none.
A file below `rules/` holds sound objects (`bases`) and cases: `on` names bases, `trips` is a JSON merge patch
(RFC 7386) of the last of them, or a list with one for each; `finds` is all that is then found, `passes` a
patch after which nothing is, and `silent` names bases among which nothing is for want of context.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from meshgen.catalogue import codes
from meshgen.diagnostics import Findings
from meshgen.jsontypes import to_json
from meshgen.ladder import Ladder, judge, judge_together, ladder
from meshgen.profiles import choose
from meshgen.resources import Complaint, spell
from meshgen.source import read

HERE = Path(__file__).parent


def load(path: Path) -> Any:
    """Read a page as manifests are read: in YAML 1.1 the key `on` would be true."""
    findings = Findings()
    (page,) = read(path.read_bytes(), file=path.name, findings=findings)
    assert [*findings] == []
    return to_json(page)


CLAUSES: Mapping[str, Mapping[str, Mapping[str, str]]] = load(HERE / "rules.yaml")
LISTED = {(mesh, clause): told for mesh, clauses in CLAUSES.items() for clause, told in clauses.items()}


class Case(NamedTuple):
    """One clause, and objects around it."""

    place: str
    section: str  # of rules.yaml
    mesh: str
    settings: tuple[str, ...]
    bases: Mapping[str, Any]
    said: Mapping[str, Any]

    @property
    def clause(self) -> str:
        return str(self.said["clause"])

    @property
    def id(self) -> str:
        return f"{self.place}: {self.clause}"

    def objects(self, patches: Any) -> list[Any]:
        """Give the bases, changed by a patch of the last one or one patch each."""
        names = self.said["on"]
        each = patches if isinstance(patches, list) else [{}] * (len(names) - 1) + [patches]
        return [merged(self.bases[name], patch) for name, patch in zip(names, each, strict=True)]


def cases() -> Iterator[Case]:
    for path in sorted((HERE / "rules").glob("*/*.yaml")):
        page = load(path)
        for said in page["cases"]:
            settings = tuple(said.get("settings", page.get("settings", ())))
            place = f"{path.parent.name}/{path.stem}"
            mesh = said.get("mesh", page["mesh"])
            yield Case(place, path.parent.name, mesh, settings, page["bases"], said)


def merged(value: Any, patch: Any) -> Any:
    """Apply a JSON merge patch."""
    if not isinstance(patch, dict):
        return patch
    kept = dict(value) if isinstance(value, dict) else {}
    for key, change in patch.items():
        if change is None:
            kept.pop(key, None)
        else:
            kept[key] = merged(kept.get(key), change)
    return kept


def found(objects: list[Any], by: Ladder) -> list[str]:
    """Judge objects, alone and together, and write what is found a line each."""
    judged = [(body, judge(body, by)) for body in objects]
    alone = [(named(body), complaint) for body, judgement in judged for complaint in judgement.complaints]
    sound = [judgement.resource for _, judgement in judged if judgement.resource is not None]
    together = [(str(complaint.of), complaint) for complaint in judge_together(sound, by)]
    return [line(of, complaint) for of, complaint in (*alone, *together)]


def named(body: Mapping[str, Any]) -> str:
    metadata = body["metadata"]
    namespace = f"{metadata['namespace']}/" if "namespace" in metadata else ""
    return f"{body['kind']} {namespace}{metadata.get('name', '')}"


def line(of: str, complaint: Complaint) -> str:
    path = spell(complaint.path)
    return f"{complaint.gravity.value} {complaint.code}: {of}{' ' if path else ''}{path}: {complaint.message}"


def clusters(case: Case) -> Ladder:
    findings = Findings()
    chosen = choose(case.mesh, {}, case.settings, findings=findings)
    assert [*findings] == []
    return ladder(chosen)


ALL = tuple(cases())


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_a_clause_trips_where_it_is_broken(case: Case) -> None:
    assert found(case.objects(case.said["trips"]), clusters(case)) == case.said["finds"]


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_a_clause_is_silent_beside_it(case: Case) -> None:
    assert found(case.objects(case.said["passes"]), clusters(case)) == []


@pytest.mark.parametrize("case", [case for case in ALL if "silent" in case.said], ids=lambda case: case.id)
def test_what_is_not_among_the_files_is_not_held_against_them(case: Case) -> None:
    assert found([case.bases[name] for name in case.said["silent"]], clusters(case)) == []


def test_a_clause_has_a_rule_or_a_reason() -> None:
    slugs = {code.slug for code in codes()}
    unclear = [key for key, told in LISTED.items() if set(told) not in ({"says", "rule"}, {"says", "reason"})]
    unknown = [key for key, told in LISTED.items() if "rule" in told and told["rule"] not in slugs]

    assert (unclear, unknown) == ([], [])


def test_a_clause_with_a_rule_has_a_case_that_its_rule_finds() -> None:
    tripped = {
        (case.section, case.clause, sentence.split()[2].rstrip(":"))
        for case in ALL
        for sentence in case.said["finds"]
    }
    expected = {(*key, told["rule"]) for key, told in LISTED.items() if "rule" in told}

    assert sorted(expected - tripped) == []
    assert sorted({(case.section, case.clause) for case in ALL} - set(LISTED)) == []
