"""Metadata is what Kubernetes takes of every object, whatever its kind."""

from __future__ import annotations

from typing import Any

import pytest

from meshgen.crd import metadata
from meshgen.crd.defaults import prepared
from meshgen.crd.served import ServedKind
from meshgen.crd.structural import check
from meshgen.diagnostics import Severity
from tests.unit.served import body_of, kind_of, of, told

DNS_NAME = "a DNS name (labels of lower-case letters, digits and '-', joined by '.')"
DNS_LABEL = "a DNS label (lower-case letters, digits and '-')"
WORD = "write at most 63 letters, digits, '-', '_' and '.', a letter or digit first and last"
KEY = f"{WORD}; a DNS name and '/' may stand before them"


def wrong(**written: Any) -> list[str]:
    return told(metadata.check(kind_of(of()), body_of({}, metadata={"name": "thing", **written})))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"name": "reviews.v1-2"}, []),
        ({"name": "1"}, []),
        ({"name": "a" * 253}, []),
        (
            {"name": "a" * 254},
            [f"MG407 metadata.name: '{'a' * 40}' has 254 characters; {DNS_NAME} has at most 253"],
        ),
        (
            {"name": "Reviews_v1"},
            [f"MG407 metadata.name: 'Reviews_v1' is not {DNS_NAME} [write 'reviews-v1']"],
        ),
        ({"name": "a..b"}, [f"MG407 metadata.name: 'a..b' is not {DNS_NAME}"]),
        ({"name": "a\n"}, [f"MG407 metadata.name: 'a\\n' is not {DNS_NAME}"]),
        (
            {"name": ""},
            [
                (
                    "MG407 metadata: the object has neither a name nor a generateName"
                    " [write 'name', such as bookinfo-reviews]"
                )
            ],
        ),
        ({"name": None, "generateName": "thing-"}, []),
        ({"name": None, "generateName": "a" * 253}, []),
        ({"name": None, "generateName": "thing--"}, []),
        (
            {"name": None, "generateName": "thing."},
            [f"MG407 metadata.generateName: 'thing.' is not {DNS_NAME}"],
        ),
        (
            {"name": None, "generateName": "a" * 254},
            [f"MG407 metadata.generateName: '{'a' * 40}' has 254 characters; {DNS_NAME} has at most 253"],
        ),
        (
            {"generateName": "Thing-"},
            [f"MG407 metadata.generateName: 'Thing-' is not {DNS_NAME}"],
        ),
        ({"namespace": "shop"}, []),
        ({"namespace": None}, []),
        ({"namespace": "a.b"}, [f"MG407 metadata.namespace: 'a.b' is not {DNS_LABEL}"]),
        ({"namespace": "Shop"}, [f"MG407 metadata.namespace: 'Shop' is not {DNS_LABEL} [write 'shop']"]),
    ],
)
def test_a_name_is_one_that_kubernetes_takes(written: dict[str, Any], expected: list[str]) -> None:
    assert expected == wrong(**written)


@pytest.mark.parametrize("body", [{}, {"metadata": None}, {"metadata": []}, {"metadata": {}}])
def test_an_object_without_a_name_is_none(body: dict[str, Any]) -> None:
    assert told(metadata.check(kind_of(of()), body)) == [
        (
            "MG407 metadata: the object has neither a name nor a generateName"
            " [write 'name', such as bookinfo-reviews]"
        )
    ]


def test_a_service_is_named_by_a_label_that_begins_with_a_letter() -> None:
    service = ServedKind(group="", version="v1", kind="Service", is_namespaced=True, schema={})

    assert told(metadata.check(service, {"metadata": {"name": "reviews-1"}})) == []
    assert told(metadata.check(service, {"metadata": {"name": "1-reviews"}})) == [
        (
            "MG407 metadata.name: '1-reviews' is not a DNS label that begins with a letter"
            " (lower-case letters, digits and '-')"
        )
    ]


