"""A first intent to go on from: an example that teaches, or what Services and workloads already say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from meshgen.diagnostics import Code, Findings
from meshgen.drafting.example import EXAMPLE
from meshgen.drafting.services import described, has_pods
from meshgen.intent.keys import ServiceKey
from meshgen.intent.load import Documents
from meshgen.intent.show import objects, show
from meshgen.intent.shown import Shown, ShownService
from meshgen.scalars import scalar
from meshgen.source import MapNode, Node, ScalarNode
from meshgen.values import DNS_LABEL

NOTHING_TO_START_FROM = Code(
    number="MG733",
    slug="nothing-to-start-from",
    meaning="The inputs hold no Service that an intent could speak of and does not yet.",
)
SCHEMA = "meshintent.schema.json"
_SAMPLE = "shop"
_UNNAMED = "default"  # where kubectl puts what names no namespace

_HEAD = f"""\
# yaml-language-server: $schema={SCHEMA}
# What callers of these services should experience, on whichever mesh they run.
#
#   meshgen render FILE --mesh NAME       writes the manifests of a mesh
#   meshgen explain timeout               says what a field means, and which mesh carries it
#   meshgen schema show MeshIntent        is the file above, by which editors complete and check
#
# A line in which no space follows the '#' is ready to use: take the '#' away.

"""


def example(*, name: str | None, namespace: str | None) -> str:
    """Write an intent of two services that every built-in profile carries."""
    words = {"<name>": name or namespace or _SAMPLE, "<namespace>": namespace or name or _SAMPLE}
    text = EXAMPLE
    for word, value in words.items():
        text = text.replace(word, scalar(value))
    return _HEAD + text


def draft(documents: Documents, *, name: str | None, namespace: str | None, findings: Findings) -> str:
    """Write an intent for each namespace in which Services stand that no intent of the inputs speaks of.

    With `namespace` those of it alone, and what names none. Reports MG114 and MG115 of what cannot be read,
    and MG733.
    """
    named = {namespace} if namespace is not None else _namespaces(documents.others) or {_UNNAMED}
    shown = show(documents.others, namespaces=named, findings=findings)
    known = frozenset(_known(documents.intents))
    services = [shown.services[key] for key in sorted(shown.services.keys() - known)]
    services = [service for service in services if namespace in (None, service.key.namespace)]
    if not any(map(has_pods, services)):
        what = "" if namespace is None else f" in the namespace {namespace}"
        hint = "name a folder of Services and workloads, or give meshgen init no file"
        findings.add(NOTHING_TO_START_FROM, f"there is no Service{what} to start from", hint=hint)
        return ""
    spaces = groupby(services, key=lambda service: service.key.namespace)
    return _HEAD + "---\n".join(_document(space, tuple(each), shown, name) for space, each in spaces)


def _namespaces(nodes: Iterable[MapNode]) -> set[str]:
    found = (_below(node, "metadata", "namespace") for node in objects(nodes))
    return {
        node.text for node in found if isinstance(node, ScalarNode) and DNS_LABEL.check(node.text) is None
    }


def _known(intents: Iterable[MapNode]) -> Iterator[ServiceKey]:
    """Find the services that intents speak of, sound or not."""
    for intent in intents:
        namespace = _below(intent, "metadata", "namespace")
        services = _below(intent, "spec", "services")
        for key, _ in services.entries if isinstance(services, MapNode) else ():
            if isinstance(namespace, ScalarNode):
                yield ServiceKey(namespace.text, key.text)


def _below(node: Node | None, *path: str) -> Node | None:
    for step in path:
        node = node.value(step) if isinstance(node, MapNode) else None
    return node


def _document(namespace: str, services: tuple[ShownService, ...], shown: Shown, name: str | None) -> str:
    firsts: dict[tuple[tuple[str, str], ...], str] = {}
    for service in services:
        firsts.setdefault(_pods(service), service.key.name)
    lines = [
        line
        for service in services
        for line in described(service, shown, pods_of=_other(service, firsts[_pods(service)]))
    ]
    if not any(map(has_pods, services)):
        return "".join(f"{line}\n" for line in lines)
    head = _DOCUMENT.format(name=scalar(name or namespace), namespace=scalar(namespace))
    return head + "".join(f"    {line}\n" for line in lines)


def _pods(service: ShownService) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(service.selector.items()))


def _other(service: ShownService, first: str) -> str | None:
    return None if first == service.key.name else first


_DOCUMENT = """\
apiVersion: meshgen.dev/v1alpha1
kind: MeshIntent
metadata:
  name: {name} # what it is a part of, as a label of every object
  namespace: {namespace} # where all its services live
  annotations:
    config.kubernetes.io/local-config: "true" # no cluster knows this kind, so nothing may apply it
spec:
  # Pods admit mTLS alone, and refuse plaintext.
  #mtls: {{mode: strict}}
  # What a service gets that says nothing of it.
  #defaults: {{timeout: 15s}}
  # Who may call a service, and nobody else, is in no Service: its callers are yours to write.
  services:
"""
