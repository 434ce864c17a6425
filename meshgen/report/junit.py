"""JUnit XML, as GitLab, Jenkins and other CI servers list it."""

from __future__ import annotations

import os.path
from collections import Counter
from collections.abc import Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from meshgen.diagnostics import Diagnostic, Severity
from meshgen.report import places, text
from meshgen.report.text import printable


def write(findings: Sequence[Diagnostic]) -> str:
    """Write one suite with a case for each finding: errors fail, the others pass; without any, one passes."""
    failures = sum(found.severity is Severity.ERROR for found in findings)
    cases = max(1, len(findings))
    counts = {"tests": str(cases), "failures": str(failures), "errors": "0", "skipped": "0"}
    root = Element("testsuites", {"name": "meshgen", **counts})
    suite = SubElement(root, "testsuite", {"name": "meshgen", **counts})
    for found, name in zip(findings, _names(findings), strict=True):
        _add(suite, found, name)
    if not findings:
        SubElement(suite, "testcase", {"classname": "meshgen", "name": "nothing found"})
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _names(findings: Sequence[Diagnostic]) -> Sequence[str]:
    """Name cases apart: of two with one name in one file, servers drop the second."""
    seen: Counter[tuple[str, str]] = Counter()
    names: list[str] = []
    for found in findings:
        name = printable(f"{found.code}: {found.message}")
        key = (_class(found), name)
        seen[key] += 1
        names.append(name if seen[key] == 1 else f"{name} ({seen[key]})")
    return names


def _class(found: Diagnostic) -> str:
    """Take the file for a class, without its ending: Jenkins takes what is before a dot for the package."""
    if found.span is None:
        return "meshgen"
    stem, _ = os.path.splitext(places.path(found.span.file))
    return printable(stem)


def _add(suite: Element, found: Diagnostic, name: str) -> None:
    case = SubElement(suite, "testcase", {"classname": _class(found), "name": name})
    if found.span is not None:
        case.set("file", printable(places.path(found.span.file)))
        case.set("line", str(found.span.line))
    if found.severity is Severity.ERROR:
        told = SubElement(case, "failure", {"type": str(found.code), "message": printable(found.message)})
    else:
        told = SubElement(case, "system-out")
    told.text = text.write([found])