def test_a_kind_of_the_whole_cluster_stands_in_no_namespace() -> None:
    kind = kind_of(of(), is_namespaced=False)
    [found] = metadata.check(kind, {"metadata": {"name": "thing", "namespace": "shop"}})

    assert told(metadata.check(kind, body_of({}))) == []
    assert found.severity is Severity.WARNING
    assert told([found]) == [
        (
            "MG407 metadata.namespace: Thing is a kind of the whole cluster, and stands in namespace 'shop'"
            " [leave it out]"
        )
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"labels": {"app.kubernetes.io/name": "reviews", "version": "v1", "empty": ""}}, []),
        ({"labels": None}, []),
        (
            {"labels": {"a/b/c": "x"}},
            [f"""MG407 metadata.labels["a/b/c"]: 'a/b/c' is not the key of a label [{KEY}]"""],
        ),
        ({"labels": {"": "x"}}, [f"""MG407 metadata.labels[""]: '' is not the key of a label [{KEY}]"""]),
        ({"labels": {"a": "b c"}}, [f"MG407 metadata.labels.a: 'b c' is not the value of a label [{WORD}]"]),
        (
            {"labels": {"a": "x" * 64}},
            [f"MG407 metadata.labels.a: '{'x' * 64}' is not the value of a label [{WORD}]"],
        ),
        ({"annotations": {"Example.org/a": "any text\n"}}, []),
        (
            {"annotations": {"a b": ""}},
            [f"""MG407 metadata.annotations["a b"]: 'a b' is not the key of an annotation [{KEY}]"""],
        ),
        ({"annotations": {"a": "x" * (256 * 1024 - 1)}}, []),
        (
            {"annotations": {"a": "é" * (128 * 1024)}},
            ["MG407 metadata.annotations: the annotations have 262145 bytes together, more than 262144"],
        ),
        ({"finalizers": ["example.org/guard", "orphan"]}, []),
        (
            {"finalizers": ["a b", 5]},
            [f"MG407 metadata.finalizers[0]: 'a b' is not the name of a finalizer [{KEY}]"],
        ),
        (
            {"finalizers": ["orphan", "foregroundDeletion"]},
            ["MG407 metadata.finalizers: the finalizers orphan and foregroundDeletion exclude each other"],
        ),
        ({"ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "x", "uid": "y"}]}, []),
        (
            {"ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": ""}, 5]},
            [
                "MG407 metadata.ownerReferences[0]: the owner has no name",
                "MG407 metadata.ownerReferences[0]: the owner has no uid",
            ],
        ),
        (
            {
                "ownerReferences": [
                    {"apiVersion": "v1", "kind": "Pod", "name": name, "uid": "y", "controller": True}
                    for name in ("x", "y")
                ]
            },
            ["MG407 metadata.ownerReferences[1]: a second owner is the controller"],
        ),
    ],
)
def test_labels_annotations_and_owners_are_what_kubernetes_takes(
    written: dict[str, Any], expected: list[str]
) -> None:
    assert expected == wrong(**written)


def test_status_is_let_pass_and_not_looked_at() -> None:
    body = body_of({}, status={"conditions": [{"type": None}], "x": 1.5})

    assert told(check(kind_of(of()), body).complaints) == []


def test_what_the_server_writes_into_metadata_is_let_pass() -> None:
    written = {
        "name": "thing",
        "uid": "x",
        "resourceVersion": "7",
        "generation": 2,
        "selfLink": "/x",
        "creationTimestamp": None,
        "deletionTimestamp": "2026-01-31T12:00:00Z",
        "deletionGracePeriodSeconds": 0,
        "managedFields": [{"manager": "kubectl", "fieldsV1": {"f:spec": {}}}],
        "ownerReferences": [{"kind": "Thing", "controller": True}],
        "labels": None,
    }

    assert told(check(kind_of(of()), body_of({}, metadata=written)).complaints) == []


def test_metadata_has_fields_and_types_of_its_own() -> None:
    written = {
        "name": 5,
        "labels": {"a": 1},
        "annotation": {},
        "creationTimestamp": "yesterday",
        "finalizers": "x",
    }

    assert sorted(told(check(kind_of(of()), body_of({}, metadata=written)).complaints)) == [
        """MG401 metadata.finalizers: 'x' is a string, not a list [write a list, each entry after '- ']""",
        """MG401 metadata.labels.a: 1 is an integer, not a string [write "1" with quotes]""",
        """MG401 metadata.name: 5 is an integer, not a string [write "5" with quotes]""",
        "MG402 metadata.annotation: unknown field 'annotation' [did you mean 'annotations'?]",
        "MG405 metadata.creationTimestamp: 'yesterday' is not a time such as 2026-01-31T12:00:00Z",
    ]


def test_a_definition_may_bound_a_name() -> None:
    bounded = {"metadata": {"properties": {"name": {"maxLength": 3}}}}
    kind = kind_of(of())
    schema = {**kind.schema, "properties": {**kind.schema["properties"], **bounded}}
    bound = ServedKind(group="", version="v1", kind="Thing", is_namespaced=True, schema=schema)

    assert told(check(bound, body_of({})).complaints) == [
        "MG405 metadata.name: 'thing' has 5 characters, more than 3"
    ]


def test_a_null_counts_as_empty_text() -> None:
    kind = kind_of(of())
    written = {
        "name": "thing",
        "namespace": None,
        "labels": {"a": None},
        "annotations": {"b": None},
        "finalizers": [None],
        "ownerReferences": [None],
        "managedFields": [None],
    }
    body = prepared(kind, body_of({}, metadata=written))

    assert body["metadata"] == {
        "name": "thing",
        "namespace": None,
        "labels": {"a": ""},
        "annotations": {"b": ""},
        "finalizers": [""],
        "ownerReferences": [{}],
        "managedFields": [{}],
    }
    assert told(check(kind, body).complaints) == []
    assert told(metadata.check(kind, body)) == [
        f"MG407 metadata.finalizers[0]: '' is not the name of a finalizer [{KEY}]",
        "MG407 metadata.ownerReferences[0]: the owner has no apiVersion",
        "MG407 metadata.ownerReferences[0]: the owner has no kind",
        "MG407 metadata.ownerReferences[0]: the owner has no name",
        "MG407 metadata.ownerReferences[0]: the owner has no uid",
    ]
