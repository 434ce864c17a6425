"""For each code the smallest input that trips it, and what is told of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from meshgen import datafiles
from meshgen.api import meaning, read_documents, read_set, render, validate
from meshgen.crd.importer import Origin, imported
from meshgen.diagnostics import Code, Diagnostic, Findings
from meshgen.drafting import draft
from meshgen.formatting import formatted, unformatted
from meshgen.inputs import Content
from meshgen.intent.load import Documents, load_tests
from meshgen.intent.outcome.evaluate import evaluator
from meshgen.intent.rules import check
from meshgen.profiles import built_in, choose, read_profiles
from meshgen.proof.manifests import read_manifests
from meshgen.proof.meshtest import Subject, run
from meshgen.proof.senders import Surroundings
from meshgen.proof.sides import world_for

_COMMAND = re.compile(r"^# meshgen (render|validate) \S+(?:.* --mesh (\S+))?")
_SETTING = re.compile(r" --set (\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An input; its first line says how it is rendered, where reading it is not enough."""

    file: str
    content: bytes

    @property
    def text(self) -> str:
        """The input for people; what is no text is escaped."""
        return self.content.decode("utf-8", errors="backslashreplace")


def example(code: Code) -> Example | None:
    """Find the input that trips a code; None for one that no input can trip."""
    path = datafiles.findings() / f"{code.slug}.yaml"
    return Example(file=path.name, content=path.read_bytes()) if path.is_file() else None


@cache
def told(given: Example) -> tuple[Diagnostic, ...]:
    """Do with an example what its first line says, else read it and check the rules; order all findings."""
    findings = Findings()
    content = Content(given.file, given.content)
    head = given.text.partition("\n")[0]
    if head.startswith("# meshgen schema import "):
        imported([content], Origin(project="mine", version="1.0"), findings=findings)
    elif head.startswith("# meshgen init "):
        draft(read_documents([content], findings=findings), name=None, namespace=None, findings=findings)
    elif head.startswith("# meshgen fmt "):
        findings.extend(unformatted(content, formatted(content, findings=findings)))
    elif head.startswith("# meshgen test "):
        documents = read_documents([content], findings=findings)
        (_ask if "--manifests" in head else _test)(documents, content.file, findings)
    else:
        _translate(content, head, findings)
    return tuple(sorted(findings, key=lambda found: found.order))


def _ask(documents: Documents, file: str, findings: Findings) -> None:
    read_manifests(documents, built_in(), what=file, findings=findings)


def _test(documents: Documents, file: str, findings: Findings) -> None:
    profile = built_in()[0].profile
    meant = meaning(read_set(documents, findings=findings), profile, findings=findings)
    assert meant is not None, f"{file} holds an intent that is sound"
    world = world_for(meant, (), profile)
    (namespace,) = {key.namespace for key in meant.services}
    known = Surroundings(world=world, namespace=namespace, callers={}, providers=meant.providers)
    subject = Subject(name="intent", evaluator=evaluator(meant, world), known=known)
    for ran in run(load_tests(documents.tests, findings=findings), subject):
        findings.extend(ran.result.failures)


def _translate(content: Content, head: str, findings: Findings) -> None:
    documents = read_documents([content], findings=findings)
    written = read_profiles(documents.profiles, findings=findings)
    command = _COMMAND.match(head)
    verb, mesh = (None, None) if command is None else command.groups()
    chosen = () if mesh is None else choose(mesh, written, _SETTING.findall(head), findings=findings)
    if verb == "validate":
        findings.extend(validate(documents, chosen).findings)
        return
    reading = read_set(documents, findings=findings)
    if not findings.has_errors and verb is None:
        check(reading.intents, callers={}, findings=findings)
    for backend, profile in () if findings.has_errors else chosen:
        findings.extend(render(reading, backend, profile, is_patched="--patches" in head).findings)
