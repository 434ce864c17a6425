"""The canonical form line by line: order, quotes, indents, ends of lines, and what is left alone."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from meshgen.cli import run
from meshgen.diagnostics import Findings
from meshgen.formatting import formatted
from meshgen.inputs import Content

ROOT = Path(__file__).parents[2]
HEAD = "apiVersion: meshgen.dev/v1alpha1\nkind: MeshIntent\nmetadata: {name: shop, namespace: shop}\n"
MESSY = "kind: MeshIntent\napiVersion: meshgen.dev/v1alpha1\nmetadata: {name: shop, namespace: shop}\n"


def form(text: str | bytes) -> bytes:
    findings = Findings()
    anew = formatted(Content("f", text.encode() if isinstance(text, str) else text), findings=findings)
    assert [] == list(findings)
    return anew


@pytest.mark.parametrize("path", sorted((ROOT / "examples").rglob("*.yaml")), ids=lambda path: path.stem)
def test_an_example_is_in_canonical_form(path: Path) -> None:
    assert path.read_bytes() == form(path.read_bytes())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{web: {port: 80, timeout: '5s'}}", "{web: {port: 80, timeout: 5s}}"),
        ('{web: {port: 80, retries: "none"}}', "{web: {port: 80, retries: none}}"),
        ("{web: {ports: [{port: 80, targetPort: '81'}]}}", '{web: {ports: [{port: 80, targetPort: "81"}]}}'),
        ("{web: {ports: [{port: 80, targetPort: 81}]}}", "{web: {ports: [{port: 80, targetPort: 81}]}}"),
        ("{web: {selector: {a: 1.0}}}", '{web: {selector: {a: "1.0"}}}'),
        ("{web: {selector: {'a': 'b'}}}", "{web: {selector: {a: b}}}"),
        ("{web: {selector: {a: 'on'}}}", '{web: {selector: {a: "on"}}}'),
        ('{web: {callers: [{"service":"api"}]}, api: {}}', "{web: {callers: [{service: api}]}, api: {}}"),
        ("{web: {callers: ['api']}, api: {}}", "{web: {callers: [api]}, api: {}}"),
    ],
)
def test_quotes_stand_where_a_reader_needs_them(written: str, expected: str) -> None:
    assert f"{HEAD}spec: {{services: {expected}}}\n".encode() == form(f"{HEAD}spec: {{services: {written}}}")


def test_a_regex_in_single_quotes_keeps_them_for_double_ones_would_escape() -> None:
    route = r"{name: a, match: [{paths: [{regex: '/a\.b'}]}], timeout: 1s}"
    text = f"{HEAD}spec: {{services: {{web: {{port: 80, routes: [{route}]}}}}}}\n"

    anew = form(text)

    assert rb"regex: '/a\.b'" in anew
    assert anew == form(anew)


def test_a_flow_collection_that_is_too_long_becomes_a_block() -> None:
    callers = ", ".join(f"{{namespace: namespace-{number:02}}}" for number in range(4))

    anew = form(f"{HEAD}spec: {{services: {{web: {{port: 80, callers: [{callers}]}}}}}}")

    expected = "".join(f"        - {{namespace: namespace-{number:02}}}\n" for number in range(4))
    assert f"{HEAD}spec:\n  services:\n    web:\n      port: 80\n      callers:\n{expected}".encode() == anew


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["no mark", "mark"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_a_byte_order_mark_and_ends_of_lines_stay(mark: bytes, end: bytes) -> None:
    body = "spec: {services: {web: {port: 80}}}\n---\nkind:   Service\napiVersion: v1\n"
    written = mark + (MESSY + body).encode().replace(b"\n", end)

    assert mark + (HEAD + body).encode().replace(b"\n", end) == form(written)


def test_at_most_one_empty_line_stands_between_entries_and_none_at_the_edges() -> None:
    anew = form(
        f"\n\n{HEAD}\n\n\nspec:\n\n  services:\n\n    web: {{port: 80}}\n\n\n    api: {{port: 81}}\n\n\n"
    )

    expected = f"{HEAD}\nspec:\n  services:\n    web: {{port: 80}}\n\n    api: {{port: 81}}\n"
    assert expected.encode() == anew


def test_a_modeline_stays_on_top_of_a_file_whose_keys_move() -> None:
    modeline = "# yaml-language-server: $schema=meshintent.schema.json\n"

    assert f"{modeline}{HEAD}".encode() in form(f"{modeline}{MESSY}spec: {{services: {{web: {{}}}}}}")


def test_what_stands_above_the_marker_of_a_document_stays_there() -> None:
    modeline = "# yaml-language-server: $schema=meshintent.schema.json\n"
    spec = "spec: {services: {web: {}}}\n"

    assert f"{modeline}--- # ours\n# a\n\n{HEAD}{spec}".encode() == form(
        f"{modeline}\n--- # ours\n# a\n\n{MESSY}{spec}"
    )


def test_an_escaped_space_at_the_end_of_a_line_stays() -> None:
    meta = (
        'metadata:\n  name: shop\n  namespace: shop\n  annotations:\n    a.example/b: "one\\ \n      two"\n'
    )
    text = f"apiVersion: meshgen.dev/v1alpha1\nkind: MeshIntent\n{meta}spec: {{services: {{web: {{}}}}}}\n"

    assert text.encode() == form(text)


def test_a_licence_that_an_empty_line_sets_apart_stays_on_top() -> None:
    assert f"# Ours.\n\n{HEAD}".encode() in form(f"# Ours.\n\n{MESSY}spec: {{services: {{web: {{}}}}}}")


def test_a_file_without_a_document_of_ours_is_left_byte_for_byte() -> None:
    text = "\n  # a\r\n---\nkind:   Service\napiVersion: v1\nmetadata: {name:   a}  # b"

    assert text.encode() == form(text)


def test_what_lies_between_others_is_rewritten_and_they_are_not() -> None:
    other = "---\nkind:   Service\napiVersion: v1   # a\n# below\n"
    ours = f"---\n{MESSY}spec: {{services: {{web: {{}}}}}}\n"

    expected = f"{other}---\n{HEAD}spec: {{services: {{web: {{}}}}}}\n{other}"
    assert expected.encode() == form(other + ours + other)


def test_a_profile_has_a_canonical_form_too() -> None:
    version, kind = "apiVersion: meshgen.dev/v1alpha1\n", "kind: MeshProfile\n"
    spec, metadata = "spec: {extends: istio}\n", "metadata: {name: ours}\n"

    assert (version + kind + metadata + spec).encode() == form(spec + kind + metadata + version)


def test_a_literal_scalar_that_keeps_its_empty_lines_keeps_them() -> None:
    literal = "    a.example/b: |+\n      one\n\n\n    a.example/c: two\n"
    meta = f"metadata:\n  name: shop\n  namespace: shop\n  annotations:\n{literal}"
    text = f"apiVersion: meshgen.dev/v1alpha1\nkind: MeshIntent\n{meta}spec: {{services: {{web: {{}}}}}}\n"

    assert text.encode() == form(text)


def test_a_literal_scalar_at_the_end_of_a_file_without_a_line_end_gets_none() -> None:
    literal = "metadata:\n  name: shop\n  namespace: shop\n  annotations:\n    a.example/b: |"
    head = "apiVersion: meshgen.dev/v1alpha1\nkind: MeshIntent\n"
    spec = "spec: {services: {web: {}}}\n"

    assert f"{head}{literal}-\n      one\n{spec}".encode() == form(f"{head}{spec}{literal}\n      one")


def test_a_file_is_rewritten_where_a_link_leads_and_keeps_its_mode(tmp_path: Path) -> None:
    file, link = tmp_path / "shop.yaml", tmp_path / "link.yaml"
    file.write_text(f"{MESSY}spec: {{services: {{web: {{}}}}}}\n")
    file.chmod(0o640)
    link.symlink_to(file.name)

    status = run(["fmt", str(link)])

    assert 0 == status
    assert f"{HEAD}spec: {{services: {{web: {{}}}}}}\n" == file.read_text()
    assert (True, 0o640) == (link.is_symlink(), file.stat().st_mode & 0o777)
    assert {"shop.yaml", "link.yaml"} == {path.name for path in tmp_path.iterdir()}


def test_a_pipe_cannot_be_rewritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(f"{MESSY}spec: {{services: {{web: {{}}}}}}\n",))
    writer.start()

    status = run(["fmt", str(pipe), "--color", "never"])
    writer.join()

    expected = (
        f"error[MG704 unwritable-file]: {pipe} is no file that could be rewritten\n  hint: give it as -\n"
    )
    assert (1, expected) == (status, capsys.readouterr().err)
