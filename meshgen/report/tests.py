"""Results of tests for people, for programs and for CI servers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from meshgen.proof.meshtest import Coverage, Result
from meshgen.report import text
from meshgen.report.text import counted, printable


def as_text(results: Sequence[Result], covered: Coverage | None) -> str:
    """Write a line for each request, and one that counts."""
    lines = [f"{'FAIL' if each.failures else 'ok  '} {printable(each.title)}" for each in results]
    return "".join(f"{line}\n" for line in (*lines, summary(results, covered)))


def summary(results: Sequence[Result], covered: Coverage | None) -> str:
    """Count requests, failures, and the routes and rules that were reached."""
    failed = sum(bool(each.failures) for each in results)
    sides = ", ".join(dict.fromkeys(each.side for each in results)) or "nothing"
    told = (
        f"{counted(len(results), 'request')} on {sides}: {failed} failed" if results else "no tests were run"
    )
    if covered is None or not results:
        return told
    reached = f"{len(covered.reached)} of {len(covered.every)} routes and rules reached"
    missed = f", not {', '.join(covered.missed)}" if covered.missed else ""
    return f"{told}; {reached} ({covered.percent} %){missed}"


def as_json(results: Sequence[Result], covered: Coverage | None) -> str:
    """Write everything, for programs."""
    document = {
        "version": 1,
        "results": [_result(each) for each in results],
        "coverage": None
        if covered is None
        else {
            "percent": covered.percent,
            "reached": [name for name in covered.every if name in covered.reached],
            "missed": list(covered.missed),
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _result(result: Result) -> dict[str, Any]:
    return {
        "document": result.document,
        "test": result.test.name,
        "side": result.side,
        "title": result.title,
        "passed": not result.failures,
        "failures": [failure.message for failure in result.failures],
    }


def as_junit(results: Sequence[Result], covered: Coverage | None) -> str:  # noqa: ARG001  one form of three
    """Write a suite for each document and side, a case for each request."""
    root = Element("testsuites", {"name": "meshgen", **_counts(results)})
    suites: dict[tuple[str, str], list[Result]] = {}
    for each in results:
        suites.setdefault((each.document, each.side), []).append(each)
    for (document, side), found in suites.items():
        suite = SubElement(root, "testsuite", {"name": f"{document} [{side}]", **_counts(found)})
        for each in found:
            _add(suite, each)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _counts(results: Sequence[Result]) -> dict[str, str]:
    failures = sum(bool(each.failures) for each in results)
    return {"tests": str(len(results)), "failures": str(failures), "errors": "0", "skipped": "0"}


def _add(suite: Element, result: Result) -> None:
    name = {"classname": printable(result.document), "name": printable(result.title)}
    case = SubElement(suite, "testcase", name)
    span = result.test.span("name")
    if span is not None:
        case.set("file", printable(span.file))
        case.set("line", str(span.line))
    if result.failures:
        first = result.failures[0]
        told = SubElement(case, "failure", {"type": str(first.code), "message": printable(first.message)})
        told.text = text.write(result.failures)
