"""kustomize is told of every field in which a generated object names another one, and of no other field."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from meshgen import datafiles
from meshgen.api import read_intents, render
from meshgen.diagnostics import Findings
from meshgen.inputs import Content
from meshgen.intent.samples import sample, samples
from meshgen.jsontypes import to_json
from meshgen.manifest import Manifest
from meshgen.profiles import Choice, built_in, choose
from meshgen.scalars import dump
from meshgen.source import read

ROOT = Path(__file__).parents[2]
HEAD = """\
# Where generated objects name each other and Services, for namePrefix and nameSuffix of kustomize.
# What they name in full, as in web.shop.svc.cluster.local, and identities such as shop/web kustomize leaves.
"""
# What users bring, and an intent names: their names are those of its services.
OF_USERS = {("", "Service"), ("", "ServiceAccount")}


class Field(NamedTuple):
    """A field that holds the name of an object."""

    group: str  # of the object that is named
    kind: str
    referrer_group: str
    referrer_kind: str
    path: str


# Where the definitions of the experimental channel are installed, more kinds are written.
CLUSTERS = [*(choice.profile.name for choice in built_in()), "linkerd-gateway"]
SETTINGS = [*(() for _ in built_in()), ("gatewayAPI.channel=experimental",)]
USUAL = ("split", "routes.service", "authorization.rules.from.service", "rateLimit.requests", "split.tcp")


@pytest.mark.long
def test_the_shipped_references_are_those_of_the_samples(request: pytest.FixtureRequest) -> None:
    of_grpc = sample("split")
    of_grpc["spec"]["services"]["web"]["protocol"] = "grpc"  # whose routes are of another kind

    expected = HEAD + dump({"nameReference": _configuration(_fields({**samples(), "of gRPC": of_grpc}))})

    if request.config.getoption("--update-goldens"):
        datafiles.name_references().write_text(expected, "utf-8")
    assert expected == datafiles.name_references().read_text("utf-8")


def test_the_references_of_usual_samples_are_shipped() -> None:
    (node,) = read(datafiles.name_references().read_bytes(), file="", findings=Findings())
    shipped = {
        Field(target.get("group", ""), target["kind"], each["group"], each["kind"], each["path"])
        for target in to_json(node)["nameReference"]
        for each in target["fieldSpecs"]
    }

    found = _fields({id: sample for id, sample in samples().items() if id in USUAL})

    assert set() == found - shipped
    assert {"HTTPRoute", "ServiceIntentions", "TCPRoute", "TrafficSplit"} <= {
        each.referrer_kind for each in found
    }


def _configuration(fields: set[Field]) -> list[Any]:
    by_target = defaultdict(list)
    for field in sorted(fields):
        by_target[field.group, field.kind].append(field)
    return [
        {
            **({"group": group} if group else {"version": "v1"}),
            "kind": kind,
            "fieldSpecs": [
                {"group": each.referrer_group, "kind": each.referrer_kind, "path": each.path}
                for each in found
            ],
        }
        for (group, kind), found in by_target.items()
    ]


def _fields(chosen: dict[str, Any]) -> set[Field]:
    found: set[Field] = set()
    for id, written in chosen.items():
        services = written["spec"]["services"]
        for name, service in services.items():
            if "podsOf" not in service:
                service["selector"] = {"run": f"pods-of-{name}"}  # a label is no reference
        reading = read_intents([Content(f"{id}.yaml", json.dumps(written).encode())])
        for backend, profile in _clusters():
            manifests = render(reading, backend, profile, is_partial=True).manifests
            found.update(_references([_body(manifest) for manifest in manifests], set(services)))
    return found


def _clusters() -> Iterator[Choice]:
    for name, settings in zip(CLUSTERS, SETTINGS, strict=True):
        yield from choose(name, {}, settings, findings=Findings())


def _body(manifest: Manifest) -> dict[str, Any]:
    (node,) = read(manifest.text.encode(), file="", findings=Findings())
    body: dict[str, Any] = to_json(node)
    return body


def _references(bodies: list[dict[str, Any]], services: set[str]) -> Iterator[Field]:
    objects = defaultdict(set)
    for name in services:
        objects[name].update(OF_USERS)
    for body in bodies:
        objects[body["metadata"]["name"]].add((_group(body), body["kind"]))
    for body in bodies:
        spec = {key: value for key, value in body.items() if key not in ("apiVersion", "kind", "metadata")}
        for path, name, kind in _texts(spec, ()):
            for target in _targets(objects.get(name, set()), kind):
                yield Field(*target, _group(body), body["kind"], "/".join(path))


def _targets(candidates: set[tuple[str, str]], kind: str | None) -> set[tuple[str, str]]:
    """Choose the kind that is said beside the name, else a Service, else whatever has the name."""
    if kind is not None:
        return {each for each in candidates if each[1] == kind}
    return candidates & {("", "Service")} or candidates


def _group(body: dict[str, Any]) -> str:
    return str(body["apiVersion"]).rpartition("/")[0]


def _texts(
    node: Any, path: tuple[str, ...], kind: str | None = None
) -> Iterator[tuple[tuple[str, ...], str, str | None]]:
    match node:
        case dict():
            for key, value in node.items():
                beside = node.get("kind") if key == "name" else None
                yield from _texts(value, (*path, key), beside)
        case list():
            for value in node:
                yield from _texts(value, path, kind)
        case str():
            yield path, node, kind
