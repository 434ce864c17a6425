"""What the forms in which kustomize and kpt run meshgen have in common: a call in, an answer out."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from meshgen.api import Reading, read_documents, read_set, render
from meshgen.cli.clusters import Caller, choose_one
from meshgen.cli.stdout import BROKEN_PIPE, write_out
from meshgen.cli.telling import Telling
from meshgen.diagnostics import Diagnostic, Findings
from meshgen.folder import Owner
from meshgen.intent.load import Documents, sort
from meshgen.krm.call import Call
from meshgen.krm.items import identity
from meshgen.krm.names import check_names
from meshgen.krm.order import Order, read_order, read_paths
from meshgen.krm.results import Places, results, told
from meshgen.krm.upsert import untouched, upsert
from meshgen.manifest import Manifest
from meshgen.report.text import count, counted
from meshgen.scalars import Json
from meshgen.source import MAX_FILE_BYTES, MapNode

_CALLER = Caller(
    where="write spec.mesh, or the annotation meshgen.dev/mesh of an intent, as one of these",
    each="write one function for each",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The objects after a call, and what is told of it."""

    texts: tuple[str, ...]
    results: Sequence[Json]
    fails: bool


def standard_input() -> bytes:
    """Read standard input as far as it can be of use; what is longer is refused when it is read."""
    if sys.stdin is None or sys.stdin.isatty():  # nobody pipes anything
        return b""
    return sys.stdin.buffer.read(MAX_FILE_BYTES + 1)


def answer(call: Call | None, *, is_open: bool, telling: Telling, findings: Findings) -> Answer:
    """Render what a call asks for into its objects, and tell the findings on stderr.

    With a finding that is an error the objects stay as they came. `is_open` lets files lie anywhere.
    """
    items = () if call is None else call.items
    texts = None if call is None else _rendered(call, is_open=is_open, telling=telling, findings=findings)
    known = () if call is None or call.config is None else (call.config,)
    places = Places((*known, *items))
    listed = results(findings, places)
    spoken = _as_findings(told(findings, places))
    fails = texts is None or telling.fails(findings)
    done = "nothing rendered" if fails else counted(len(texts or ()), "object")
    telling.tell(spoken, summary=", ".join((done, *count(spoken))))
    unchanged = untouched(items, findings=Findings()) if fails else ()
    return Answer(texts=unchanged if fails or texts is None else texts, results=listed, fails=fails)


def finish(text: str, *, fails: bool, telling: Telling) -> int:
    """Write an answer to stdout, and give the exit code of the call."""
    unwritten = Findings()
    if not write_out(text, unwritten):
        return BROKEN_PIPE
    if unwritten.has_errors:
        telling.tell(unwritten, summary="nothing written")
    return 1 if fails or unwritten.has_errors else 0


def _as_findings(found: Iterable[Diagnostic]) -> Findings:
    findings = Findings()
    findings.extend(found)
    return findings


def _rendered(call: Call, *, is_open: bool, telling: Telling, findings: Findings) -> tuple[str, ...] | None:
    """Render and put in place; None where an error stands in the way."""
    order = read_order(call.config, findings=findings)
    if order is None:
        return None
    documents = _documents(call, order, is_open=is_open, findings=findings)
    chosen = choose_one(order.mesh, order.settings, documents, _CALLER, findings)
    reading = read_set(documents, findings=findings, is_pinned=order.is_pinned)
    if chosen is None or findings.has_errors:
        return None
    rendering = render(reading, *chosen, is_partial=order.is_partial)
    findings.extend(rendering.findings)
    findings.extend(check_names(reading.intents, call.items))
    return None if telling.fails(findings) else _placed(call, reading, rendering.manifests, findings)


def _placed(
    call: Call, reading: Reading, manifests: Sequence[Manifest], findings: Findings
) -> tuple[str, ...]:
    metadata = (intent.metadata for intent in reading.written)
    owners = frozenset(Owner(each.name, each.namespace) for each in metadata)
    return upsert(call.items, manifests, owners=owners, findings=findings)


def _documents(call: Call, order: Order, *, is_open: bool, findings: Findings) -> Documents:
    """Read the objects so far, the files that the order names, and the intent that is the order itself."""
    contents = read_paths(order, is_open=is_open, findings=findings)
    files = read_documents(contents, findings=findings)
    config = None if call.config is None else identity(call.config)
    items = (item for item in call.items if identity(item) != config)
    streamed = sort((*_inline(order), *items), findings=findings)
    return Documents(
        intents=(*files.intents, *streamed.intents),
        profiles=(*files.profiles, *streamed.profiles),
        tests=(),
        others=(*files.others, *streamed.others),
    )


def _inline(order: Order) -> tuple[MapNode, ...]:
    return () if order.intent is None else (order.intent,)
