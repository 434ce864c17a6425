"""Documents of a set sorted by kind, and the intents among them read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from meshgen.diagnostics import Code, Findings, Severity, Span, near_miss
from meshgen.intent.document import shape_of
from meshgen.intent.model import MeshIntent
from meshgen.intent.resolved import ServiceKey
from meshgen.intent.shape import INVALID, Place
from meshgen.intent.testing import MeshTest
from meshgen.source import ListNode, MapNode, Node, ScalarNode

GROUP = "meshgen.dev"
API_VERSION = f"{GROUP}/v1alpha1"
KINDS = ("MeshIntent", "MeshProfile", "MeshTest")
_FOR_TOOLS = ("MeshRender",)  # says how kustomize and kpt run meshgen, and nothing to anybody else

NOT_AN_OBJECT = Code(
    number="MG110",
    slug="not-an-object",
    meaning="A document is no Kubernetes object with apiVersion and kind, so it is not read.",
    severity=Severity.WARNING,
)
UNKNOWN_KIND = Code(
    number="MG111", slug="unknown-kind", meaning="A document of ours is of a kind that does not exist."
)
UNKNOWN_API_VERSION = Code(
    number="MG112", slug="unknown-api-version", meaning="A document of ours is of a version that is not read."
)
NO_INTENT = Code(
    number="MG113", slug="no-intent", meaning="The files hold no MeshIntent, so there is nothing to do."
)
DUPLICATE_SERVICE = Code(
    number="MG201", slug="duplicate-service", meaning="Two documents say what should hold for one service."
)

DUPLICATE_TEST = Code(
    number="MG605", slug="duplicate-test", meaning="Two tests of one document have the same name."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """The documents of a set by kind."""

    intents: tuple[MapNode, ...]
    profiles: tuple[MapNode, ...]
    tests: tuple[MapNode, ...]
    others: tuple[MapNode, ...]  # never changed; what describes Services and workloads is read


def sort(nodes: Iterable[Node], *, findings: Findings) -> Documents:
    """Sort documents by kind. Reports MG110 to MG112."""
    ours: dict[str, list[MapNode]] = {kind: [] for kind in KINDS}
    others: list[MapNode] = []
    for node in nodes:
        api_version, kind = _text(node, "apiVersion"), _text(node, "kind")
        if not isinstance(node, MapNode) or kind is None or api_version is None:
            _report_no_object(node, findings)
        elif api_version.text.partition("/")[0] != GROUP:
            others.append(node)
            for item in _strays(node) if kind.text.endswith("List") else ():
                _report_no_object(item, findings, what="the item of a List")
        elif kind.text not in _FOR_TOOLS and _is_ours(api_version, kind, findings):
            ours[kind.text].append(node)
    return Documents(
        intents=tuple(ours["MeshIntent"]),
        profiles=tuple(ours["MeshProfile"]),
        tests=tuple(ours["MeshTest"]),
        others=tuple(others),
    )


def _text(node: Node, key: str) -> ScalarNode | None:
    value = node.value(key) if isinstance(node, MapNode) else None
    return value if isinstance(value, ScalarNode) and value.text else None


def _strays(node: MapNode) -> tuple[Node, ...]:
    """List what stands in a List and is no object at all."""
    items = node.value("items")
    found = items.items if isinstance(items, ListNode) else ()
    return tuple(item for item in found if not isinstance(item, MapNode))


def _report_no_object(node: Node, findings: Findings, *, what: str = "the document") -> None:
    missing = [key for key in ("apiVersion", "kind") if _text(node, key) is None]
    lack = f"has no {' and no '.join(missing)}" if isinstance(node, MapNode) else "is not a mapping"
    findings.add(
        NOT_AN_OBJECT,
        f"{what} {lack}, so it is not read",
        span=node.span,
        hint=f"an intent begins with 'apiVersion: {API_VERSION}' and 'kind: MeshIntent'",
    )


def _is_ours(api_version: ScalarNode, kind: ScalarNode, findings: Findings) -> bool:
    if api_version.text != API_VERSION:
        message = f"{api_version.text!r} is not a version that is read"
        findings.add(
            UNKNOWN_API_VERSION,
            message,
            span=api_version.span,
            field="apiVersion",
            hint=f"write {API_VERSION}",
        )
    if kind.text not in KINDS:
        hint = near_miss(kind.text, KINDS) or f"the kinds are {', '.join(KINDS)}"
        message = f"there is no kind {kind.text!r}"
        findings.add(UNKNOWN_KIND, message, span=kind.span, field="kind", hint=hint)
    return api_version.text == API_VERSION and kind.text in KINDS


def load(nodes: Iterable[MapNode], *, findings: Findings) -> tuple[MeshIntent, ...]:
    """Read intents; one that is not sound is left out, with what is wrong in it reported.

    Reports MG120 to MG126, and MG201 where two documents speak of one service.
    """
    shape = shape_of(MeshIntent)
    read = (shape.read(node, Place(findings)) for node in nodes)
    intents = tuple(intent for intent in read if intent is not INVALID)
    _check_unique(intents, findings)
    return intents


def load_tests(nodes: Iterable[MapNode], *, findings: Findings) -> tuple[MeshTest, ...]:
    """Read documents of tests; one that is not sound is left out, with what is wrong in it reported.

    Reports MG120 to MG126, and MG605 where two tests of a document have one name.
    """
    shape = shape_of(MeshTest)
    read = (shape.read(node, Place(findings)) for node in nodes)
    documents = tuple(document for document in read if document is not INVALID)
    for document in documents:
        _check_names(document, findings)
    return documents


def _check_names(document: MeshTest, findings: Findings) -> None:
    first: dict[str, Span | None] = {}
    for test in document.spec.tests:
        there = first.setdefault(test.name, test.span("name"))
        if there is not None and there != test.span("name"):
            findings.add(
                DUPLICATE_TEST,
                f"the test {test.name!r} stands twice",
                span=test.span("name"),
                hint="name each test differently, so that a report tells them apart",
                related=(("the first one", there),),
            )


def _check_unique(intents: Iterable[MeshIntent], findings: Findings) -> None:
    first: dict[ServiceKey, Span | None] = {}
    for intent in intents:
        for name, service in (intent.spec.services or {}).items():
            key = ServiceKey(intent.metadata.namespace, name)
            span = service.span()
            if key not in first:
                first[key] = span
                continue
            there = first[key]
            findings.add(
                DUPLICATE_SERVICE,
                f"the service {key} stands in two documents",
                span=service.span(),
                severity=Severity.ERROR,
                field=f"spec.services.{name}",
                hint="say everything of a service in one place",
                related=() if there is None else (("the first one", there),),
            )
