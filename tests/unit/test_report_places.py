"""Columns for editors: whatever the file holds, a region begins at what was found."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from meshgen.diagnostics import Code, Diagnostic, Findings, Severity, Span
from meshgen.report import Format, report
from meshgen.report.places import Region, Sources, path
from meshgen.source import MapNode, read


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("mark: 1\n", id="plain"),
        pytest.param("\ufeffmark: 1\n", id="byte order mark"),
        pytest.param("\ufeff{a: 1, mark: 2}\n", id="behind a byte order mark"),
        pytest.param("a: 1\r\nmark: 2\r\n", id="CRLF"),
        pytest.param("a: 1\rmark: 2\r", id="CR"),
        pytest.param("a: 1\r\n\r\n# \r\rb: 2\nmark: 3", id="every break"),
        pytest.param("{a:\t1,\t\tmark: 2}\n", id="tabs"),
        pytest.param("{'\U0001f600\U0001f600': 1, mark: 2}\n", id="astral"),
        pytest.param("{'e\u0301\u00e9\u4e2d': '\U0001f469\u200d\U0001f52c', mark: 2}\n", id="combined"),
        pytest.param("\ufeff# \U0001f600\r\n{\t'\U0001f600': '\U0001f600',\tmark: 2}\r\n", id="all at once"),
        pytest.param(
            "# a form feed would end a line for Python: \u00a0\n{'\u00a0': 1, mark: 2}\n", id="nbsp"
        ),
    ],
)
def test_a_region_begins_where_the_finding_does_and_ends_with_its_line(text: str, tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(text.encode())
    region = Sources().region(_mark(file))

    units = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").encode("utf-16-le")
    line = units.split("\n".encode("utf-16-le"))[region.line - 1]
    shown = line[2 * (region.start - 1) : 2 * (region.end - 1)].decode("utf-16-le")
    assert shown.startswith("mark: ")
    assert 2 * (region.end - 1) == len(line)


def _mark(file: Path) -> Span:
    findings = Findings()
    (node,) = read(file.read_bytes(), file=str(file), findings=findings)
    assert isinstance(node, MapNode)
    entry = node.entry("mark")
    assert entry is not None
    assert [] == list(findings)
    return entry.key.span


@pytest.mark.parametrize(
    ("span", "region"),
    [
        pytest.param(Span("x.yaml", 1, 5), Region(1, 6, 7), id="astral before it"),
        pytest.param(Span("x.yaml", 1, 9), Region(1, 10, 10), id="in the blanks at the end of a line"),
        pytest.param(Span("x.yaml", 2, 1), Region(2, 1, 1), id="on the empty last line"),
        pytest.param(Span("x.yaml", 7, 3), Region(7, 3, 3), id="on a line that went away"),
        pytest.param(Span("gone.yaml", 7, 3), Region(7, 3, 3), id="in a file that went away"),
        pytest.param(Span("-", 7, 3), Region(7, 3, 3), id="on standard input"),
        pytest.param(Span(".", 1, 1), Region(1, 1, 1), id="in a folder"),
        pytest.param(Span("x" * 300, 1, 1), Region(1, 1, 1), id="in a file that cannot be"),
    ],
)
def test_a_region_is_empty_where_no_text_is_left(
    span: Span, region: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.yaml").write_text("\U0001f600a: b    \n", "utf-8")
    Path("-").write_text("a file of this name is not standard input\n" * 9)

    assert region == Sources().region(span)


def test_a_pipe_is_not_read_again(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    assert Region(1, 2, 2) == Sources().region(Span(str(pipe), 1, 2))


def test_a_file_that_is_not_utf8_has_columns_up_to_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes("\U0001f600: ".encode() + b"\xff\n")
    findings = Findings()
    read(file.read_bytes(), file=str(file), findings=findings)
    (found,) = findings
    assert found.span is not None

    assert Region(1, 5, 6) == Sources().region(found.span)


def test_a_path_is_told_from_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a")

    assert "b/x.yaml" == path("b/x.yaml")
    assert "b/x.yaml" == path("./b/../b//x.yaml")
    assert "b/x.yaml" == path(f"{below}/x.yaml")
    assert f"{tmp_path.as_posix()}/x.yaml" == path("../x.yaml")
    assert "stdin" == path("-")
    assert "." == path("")


LIVE = Span("cluster:Service/shop/cart", 0, 0)
CODE = Code(number="MG280", slug="contradiction", meaning="")


def _found(span: Span | None, *related: tuple[str, Span]) -> Diagnostic:
    return Diagnostic(code=CODE, message="it differs", span=span, severity=Severity.ERROR, related=related)


def test_an_object_of_a_cluster_is_named_without_a_line() -> None:
    told = [_found(LIVE), _found(Span("a.yaml", 1, 2), ("the Service", LIVE))]
    expected = (
        "a.yaml:1:2: error[MG280 contradiction]: it differs\n"
        "  cluster:Service/shop/cart: the Service\n"
        "cluster:Service/shop/cart: error[MG280 contradiction]: it differs\n"
    )
    places = [
        (each["file"], each["line"], each["column"])
        for found in json.loads(report(told, Format.JSON))["findings"]
        for each in (found, *found["related"])
    ]

    assert expected == report(told, Format.TEXT)
    assert places == [
        ("a.yaml", 1, 2),
        ("cluster:Service/shop/cart", None, None),
        ("cluster:Service/shop/cart", None, None),
    ]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(_found(LIVE), "MG280 contradiction::cluster:Service/shop/cart: it differs", id="place"),
        pytest.param(
            _found(None, ("the Service", LIVE)),
            "MG280 contradiction::it differs; the Service: cluster:Service/shop/cart",
            id="related",
        ),
        pytest.param(
            _found(LIVE, ("the other", Span("a.yaml", 1, 2)), ("the Service", LIVE)),
            (
                "MG280 contradiction::cluster:Service/shop/cart: it differs; "
                "the Service: cluster:Service/shop/cart%0Aa.yaml:1:2: the other"
            ),
            id="both",
        ),
    ],
)
def test_a_form_that_knows_files_alone_names_an_object_of_a_cluster_in_the_message(
    found: Diagnostic, expected: str
) -> None:
    assert report([found], Format.GITHUB) == f"::error title={expected}\n"


@pytest.mark.parametrize("form", Format)
def test_every_form_can_tell_of_an_object_of_a_cluster(form: Format) -> None:
    told = report([_found(LIVE, ("the Service", LIVE))], form, inputs=["a.yaml"])

    assert "Service/shop/cart" in told
    assert ":0" not in told
