"""A stream of documents as text: what is not replaced stays as it came, byte for byte."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from meshgen.diagnostics import Findings, Span
from meshgen.krm.call import STREAM
from meshgen.source import MapNode, Node, read

# YAML 1.2.2, 9.1.4: at the head of a line it begins a document, even inside of a scalar.
_MARKER = re.compile(r"---(?=\s|\Z)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """The documents of a stream, and the text of each mapping among them."""

    nodes: tuple[Node, ...]
    head: str  # what stands before the first of them
    texts: Mapping[Span, str]  # by where each begins; together with the head the whole stream

    def text(self, node: MapNode) -> str:
        """Give a document as it came, with the marker before it and the comments behind it."""
        return self.texts[node.span]


def read_stream(content: bytes, *, findings: Findings) -> Stream:
    """Read documents and remember their text; nothing of them where the reader reports an error."""
    unread = Findings()
    nodes = read(content, file=STREAM, findings=unread)
    findings.extend(unread)
    if unread.has_errors:
        return Stream(nodes=(), head="", texts={})
    lines = content.decode("utf-8-sig").splitlines(keepends=True)
    spans = [node.span for node in nodes if isinstance(node, MapNode)]
    starts = _starts(lines, spans)
    ends = pairwise((*starts, len(lines)))
    texts = {span: "".join(lines[start:end]) for span, (start, end) in zip(spans, ends, strict=True)}
    return Stream(nodes=nodes, head="".join(lines[: starts[0]] if starts else lines), texts=texts)


def _starts(lines: Sequence[str], spans: Iterable[Span]) -> list[int]:
    """Find the line of the marker before each document; the first one may have none."""
    markers = [0, *(index for index, line in enumerate(lines) if _MARKER.match(line))]
    return [markers[bisect_right(markers, span.line - 1) - 1] for span in spans]


def joined(head: str, texts: Iterable[str]) -> str:
    """Put documents behind each other, with a marker before each that brings none."""
    parts = [head]
    for text in texts:
        if parts[-1] and not parts[-1].endswith(("\n", "\r")):
            parts.append("\n")
        if any(parts) and not _MARKER.match(text):
            parts.append("---\n")
        parts.append(text)
    return "".join(parts)
