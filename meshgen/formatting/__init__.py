"""Documents of the language in their canonical form, and everything else in a file byte for byte."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from meshgen.diagnostics import Code, Diagnostic, Findings, Span
from meshgen.inputs import Content
from meshgen.intent.document import ObjectShape
from meshgen.intent.load import sort
from meshgen.intent.shape import INVALID, Place
from meshgen.kinds import kinds
from meshgen.source import read

if TYPE_CHECKING:
    from meshgen.formatting.written import Stretch

FRAMED = Code(
    number="MG731",
    slug="framed-document",
    meaning="A document has a directive or ends with '...', which its canonical form does not have.",
)
UNFORMATTED = Code(
    number="MG732",
    slug="unformatted-file",
    meaning="A file is not in canonical form, so that its next change would bring others with it.",
)
_MARK = "\ufeff"  # a byte order mark

Shapes = Mapping[int, ObjectShape]  # of our documents, by the line on which their content begins


def formatted(content: Content, *, findings: Findings) -> bytes:
    """Give a file with each MeshIntent and MeshProfile in canonical form, and the rest as it was.

    Reports what reading reports (MG101 to MG127), and MG731; the file is then given back as it is. A byte
    order mark stays, and documents have the line ends of their first line.
    """
    found = Findings()
    shapes = _shapes(content, found)
    whole = b"" if found.has_errors or not shapes else _formatted(content, shapes, found)
    findings.extend(found)
    return content.content if found.has_errors or not shapes else whole


def _shapes(content: Content, findings: Findings) -> Shapes:
    nodes = read(content.content, file=content.file, findings=findings)
    documents = sort(nodes, findings=findings)
    known = kinds()
    ours = [(node, known["MeshIntent"]) for node in documents.intents]
    ours += [(node, known["MeshProfile"]) for node in documents.profiles]
    for node, shape in ours:
        shape.read(node, Place(findings))
    return {node.span.line: shape for node, shape in ours}


def _formatted(content: Content, shapes: Shapes, findings: Findings) -> bytes:
    from meshgen.formatting.written import stretches

    whole = content.content.decode("utf-8")
    text = whole.removeprefix(_MARK)
    parts: list[str] = []
    for stretch in stretches(text):
        written = text[stretch.start : stretch.end]
        shape = _shape(stretch, written, shapes)
        if shape is not None and stretch.is_framed:
            message = "the document has a directive or ends with '...', so the file is left as it is"
            span = Span(content.file, stretch.first_line, 1)
            findings.add(FRAMED, message, span=span, hint="remove it: this language needs neither")
        elif shape is not None:
            written = _rewritten(written, shape, is_marked=stretch.is_marked)
        parts.append(written)
    return (whole[: len(whole) - len(text)] + "".join(parts)).encode()


def _shape(stretch: Stretch, written: str, shapes: Shapes) -> ObjectShape | None:
    lines = range(stretch.first_line, stretch.first_line + written.count("\n") + 1)
    return next((shapes[line] for line in lines if line in shapes), None)


def _rewritten(written: str, shape: ObjectShape, *, is_marked: bool) -> str:
    """Write a sound document anew. An intent that would mean anything else, or lose a comment, is our bug."""
    from meshgen.formatting.canonical import canonical
    from meshgen.formatting.comments import neighbours
    from meshgen.formatting.writing import write
    from meshgen.formatting.written import compose

    text = written.replace("\r\n", "\n").replace("\r", "\n")
    root = compose(text)
    anew = write(canonical(root, shape), neighbours(text, root), is_marked=is_marked)
    if _meaning(text, shape) != _meaning(anew, shape):
        raise AssertionError("the canonical form of a document means something else")
    return anew.replace("\n", "\r\n") if written.partition("\n")[0].endswith("\r") else anew


def _meaning(text: str, shape: ObjectShape) -> tuple[Any, Counter[str]]:
    """Give what a document loads to, and its comments."""
    from meshgen.formatting.written import comments, compose

    findings = Findings()
    (node,) = read(text.encode(), file="", findings=findings)
    value = shape.read(node, Place(findings))
    if value is INVALID or len(findings) > 0:
        raise AssertionError(f"the canonical form of a document is not sound: {list(findings)}")
    return value, Counter(found.group().rstrip() for found in comments(text, compose(text)))


def unformatted(content: Content, anew: bytes) -> Iterator[Diagnostic]:
    """Tell that a file is not in canonical form, MG732, at the first line that would change."""
    if anew == content.content:
        return
    pairs = zip_longest(content.content.splitlines(), anew.splitlines())
    line = next((number for number, (old, new) in enumerate(pairs, start=1) if old != new), 1)
    yield Diagnostic(
        code=UNFORMATTED,
        message=f"{content.file} is not in canonical form",
        span=Span(content.file, line, 1),
        severity=UNFORMATTED.severity,
        hint="run meshgen fmt without --check",
    )
