"""Manifests as one stream: documents, or a List whose values keep their types."""

from __future__ import annotations

import json

from meshgen.manifest import Manifest
from meshgen.output import Syntax, stream


def manifest(name: str, spec: str) -> Manifest:
    text = f"apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\n  namespace: shop\n{spec}"
    return Manifest(api_version="v1", kind="Service", namespace="shop", name=name, text=text)


A = manifest(
    "a", 'spec:\n  port: 80\n  text: "80"\n  yes: "no"\n  share: 0.5\n  off: false\n  list: ["1e3", é]\n'
)
B = manifest("b", "")


def test_documents_are_the_texts_with_a_separator_between_them() -> None:
    assert f"{A.text}---\n{B.text}" == stream([A, B], Syntax.YAML)


def test_no_manifests_are_no_documents() -> None:
    assert "" == stream([], Syntax.YAML)
    assert {"apiVersion": "v1", "kind": "List", "items": []} == json.loads(stream([], Syntax.JSON))


def test_a_list_holds_what_the_texts_say_with_their_types() -> None:
    text = stream([A, B], Syntax.JSON)
    metadata = {"name": "a", "namespace": "shop"}
    spec = {"port": 80, "text": "80", "yes": "no", "share": 0.5, "off": False, "list": ["1e3", "é"]}

    assert "é" in text
    assert {
        "apiVersion": "v1",
        "kind": "List",
        "items": [
            {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec},
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "b", "namespace": "shop"}},
        ],
    } == json.loads(text)
