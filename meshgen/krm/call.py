"""What a function is called with: a ResourceList, or the two streams of kustomize's older plugins."""

from __future__ import annotations

from dataclasses import dataclass

from meshgen.diagnostics import Code, Findings, near_miss
from meshgen.krm.items import text_at
from meshgen.source import ListNode, MapNode, Node, read

NOT_A_RESOURCE_LIST = Code(
    number="MG720",
    slug="not-a-resource-list",
    meaning="A function is given something else than the ResourceList that kustomize and kpt give it.",
)

STREAM = "-"  # how findings name what came on standard input
CONFIG = "config"  # and the configuration that a plugin is given in a file of kustomize's

_KIND = "ResourceList"
_GROUP = "config.kubernetes.io"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The objects so far, and what is to be done to them."""

    items: tuple[MapNode, ...]
    config: MapNode | None  # None: the caller gave none


def read_call(content: bytes, *, findings: Findings) -> Call | None:
    """Read a ResourceList; None where it cannot be trusted, with the reason reported: MG10x and MG720."""
    nodes = read(content, file=STREAM, findings=findings)
    if findings.has_errors:
        return None
    match nodes:
        case [MapNode() as whole] if _is_list(whole):
            return _call(whole, findings)
        case [MapNode() as other] if (kind := text_at(other, "kind")) is not None:
            of = text_at(other, "apiVersion")
            what = f"a {kind}" if of is None else f"a {kind} of {of}"
            hint = near_miss(kind, [_KIND]) or None
        case []:
            what, hint = "nothing", None
        case _:
            what, hint = f"{len(nodes)} documents" if len(nodes) > 1 else "no object", None
    findings.add(
        NOT_A_RESOURCE_LIST,
        f"standard input holds {what}, not a {_KIND} of {_GROUP}/v1",
        hint=hint or "kustomize and kpt write one; for files of your own there is meshgen render",
    )
    return None


def _is_list(node: MapNode) -> bool:
    group = (text_at(node, "apiVersion") or "").partition("/")[0]
    return group == _GROUP and text_at(node, "kind") == _KIND


def _call(whole: MapNode, findings: Findings) -> Call | None:
    config, items = whole.value("functionConfig"), whole.value("items")
    if isinstance(items, MapNode) or text_at(whole, "items") is not None:
        findings.add(NOT_A_RESOURCE_LIST, "items is not a list", span=whole.span)
        return None
    listed = items.items if isinstance(items, ListNode) else ()
    return _checked(listed, config if isinstance(config, MapNode) else None, findings)


def read_streams(items: bytes, config: bytes, *, findings: Findings) -> Call | None:
    """Read what kustomize's older plugins are given: objects on standard input, the config in a file.

    None where it cannot be trusted, with the reason reported: MG10x and MG720.
    """
    nodes = read(items, file=STREAM, findings=findings)
    configs = read(config, file=CONFIG, findings=findings)
    if findings.has_errors:
        return None
    if len(configs) != 1:
        findings.add(NOT_A_RESOURCE_LIST, f"the configuration holds {len(configs)} documents, not one")
        return None
    (only,) = configs
    return _checked(nodes, only if isinstance(only, MapNode) else None, findings)


def _checked(items: tuple[Node, ...], config: MapNode | None, findings: Findings) -> Call | None:
    """Every item must be an object: what is not cannot be told from another one."""
    for item in items:
        if text_at(item, "kind") is None:
            findings.add(NOT_A_RESOURCE_LIST, "an item is no object with a kind", span=item.span)
    if findings.has_errors:
        return None
    return Call(items=tuple(item for item in items if isinstance(item, MapNode)), config=config)
