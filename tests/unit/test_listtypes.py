"""A list that is a set or a map holds no entry twice."""

from __future__ import annotations

from typing import Any

import pytest

from meshgen.crd.structural import check
from tests.unit.served import INTEGER, STRING, body_of, kind_of, list_of, of, told

SET = {"x-kubernetes-list-type": "set"}


def map_by(*keys: str) -> dict[str, Any]:
    return {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": [*keys]}


SCHEMA = of(
    numbers=list_of({}, **SET),
    headers=list_of(of(name=STRING, value=STRING), **map_by("name")),
    ports=list_of(of(port=INTEGER, protocol=STRING), **map_by("port", "protocol")),
    atoms=list_of(STRING, **{"x-kubernetes-list-type": "atomic"}),
    deep=list_of(of(names=list_of(STRING, **SET))),
    any={"type": "object", "additionalProperties": list_of(STRING, **SET)},
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"numbers": [1, True, "1", None, 1.5, [1], {"a": 1}]}, []),
        (
            {"numbers": [1, 2, 1.0]},
            ["MG406 spec.numbers[2]: 1.0 stands in the list twice, first at numbers[0] [write it once]"],
        ),
        (
            {"numbers": [{"a": 1, "b": 2}, {"b": 2, "a": 1}]},
            [
                (
                    'MG406 spec.numbers[1]: {"b": 2, "a": 1} stands in the list twice, first at numbers[0]'
                    " [write it once]"
                )
            ],
        ),
        (
            {"numbers": ["a", "a", "a", "b", "b"]},
            [
                "MG406 spec.numbers[1]: 'a' stands in the list twice, first at numbers[0] [write it once]",
                "MG406 spec.numbers[4]: 'b' stands in the list twice, first at numbers[3] [write it once]",
            ],
        ),
        ({"headers": [{"name": "a", "value": "1"}, {"name": "b", "value": "1"}, {}]}, []),
        (
            {"headers": [{"name": "a", "value": "1"}, {"name": "b"}, {"name": "a", "value": "2"}]},
            [
                (
                    "MG406 spec.headers[2]: an entry with name 'a' stands in the list twice,"
                    " first at headers[0] [each entry needs a name of its own]"
                )
            ],
        ),
        (
            {"headers": [{"value": "1"}, {"value": "2"}]},
            [
                (
                    "MG406 spec.headers[1]: an entry with no name stands in the list twice,"
                    " first at headers[0] [each entry needs a name of its own]"
                )
            ],
        ),
        ({"ports": [{"port": 53, "protocol": "TCP"}, {"port": 53, "protocol": "UDP"}, {"port": 53}]}, []),
        (
            {"ports": [{"port": 53, "protocol": "TCP"}, {"port": 53, "protocol": "TCP"}]},
            [
                (
                    "MG406 spec.ports[1]: an entry with port 53 and protocol 'TCP' stands in the list twice,"
                    " first at ports[0] [each entry needs a port and a protocol of its own]"
                )
            ],
        ),
        ({"atoms": ["a", "a"]}, []),
        (
            {"deep": [{"names": ["a"]}, {"names": ["a", "a"]}]},
            ["MG406 spec.deep[1].names[1]: 'a' stands in the list twice, first at names[0] [write it once]"],
        ),
        (
            {"any": {"x/y": ["a", "a"]}},
            [
                (
                    """MG406 spec.any["x/y"][1]: 'a' stands in the list twice, first at ["x/y"][0]"""
                    " [write it once]"
                )
            ],
        ),
        (
            {"headers": "a", "numbers": {}},
            [
                "MG401 spec.headers: 'a' is a string, not a list [write a list, each entry after '- ']",
                "MG401 spec.numbers: {} is a map, not a list [write a list, each entry after '- ']",
            ],
        ),
        (
            {"headers": ["a", "a"]},
            [
                "MG401 spec.headers[0]: 'a' is a string, not a map",
                "MG401 spec.headers[1]: 'a' is a string, not a map",
                "MG406 spec.headers[1]: 'a' stands in the list twice, first at headers[0] [write it once]",
            ],
        ),
    ],
)
def test_no_entry_stands_twice(value: dict[str, Any], expected: list[str]) -> None:
    assert sorted(expected) == sorted(told(check(kind_of(SCHEMA), body_of(value)).complaints))


def test_a_kind_without_such_lists_is_not_walked() -> None:
    assert told(check(kind_of(of(a=list_of(STRING))), body_of({"a": ["x", "x"]})).complaints) == []
