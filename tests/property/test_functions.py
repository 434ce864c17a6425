"""Whatever a pipeline hands to a function, it answers with a ResourceList and no trace of its own."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.property.commands import tell
from tests.unit.functions import NOTED, SERVICE, intent, render_config

GENERATED = {
    "apiVersion": "networking.istio.io/v1",
    "kind": "VirtualService",
    "metadata": {
        "name": "cart",
        "namespace": "shop",
        "labels": {"app.kubernetes.io/managed-by": "meshgen", "app.kubernetes.io/part-of": "shop"},
        "annotations": NOTED,
    },
}
CONFIGS = (
    intent(timeout="5s"),
    render_config(mesh="istio", set=["version=1.29"], intents=["intent.yaml"], partial=True),
)
CALLS = tuple(
    {
        "apiVersion": "config.kubernetes.io/v1",
        "kind": "ResourceList",
        "items": [SERVICE, GENERATED, intent(timeout="7s")],
        "functionConfig": config,
    }
    for config in CONFIGS
)
TAKEN_AWAY = object()
VALUES = [TAKEN_AWAY, None, "", [], {}, 0, True, 1.5, "x" * 3000, [[]], {"a": {"b": []}}, "~", "yes", "\n"]
VALUES += ["- a", "a: b", "..", "/etc/passwd", "-", {"\ud7ff": 1}, "\u2028", "\u0663" * 12, {"k" * 1500: 1}]


def _paths(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    steps = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, below in steps:
        yield from _paths(below, (*path, step))


PLACES = [(call, path) for call in CALLS for path in _paths(call) if path]


@given(st.sampled_from(PLACES), st.sampled_from(VALUES), st.booleans())
def test_a_call_with_one_value_changed_is_answered(place: Any, value: Any, is_unicode: bool) -> None:
    call, path = place
    changed = copy.deepcopy(call)
    here = changed
    for step in path[:-1]:
        here = here[step]
    if value is TAKEN_AWAY:
        del here[path[-1]]
    else:
        here[path[-1]] = value

    told = tell(["krm"], yaml.safe_dump(changed, sort_keys=False, allow_unicode=is_unicode).encode())

    assert told.status in (0, 1), told.stderr
    assert "ResourceList" == yaml.safe_load(told.stdout)["kind"]
