"""Whatever `meshgen validate` is fed, it judges: no trace, no exit 3, nothing that takes long."""

from __future__ import annotations

import copy
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meshgen.diagnostics import Findings
from meshgen.jsontypes import to_json
from meshgen.source import read
from tests.property.commands import Told, tell
from tests.property.hostile import JSON_VALUES, written
from tests.property.test_hostile_input import HUGE

CASES = Path(__file__).parents[1] / "cases"
PROFILES = ("istio", "linkerd", "linkerd-gateway", "consul")
DOCUMENTS_EACH = 10
MESHES = st.sampled_from([[], *(["--mesh", profile] for profile in PROFILES)])

hostile = settings(suppress_health_check=list(HealthCheck))


@cache
def manifests() -> tuple[Any, ...]:
    """Read what is rendered in cases and, where they are at hand, upstream's own manifests."""
    paths = [path for profile in PROFILES for path in sorted(CASES.rglob(f"{profile}.yaml"))]
    if "MESHGEN_SHARED" in os.environ:
        paths += sorted(Path(os.environ["MESHGEN_SHARED"], "corpora").rglob("*.yaml"))
    nodes = (node for path in paths for node in read(path.read_bytes(), file="", findings=Findings()))
    return tuple(json.loads(text) for text in sorted({json.dumps(to_json(node)) for node in nodes}))


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each holder with a key or an index of it."""
    found: list[Any] = [value]
    while found:
        holder = found.pop()
        keys = (
            list(holder)
            if isinstance(holder, dict)
            else range(len(holder) if isinstance(holder, list) else 0)
        )
        for key in keys:
            yield holder, key
            found.append(holder[key])


def put_value(holder: Any, key: Any, random: Random) -> None:
    holder[key] = copy.deepcopy(random.choice(JSON_VALUES))


def take_away(holder: Any, key: Any, _random: Random) -> None:
    del holder[key]


def put_beside(holder: Any, key: Any, random: Random) -> None:
    if isinstance(holder, dict):
        holder[f"{key}{random.choice('Xs_-')}"] = copy.deepcopy(holder[key])
    else:
        holder.append(copy.deepcopy(holder[key]))


def put_below(holder: Any, key: Any, random: Random) -> None:
    wrapped = holder[key]
    for _ in range(random.choice((1, 1, 1, 50, 70))):
        wrapped = [wrapped] if random.random() < 0.5 else {"a": wrapped}
    holder[key] = wrapped


def put_many(holder: Any, key: Any, random: Random) -> None:
    if isinstance(holder, list):
        holder.extend(copy.deepcopy(holder[key]) for _ in range(random.choice((1, 10, 120))))


def put_other(holder: Any, key: Any, random: Random) -> None:
    other, there = random.choice(list(places(random.choice(manifests()))))
    holder[key] = copy.deepcopy(other[there])


DAMAGES: tuple[Callable[[Any, Any, Random], None], ...] = (
    *(put_value, put_value, take_away, put_beside, put_below, put_many, put_other),
)


def damaged(random: Random) -> Any:
    """Damage a real manifest in a few places."""
    found = copy.deepcopy(random.choice(manifests()))
    for _ in range(random.choice((1, 1, 2, 4))):
        holder, key = random.choice(list(places(found)))
        random.choice(DAMAGES)(holder, key, random)
    return found


TREES = st.recursive(
    st.sampled_from(JSON_VALUES) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)


KEYS = st.lists(st.sampled_from(["kind", "spec", "metadata"]), min_size=1)


def check(told: Told) -> None:
    assert told.status in (0, 1), told.stderr
    assert told.stdout == b""


@hostile
@given(st.randoms(use_true_random=False), MESHES)
def test_damaged_manifests_are_judged_each_in_less_than_a_second(random: Random, mesh: list[str]) -> None:
    documents = [written(damaged(random)) for _ in range(DOCUMENTS_EACH)]
    began = time.process_time()

    check(tell(["validate", "-", *mesh], b"\n---\n".join(documents)))

    assert time.process_time() - began < DOCUMENTS_EACH


@hostile
@given(
    st.lists(st.sampled_from(["kind", "spec", "metadata"]), min_size=1), TREES, st.integers(0, 10**6), MESHES
)
def test_a_manifest_of_anything_is_judged(keys: list[str], tree: Any, which: int, mesh: list[str]) -> None:
    found = copy.deepcopy(manifests()[which % len(manifests())])
    found = {**(found if isinstance(found, dict) else {}), **dict.fromkeys(keys, tree)}

    check(tell(["validate", "-", *mesh], written(found)))


@pytest.mark.parametrize("way", ["file", "folder", "-", "--mesh", "schema import"])
@pytest.mark.parametrize("what", HUGE)
def test_what_is_huge_is_refused_with_one_finding_wherever_it_comes_in(what: str, way: str) -> None:
    body, code = HUGE[what]
    content = b"apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a}\nspec: " + body
    with TemporaryDirectory() as folder:
        file = Path(folder, "input.yaml")
        file.write_bytes(b"" if way == "-" else content)
        told = {
            "file": lambda: tell(["validate", str(file)], b""),
            "folder": lambda: tell(["validate", folder], b""),
            "-": lambda: tell(["validate", "-"], content),
            "--mesh": lambda: tell(["validate", "-", "--mesh", str(file)], b""),
            "schema import": lambda: tell(
                [*"schema import --mesh a --mesh-version 1 -d".split(), f"{folder}/out", str(file)], b""
            ),
        }[way]()

        assert [path.name for path in Path(folder).iterdir()] == ["input.yaml"]
    assert (1, b"") == (told.status, told.stdout)
    assert [code] == re.findall(r"error\[(MG\d+)", told.stderr)
